// The ledger's log: what a replay yields, and every reason to refuse an entry. docs/spec/ledger.md §2–§4.
import { describe, expect, test } from "@jest/globals";
import { concatBytes, fromUtf8, utf8 } from "../../src/formats/bytes.ts";
import { canonicalBytes } from "../../src/formats/canonical-json.ts";
import { type SignatureRole, signDocument } from "../../src/formats/ed25519.ts";
import { InputError } from "../../src/formats/errors.ts";
import { FIELD_ORDER } from "../../src/formats/field.ts";
import {
  applyEntry,
  type CreditBatch,
  checkCreditBatch,
  createIdentity,
  createIssuerKeys,
  creditLeaf,
  emptyLedger,
  type LedgerChange,
  type LedgerEntry,
  ledgerSize,
  pointToJson,
  replayLedger,
} from "../../src/index.ts";
import { signCreditBatch } from "../../src/protocol/ledger/credit-batch.ts";
import { poseidonTree } from "../../src/protocol/poseidon-tree.ts";
import {
  credited,
  entered,
  entriesOf,
  issue,
  issuerChange,
  newLedger,
  openLedger,
  PERIOD_CLOSES,
  QUARTER,
  revocation,
  START,
  type TestLedger,
  UNTIL,
} from "../support/ledgers.ts";
import { badPoints } from "../support/points.ts";
import { hashBySpec, inputError, seededRandom } from "../trustees/support.ts";

const [ana, ben, cem] = [createIdentity(), createIdentity(), createIdentity()];
const { ledger: opened, issuers } = openLedger(2);
const [mill, farm] = issuers as [(typeof issuers)[0], (typeof issuers)[0]];
const first = await credited(opened, mill, [
  { member: ana, amount: 600 },
  { member: ben, amount: 1200 },
]);
const second = await credited(first.ledger, farm, [{ member: ana, amount: 30 }], { category: "study" });
/** Two issuers, three periods, two credits of the mill, one of the farm; the mill's first is revoked. */
const ledger = entered(second.ledger, revocation(second.ledger, mill, [0]));
const next = `ledger entry ${ledger.state.entries}`;

interface Line {
  readonly entry: LedgerEntry;
  readonly signature: string;
}
const parsed = (line: Uint8Array): Line => JSON.parse(fromUtf8(line));

/** A line with a newline for an entry of any content, signed as the registry would. */
function signedAs(
  entry: unknown,
  { secretKey = ledger.registry.secretKey, role = "ledger-entry" as SignatureRole } = {},
): Uint8Array {
  const signature = signDocument(role, canonicalBytes(entry), secretKey);
  return concatBytes(canonicalBytes({ entry, signature }), utf8("\n"));
}

/** Code and place with which a reader refuses a log of these lines. */
function refusal(lines: readonly Uint8Array[]) {
  const { code, place } = inputError(() => replayLedger(concatBytes(...lines), ledger.name));
  return { code, place };
}

/** The log with entry n changed and signed again. */
function changed(n: number, change: (entry: LedgerEntry) => unknown) {
  const lines = [...ledger.lines];
  lines[n] = signedAs(change(parsed(lines[n]!).entry));
  return refusal(lines);
}

/** Code with which the registry refuses one change more, at a time. */
function refused(change: LedgerChange, at = START, after: TestLedger = ledger) {
  const { code, place } = inputError(() => entered(after, change, at));
  return { code, place };
}

const at = (code: string, where = next) => ({ code, place: where });
const credits = (batch: CreditBatch): LedgerChange => ({ kind: "credits", batch });

describe("a replay", () => {
  test("gives the registry's own state, for the whole log and entry by entry", () => {
    const { state } = ledger;
    expect(replayLedger(entriesOf(ledger), ledger.name)).toEqual(state);
    expect(state.entries).toBe(8);
    expect(ledgerSize(state)).toBe(3);
    const without = replayLedger(concatBytes(...ledger.lines.slice(0, -1)), ledger.name);
    expect(without).toEqual(second.ledger.state);
    expect(applyEntry(without, ledger.lines.at(-1)!.slice(0, -1))).toEqual(state);
  });

  test("gives the leaves that the batches' hashes, periods and categories give, and 0 where revoked", () => {
    const [mills, farms] = [first, second].map(({ ledger: { lines } }) => parsed(lines.at(-1)!).entry.change);
    const inner = (change: LedgerChange | undefined) =>
      (change as Extract<LedgerChange, { kind: "credits" }>).batch.inner.map(BigInt);
    const period = QUARTER[0];
    const leaves = [
      0n,
      creditLeaf({ inner: inner(mills)[1]!, period, category: "hours" }),
      creditLeaf({ inner: inner(farms)[0]!, period, category: "study" }),
    ];
    expect(ledger.state.tree.layers[0]).toEqual(leaves);
    expect(ledger.state.tree.root).toBe(poseidonTree(leaves, 20).root);
  });

  test("links are those of the specification", () => {
    let link = hashBySpec("ledger-genesis", [ledger.name.ledgerId, ledger.name.registryKey]);
    for (const line of ledger.lines) {
      const { entry } = parsed(line);
      expect(entry.previous).toBe(link);
      link = hashBySpec("ledger-entry", [Buffer.from(canonicalBytes(entry)).toString("hex")]);
    }
    expect(ledger.state.link).toBe(link);
  });

  test("leaves the old state as it was", () => {
    const before = structuredClone({ ...opened.state, issuers: [...opened.state.issuers.keys()] });
    entered(opened, { kind: "period", period: 1, closes: PERIOD_CLOSES });
    entered(opened, issuerChange(mill, 0));
    expect({ ...opened.state, issuers: [...opened.state.issuers.keys()] }).toEqual(before);
  });

  test("renews and ends an issuer's authority; its serials go on", async () => {
    const ended = entered(ledger, issuerChange(mill, START));
    const { batch } = await issue(ledger, mill, [{ member: cem, amount: 1 }]);
    expect(refused(credits(batch), START, ended).code).toBe("credit-issuer-expired");
    const renewed = entered(ended, issuerChange(mill, UNTIL, "Mill"));
    expect(
      entered(renewed, credits(batch)).state.issuers.get(pointToJson(mill.publicKey).join()),
    ).toMatchObject({ name: "Mill", nextSerial: 2 });
  });
});

describe("a log is refused", () => {
  test("without its last newline", () => {
    const bytes = entriesOf(ledger).slice(0, -1);
    expect(inputError(() => replayLedger(bytes, ledger.name))).toMatchObject(
      at("ledger-truncated", "ledger entry 7"),
    );
  });

  test("not canonical", () => {
    const spaced = utf8(fromUtf8(ledger.lines[1]!).replace('{"entry":', '{"entry": '));
    expect(refusal(ledger.lines.with(1, spaced))).toEqual(at("not-canonical-json", "ledger entry 1"));
  });

  test.each<[string, (entry: LedgerEntry) => unknown]>([
    ["another type", (entry) => ({ ...entry, type: "commune-zk/ledger-entry/v2" })],
    ["a field more", (entry) => ({ ...entry, note: "x" })],
    ["an unknown change", (entry) => ({ ...entry, change: { kind: "forget" } })],
    ["a period of 2^24", (entry) => ({ ...entry, change: { ...entry.change, period: 2 ** 24 } })],
    ["the period 0", (entry) => ({ ...entry, change: { ...entry.change, period: 0 } })],
    ["half a second", (entry) => ({ ...entry, at: entry.at + 0.5 })],
  ])("with %s, malformed", (_name, change) => {
    const { code, place } = changed(2, change);
    expect(code).toBe("ledger-malformed");
    expect(place).toMatch(/^ledger entry 2: entry/);
  });

  test.each(["ledgerId", "registryKey"] as const)("with another %s", (field) => {
    const other = "ab".repeat(32);
    expect(changed(1, (entry) => ({ ...entry, [field]: other }))).toEqual(
      at("ledger-other-ledger", "ledger entry 1"),
    );
  });

  test("with entries swapped, left out, repeated, or after another history", () => {
    const [a, b, c] = ledger.lines as [Uint8Array, Uint8Array, Uint8Array];
    expect(refusal([a, c, b])).toEqual(at("ledger-out-of-order", "ledger entry 1"));
    expect(refusal([a, c])).toEqual(at("ledger-out-of-order", "ledger entry 1"));
    expect(refusal([a, a])).toEqual(at("ledger-out-of-order", "ledger entry 1"));
    expect(changed(1, (entry) => ({ ...entry, previous: "00".repeat(32) }))).toEqual(
      at("ledger-broken-link", "ledger entry 1"),
    );
  });

  test("signed by anybody else, in another role, or for another entry", () => {
    const bad = at("ledger-bad-signature", "ledger entry 1");
    const { entry, signature } = parsed(ledger.lines[1]!);
    const as = (line: Uint8Array) => refusal(ledger.lines.with(1, line));
    expect(as(signedAs(entry, { secretKey: new Uint8Array(32).fill(7) }))).toEqual(bad);
    expect(as(signedAs(entry, { role: "roll-batch" }))).toEqual(bad);
    const later = canonicalBytes({ entry: { ...entry, at: entry.at + 1 }, signature });
    expect(as(concatBytes(later, utf8("\n")))).toEqual(bad);
  });

  test("that goes back in time", () => {
    const later = entered(ledger, { kind: "period", period: 9, closes: PERIOD_CLOSES }, START + 10);
    expect(refused({ kind: "period", period: 10, closes: PERIOD_CLOSES }, START + 9, later)).toEqual(
      at("ledger-time-decreased", "ledger entry 9"),
    );
    expect(changed(3, (entry) => ({ ...entry, at: entry.at - 1 }))).toEqual(
      at("ledger-time-decreased", "ledger entry 3"),
    );
  });

  test("with another size or root than its entries give", () => {
    expect(changed(5, (entry) => ({ ...entry, size: entry.size + 1 }))).toEqual(
      at("ledger-wrong-size", "ledger entry 5"),
    );
    expect(changed(5, (entry) => ({ ...entry, root: parsed(ledger.lines[4]!).entry.root }))).toEqual(
      at("ledger-wrong-root", "ledger entry 5"),
    );
    expect(changed(5, (entry) => ({ ...entry, root: FIELD_ORDER.toString() }))).toEqual(
      at("not-canonical", "ledger entry 5 root"),
    );
  });

  test("that opens a period twice", () => {
    expect(refused({ kind: "period", period: QUARTER[1], closes: PERIOD_CLOSES + 1 })).toEqual(
      at("ledger-period-reopened"),
    );
  });

  test.each(badPoints)("with an issuer whose key is %s", (_name, key, code) => {
    expect(refused({ kind: "issuer", key, name: "Mill", until: UNTIL })).toEqual(at(code, `${next} key`));
  });

  test("with any bit flipped", () => {
    const seed = Date.now();
    const random = seededRandom(seed);
    let state = emptyLedger(ledger.name);
    for (const [n, line] of ledger.lines.entries()) {
      const honest = line.slice(0, -1);
      for (let i = 0; i < 50; i++) {
        const position = Math.floor(random() * honest.length);
        const bit = Math.floor(random() * 8);
        const flipped = honest.with(position, honest[position]! ^ (1 << bit));
        let outcome = "accepted";
        try {
          // What a replay does with this line, after those before it.
          applyEntry(state, flipped);
        } catch (error) {
          outcome = error instanceof InputError ? "refused" : String(error);
        }
        const where = `seed ${seed}, entry ${n}, byte ${position}, bit ${bit}`;
        expect([where, outcome]).toEqual([where, "refused"]);
      }
      state = applyEntry(state, honest);
    }
    expect(state).toEqual(ledger.state);
  });
});

/** A fresh batch of the farm with the header or hashes changed, signed as the farm would. */
async function batchWith(change: {
  header?: Partial<CreditBatch["header"]>;
  inner?: readonly bigint[];
  signer?: (typeof issuers)[0];
}): Promise<CreditBatch> {
  const { batch } = await issue(ledger, farm, [
    { member: ana, amount: 5 },
    { member: ben, amount: 7 },
  ]);
  const signer = change.signer ?? farm;
  const { issuer: _, ...header } = { ...batch.header, ...change.header };
  const made = signCreditBatch({
    header,
    issuer: signer.publicKey,
    inner: change.inner ?? batch.inner.map(BigInt),
    privateKey: signer.privateKey,
  });
  return { ...made, header: { ...made.header, ...change.header } };
}

describe("a batch", () => {
  test("is taken until the period closes and the issuer's authority ends, to the second", async () => {
    const batch = await batchWith({});
    expect(ledgerSize(entered(ledger, credits(batch), PERIOD_CLOSES - 1).state)).toBe(5);
    expect(refused(credits(batch), PERIOD_CLOSES)).toEqual(at("credit-period-closed"));
    const short = entered(ledger, issuerChange(farm, START + 5));
    expect(ledgerSize(entered(short, credits(batch), START + 4).state)).toBe(5);
    expect(refused(credits(batch), START + 5, short).code).toBe("credit-issuer-expired");
  });

  test("for another ledger is refused", async () => {
    const batch = await batchWith({ header: { ledgerId: newLedger().name.ledgerId } });
    expect(refused(credits(batch))).toEqual(at("credit-other-ledger"));
  });

  test("of an unknown issuer is refused", async () => {
    const batch = await batchWith({ signer: createIssuerKeys() });
    expect(refused(credits(batch))).toEqual(at("credit-unknown-issuer"));
  });

  test.each(badPoints)("of an issuer whose key is %s is refused", async (_name, issuer, code) => {
    const batch = await batchWith({ header: { issuer } });
    expect(refused(credits(batch))).toEqual(at(code, `${next} issuer`));
  });

  test("with a serial used before, or with one left out, is refused", async () => {
    expect(refused(credits(await batchWith({ header: { serial: 0 } })))).toEqual(at("credit-serial-reused"));
    expect(refused(credits(await batchWith({ header: { serial: 2 } })))).toEqual(at("credit-serial-skipped"));
  });

  test("for a period that was never opened is refused", async () => {
    const batch = await batchWith({ header: { period: 202604 } });
    expect(refused(credits(batch))).toEqual(at("credit-period-unknown"));
  });

  test("with hashes out of order, twice, 0, or not below r is refused", async () => {
    const [a, b] = (await batchWith({})).inner.map(BigInt) as [bigint, bigint];
    const where = `${next} inner.`;
    expect(refused(credits(await batchWith({ inner: [b, a] })))).toEqual(
      at("credit-not-sorted", `${where}1`),
    );
    expect(refused(credits(await batchWith({ inner: [a, a] })))).toEqual(
      at("credit-not-sorted", `${where}1`),
    );
    expect(refused(credits(await batchWith({ inner: [0n, a] })))).toEqual(
      at("credit-zero-inner", `${where}0`),
    );
    const beyond = { ...(await batchWith({})), inner: [FIELD_ORDER.toString()] };
    expect(refused(credits(beyond))).toEqual(at("not-canonical", `${where}0`));
  });

  test("with a hash that ever stood in the ledger is refused, whoever credits it, for whatever, revoked or not", async () => {
    const batchOf = (n: number) =>
      (parsed(ledger.lines[n]!).entry.change as Extract<LedgerChange, { kind: "credits" }>).batch;
    const [revoked, standing] = batchOf(5).inner.map(BigInt) as [bigint, bigint];
    for (const [inner, header] of [
      [revoked, {}],
      [standing, {}],
      [standing, { category: "study", period: QUARTER[2] }],
    ] as const) {
      for (const [signer, serial] of [
        [mill, 1],
        [farm, 1],
      ] as const) {
        const batch = await batchWith({ inner: [inner], header: { ...header, serial }, signer });
        expect(refused(credits(batch))).toEqual(at("ledger-duplicate-inner", `${next} inner.0`));
      }
    }
  });

  test("with a bad signature is refused: another's, of another header, of another hash", async () => {
    const bad = at("credit-bad-signature");
    const batch = await batchWith({});
    const fromMill = await batchWith({ signer: mill });
    expect(refused(credits({ ...batch, signature: fromMill.signature }))).toEqual(bad);
    for (const header of [{ period: QUARTER[1] }, { category: "study" }]) {
      expect(refused(credits({ ...batch, header: { ...batch.header, ...header } }))).toEqual(bad);
    }
    expect(refused(credits({ ...batch, inner: batch.inner.slice(1) }))).toEqual(bad);
    const [a] = batch.inner as [string];
    expect(
      refused(credits({ ...batch, inner: [(BigInt(a) - 1n).toString(), ...batch.inner.slice(1)] })),
    ).toEqual(bad);
  });

  test.each<[string, (batch: CreditBatch) => unknown]>([
    ["no credit", (batch) => ({ ...batch, inner: [] })],
    ["4,097 credits", (batch) => ({ ...batch, inner: new Array(4097).fill("1") })],
    ["a category in capitals", (batch) => ({ ...batch, header: { ...batch.header, category: "Hours" } })],
    ["a negative serial", (batch) => ({ ...batch, header: { ...batch.header, serial: -1 } })],
    ["a period of 2^24", (batch) => ({ ...batch, header: { ...batch.header, period: 2 ** 24 } })],
    ["a field more", (batch) => ({ ...batch, note: "" })],
  ])("with %s is malformed", async (_name, change) => {
    const value = change(await batchWith({}));
    const { code, place } = inputError(() => checkCreditBatch(ledger.state, value, { at: START }));
    expect(code).toBe("credit-malformed");
    expect(place).toMatch(/^batch/);
  });

  test("is refused where it would be the ledger's credit 2^20 + 1", async () => {
    const batch = await batchWith({});
    // As full as a ledger may be but for one position; no such log is written for a test.
    const { tree } = ledger.state;
    const full = {
      ...tree,
      layers: [{ length: 2 ** 20 - 1 } as unknown as bigint[], ...tree.layers.slice(1)],
    };
    const state = { ...ledger.state, tree: full };
    expect(inputError(() => checkCreditBatch(state, batch, { at: START })).code).toBe("ledger-full");
  });
});

describe("a revocation", () => {
  test("by the registry alone makes the leaf 0 and takes no position away", () => {
    const { state } = entered(ledger, { kind: "revoke", positions: [2], request: null });
    expect(state.tree.layers[0]![2]).toBe(0n);
    expect(ledgerSize(state)).toBe(3);
    expect(state.tree.root).toBe(poseidonTree([0n, ledger.state.tree.layers[0]![1]!], 20).root);
  });

  test("of a position twice, or that nobody has, is refused", () => {
    expect(refused({ kind: "revoke", positions: [0], request: null })).toEqual(at("ledger-position-revoked"));
    expect(refused({ kind: "revoke", positions: [3], request: null })).toEqual(at("ledger-unknown-position"));
    expect(refused(revocation(ledger, mill, [0])).code).toBe("ledger-position-revoked");
  });

  test("of positions that do not ascend is malformed", () => {
    for (const positions of [[2, 1], [1, 1], []]) {
      expect(refused({ kind: "revoke", positions, request: null }).code).toBe("ledger-malformed");
    }
  });

  test("by a request for other positions, another ledger, of another's credit, or with a bad signature is refused", () => {
    const good = revocation(ledger, farm, [2]) as Extract<LedgerChange, { kind: "revoke" }>;
    expect(entered(ledger, good).state.tree.layers[0]![2]).toBe(0n);
    expect(refused({ ...good, positions: [1] }).code).toBe("revocation-other-positions");
    const { request } = good;
    const otherLedger = { ...request!, ledgerId: "ab".repeat(32) };
    expect(refused({ ...good, request: otherLedger }).code).toBe("revocation-other-ledger");
    expect(refused(revocation(ledger, farm, [1])).code).toBe("revocation-foreign-credit");
    expect(refused(revocation(ledger, createIssuerKeys(), [2])).code).toBe("revocation-unknown-issuer");
    const bySomeoneElse = revocation(ledger, mill, [2]) as typeof good;
    const forged = { ...request!, signature: bySomeoneElse.request!.signature };
    expect(refused({ ...good, request: forged }).code).toBe("revocation-bad-signature");
  });
});

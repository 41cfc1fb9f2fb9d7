// A workplace's folder and command: hours in, signed batches and sealed attestations out.
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  appendBatch,
  appendEntry,
  canonicalBytes,
  concatBytes,
  createIdentity,
  createRegistration,
  ed25519KeyPair,
  emptyLedger,
  InputError,
  type LedgerChange,
  locateCredit,
  MINIMUM_SECRET_PARAMETERS,
  mailboxKeyOf,
  memoryPublicFiles,
  openAttestation,
  parseLink,
  parseSealedAttestation,
  replayLedger,
  sealSecret,
  utf8,
} from "@commune-zk/prover";
import { randomHex, rehearseRoll } from "@commune-zk/prover/rehearsal";
import { createCommittee, isBatch, readCommittee, updateRoll } from "../issuer/committee.ts";
import { attestationsOf, credit } from "../issuer/crediting.ts";
import { creditsOfArguments, creditsOfCsv } from "../issuer/credits.ts";
import { revoke } from "../issuer/revoking.ts";
import { send } from "../issuer/sending.ts";
import { command } from "./support/command.ts";

const passphrase = "correct horse battery staple";
const PERIOD = 202611;
const MAXIMUM = 14_400;
const registrar = ed25519KeyPair();
const members = rehearseRoll(["member", "member", "member"], registrar);
const { roll, rollEvents, identities } = members;
const registry = ed25519KeyPair();
const name = { ledgerId: randomHex(), registryKey: registry.publicKey };

let template: string;
let directory: string;

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), "commune-zk-issuer-"));
  await createCommittee({
    directory: template,
    name: "Bakery",
    ...name,
    rollId: roll.rollId,
    registrarKey: registrar.publicKey,
    maxAmount: MAXIMUM,
    rollEvents,
    passphrase,
    parameters: MINIMUM_SECRET_PARAMETERS,
  });
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "commune-zk-issuer-"));
  await cp(template, directory, { recursive: true });
});
afterEach(() => rm(directory, { recursive: true, force: true }));
afterAll(() => rm(template, { recursive: true, force: true }));

const csv = (text: string) => creditsOfCsv(utf8(text), "hours.csv", roll);
const give = (text: string, more: { period?: number; serial?: number; again?: boolean } = {}) =>
  credit({ directory, period: PERIOD, category: "hours", credits: csv(text), passphrase, ...more });

/** A ledger's log after the folder's acts, as the registry takes them; its replay is the judge. */
async function ledgerLog(): Promise<Uint8Array> {
  const { record, acts } = await readCommittee(directory);
  const changes: LedgerChange[] = [
    { kind: "issuer", key: record.key, name: record.name, until: 2_000_000 },
    { kind: "period", period: PERIOD, closes: 2_000_000 },
    ...acts.map(
      (act): LedgerChange =>
        isBatch(act)
          ? { kind: "credits", batch: act }
          : { kind: "revoke", positions: act.positions, request: act },
    ),
  ];
  let state = emptyLedger(name);
  const lines: Uint8Array[] = [];
  for (const change of changes) {
    const entered = appendEntry(state, { at: 1_000_000, change }, registry.secretKey);
    state = entered.state;
    lines.push(entered.line);
  }
  return concatBytes(...lines);
}
const ledgerFiles = async () => memoryPublicFiles(new Map([["entries.ndjson", await ledgerLog()]]));

/** Code and place of a refusal, which leaves the folder as it was. */
async function refusal(work: () => Promise<unknown>): Promise<{ code: string; place: string | undefined }> {
  const contents = async () => {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return Promise.all(files.sort().map(async (file) => [file, (await readFile(file)).toString("hex")]));
  };
  const before = await contents();
  const outcome = await work().then(
    () => ({ code: "accepted", place: undefined }),
    (error: unknown) => {
      if (error instanceof InputError) return { code: error.code, place: error.place };
      throw error;
    },
  );
  expect(await contents()).toEqual(before);
  return outcome;
}

test("hours become a batch that a registry takes, and attestations that their members alone can open", async () => {
  expect(await give("member,amount\n0,480\n2,60\n")).toBe(0);
  const state = replayLedger(await ledgerLog(), name);
  const { record } = await readCommittee(directory);
  const view = {
    ledgerId: name.ledgerId,
    revoked: new Set<number>(),
    batches: new Map([
      [`${record.key.join()} 0`, { start: 0, batch: (await readCommittee(directory)).acts.find(isBatch)! }],
    ]),
  };
  const attestations = await attestationsOf(directory, 0);
  expect(attestations.map(({ member }) => member)).toEqual([0, 2]);
  for (const [i, amount] of [480, 60].entries()) {
    const { member, sealed } = attestations[i]!;
    const identity = identities[member]!;
    const attestation = await openAttestation(identity, sealed);
    expect(attestation).toMatchObject({ amount, period: PERIOD, category: "hours", serial: 0 });
    const { position, leaf } = locateCredit(view, { commitment: identity.commitment, attestation });
    expect(state.tree.layers[0]![position]).toBe(leaf);
    await expect(openAttestation(identities[1]!, sealed)).rejects.toMatchObject({
      code: "attestation-not-mine",
    });
  }
});

describe("a table of hours", () => {
  test("may have semicolons, Windows' line ends, empty lines, spaces, a byte order mark and commitments", () => {
    const text = `\uFEFFmember;amount\r\n\r\n 1 ; 30 \r\n${identities[2]!.commitment};45\r\n`;
    expect(csv(text)).toEqual([
      { member: 1, amount: 30, place: "hours.csv line 3" },
      { member: 2, amount: 45, place: "hours.csv line 4" },
    ]);
  });

  test.each([
    ["without a head", "0,480\n", "credits-malformed", 1],
    ["that is empty", "", "credits-malformed", 1],
    ["with a row of one field", "member,amount\n0\n", "credits-malformed", 2],
    ["with a row of three fields", "member,amount\n1,2\n0,480,1\n", "credits-malformed", 3],
    ["with a comma for its decimal sign", "member,amount\n0,7,5\n", "credits-malformed", 2],
    ["with a name for a member", "member,amount\nAna,480\n", "credits-malformed", 2],
    ["with a position of leading zeros", "member,amount\n00,480\n", "credits-malformed", 2],
    ["with a negative position", "member,amount\n-1,480\n", "credits-malformed", 2],
    ["with a position beyond the roll", "member,amount\n3,480\n", "credits-unknown-member", 2],
    [
      "with a commitment that nobody has",
      `member,amount\n${"9".repeat(70)},480\n`,
      "credits-unknown-member",
      2,
    ],
    ["of zero minutes", "member,amount\n0,0\n", "amount-invalid", 2],
    ["of negative minutes", "member,amount\n0,-60\n", "amount-invalid", 2],
    ["of a fraction of a minute", "member,amount\n0,7.5\n", "amount-invalid", 2],
    ["of hexadecimal minutes", "member,amount\n0,0x10\n", "amount-invalid", 2],
    ["of minutes in an exponent", "member,amount\n0,1e3\n", "amount-invalid", 2],
    ["of no minutes", "member,amount\n0,\n", "amount-invalid", 2],
  ])("%s is refused", (_what, text, code, line) => {
    const attempt = () => csv(text);
    expect(attempt).toThrow(InputError);
    try {
      attempt();
    } catch (error) {
      expect(error).toMatchObject({ code, place: `hours.csv line ${line}` });
    }
  });

  test("of more than the committee credits at most, and of one member twice, gives nobody anything", async () => {
    const above = `member,amount\n1,60\n0,${MAXIMUM + 1}\n`;
    expect(await refusal(() => give(above))).toEqual({
      code: "amount-above-maximum",
      place: "hours.csv line 3",
    });
    const twice = `member,amount\n1,60\n0,30\n\n${identities[1]!.commitment},60\n`;
    expect(await refusal(() => give(twice))).toEqual({
      code: "credit-duplicate-member",
      place: "hours.csv line 5",
    });
    expect(await refusal(() => give("member,amount\n"))).toMatchObject({ code: "credit-malformed" });
    expect(await give(`member,amount\n0,${MAXIMUM}\n`)).toBe(0);
  });

  test("takes nobody who has left the roll", () => {
    const { state } = appendBatch(roll, [{ kind: "leave", position: 1 }], registrar.secretKey);
    const { commitment } = identities[1]!;
    for (const member of ["1", commitment.toString()]) {
      let thrown: unknown;
      try {
        creditsOfCsv(utf8(`member,amount\n${member},60\n`), "hours.csv", state);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({ code: "credits-unknown-member", place: "hours.csv line 2" });
    }
    expect(creditsOfCsv(utf8("member,amount\n2,60\n"), "hours.csv", state)).toHaveLength(1);
  });

  test("on the command line is the same", () => {
    expect(creditsOfArguments(["1=30"], roll)).toEqual([{ member: 1, amount: 30, place: "credit 1" }]);
    for (const [text, code] of [
      ["1=30=2", "credits-malformed"],
      ["1", "credits-malformed"],
      ["1=0", "amount-invalid"],
      ["3=30", "credits-unknown-member"],
    ] as const) {
      let thrown: unknown;
      try {
        creditsOfArguments(["0=1", text], roll);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({ code, place: "credit 2" });
    }
  });
});

describe("batches", () => {
  test("count up; another serial than the next signs nothing", async () => {
    const other = "member,amount\n1,60\n";
    expect(await refusal(() => give(other, { serial: 1 }))).toEqual({
      code: "credit-serial-skipped",
      place: "serial",
    });
    expect(await give("member,amount\n0,480\n", { serial: 0 })).toBe(0);
    expect(await refusal(() => give(other, { serial: 0 }))).toEqual({
      code: "credit-serial-reused",
      place: "serial",
    });
    expect(await give(other, { serial: 1 })).toBe(1);
    expect(replayLedger(await ledgerLog(), name).positions.size).toBe(2);
  });

  test("give a member one credit for a period and category, unless another one is meant", async () => {
    await give("member,amount\n0,480\n");
    expect(await refusal(() => give("member,amount\n1,60\n0,480\n"))).toEqual({
      code: "credit-given-before",
      place: "hours.csv line 3",
    });
    expect(await give("member,amount\n0,480\n", { period: PERIOD + 1 })).toBe(1);
    expect(await give("member,amount\n0,30\n", { again: true })).toBe(2);
  });

  test("that are missing, or of another issuer, are found before anything is signed", async () => {
    await give("member,amount\n0,480\n");
    await give("member,amount\n1,480\n");
    const first = join(directory, "acts/0000.json");
    const second = join(directory, "acts/0001.json");
    const kept = await readFile(first);
    await rm(first);
    const wrong = (place: string) => ({ code: "issuer-wrong-serial", place });
    expect(await refusal(() => give("member,amount\n2,60\n"))).toEqual(wrong(second));
    await writeFile(first, await readFile(second));
    expect(await refusal(() => give("member,amount\n2,60\n"))).toEqual(wrong(first));
    await writeFile(first, kept);
    const batch = JSON.parse(kept.toString()) as { header: object };
    const foreign = { ...batch, header: { ...batch.header, ledgerId: randomHex() } };
    await writeFile(first, canonicalBytes(foreign));
    expect(await refusal(() => give("member,amount\n2,60\n"))).toEqual(wrong(first));
    await writeFile(first, canonicalBytes({}));
    expect(await refusal(() => give("member,amount\n2,60\n"))).toEqual({
      code: "issuer-malformed",
      place: first,
    });
  });
});

describe("a revocation", () => {
  test("takes a credit out of the ledger, and a new batch puts the right one in", async () => {
    await give("member,amount\n0,480\n1,60\n");
    expect(
      await revoke({ directory, ledger: await ledgerFiles(), revoked: { positions: [1] }, passphrase }),
    ).toEqual([1]);
    const ledger = await ledgerFiles();
    const attempt = (revoked: { positions: number[] } | { serial: number }) =>
      refusal(() => revoke({ directory, ledger, revoked, passphrase }));
    expect(await attempt({ positions: [1] })).toEqual({
      code: "ledger-position-revoked",
      place: "position 1",
    });
    expect(await attempt({ positions: [0, 2] })).toEqual({
      code: "ledger-unknown-position",
      place: "position 2",
    });
    expect(await attempt({ serial: 1 })).toEqual({ code: "ledger-unknown-position", place: "serial" });
    // The whole batch: what is left of it.
    expect(await revoke({ directory, ledger, revoked: { serial: 0 }, passphrase })).toEqual([0]);
    expect(await give("member,amount\n0,420\n", { again: true })).toBe(1);
    const state = replayLedger(await ledgerLog(), name);
    expect(state.tree.layers[0]!.map((leaf) => leaf === 0n)).toEqual([true, true, false]);
  });

  test("of another issuer's credit, or read from another registry's log, is not signed", async () => {
    const stranger = await mkdtemp(join(tmpdir(), "commune-zk-issuer-"));
    try {
      await give("member,amount\n0,480\n");
      const ledger = await ledgerFiles();
      const about = { ...name, name: "Workshop", rollId: roll.rollId, registrarKey: registrar.publicKey };
      await createCommittee({ ...about, directory: stranger, maxAmount: 60, rollEvents, passphrase });
      const foreign = revoke({ directory: stranger, ledger, revoked: { positions: [0] }, passphrase });
      await expect(foreign).rejects.toMatchObject({ code: "revocation-foreign-credit" });
      const forged = Buffer.from(await ledgerLog());
      forged[forged.length - 10]! ^= 1;
      const files = memoryPublicFiles(new Map([["entries.ndjson", new Uint8Array(forged)]]));
      const { code } = await refusal(() =>
        revoke({ directory, ledger: files, revoked: { positions: [0] }, passphrase }),
      );
      expect(code).toMatch(/^(ledger-bad-signature|ledger-malformed)$/);
    } finally {
      await rm(stranger, { recursive: true });
    }
  });
});

test("what was signed is sent in its order, up to the first refusal", async () => {
  await give("member,amount\n0,480\n");
  await revoke({ directory, ledger: await ledgerFiles(), revoked: { serial: 0 }, passphrase });
  await give("member,amount\n0,420\n", { again: true });
  const sent: string[] = [];
  const registryOf = (refused: string): typeof fetch => {
    return async (input) => {
      const path = new URL(String(input)).pathname.replace(`/v1/ledgers/${name.ledgerId}/`, "");
      sent.push(path);
      if (path !== refused) return Response.json({ serial: sent.length }, { status: 201 });
      const problem = { type: "urn:commune-zk:problem:credit-period-closed", status: 403 };
      return Response.json({ ...problem, title: "closed", code: "credit-period-closed" }, { status: 403 });
    };
  };
  const options = { baseUrl: "https://registry.test", retries: 0 };
  expect(await send(directory, { ...options, fetch: registryOf("none") })).toBe(3);
  expect(sent.splice(0)).toEqual(["batches", "revocations", "batches"]);
  const refused = send(directory, { ...options, fetch: registryOf("revocations") });
  await expect(refused).rejects.toMatchObject({ code: "credit-period-closed" });
  expect(sent).toEqual(["batches", "revocations"]);
});

describe("the folder", () => {
  test("has its key encrypted, readable by its owner alone; another passphrase or key signs nothing", async () => {
    const path = join(directory, "issuer.secret.json");
    expect((await stat(path)).mode & 0o077).toBe(0);
    const attempt = (text: string) =>
      refusal(() =>
        credit({
          directory,
          period: PERIOD,
          category: "hours",
          credits: csv(text),
          passphrase: "another passphrase",
        }),
      );
    expect((await attempt("member,amount\n0,480\n")).code).toBe("secret-file-wrong-passphrase");
    const secret = crypto.getRandomValues(new Uint8Array(32));
    await writeFile(
      path,
      await sealSecret({ kind: "issuer-key", secret, passphrase, parameters: MINIMUM_SECRET_PARAMETERS }),
    );
    expect((await refusal(() => give("member,amount\n0,480\n"))).code).toBe("issuer-other-key");
  });

  test("is made once, of ids and keys of the right form and the registrar's own roll", async () => {
    const { type: _, key: __, ...about } = (await readCommittee(directory)).record;
    const empty = join(directory, "another");
    const attempt = (changes: object) =>
      refusal(() => createCommittee({ ...about, directory: empty, rollEvents, passphrase, ...changes }));
    expect((await attempt({ directory })).code).toBe("issuer-exists");
    expect(await attempt({ ledgerId: "AB" })).toEqual({
      code: "issuer-malformed",
      place: "issuer.json ledgerId",
    });
    expect((await attempt({ registrarKey: registry.publicKey })).code).toBe("roll-other-roll");
  });

  test("takes a roll that goes on, whose new members it can credit, and no other roll", async () => {
    const identity = createIdentity();
    const context = { registrarKey: registrar.publicKey, rollId: roll.rollId, registrarNonce: randomHex() };
    const registration = createRegistration({ identity, mailboxKey: mailboxKeyOf(identity), ...context });
    const event = { kind: "join", tier: "member", registration } as const;
    const { line, state } = appendBatch(roll, [event], registrar.secretKey);
    const longer = concatBytes(rollEvents, line);
    expect((await updateRoll(directory, longer)).positions).toHaveLength(4);
    const credits = creditsOfArguments(["3=60"], state);
    expect(await credit({ directory, period: PERIOD, category: "hours", credits, passphrase })).toBe(0);
    expect((await refusal(() => updateRoll(directory, rollEvents))).code).toBe("roll-broken-link");
    expect((await refusal(() => updateRoll(directory, longer.slice(0, -1)))).code).toBe("roll-truncated");
  });

  test("keeps no amount: only sealed attestations and what the registry sees", async () => {
    await give("member,amount\n0,12345\n");
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const texts = entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => readFile(join(entry.parentPath, entry.name), "latin1"));
    const all = (await Promise.all(texts)).join("\n");
    expect(all).not.toMatch(/"amount"|\b12345\b/);
    expect(all).toContain("commune-zk/credit-batch/v1");
  });
});

test("the command credits from a file, exports files and links, and says what is wrong", async () => {
  const run = (...args: string[]) =>
    command("node", ["build/scripts/issuer.js", ...args], { COMMUNE_PASSPHRASE: passphrase });
  const table = join(directory, "hours.csv");
  await writeFile(table, "member,amount\n0,480\n2,60\n");
  const credited = run("credit", directory, table, "--period", String(PERIOD), "--serial", "0");
  expect(credited).toEqual({ status: 0, output: `batch 0: 2 credits of "hours" for ${PERIOD}\n` });
  expect(run("credit", directory, table, "--period", String(PERIOD))).toEqual({
    status: 1,
    output: expect.stringContaining(`REFUSED credit-given-before\n${table} line 2: batch 0`),
  });
  const handout = join(directory, "handout");
  expect(run("export", directory, handout, "--page", "https://booth.example/").status).toBe(0);
  expect((await readdir(handout, { recursive: true })).sort()).toEqual([
    "batch-0",
    "batch-0.json",
    ...[0, 2].flatMap((m) => [`batch-0/member-${m}.json`, `batch-0/member-${m}.link`]),
  ]);
  const link = parseLink(await readFile(join(handout, "batch-0/member-2.link"), "utf8"));
  if (link.kind !== "attestation") throw new Error(`a link of kind ${link.kind}`);
  const opened = await openAttestation(identities[2]!, parseSealedAttestation(link.sealed));
  expect(opened).toMatchObject({ amount: 60, period: PERIOD });
  expect(await readFile(join(handout, "batch-0.json"))).toEqual(
    await readFile(join(directory, "acts/0000.json")),
  );
  for (const wrong of [
    ["nonsense", directory],
    ["constructor", directory],
    ["credit", directory, table],
    [],
  ]) {
    expect(run(...wrong)).toEqual({ status: 2, output: expect.stringContaining("usage: npm run issuer") });
  }
});

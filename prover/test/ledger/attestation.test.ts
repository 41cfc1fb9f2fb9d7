// From the issuer's entry to the member's credit in the ledger. docs/spec/ledger.md §3, §7.
import { describe, expect, test } from "@jest/globals";
import { fromUtf8 } from "../../src/formats/bytes.ts";
import {
  type Attestation,
  type CreditEntry,
  canonicalBytes,
  createIdentity,
  createIssuerKeys,
  creditBatch,
  creditInner,
  fromHex,
  locateCredit,
  mailboxKeyOf,
  openAttestation,
  parseSealedAttestation,
  pointToJson,
  readLedgerLog,
  type SealedAttestation,
  sealAttestation,
  sealedAttestationBytes,
} from "../../src/index.ts";
import { randomHex } from "../../src/rehearsal.ts";
import { bytes, frame, hpkeSeal } from "../spec/support/independent.ts";
import { credited, entered, entriesOf, openLedger, QUARTER, revocation } from "../support/ledgers.ts";
import { inputError, inputRejection } from "../trustees/support.ts";

const [ana, ben, cem] = [createIdentity(), createIdentity(), createIdentity()];
const issuerKeys = createIssuerKeys();
const header = { ledgerId: randomHex(), serial: 0, period: QUARTER[0], category: "hours" };
const entryOf = (member: typeof ana, amount: number): CreditEntry => ({
  commitment: member.commitment,
  mailboxKey: mailboxKeyOf(member),
  amount,
});
const issued = await creditBatch({ issuerKeys, header, credits: [entryOf(ana, 600), entryOf(ben, 1200)] });
const sealedFor = (member: typeof ana): SealedAttestation =>
  issued.attestations.find(({ commitment }) => commitment === member.commitment)!.sealed;
const anas = await openAttestation(ana, sealedFor(ana));

async function inLedger() {
  const { ledger, issuers } = openLedger();
  const [mill] = issuers as [(typeof issuers)[0]];
  const other = await credited(ledger, mill, [{ member: cem, amount: 9 }]);
  const own = await credited(other.ledger, mill, [
    { member: ana, amount: 600 },
    { member: ben, amount: 1200 },
  ]);
  return { mill, ledger: own.ledger, attestations: own.attestations };
}
const world = await inLedger();

describe("an issued batch", () => {
  test("opens to what was credited, for each member its own", async () => {
    const bens = await openAttestation(ben, sealedFor(ben));
    const expected = {
      type: "commune-zk/attestation/v1",
      ...header,
      issuer: pointToJson(issuerKeys.publicKey),
    };
    expect([anas, bens]).toMatchObject([
      { ...expected, amount: 600 },
      { ...expected, amount: 1200 },
    ]);
    const inner = [
      creditInner({ commitment: ana.commitment, amount: 600, salt: fromHex(anas.salt, 31) }),
      creditInner({ commitment: ben.commitment, amount: 1200, salt: fromHex(bens.salt, 31) }),
    ];
    expect(issued.batch.inner.map(BigInt)).toEqual(inner.sort((a, b) => (a < b ? -1 : 1)));
  });

  test("salts every credit anew: the same credits again share no hash and no ciphertext", async () => {
    const again = await creditBatch({ issuerKeys, header, credits: [entryOf(ana, 600), entryOf(ben, 1200)] });
    const all = [issued, again].flatMap(({ batch, attestations }) => [
      ...batch.inner,
      ...attestations.map(({ sealed }) => sealed.ciphertext),
      ...attestations.map(({ sealed }) => sealed.enc),
    ]);
    expect(new Set(all).size).toBe(12);
  });

  test("is sorted by what it shows, not by member; no file names one, and all are equally long", async () => {
    const many = Array.from({ length: 12 }, () => createIdentity());
    const credits = many.map((member, i) => entryOf(member, i === 0 ? 1 : 16_000_000));
    const { batch, attestations } = await creditBatch({ issuerKeys, header, credits });
    const ciphertexts = attestations.map(({ sealed }) => sealed.ciphertext);
    expect(ciphertexts).toEqual([...ciphertexts].sort());
    const inner = batch.inner.map(BigInt);
    expect(inner).toEqual([...inner].sort((a, b) => (a < b ? -1 : 1)));
    const files = attestations.map(({ sealed }) => fromUtf8(sealedAttestationBytes(sealed)));
    expect(new Set(files.map(({ length }) => length)).size).toBe(1);
    for (const [i, { commitment }] of attestations.entries()) {
      const mailboxKey = mailboxKeyOf(many.find((member) => member.commitment === commitment)!);
      for (const name of [commitment.toString(), commitment.toString(16), mailboxKey]) {
        expect(files[i]).not.toContain(name);
      }
    }
    expect(Object.keys(attestations[0]!.sealed).sort()).toEqual(["ciphertext", "enc", "ledgerId", "type"]);
  });

  test.each<[string, number]>([
    ["0", 0],
    ["−1", -1],
    ["one and a half", 1.5],
    ["2^24", 2 ** 24],
    ["NaN", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
  ])("is refused with an amount of %s, before anything is sealed", async (_name, amount) => {
    // The first mailbox key cannot be sealed to: that it is not named shows that nothing was sealed.
    const credits = [{ ...entryOf(ana, 5), mailboxKey: "00".repeat(32) }, entryOf(ben, amount)];
    const error = await inputRejection(creditBatch({ issuerKeys, header, credits }));
    expect(error).toMatchObject({ code: "amount-invalid", place: "credits.1" });
    expect(error.message).not.toContain(String(amount));
  });

  test("takes amounts from 1 to 2^24 − 1, and none above a given maximum", async () => {
    const of = (amount: number, maxAmount?: number) =>
      creditBatch({
        issuerKeys,
        header,
        credits: [entryOf(ana, amount)],
        ...(maxAmount === undefined ? {} : { maxAmount }),
      });
    expect((await of(1)).batch.inner).toHaveLength(1);
    expect((await of(2 ** 24 - 1)).batch.inner).toHaveLength(1);
    expect((await of(480, 480)).batch.inner).toHaveLength(1);
    expect(await inputRejection(of(481, 480))).toMatchObject({
      code: "amount-above-maximum",
      place: "credits.0",
    });
  });

  test("is refused with a member twice, with no credit, or with a header out of shape", async () => {
    const of = (credits: CreditEntry[], change = {}) =>
      inputRejection(creditBatch({ issuerKeys, header: { ...header, ...change }, credits }));
    expect(await of([entryOf(ana, 1), entryOf(ana, 2)])).toMatchObject({
      code: "credit-duplicate-member",
      place: "credits.1",
    });
    expect(await of([])).toMatchObject({ code: "credit-malformed", place: "credits" });
    for (const change of [{ period: 0 }, { period: 2 ** 24 }, { category: "Hours" }, { serial: -1 }]) {
      expect((await of([entryOf(ana, 1)], change)).code).toBe("credit-malformed");
    }
  });

  test.each([
    ["0", "00".repeat(32)],
    ["1", `01${"00".repeat(31)}`],
    // RFC 7748 §6.1 and the list of X25519's low-order points: of order 8.
    ["order 8", "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"],
  ])(
    "is refused where a mailbox key has low order (%s): anybody could read it",
    async (_name, mailboxKey) => {
      const credits = [entryOf(ana, 5), { ...entryOf(ben, 5), mailboxKey }];
      expect(await inputRejection(creditBatch({ issuerKeys, header, credits }))).toMatchObject({
        code: "mailbox-key-invalid",
        place: "credits.1.mailboxKey",
      });
    },
  );
});

describe("a sealed attestation", () => {
  test("opens for nobody else, and not when altered or moved to another ledger", async () => {
    const sealed = sealedFor(ana);
    const flip = (hex: string) => (hex.startsWith("0") ? "1" : "0") + hex.slice(1);
    const notMine = { code: "attestation-not-mine" };
    expect(await inputRejection(openAttestation(cem, sealed))).toMatchObject(notMine);
    for (const change of [
      { ciphertext: flip(sealed.ciphertext) },
      { enc: flip(sealed.enc) },
      { ledgerId: randomHex() },
      { enc: "00".repeat(32) },
    ]) {
      expect(await inputRejection(openAttestation(ana, { ...sealed, ...change }))).toMatchObject(notMine);
    }
  });

  test("is read from its own bytes and from nothing else", () => {
    const bytes = sealedAttestationBytes(sealedFor(ana));
    expect(parseSealedAttestation(bytes)).toEqual(sealedFor(ana));
    for (const change of [
      { type: "commune-zk/attestation/v1" },
      { ciphertext: sealedFor(ana).ciphertext.slice(2) },
      { commitment: "1" },
    ]) {
      const value = canonicalBytes({ ...sealedFor(ana), ...change });
      expect(inputError(() => parseSealedAttestation(value)).code).toBe("attestation-malformed");
    }
  });

  test.each<[string, Partial<Record<keyof Attestation, unknown>>]>([
    ["an amount of 0", { amount: 0 }],
    ["an amount of 2^24", { amount: 2 ** 24 }],
    ["a fraction", { amount: 0.5 }],
    ["a short salt", { salt: "00" }],
    ["another type", { type: "commune-zk/attestation/v2" }],
  ])("with %s in it is malformed, and says nothing of what it holds", async (_name, change) => {
    const content = { ...anas, ...change } as Attestation;
    const error = await inputRejection(
      openAttestation(ana, await sealAttestation(content, mailboxKeyOf(ana))),
    );
    expect(error.code).toBe("attestation-malformed");
    expect(error.message).not.toContain(anas.salt);
  });

  test("of odd padding, or that names another ledger inside than outside, is malformed", async () => {
    const info = (ledgerId: string) => frame("sealed-attestation", [bytes(ledgerId)]);
    const sealPlain = (plain: Buffer): SealedAttestation => {
      const { enc, ciphertext } = hpkeSeal({ to: mailboxKeyOf(ana), info: info(anas.ledgerId), plain });
      return { ...sealedFor(ana), ledgerId: anas.ledgerId, enc, ciphertext };
    };
    const padded = (content: Uint8Array, filler = 0) => {
      const plain = Buffer.alloc(640, filler);
      plain.writeUInt16BE(content.length, 0);
      plain.set(content, 2);
      return plain;
    };
    const content = canonicalBytes(anas);
    expect(await openAttestation(ana, sealPlain(padded(content)))).toEqual(anas);
    const endless = padded(content);
    endless.writeUInt16BE(0xffff, 0);
    for (const plain of [
      padded(content, 1),
      endless,
      padded(canonicalBytes({ ...anas, ledgerId: randomHex() })),
      padded(Buffer.from("{}")),
      padded(Buffer.from(` ${JSON.stringify(anas)}`)),
    ]) {
      expect((await inputRejection(openAttestation(ana, sealPlain(plain)))).code).toBe(
        "attestation-malformed",
      );
    }
  });
});

describe("a member's credit", () => {
  const viewOf = (ledger = world.ledger) => readLedgerLog(entriesOf(ledger), ledger.name);
  const [attestation, bens] = world.attestations as [Attestation, Attestation];
  const locate = (change: Partial<Attestation> = {}, commitment = ana.commitment, view = viewOf()) =>
    locateCredit(view, { commitment, attestation: { ...attestation, ...change } });
  const code = (action: () => unknown) => inputError(action).code;

  test("is found where its leaf stands", () => {
    const { position, leaf } = locate();
    expect([1, 2]).toContain(position);
    expect(world.ledger.state.tree.layers[0]![position]).toBe(leaf);
  });

  test("is not in the ledger with another amount, salt, period, category, batch, or for another member", () => {
    for (const change of [
      { amount: 601 },
      { salt: bens.salt },
      { period: QUARTER[1] },
      { category: "study" },
      { serial: 0 },
      { serial: 2 },
      { issuer: [...pointToJson(createIssuerKeys().publicKey)] as [string, string] },
    ]) {
      expect(code(() => locate(change))).toBe("attestation-not-in-ledger");
    }
    expect(code(() => locate({}, ben.commitment))).toBe("attestation-not-in-ledger");
    expect(code(() => locate({ ledgerId: randomHex() }))).toBe("attestation-other-ledger");
  });

  test("that was revoked is named so; a new one in its place is found", async () => {
    const { position } = locate();
    const revoked = entered(world.ledger, revocation(world.ledger, world.mill, [position]));
    expect(code(() => locate({}, ana.commitment, viewOf(revoked)))).toBe("attestation-revoked");
    expect(locateCredit(viewOf(revoked), { commitment: ben.commitment, attestation: bens }).position).toBe(
      3 - position,
    );
    const again = await credited(revoked, world.mill, [{ member: ana, amount: 590 }]);
    const [corrected] = again.attestations as [Attestation];
    const found = locateCredit(viewOf(again.ledger), { commitment: ana.commitment, attestation: corrected });
    expect(found.position).toBe(3);
  });
});

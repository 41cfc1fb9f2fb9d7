// Attacks on what a ballot states, each with a real proof: the statement check or the pairing refuses, and
// which of the two. docs/spec/ballot.md §2, §5.

import { describe, expect, test } from "@jest/globals";
import { bn254 } from "@noble/curves/bn254.js";
import { BASE_FIELD_ORDER } from "../../src/formats/field.ts";
import { BASE8, pointFromAffine } from "../../src/formats/point.ts";
import {
  checkStatement,
  createVerifier,
  decodeRecord,
  encodeRecord,
  FIELD_ORDER,
  type Groth16Proof,
  InputError,
  proofFromBytes,
  proofToBytes,
  type RecordContent,
  statementHash,
  verificationKeyOf,
} from "../../src/index.ts";
import { artifacts, manifest } from "../support/keys.ts";
import { cast, openBooth, pollWith, rulesOf } from "./support.ts";

const booth = await openBooth(pollWith(rulesOf()));
/** The same plan over another roll, with other trustees: all that is not the rules differs. */
const elsewhere = await openBooth(pollWith(rulesOf()));
const read = async (ballot: ReturnType<typeof cast>): Promise<RecordContent> =>
  decodeRecord((await ballot).record);

const own = await read(cast(booth, { voter: 0, votes: [0, 1, 0] }));
const neighbours = await read(cast(booth, { voter: 1, votes: [1, 0, 0] }));
const foreign = await read(cast(elsewhere, { voter: 0, votes: [0, 1, 0] }));
const deeper = await openBooth(pollWith(rulesOf({ circuit: "ballot-compact-16" })));
const fromDeeper = await read(cast(deeper, { voter: 0, votes: [0, 1, 0] }));

/** What a reader says to a statement and proof, in the order in which the service and the auditor ask. */
async function judgement(
  { publicSignals, proof }: RecordContent,
  { poll, verifier } = booth,
): Promise<string> {
  try {
    checkStatement(poll, publicSignals, "ballot");
  } catch (error) {
    if (error instanceof InputError && error.place?.startsWith("ballot")) return error.code;
    throw error;
  }
  return (await verifier.verify(publicSignals, proof)) ? "accepted" : "proof-invalid";
}

const changed = (index: number, value: bigint): RecordContent => ({
  ...own,
  publicSignals: own.publicSignals.with(index, value),
});

test("the fixtures are accepted by their own polls", async () => {
  expect(await judgement(own)).toBe("accepted");
  expect(await judgement(neighbours)).toBe("accepted");
  expect(await judgement(foreign, elsewhere)).toBe("accepted");
  expect(await judgement(fromDeeper, deeper)).toBe("accepted");
  expect(own.publicSignals).toHaveLength(23);
});

describe("one public signal raised by one", () => {
  // docs/spec/ballot.md §2, compact; the last column says which check has to refuse.
  const SIGNALS: readonly (readonly [number, string, string])[] = [
    [0, "nullifier", "proof-invalid"],
    [1, "c1.x", "point-off-curve"],
    [2, "c1.y", "point-off-curve"],
    [3, "c2.x", "point-off-curve"],
    [4, "c2.y", "point-off-curve"],
    [5, "rollRoot", "signals-not-of-poll"],
    [6, "pollId", "signals-not-of-poll"],
    [7, "revision", "proof-invalid"],
    [8, "publicKey.x", "signals-not-of-poll"],
    [9, "publicKey.y", "signals-not-of-poll"],
    [10, "base", "signals-not-of-poll"],
    ...[11, 12, 13, 14].map((i) => [i, `active[${i - 11}]`, "signals-not-of-poll"] as const),
    ...[15, 16, 17, 18].map((i) => [i, `maxima[${i - 15}]`, "signals-not-of-poll"] as const),
    [19, "minTotal", "signals-not-of-poll"],
    [20, "maxTotal", "signals-not-of-poll"],
    [21, "quadratic", "signals-not-of-poll"],
    [22, "distinct", "signals-not-of-poll"],
  ];

  test("is tried with every signal", () => {
    expect(SIGNALS.map(([index]) => index)).toEqual(own.publicSignals.map((_, i) => i));
  });

  test.each(SIGNALS)("signal %i, %s: %s", async (index, _name, code) => {
    const attacked = changed(index, (own.publicSignals[index]! + 1n) % FIELD_ORDER);
    expect(await judgement(attacked)).toBe(code);
    // The pairing binds every one of them by itself, whatever the statement check makes of it.
    expect(await booth.verifier.verify(attacked.publicSignals, own.proof)).toBe(false);
    expect(statementHash(attacked.publicSignals)).not.toBe(statementHash(own.publicSignals));
  });

  test.each(SIGNALS)(
    "signal %i, %s, plus the field's order is out of range for the verifier",
    async (index) => {
      const { publicSignals } = changed(index, own.publicSignals[index]! + FIELD_ORDER);
      await expect(booth.verifier.verify(publicSignals, own.proof)).rejects.toThrow(RangeError);
      if (index > 4) expect(await judgement({ ...own, publicSignals })).not.toBe("accepted");
    },
  );
});

describe("a ballot is refused", () => {
  test("with another good point for a ciphertext: it was not proven", async () => {
    const [, x, y] = own.publicSignals as [bigint, bigint, bigint];
    const { x: newX, y: newY } = pointFromAffine(x, y).add(BASE8).toAffine();
    const publicSignals = own.publicSignals.with(1, newX).with(2, newY);
    expect(await judgement({ ...own, publicSignals })).toBe("proof-invalid");
  });

  test("with a revision above the highest, before the proof is looked at", async () => {
    expect(await judgement(changed(7, 65_536n))).toBe("revision-invalid");
  });

  test.each<[string, () => RecordContent]>([
    ["poll and roll", () => foreign],
    ["circuit with as many signals", () => fromDeeper],
  ])("that is good for another %s", async (_what, content) => {
    expect(await judgement(content())).toBe("signals-not-of-poll");
  });

  test("with a signal less, or one more", async () => {
    const less = own.publicSignals.slice(0, -1);
    const more = [...own.publicSignals, 0n];
    for (const publicSignals of [less, more]) {
      expect(await judgement({ ...own, publicSignals })).toBe("signals-not-of-poll");
      await expect(booth.verifier.verify(publicSignals, own.proof)).rejects.toThrow(RangeError);
    }
  });

  test("under another poll's proof, another voter's, or another circuit's", async () => {
    for (const { proof } of [foreign, neighbours, fromDeeper]) {
      expect(await judgement({ ...own, proof })).toBe("proof-invalid");
    }
  });

  test("under another circuit's verification key", async () => {
    const key = await verificationKeyOf(artifacts, manifest.manifest, "ballot-compact-20");
    const verifier = await createVerifier(key);
    expect(await verifier.verify(own.publicSignals, own.proof)).toBe(false);
  });

  test("with ciphertexts copied under another voter's nullifier, by either one's proof", async () => {
    const copied = [neighbours.publicSignals[0]!, ...own.publicSignals.slice(1)];
    expect(await judgement({ publicSignals: copied, proof: own.proof })).toBe("proof-invalid");
    expect(await judgement({ publicSignals: copied, proof: neighbours.proof })).toBe("proof-invalid");
  });
});

describe("a proof that anyone can make from another", () => {
  const { G1, G2 } = bn254;
  const negate = (y: bigint): bigint => BASE_FIELD_ORDER - y;
  const { a, b, c } = own.proof;
  const negated: Groth16Proof = {
    a: [a[0], negate(a[1])],
    b: [b[0], [negate(b[1][0]), negate(b[1][1])]],
    c,
  };
  // (ρ·A, ρ⁻¹·B, C) has the same pairing as (A, B, C).
  const rho = 7n;
  const scaledA = G1.Point.fromAffine({ x: a[0], y: a[1] }).multiply(rho).toAffine();
  const scaledB = G2.Point.fromAffine({ x: { c0: b[0][0], c1: b[0][1] }, y: { c0: b[1][0], c1: b[1][1] } })
    .multiply(bn254.fields.Fr.inv(rho))
    .toAffine();
  const scaled: Groth16Proof = {
    a: [scaledA.x, scaledA.y],
    b: [
      [scaledB.x.c0, scaledB.x.c1],
      [scaledB.y.c0, scaledB.y.c1],
    ],
    c,
  };

  test.each([
    ["(−A, −B, C)", negated],
    ["(7·A, B/7, C)", scaled],
  ])("%s verifies, is another record, and is the same statement", async (_what, proof) => {
    const twin: RecordContent = { publicSignals: own.publicSignals, proof };
    expect(proofFromBytes(proofToBytes(proof))).toEqual(proof);
    expect(await judgement(twin)).toBe("accepted");
    expect(encodeRecord(twin)).not.toEqual(encodeRecord(own));
    expect(statementHash(twin.publicSignals)).toBe(statementHash(own.publicSignals));
  });

  test("(−A, B, C) does not verify", async () => {
    const proof: Groth16Proof = { ...own.proof, a: negated.a };
    expect(await judgement({ ...own, proof })).toBe("proof-invalid");
  });
});

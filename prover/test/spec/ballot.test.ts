// docs/spec/ballot.md §9: a record that was really proven, its statement, and its proof by another pairing.
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { bn254 } from "@noble/curves/bn254.js";
import { checkProof } from "../../src/formats/groth16-proof.ts";
import { decodeRecord, encodeRecord } from "../../src/formats/record.ts";
import type { VerificationKey } from "../../src/formats/verification-key.ts";
import { verificationKeyOf } from "../../src/groth16/artifacts.ts";
import { createVerifier } from "../../src/groth16/verify.ts";
import { parseSubmission } from "../../src/protocol/ballot.ts";
import { artifacts, manifest } from "../support/keys.ts";
import { testExample } from "./support/checks.ts";
import { examplePoll } from "./support/election.ts";
import { ballotExample } from "./support/examples.ts";
import { bytes, combination, field, H, integer, oracle, pair, u32 } from "./support/independent.ts";
import { readExample, readPage, readRecords, specPath } from "./support/pages.ts";

type Texts =
  | "privateKey"
  | "secret"
  | "pollId"
  | "nullifier"
  | "packed"
  | "nonce"
  | "statementHash"
  | "submission";
interface BallotExample extends Record<Texts, string> {
  readonly votes: readonly number[];
  readonly c1: unknown;
  readonly c2: unknown;
  readonly publicSignals: readonly string[];
}

const example = readExample("ballot") as unknown as BallotExample;
const record = bytes(readFileSync(specPath("examples/ballot-record.hex"), "utf8").trim());
const signals = example.publicSignals.map(BigInt);
const poll = JSON.parse(readExample("poll").poll as string) as {
  readonly rules: Record<"valueBits" | "minTotal" | "maxTotal", number>;
  readonly roll: { readonly root: string };
  readonly encryption: { readonly publicKey: unknown };
};
const H0 = pair(poll.encryption.publicKey);

testExample("ballot", async () => ballotExample(await examplePoll(), readRecords()[0]!));

test("the page's words give nullifier and ciphertext", () => {
  const tag = integer(Buffer.from("commune-zk.nullifier.ballot", "ascii"));
  expect(readPage("ballot")).toContain(`as a big-endian integer, ${tag}.`);
  const secret = BigInt(example.secret);
  expect(oracle.poseidon([tag, integer(bytes(example.pollId)), secret])).toBe(BigInt(example.nullifier));
  const m = example.votes.reduce(
    (sum, vote, i) => sum + BigInt(vote) * 2n ** BigInt(poll.rules.valueBits * i),
    0n,
  );
  expect(m).toBe(BigInt(example.packed));
  const k = BigInt(example.nonce);
  expect(oracle.multiply(oracle.base8, k)).toEqual(pair(example.c1));
  expect(
    combination([
      [k, H0],
      [m, oracle.base8],
    ]),
  ).toEqual(pair(example.c2));
});

test("the page's table gives the signals", () => {
  const { pollId } = example;
  const { active, maxima, base } = readExample("poll");
  const { minTotal, maxTotal } = poll.rules;
  const [c1, c2] = [pair(example.c1), pair(example.c2)];
  const bounds = [active, maxima, minTotal, maxTotal, 0, 0].flat() as number[];
  expect(signals).toEqual([
    BigInt(example.nullifier),
    ...c1,
    ...c2,
    BigInt(poll.roll.root),
    integer(bytes(pollId)),
    0n,
    ...H0,
    BigInt(base as number),
    ...bounds.map(BigInt),
  ]);
});

test("the page's words give statement hash, record and submission", () => {
  const hash = H("statement/ballot", u32(signals.length), Buffer.concat(signals.map(field)));
  expect(hash.toString("hex")).toBe(example.statementHash);
  const { proof, ...rest } = JSON.parse(example.submission) as {
    readonly proof: { a: string[]; b: string[][]; c: string[] };
  };
  expect(rest).toEqual({
    type: "commune-zk/ballot/v1",
    pollId: example.pollId,
    publicSignals: example.publicSignals,
  });
  const coordinates = [proof.a, proof.b, proof.c].flat(2);
  const head = bytes("010017");
  expect(record).toEqual(Buffer.concat([head, ...signals.map(field), ...coordinates.map(field)]));
  expect(record).toHaveLength(995);
});

test("the code reads record and submission alike", () => {
  const parsed = parseSubmission(Buffer.from(example.submission));
  const content = { publicSignals: parsed.publicSignals, proof: checkProof(parsed.proof) };
  expect(decodeRecord(record)).toEqual(content);
  expect(Buffer.from(encodeRecord(content))).toEqual(record);
});

/** ballot.md §6 over noble's pairing. */
function verifies(key: VerificationKey, inputs: readonly bigint[]): boolean {
  const { G1, G2 } = bn254;
  const { proof } = decodeRecord(record);
  const g1 = ([x, y]: readonly [bigint, bigint]) => G1.Point.fromAffine({ x, y });
  const g2 = ([x, y]: VerificationKey["beta"]) =>
    G2.Point.fromAffine({ x: { c0: x[0], c1: x[1] }, y: { c0: y[0], c1: y[1] } });
  const [first, ...others] = key.ic.map(g1);
  const input = inputs.reduce(
    (sum, value, i) => (value === 0n ? sum : sum.add(others[i]!.multiply(value))),
    first!,
  );
  const product = bn254.pairingBatch([
    { g1: g1(proof.a).negate(), g2: g2(proof.b) },
    { g1: g1(key.alpha), g2: g2(key.beta) },
    { g1: input, g2: g2(key.gamma) },
    { g1: g1(proof.c), g2: g2(key.delta) },
  ]);
  return bn254.fields.Fp12.eql(product, bn254.fields.Fp12.ONE);
}

test("the record verifies under the stored keys, by the code and by the page's equation", async () => {
  const key = await verificationKeyOf(artifacts, manifest.manifest, "ballot-compact-10");
  const { proof } = decodeRecord(record);
  const verifier = await createVerifier(key);
  expect(await verifier.verify(signals, proof)).toBe(true);
  expect(verifies(key, signals)).toBe(true);
  const other = signals.with(7, 1n);
  expect(await verifier.verify(other, proof)).toBe(false);
  expect(verifies(key, other)).toBe(false);
});

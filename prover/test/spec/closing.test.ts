// docs/spec/closing.md §6: counted set, statement, signatures, quorums, shards, sums and result.
import { expect, test } from "@jest/globals";
import { verifyClosing } from "../../src/protocol/closing.ts";
import { verifyResult } from "../../src/protocol/result.ts";
import { testExample } from "./support/checks.ts";
import { documentOf, exampleElection } from "./support/election.ts";
import { closingExample } from "./support/examples.ts";
import {
  bytes,
  canonical,
  field,
  H,
  oracle,
  type Pair,
  pair,
  signInRole,
  u32,
} from "./support/independent.ts";
import { readExample, readRecords } from "./support/pages.ts";

interface ClosingExample
  extends Record<"countedDigest" | "statement" | "closingDigest" | "closing" | "result", string> {
  readonly counted: readonly { nullifier: string; revision: number; statementHash: string }[];
  readonly signatures: readonly { closer: number; signature: string }[];
  readonly quorums: readonly (readonly [number, number, number])[];
  readonly shards: readonly (readonly [number, number, readonly number[]])[];
  readonly aggregate: readonly { c1: unknown; c2: unknown }[];
}

const example = readExample("closing") as unknown as ClosingExample;
const { pollId } = readExample("poll") as { pollId: string };
const records = readRecords();
const election = await exampleElection(records);

testExample("closing", () => closingExample(election));

/** Signals of a record, by ballot.md §7. */
const signalsOf = (record: Uint8Array): bigint[] =>
  Array.from({ length: 23 }, (_, i) => {
    const signal = Buffer.from(record.subarray(3 + 32 * i, 35 + 32 * i));
    return BigInt(`0x${signal.toString("hex")}`);
  });
// The third record is a revision of the first; whose nullifier is lower comes first.
const counted = [records[2]!, records[1]!].map(signalsOf);

test("the page's words give counted set and digest", () => {
  expect(signalsOf(records[0]!)[0]).toBe(counted[0]![0]);
  expect(counted[0]![0]! < counted[1]![0]!).toBe(true);
  const ballots = counted.map((signals) => ({
    nullifier: String(signals[0]),
    revision: Number(signals[7]),
    statementHash: H("statement/ballot", u32(23), Buffer.concat(signals.map(field))).toString("hex"),
  }));
  expect(example.counted).toEqual(ballots);
  const parts = ballots.flatMap(({ nullifier, revision, statementHash }) => [
    field(nullifier),
    u32(revision),
    bytes(statementHash),
  ]);
  const digest = H("counted-set", bytes(pollId), u32(ballots.length), ...parts);
  expect(digest.toString("hex")).toBe(example.countedDigest);
});

test("the page's words give statement, digest and signatures", () => {
  const statement = {
    type: "commune-zk/closing/v1",
    pollId,
    boardSize: 3,
    boardRoot: readExample("board").root,
    countedBallots: 2,
    countedDigest: example.countedDigest,
  };
  const text = Buffer.from(canonical(statement));
  expect(text.toString()).toBe(example.statement);
  expect(H("closing", text).toString("hex")).toBe(example.closingDigest);
  const seeds = { 1: "11", 3: "13", 4: "21" };
  const signatures = Object.entries(seeds).map(([closer, byte]) => ({
    closer: Number(closer),
    signature: signInRole("closing", text, bytes(byte.repeat(32))),
  }));
  expect(example.signatures).toEqual(signatures);
  expect(canonical({ statement, signatures })).toBe(example.closing);
});

test("each quorum is the smallest for which two share t closers", () => {
  for (const [closers, threshold, quorum] of example.quorums) {
    expect(2 * quorum - closers).toBeGreaterThanOrEqual(threshold);
    expect(2 * (quorum - 1) - closers).toBeLessThan(threshold);
  }
});

test("the page's words give the shards", () => {
  for (const [count, shardBallots, sizes] of example.shards) {
    const k = Math.ceil(count / shardBallots);
    const longer = count % k;
    expect(sizes).toEqual(Array.from({ length: k }, (_, d) => Math.floor(count / k) + (d < longer ? 1 : 0)));
    expect(sizes.reduce((a, b) => a + b)).toBe(count);
  }
});

test("circomlibjs adds the ciphertexts to the same sums", () => {
  const sum = (at: number): Pair =>
    counted.map((signals): Pair => [signals[at]!, signals[at + 1]!]).reduce((a, b) => oracle.add(a, b));
  expect(example.aggregate.map(({ c1, c2 }) => [pair(c1), pair(c2)])).toEqual([[sum(1), sum(3)]]);
});

test("the page's words give the result: the counted votes, added up", () => {
  const result = {
    type: "commune-zk/result/v1",
    pollId,
    closing: example.closingDigest,
    outcome: "tallied",
    countedBallots: 2,
    keyKind: "development",
    options: [0 + 2, 1 + 2, 3 + 0],
    shards: [{ ballots: 2, slots: [[2, 3, 3]], trustees: [1, 3] }],
  };
  expect(canonical(result)).toBe(example.result);
});

test("the code takes closing and result", () => {
  const { valid: poll, board } = election;
  const closing = verifyClosing(poll, Buffer.from(example.closing));
  expect(closing).toMatchObject({ digest: example.closingDigest, good: [1, 3, 4], bad: [] });
  const shares = ["trustees/shares/1.json", "trustees/shares/3.json"].map((path) =>
    documentOf(election, path),
  );
  const { culprits } = verifyResult({ poll, board, closing, shares, bytes: Buffer.from(example.result) });
  expect(culprits).toEqual([{ trustee: 2, reason: "share-missing" }]);
});

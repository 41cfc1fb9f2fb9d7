// docs/spec/board.md §5: RFC 6962 hashes and proofs, checkpoint, tiles and receipt.
import { describe, expect, test } from "@jest/globals";
import { publicPaths } from "../../src/formats/public-paths.ts";
import { parseReceipt, verifyReceipt } from "../../src/protocol/receipt.ts";
import { testExample } from "./support/checks.ts";
import { exampleElection } from "./support/election.ts";
import { boardExample } from "./support/examples.ts";
import { bytes, canonical, publicKeyOf, sha256, signPlain, uint } from "./support/independent.ts";
import { readExample, readRecords } from "./support/pages.ts";

interface BoardExample
  extends Record<
    "boardSeed" | "boardKey" | "root" | "emptyCheckpoint" | "checkpoint" | "tile" | "receipt",
    string
  > {
  readonly small: {
    readonly entries: readonly string[];
    readonly leafHash: string;
    readonly nodeHash: string;
    readonly roots: readonly string[];
    readonly inclusion5of7: readonly string[];
    readonly consistency3to7: readonly string[];
  };
  readonly entries: readonly string[];
  readonly leafHashes: readonly string[];
  readonly tilePaths: readonly string[];
  readonly partialTilePath: string;
  readonly entriesTileStart: string;
}

const example = readExample("board") as unknown as BoardExample;
const { pollId } = readExample("poll") as { pollId: string };
const records = readRecords();
const election = await exampleElection(records);

testExample("board", () => boardExample(election, records));

// RFC 6962 §2.1, as it is written there.
const leaf = (entry: Uint8Array): Buffer => sha256(bytes("00"), entry);
const node = (left: Buffer, right: Buffer): Buffer => sha256(bytes("01"), left, right);
const split = (n: number): number => 2 ** Math.ceil(Math.log2(n) - 1);
function mth(entries: readonly Uint8Array[]): Buffer {
  if (entries.length === 0) return sha256();
  if (entries.length === 1) return leaf(entries[0]!);
  const k = split(entries.length);
  return node(mth(entries.slice(0, k)), mth(entries.slice(k)));
}
function path(m: number, entries: readonly Uint8Array[]): Buffer[] {
  if (entries.length === 1) return [];
  const k = split(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m < k ? [...path(m, left), mth(right)] : [...path(m - k, right), mth(left)];
}
function subproof(m: number, entries: readonly Uint8Array[], whole: boolean): Buffer[] {
  if (m === entries.length) return whole ? [] : [mth(entries)];
  const k = split(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m <= k ? [...subproof(m, left, whole), mth(right)] : [...subproof(m - k, right, false), mth(left)];
}
const hex = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString("hex"));

describe("the small tree", () => {
  const { small } = example;
  const entries = small.entries.map(bytes);

  test("is what RFC 6962 gives", () => {
    expect(hex(Array.from({ length: 9 }, (_, n) => mth(entries.slice(0, n))))).toEqual(small.roots);
    expect(hex([leaf(bytes("2021")), node(leaf(bytes("")), leaf(bytes("00")))])).toEqual([
      small.leafHash,
      small.nodeHash,
    ]);
    expect(hex(path(5, entries.slice(0, 7)))).toEqual(small.inclusion5of7);
    expect(hex(subproof(3, entries.slice(0, 7), true))).toEqual(small.consistency3to7);
  });

  test("has the roots that Certificate Transparency's tests have", () => {
    // github.com/transparency-dev/merkle, testonly/constants.go: RootHashes.
    expect(small.roots.slice(0, 4).concat(small.roots[8]!)).toEqual([
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]);
  });
});

test("the page's words give the checkpoints", () => {
  const seed = bytes(example.boardSeed);
  expect(publicKeyOf(seed)).toBe(example.boardKey);
  const origin = `board.example/${pollId}`;
  const keyId = sha256(Buffer.from(`${origin}\n`), bytes("01"), bytes(example.boardKey)).subarray(0, 4);
  const note = (entries: readonly Uint8Array[]): string => {
    const text = `${origin}\n${entries.length}\n${mth(entries).toString("base64")}\n`;
    const signature = Buffer.concat([keyId, bytes(signPlain(Buffer.from(text), seed))]);
    return `${text}\n— ${origin} ${signature.toString("base64")}\n`;
  };
  expect([example.emptyCheckpoint, example.checkpoint]).toEqual([note([]), note(records)]);
  expect([mth(records).toString("hex"), hex(records.map(leaf))]).toEqual([example.root, example.leafHashes]);
});

test("the page's words give tiles and their paths", () => {
  expect(hex(records.map(leaf)).join("")).toBe(example.tile);
  const entries = Buffer.concat(records.flatMap((record) => [uint(record.length, 2), record]));
  expect(entries.subarray(0, 5).toString("hex")).toBe(example.entriesTileStart);
  expect(Buffer.from(election.files.get(example.partialTilePath)!)).toEqual(entries);
  const paths = [0, 5, 999, 1000, 1067, 1234067].map((index) => {
    const groups = index.toLocaleString("en-US").split(",");
    const padded = groups.map((group) => group.padStart(3, "0"));
    return `board/tile/0/${padded.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/")}`;
  });
  expect(example.tilePaths).toEqual(paths);
  expect(example.partialTilePath).toBe(publicPaths.entries(0, records.length));
});

test("the page's words give the receipt, which the code accepts", () => {
  const { publicSignals: _, ...ballot } = readExample("ballot");
  const receipt = parseReceipt(JSON.parse(example.receipt));
  expect(receipt).toMatchObject({ nullifier: ballot.nullifier, revision: 1, index: 2 });
  const { statementHash } = receipt;
  const made = {
    type: "commune-zk/receipt/v1",
    pollId,
    nullifier: ballot.nullifier,
    revision: 1,
    statementHash,
    index: 2,
    checkpoint: example.checkpoint,
    inclusion: hex(path(2, records)),
  };
  expect(canonical(made)).toBe(example.receipt);
  expect(() => verifyReceipt({ receipt, record: records[2]!, poll: election.valid })).not.toThrow();
});

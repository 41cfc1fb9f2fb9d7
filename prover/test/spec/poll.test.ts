// docs/spec/poll.md §6: a whole poll document, its identifiers, signatures and layout.
import { expect, test } from "@jest/globals";
import { judge } from "../support/polls.ts";
import { testExample } from "./support/checks.ts";
import { examplePoll } from "./support/election.ts";
import { pollExample } from "./support/examples.ts";
import {
  bytes,
  canonical,
  combination,
  integer,
  oracle,
  pair,
  publicKeyOf,
  S,
  signInRole,
} from "./support/independent.ts";
import { readExample } from "./support/pages.ts";

interface PollExample extends Record<"poll" | "ceremonyId" | "pollId" | "field" | "signatures", string> {
  readonly active: readonly number[];
  readonly maxima: readonly number[];
  readonly base: number;
  readonly searchSpace: readonly number[];
  readonly verificationKeys: readonly unknown[];
}
interface Document {
  readonly organisation: { readonly key: string };
  readonly board: { readonly key: string };
  readonly roll: { readonly head: string; readonly root: string; readonly size: number };
  readonly rules: { readonly maxima: readonly number[]; readonly valueBits: number };
  readonly trustees: readonly { readonly signingKey: string; readonly encryptionKey: unknown }[];
  readonly witnesses: readonly { readonly signingKey: string }[];
  readonly encryption: { readonly publicKey: unknown; readonly commitments: readonly unknown[] };
}

const example = readExample("poll") as unknown as PollExample;
const document = JSON.parse(example.poll) as Document;
const seed = (byte: string): Buffer => bytes(byte.repeat(32));

testExample("poll", async () => pollExample(await examplePoll()));

test("the page's words give the document's form, pollId and ceremonyId", () => {
  expect(canonical(document)).toBe(example.poll);
  const id = S("scope/poll", Buffer.from(example.poll));
  expect([example.pollId, example.field]).toEqual([id.toString("hex"), integer(id).toString()]);
  const { encryption: _, ...rest } = document;
  const ceremonyId = S("scope/ceremony", Buffer.from(canonical(rest))).toString("hex");
  expect(ceremonyId).toBe(example.ceremonyId);
  expect(document.encryption).toMatchObject({ ceremonyId });
});

test("the keys in the document are those of the made-up seeds and secrets", () => {
  expect(document.organisation.key).toBe(publicKeyOf(seed("01")));
  expect(document.board.key).toBe(publicKeyOf(seed("02")));
  expect(document.witnesses.map(({ signingKey }) => signingKey)).toEqual([publicKeyOf(seed("21"))]);
  const { base8 } = oracle;
  expect(document.trustees).toMatchObject(
    [1, 2, 3].map((i) => ({
      signingKey: publicKeyOf(seed(`1${i}`)),
      encryptionKey: oracle.multiply(base8, BigInt(100 + i)).map(String),
    })),
  );
  const commitments = [6003n, 6006n].map((value) => oracle.multiply(base8, value));
  expect(document.encryption.commitments.map(pair)).toEqual(commitments);
  expect(pair(document.encryption.publicKey)).toEqual(commitments[0]);
  const keys = [1n, 2n, 3n].map((i) => combination(commitments.map((c, k) => [i ** BigInt(k), c] as const)));
  expect(example.verificationKeys.map(pair)).toEqual(keys);
});

test("the roll in the document is that of roll.md", () => {
  const { head, root, leaves } = readExample("roll");
  expect(document.roll).toMatchObject({ head, root, size: (leaves as readonly string[]).length });
});

test("the page's words give the signatures", () => {
  const sign = (byte: string): string => signInRole("poll", bytes(example.pollId), seed(byte));
  const signatures = {
    type: "commune-zk/poll-signatures/v1",
    pollId: example.pollId,
    registrar: sign("01"),
    trustees: ["11", "12", "13"].map(sign),
  };
  expect(canonical(signatures)).toBe(example.signatures);
});

test("the page's words give layout and search space", () => {
  const { maxima, valueBits } = document.rules;
  expect(example.active).toEqual([...maxima.map(() => 1), 0]);
  expect(example.maxima).toEqual([...maxima, 0]);
  expect(example.base).toBe(2 ** valueBits);
  const ranges = maxima.map((maximum) => document.roll.size * maximum + 1);
  expect(example.searchSpace).toEqual([ranges.reduce((a, b) => a * b)]);
});

test("the code takes the poll under its pollId, and under its registrar's key", () => {
  const files = { poll: Buffer.from(example.poll), signatures: Buffer.from(example.signatures) };
  expect(judge(files, { kind: "poll-id", pollId: example.pollId }).anchored).toBe(true);
  const anchor = { kind: "registrar", key: publicKeyOf(seed("01")) } as const;
  expect(judge(files, anchor).pollId).toBe(example.pollId);
});

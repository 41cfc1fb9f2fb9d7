// The counted set at the size of a large poll; its rules are tested beside the closing statement.
// docs/spec/closing.md §1.
import { expect, test } from "@jest/globals";
import { countedSet } from "../../src/protocol/counted-set.ts";
import { hashBySpec, u32 } from "../trustees/support.ts";

test("30,000 ballots have a digest: no call is given a list of that length as its arguments", () => {
  const pollId = "ab".repeat(31);
  const statementHash = "cd".repeat(32);
  const ballots = Array.from({ length: 30_000 }, (_, i) => ({
    nullifier: BigInt(30_000 - i),
    revision: i % 3,
    statementHash,
    ciphertexts: [],
  }));
  const { digest, ballots: counted } = countedSet({ pollId, ballots });
  expect(counted.map(({ nullifier }) => nullifier)).toEqual(ballots.map((_, i) => BigInt(i + 1)));
  const parts = counted.flatMap(({ nullifier, revision }) => [
    nullifier.toString(16).padStart(64, "0"),
    u32(revision),
    statementHash,
  ]);
  expect(digest).toBe(hashBySpec("counted-set", [pollId, u32(30_000), ...parts]));
});

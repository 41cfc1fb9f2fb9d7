// What a person may ask `npm run bench:compare` for.
import { describe, expect, test } from "@jest/globals";
import { parseCompareOptions } from "../../src/compare/options.ts";
import { UsageError } from "../../src/compare/usage.ts";
import { WORKLOADS } from "../../src/results/schema.ts";

test("a commit is enough", () => {
  expect(parseCompareOptions(["v0.1.0"])).toEqual({
    base: "v0.1.0",
    head: null,
    circuit: "ballot-compact-10",
    pairs: 40,
    limit: 0.1,
    json: false,
    keep: false,
  });
});

test("everything else may be said", () => {
  const words = "main --head HEAD~1 --circuit hours-1 --pairs 12 --limit 2.5 --json --keep";
  expect(parseCompareOptions(words.split(" "))).toEqual({
    base: "main",
    head: "HEAD~1",
    circuit: "hours-1",
    pairs: 12,
    limit: 0.025,
    json: true,
    keep: true,
  });
});

describe("what cannot be done is refused with a sentence", () => {
  test.each([
    ["", "expected one commit to compare with, not 0"],
    ["a b", "expected one commit to compare with, not 2"],
    ["a --circuit ballot", `--circuit ballot: there are ${WORKLOADS.join(", ")}`],
    ["a --pairs 11", "--pairs 11: expected an even number from 10 to 1000"],
    ["a --pairs 8", "--pairs 8: expected an even number from 10 to 1000"],
    ["a --pairs 1002", "--pairs 1002: expected an even number from 10 to 1000"],
    ["a --pairs 1e2", "--pairs 1e2: expected an even number from 10 to 1000"],
    ["a --limit 0", "--limit 0: expected a percentage above 0, at most 1000"],
    ["a --limit ten", "--limit ten: expected a percentage above 0, at most 1000"],
    ["a --limit 1001", "--limit 1001: expected a percentage above 0, at most 1000"],
  ])("%s", (words, message) => {
    const parse = (): unknown => parseCompareOptions(words.split(" ").filter(Boolean));
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
  });

  test("an option that there is not", () => {
    expect(() => parseCompareOptions(["a", "--fast"])).toThrow(UsageError);
  });
});

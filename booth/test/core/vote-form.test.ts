// Which form a poll's rules ask for, and when votes are complete.
import type { PollRules } from "@commune-zk/prover";
import { createIdentity } from "@commune-zk/prover";
import { describe, expect, test } from "@jest/globals";
import { planOf } from "../../../prover/test/support/polls.ts";
import { parseConfig } from "../../src/core/config.ts";
import { openDraft, sealDraft } from "../../src/core/drafts.ts";
import type { VoteForm } from "../../src/core/state.ts";
import { isComplete, voteFormOf } from "../../src/core/vote-form.ts";

function pollOf(maxima: readonly number[], changes: Partial<PollRules> = {}) {
  const rules: PollRules = { ...planOf().rules, maxima: [...maxima], ...changes };
  return { rules, options: maxima.map((_, i) => `option ${i}`) };
}

type Row = [string, ReturnType<typeof pollOf>, VoteForm, (readonly number[])[], (readonly number[])[]];

const ROWS: readonly Row[] = [
  [
    "one of three",
    pollOf([1, 1, 1], { minTotal: 1, maxTotal: 1 }),
    { kind: "single", optional: false },
    [[0, 1, 0]],
    [
      [0, 0, 0],
      [1, 1, 0],
      [2, 0, 0],
      [1, 0],
    ],
  ],
  [
    "one of three or none",
    pollOf([1, 1, 1], { minTotal: 0, maxTotal: 1 }),
    { kind: "single", optional: true },
    [
      [0, 0, 0],
      [1, 0, 0],
    ],
    [[1, 1, 0]],
  ],
  [
    "one or two of three",
    pollOf([1, 1, 1], { minTotal: 1, maxTotal: 2 }),
    { kind: "approval", min: 1, max: 2 },
    [[1, 0, 1]],
    [
      [1, 1, 1],
      [0, 0, 0],
    ],
  ],
  [
    "any of three, whatever the limit says",
    pollOf([1, 1, 1], { minTotal: 0, maxTotal: 99, cost: "quadratic" }),
    { kind: "approval", min: 0, max: 3 },
    [
      [1, 1, 1],
      [0, 0, 0],
    ],
    [[2, 0, 0]],
  ],
  [
    "a ranking of three",
    pollOf([2, 2, 2], { minTotal: 3, maxTotal: 3, distinct: true }),
    { kind: "ranked" },
    [[2, 0, 1]],
    [
      [0, 0, 0],
      [2, 2, 1],
      [1, 1, 1],
    ],
  ],
  [
    "a ranking of two",
    pollOf([1, 1], { minTotal: 0, maxTotal: 9, distinct: true }),
    { kind: "ranked" },
    [
      [1, 0],
      [0, 1],
    ],
    [
      [0, 0],
      [1, 1],
    ],
  ],
  [
    "different points, but no ranking",
    pollOf([2, 2, 3], { minTotal: 0, maxTotal: 9, distinct: true }),
    { kind: "points", maxima: [2, 2, 3], min: 0, max: 9, quadratic: false, distinct: true },
    [[0, 1, 3]],
    [[1, 1, 3]],
  ],
  [
    "a budget of points",
    pollOf([9, 9, 4], { minTotal: 10, maxTotal: 10 }),
    { kind: "points", maxima: [9, 9, 4], min: 10, max: 10, quadratic: false, distinct: false },
    [[6, 0, 4]],
    [
      [6, 0, 5],
      [1, 1, 1],
    ],
  ],
  [
    "quadratic credits",
    pollOf([9, 9, 9], { minTotal: 0, maxTotal: 25, cost: "quadratic" }),
    { kind: "points", maxima: [9, 9, 9], min: 0, max: 25, quadratic: true, distinct: false },
    [[3, 4, 0]],
    [[3, 4, 1]],
  ],
];

describe("the form of", () => {
  test.each(ROWS)("%s", (_name, poll, form, complete, incomplete) => {
    expect(voteFormOf(poll)).toEqual(form);
    for (const votes of complete) expect([votes, isComplete(poll, votes)]).toEqual([votes, true]);
    for (const votes of incomplete) expect([votes, isComplete(poll, votes)]).toEqual([votes, false]);
  });
});

describe("a draft", () => {
  const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
  const own = { identity: createIdentity(), pollId: "ab".repeat(31) };
  const draft = { revision: 3, votes: [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8] };

  test("opens for its identity and poll", () => {
    expect(openDraft(own, sealDraft({ random }, own, draft))).toEqual(draft);
  });

  test("holds no vote in clear, and looks different every time", () => {
    const [one, other] = [sealDraft({ random }, own, draft), sealDraft({ random }, own, draft)];
    const text = Buffer.from(one.ciphertext).toString("latin1");
    expect(text).not.toContain(Buffer.from(draft.votes).toString("latin1"));
    expect(one.ciphertext).not.toEqual(other.ciphertext);
    expect(one.ciphertext).toHaveLength(draft.votes.length + 16);
  });

  test("does not open for another identity, poll or revision, or altered", () => {
    const sealed = sealDraft({ random }, own, draft);
    expect(openDraft({ ...own, identity: createIdentity() }, sealed)).toBeNull();
    expect(openDraft({ ...own, pollId: "ac".repeat(31) }, sealed)).toBeNull();
    expect(openDraft(own, { ...sealed, revision: 2 })).toBeNull();
    const ciphertext = sealed.ciphertext.with(0, sealed.ciphertext[0]! ^ 1);
    expect(openDraft(own, { ...sealed, ciphertext })).toBeNull();
    const nonce = sealed.nonce.with(0, sealed.nonce[0]! ^ 1);
    expect(openDraft(own, { ...sealed, nonce })).toBeNull();
  });
});

describe("config.json", () => {
  const PAGE = "https://commune.test/booth/index.html";
  const parse = (value: unknown) => parseConfig(new TextEncoder().encode(JSON.stringify(value)), PAGE);

  test.each([
    ["", "https://commune.test/booth"],
    ["/", "https://commune.test"],
    ["..", "https://commune.test"],
    ["https://service.test/", "https://service.test"],
    ["http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"],
  ])("names the service: %j", (baseUrl, expected) => {
    expect(parse({ baseUrl, allowDevelopmentKeys: false })).toEqual({
      baseUrl: expected,
      allowDevelopmentKeys: false,
    });
  });

  test.each<[string, unknown]>([
    ["null", null],
    ["no address", { allowDevelopmentKeys: true }],
    ["no word about keys", { baseUrl: "" }],
    ["a word about keys that is no boolean", { baseUrl: "", allowDevelopmentKeys: "true" }],
    ["another field", { baseUrl: "", allowDevelopmentKeys: true, debug: true }],
    ["an address that is none", { baseUrl: "https://", allowDevelopmentKeys: true }],
    ["a script for an address", { baseUrl: "javascript:alert(1)", allowDevelopmentKeys: true }],
    ["an address with a query", { baseUrl: "/?a", allowDevelopmentKeys: true }],
  ])("is refused with %s", (_name, value) => {
    expect(() => parse(value)).toThrow(
      expect.objectContaining({ code: "config-malformed", place: "config.json" }),
    );
  });

  test("is refused where it is no JSON", () => {
    expect(() => parseConfig(Uint8Array.of(0xff), PAGE)).toThrow(
      expect.objectContaining({ code: "config-malformed" }),
    );
  });
});

// What is no ballot is refused before any engine is asked for one; votes and secrets stay out of what is said.
import { describe, expect, test } from "@jest/globals";
import {
  type Engine,
  type MerklePath,
  merklePath,
  type ProofProgress,
  type ProveBallotOptions,
  type ProveOptions,
  proveBallot,
  wasmEngine,
} from "../../src/index.ts";
import { makePoll } from "../support/polls.ts";
import { inputRejection } from "../trustees/support.ts";
import { type Booth, ballotOptions, openBooth, pollWith, rulesOf } from "./support.ts";

/** An engine that proves nothing and counts how often it is asked to. */
function countingEngine(): Engine & { readonly asked: ProveOptions[] } {
  const asked: ProveOptions[] = [];
  return {
    asked,
    async prove(options) {
      asked.push(options);
      throw new Error("no proof was meant to be made");
    },
    async dispose() {},
  };
}

const booth = await openBooth(pollWith(rulesOf()));
const score = await openBooth(pollWith(rulesOf({ maxima: [5, 5, 5], minTotal: 2, maxTotal: 9 })));
const quadratic = await openBooth(
  pollWith(rulesOf({ maxima: [4, 4, 4], minTotal: 0, maxTotal: 16, cost: "quadratic" })),
);
const ranked = await openBooth(
  pollWith(rulesOf({ maxima: [2, 2, 2], minTotal: 0, maxTotal: 6, distinct: true })),
);
const once = await openBooth(pollWith(rulesOf({ revisions: false })));
const elsewhere = makePoll();

/** The error for one changed option of a ballot that would be good, and how often the engine was asked. */
async function refusal(changes: Partial<ProveBallotOptions>, own = booth) {
  const engine = countingEngine();
  const good = ballotOptions(own, { votes: [0, 1, 0] });
  const error = await inputRejection(proveBallot({ ...good, ...changes, engine }));
  return { error, asked: engine.asked.length };
}

test("a good ballot does reach the engine, with every input in its range", async () => {
  const engine = countingEngine();
  const work = proveBallot({ ...ballotOptions(booth, { votes: [0, 1, 0] }), engine });
  await expect(work).rejects.toThrow("no proof was meant to be made");
  expect(engine.asked).toHaveLength(1);
  const { secret } = booth.rehearsed.identities[0]!;
  expect(engine.asked[0]!.inputs).toMatchObject({ secret, values: [0n, 1n, 0n, 0n], revision: 0n });
});

describe("votes that break a rule", () => {
  // Numbers that nothing else in an error could be taken for.
  const ODD = 918273645;
  const single = booth;
  const cases: [string, Booth, readonly number[]][] = [
    ["no vote at all", single, []],
    ["a vote less than there are options", single, [0, 1]],
    ["a vote for an option that is none", single, [0, 1, 0, 0]],
    ["a negative vote", single, [2, -1, 0]],
    ["half a vote", single, [0.5, 0.5, 0]],
    ["not a number", single, [Number.NaN, 1, 0]],
    ["infinity", single, [Number.POSITIVE_INFINITY, 0, 0]],
    ["a hole", single, new Array<number>(3)],
    ["more than eight bits", score, [ODD, 0, 0]],
    ["more than an option may get", score, [6, 0, 0]],
    ["less than the minimum total", score, [1, 0, 0]],
    ["more than the maximum total", score, [5, 5, 0]],
    ["squares above the credit", quadratic, [3, 3, 0]],
    ["equal ranks", ranked, [1, 1, 0]],
  ];

  test.each(cases)("%s: votes-invalid before any engine work", async (_what, own, votes) => {
    const { error, asked } = await refusal({ votes }, own);
    expect(error).toMatchObject({ code: "votes-invalid", place: "votes" });
    expect(asked).toBe(0);
  });

  test("are not quoted", async () => {
    const { error } = await refusal({ votes: [ODD, 0, 0] });
    expect(error.code).toBe("votes-invalid");
    const said = JSON.stringify([error.message, error.place, error.stack, error.cause ?? null]);
    expect(said).not.toContain(String(ODD));
    // The control: had they been quoted, this would have found them.
    expect(JSON.stringify(new Error(`votes ${[ODD, 0, 0]}`).message)).toContain(String(ODD));
  });
});

describe("a path", () => {
  const own = (): MerklePath => merklePath(booth.rehearsed.tree, 0);

  test.each<[string, () => MerklePath]>([
    ["of another roll", () => merklePath(elsewhere.tree, 0)],
    ["of a neighbour", () => merklePath(booth.rehearsed.tree, 1)],
    ["with another index", () => ({ ...own(), leafIndex: 2 })],
    ["with one sibling changed", () => ({ ...own(), siblings: own().siblings.with(4, 1n) })],
    ["one sibling too short", () => ({ ...own(), siblings: own().siblings.slice(0, -1) })],
    ["one sibling too long", () => ({ ...own(), siblings: [...own().siblings, 0n] })],
    ["without siblings", () => ({ leafIndex: 0, siblings: [] })],
  ])("%s: not-on-roll before any engine work", async (_what, path) => {
    const { error, asked } = await refusal({ merklePath: path() });
    expect(error).toMatchObject({ code: "not-on-roll", place: "merklePath" });
    expect(asked).toBe(0);
  });

  test("that is right, of somebody else's identity: not-on-roll", async () => {
    const { error, asked } = await refusal({ identity: elsewhere.identities[0]! });
    expect(error.code).toBe("not-on-roll");
    expect(asked).toBe(0);
  });
});

describe("a revision", () => {
  test.each([-1, 65_536, 0.5, Number.NaN, 2 ** 53])(
    "of %d: revision-invalid before any engine work",
    async (n) => {
      const { error, asked } = await refusal({ revision: n });
      expect(error).toMatchObject({ code: "revision-invalid", place: "revision" });
      expect(asked).toBe(0);
    },
  );

  test("other than 0 where the poll allows none: revision-invalid", async () => {
    const { error, asked } = await refusal({ revision: 1 }, once);
    expect(error.code).toBe("revision-invalid");
    expect(asked).toBe(0);
  });
});

describe("an abort", () => {
  /** Aborts by itself when the named phase begins; never where that is undefined. */
  async function abortedAt(phase: "before" | "witness" | "proof") {
    const controller = new AbortController();
    const progress: ProofProgress[] = [];
    if (phase === "before") controller.abort();
    const work = proveBallot({
      ...ballotOptions(booth, { votes: [0, 1, 0] }),
      engine: wasmEngine(),
      signal: controller.signal,
      onProgress: (step) => {
        progress.push(step);
        if (step.phase === phase) controller.abort();
      },
    });
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { error, phases: progress.map((step) => step.phase) };
  }

  test("before the proof: AbortError, and no phase begins", async () => {
    const { error, phases } = await abortedAt("before");
    expect(error).toMatchObject({ name: "AbortError" });
    expect(phases).toEqual([]);
  });

  test("as the witness begins: AbortError, and the proof phase never begins", async () => {
    const { error, phases } = await abortedAt("witness");
    expect(error).toMatchObject({ name: "AbortError" });
    expect(phases).toEqual(["witness"]);
  });

  test("between witness and proof: AbortError", async () => {
    const { error, phases } = await abortedAt("proof");
    expect(error).toMatchObject({ name: "AbortError" });
    expect(phases).toEqual(["witness", "proof"]);
  });
});

test("an engine that answers for another poll is not believed", async () => {
  const engine: Engine = {
    async prove() {
      const proof = {
        a: [1n, 2n],
        b: [
          [1n, 2n],
          [1n, 2n],
        ],
        c: [1n, 2n],
      } as const;
      return { proof, publicSignals: new Array<bigint>(23).fill(0n) };
    },
    async dispose() {},
  };
  const error = await inputRejection(proveBallot({ ...ballotOptions(booth, { votes: [1, 0, 0] }), engine }));
  expect(error).toMatchObject({ code: "signals-not-of-poll", place: "own ballot" });
});

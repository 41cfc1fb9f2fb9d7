// Intervals and verdicts on times that are made up: noise from a seed, truth known.
import { describe, expect, test } from "@jest/globals";
import { judge } from "../../src/compare/compare.ts";
import { type Pair, type RatioInterval, ratioInterval, verdictOf } from "../../src/compare/statistics.ts";
import { uniform } from "../../src/uniform.ts";

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
const LIMIT = 0.1;

/**
 * Pairs of a machine shared with others: every time is stretched by up to a fifth, one in ten by half as much again,
 * and the second of a pair always by 4 %.
 */
function noisyPairs(slowdown: number, seed: number, pairs = 40): Pair[] {
  const random = uniform(seed);
  const stretched = (ms: number): number => ms * (1 + 0.2 * random()) * (random() < 0.1 ? 1.5 : 1);
  return Array.from({ length: pairs }, (_, i) => {
    const isHeadSecond = i % 2 === 0;
    return {
      base: stretched(300) * (isHeadSecond ? 1 : 1.04),
      head: stretched(300 * (1 + slowdown)) * (isHeadSecond ? 1.04 : 1),
    };
  });
}

const DRAWS = new Map(
  [0, 0.03, LIMIT, 0.2].map((slowdown) => [
    slowdown,
    SEEDS.map((seed) => ratioInterval(noisyPairs(slowdown, seed))),
  ]),
);

/** Intervals of twenty draws. */
function intervals(slowdown: number): readonly RatioInterval[] {
  return DRAWS.get(slowdown)!;
}

function slowerOf(slowdown: number): number {
  return intervals(slowdown).filter((interval) => verdictOf(interval, LIMIT) === "slower").length;
}

describe("with a limit of 10 %", () => {
  test("equal sides raise no alarm", () => {
    expect(slowerOf(0)).toBe(0);
  });

  test("a head that is 3 % slower raises none", () => {
    expect(slowerOf(0.03)).toBe(0);
  });

  test("a head that is 20 % slower raises an alarm", () => {
    expect(slowerOf(0.2)).toBeGreaterThanOrEqual(19);
  });

  test("a head that is as much slower as the limit raises at most one in twenty", () => {
    expect(slowerOf(LIMIT)).toBeLessThanOrEqual(1);
  });
});

describe("an interval", () => {
  test("holds the truth in at least 19 of 20 draws, equal or not", () => {
    for (const slowdown of [0, 0.2]) {
      const truth = 1 + slowdown;
      const held = intervals(slowdown).filter(({ low, high }) => low <= truth && truth <= high);
      expect(held.length).toBeGreaterThanOrEqual(19);
    }
  });

  test("is the same for the same times", () => {
    expect(ratioInterval(noisyPairs(0, 7))).toEqual(ratioInterval(noisyPairs(0, 7)));
  });

  test("of sides that swap places is the inverse, but for what was drawn", () => {
    const pairs = noisyPairs(0.2, 3);
    const { ratio, low, high } = ratioInterval(pairs);
    const swapped = ratioInterval(pairs.map(({ base, head }) => ({ base: head, head: base })));
    expect(swapped.ratio).toBeCloseTo(1 / ratio, 10);
    expect(swapped.low).toBeCloseTo(1 / high, 1);
    expect(swapped.high).toBeCloseTo(1 / low, 1);
  });

  test("draws the two pairs of a block together: opposite orders cancel", () => {
    // Whoever proves second takes twice as long: pairs say 2 and ½, every block says 1.
    const pairs = Array.from({ length: 40 }, (_, i) => (i % 2 ? { base: 2, head: 1 } : { base: 1, head: 2 }));
    const { ratio, low, high } = ratioInterval(pairs);
    for (const value of [ratio, low, high]) expect(value).toBeCloseTo(1, 10);
  });

  test.each([
    ["no pairs", []],
    ["half a block", [{ base: 1, head: 1 }]],
    ["a time of 0", noisyPairs(0, 1).with(0, { base: 0, head: 1 })],
    ["a time that is no number", noisyPairs(0, 1).with(0, { base: Number.NaN, head: 1 })],
  ])("is refused of %s", (_name, pairs) => {
    expect(() => ratioInterval(pairs)).toThrow(RangeError);
  });
});

test("what lies on both sides of the limit is undecided, and no failure", () => {
  expect(verdictOf({ ratio: 1.1, low: 1.05, high: 1.15 }, LIMIT)).toBe("undecided");
  expect(verdictOf({ ratio: 1.2, low: 1.11, high: 1.3 }, LIMIT)).toBe("slower");
  expect(verdictOf({ ratio: 1, low: 0.95, high: 1.09 }, LIMIT)).toBe("within");
});

test("processor time decides, wall time is told beside it", () => {
  const proof = (cpuMs: number, wallMs: number) => ({ cpuMs, wallMs });
  const pair = { base: proof(100, 100), head: proof(101, 200) };
  const { verdict, clocks } = judge(new Array(10).fill(pair), LIMIT);
  expect(verdict).toBe("within");
  expect(clocks.wallMs).toEqual({
    base: 100,
    head: 200,
    ratio: expect.closeTo(2),
    low: expect.closeTo(2),
    high: expect.closeTo(2),
  });
});

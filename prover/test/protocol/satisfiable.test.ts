// isSatisfiable against all ballots tried one by one. docs/spec/poll.md §4, 3.
import { expect, test } from "@jest/globals";
import type { PollRules } from "../../src/protocol/poll.ts";
import { isSatisfiable } from "../../src/protocol/satisfiable.ts";
import { brokenRule } from "../../src/reference/ballot-rules.ts";
import { seededRandom } from "../trustees/support.ts";

type Rules = Pick<PollRules, "maxima" | "minTotal" | "maxTotal" | "cost" | "distinct">;

const rulesOf = (rules: Rules): PollRules => ({
  circuit: "ballot-wide-20",
  countersPerSlot: 4,
  valueBits: 24,
  revisions: false,
  ...rules,
});

/** Whether any ballot obeys the rules, by the model that the circuit is tested against. */
function someBallot({ maxima, minTotal, maxTotal, cost, distinct }: Rules): boolean {
  const active = maxima.map(() => 1 as const);
  const model = { active, maxima, minTotal, maxTotal, quadratic: cost === "quadratic", distinct };
  const tryFrom = (values: readonly number[]): boolean => {
    if (values.length === maxima.length) return brokenRule(model, values) === null;
    for (let value = 0; value <= maxima[values.length]!; value++) {
      if (tryFrom([...values, value])) return true;
    }
    return false;
  };
  return tryFrom([]);
}

test("agrees with every ballot tried, on 3,000 random rules", () => {
  const seed = Date.now();
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const answers = { true: 0, false: 0 };
  for (let i = 0; i < 3000; i++) {
    const maxima = Array.from({ length: 1 + below(4) }, () => 1 + below(4));
    const cost = random() < 0.5 ? "linear" : "quadratic";
    const most = maxima.reduce((sum, value) => sum + (cost === "linear" ? value : value * value), 0);
    const minTotal = below(most + 3);
    const rules: Rules = {
      maxima,
      minTotal,
      maxTotal: minTotal + (random() < 0.5 ? 0 : below(4)),
      cost,
      distinct: random() < 0.5,
    };
    const expected = someBallot(rules);
    answers[`${expected}`]++;
    const where = `seed ${seed}, rules ${JSON.stringify(rules)}`;
    expect([where, isSatisfiable(rulesOf(rules))]).toEqual([where, expected]);
  }
  // Both answers were asked for often enough to mean something.
  expect(Math.min(answers.true, answers.false)).toBeGreaterThan(500);
});

test.each(Array.from({ length: 15 }, (_, i) => i + 2))(
  "a ranking of %i has its one total and no other",
  (n) => {
    const total = (n * (n - 1)) / 2;
    const ranking = (at: number) =>
      isSatisfiable(
        rulesOf({
          maxima: new Array<number>(n).fill(n - 1),
          minTotal: at,
          maxTotal: at,
          cost: "linear",
          distinct: true,
        }),
      );
    expect([total - 1, total, total + 1].map(ranking)).toEqual([false, true, false]);
  },
);

test("answers for the largest rules there are", () => {
  const maxima = new Array<number>(16).fill(255);
  const most = 16 * 255 * 255;
  for (const distinct of [true, false]) {
    const largest = (minTotal: number) =>
      isSatisfiable(rulesOf({ maxima, minTotal, maxTotal: 2 ** 24 - 1, cost: "quadratic", distinct }));
    // With distinct counters at most 240² + … + 255².
    const top = distinct
      ? Array.from({ length: 16 }, (_, i) => (240 + i) ** 2).reduce((a, b) => a + b)
      : most;
    expect([largest(top), largest(top + 1)]).toEqual([true, false]);
  }
});

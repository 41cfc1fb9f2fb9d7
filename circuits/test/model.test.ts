// Soundness (d): 1,000 random polls and ballots agree with the plain model of the rules.
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { brokenRule, type CounterRules } from "../../prover/src/reference/ballot-rules.ts";
import { openComponent } from "./support.ts";

const CASES = 1000;

/** Rules and counters near each other, so that about half of the ballots are good. */
function pollAndBallot(n: number) {
  return fc
    .record({
      options: fc.integer({ min: 2, max: n }),
      limit: fc.constantFrom(1, 2, 3, 5, n - 1, 20, 255),
      quadratic: fc.boolean(),
      distinct: fc.boolean(),
      slack: fc.integer({ min: -2, max: 6 }),
      fixed: fc.boolean(),
      raw: fc.array(fc.integer({ min: 0, max: 1 << 16 }), { minLength: n, maxLength: n }),
      stray: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ options, limit, quadratic, distinct, slack, fixed, raw, stray }) => {
      const active = raw.map((_, i): 0 | 1 => (i < options ? 1 : 0));
      const maxima = active.map((flag) => (flag === 1 ? limit : 0));
      const values = raw.map((value, i) => (i < options ? value % (limit + 1) : 0));
      if (distinct && stray < 8 && limit >= options)
        values.forEach((_, i) => {
          if (i < options) values[i] = (i + raw[0]!) % options;
        });
      if (stray === 0) values[raw[1]! % n]! += 1;
      const total = values.reduce((sum, value) => sum + (quadratic ? value * value : value), 0);
      const maxTotal = Math.max(0, total + slack);
      const rules: CounterRules = {
        active,
        maxima,
        minTotal: fixed ? maxTotal : 0,
        maxTotal,
        quadratic,
        distinct,
      };
      return { rules, values };
    });
}

test.each([4, 16])("BallotRules(%i) accepts exactly what the model accepts", async (n) => {
  const circuit = await openComponent("ballot-rules", `BallotRules(${n})`, {
    work: "model",
    optimisation: ["--O0"],
  });
  const seed = randomBytes(4).readInt32LE();
  let good = 0;
  await fc.assert(
    fc.asyncProperty(pollAndBallot(n), async ({ rules, values }) => {
      const attempt = await circuit({
        ...rules,
        quadratic: rules.quadratic ? 1 : 0,
        distinct: rules.distinct ? 1 : 0,
        values,
      });
      const obeys = brokenRule(rules, values) === null;
      if (obeys) good++;
      expect("witness" in attempt).toBe(obeys);
    }),
    { numRuns: CASES / 2, seed, verbose: 1 },
  );
  // Neither side of the property may be starved.
  expect(good).toBeGreaterThan(CASES / 10);
  expect(good).toBeLessThan(CASES / 2 - CASES / 20);
});

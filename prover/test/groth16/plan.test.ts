// How the sums of a proof are shared out: every point once, nobody left with much more than others.
import { describe, expect, test } from "@jest/globals";
import { parseZkey } from "../../src/formats/zkey.ts";
import { COST, planPieces } from "../../src/groth16/plan.ts";
import { groupOf, SUM_NAMES, type Terms, termsOf } from "../../src/groth16/sums.ts";
import { drawsOf, seed } from "../wasm/support.ts";
import { provenCircuit } from "./circuits.ts";

/** Sums of so many terms, also none. */
function drawTerms(draw: ReturnType<typeof drawsOf>): Terms {
  const sum = () => ({ points: new Uint8Array(0), values: new Uint32Array(draw.below(200) * draw.below(2)) });
  return { a: sum(), b: sum(), c: sum() };
}

describe("the pieces of all threads", () => {
  test("hold every point once, in order, and no sum twice in a thread", () => {
    const draw = drawsOf("plans");
    for (let i = 0; i < 500; i++) {
      const terms = drawTerms(draw);
      const threads = 1 + draw.below(16);
      const plan = planPieces(terms, draw.below(8), threads, draw.of(["scalar", "lanes"]));
      const where = `seed ${seed}, case ${i}`;
      expect([where, plan.length]).toEqual([where, threads]);
      for (const pieces of plan) {
        expect([where, new Set(pieces.map(({ sum }) => sum)).size]).toEqual([where, pieces.length]);
      }
      for (const sum of SUM_NAMES) {
        let next = 0;
        for (const piece of plan.flat().filter((each) => each.sum === sum)) {
          expect([where, sum, piece.from, piece.count > 0]).toEqual([where, sum, next, true]);
          next += piece.count;
        }
        expect([where, sum, next]).toEqual([where, sum, terms[sum].values.length]);
      }
    }
  });

  test.each(["scalar", "lanes"] as const)(
    "of a real key are alike, in G1's measure by %s kernels",
    async (by) => {
      const { artifacts } = await provenCircuit("semaphore-20");
      const zkey = parseZkey(artifacts.provingKey);
      const work = planPieces(termsOf(zkey), zkey.power, 4, by).map((pieces) =>
        pieces.reduce((all, { sum, count }) => all + count * COST[by][groupOf(sum)], 0),
      );
      // The calling thread has the quotient beside.
      const [own, ...others] = work as [number, number, number, number];
      expect(own).toBeLessThan(Math.min(...others));
      expect(Math.max(...others) / Math.min(...others)).toBeLessThan(1.01);
    },
  );
});

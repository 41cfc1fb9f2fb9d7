// How the sums of a proof are shared out: every point once, nobody left with much more than others.
import { describe, expect, test } from "@jest/globals";
import { parseZkey, type Zkey } from "../../src/formats/zkey.ts";
import { groupOf, POINT_FILE_BYTES, pieceBytes, SUM_NAMES } from "../../src/groth16/pieces.ts";
import { COST, planPieces } from "../../src/groth16/plan.ts";
import { drawsOf, seed } from "../wasm/support.ts";
import { provenCircuit } from "./circuits.ts";

/** A key with so many points in each section, of which a part is infinity. */
function keyOf(draw: ReturnType<typeof drawsOf>): Zkey {
  const power = draw.below(8);
  const variables = 1 + draw.below(200);
  const publicCount = draw.below(variables);
  const zeros = draw.below(101);
  const section = (count: number, bytes: number): Uint8Array => {
    const out = new Uint8Array(count * bytes);
    for (let i = 0; i < count; i++) if (draw.below(100) >= zeros) out[i * bytes + draw.below(bytes)] = 1;
    return out;
  };
  return {
    variables,
    publicCount,
    power,
    a: section(variables, 64),
    b1: section(variables, 64),
    b2: section(variables, 128),
    c: section(variables - publicCount - 1, 64),
    h: section(2 ** power, 64),
  } as unknown as Zkey;
}

describe("the pieces of all threads", () => {
  test("hold every point once, in order, and no sum twice in a thread", () => {
    const draw = drawsOf("plans");
    for (let i = 0; i < 500; i++) {
      const key = keyOf(draw);
      const threads = 1 + draw.below(16);
      const plan = planPieces(key, threads, draw.of(["scalar", "lanes"]));
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
        expect([where, sum, next]).toEqual([where, sum, key[sum].length / POINT_FILE_BYTES[groupOf(sum)]]);
      }
    }
  });

  test.each(["scalar", "lanes"] as const)(
    "of a real key are alike, in G1's measure by %s kernels",
    async (by) => {
      const { artifacts } = await provenCircuit("semaphore-20");
      const key = parseZkey(artifacts.provingKey);
      const work = planPieces(key, 4, by).map((pieces) =>
        pieces.reduce((sum, piece) => {
          const bytes = pieceBytes(key, piece);
          const size = POINT_FILE_BYTES[groupOf(piece.sum)];
          let finite = 0;
          for (let at = 0; at < bytes.length; at += size) {
            if (bytes.subarray(at, at + size).some((byte) => byte !== 0)) finite++;
          }
          return sum + finite * COST[by][groupOf(piece.sum)];
        }, 0),
      );
      // The calling thread has the quotient beside.
      const [own, ...others] = work as [number, number, number, number];
      expect(own).toBeLessThan(Math.min(...others));
      expect(Math.max(...others) / Math.min(...others)).toBeLessThan(1.01);
    },
  );
});

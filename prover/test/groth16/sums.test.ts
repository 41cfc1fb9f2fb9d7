// The terms of a proof's sums: every point that is not infinity once, with the scalar that belongs to it.
import { describe, expect, test } from "@jest/globals";
import type { Zkey } from "../../src/formats/zkey.ts";
import {
  gatherValues,
  groupOf,
  POINT_FILE_BYTES,
  SUM_NAMES,
  termsOf,
  valueLayout,
} from "../../src/groth16/sums.ts";
import { type Draw, drawsOf, seed } from "../wasm/support.ts";

/** A key with so many points in each section, of which a part is infinity. */
function drawKey(draw: Draw): Zkey {
  const power = draw.below(6);
  const variables = 1 + draw.below(60);
  const publicCount = draw.below(variables);
  const zeros = draw.of([0, 30, 70, 100]);
  const section = (count: number, bytes: number): Uint8Array => {
    const out = new Uint8Array(count * bytes);
    for (let i = 0; i < count; i++) {
      if (draw.below(100) < zeros) continue;
      // One byte is enough for a point that is not infinity, wherever it stands.
      out[i * bytes + draw.below(bytes)] = 1 + draw.below(255);
    }
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
    beta1: section(1, 64),
    delta1: section(1, 64),
    delta2: section(1, 128),
  } as unknown as Zkey;
}

describe(`terms (seed ${seed})`, () => {
  test("are the points of their sections but infinity, with the index of each one's scalar", () => {
    const draw = drawsOf("terms");
    for (let i = 0; i < 300; i++) {
      const key = drawKey(draw);
      const { variables, publicCount, power } = key;
      const quotient = 2 * variables;
      const r = quotient + 2 ** power;
      expect(valueLayout(key)).toEqual({
        witness: 0,
        scaled: variables,
        quotient,
        r,
        s: r + 1,
        count: r + 2,
      });
      const expected: Record<(typeof SUM_NAMES)[number], [Uint8Array, number][]> = {
        a: [
          [key.a, 0],
          [key.delta1, r],
        ],
        b: [
          [key.b2, 0],
          [key.delta2, r + 1],
        ],
        c: [
          [key.h, quotient],
          [key.c, publicCount + 1],
          [key.b1, variables],
          [key.beta1, r],
        ],
      };
      const terms = termsOf(key);
      for (const sum of SUM_NAMES) {
        const size = POINT_FILE_BYTES[groupOf(sum)];
        const points: number[] = [];
        const values: number[] = [];
        for (const [section, first] of expected[sum]) {
          for (let at = 0; at < section.length; at += size) {
            const point = [...section.subarray(at, at + size)];
            if (point.every((byte) => byte === 0)) continue;
            points.push(...point);
            values.push(first + at / size);
          }
        }
        expect([i, sum, [...terms[sum].values]]).toEqual([i, sum, values]);
        expect(Buffer.compare(terms[sum].points, Uint8Array.from(points))).toBe(0);
      }
    }
  });

  test("take their scalars from the values at those indices", () => {
    const values = Uint8Array.from({ length: 32 * 20 }, (_, i) => i * 7);
    const indices = [3, 0, 19, 3];
    const out = new Uint8Array(32 * indices.length);
    gatherValues(out, values, Uint32Array.from(indices));
    expect([...out]).toEqual(indices.flatMap((index) => [...values.subarray(32 * index, 32 * index + 32)]));
  });
});

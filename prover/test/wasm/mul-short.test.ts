// Multiples by what a batch's coefficients are drawn from, against noble; and that no two draws are the same coefficient.
// SEED=n and CASES=n repeat or extend a run: support.ts.
import { describe, expect, test } from "@jest/globals";
import { bn254 } from "@noble/curves/bn254.js";
import { FIELD_ORDER } from "../../src/formats/field.ts";
import { putG1, putScalars, readG1, readScalars } from "../../src/formats/kernel-points.ts";
import { G1_BYTES, G1_EXTENDED_BYTES } from "../../src/wasm/kernels.ts";
import { partsOf } from "./groups.ts";
import { CASES, type Draw, drawsOf, kernels, seed, tryCases, workspace } from "./support.ts";

const G = bn254.G1.Point.BASE;
const [lambda] = readScalars(workspace, kernels.g1Lambda(), 1) as [bigint];
const END = 2n ** 64n - 1n;

const coefficientOf = (low: bigint, high: bigint): bigint => (low + high * lambda) % FIELD_ORDER;
const drawHalf = (draw: Draw): bigint => draw.of([0n, 1n, 2n, END, END - 1n, 2n ** 63n, draw.bits(64)]);
const drawHalves = (draw: Draw): readonly [bigint, bigint] => [drawHalf(draw), drawHalf(draw)];

describe(`coefficients of a batch (seed ${seed})`, () => {
  test("λ is a third root of 1 and no other: φ(P) = λP is in a test of sums", () => {
    expect([lambda === 1n, lambda ** 3n % FIELD_ORDER]).toEqual([false, 1n]);
  });

  test("are found again, half by half: no two draws give the same", () => {
    tryCases("halves", drawHalves, ([low, high]) => {
      const parts = partsOf("g1", coefficientOf(low, high));
      return parts[0] === low && parts[1] === high ? undefined : `${low}, ${high}: ${parts}`;
    });
  });

  test("multiply points as noble does", () => {
    const draws = drawsOf("multiples");
    const cases: (readonly [bigint, bigint])[] = [0n, 1n, END].flatMap((low) =>
      [0n, 1n, END].map((high) => [low, high] as const),
    );
    for (let i = 0; i < Math.ceil(CASES / 40); i++) cases.push(drawHalves(draws));
    for (const [low, high] of cases) {
      const point = G.multiplyUnsafe(1n + draws.bits(60));
      const { x, y } = point.toAffine();
      const made = workspace.within(() => {
        const out = workspace.allocate(G1_EXTENDED_BYTES);
        const affine = workspace.allocate(G1_BYTES);
        const scalar = putScalars(workspace, [low + (high << 64n)]);
        kernels.g1MulShort(out, putG1(workspace, [x, y]), scalar);
        kernels.g1ToAffine(affine, out);
        return readG1(workspace, affine);
      });
      const coefficient = coefficientOf(low, high);
      const expected = coefficient === 0n ? { x: 0n, y: 0n } : point.multiplyUnsafe(coefficient).toAffine();
      expect([seed, low, high, ...made]).toEqual([seed, low, high, expected.x, expected.y]);
    }
  });
});

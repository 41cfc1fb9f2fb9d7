// The kernel's test of the subgroup of G2, against noble's multiplication by r. SEED=n repeats a run: support.ts.
import { describe, expect, jest, test } from "@jest/globals";
import { bn254 } from "@noble/curves/bn254.js";
import { putG2 } from "../../src/formats/kernel-points.ts";
import { drawsOf, kernels, seed, workspace } from "./support.ts";

const { Fp2 } = bn254.fields;
const { Point } = bn254.G2;
type Point = InstanceType<typeof Point>;

const U = 4965661367192848881n;
const P = 36n * U ** 4n + 36n * U ** 3n + 24n * U ** 2n + 6n * U + 1n;
const R = 36n * U ** 4n + 36n * U ** 3n + 18n * U ** 2n + 6n * U + 1n;
const TRACE = 6n * U * U + 1n;
const COFACTOR = 2n * P - R;
/** The smallest prime that divides the twist's order. */
const SMALL = 10069n;
const TWIST_B = Fp2.div(Fp2.fromBigTuple([3n, 0n]), Fp2.fromBigTuple([9n, 1n]));

const isIn = (point: Point): boolean => {
  const { x, y } = point.toAffine();
  const mark = workspace.mark();
  const at = putG2(workspace, [
    [x.c0, x.c1],
    [y.c0, y.c1],
  ]);
  const found = kernels.g2IsInSubgroup(at) === 1;
  workspace.release(mark);
  return found;
};

/** A point of the twist, in no subgroup that is known. */
function ofTwist(draw: ReturnType<typeof drawsOf>): Point {
  for (;;) {
    const x = Fp2.fromBigTuple([draw.bits(256) % P, draw.bits(256) % P]);
    try {
      const y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), TWIST_B));
      return Point.fromAffine({ x, y });
    } catch {
      // No square: another.
    }
  }
}

/** scalar·point for any scalar; noble's own takes none above r. */
function times(point: Point, scalar: bigint): Point {
  let sum = Point.ZERO;
  for (const bit of scalar.toString(2)) {
    sum = sum.double();
    if (bit === "1") sum = sum.add(point);
  }
  return sum;
}

describe(`the subgroup of G2 (seed ${seed})`, () => {
  test("what the kernel computes is zero in the subgroup alone: the greatest common divisor is r", () => {
    expect([P, R]).toEqual([bn254.fields.Fp.ORDER, bn254.fields.Fr.ORDER]);
    // (u + 1) + uX + uX² − 2uX³ modulo X² − tX + p, as b + aX.
    const a = U + U * TRACE - 2n * U * (TRACE * TRACE - P);
    const b = U + 1n - U * P + 2n * U * TRACE * P;
    const norm = b * b + a * b * TRACE + a * a * P;
    const gcd = (m: bigint, n: bigint): bigint => (n === 0n ? m : gcd(n, m % n));
    expect(gcd(norm < 0n ? -norm : norm, R * COFACTOR)).toBe(R);
    // No second subgroup of order r.
    expect(COFACTOR % R).not.toBe(0n);
  });

  test("holds multiples of the generator, both ends included", () => {
    const draw = drawsOf("subgroup");
    const scalars = [
      1n,
      2n,
      3n,
      R - 1n,
      R - 2n,
      ...Array.from({ length: 20 }, () => 1n + (draw.bits(300) % (R - 1n))),
    ];
    for (const scalar of scalars) {
      expect([seed, scalar, isIn(Point.BASE.multiplyUnsafe(scalar))]).toEqual([seed, scalar, true]);
    }
  });

  test("holds no other point of the twist: of any order, of a small one, and sums with what is in it", () => {
    const draw = drawsOf("twist");
    for (let i = 0; i < 10; i++) {
      const any = ofTwist(draw);
      expect(any.isTorsionFree()).toBe(false);
      // Killed by the cofactor.
      const beside = times(any, R);
      const small = times(beside, COFACTOR / SMALL);
      expect(times(small, SMALL).is0()).toBe(true);
      const inside = times(any, COFACTOR);
      expect([seed, i, isIn(inside)]).toEqual([seed, i, true]);
      for (const outside of [any, beside, small, inside.add(small), inside.add(beside), any.negate()]) {
        if (outside.is0()) continue;
        expect([seed, i, isIn(outside), outside.isTorsionFree()]).toEqual([seed, i, false, false]);
      }
    }
  });
});

test("where kernels cannot be compiled at once noble gives the same verdicts", async () => {
  jest.resetModules();
  const compile = jest.spyOn(WebAssembly, "Module").mockImplementation(() => {
    throw new RangeError("too large for the main thread");
  });
  try {
    const { checkG2 } = await import("../../src/formats/bn254.ts");
    const check = (point: Point) => {
      const { x, y } = point.toAffine();
      return checkG2([x.c0, x.c1], [y.c0, y.c1], "here");
    };
    expect(() => check(Point.BASE)).not.toThrow();
    expect(() => check(ofTwist(drawsOf("noble")))).toThrow("outside the subgroup");
    expect(compile).toHaveBeenCalledTimes(1);
  } finally {
    compile.mockRestore();
    jest.resetModules();
  }
});

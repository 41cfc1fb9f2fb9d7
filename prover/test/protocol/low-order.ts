// Points of BabyJubJub outside the prime subgroup, for tests that offer them in place of keys.
import { babyjubjub } from "@noble/curves/misc.js";
import { FIELD_ORDER, SUBGROUP_ORDER } from "../../src/formats/field.ts";
import type { Point } from "../../src/formats/point.ts";

/** n·P for every n ≥ 0 and every point of the curve: noble's own multiplication takes scalars of the subgroup. */
export function times(n: bigint, point: Point): Point {
  let sum = babyjubjub.Point.ZERO;
  let power = point;
  for (let rest = n; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = sum.add(power);
    power = power.double();
  }
  return sum;
}

/** The points of order 2, 4 and 8 (EIP-2494: the cofactor is 8). */
export const LOW_ORDER: ReadonlyMap<2 | 4 | 8, Point> = (() => {
  const { Fp } = babyjubjub.Point;
  for (let y = 2n; ; y++) {
    // a·x² + y² = 1 + d·x²·y², so x² = (y² − 1) / (d·y² − a).
    const y2 = (y * y) % FIELD_ORDER;
    const x2 = Fp.div(Fp.sub(y2, 1n), Fp.sub(Fp.mul(168696n, y2), 168700n));
    let x: bigint;
    try {
      x = Fp.sqrt(x2);
    } catch {
      // No square, no point with this y.
      continue;
    }
    const eighth = times(SUBGROUP_ORDER, babyjubjub.Point.fromAffine({ x, y }));
    if (times(4n, eighth).is0()) continue;
    return new Map([
      [8, eighth],
      [4, times(2n, eighth)],
      [2, times(4n, eighth)],
    ]);
  }
})();

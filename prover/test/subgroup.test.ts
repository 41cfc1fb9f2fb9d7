// The subgroup of BabyJubJub by the Tate pairing, against the multiplication by l.
import { describe, expect, test } from "@jest/globals";
import { babyjubjub } from "@noble/curves/misc.js";
import { SUBGROUP_ORDER } from "../src/formats/field.ts";
import { BASE8, IDENTITY, type Point } from "../src/formats/point.ts";
import { hasPrimeOrder, ORDER_EIGHT } from "../src/formats/subgroup.ts";

const seed = Number(process.env.SEED ?? Math.floor(performance.timeOrigin) % 1_000_000);
const POINTS = 40;

/** Reference: l·P, step by step. */
function times(point: Point, scalar: bigint): Point {
  let sum = IDENTITY;
  for (const bit of scalar.toString(2)) {
    sum = sum.double();
    if (bit === "1") sum = sum.add(point);
  }
  return sum;
}
const isOfOrderL = (point: Point): boolean => !point.is0() && times(point, SUBGROUP_ORDER).is0();

const verdict = (point: Point): boolean => {
  const { x, y } = point.toAffine();
  return hasPrimeOrder(x, y);
};

const T = babyjubjub.Point.fromAffine(ORDER_EIGHT);
const torsion = Array.from({ length: 8 }, (_, k) => times(T, BigInt(k)));

/** Points of the subgroup that differ from run to run, and can be had again. */
function subgroupPoints(): Point[] {
  const step = times(BASE8, BigInt(seed) * 0x9e3779b97f4a7c15f39cc0605cedc834n + 1n);
  const points = [BASE8, BASE8.negate()];
  for (let next = step; points.length < POINTS; next = next.double().add(step)) points.push(next);
  return points;
}

test("the point of order 8 is one, the first of four, and generates all points of small order", () => {
  expect(times(T, 8n).is0()).toBe(true);
  expect(times(T, 4n).is0()).toBe(false);
  const four = [1, 3, 5, 7].map((k) => torsion[k]!.toAffine());
  const first = four.sort((a, b) => (a.x === b.x ? (a.y < b.y ? -1 : 1) : a.x < b.x ? -1 : 1))[0];
  expect(first).toEqual(ORDER_EIGHT);
});

test("none of the eight points of small order has order l", () => {
  expect(torsion.map(verdict)).toEqual(new Array(8).fill(false));
});

describe(`each coset of the subgroup, ${POINTS} points (seed ${seed})`, () => {
  const points = subgroupPoints();
  test.each([0, 1, 2, 3, 4, 5, 6, 7])("that of %i·T: as the multiplication says", (k) => {
    for (const own of points) {
      const point = own.add(torsion[k]!);
      expect(isOfOrderL(point)).toBe(k === 0);
      expect(verdict(point)).toBe(k === 0);
    }
  });
});

test(`points of the whole curve as they come (seed ${seed})`, () => {
  const { Fp } = babyjubjub.Point;
  const verdicts = [];
  for (let y = BigInt(seed) + 2n; verdicts.length < 64; y++) {
    // x² = (1 - y²)/(a - d·y²)
    const square = Fp.div(Fp.sub(1n, y * y), Fp.sub(168700n, 168696n * y * y));
    if (Fp.pow(square, (Fp.ORDER - 1n) / 2n) !== 1n) continue;
    const point = babyjubjub.Point.fromAffine({ x: Fp.sqrt(square), y });
    expect(verdict(point)).toBe(isOfOrderL(point));
    verdicts.push(verdict(point));
  }
  expect(verdicts).toContain(false);
});

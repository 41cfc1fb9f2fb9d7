// The plain model of BN254, on which the kernels' tests stand, against @noble/curves.
import { describe, expect, test } from "@jest/globals";
import { bn254 } from "@noble/curves/bn254.js";
import {
  type Field,
  fourier,
  fq,
  fq2,
  fr,
  type Group,
  g1,
  g2,
  type Pair,
  type Point,
  Q,
  R,
} from "../../src/reference/bn254.ts";
import { type Draw, drawsOf, seed } from "./support.ts";

const { Fp, Fr, Fp2 } = bn254.fields;
type NoblePair = typeof Fp2.ONE;

/** One structure of ours beside noble's: how elements are drawn, and become noble's. */
function describeField<T, N>(
  name: string,
  own: Field<T>,
  { noble, draw, to }: { noble: NobleField<N>; draw: (draws: Draw) => T; to: (value: T) => N },
): void {
  test(`${name} computes as noble's field does (seed ${seed})`, () => {
    const draws = drawsOf(name);
    const values = [own.zero, own.one, own.neg(own.one), ...Array.from({ length: 20 }, () => draw(draws))];
    for (const a of values) {
      expect(to(own.neg(a))).toEqual(noble.neg(to(a)));
      if (own.equals(a, own.zero)) expect(() => own.inverse(a)).toThrow(RangeError);
      else expect(to(own.inverse(a))).toEqual(noble.inv(to(a)));
      for (const b of values) {
        expect(to(own.add(a, b))).toEqual(noble.add(to(a), to(b)));
        expect(to(own.sub(a, b))).toEqual(noble.sub(to(a), to(b)));
        expect(to(own.mul(a, b))).toEqual(noble.mul(to(a), to(b)));
        expect(own.equals(a, b)).toBe(noble.eql(to(a), to(b)));
      }
    }
  });
}

/** What is used of noble's fields. */
interface NobleField<N> {
  add(a: N, b: N): N;
  sub(a: N, b: N): N;
  mul(a: N, b: N): N;
  neg(a: N): N;
  inv(a: N): N;
  eql(a: N, b: N): boolean;
}

const pairOf = ([c0, c1]: Pair): NoblePair => ({ c0, c1 });

describe("fields", () => {
  test("have noble's orders", () => {
    expect([fq.order, fr.order]).toEqual([Q, R]);
    expect([Q, R]).toEqual([Fp.ORDER, Fr.ORDER]);
  });
  describeField("fq", fq, { noble: Fp, draw: (draws) => fq.of(draws.bits(300)), to: (a) => a });
  describeField("fr", fr, { noble: Fr, draw: (draws) => fr.of(draws.bits(300)), to: (a) => a });
  describeField<Pair, NoblePair>("fq2", fq2, {
    noble: Fp2,
    draw: (draws) => [fq.of(draws.bits(300)), fq.of(draws.bits(300))],
    to: pairOf,
  });
});

/** What is used of noble's points. */
interface NoblePoint<N> {
  is0(): boolean;
  toAffine(): { x: N; y: N };
  add(other: NoblePoint<N>): NoblePoint<N>;
  double(): NoblePoint<N>;
  negate(): NoblePoint<N>;
  multiplyUnsafe(scalar: bigint): NoblePoint<N>;
}

function describeGroup<T, N>(
  name: string,
  own: Group<T>,
  { base, from }: { base: NoblePoint<N>; from: (value: N) => T },
): void {
  const read = (point: NoblePoint<N>): Point<T> => {
    if (point.is0()) return null;
    const { x, y } = point.toAffine();
    return [from(x), from(y)];
  };
  test(`${name} adds, doubles, negates and multiplies as noble does (seed ${seed})`, () => {
    const draws = drawsOf(name);
    expect(own.generator).toEqual(read(base));
    const scalars = [0n, 1n, 2n, R - 1n, draws.bits(253), draws.bits(253)];
    const points = scalars.map((scalar) => base.multiplyUnsafe(scalar));
    expect(scalars.map((scalar) => own.multiply(scalar, own.generator))).toEqual(points.map(read));
    expect(own.multiply(R, own.generator)).toBeNull();
    for (const p of points) {
      expect(own.isOnCurve(read(p))).toBe(true);
      expect(own.double(read(p))).toEqual(read(p.double()));
      expect(own.negate(read(p))).toEqual(read(p.negate()));
      for (const q of [...points, p.negate()]) {
        expect(own.add(read(p), read(q))).toEqual(read(p.add(q)));
        expect(own.equals(read(p), read(q))).toBe(p.add(q.negate()).is0());
      }
    }
    const multiples = points.map((p, i) => p.multiplyUnsafe(scalars[i]!));
    const sum = multiples.reduce((all, p) => all.add(p));
    expect(own.sumOfMultiples(scalars, points.map(read))).toEqual(read(sum));
    const [x, y] = own.generator!;
    expect(own.isOnCurve([y, x])).toBe(false);
  });
}

describe("groups", () => {
  describeGroup<bigint, bigint>("g1", g1, { base: bn254.G1.Point.BASE, from: (a) => a });
  describeGroup<Pair, NoblePair>("g2", g2, {
    base: bn254.G2.Point.BASE,
    from: ({ c0, c1 }) => [c0, c1],
  });
});

test("the transform of order 4 is what its definition says", () => {
  const root = Fr.pow(5n, (R - 1n) / 4n);
  expect(fr.mul(root, root)).toBe(R - 1n);
  const [a, b, c, d] = [3n, 5n, 7n, 11n];
  expect(fourier([a, b, c, d], root)).toEqual([
    fr.of(a + b + c + d),
    fr.of(a + b * root - c - d * root),
    fr.of(a - b + c - d),
    fr.of(a - b * root - c + d * root),
  ]);
});

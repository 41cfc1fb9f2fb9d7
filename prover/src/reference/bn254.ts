// Plain model of BN254: its fields, both groups, sums of multiples and the discrete Fourier transform, by textbook
// formulas on big integers. Slow and variable time: what the kernels of prover/assembly must agree with.
// Source: EIP-196, EIP-197.

/** Order q of the base field, in which coordinates lie. */
export const Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
/** Order r of both groups: that of the scalar field. */
export const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** A field; its elements are canonical. */
export interface Field<T> {
  readonly zero: T;
  readonly one: T;
  equals(a: T, b: T): boolean;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  neg(a: T): T;
  /** @throws RangeError - of zero. */
  inverse(a: T): T;
}

/** Integers modulo a prime. */
export interface PrimeField extends Field<bigint> {
  readonly order: bigint;
  /** The residue in [0, order) of any integer. */
  of(value: bigint): bigint;
}

/** An element a + b·u of Fq[u]/(u² + 1), as [a, b]. */
export type Pair = readonly [bigint, bigint];

/** Integers modulo p, a prime. */
export function primeField(p: bigint): PrimeField {
  const of = (value: bigint): bigint => ((value % p) + p) % p;
  return {
    order: p,
    of,
    zero: 0n,
    one: 1n,
    equals: (a, b) => a === b,
    add: (a, b) => of(a + b),
    sub: (a, b) => of(a - b),
    mul: (a, b) => of(a * b),
    neg: (a) => of(-a),
    inverse(a) {
      // Euclid: each remainder is factor·a modulo p.
      let [before, last] = [p, of(a)];
      let [factorBefore, factor] = [0n, 1n];
      if (last === 0n) throw new RangeError("zero has no inverse");
      while (last !== 1n) {
        const quotient = before / last;
        [before, last] = [last, before - quotient * last];
        [factorBefore, factor] = [factor, factorBefore - quotient * factor];
      }
      return of(factor);
    },
  };
}

/** The base field. */
export const fq: PrimeField = primeField(Q);
/** The scalar field. */
export const fr: PrimeField = primeField(R);

/** The quadratic extension of the base field, over which the twist lies. */
export const fq2: Field<Pair> = {
  zero: [0n, 0n],
  one: [1n, 0n],
  equals: (a, b) => a[0] === b[0] && a[1] === b[1],
  add: (a, b) => [fq.add(a[0], b[0]), fq.add(a[1], b[1])],
  sub: (a, b) => [fq.sub(a[0], b[0]), fq.sub(a[1], b[1])],
  mul: (a, b) => [fq.of(a[0] * b[0] - a[1] * b[1]), fq.of(a[0] * b[1] + a[1] * b[0])],
  neg: (a) => [fq.neg(a[0]), fq.neg(a[1])],
  inverse(a) {
    const norm = fq.inverse(a[0] * a[0] + a[1] * a[1]);
    return [fq.mul(a[0], norm), fq.mul(fq.neg(a[1]), norm)];
  },
};

/** An affine point; null is infinity. */
export type Point<T> = readonly [x: T, y: T] | null;

/** A group of points of y² = x³ + b. */
export interface Group<T> {
  readonly field: Field<T>;
  readonly generator: Point<T>;
  isOnCurve(p: Point<T>): boolean;
  equals(p: Point<T>, q: Point<T>): boolean;
  add(p: Point<T>, q: Point<T>): Point<T>;
  double(p: Point<T>): Point<T>;
  negate(p: Point<T>): Point<T>;
  /** scalar·p, by double and add; the scalar is not negative. */
  multiply(scalar: bigint, p: Point<T>): Point<T>;
  /** Σ scalars[i]·points[i], one after another. */
  sumOfMultiples(scalars: readonly bigint[], points: readonly Point<T>[]): Point<T>;
}

function groupOf<T>(field: Field<T>, b: T, generator: Point<T>): Group<T> {
  const square = (a: T): T => field.mul(a, a);
  /** The third point of the line of this slope through p and the point over x, mirrored. */
  const along = (slope: T, [px, py]: readonly [T, T], x: T): Point<T> => {
    const sum = field.sub(field.sub(square(slope), px), x);
    return [sum, field.sub(field.mul(slope, field.sub(px, sum)), py)];
  };
  const double = (p: Point<T>): Point<T> => {
    if (p === null || field.equals(p[1], field.zero)) return null;
    const three = field.add(field.add(square(p[0]), square(p[0])), square(p[0]));
    return along(field.mul(three, field.inverse(field.add(p[1], p[1]))), p, p[0]);
  };
  const add = (p: Point<T>, q: Point<T>): Point<T> => {
    if (p === null) return q;
    if (q === null) return p;
    if (field.equals(p[0], q[0])) return field.equals(p[1], q[1]) ? double(p) : null;
    const slope = field.mul(field.sub(q[1], p[1]), field.inverse(field.sub(q[0], p[0])));
    return along(slope, p, q[0]);
  };
  const multiply = (scalar: bigint, p: Point<T>): Point<T> => {
    if (scalar < 0n) throw new RangeError("a negative scalar");
    let sum: Point<T> = null;
    for (const bit of scalar.toString(2)) {
      sum = double(sum);
      if (bit === "1") sum = add(sum, p);
    }
    return sum;
  };
  return {
    field,
    generator,
    isOnCurve: (p) => p === null || field.equals(square(p[1]), field.add(field.mul(square(p[0]), p[0]), b)),
    equals: (p, q) =>
      p === null || q === null ? p === q : field.equals(p[0], q[0]) && field.equals(p[1], q[1]),
    add,
    double,
    negate: (p) => p && [p[0], field.neg(p[1])],
    multiply,
    sumOfMultiples: (scalars, points) =>
      scalars.reduce<Point<T>>((sum, scalar, i) => add(sum, multiply(scalar, points[i] ?? null)), null),
  };
}

/** y² = x³ + 3 over the base field. */
export const g1: Group<bigint> = groupOf(fq, 3n, [1n, 2n]);

/** The subgroup of order r of the twist y² = x³ + 3/(9 + u); of its points, {@link Group.isOnCurve} asks the curve. */
export const g2: Group<Pair> = groupOf(fq2, fq2.mul([3n, 0n], fq2.inverse([9n, 1n])), [
  [
    10857046999023057135944570762232829481370756359578518086990519993285655852781n,
    11559732032986387107991004021392285783925812861821192530917403151452391805634n,
  ],
  [
    8495653923123431417604973247489272438418190587263600148770280649306958101930n,
    4082367875863433681332203403145435568316851327593401208105741076214120093531n,
  ],
]);

/** out[k] = Σ values[j]·root^(jk) modulo r. */
export function fourier(values: readonly bigint[], root: bigint): bigint[] {
  const at = (x: bigint): bigint => values.reduceRight((sum, value) => fr.of(sum * x + value), 0n);
  const out: bigint[] = [];
  for (let x = 1n; out.length < values.length; x = fr.mul(x, root)) out.push(at(x));
  return out;
}

// Fq[u]/(u² + 1), as two numbers, real part first (72 bytes).
import * as Fq from "./fq";

export const BYTES: usize = 2 * Fq.BYTES;
export const ONE = Fq.ONE;
const ZERO = Fq.ONE + 36;
const T = memory.data(36 * 4);
const T0 = T;
const T1 = T + 36;
const T2 = T + 72;
const T3 = T + 108;

/** T0 = a₀b₀, T1 = a₁b₁, T2 = (a₀ + a₁)(b₀ + b₁). */
function products(a: usize, b: usize): void {
  Fq.mul(T0, a, b);
  Fq.mul(T1, a + 36, b + 36);
  Fq.add(T2, a, a + 36);
  Fq.add(T3, b, b + 36);
  Fq.mul(T2, T2, T3);
}

export function mul(out: usize, a: usize, b: usize): void {
  products(a, b);
  Fq.sub(out, T0, T1);
  Fq.sub2(out + 36, T2, T0, T1);
}

/** As {@link mul}, near [0, p). */
export function mulSmall(out: usize, a: usize, b: usize): void {
  products(a, b);
  Fq.sub2Small(out, T0, T1, ZERO);
  Fq.sub2Small(out + 36, T2, T0, T1);
}

/** out = a, near [0, p). */
export function small(out: usize, a: usize): void {
  Fq.sub2Small(out, a, ZERO, ZERO);
  Fq.sub2Small(out + 36, a + 36, ZERO, ZERO);
}

/** out = (9 + u)·a, near [0, p): the number that has neither a square nor a cube root. */
export function mulByXi(out: usize, a: usize): void {
  Fq.nineTimesSub(T0, a, a + 36);
  Fq.nineTimesAdd(out + 36, a + 36, a);
  Fq.copy(out, T0);
}

/** out = a·b, b in Fq. */
export function mulByFq(out: usize, a: usize, b: usize): void {
  Fq.mul(out, a, b);
  Fq.mul(out + 36, a + 36, b);
}

/** a0 − a1·u. */
export function conjugate(out: usize, a: usize): void {
  Fq.copy(out, a);
  Fq.neg(out + 36, a + 36);
}

export function sqr(out: usize, a: usize): void {
  Fq.add(T0, a, a + 36);
  Fq.sub(T1, a, a + 36);
  Fq.mul(T2, a, a + 36);
  Fq.mul(out, T0, T1);
  Fq.add(out + 36, T2, T2);
}

export function add(out: usize, a: usize, b: usize): void {
  Fq.add(out, a, b);
  Fq.add(out + 36, a + 36, b + 36);
}

export function sub(out: usize, a: usize, b: usize): void {
  Fq.sub(out, a, b);
  Fq.sub(out + 36, a + 36, b + 36);
}

export function subLazy(out: usize, a: usize, b: usize): void {
  sub(out, a, b);
}

export function sub2(out: usize, a: usize, b: usize, c: usize): void {
  Fq.sub2(out, a, b, c);
  Fq.sub2(out + 36, a + 36, b + 36, c + 36);
}

export function sub2Small(out: usize, a: usize, b: usize, c: usize): void {
  Fq.sub2Small(out, a, b, c);
  Fq.sub2Small(out + 36, a + 36, b + 36, c + 36);
}

export function neg(out: usize, a: usize): void {
  Fq.neg(out, a);
  Fq.neg(out + 36, a + 36);
}

export function copy(out: usize, a: usize): void {
  memory.copy(out, a, 72);
}

export function setZero(out: usize): void {
  memory.fill(out, 0, 72);
}

export function isMarked(a: usize): bool {
  return Fq.isMarked(a) && Fq.isMarked(a + 36);
}

export function isZero(a: usize): bool {
  return Fq.isZero(a) && Fq.isZero(a + 36);
}

export function mayBeZero(a: usize): bool {
  return Fq.mayBeZero(a) && Fq.mayBeZero(a + 36);
}

/** (a + bu)⁻¹ = (a − bu)/(a² + b²). */
export function inverse(out: usize, a: usize): void {
  Fq.sqr(T0, a);
  Fq.sqr(T1, a + 36);
  Fq.add(T0, T0, T1);
  Fq.inverse(T0, T0);
  Fq.mul(out, a, T0);
  Fq.neg(T1, a + 36);
  Fq.mul(out + 36, T1, T0);
}

// Fq[u]/(u² + 1) of two numbers at once, real part first. Every result of a product is small.
import * as Fq from "./lanes";

export const BYTES: usize = 2 * Fq.BYTES;
export const NUMBER: usize = 2 * Fq.NUMBER;
/** Of a number of the scalar kernels. */
export const SCALAR: usize = 2 * Fq.SCALAR;
const B: usize = Fq.BYTES;
export const ONE = Fq.ONE;
const ZERO = Fq.ONE + B;
const T0 = memory.data(80, 16);
const T1 = memory.data(80, 16);

/** Limbs: a·b ≤ 4. */
export function mul(out: usize, a: usize, b: usize): void {
  Fq.mulTwoSub(T0, a, b, a + B, b + B);
  Fq.mulTwo(T1, a, b + B, a + B, b);
  Fq.small(out, T0);
  Fq.small(out + B, T1);
}

/** Limbs: 1. */
export function sqr(out: usize, a: usize): void {
  Fq.mulTwoSub(T0, a, a, a + B, a + B);
  Fq.addLazy(T1, a, a);
  Fq.mul(T1, T1, a + B);
  Fq.small(out, T0);
  Fq.small(out + B, T1);
}

export function addLazy(out: usize, a: usize, b: usize): void {
  Fq.addLazy(out, a, b);
  Fq.addLazy(out + B, a + B, b + B);
}

export function subLazy(out: usize, a: usize, b: usize): void {
  Fq.subLazy(out, a, b);
  Fq.subLazy(out + B, a + B, b + B);
}

export function subSmall(out: usize, a: usize, b: usize): void {
  Fq.subSmall(out, a, b);
  Fq.subSmall(out + B, a + B, b + B);
}

export function sub2Small(out: usize, a: usize, b: usize, c: usize): void {
  Fq.sub2Small(out, a, b, c);
  Fq.sub2Small(out + B, a + B, b + B, c + B);
}

export function small(out: usize, a: usize): void {
  Fq.small(out, a);
  Fq.small(out + B, a + B);
}

export function gather(out: usize, a: usize, b: usize): void {
  Fq.gather(out, a, b);
  Fq.gather(out + B, a + Fq.NUMBER, b + Fq.NUMBER);
}

export function scatter(out: usize, a: usize, lane: usize): void {
  Fq.scatter(out, a, lane);
  Fq.scatter(out + Fq.NUMBER, a + B, lane);
}

export function copyLane(out: usize, a: usize, lane: usize): void {
  Fq.copyLane(out, a, lane);
  Fq.copyLane(out + B, a + B, lane);
}

export function mayBeZero(a: usize): bool {
  return Fq.mayBeZero(a) && Fq.mayBeZero(a + B);
}

export function isZero(a: usize, lane: usize): bool {
  return Fq.isZero(a, lane) && Fq.isZero(a + B, lane);
}

export function copyNumber(out: usize, a: usize): void {
  Fq.copyNumber(out, a);
  Fq.copyNumber(out + Fq.NUMBER, a + Fq.NUMBER);
}

export function copyNegated(out: usize, a: usize): void {
  Fq.copyNegated(out, a);
  Fq.copyNegated(out + Fq.NUMBER, a + Fq.NUMBER);
}

/** (a + bu)⁻¹ = (a − bu)/(a² + b²). Limbs: 1. */
export function inverse(out: usize, a: usize): void {
  Fq.mulTwo(T0, a, a, a + B, a + B);
  Fq.inverse(T0, T0);
  Fq.mul(out, a, T0);
  Fq.mul(T1, a + B, T0);
  Fq.subSmall(out + B, ZERO, T1);
}

export function fromScalar(out: usize, a: usize): void {
  Fq.fromScalar(out, a);
  Fq.fromScalar(out + Fq.NUMBER, a + Fq.SCALAR);
}

export function toScalar(out: usize, a: usize): void {
  Fq.toScalar(out, a);
  Fq.toScalar(out + Fq.SCALAR, a + Fq.NUMBER);
}

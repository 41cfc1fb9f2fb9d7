// The optimal ate pairing of BN254. A point of G2 is turned into lines once; Miller loops of several pairs share
// their squarings. Source: Beuchat et al., ePrint 2010/354, algorithms 1, 26, 27 and 31.
import { ATE_DIGITS, ATE_LENGTH, FROBENIUS, FROBENIUS_SQUARED, U, U_BITS } from "./constants";
import * as F from "./fp2";
import {
  conjugate12,
  copy12,
  cyclotomicSqr,
  frobenius,
  frobeniusSquared,
  inverse12,
  isOne12,
  mul12,
  mulByLine,
  one12,
  sqr12,
  TWELVE,
} from "./tower";

const B: usize = 72;
/** Of one line: three numbers of Fp2. */
const LINE: usize = 216;

/** Bytes of the lines of a point. */
export function linesBytes(): usize {
  // A doubling for each digit but the first, an addition for each that is not zero, and two at the end.
  let count: usize = <usize>ATE_LENGTH - 1 + 2;
  for (let i: u32 = 0; i < ATE_LENGTH - 1; i++) if (load<i8>(ATE_DIGITS + i) !== 0) count++;
  return count * LINE;
}

const R = memory.data(216);
const X = R;
const Y = R + 72;
const ZZ = R + 144;
const Q = memory.data(144);
const T = memory.data(72 * 11);
const T0 = T;
const T1 = T + 72;
const T2 = T + 144;
const T3 = T + 216;
const T4 = T + 288;
const T5 = T + 360;
const T6 = T + 432;
const T7 = T + 504;
const T8 = T + 576;
const T9 = T + 648;
const T10 = T + 720;

/** The lines of q, affine and not infinity, in the order in which {@link miller} meets them. */
export function prepare(out: usize, q: usize): void {
  F.copy(X, q);
  F.copy(Y, q + B);
  F.copy(ZZ, F.ONE);
  let at = out;
  for (let i = ATE_LENGTH - 1; i-- > 0; ) {
    doublingStep(at);
    at += LINE;
    const digit = load<i8>(ATE_DIGITS + i);
    if (digit === 0) continue;
    F.copy(Q, q);
    if (digit > 0) F.copy(Q + B, q + B);
    else F.neg(Q + B, q + B);
    additionStep(at);
    at += LINE;
  }
  // ψ(q), and −ψ²(q).
  F.conjugate(Q, q);
  F.mulSmall(Q, Q, FROBENIUS + 2 * B);
  F.conjugate(Q + B, q + B);
  F.mulSmall(Q + B, Q + B, FROBENIUS + 3 * B);
  additionStep(at);
  at += LINE;
  F.mulByFq(Q, q, FROBENIUS_SQUARED + 2 * 36);
  F.copy(Q + B, q + B);
  additionStep(at);
}

/** R = 2R, and the tangent: algorithm 26. */
function doublingStep(line: usize): void {
  F.sqr(T0, X);
  F.sqr(T1, Y);
  F.sqr(T2, T1);
  F.add(T3, T1, X);
  F.sqr(T3, T3);
  F.sub2(T3, T3, T0, T2);
  F.add(T3, T3, T3);
  F.add(T4, T0, T0);
  F.add(T4, T4, T0);
  F.add(T6, X, T4);
  F.sqr(T5, T4);
  F.sqr(T7, ZZ);
  F.add(ZZ, ZZ, Y);
  F.sqr(ZZ, ZZ);
  F.sub2Small(ZZ, ZZ, T1, T7);
  F.sub2Small(X, T5, T3, T3);
  F.sub(T8, T3, X);
  F.mul(T8, T8, T4);
  F.add(T2, T2, T2);
  F.add(T2, T2, T2);
  F.sub2Small(Y, T8, T2, T2);
  // The line: (2·Z·z², −2·T4·z², T6² − T0 − T5 − 4·T1).
  F.mul(T3, T4, T7);
  F.add(T3, T3, T3);
  F.neg(T3, T3);
  F.small(line + B, T3);
  F.sqr(T6, T6);
  F.sub2(T6, T6, T0, T5);
  F.add(T1, T1, T1);
  F.sub2Small(line + 2 * B, T6, T1, T1);
  F.mul(T0, ZZ, T7);
  F.add(T0, T0, T0);
  F.small(line, T0);
}

/** R = R + Q, and the line through both: algorithm 27. */
function additionStep(line: usize): void {
  F.sqr(T3, ZZ);
  F.sqr(T4, Q + B);
  F.mul(T0, T3, Q);
  F.add(T1, Q + B, ZZ);
  F.sqr(T1, T1);
  F.sub2Small(T1, T1, T4, T3);
  F.mul(T1, T1, T3);
  F.sub(T2, T0, X);
  F.sqr(T5, T2);
  F.add(T6, T5, T5);
  F.add(T6, T6, T6);
  F.small(T6, T6);
  F.mul(T7, T6, T2);
  F.sub2Small(T8, T1, Y, Y);
  F.mul(T9, T8, Q);
  F.mul(T10, T6, X);
  F.sqr(X, T8);
  F.sub(X, X, T7);
  F.sub2Small(X, X, T10, T10);
  F.add(ZZ, ZZ, T2);
  F.sqr(ZZ, ZZ);
  F.sub2Small(ZZ, ZZ, T3, T5);
  F.add(T0, Q + B, ZZ);
  F.sub(T10, T10, X);
  F.mul(T10, T10, T8);
  F.mul(T7, Y, T7);
  F.sub2Small(Y, T10, T7, T7);
  // The line: (2·Z, −2·T8, 2·T9 − ((y + Z)² − y² − Z²)).
  F.sqr(T0, T0);
  F.sqr(T3, ZZ);
  F.sub2(T0, T0, T4, T3);
  F.add(T9, T9, T9);
  F.sub(T9, T9, T0);
  F.small(line + 2 * B, T9);
  F.add(T10, ZZ, ZZ);
  F.small(line, T10);
  F.add(T8, T8, T8);
  F.neg(T8, T8);
  F.small(line + B, T8);
}

const D0 = memory.data(72);
const D3 = memory.data(72);

/**
 * out = Π f(qᵢ, pᵢ), before the final exponentiation.
 *
 * @param lines - n addresses (u32) of what {@link prepare} made.
 * @param points - n addresses (u32) of affine points of G1, none infinity.
 */
export function miller(out: usize, n: u32, lines: usize, points: usize): void {
  one12(out);
  let offset: usize = 0;
  for (let i = ATE_LENGTH - 1; i-- > 0; ) {
    if (i !== ATE_LENGTH - 2) sqr12(out, out);
    evaluate(out, n, lines, points, offset);
    offset += LINE;
    if (load<i8>(ATE_DIGITS + i) !== 0) {
      evaluate(out, n, lines, points, offset);
      offset += LINE;
    }
  }
  evaluate(out, n, lines, points, offset);
  evaluate(out, n, lines, points, offset + LINE);
}

function evaluate(f: usize, n: u32, lines: usize, points: usize, offset: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const line = <usize>load<u32>(lines + 4 * i) + offset;
    const point = <usize>load<u32>(points + 4 * i);
    F.mulByFq(D0, line, point + 36);
    F.mulByFq(D3, line + B, point);
    mulByLine(f, f, D0, D3, line + 2 * B);
  }
}

const S = memory.data(432 * 12);

/** a^u for a of the cyclotomic subgroup. */
function powerOfU(out: usize, a: usize): void {
  const sum = S + 11 * TWELVE;
  copy12(sum, a);
  for (let i = U_BITS - 1; i-- > 0; ) {
    cyclotomicSqr(sum, sum);
    if ((U >> <u64>i) & 1) mul12(sum, sum, a);
  }
  copy12(out, sum);
}

/** f^((p^12 − 1)/r): algorithm 31. */
export function finalExponentiation(out: usize, f: usize): void {
  const t0 = S;
  const t1 = S + TWELVE;
  const fu = S + 2 * TWELVE;
  const fu2 = S + 3 * TWELVE;
  const fu3 = S + 4 * TWELVE;
  const y0 = S + 5 * TWELVE;
  const y2 = S + 6 * TWELVE;
  const y3 = S + 7 * TWELVE;
  const y4 = S + 8 * TWELVE;
  const y6 = S + 9 * TWELVE;
  const m = S + 10 * TWELVE;
  // The easy part, f^((p^6 − 1)(p² + 1)), in m.
  inverse12(t0, f);
  conjugate12(t1, f);
  mul12(t0, t0, t1);
  frobeniusSquared(t1, t0);
  mul12(m, t1, t0);
  powerOfU(fu, m);
  powerOfU(fu2, fu);
  powerOfU(fu3, fu2);
  frobenius(y3, fu);
  conjugate12(y3, y3);
  frobenius(t0, fu2);
  mul12(y4, fu, t0);
  conjugate12(y4, y4);
  frobenius(t0, fu3);
  mul12(y6, fu3, t0);
  conjugate12(y6, y6);
  frobeniusSquared(y2, fu2);
  frobenius(y0, m);
  frobeniusSquared(t0, m);
  mul12(y0, y0, t0);
  frobenius(t0, t0);
  mul12(y0, y0, t0);
  // fu2 becomes y5, m becomes y1.
  conjugate12(fu2, fu2);
  conjugate12(m, m);
  cyclotomicSqr(t0, y6);
  mul12(t0, t0, y4);
  mul12(t0, t0, fu2);
  mul12(t1, y3, fu2);
  mul12(t1, t1, t0);
  mul12(t0, t0, y2);
  cyclotomicSqr(t1, t1);
  mul12(t1, t1, t0);
  cyclotomicSqr(t1, t1);
  mul12(t0, t1, m);
  mul12(t1, t1, y0);
  cyclotomicSqr(t0, t0);
  mul12(out, t0, t1);
}

/** Whether f^((p^12 − 1)/r) = 1. */
export function isOneInTarget(f: usize): bool {
  finalExponentiation(S, f);
  return isOne12(S);
}

// Fp6 = Fp2[v]/(v³ − ξ), ξ = 9 + u (216 bytes), and Fp12 = Fp6[w]/(w² − v) (432 bytes), least coefficient first.
// Coefficients that come in are below 6p in absolute value, and go out so.
import { FROBENIUS, FROBENIUS_SQUARED } from "./constants";
import * as F from "./fp2";

const B: usize = 72;
export const SIX: usize = 216;
export const TWELVE: usize = 432;

// ---- Fp6

const M = memory.data(72 * 6);
const M0 = M;
const M1 = M + 72;
const M2 = M + 144;
const M3 = M + 216;
const M4 = M + 288;
const M5 = M + 360;

function add6(out: usize, a: usize, b: usize): void {
  F.add(out, a, b);
  F.add(out + B, a + B, b + B);
  F.add(out + 2 * B, a + 2 * B, b + 2 * B);
}

function sub6(out: usize, a: usize, b: usize): void {
  F.sub(out, a, b);
  F.sub(out + B, a + B, b + B);
  F.sub(out + 2 * B, a + 2 * B, b + 2 * B);
}

function neg6(out: usize, a: usize): void {
  F.neg(out, a);
  F.neg(out + B, a + B);
  F.neg(out + 2 * B, a + 2 * B);
}

/** out = v·a; not in place. */
function mulByV(out: usize, a: usize): void {
  F.mulByXi(out, a + 2 * B);
  F.copy(out + B, a);
  F.copy(out + 2 * B, a + B);
}

/** Karatsuba, six products. */
function mul6(out: usize, a: usize, b: usize): void {
  F.mulSmall(M0, a, b);
  F.mulSmall(M1, a + B, b + B);
  F.mulSmall(M2, a + 2 * B, b + 2 * B);
  F.add(M3, a + B, a + 2 * B);
  F.add(M4, b + B, b + 2 * B);
  F.mulSmall(M5, M3, M4);
  F.sub2(M5, M5, M1, M2);
  F.mulByXi(M5, M5);
  F.add(M3, a, a + B);
  F.add(M4, b, b + B);
  F.mulSmall(M3, M3, M4);
  F.sub2(M3, M3, M0, M1);
  // The factors are not needed any more but for their ends.
  F.add(M4, a, a + 2 * B);
  F.add(out + B, b, b + 2 * B);
  F.mulSmall(M4, M4, out + B);
  F.add(out, M0, M5);
  F.mulByXi(M5, M2);
  F.add(out + B, M3, M5);
  F.sub2(M4, M4, M0, M2);
  F.add(out + 2 * B, M4, M1);
}

/** out = a·(c0 + c1·v), five products. */
function mulBy01(out: usize, a: usize, c0: usize, c1: usize): void {
  F.mulSmall(M0, a, c0);
  F.mulSmall(M1, a + B, c1);
  F.add(M2, a + B, a + 2 * B);
  F.mulSmall(M2, M2, c1);
  F.sub(M2, M2, M1);
  F.mulByXi(M2, M2);
  F.add(M3, a, a + B);
  F.add(M4, c0, c1);
  F.mulSmall(M3, M3, M4);
  F.add(M5, a, a + 2 * B);
  F.mulSmall(M5, M5, c0);
  F.add(out, M0, M2);
  F.sub2(out + B, M3, M0, M1);
  F.sub(M5, M5, M0);
  F.add(out + 2 * B, M5, M1);
}

function inverse6(out: usize, a: usize): void {
  F.mulSmall(M0, a, a);
  F.mulSmall(M3, a + B, a + 2 * B);
  F.mulByXi(M3, M3);
  F.sub(M0, M0, M3);
  F.mulSmall(M1, a + 2 * B, a + 2 * B);
  F.mulByXi(M1, M1);
  F.mulSmall(M3, a, a + B);
  F.sub(M1, M1, M3);
  F.mulSmall(M2, a + B, a + B);
  F.mulSmall(M3, a, a + 2 * B);
  F.sub(M2, M2, M3);
  F.mulSmall(M3, a + 2 * B, M1);
  F.mulSmall(M4, a + B, M2);
  F.add(M3, M3, M4);
  F.mulByXi(M3, M3);
  F.mulSmall(M4, a, M0);
  F.add(M3, M3, M4);
  F.inverse(M3, M3);
  F.mulSmall(out, M0, M3);
  F.mulSmall(out + B, M1, M3);
  F.mulSmall(out + 2 * B, M2, M3);
}

// ---- Fp12

const N = memory.data(216 * 4);
const N0 = N;
const N1 = N + 216;
const N2 = N + 432;
const N3 = N + 648;

export function one12(out: usize): void {
  memory.fill(out, 0, TWELVE);
  F.copy(out, F.ONE);
}

export function copy12(out: usize, a: usize): void {
  memory.copy(out, a, TWELVE);
}

export function mul12(out: usize, a: usize, b: usize): void {
  mul6(N0, a, b);
  mul6(N1, a + SIX, b + SIX);
  add6(N2, a, a + SIX);
  add6(N3, b, b + SIX);
  mul6(N2, N2, N3);
  sub6(N2, N2, N0);
  sub6(out + SIX, N2, N1);
  mulByV(N2, N1);
  add6(out, N0, N2);
  small12(out);
}

export function sqr12(out: usize, a: usize): void {
  mul6(N0, a, a + SIX);
  mulByV(N1, a + SIX);
  add6(N1, N1, a);
  add6(N2, a, a + SIX);
  mul6(N2, N2, N1);
  sub6(N2, N2, N0);
  mulByV(N1, N0);
  sub6(out, N2, N1);
  add6(out + SIX, N0, N0);
  small12(out);
}

/** out = a·(d0 + (d3 + d4·v)·w), thirteen products: a line. */
export function mulByLine(out: usize, a: usize, d0: usize, d3: usize, d4: usize): void {
  for (let i: usize = 0; i < 3; i++) F.mulSmall(N0 + i * B, a + i * B, d0);
  mulBy01(N1, a + SIX, d3, d4);
  add6(N2, a, a + SIX);
  F.add(N3, d0, d3);
  mulBy01(N2, N2, N3, d4);
  sub6(N2, N2, N0);
  sub6(out + SIX, N2, N1);
  mulByV(N2, N1);
  add6(out, N0, N2);
  small12(out);
}

function small12(a: usize): void {
  for (let i: usize = 0; i < 6; i++) F.small(a + i * B, a + i * B);
}

/** a^(p^6): the inverse, of what the easy part of the final exponentiation gives. */
export function conjugate12(out: usize, a: usize): void {
  memory.copy(out, a, SIX);
  neg6(out + SIX, a + SIX);
}

export function inverse12(out: usize, a: usize): void {
  mul6(N0, a, a);
  mul6(N1, a + SIX, a + SIX);
  mulByV(N2, N1);
  sub6(N0, N0, N2);
  inverse6(N0, N0);
  neg6(N1, a + SIX);
  mul6(out, a, N0);
  mul6(out + SIX, N1, N0);
}

/** Where the coefficient of w^i stands. */
function coefficient(a: usize, i: usize): usize {
  return a + (i & 1) * SIX + (i >> 1) * B;
}

/** a^p. */
export function frobenius(out: usize, a: usize): void {
  for (let i: usize = 0; i < 6; i++) {
    F.conjugate(M0, coefficient(a, i));
    F.mulSmall(coefficient(out, i), M0, FROBENIUS + i * B);
  }
}

/** a^(p²). */
export function frobeniusSquared(out: usize, a: usize): void {
  for (let i: usize = 0; i < 6; i++) {
    F.mulByFq(coefficient(out, i), coefficient(a, i), FROBENIUS_SQUARED + i * 36);
  }
}

const Z = memory.data(72 * 8);

/** (a + b·t)² in Fp2[t]/(t² − ξ). */
function sqr4(out0: usize, out1: usize, a: usize, b: usize): void {
  F.mulSmall(M0, a, a);
  F.mulSmall(M1, b, b);
  F.add(M2, a, b);
  F.mulSmall(M2, M2, M2);
  F.sub2(out1, M2, M0, M1);
  F.mulByXi(M1, M1);
  F.add(out0, M1, M0);
}

/** 3t − 2z. */
function threeMinusTwo(out: usize, t: usize, z: usize): void {
  F.sub(M0, t, z);
  F.add(M0, M0, M0);
  F.add(M0, M0, t);
  F.small(out, M0);
}

/** 3t + 2z. */
function threePlusTwo(out: usize, t: usize, z: usize): void {
  F.add(M0, t, z);
  F.add(M0, M0, M0);
  F.add(M0, M0, t);
  F.small(out, M0);
}

/** a² for a of the cyclotomic subgroup, where the easy part leads. Granger–Scott 2010 §3.2. */
export function cyclotomicSqr(out: usize, a: usize): void {
  const t0 = Z;
  const t1 = Z + 72;
  const t2 = Z + 144;
  const t3 = Z + 216;
  const t4 = Z + 288;
  const t5 = Z + 360;
  sqr4(t0, t1, a, a + SIX + B);
  sqr4(t2, t3, a + SIX, a + 2 * B);
  sqr4(t4, t5, a + B, a + SIX + 2 * B);
  F.mulByXi(Z + 432, t5);
  threeMinusTwo(out, t0, a);
  threePlusTwo(out + SIX + B, t1, a + SIX + B);
  threeMinusTwo(out + B, t2, a + B);
  threePlusTwo(out + SIX + 2 * B, t3, a + SIX + 2 * B);
  threePlusTwo(out + SIX, Z + 432, a + SIX);
  threeMinusTwo(out + 2 * B, t4, a + 2 * B);
}

/** Whether a = 1. */
export function isOne12(a: usize): bool {
  F.sub(M0, a, F.ONE);
  if (!F.isZero(M0)) return false;
  for (let i: usize = 1; i < 6; i++) if (!F.isZero(coefficient(a, i))) return false;
  return true;
}

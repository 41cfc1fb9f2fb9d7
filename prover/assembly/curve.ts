// Points of y² = x³ + b over a field F: affine (x, y), infinity all zero; and extended ("XYZZ") coordinates
// (X, Y, ZZ, ZZZ), x = X/ZZ, y = Y/ZZZ, infinity ZZ all zero. Formulas: EFD, shortw-xyzz, Sutherland.
import { apply } from "./endomorphism";
import * as F from "./field";

export const AFFINE: usize = 2 * F.BYTES;
export const EXTENDED: usize = 4 * F.BYTES;
const B: usize = F.BYTES;
const T = memory.data(144 * 8);
const U = T;
const S = T + 72;
const P = T + 144;
const Q = T + 216;
const RR = T + 288;
const PP = T + 360;
const PPP = T + 432;
const V = T + 504;

export function isInfinity(p: usize): bool {
  return F.isMarked(p) && F.isMarked(p + B);
}

export function isExtendedInfinity(p: usize): bool {
  return F.isMarked(p + 2 * B);
}

export function setExtendedInfinity(p: usize): void {
  F.copy(p, F.ONE);
  F.copy(p + B, F.ONE);
  F.setZero(p + 2 * B);
  F.setZero(p + 3 * B);
}

/** mdbl-2008-s-1. */
function doubleAffine(out: usize, a: usize): void {
  beginDoubling(a);
  finishDoubling(out);
  F.copy(out + 2 * B, V);
  F.copy(out + 3 * B, PPP);
}

/** From X and Y: V = (2Y)², W = (2Y)³ in PPP, S = X·V, M = 3X² in RR, W·Y in Q. */
function beginDoubling(a: usize): void {
  F.add(U, a + B, a + B);
  F.sqr(V, U);
  F.mul(PPP, U, V);
  F.mul(S, a, V);
  F.sqr(Q, a);
  F.add(RR, Q, Q);
  F.add(RR, RR, Q);
  F.mul(Q, PPP, a + B);
}

/** X = M² − 2S, Y = M(S − X) − W·Y, from M in RR and W·Y in Q. */
function finishDoubling(out: usize): void {
  F.sqr(P, RR);
  F.sub2(out, P, S, S);
  F.sub(S, S, out);
  F.mul(S, RR, S);
  F.sub(out + B, S, Q);
}

/** dbl-2008-s-1. */
export function double(out: usize, a: usize): void {
  if (isExtendedInfinity(a)) {
    setExtendedInfinity(out);
    return;
  }
  beginDoubling(a);
  F.mul(out + 2 * B, V, a + 2 * B);
  F.mul(out + 3 * B, PPP, a + 3 * B);
  finishDoubling(out);
}

/** a += b, extended and affine; madd-2008-s. Every case. */
export function addAffine(a: usize, b: usize): void {
  if (isInfinity(b)) return;
  if (isExtendedInfinity(a)) {
    F.copy(a, b);
    F.copy(a + B, b + B);
    F.copy(a + 2 * B, F.ONE);
    F.copy(a + 3 * B, F.ONE);
    return;
  }
  F.mul(U, b, a + 2 * B);
  F.mul(S, b + B, a + 3 * B);
  F.sub(P, U, a);
  F.sub(RR, S, a + B);
  if (F.mayBeZero(P) && F.isZero(P)) {
    if (F.isZero(RR)) doubleAffine(a, b);
    else setExtendedInfinity(a);
    return;
  }
  F.sqr(PP, P);
  F.mul(PPP, P, PP);
  F.mul(Q, a, PP);
  F.mul(V, a + B, PPP);
  finishAddition(a);
  F.mul(a + 2 * B, a + 2 * B, PP);
  F.mul(a + 3 * B, a + 3 * B, PPP);
}

/** X = R² − PPP − 2Q, Y = R(Q − X) − V. */
function finishAddition(out: usize): void {
  F.sqr(P, RR);
  F.sub2(out, P, Q, Q);
  F.sub(out, out, PPP);
  F.sub(Q, Q, out);
  F.mul(Q, RR, Q);
  F.sub(out + B, Q, V);
}

/** a += b, both extended; add-2008-s. Every case. */
export function addExtended(a: usize, b: usize): void {
  if (isExtendedInfinity(b)) return;
  if (isExtendedInfinity(a)) {
    memory.copy(a, b, EXTENDED);
    return;
  }
  F.mul(U, b, a + 2 * B);
  F.mul(Q, a, b + 2 * B);
  F.mul(S, b + B, a + 3 * B);
  F.mul(V, a + B, b + 3 * B);
  F.sub(P, U, Q);
  F.sub(RR, S, V);
  if (F.mayBeZero(P) && F.isZero(P)) {
    if (F.isZero(RR)) double(a, b);
    else setExtendedInfinity(a);
    return;
  }
  F.sqr(PP, P);
  F.mul(PPP, P, PP);
  F.mul(Q, Q, PP);
  F.mul(V, V, PPP);
  F.mul(a + 2 * B, a + 2 * B, b + 2 * B);
  F.mul(a + 3 * B, a + 3 * B, b + 3 * B);
  finishAddition(a);
  F.mul(a + 2 * B, a + 2 * B, PP);
  F.mul(a + 3 * B, a + 3 * B, PPP);
}

const IMAGE = memory.data(144);

/** out = (low + high·λ)·a, extended and affine: low and high of 8 bytes each, little-endian. Variable time. */
export function mulShort(out: usize, a: usize, scalar: usize): void {
  apply(IMAGE, a);
  setExtendedInfinity(out);
  for (let i: u32 = 64; i-- > 0; ) {
    double(out, out);
    const at = scalar + <usize>(i >> 3);
    const shift = <u8>(i & 7);
    if ((load<u8>(at) >> shift) & 1) addAffine(out, a);
    if ((load<u8>(at + 8) >> shift) & 1) addAffine(out, IMAGE);
  }
}

/** Affine, or the mark of infinity. */
export function toAffine(out: usize, a: usize): void {
  if (isExtendedInfinity(a)) {
    memory.fill(out, 0, AFFINE);
    return;
  }
  // 1/ZZ = ZZ²·(1/ZZZ)², for ZZ³ = ZZZ².
  F.inverse(U, a + 3 * B);
  F.mul(S, a + 2 * B, U);
  F.sqr(S, S);
  F.mul(out, a, S);
  F.mul(out + B, a + B, U);
}

// ---- many affine additions with one inversion

const PLAIN: u8 = 0;
const LEFT: u8 = 1;
const RIGHT: u8 = 2;
const DOUBLING: u8 = 3;
const CANCEL: u8 = 4;

/** Of scratch that addPairs uses for each pair. */
export const PAIR_SCRATCH: usize = 2 * F.BYTES + 1;

/**
 * out[i] = in[2i] + in[2i+1], affine, for pairs whose left points' addresses stand in `lefts` and whose results
 * go to the addresses in `outs`: Montgomery's trick over all pairs. Results overlap no input. Every case.
 */
export function addPairs(n: u32, lefts: usize, outs: usize, scratch: usize): void {
  if (n === 0) return;
  const prefixes = scratch;
  const differences = scratch + <usize>n * B;
  const kinds = differences + <usize>n * B;
  for (let i: u32 = 0; i < n; i++) {
    const p = <usize>load<u32>(lefts + 4 * <usize>i);
    const q = p + AFFINE;
    const d = differences + <usize>i * B;
    F.subLazy(d, q, p);
    let kind = PLAIN;
    if (F.mayBeZero(d) || isInfinity(p) || isInfinity(q)) kind = kindOf(d, p, q);
    store<u8>(kinds + i, kind);
    const prefix = prefixes + <usize>i * B;
    if (i === 0) F.mul(prefix, d, F.ONE);
    else F.mul(prefix, prefix - B, d);
  }
  F.inverse(U, prefixes + <usize>(n - 1) * B);
  for (let i: u32 = n; i-- > 0; ) {
    const p = <usize>load<u32>(lefts + 4 * <usize>i);
    const q = p + AFFINE;
    const out = <usize>load<u32>(outs + 4 * <usize>i);
    const d = differences + <usize>i * B;
    // V = 1/d.
    if (i === 0) F.copy(V, U);
    else {
      F.mul(V, prefixes + <usize>(i - 1) * B, U);
      F.mul(U, U, d);
    }
    const kind = load<u8>(kinds + i);
    if (kind === PLAIN) {
      F.subLazy(S, q + B, p + B);
      F.mul(S, V, S);
    } else if (kind === DOUBLING) {
      F.sqr(S, p);
      F.add(P, S, S);
      F.add(S, S, P);
      F.mul(S, V, S);
    } else {
      if (kind === LEFT) memory.copy(out, p, AFFINE);
      else if (kind === RIGHT) memory.copy(out, q, AFFINE);
      else memory.fill(out, 0, AFFINE);
      continue;
    }
    F.sqr(P, S);
    F.sub2Small(out, P, p, q);
    F.subLazy(P, p, out);
    F.mul(P, S, P);
    F.sub(out + B, P, p + B);
  }
}

/** What a pair is whose difference d of x may be zero; d becomes what has to be inverted. */
function kindOf(d: usize, p: usize, q: usize): u8 {
  if (isInfinity(p)) {
    F.copy(d, F.ONE);
    return RIGHT;
  }
  if (isInfinity(q)) {
    F.copy(d, F.ONE);
    return LEFT;
  }
  if (!F.isZero(d)) return PLAIN;
  F.sub(S, q + B, p + B);
  if (!F.isZero(S)) {
    F.copy(d, F.ONE);
    return CANCEL;
  }
  F.add(d, p + B, p + B);
  return DOUBLING;
}

// Points in lanes, as ./buckets takes them: affine (x, y), small numbers; infinity all zero. Two additions at once.
import * as F from "./field";

export const POINT: usize = 2 * F.NUMBER;
const B: usize = F.BYTES;
const N: usize = F.NUMBER;
const S: usize = 2 * F.SCALAR;

const PX = memory.data(160, 16);
const PY = memory.data(160, 16);
const QX = memory.data(160, 16);
const QY = memory.data(160, 16);
const U = memory.data(160, 16);
const V = memory.data(160, 16);
const SLOPE = memory.data(160, 16);
const T = memory.data(160, 16);
const ALONE = memory.data(160, 16);

/** Places do not overlap. */
export function copyPoint(to: usize, from: usize): void {
  // Not memory.copy, which engines call a function of theirs for.
  copyHalf(to, from);
  if (POINT > 80) copyHalf(to + 80, from + 80);
}

/** A point of G1, or one half of a point of G2: 80 bytes. */
function copyHalf(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
  v128.store(to, v128.load(from, 48), 48);
  v128.store(to, v128.load(from, 64), 64);
}

export function copyNegated(to: usize, from: usize): void {
  F.copyNumber(to, from);
  F.copyNegated(to + N, from + N);
}

/** Whether every limb is zero. A point's own zeros may be negative, its y is not zero. */
function isInfinity(p: usize): bool {
  for (let i: usize = 0; i < POINT; i += 8) if (load<u64>(p + i) !== 0) return false;
  return true;
}

/** Points of the scalar kernels, in place: there is room for those in lanes, which are larger. */
export function fromScalar(table: usize, n: u32): void {
  for (let i: usize = <usize>n; i-- > 0; ) {
    memory.copy(T, table + i * S, S);
    const to = table + i * POINT;
    if (isNoPoint(T)) memory.fill(to, 0, POINT);
    else {
      F.fromScalar(to, T);
      F.fromScalar(to + N, T + F.SCALAR);
    }
  }
}

function isNoPoint(p: usize): bool {
  for (let i: usize = 0; i < S; i += 4) if (load<u32>(p + i) !== 0) return false;
  return true;
}

/** Sums, in place, as the scalar kernels take them. */
export function settle(sums: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const to = sums + i * S;
    memory.copy(T, sums + i * POINT, POINT);
    if (isInfinity(T)) memory.fill(to, 0, S);
    else {
      F.toScalar(to, T);
      F.toScalar(to + F.SCALAR, T + N);
    }
  }
}

const PLAIN: u8 = 0;
const LEFT: u8 = 1;
const RIGHT: u8 = 2;
const DOUBLING: u8 = 3;
const CANCEL: u8 = 4;

/** Of scratch that addPairs uses for each pair: half of what two pairs take, and room to align. */
export const PAIR_SCRATCH: usize = B + 2;

/** As in ./curve. The first half of the pairs is in the first lane, the second in the second. */
export function addPairs(n: u32, lefts: usize, outs: usize, scratch: usize): void {
  if (n === 0) return;
  const steps = (n + 1) >> 1;
  const prefixes = (scratch + 15) & ~15;
  const differences = prefixes + <usize>steps * B;
  const kinds = differences + <usize>steps * B;
  for (let i: u32 = 0; i < steps; i++) {
    const p0 = <usize>load<u32>(lefts + 4 * <usize>i);
    const p1 = <usize>load<u32>(lefts + 4 * <usize>other(i, steps, n));
    F.gather(PX, p0, p1);
    F.gather(QX, p0 + POINT, p1 + POINT);
    const d = differences + <usize>i * B;
    F.subLazy(d, QX, PX);
    let kind: u16 = 0;
    if (F.mayBeZero(d) || F.mayBeZero(PX) || F.mayBeZero(QX)) {
      kind = <u16>kindOf(d, 0, p0) | ((<u16>kindOf(d, 1, p1)) << 8);
    }
    store<u16>(kinds + 2 * <usize>i, kind);
    const prefix = prefixes + <usize>i * B;
    F.mul(prefix, d, i === 0 ? F.ONE : prefix - B);
  }
  F.inverse(U, prefixes + <usize>(steps - 1) * B);
  for (let i: u32 = steps; i-- > 0; ) {
    const p0 = <usize>load<u32>(lefts + 4 * <usize>i);
    const p1 = <usize>load<u32>(lefts + 4 * <usize>other(i, steps, n));
    F.gather(PX, p0, p1);
    F.gather(QX, p0 + POINT, p1 + POINT);
    F.gather(PY, p0 + N, p1 + N);
    F.gather(QY, p0 + POINT + N, p1 + POINT + N);
    // V = 1/d.
    if (i === 0) memory.copy(V, U, B);
    else {
      F.mul(V, prefixes + <usize>(i - 1) * B, U);
      F.mul(U, differences + <usize>i * B, U);
    }
    F.subLazy(SLOPE, QY, PY);
    const kind = load<u16>(kinds + 2 * <usize>i);
    if (kind !== 0) tangents(kind);
    F.mul(SLOPE, SLOPE, V);
    F.sqr(T, SLOPE);
    // x = s² − x₁ − x₂, into QX; y = s·(x₁ − x) − y₁.
    F.sub2Small(QX, T, PX, QX);
    F.subLazy(T, PX, QX);
    F.mul(T, T, SLOPE);
    F.subSmall(T, T, PY);
    const out0 = <usize>load<u32>(outs + 4 * <usize>i);
    finish(out0, 0, p0, <u8>(kind & 0xff));
    if (i + steps < n) finish(<usize>load<u32>(outs + 4 * <usize>(i + steps)), 1, p1, <u8>(kind >> 8));
  }
}

/** The pair in the second lane; of an odd number the last has none, and computes the first's again. */
function other(i: u32, steps: u32, n: u32): u32 {
  return i + steps < n ? i + steps : i;
}

/** What a pair is; its lane of the difference d becomes what has to be inverted. */
function kindOf(d: usize, lane: usize, p: usize): u8 {
  const q = p + POINT;
  if (isInfinity(p)) {
    F.copyLane(d, F.ONE, lane);
    return RIGHT;
  }
  if (isInfinity(q)) {
    F.copyLane(d, F.ONE, lane);
    return LEFT;
  }
  if (!F.isZero(d, lane)) return PLAIN;
  F.gather(PY, p + N, p + N);
  F.gather(QY, q + N, q + N);
  F.subLazy(T, QY, PY);
  if (!F.isZero(T, lane)) {
    F.copyLane(d, F.ONE, lane);
    return CANCEL;
  }
  F.addLazy(T, PY, PY);
  F.copyLane(d, T, lane);
  return DOUBLING;
}

/** 3x² in the place of y₂ − y₁ where a point is added to itself. */
function tangents(kinds: u16): void {
  F.sqr(ALONE, PX);
  F.addLazy(T, ALONE, ALONE);
  F.addLazy(T, T, ALONE);
  F.small(T, T);
  if ((kinds & 0xff) === <u16>DOUBLING) F.copyLane(SLOPE, T, 0);
  if (kinds >> 8 === <u16>DOUBLING) F.copyLane(SLOPE, T, 1);
}

/** One lane's sum, x in QX and y in T, or what it is instead. */
function finish(out: usize, lane: usize, p: usize, kind: u8): void {
  if (kind === PLAIN || kind === DOUBLING) {
    F.scatter(out, QX, lane);
    F.scatter(out + N, T, lane);
  } else if (kind === LEFT) copyPoint(out, p);
  else if (kind === RIGHT) copyPoint(out, p + POINT);
  else memory.fill(out, 0, POINT);
}

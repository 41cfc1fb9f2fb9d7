// Σ sᵢ·Pᵢ by buckets over signed windows, every sum of a bucket as a tree of affine additions that share their
// inversions. Bernstein et al. 2012 §4.
import {
  AFFINE,
  addAffine,
  addExtended,
  addPairs,
  double,
  isInfinity,
  PAIR_SCRATCH,
  setExtendedInfinity,
} from "./curve";
import * as F from "./field";

const RUNNING = memory.data(288);
const TOTAL = memory.data(288);
const SCALAR_BITS: u32 = 255;

export function windowsFor(bits: u32): u32 {
  return (SCALAR_BITS + bits - 1) / bits;
}

/** Bytes of scratch that {@link msm} uses. */
export function msmScratch(n: u32, bits: u32): usize {
  const buckets: usize = (<usize>1) << (bits - 1);
  const points = <usize>n;
  return (
    2 * points * <usize>windowsFor(bits) + // digits
    2 * points * AFFINE + // points of one window, and the results of a round
    4 * (buckets + 1) * 2 + // starts and lengths
    4 * points * 2 + // pairs
    (points / 2 + 1) * PAIR_SCRATCH +
    64
  );
}

/**
 * out = Σ scalars[i]·points[i], extended.
 *
 * @param scalars - n × 32 bytes, little-endian, below 2^254.
 * @param points - n affine points.
 * @param bits - of a window, 2 … 15.
 */
export function msm(out: usize, n: u32, scalars: usize, points: usize, bits: u32, scratch: usize): void {
  const windows = windowsFor(bits);
  const buckets: u32 = 1 << (bits - 1);
  let at = (scratch + 15) & ~15;
  const digits = at;
  at += (2 * <usize>n * <usize>windows + 15) & ~15;
  const first = at;
  at += <usize>n * AFFINE;
  const second = at;
  at += <usize>n * AFFINE;
  const starts = at;
  at += 4 * <usize>(buckets + 1);
  const lengths = at;
  at += 4 * <usize>(buckets + 1);
  const lefts = at;
  at += 4 * <usize>n;
  const outs = at;
  at += 4 * <usize>n;
  const pairs = at;

  recode(digits, n, scalars, points, bits, windows);
  setExtendedInfinity(out);
  for (let w = windows; w-- > 0; ) {
    for (let i: u32 = 0; i < bits; i++) double(out, out);
    // Counting sort of the points by bucket; a negative digit's point is negated.
    const row = digits + 2 * <usize>w * <usize>n;
    memory.fill(lengths, 0, 4 * <usize>(buckets + 1));
    for (let i: u32 = 0; i < n; i++) {
      const digit = <i32>load<i16>(row + 2 * <usize>i);
      if (digit === 0) continue;
      const slot = lengths + 4 * <usize>abs(digit);
      store<u32>(slot, load<u32>(slot) + 1);
    }
    let next: u32 = 0;
    for (let b: u32 = 1; b <= buckets; b++) {
      store<u32>(starts + 4 * <usize>b, next);
      next += load<u32>(lengths + 4 * <usize>b);
    }
    for (let i: u32 = 0; i < n; i++) {
      const digit = <i32>load<i16>(row + 2 * <usize>i);
      if (digit === 0) continue;
      const slot = starts + 4 * <usize>abs(digit);
      const position = load<u32>(slot);
      store<u32>(slot, position + 1);
      const to = first + <usize>position * AFFINE;
      const from = points + <usize>i * AFFINE;
      F.copy(to, from);
      if (digit > 0) F.copy(to + F.BYTES, from + F.BYTES);
      else F.neg(to + F.BYTES, from + F.BYTES);
    }
    let from = first;
    let to = second;
    for (;;) {
      // In every bucket the points stand side by side: pairs become sums, an odd one moves.
      let read: usize = 0;
      let written: usize = 0;
      let count: u32 = 0;
      for (let b: u32 = 1; b <= buckets; b++) {
        const length = load<u32>(lengths + 4 * <usize>b);
        if (length === 0) continue;
        const half = length >> 1;
        for (let k: u32 = 0; k < half; k++) {
          store<u32>(lefts + 4 * <usize>count, <u32>(from + read * AFFINE));
          store<u32>(outs + 4 * <usize>count, <u32>(to + written * AFFINE));
          count++;
          read += 2;
          written++;
        }
        if (length & 1) {
          memory.copy(to + written * AFFINE, from + read * AFFINE, AFFINE);
          read++;
          written++;
        }
        store<u32>(lengths + 4 * <usize>b, half + (length & 1));
      }
      if (count === 0) break;
      addPairs(count, lefts, outs, pairs);
      const was = from;
      from = to;
      to = was;
    }
    // Σ b·bucket[b] by running sums from the top.
    setExtendedInfinity(RUNNING);
    setExtendedInfinity(TOTAL);
    let end: usize = 0;
    for (let b: u32 = 1; b <= buckets; b++) end += <usize>load<u32>(lengths + 4 * <usize>b);
    for (let b = buckets; b > 0; b--) {
      if (load<u32>(lengths + 4 * <usize>b) !== 0) {
        end--;
        addAffine(RUNNING, from + end * AFFINE);
      }
      addExtended(TOTAL, RUNNING);
    }
    addExtended(out, TOTAL);
  }
}

/** Signed digits in (−2^(bits−1), 2^(bits−1)], least window first, as rows of i16. */
function recode(digits: usize, n: u32, scalars: usize, points: usize, bits: u32, windows: u32): void {
  const half = 1 << (bits - 1);
  const mask: u64 = ((<u64>1) << (<u64>bits)) - 1;
  for (let i: u32 = 0; i < n; i++) {
    const scalar = scalars + 32 * <usize>i;
    // A key has thousands of points at infinity: signals that no constraint multiplies.
    const counts = !isInfinity(points + <usize>i * AFFINE);
    let carry = 0;
    for (let w: u32 = 0; w < windows; w++) {
      const bit = w * bits;
      const word = bit >> 6;
      const shift = <u64>(bit & 63);
      let value: u64 = 0;
      if (counts && word < 4) {
        value = load<u64>(scalar + 8 * <usize>word) >> shift;
        if (shift + <u64>bits > 64 && word < 3)
          value |= load<u64>(scalar + 8 * <usize>(word + 1)) << (64 - shift);
      }
      let digit = <i32>(value & mask) + carry;
      carry = 0;
      if (digit > half) {
        digit -= 1 << bits;
        carry = 1;
      }
      store<i16>(digits + 2 * (<usize>w * <usize>n + <usize>i), <i16>digit);
    }
  }
}

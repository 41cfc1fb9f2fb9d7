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
import { decompose, PART_BYTES } from "./decompose";
import { apply, DIMENSION, PART_BITS, PART_WORDS } from "./endomorphism";
import * as F from "./field";

const PARTS = memory.data(4 * 24);
const RUNNING = memory.data(288);
const TOTAL = memory.data(288);

/** How many windows a sum has. One bit more than a part has: the carry of signed digits. */
export function windowsFor(bits: u32): u32 {
  return (PART_BITS + bits) / bits;
}

/** The window that costs least: an addition of 6 for each point and window, 24 for each bucket of sums. */
export function msmBits(n: u32): u32 {
  let best: u32 = 2;
  let least: u64 = U64_MAX_COST;
  for (let bits: u32 = 2; bits <= 15; bits++) {
    const cost = <u64>windowsFor(bits) * (6 * <u64>(n * DIMENSION) + ((<u64>24) << (<u64>(bits - 1))));
    if (cost >= least) continue;
    least = cost;
    best = bits;
  }
  return best;
}
const U64_MAX_COST: u64 = 0xffff_ffff_ffff;

/** Bytes of the table of {@link expand}. */
export function msmTable(n: u32): usize {
  return <usize>n * <usize>DIMENSION * AFFINE;
}

/** out = the n points, then their images under the endomorphism, then the images of those, and so on. */
export function expand(out: usize, n: u32, points: usize): void {
  memory.copy(out, points, <usize>n * AFFINE);
  for (let i: usize = <usize>n; i < <usize>(n * DIMENSION); i++) {
    const to = out + i * AFFINE;
    const from = to - <usize>n * AFFINE;
    if (isInfinity(from)) memory.fill(to, 0, AFFINE);
    else apply(to, from);
  }
}

/** Bytes of scratch that a sum uses. */
export function msmScratch(n: u32, bits: u32): usize {
  return layOut(n * DIMENSION, bits, 0) + 64;
}

// Where everything lies in the scratch of the sum at hand.
let digits: usize = 0;
/** Points of one window, and the results of a round. */
let first: usize = 0;
let second: usize = 0;
/** Of each bucket: where its points begin, and how many there are. */
let starts: usize = 0;
let lengths: usize = 0;
/** Addresses of the pairs to be added, and of their sums. */
let lefts: usize = 0;
let outs: usize = 0;
let pairs: usize = 0;

/** @returns where the scratch ends. */
function layOut(n: u32, bits: u32, scratch: usize): usize {
  const buckets: usize = (<usize>1) << (bits - 1);
  const points = <usize>n;
  digits = (scratch + 15) & ~15;
  first = (digits + 2 * points * <usize>windowsFor(bits) + 15) & ~15;
  second = first + points * AFFINE;
  starts = second + points * AFFINE;
  lengths = starts + 4 * (buckets + 1);
  lefts = lengths + 4 * (buckets + 1);
  outs = lefts + 4 * points;
  pairs = outs + 4 * points;
  return pairs + (points / 2 + 1) * PAIR_SCRATCH;
}

/**
 * Begins out = Σ scalars[i]·points[i], extended, which {@link msmWindow} computes from the highest window,
 * {@link windowsFor} − 1, to the lowest, 0. Between them other sums may be computed, in other scratch.
 *
 * @param scalars - count × 32 bytes, little-endian, below r.
 * @param table - of {@link expand}.
 * @param bits - of a window, 2 … 15.
 */
export function msmBegin(
  out: usize,
  count: u32,
  scalars: usize,
  table: usize,
  bits: u32,
  scratch: usize,
): void {
  layOut(count * DIMENSION, bits, scratch);
  recode(count, scalars, table, bits, windowsFor(bits));
  setExtendedInfinity(out);
}

/** out = 2^bits·out + what the digits of window `w` select. */
export function msmWindow(out: usize, count: u32, table: usize, bits: u32, scratch: usize, w: u32): void {
  const n = count * DIMENSION;
  const buckets: u32 = 1 << (bits - 1);
  layOut(n, bits, scratch);
  for (let i: u32 = 0; i < bits; i++) double(out, out);
  fillBuckets(n, table, buckets, digits + 2 * <usize>w * <usize>n);
  addBuckets(out, buckets, sumInBuckets(buckets));
}

/** Counting sort of the points by bucket, into `first`; a negative digit's point is negated. */
function fillBuckets(n: u32, table: usize, buckets: u32, row: usize): void {
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
    const from = table + <usize>i * AFFINE;
    F.copy(to, from);
    if (digit > 0) F.copy(to + F.BYTES, from + F.BYTES);
    else F.neg(to + F.BYTES, from + F.BYTES);
  }
}

/** @returns where the sums of all buckets are: one point for each bucket that has any. */
function sumInBuckets(buckets: u32): usize {
  let from = first;
  let to = second;
  while (halve(buckets, from, to)) {
    const was = from;
    from = to;
    to = was;
  }
  return from;
}

/**
 * One round: in every bucket the points stand side by side, pairs become sums, an odd one moves.
 *
 * @returns whether there was any pair; if not, all is where it was.
 */
function halve(buckets: u32, from: usize, to: usize): bool {
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
  addPairs(count, lefts, outs, pairs);
  return count !== 0;
}

/** out += Σ b·bucket[b], by running sums from the top. */
function addBuckets(out: usize, buckets: u32, sums: usize): void {
  setExtendedInfinity(RUNNING);
  setExtendedInfinity(TOTAL);
  let end: usize = 0;
  for (let b: u32 = 1; b <= buckets; b++) end += <usize>load<u32>(lengths + 4 * <usize>b);
  for (let b = buckets; b > 0; b--) {
    if (load<u32>(lengths + 4 * <usize>b) !== 0) {
      end--;
      addAffine(RUNNING, sums + end * AFFINE);
    }
    addExtended(TOTAL, RUNNING);
  }
  addExtended(out, TOTAL);
}

/** Signed digits in [−2^(bits−1), 2^(bits−1)] of all parts, least window first, as rows of i16. */
function recode(count: u32, scalars: usize, points: usize, bits: u32, windows: u32): void {
  const n = count * DIMENSION;
  for (let i: u32 = 0; i < count; i++) {
    // A key has thousands of points at infinity: signals that no constraint multiplies.
    if (isInfinity(points + <usize>i * AFFINE)) memory.fill(PARTS, 0, 4 * 24);
    else decompose(PARTS, scalars + 32 * <usize>i);
    for (let part: u32 = 0; part < DIMENSION; part++) {
      recodePart(digits + 2 * <usize>(part * count + i), n, PARTS + PART_BYTES * <usize>part, bits, windows);
    }
  }
}

/** Digits of one part, n apart. */
function recodePart(digits: usize, n: u32, part: usize, bits: u32, windows: u32): void {
  const half = 1 << (bits - 1);
  const mask: u64 = ((<u64>1) << (<u64>bits)) - 1;
  const negative = load<u32>(part + 4 * <usize>PART_WORDS) !== 0;
  let carry = 0;
  for (let w: u32 = 0; w < windows; w++) {
    const bit = w * bits;
    const word = bit >> 5;
    let value: u64 = 0;
    // Two words: a window of 15 bits and a shift of 31 have 46.
    if (word < PART_WORDS) value = <u64>load<u32>(part + 4 * <usize>word);
    if (word + 1 < PART_WORDS) value |= (<u64>load<u32>(part + 4 * <usize>(word + 1))) << 32;
    let digit = <i32>((value >> <u64>(bit & 31)) & mask) + carry;
    carry = 0;
    if (digit > half) {
      digit -= 1 << bits;
      carry = 1;
    }
    store<i16>(digits + 2 * <usize>w * <usize>n, <i16>(negative ? -digit : digit));
  }
}

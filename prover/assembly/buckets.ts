// The sums of the points in each bucket of one window, every one as a tree of affine additions that share their
// inversions. Over points of the scalar kernels, or of those in lanes (./points).
import { addPairs, copyNegated, copyPoint, PAIR_SCRATCH, POINT, settle } from "./points";

/** Bytes of scratch for sums of n points in buckets of windows of so many bits. */
export function bucketScratch(n: u32, bits: u32): usize {
  return layOut(n, bucketsOf(bits), 0) + 16;
}

/** Of a point in a table. */
export function pointBytes(): usize {
  return POINT;
}

/** How many buckets a window has: one for each digit but 0, signs aside. */
export function bucketsOf(bits: u32): u32 {
  return (<u32>1) << (bits - 1);
}

// Where everything lies in the scratch of the window at hand.
/** Of each bucket: how many points it has, and where they begin. */
let lengths: usize = 0;
let starts: usize = 0;
/** Points of one window, and the results of a round. */
let first: usize = 0;
let second: usize = 0;
/** Addresses of the pairs to be added, and of their sums. */
let lefts: usize = 0;
let outs: usize = 0;
let pairs: usize = 0;

/** @returns where the scratch ends. */
function layOut(n: u32, buckets: u32, scratch: usize): usize {
  const points = <usize>n;
  lengths = scratch;
  starts = lengths + 4 * <usize>(buckets + 1);
  lefts = starts + 4 * <usize>(buckets + 1);
  outs = lefts + 4 * points;
  first = (outs + 4 * points + 15) & ~15;
  second = first + points * POINT;
  pairs = second + points * POINT;
  return pairs + (points / 2 + 1) * PAIR_SCRATCH;
}

/**
 * Sums of n points of the table by their digits, in the scalar kernels' form: one for each bucket that has any, in their
 * order. How many there are in bucket b, 1 or none, stands in word b of the scratch.
 *
 * @param digits - i16 each, |digit| ≤ 2^(bits − 1): the bucket, and whether the point is negated.
 * @returns where they are.
 */
export function sumBuckets(n: u32, table: usize, digits: usize, bits: u32, scratch: usize): usize {
  const buckets = bucketsOf(bits);
  layOut(n, buckets, scratch);
  fillBuckets(n, table, buckets, digits);
  let from = first;
  let to = second;
  while (halve(buckets, from, to)) {
    const was = from;
    from = to;
    to = was;
  }
  let count: u32 = 0;
  for (let b: u32 = 1; b <= buckets; b++) count += load<u32>(lengths + 4 * <usize>b);
  settle(from, count);
  return from;
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
    const to = first + <usize>position * POINT;
    const from = table + <usize>i * POINT;
    if (digit > 0) copyPoint(to, from);
    else copyNegated(to, from);
  }
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
      store<u32>(lefts + 4 * <usize>count, <u32>(from + read * POINT));
      store<u32>(outs + 4 * <usize>count, <u32>(to + written * POINT));
      count++;
      read += 2;
      written++;
    }
    if (length & 1) {
      memory.copy(to + written * POINT, from + read * POINT, POINT);
      read++;
      written++;
    }
    store<u32>(lengths + 4 * <usize>b, half + (length & 1));
  }
  addPairs(count, lefts, outs, pairs);
  return count !== 0;
}

// Σ sᵢ·Pᵢ by buckets over signed windows, every sum of a bucket as a tree of affine additions that share their
// inversions. Bernstein et al. 2012 §4.
import { bucketsOf, columnBits, countOf } from "./buckets";
import { AFFINE, addAffine, addExtended, double, isInfinity, setExtendedInfinity } from "./curve";
import { decompose, isNegative, PART_BYTES } from "./decompose";
import { apply, DIMENSION, PART_BITS } from "./endomorphism";

const PARTS = memory.data(4 * 24);
const RUNNING = memory.data(288);
const TOTAL = memory.data(288);

/** How many windows a sum has. One bit more than a part has: the carry of signed digits. */
export function windowsFor(bits: u32): u32 {
  return (PART_BITS + bits) / bits;
}

/** The window that costs least: an addition of 6 for each point and window, and what {@link bucketCost} says. */
export function msmBits(n: u32): u32 {
  let best: u32 = 2;
  let least: u64 = U64_MAX_COST;
  for (let bits: u32 = 2; bits <= 15; bits++) {
    const cost = <u64>windowsFor(bits) * (6 * <u64>(n * DIMENSION) + bucketCost(bits));
    if (cost >= least) continue;
    least = cost;
    best = bits;
  }
  return best;
}
const U64_MAX_COST: u64 = 0xffff_ffff_ffff;

/**
 * Of a window, in multiplications: 24 for each sum that is added up one by one; where there are rows and columns 6 for
 * each bucket in both, and an inversion of 60 for each halving.
 */
function bucketCost(bits: u32): u64 {
  const buckets = <u64>bucketsOf(bits);
  const columns = (<u64>1) << (<u64>columnBits(bits));
  if (columns === buckets) return 24 * buckets;
  return 12 * buckets + 24 * (columns + buckets / columns) + 60 * <u64>(bits - 1);
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

/** How many points a table has for each of n. */
export function msmPoints(n: u32): u32 {
  return n * DIMENSION;
}

/** Bytes of the digits of n scalars: i16 for every point of the table, a row for each window. */
export function msmDigits(n: u32, bits: u32): usize {
  return 2 * <usize>msmPoints(n) * <usize>windowsFor(bits);
}

/**
 * Begins out = Σ scalars[i]·points[i], extended, which {@link msmWindow} computes from the highest window,
 * {@link windowsFor} − 1, to the lowest, 0. Between them other sums may be computed, in other scratch.
 *
 * @param scalars - count × 32 bytes, little-endian, below r.
 * @param table - of so many bytes a point, of which infinity has none but zeros.
 * @param bits - of a window, 2 … 15.
 * @param digits - where they go; {@link msmDigits}.
 */
export function msmBegin(
  out: usize,
  count: u32,
  scalars: usize,
  table: usize,
  pointBytes: usize,
  bits: u32,
  digits: usize,
): void {
  recode(count, scalars, table, pointBytes, digits, bits, windowsFor(bits));
  setExtendedInfinity(out);
}

/** out = 2^bits·out + Σ b·(what is in bucket b), from what sumBuckets left. */
export function msmWindow(out: usize, bits: u32, lengths: usize, sums: usize): void {
  for (let i: u32 = 0; i < bits; i++) double(out, out);
  const columns: u32 = (<u32>1) << columnBits(bits);
  const rows = bucketsOf(bits) / columns;
  const rowLengths = lengths + 4 * <usize>(columns + 1);
  const rowSums = sums + AFFINE * <usize>countOf(lengths, columns);
  if (rows > 1) {
    weigh(rowLengths, rows - 1, rowSums);
    for (let i: u32 = 0; i < columnBits(bits); i++) double(TOTAL, TOTAL);
    addExtended(out, TOTAL);
  }
  weigh(lengths, columns, sums);
  addExtended(out, TOTAL);
}

/** TOTAL = Σ g·(sum of group g) over 1 … n, by running sums from the top. */
function weigh(lengths: usize, n: u32, sums: usize): void {
  setExtendedInfinity(RUNNING);
  setExtendedInfinity(TOTAL);
  let end = sums + AFFINE * <usize>countOf(lengths, n);
  for (let group = n; group > 0; group--) {
    if (load<u32>(lengths + 4 * <usize>group) !== 0) {
      end -= AFFINE;
      addAffine(RUNNING, end);
    }
    addExtended(TOTAL, RUNNING);
  }
}

/** Signed digits in [−2^(bits−1), 2^(bits−1)] of all parts, least window first, as rows of i16. */
function recode(
  count: u32,
  scalars: usize,
  table: usize,
  pointBytes: usize,
  digits: usize,
  bits: u32,
  windows: u32,
): void {
  const n = count * DIMENSION;
  for (let i: u32 = 0; i < count; i++) {
    // A key has thousands of points at infinity: signals that no constraint multiplies.
    if (isInfinity(table + <usize>i * pointBytes)) memory.fill(PARTS, 0, 4 * 24);
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
  const negative = isNegative(part);
  let low = load<u64>(part);
  let high = load<u64>(part, 8);
  let carry = 0;
  for (let w: u32 = 0; w < windows; w++) {
    let digit = <i32>(low & mask) + carry;
    low = (low >> <u64>bits) | (high << (<u64>(64 - bits)));
    high >>= <u64>bits;
    carry = 0;
    if (digit > half) {
      digit -= 1 << bits;
      carry = 1;
    }
    store<i16>(digits + 2 * <usize>w * <usize>n, <i16>(negative ? -digit : digit));
  }
}

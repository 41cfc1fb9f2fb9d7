// The sums of the points in each bucket of one window, every one as a tree of affine additions that share their
// inversions; of many buckets then, in the same way, the sums of the rows and of the columns in which they can be laid
// out: Σ b·Sᵦ over b = row·columns + column + 1 is columns·Σ row·(sum of the row) + Σ (column + 1)·(sum of the column).
// Over points of the scalar kernels, or of those in lanes (./points).
import { addPairs, copyNegated, copyPoint, PAIR_SCRATCH, POINT, settle } from "./points";

/** Bits of a window from which on rows and columns are worth their inversions. */
const LEAST_BITS: u32 = 8;

/** Buckets of a row are 2 to the power of this; all of them where there is one row only. */
export function columnBits(bits: u32): u32 {
  return bits < LEAST_BITS ? bits - 1 : bits >> 1;
}

/** Bytes of scratch for sums of n points in buckets of windows of so many bits. */
export function bucketScratch(n: u32, bits: u32): usize {
  return layOut(n, bits, 0) + 16;
}

/** Of a point in a table. */
export function pointBytes(): usize {
  return POINT;
}

/** How many buckets a window has: one for each digit but 0, signs aside. */
export function bucketsOf(bits: u32): u32 {
  return (<u32>1) << (bits - 1);
}

/** Points that are added at once: few enough for a cache, enough for the inversions that they share. */
const CHUNK: u32 = 4096;

// Where everything lies in the scratch of the window at hand.
/** Of each bucket: how many points it has, where they begin, and how many sums of parts of it there are. */
let lengths: usize = 0;
let starts: usize = 0;
let parts: usize = 0;
/** Which points are in the buckets, one bucket after another: 2i, or 2i + 1 where point i is negated. */
let order: usize = 0;
/** Of each group of the points at hand: how many it has. */
let groups: usize = 0;
/** The points at hand, and the results of a round. */
let first: usize = 0;
let second: usize = 0;
/** Sums of parts of buckets, and the results of a round. */
let sums: usize = 0;
let others: usize = 0;
/** Addresses of the pairs to be added, and of their sums. */
let lefts: usize = 0;
let outs: usize = 0;
let pairs: usize = 0;
/** Points in the order of the columns, and the sums of columns and rows. */
let third: usize = 0;
let reduced: usize = 0;
/** Where it ends. */
let top: usize = 0;

function take(bytes: usize): usize {
  const at = top;
  top = (at + bytes + 15) & ~15;
  return at;
}

/** @returns where the scratch ends. */
function layOut(n: u32, bits: u32, scratch: usize): usize {
  const buckets = bucketsOf(bits);
  const columns: u32 = (<u32>1) << columnBits(bits);
  const both = columns + buckets / columns;
  const chunk = min(n, CHUNK);
  // Every chunk but the last may end within a bucket.
  const most = min(n, buckets + n / CHUNK);
  const perBucket = 4 * <usize>(buckets + 1);
  top = scratch;
  lengths = take(perBucket);
  starts = take(perBucket);
  parts = take(perBucket);
  order = take(4 * <usize>n);
  groups = take(4 * <usize>(max(chunk, both) + 1));
  const mostPairs = <usize>(max(chunk, most) / 2);
  lefts = take(4 * mostPairs);
  outs = take(4 * mostPairs);
  pairs = take((mostPairs + 1) * PAIR_SCRATCH);
  first = take(<usize>chunk * POINT);
  // What is left of a round: half of the points, and one for each bucket with an odd number of them.
  second = take(<usize>((chunk + min(chunk, buckets)) / 2 + 1) * POINT);
  sums = take(<usize>most * POINT);
  others = take(<usize>most * POINT);
  if (columns === buckets) return top;
  third = take(<usize>min(n, buckets) * POINT);
  reduced = take(<usize>both * POINT);
  return top;
}

/**
 * Sums of n points of the table by their digits, in the scalar kernels' form: of each column that has any points, in their
 * order, then of each such row but the first. How many there are of column c, 1 … columns, stands in word c of the
 * scratch, 1 or none; that of row r in word columns + 1 + r.
 *
 * @param digits - i16 each, |digit| ≤ 2^(bits − 1): the bucket, and whether the point is negated.
 * @returns where they are.
 */
export function sumBuckets(n: u32, table: usize, digits: usize, bits: u32, scratch: usize): usize {
  const buckets = bucketsOf(bits);
  layOut(n, bits, scratch);
  sortByBucket(n, buckets, digits);
  addUpChunks(buckets, table);
  const made = halveAll(parts, buckets, sums, others);
  memory.copy(lengths, parts, 4 * <usize>(buckets + 1));
  const columns: u32 = (<u32>1) << columnBits(bits);
  if (columns === buckets) {
    settle(made, countOf(lengths, buckets));
    return made;
  }
  settle(reduced, addUp(buckets, columns, made, made === sums ? others : sums));
  return reduced;
}

/** Sums of the points of each bucket, chunk by chunk: one, or several where chunks end within it. */
function addUpChunks(buckets: u32, table: usize): void {
  memory.fill(parts, 0, 4 * <usize>(buckets + 1));
  const count = countOf(lengths, buckets);
  let to = sums;
  let bucket: u32 = 0;
  let inBucket: u32 = 0;
  for (let at: u32 = 0; at < count; at += CHUNK) {
    const size = min(CHUNK, count - at);
    let found: u32 = 0;
    for (let rest = size; rest > 0; ) {
      while (inBucket === 0) inBucket = load<u32>(lengths + 4 * <usize>++bucket);
      const part = min(inBucket, rest);
      store<u32>(groups + 4 * <usize>++found, part);
      const made = parts + 4 * <usize>bucket;
      store<u32>(made, load<u32>(made) + 1);
      inBucket -= part;
      rest -= part;
    }
    gather(at, size, table);
    memory.copy(to, halveAll(groups, found, first, second), <usize>found * POINT);
    to += <usize>found * POINT;
  }
}

/** Points by their order, into `first`. */
function gather(at: u32, size: u32, table: usize): void {
  for (let i: u32 = 0; i < size; i++) {
    const point = load<u32>(order + 4 * <usize>(at + i));
    const from = table + <usize>(point >> 1) * POINT;
    const to = first + <usize>i * POINT;
    if (point & 1) copyNegated(to, from);
    else copyPoint(to, from);
  }
}

/** Sums of columns and rows of the buckets' sums, into `reduced`. @returns how many there are. */
function addUp(buckets: u32, columns: u32, from: usize, other: usize): u32 {
  const rows = buckets / columns;
  const rowLengths = groups + 4 * <usize>columns;
  let next: u32 = 0;
  for (let b: u32 = 1; b <= buckets; b++) {
    store<u32>(starts + 4 * <usize>b, next);
    next += load<u32>(lengths + 4 * <usize>b);
  }
  let to = third;
  for (let column: u32 = 1; column <= columns; column++) {
    let count: u32 = 0;
    for (let b = column; b <= buckets; b += columns) {
      if (load<u32>(lengths + 4 * <usize>b) === 0) continue;
      copyPoint(to, from + <usize>load<u32>(starts + 4 * <usize>b) * POINT);
      to += POINT;
      count++;
    }
    store<u32>(groups + 4 * <usize>column, count);
  }
  const made = keep(groups, columns, halveAll(groups, columns, third, other), reduced);
  // The first row has no weight.
  const begin = load<u32>(starts + 4 * <usize>(columns + 1));
  for (let row: u32 = 1; row < rows; row++) {
    const after = row + 1 < rows ? load<u32>(starts + 4 * <usize>((row + 1) * columns + 1)) : next;
    store<u32>(rowLengths + 4 * <usize>row, after - load<u32>(starts + 4 * <usize>(row * columns + 1)));
  }
  const rowSums = halveAll(rowLengths, rows - 1, from + <usize>begin * POINT, other);
  const all = made + keep(rowLengths, rows - 1, rowSums, reduced + <usize>made * POINT);
  memory.copy(lengths, groups, 4 * <usize>(columns + 1));
  memory.copy(lengths + 4 * <usize>(columns + 1), rowLengths, 4 * <usize>rows);
  return all;
}

/** How many points n groups have. */
export function countOf(counts: usize, n: u32): u32 {
  let count: u32 = 0;
  for (let group: u32 = 1; group <= n; group++) count += load<u32>(counts + 4 * <usize>group);
  return count;
}

/** Copies the sums of groups. @returns how many there are. */
function keep(counts: usize, n: u32, sums: usize, to: usize): u32 {
  const count = countOf(counts, n);
  memory.copy(to, sums, <usize>count * POINT);
  return count;
}

/** The sum of each of n groups of points that stand side by side. @returns where they are: in either place. */
function halveAll(counts: usize, n: u32, here: usize, there: usize): usize {
  let from = here;
  let to = there;
  while (halve(counts, n, from, to)) {
    const was = from;
    from = to;
    to = was;
  }
  return from;
}

/** Counting sort: `lengths` of the buckets, and `order`. */
function sortByBucket(n: u32, buckets: u32, row: usize): void {
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
    store<u32>(order + 4 * <usize>position, (i << 1) | <u32>(digit < 0));
  }
}

/**
 * One round: in every group the points stand side by side, pairs become sums, an odd one moves.
 *
 * @returns whether there was any pair; if not, all is where it was.
 */
function halve(counts: usize, n: u32, from: usize, to: usize): bool {
  let read: usize = 0;
  let written: usize = 0;
  let count: u32 = 0;
  for (let group: u32 = 1; group <= n; group++) {
    const length = load<u32>(counts + 4 * <usize>group);
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
      copyPoint(to + written * POINT, from + read * POINT);
      read++;
      written++;
    }
    store<u32>(counts + 4 * <usize>group, half + (length & 1));
  }
  addPairs(count, lefts, outs, pairs);
  return count !== 0;
}

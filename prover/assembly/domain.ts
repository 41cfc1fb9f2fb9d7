// Over the scalar field: transforms, rows of the constraint system, and the quotient.
import * as F from "./field";

const T = memory.data(36);
const B: usize = F.BYTES;

/** out[i] = root^i for i < n. */
export function powers(out: usize, n: u32, root: usize): void {
  F.copy(out, F.ONE);
  for (let i: u32 = 1; i < n; i++) F.mul(out + <usize>i * B, out + <usize>(i - 1) * B, root);
}

/** Decimation in time: bit-reversed order in, natural out. A value grows by 2p a layer. */
export function transform(a: usize, n: u32, twiddles: usize): void {
  let stride = n >> 1;
  for (let half: u32 = 1; half < n; half <<= 1) {
    for (let block: u32 = 0; block < n; block += 2 * half) {
      let w = twiddles;
      for (let i: u32 = 0; i < half; i++) {
        const left = a + <usize>(block + i) * B;
        const right = left + <usize>half * B;
        F.mul(T, right, w);
        F.sub(right, left, T);
        F.add(left, left, T);
        w += <usize>stride * B;
      }
    }
    stride >>= 1;
  }
}

/** out[i] = a[j]·factors[j], where j is i with its `bits` bits reversed. Lists do not overlap. */
export function scaleReversed(out: usize, a: usize, bits: u32, factors: usize): void {
  const n: u32 = 1 << bits;
  for (let i: u32 = 0; i < n; i++) {
    const j = <usize>reversed(i, bits) * B;
    F.mul(out + <usize>i * B, a + j, factors + j);
  }
}

/** Bytes of an entry of a zkey's rows: matrix, row, column, coefficient. */
const FILE_ENTRY: usize = 44;
const ENTRY: usize = 8 + B;

/**
 * Entries of one matrix, as {@link rows} takes them; the row's `bits` bits are reversed.
 *
 * @param file - count entries of a zkey: matrix, row, column (u32), and the coefficient in Montgomery form twice
 *   over with R = 2^256.
 * @returns how many there are of the matrix; −1 where a row, column or coefficient is out of range.
 */
export function entriesFromFile(
  out: usize,
  file: usize,
  count: u32,
  matrix: u32,
  bits: u32,
  columns: u32,
): i32 {
  let found = 0;
  let to = out;
  for (let i: u32 = 0; i < count; i++) {
    const entry = file + FILE_ENTRY * <usize>i;
    const row = load<u32>(entry, 4);
    const column = load<u32>(entry, 8);
    if (row >= 1 << bits || column >= columns || load<u32>(entry) > 1) return -1;
    if (load<u32>(entry) !== matrix) continue;
    store<u32>(to, reversed(row, bits));
    store<u32>(to, column, 4);
    if (F.fromFile(to + 8, entry + 12, 1) !== 0) return -1;
    F.mul(to + 8, to + 8, F.FROM_256);
    to += ENTRY;
    found++;
  }
  return found;
}

function reversed(value: u32, bits: u32): u32 {
  let out: u32 = 0;
  for (let bit: u32 = 0; bit < bits; bit++) out |= ((value >> bit) & 1) << (bits - 1 - bit);
  return out;
}

/** out[row] = Σ coefficient·witness[column] over entries of row, column (u32) and coefficient. */
export function rows(out: usize, n: u32, entries: usize, count: u32, witness: usize): void {
  memory.fill(out, 0, <usize>n * B);
  let at = entries;
  for (let i: u32 = 0; i < count; i++) {
    const sum = out + <usize>load<u32>(at) * B;
    F.mul(T, at + 8, witness + <usize>load<u32>(at, 4) * B);
    F.add(sum, sum, T);
    // A few additions fit; before they do not, the sum is made small: below 6 r, as lanes want it.
    if (abs(load<i32>(sum, 32)) >= 1 << 24) F.mul(sum, sum, F.ONE);
    at += ENTRY;
  }
}

/** out[i] = in[i], from 32 bytes, little-endian; not in Montgomery form. */
export function fromBytesEach(out: usize, bytes: usize, n: u32): void {
  for (let i: usize = 0; i < <usize>n; i++) F.fromBytes(out + i * B, bytes + 32 * i);
}

/** out[i] = factor·in[i], 32 bytes each, little-endian, canonical; the factor in Montgomery form. */
export function scaleBytesEach(out: usize, bytes: usize, n: u32, factor: usize): void {
  // What is read is not in Montgomery form, and what is written is taken out of it.
  F.toMontgomery(SQUARED, factor);
  for (let i: usize = 0; i < <usize>n; i++) {
    F.fromBytes(T, bytes + 32 * i);
    F.mul(T, T, SQUARED);
    F.toBytes(out + 32 * i, T);
  }
}
const SQUARED = memory.data(36);

/** out = a·b − c for each, out of Montgomery form, as canonical bytes. */
export function quotient(out: usize, n: u32, a: usize, b: usize, c: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    F.mul(T, a + i * B, b + i * B);
    F.sub(T, T, c + i * B);
    F.toBytes(out + 32 * i, T);
  }
}

/** out[i] = a[i]·b[i]. */
export function productEach(out: usize, n: u32, a: usize, b: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) F.mul(out + i * B, a + i * B, b + i * B);
}

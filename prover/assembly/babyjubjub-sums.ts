// Sums of many points of BabyJubJub (EIP-2494). Affine addition: Bernstein and Lange, ASIACRYPT 2007, for twisted
// curves; one inversion for all denominators: Montgomery 1987, §10.3.1.

import { D_OF_CURVE } from "./curve-constants";
import * as F from "./field";

const B: usize = F.BYTES;
/** An entry of a table: x, y, d·x·y. */
const ENTRY: usize = 3 * B;
/** Of a point's work: numerator, denominator, and the product of the denominators before it. */
const WORK: usize = 3 * B;
const OFFSET = memory.data(36 * 3);
const INVERSE = memory.data(36);
const T = memory.data(36);

/** Bytes of a table of n points. */
export function tableBytes(n: u32): usize {
  return <usize>n * ENTRY;
}

/** Bytes that {@link sumKeys} needs for n points beside its result. */
export function keysScratch(n: u32): usize {
  return <usize>n * WORK;
}

/** Makes a table of n affine points: x and y of each, 32 bytes, little-endian, below r. */
export function makeTable(out: usize, n: u32, points: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    readAffine(out, points);
    F.mul(out + 2 * B, out, out + B);
    F.mul(out + 2 * B, out + 2 * B, D_OF_CURVE);
    out += ENTRY;
    points += 64;
  }
}

/**
 * Of each sum of a table's point and one more point the low 64 bits of x, which is canonical.
 *
 * @param out - n × 8 bytes.
 * @param offset - x and y, 32 bytes, little-endian, below r.
 * @param scratch - see {@link keysScratch}.
 */
export function sumKeys(out: usize, n: u32, table: usize, offset: usize, scratch: usize): void {
  // y, x, x·y: as the products of numerators take them.
  F.fromBytes(T, offset);
  F.toMontgomery(OFFSET + B, T);
  F.fromBytes(T, offset + 32);
  F.toMontgomery(OFFSET, T);
  F.mul(OFFSET + 2 * B, OFFSET, OFFSET + B);
  F.copy(INVERSE, F.ONE);
  let work = scratch;
  for (let i: u32 = 0; i < n; i++) {
    // (x₁y₂ + y₁x₂) / (1 + d·x₁x₂y₁y₂): d is no square, so that the denominator is never 0 on the curve.
    F.product2(work, table, OFFSET);
    F.mul(work + B, table + 2 * B, OFFSET + 2 * B);
    F.add(work + B, work + B, F.ONE);
    F.copy(work + 2 * B, INVERSE);
    F.mul(INVERSE, INVERSE, work + B);
    table += ENTRY;
    work += WORK;
  }
  F.inverse(INVERSE, INVERSE);
  // Out of Montgomery form, and so are all that follow from it.
  F.mul(INVERSE, INVERSE, F.UNIT);
  for (let i: u32 = n; i-- > 0; ) {
    work -= WORK;
    F.mul(T, INVERSE, work + 2 * B);
    F.mul(INVERSE, INVERSE, work + B);
    F.mul(T, T, work);
    store<u64>(out + 8 * <usize>i, F.lowBits(T));
  }
}

function readAffine(out: usize, bytes: usize): void {
  for (let i: usize = 0; i < 2; i++) {
    F.fromBytes(T, bytes + 32 * i);
    F.toMontgomery(out + i * B, T);
  }
}

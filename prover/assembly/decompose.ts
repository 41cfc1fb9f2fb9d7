// A long scalar as several short ones: Babai's rounding in the lattice of an endomorphism.
import {
  BASIS,
  DIMENSION,
  FACTOR_WORDS,
  FACTORS,
  PART_WORDS,
  SHIFT_WORDS,
  SKIPPED_WORDS,
} from "./endomorphism";

const SCALAR_WORDS: u32 = 8;
/** Of a part: its absolute value in 20 bytes, and a word that is 1 where it is negative. */
export const PART_BYTES: usize = 24;
const SIGN: usize = 20;

const PRODUCT = memory.data(4 * 24);
const QUOTIENT = memory.data(4 * 8);

/** Σ partᵢ·λ^i ≡ scalar (mod r): DIMENSION parts at `out`. */
export function decompose(out: usize, scalar: usize): void {
  memory.fill(out, 0, PART_BYTES * <usize>DIMENSION);
  for (let i: usize = 0; i < <usize>PART_WORDS; i++) store<u32>(out + 4 * i, load<u32>(scalar + 4 * i));
  for (let j: usize = 0; j < <usize>DIMENSION; j++) {
    quotient(scalar, FACTORS + 4 * <usize>FACTOR_WORDS * j);
    for (let i: usize = 0; i < <usize>DIMENSION; i++) {
      subtractProduct(out + PART_BYTES * i, BASIS + 4 * <usize>PART_WORDS * (j * <usize>DIMENSION + i));
    }
  }
  for (let i: usize = 0; i < <usize>DIMENSION; i++) makeAbsolute(out + PART_BYTES * i);
}

/** Whether a part is negative. */
export function isNegative(part: usize): bool {
  return load<u32>(part + SIGN) !== 0;
}

/** QUOTIENT = round(scalar·factor / 2^SHIFT), seldom one less, its lowest words. */
function quotient(scalar: usize, factor: usize): void {
  // What the scalar's lowest words add is far below one.
  for (let j: usize = 0; j < <usize>FACTOR_WORDS; j++)
    store<u32>(PRODUCT + 4 * (<usize>SKIPPED_WORDS + j), 0);
  for (let i: usize = <usize>SKIPPED_WORDS; i < <usize>SCALAR_WORDS; i++) {
    const word = <u64>load<u32>(scalar + 4 * i);
    let carry: u64 = 0;
    for (let j: usize = 0; j < <usize>FACTOR_WORDS; j++) {
      const at = PRODUCT + 4 * (i + j);
      const sum = word * <u64>load<u32>(factor + 4 * j) + <u64>load<u32>(at) + carry;
      store<u32>(at, <u32>sum);
      carry = sum >> 32;
    }
    store<u32>(PRODUCT + 4 * (i + <usize>FACTOR_WORDS), <u32>carry);
  }
  let carry: u64 = <u64>(load<u32>(PRODUCT + 4 * <usize>(SHIFT_WORDS - 1)) >> 31);
  for (let i: usize = 0; i < <usize>PART_WORDS; i++) {
    const sum = <u64>load<u32>(PRODUCT + 4 * (<usize>SHIFT_WORDS + i)) + carry;
    store<u32>(QUOTIENT + 4 * i, <u32>sum);
    carry = sum >> 32;
  }
}

/** a -= QUOTIENT·b, modulo 2^(32·PART_WORDS). */
function subtractProduct(a: usize, b: usize): void {
  for (let i: usize = 0; i < <usize>PART_WORDS; i++) {
    const word = <u64>load<u32>(QUOTIENT + 4 * i);
    let borrow: u64 = 0;
    for (let j: usize = 0; i + j < <usize>PART_WORDS; j++) {
      const at = a + 4 * (i + j);
      const product = word * <u64>load<u32>(b + 4 * j) + borrow;
      const old = load<u32>(at);
      store<u32>(at, old - <u32>product);
      borrow = (product >> 32) + <u64>(old < <u32>product);
    }
  }
}

function makeAbsolute(part: usize): void {
  const negative = <u64>(load<u32>(part + 4 * <usize>(PART_WORDS - 1)) >> 31);
  store<u32>(part + SIGN, <u32>negative);
  if (negative === 0) return;
  let carry: u64 = 1;
  for (let i: usize = 0; i < <usize>PART_WORDS; i++) {
    const sum = (<u64>load<u32>(part + 4 * i) ^ 0xffff_ffff) + carry;
    store<u32>(part + 4 * i, <u32>sum);
    carry = sum >> 32;
  }
}

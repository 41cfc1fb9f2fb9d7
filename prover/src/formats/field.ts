// The one canonical decoder of field elements and scalars. docs/spec/conventions.md §1.
import { bytesToUint, uintBytes } from "./bytes.ts";
import { InputError } from "./errors.ts";

/** Order r of BN254's scalar field, over which the circuits work and BabyJubJub is defined. */
export const FIELD_ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
/** Order q of BN254's base field, in which proof coordinates lie. */
export const BASE_FIELD_ORDER =
  21888242871839275222246405745257275088696311157297823662689037894645226208583n;
/** Order l of BabyJubJub's prime subgroup (EIP-2494). */
export const SUBGROUP_ORDER = 2736030358979909402780800718157159386076813972158567259200215660948447373041n;

const MAX_DIGITS = 78;

/**
 * A canonical decimal integer below `bound`.
 *
 * The length is looked at before `BigInt`: a string of 10⁶ digits would block for 0.13 s.
 *
 * @throws InputError `not-canonical` - not a string of digits, a leading zero, longer than 78 digits, or at
 *   least `bound`.
 */
export function parseDecimal(text: unknown, bound: bigint, place?: string): bigint {
  if (typeof text !== "string" || text.length > MAX_DIGITS || !/^(0|[1-9][0-9]*)$/.test(text)) {
    throw new InputError("not-canonical", "expected a canonical decimal integer", place);
  }
  const value = BigInt(text);
  if (value >= bound) throw new InputError("not-canonical", "integer out of range", place);
  return value;
}

/** {@link parseDecimal} below r. */
export function parseFieldElement(text: unknown, place?: string): bigint {
  return parseDecimal(text, FIELD_ORDER, place);
}

/** {@link parseDecimal} below l. */
export function parseScalar(text: unknown, place?: string): bigint {
  return parseDecimal(text, SUBGROUP_ORDER, place);
}

/**
 * A field element of exactly 32 big-endian bytes, below `bound` (r unless told).
 *
 * @throws InputError `not-canonical` - another length, or at least `bound`.
 */
export function fieldFromBytes(bytes: Uint8Array, place?: string, bound: bigint = FIELD_ORDER): bigint {
  if (bytes.length !== 32) throw new InputError("not-canonical", "expected 32 bytes", place);
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  if (value >= bound) throw new InputError("not-canonical", "integer out of range", place);
  return value;
}

/**
 * 32 big-endian bytes of a field element.
 *
 * @throws RangeError - negative, or at least 2²⁵⁶.
 */
export function fieldToBytes(value: bigint): Uint8Array {
  return uintBytes(value, 32);
}

/**
 * A number uniform in [0, bound), by rejection from the platform's CSPRNG.
 *
 * @throws RangeError - the bound is not in [1, 2²⁵⁶].
 */
export function randomBelow(bound: bigint): bigint {
  if (bound < 1n || bound > 1n << 256n) throw new RangeError("bound is not in [1, 2^256]");
  // Bits that no number below the bound has are dropped, so that at least half of all draws fit.
  const bits = (bound - 1n).toString(2).length;
  const bytes = new Uint8Array(32);
  for (;;) {
    crypto.getRandomValues(bytes);
    const drawn = BigInt.asUintN(bits, bytesToUint(bytes));
    if (drawn < bound) {
      bytes.fill(0);
      return drawn;
    }
  }
}

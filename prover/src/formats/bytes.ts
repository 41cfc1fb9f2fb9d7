import { InputError } from "./errors.ts";

const encoder = new TextEncoder();

/** UTF-8 bytes of a string. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * Text of UTF-8 bytes.
 *
 * @throws InputError `bad-utf8` - the bytes are not valid UTF-8.
 */
export function fromUtf8(bytes: Uint8Array, place?: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new InputError("bad-utf8", "not valid UTF-8", place, { cause });
  }
}

/** Lowercase hexadecimal, two digits a byte, no prefix. */
export function toHex(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) out += byte.toString(16).padStart(2, "0");
  return out;
}

/**
 * Bytes of lowercase hexadecimal of exactly `length` bytes.
 *
 * @throws InputError `bad-hex` - another length, an upper-case digit, a prefix, or no digit.
 */
export function fromHex(text: string, length: number, place?: string): Uint8Array {
  if (typeof text !== "string" || text.length !== 2 * length || !/^[0-9a-f]*$/.test(text)) {
    throw new InputError("bad-hex", `expected ${2 * length} lowercase hexadecimal digits`, place);
  }
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) out[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/** Standard base64 with padding (RFC 4648 §4). */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * Bytes of standard, padded, canonical base64.
 *
 * @throws InputError `bad-base64` - anything that {@link toBase64} would not have written.
 */
export function fromBase64(text: string, place?: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch (cause) {
    throw new InputError("bad-base64", "not base64", place, { cause });
  }
  if (toBase64(bytes) !== text) throw new InputError("bad-base64", "not canonical base64", place);
  return bytes;
}

/** Base64 for URLs without padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * Bytes of unpadded, canonical base64 for URLs.
 *
 * @throws InputError `bad-base64` - anything that {@link toBase64Url} would not have written.
 */
export function fromBase64Url(text: string, place?: string): Uint8Array {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new InputError("bad-base64", "not base64 for URLs", place);
  const padding = "=".repeat((4 - (text.length % 4)) % 4);
  return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/") + padding, place);
}

/** The arguments one after another, in a new array. A list of unbounded length goes to {@link joinBytes}. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return joinBytes(parts);
}

/** The items of a list one after another, in a new array: a call with 10⁵ arguments overflows the stack. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/**
 * Unsigned big-endian integer of `length` bytes.
 *
 * @throws RangeError - negative, or too large for the length.
 */
export function uintBytes(value: bigint | number, length: number): Uint8Array {
  let rest = BigInt(value);
  if (rest < 0n || rest >= 1n << BigInt(8 * length)) {
    throw new RangeError(`value does not fit ${length} unsigned bytes`);
  }
  const out = new Uint8Array(length);
  for (let i = length - 1; i >= 0; i--) {
    out[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return out;
}

/** The unsigned big-endian integer that the bytes stand for. */
export function bytesToUint(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

/** The unsigned little-endian integer that the bytes stand for. */
export function littleEndianToUint(bytes: Uint8Array): bigint {
  // A copy: the slice of a Buffer is none.
  return bytesToUint(Uint8Array.from(bytes).reverse());
}

/** Whether two byte strings are equal. Variable time: for public values only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Lexicographic order of byte strings, as for `Array.prototype.sort`. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

// Domain-separated, length-framed hashing. Exact bytes: docs/spec/conventions.md §3.
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToUint, joinBytes, uintBytes, utf8 } from "./bytes.ts";

/** Every tag starts so; the rest names the one purpose. */
export const TAG_PREFIX = "commune-zk/v1/";

/**
 * The framed message `u32(|tag|) ‖ tag ‖ u32(|p₁|) ‖ p₁ ‖ …`, lengths big-endian.
 *
 * @param purpose - ASCII, appended to {@link TAG_PREFIX}; one purpose, one tag.
 * @param parts - byte strings shorter than 2³². Their number is part of the purpose: a list of variable
 *   length is preceded by its count.
 */
export function frame(purpose: string, parts: readonly Uint8Array[]): Uint8Array {
  const framed: Uint8Array[] = [];
  for (const part of [utf8(TAG_PREFIX + purpose), ...parts]) framed.push(uintBytes(part.length, 4), part);
  return joinBytes(framed);
}

/** SHA-256 of the framed message. 32 bytes. */
export function hashFramed(purpose: string, parts: readonly Uint8Array[]): Uint8Array {
  return sha256(frame(purpose, parts));
}

/** The first 31 bytes of {@link hashFramed}: a field element with no reduction, and the bytes of a scope. */
export function hashToScopeBytes(purpose: string, parts: readonly Uint8Array[]): Uint8Array {
  return hashFramed(purpose, parts).slice(0, 31);
}

/** SHA-512 of the framed message as a big-endian integer, modulo `modulus`: a Fiat–Shamir challenge with a bias below 2⁻²⁵⁰ for 251-bit moduli. */
export function hashToScalar(purpose: string, parts: readonly Uint8Array[], modulus: bigint): bigint {
  return bytesToUint(sha512(frame(purpose, parts))) % modulus;
}

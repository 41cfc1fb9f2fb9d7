// Scopes: the public value that a nullifier is bound to. docs/spec/poll.md §1.
import { bytesToUint, fromHex, toHex } from "../formats/bytes.ts";
import { hashToScopeBytes } from "../formats/hash.ts";

/**
 * Scope of a document for a purpose.
 *
 * @param purpose - `poll`, `ceremony`, `hours-policy`, `petition`: one tag each.
 * @param document - canonical bytes that the caller has read.
 * @returns 31 bytes, hexadecimal.
 */
export function scopeOf(
  purpose: "poll" | "ceremony" | "hours-policy" | "petition",
  document: Uint8Array,
): string {
  return toHex(hashToScopeBytes(`scope/${purpose}`, [document]));
}

/**
 * A scope as a field element: the big-endian integer of its 31 bytes.
 *
 * @throws InputError `bad-hex`.
 */
export function scopeToField(scope: string): bigint {
  return bytesToUint(fromHex(scope, 31, "scope"));
}

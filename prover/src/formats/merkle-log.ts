// Hashes of an RFC 6962 Merkle tree. docs/spec/board.md; RFC 6962 §2.1.
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "./bytes.ts";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Root of the tree with no entries. */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

/** `SHA-256(00 ‖ entry)`. */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(concatBytes(LEAF, entry));
}

/** `SHA-256(01 ‖ left ‖ right)`. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(NODE, left, right));
}

// What stands in a ledger for one credit: inner hash, leaf, and the field value of a category.
// docs/spec/ledger.md §1.

import { z } from "zod";
import { bytesToUint, utf8 } from "../../formats/bytes.ts";
import { hashToScopeBytes } from "../../formats/hash.ts";
import { poseidon } from "../../formats/poseidon.ts";

/** Depth of a ledger's tree. */
export const LEDGER_DEPTH = 20;
/** Positions of a ledger. */
export const LEDGER_POSITIONS = 2 ** LEDGER_DEPTH;
/** Largest amount of one credit, and largest number of a period: what the circuit's 24 bits hold. */
export const MAX_24_BITS = 2 ** 24 - 1;
/** Bytes of a credit's salt. */
export const SALT_BYTES = 31;

/** Shape of a category's name. */
export const categoryName = z.string().regex(/^[a-z0-9-]{1,32}$/);
/** Shape of a period: by convention year·100 + month. */
export const periodNumber = z.int().min(1).max(MAX_24_BITS);
/** Shape of an amount: minutes, or the category's own unit. */
export const amountNumber = z.int().min(1).max(MAX_24_BITS);

// Poseidon(tag, …) with four inputs: no node of a tree, which has two.
const TAG_INNER = bytesToUint(utf8("commune-zk.ledger.inner"));
const TAG_LEAF = bytesToUint(utf8("commune-zk.ledger.leaf"));

/** The field value of a category: never 0, which stands for "any" in a claim. */
export function categoryField(category: string): bigint {
  return bytesToUint(hashToScopeBytes("category", [utf8(category)]));
}

/** Poseidon(TAG_INNER, commitment, amount, salt): hides all three, and is all that a registry learns of them. */
export function creditInner({
  commitment,
  amount,
  salt,
}: {
  commitment: bigint;
  amount: number;
  /** 31 bytes; secret. */
  salt: Uint8Array;
}): bigint {
  return poseidon([TAG_INNER, commitment, BigInt(amount), bytesToUint(salt)]);
}

/** Poseidon(TAG_LEAF, inner, period, category): the ledger's leaf. */
export function creditLeaf({
  inner,
  period,
  category,
}: {
  inner: bigint;
  period: number;
  category: string;
}): bigint {
  return poseidon([TAG_LEAF, inner, BigInt(period), categoryField(category)]);
}

// The Merkle tree of RFC 6962 §2.1, written down as its definitions stand there, over Node's own SHA-256.
import { createHash } from "node:crypto";

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** k: the largest power of two smaller than n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** MTH(D[n]). */
export function treeHash(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0) return sha256();
  if (entries.length === 1) return sha256(Uint8Array.of(0), entries[0]!);
  const k = split(entries.length);
  return sha256(Uint8Array.of(1), treeHash(entries.slice(0, k)), treeHash(entries.slice(k)));
}

/** PATH(m, D[n]). */
export function auditPath(m: number, entries: readonly Uint8Array[]): Uint8Array[] {
  if (entries.length === 1) return [];
  const k = split(entries.length);
  return m < k
    ? [...auditPath(m, entries.slice(0, k)), treeHash(entries.slice(k))]
    : [...auditPath(m - k, entries.slice(k)), treeHash(entries.slice(0, k))];
}

/** PROOF(m, D[n]) = SUBPROOF(m, D[n], true). */
export function consistencyProof(m: number, entries: readonly Uint8Array[]): Uint8Array[] {
  return subproof(m, entries, true);
}

function subproof(m: number, entries: readonly Uint8Array[], whole: boolean): Uint8Array[] {
  const n = entries.length;
  if (m === n) return whole ? [] : [treeHash(entries)];
  const k = split(n);
  return m <= k
    ? [...subproof(m, entries.slice(0, k), whole), treeHash(entries.slice(k))]
    : [...subproof(m - k, entries.slice(k), false), treeHash(entries.slice(0, k))];
}

/**
 * The same tree over n equal entries: every subtree of one size has one hash, so that boards too large to build
 * have roots and proofs too.
 */
export class UniformTree {
  readonly #hashes = new Map<number, Uint8Array>();
  readonly #leaf: Uint8Array;

  constructor(entry: Uint8Array) {
    this.#leaf = treeHash([entry]);
  }

  /** MTH of n entries, n ≥ 1. */
  root(n: number): Uint8Array {
    if (n === 1) return this.#leaf;
    const known = this.#hashes.get(n);
    if (known !== undefined) return known;
    const k = split(n);
    const hash = sha256(Uint8Array.of(1), this.root(k), this.root(n - k));
    this.#hashes.set(n, hash);
    return hash;
  }

  /** PATH(m, D[n]). */
  path(m: number, n: number): Uint8Array[] {
    if (n === 1) return [];
    const k = split(n);
    return m < k ? [...this.path(m, k), this.root(n - k)] : [...this.path(m - k, n - k), this.root(k)];
  }

  /** PROOF(m, D[n]). */
  proof(m: number, n: number, whole = true): Uint8Array[] {
    if (m === n) return whole ? [] : [this.root(n)];
    const k = split(n);
    return m <= k
      ? [...this.proof(m, k, whole), this.root(n - k)]
      : [...this.proof(m - k, n - k, false), this.root(k)];
  }
}

// The Merkle tree of a board: roots, inclusion and consistency proofs. docs/spec/board.md; RFC 6962 §2.1.
import { equalBytes } from "../formats/bytes.ts";
import { EMPTY_ROOT, leafHash, nodeHash } from "../formats/merkle-log.ts";

/** A growing tree. Holds the hashes of all complete subtrees. */
export class BoardTree {
  // levels[h][i]: root of the complete subtree of height h over leaves i·2^h …
  readonly #levels: Uint8Array[][] = [[]];

  /** Number of entries. */
  get size(): number {
    return this.#levels[0]!.length;
  }

  /** Appends an entry. */
  append(entry: Uint8Array): void {
    this.appendLeafHash(leafHash(entry));
  }

  /** Appends an entry by its leaf hash, 32 bytes. */
  appendLeafHash(hash: Uint8Array): void {
    let node = hash;
    for (let h = 0; ; h++) {
      if (this.#levels.length === h) this.#levels.push([]);
      const level = this.#levels[h]!;
      level.push(node);
      if (level.length % 2 === 1) return;
      node = nodeHash(level.at(-2)!, node);
    }
  }

  /** A tree with these leaves more; this one stays as it is. */
  with(leafHashes: readonly Uint8Array[]): BoardTree {
    const tree = new BoardTree();
    // Copies references; no hash is computed again.
    tree.#levels.splice(0, 1, ...this.#levels.map((level) => [...level]));
    for (const hash of leafHashes) tree.appendLeafHash(hash);
    return tree;
  }

  /** Roots of the complete subtrees of height `height`, from `start` to `end` − 1; fewer where there are fewer. */
  subtreeRoots(height: number, start: number, end: number): readonly Uint8Array[] {
    return this.#levels[height]?.slice(start, end) ?? [];
  }

  /**
   * Root of the first `size` entries.
   *
   * @throws RangeError - the tree has fewer.
   */
  root(size: number = this.size): Uint8Array {
    this.#check(size);
    return size === 0 ? EMPTY_ROOT : this.#hash(0, size);
  }

  /**
   * RFC 6962 §2.1.1: path of entry `index` in the tree of the first `size` entries.
   *
   * @throws RangeError - no such entry.
   */
  inclusion(index: number, size: number = this.size): Uint8Array[] {
    this.#check(size);
    if (!Number.isInteger(index) || index < 0 || index >= size)
      throw new RangeError(`no entry ${index} of ${size}`);
    return this.#path(index, 0, size);
  }

  /**
   * RFC 6962 §2.1.2: proof that the tree of `size` entries extends that of `from`.
   *
   * @throws RangeError - not 1 ≤ from ≤ size ≤ the tree's size.
   */
  consistency(from: number, size: number = this.size): Uint8Array[] {
    this.#check(size);
    if (!Number.isInteger(from) || from < 1 || from > size) throw new RangeError(`from ${from} of ${size}`);
    return this.#subproof(from, 0, size, true);
  }

  #check(size: number): void {
    if (!Number.isInteger(size) || size < 0 || size > this.size)
      throw new RangeError(`size ${size} of ${this.size}`);
  }

  /** Hash of entries [start, end), start a multiple of the largest power of two below their number. */
  #hash(start: number, end: number): Uint8Array {
    const n = end - start;
    const h = Math.log2(n);
    if (Number.isInteger(h)) return this.#levels[h]![start / n]!;
    const k = splitOf(n);
    return nodeHash(this.#hash(start, start + k), this.#hash(start + k, end));
  }

  #path(index: number, start: number, end: number): Uint8Array[] {
    const n = end - start;
    if (n === 1) return [];
    const k = splitOf(n);
    return index < k
      ? [...this.#path(index, start, start + k), this.#hash(start + k, end)]
      : [...this.#path(index - k, start + k, end), this.#hash(start, start + k)];
  }

  #subproof(m: number, start: number, end: number, whole: boolean): Uint8Array[] {
    const n = end - start;
    if (m === n) return whole ? [] : [this.#hash(start, end)];
    const k = splitOf(n);
    return m <= k
      ? [...this.#subproof(m, start, start + k, whole), this.#hash(start + k, end)]
      : [...this.#subproof(m - k, start + k, end, false), this.#hash(start, start + k)];
  }
}

/** The largest power of two below n. */
function splitOf(n: number): number {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

/** A tree head without its signature. */
export interface Head {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Whether `path` leads from the leaf at `index` to the head's root. RFC 9162 §2.1.3.2. */
export function verifyInclusion(
  { leaf, index, path }: { leaf: Uint8Array; index: number; path: readonly Uint8Array[] },
  { size, root }: Head,
): boolean {
  if (!Number.isInteger(index) || index < 0 || index >= size) return false;
  let fn = index;
  let sn = size - 1;
  let node = leaf;
  for (const sibling of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      node = nodeHash(sibling, node);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else {
      node = nodeHash(node, sibling);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && equalBytes(node, root);
}

/** Whether the second head extends the first. RFC 9162 §2.1.4.2. */
export function verifyConsistency(first: Head, second: Head, path: readonly Uint8Array[]): boolean {
  if (first.size < 1 || first.size > second.size) return false;
  if (first.size === second.size) return path.length === 0 && equalBytes(first.root, second.root);
  const isPower = first.size === 1 || 2 * splitOf(first.size) === first.size;
  const [start, ...rest] = isPower ? [first.root, ...path] : path;
  if (start === undefined) return false;
  let fn = first.size - 1;
  let sn = second.size - 1;
  while (fn % 2 === 1) {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  let older = start;
  let newer = start;
  for (const sibling of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      older = nodeHash(sibling, older);
      newer = nodeHash(sibling, newer);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else {
      newer = nodeHash(newer, sibling);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && equalBytes(older, first.root) && equalBytes(newer, second.root);
}

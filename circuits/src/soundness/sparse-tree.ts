// A tree of few leaves among zeros.
import type { Oracle } from "./oracle.ts";

/** Root and paths of a tree. */
export interface SparseTree {
  readonly root: bigint;
  /** The path of a position, leaf to root. */
  siblings(index: bigint): bigint[];
}

/**
 * A binary Poseidon tree of fixed depth, zero but for the given leaves.
 *
 * @param leaves - by position, each below 2^depth.
 */
export function sparseTree(
  { poseidon }: Oracle,
  depth: number,
  leaves: ReadonlyMap<bigint, bigint>,
): SparseTree {
  const zeros = [0n];
  const levels = [leaves];
  for (let h = 0; h < depth; h++) {
    const below = levels[h]!;
    const zero = zeros[h]!;
    const level = new Map<bigint, bigint>();
    for (const index of below.keys()) {
      const left = (index >> 1n) << 1n;
      level.set(index >> 1n, poseidon([below.get(left) ?? zero, below.get(left + 1n) ?? zero]));
    }
    zeros.push(poseidon([zero, zero]));
    levels.push(level);
  }
  return {
    root: levels[depth]!.get(0n) ?? zeros[depth]!,
    siblings: (index) =>
      Array.from({ length: depth }, (_, h) => levels[h]!.get((index >> BigInt(h)) ^ 1n) ?? zeros[h]!),
  };
}

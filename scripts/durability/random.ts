// What a durability run tries: chosen from a seed, so that a run can be tried again.
import { createHash } from "node:crypto";

/** Numbers from a seed. Never near a secret. */
export interface Random {
  /** A whole number, 0 … n − 1. */
  below(n: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of these. */
  pick<T>(values: readonly T[]): T;
}

/** SHA-256 of the seed and a counter, four bytes at a time. */
export function seededRandom(seed: string): Random {
  let counter = 0;
  let block = Buffer.alloc(0);
  const next = (): number => {
    if (block.length === 0) block = createHash("sha256").update(`${seed}/${counter++}`).digest();
    const value = block.readUInt32LE();
    block = block.subarray(4);
    return value / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (values) => values[below(values.length)]!,
  };
}

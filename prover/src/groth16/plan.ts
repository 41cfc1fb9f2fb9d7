// Which thread computes which part of a proof's sums, so that all are done at about the same time.
import type { Zkey } from "../formats/zkey.ts";
import { groupOf, type Piece, POINT_FILE_BYTES, SUM_NAMES, type SumName } from "./pieces.ts";

/**
 * What a point of a sum costs, and what a point of the domain costs in rows and transforms, by that of G1: as the
 * parts of a proof of Semaphore at depth 20 took in one thread, by the scalar kernels and by those of relaxed SIMD
 * (docs/design/logs/bench-profile.log).
 */
export const COST = {
  scalar: { g1: 1, g2: 2.95, domain: 0.33 },
  lanes: { g1: 1, g2: 2.24, domain: 0.55 },
} as const;

/** From the calling thread, which has the quotient to compute, outwards: the sum that needs it comes first. */
const ORDER: readonly SumName[] = ["h", "c", "b1", "a", "b2"];

/**
 * The pieces of each thread; the calling thread is the first. Every point is in one piece, no sum has more than one
 * piece in a thread, and the parts of a line of all work in the order above are as long as each other.
 */
export function planPieces(zkey: Zkey, threads: number, kernels: keyof typeof COST): Piece[][] {
  const costs = COST[kernels];
  const counts = new Map(SUM_NAMES.map((sum) => [sum, finiteBefore(zkey[sum], groupOf(sum))]));
  const quotient = 2 ** zkey.power * costs.domain;
  let total = quotient;
  for (const [sum, before] of counts) total += before.at(-1)! * costs[groupOf(sum)];

  const plan: Piece[][] = Array.from({ length: threads }, () => []);
  // The quotient is the calling thread's, even where it is more than a part of all.
  const first = Math.max(quotient, total / threads);
  const share = (total - first) / (threads - 1);
  let thread = 0;
  let room = first - quotient;
  for (const sum of ORDER) {
    const before = counts.get(sum)!;
    const cost = costs[groupOf(sum)];
    const end = before.length - 1;
    for (let from = 0; from < end; ) {
      if (room <= 0 && thread < threads - 1) {
        thread++;
        room = share;
      }
      const to = thread === threads - 1 ? end : firstAbove(before, before[from]! + room / cost);
      plan[thread]!.push({ sum, from, count: to - from });
      room -= (before[to]! - before[from]!) * cost;
      from = to;
    }
  }
  return plan;
}

/** How many of the points before each are not infinity, and, at the end, of all. */
function finiteBefore(section: Uint8Array, group: "g1" | "g2"): Uint32Array {
  const bytes = POINT_FILE_BYTES[group];
  const before = new Uint32Array(section.length / bytes + 1);
  for (let i = 0; i + 1 < before.length; i++) {
    const point = section.subarray(i * bytes, (i + 1) * bytes);
    before[i + 1] = before[i]! + (point.some((byte) => byte !== 0) ? 1 : 0);
  }
  return before;
}

/** The least index whose count is above `limit`, or the last. */
function firstAbove(before: Uint32Array, limit: number): number {
  const found = before.findIndex((count) => count > limit);
  return found === -1 ? before.length - 1 : found;
}

// Which thread computes which part of a proof's sums, so that all are done at about the same time.
import type { Piece } from "./pieces.ts";
import { groupOf, type SumName, type Terms } from "./sums.ts";

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
const ORDER: readonly SumName[] = ["c", "a", "b"];

/**
 * The pieces of each thread; the calling thread is the first. Every term is in one piece, no sum has more than one
 * piece in a thread, and the parts of a line of all work in the order above are as long as each other.
 *
 * @param power - the quotient has 2^power values.
 */
export function planPieces(
  terms: Terms,
  power: number,
  threads: number,
  kernels: keyof typeof COST,
): Piece[][] {
  const costs = COST[kernels];
  const quotient = 2 ** power * costs.domain;
  const countOf = (sum: SumName): number => terms[sum].values.length;
  const total = ORDER.reduce((work, sum) => work + countOf(sum) * costs[groupOf(sum)], quotient);

  const plan: Piece[][] = Array.from({ length: threads }, () => []);
  // The quotient is the calling thread's, even where it is more than a part of all.
  const first = Math.max(quotient, total / threads);
  const share = (total - first) / (threads - 1);
  let thread = 0;
  let room = first - quotient;
  for (const sum of ORDER) {
    const cost = costs[groupOf(sum)];
    const end = countOf(sum);
    for (let from = 0; from < end; ) {
      if (room <= 0 && thread < threads - 1) {
        thread++;
        room = share;
      }
      const most = thread === threads - 1 ? end - from : Math.ceil(room / cost);
      const count = Math.min(most, end - from);
      // Of no room nothing is taken, and the next thread has its turn.
      if (count > 0) plan[thread]!.push({ sum, from, count });
      room -= count * cost;
      from += count;
    }
  }
  return plan;
}

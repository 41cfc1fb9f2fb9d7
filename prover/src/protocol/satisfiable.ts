// Whether any ballot obeys a poll's rules. docs/spec/poll.md §4, 3.
import type { PollRules } from "./poll.ts";

/**
 * Whether some counters obey the rules. Sums that can be reached are the bits of an integer.
 *
 * With distinct counters, sort the maxima: a set of values v₁ < … < vₙ can be given out exactly if vₖ is at
 * most the k-th maximum.
 */
export function isSatisfiable(rules: PollRules): boolean {
  const { maxima, minTotal, maxTotal, cost, distinct } = rules;
  const price = (value: number): number => (cost === "quadratic" ? value * value : value);
  const most = maxima.reduce((sum, maximum) => sum + price(maximum), 0);
  const top = Math.min(maxTotal, most);
  if (minTotal > top) return false;
  const mask = (1n << BigInt(top + 1)) - 1n;
  const shift = (totals: bigint, value: number): bigint => (totals << BigInt(price(value))) & mask;
  const sorted = [...maxima].sort((a, b) => a - b);
  let reached = 1n;
  if (distinct) {
    // chosen[k]: totals of k values, all below the one that is looked at.
    const chosen = [1n, ...sorted.map(() => 0n)];
    for (let value = 0; value <= sorted.at(-1)!; value++) {
      for (let k = sorted.length - 1; k >= 0; k--) {
        if (value <= sorted[k]!) chosen[k + 1]! |= shift(chosen[k]!, value);
      }
    }
    reached = chosen[sorted.length]!;
  } else {
    for (const maximum of sorted) {
      let next = reached;
      for (let value = 1; value <= maximum; value++) next |= shift(reached, value);
      reached = next;
    }
  }
  return reached >> BigInt(minTotal) !== 0n;
}

// Which of a member's credits a claim uses. docs/spec/hours.md §4.

/** What counts of a credit for the choice. */
export interface SelectableCredit {
  readonly period: number;
  readonly amount: number;
  /** In the ledger. */
  readonly position: number;
}

/**
 * The fewest credits that reach a threshold, and of those the oldest: none is spent, but a small set leaves
 * nothing to chance where a credit is revoked before the claim arrives.
 *
 * @param credits - that the policy counts.
 * @param most - slots of the circuit.
 * @returns in ascending order of positions; undefined where no `most` of them reach the threshold.
 */
export function selectCredits<T extends SelectableCredit>(
  credits: readonly T[],
  { threshold, most }: { threshold: number; most: number },
): T[] | undefined {
  const oldest = [...credits].sort((a, b) => a.period - b.period || a.position - b.position);
  for (let count = 1; count <= Math.min(most, oldest.length); count++) {
    if (largest(oldest, count) >= threshold) return pick(oldest, { threshold, count });
  }
  return undefined;
}

/** Sum of the `count` largest amounts. */
function largest(credits: readonly SelectableCredit[], count: number): number {
  const amounts = credits.map(({ amount }) => amount).sort((a, b) => b - a);
  return amounts.slice(0, count).reduce((sum, amount) => sum + amount, 0);
}

/** Takes each credit in turn with which the rest can still reach the threshold: the first set in that order. */
function pick<T extends SelectableCredit>(
  oldest: readonly T[],
  { threshold, count }: { threshold: number; count: number },
): T[] {
  const chosen: T[] = [];
  let missing = threshold;
  for (const [i, credit] of oldest.entries()) {
    const rest = count - chosen.length - 1;
    if (rest < 0) break;
    if (oldest.length - i - 1 < rest || credit.amount + largest(oldest.slice(i + 1), rest) < missing)
      continue;
    chosen.push(credit);
    missing -= credit.amount;
  }
  return chosen.sort((a, b) => a.position - b.position);
}

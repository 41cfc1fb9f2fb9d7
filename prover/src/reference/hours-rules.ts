// Plain model of the rules of a claim of hours: what circuits/src/hours.circom must agree with.
// docs/spec/hours.md §3.

/** The public rules of a claim, as the circuit takes them. */
export interface ClaimRules {
  readonly firstPeriod: number;
  readonly lastPeriod: number;
  /** 0: any. */
  readonly category: number;
  readonly maxAmount: number;
  readonly threshold: number;
}

/** A slot of a claim. */
export interface ClaimSlot {
  readonly enabled: number;
  readonly amount: number;
  readonly period: number;
  readonly category: number;
  /** Position that the slot names. */
  readonly index: number;
  /** Whether the ledger's leaf at this position is a credit of the member with exactly these values. */
  readonly inLedger: boolean;
}

/**
 * The first rule that the slots break, or null where they obey all.
 *
 * @param positions - number of leaves of the ledger's tree.
 */
export function brokenClaimRule(
  rules: ClaimRules,
  slots: readonly ClaimSlot[],
  positions: number,
): string | null {
  for (const { enabled, amount, index, ...credit } of slots) {
    if (enabled !== 0 && enabled !== 1) return "neither enabled nor disabled";
    if (index < 0 || index >= positions) return "no such position";
    if (enabled === 0) {
      if (amount !== 0) return "a disabled slot counts something";
      continue;
    }
    if (amount < 1 || amount > rules.maxAmount) return "amount out of range";
    if (credit.period < rules.firstPeriod || credit.period > rules.lastPeriod) return "period out of range";
    if (rules.category !== 0 && credit.category !== rules.category) return "another category";
    if (!credit.inLedger) return "not in the ledger";
  }
  const used = slots.filter(({ enabled }) => enabled === 1);
  if (slots.slice(0, used.length).some(({ enabled }) => enabled === 0)) return "a slot after a disabled one";
  if (used.some(({ index }, i) => i > 0 && index <= used[i - 1]!.index)) return "positions do not increase";
  if (used.reduce((sum, { amount }) => sum + amount, 0) < rules.threshold) return "below the threshold";
  return null;
}

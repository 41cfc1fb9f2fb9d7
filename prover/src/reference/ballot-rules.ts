// Plain model of the rules of a ballot: what circuits/src/ballot-rules.circom must agree with.
// docs/spec/ballot.md §4.

/** Rules over n counters, as the circuit takes them. */
export interface CounterRules {
  readonly active: readonly (0 | 1)[];
  readonly maxima: readonly number[];
  readonly minTotal: number;
  readonly maxTotal: number;
  readonly quadratic: boolean;
  readonly distinct: boolean;
}

/** The first rule that the counters break, or null where they obey all. */
export function brokenRule(rules: CounterRules, values: readonly number[]): string | null {
  const { active, maxima, minTotal, maxTotal, quadratic, distinct } = rules;
  if (values.length !== active.length) return "number of counters";
  for (const [i, value] of values.entries()) {
    if (!Number.isInteger(value) || value < 0 || value > 255) return "counter out of range";
    if (value > maxima[i]!) return "counter above its maximum";
    if (active[i] === 0 && value !== 0) return "inactive counter";
  }
  const total = values.reduce((sum, value) => sum + (quadratic ? value * value : value), 0);
  if (total < minTotal) return "total below the minimum";
  if (total > maxTotal) return "total above the maximum";
  if (distinct) {
    const ranks = values.filter((_, i) => active[i] === 1);
    if (new Set(ranks).size !== ranks.length) return "equal counters";
  }
  return null;
}

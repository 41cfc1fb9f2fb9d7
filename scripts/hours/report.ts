// What a person reads of a ledger and of claims.
import { type AuditedClaim, type HoursPolicy, type LedgerState, ledgerSize } from "@commune-zk/prover";

/** One line about a ledger. */
export function ledgerSummary(ledger: LedgerState): string {
  const revoked = ledger.tree.layers[0]!.filter((leaf) => leaf === 0n).length;
  const { entries, issuers, periods } = ledger;
  return `${entries} entries: ${issuers.size} issuers, ${periods.size} periods, ${ledgerSize(ledger)} credits of which ${revoked} revoked`;
}

/** The claims of a board as lines: how many reached which threshold. */
export function claimsTable(
  { title, thresholds, category }: Pick<HoursPolicy, "title" | "thresholds" | "category">,
  claims: readonly Pick<AuditedClaim, "threshold">[],
): string[] {
  const width = String(thresholds.at(-1)).length;
  const rows = thresholds.map((threshold) => {
    const number = claims.filter((claim) => claim.threshold === threshold).length;
    return `  at least ${String(threshold).padStart(width)}  ${String(number).padStart(5)}`;
  });
  const counted = category === null ? "of any category" : `of "${category}"`;
  return [title, "", ...rows, "", `${claims.length} claims ${counted}.`];
}

/** Credits and batches of one workplace in one period. */
export interface CreditedMonth {
  readonly credits: number;
  readonly batches: number;
}

/**
 * What was credited, as lines: a row for each workplace, a column for each period.
 *
 * @param workplaces - names with what they credited, by period.
 */
export function creditsTable(
  periods: readonly number[],
  workplaces: readonly { readonly name: string; readonly months: ReadonlyMap<number, CreditedMonth> }[],
): string[] {
  const nameWidth = Math.max(...workplaces.map(({ name }) => name.length));
  const cell = (text: string): string => text.padStart(12);
  const row = ({ name, months }: (typeof workplaces)[number]): string => {
    const cells = periods.map((period) => {
      const { credits, batches } = months.get(period) ?? { credits: 0, batches: 0 };
      return cell(`${credits} in ${batches}`);
    });
    return `  ${name.padEnd(nameWidth)}${cells.join("")}`;
  };
  const head = `  ${" ".repeat(nameWidth)}${periods.map((period) => cell(String(period))).join("")}`;
  return ["Credits in batches, by workplace and month", "", head, ...workplaces.map(row)];
}

/** What was refused, as lines. */
export function refusalsTable(refusals: readonly (readonly [what: string, how: string])[]): string[] {
  const width = Math.max(...refusals.map(([what]) => what.length));
  return ["Refused", "", ...refusals.map(([what, how]) => `  ${what.padEnd(width)}  ${how}`)];
}

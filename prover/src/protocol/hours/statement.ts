// Public signals of a claim, rebuilt from its policy. docs/spec/hours.md §3.
import { InputError } from "../../formats/errors.ts";
import { scopeToField } from "../scope.ts";
import type { ValidPolicy } from "./validate-policy.ts";

/** What a claim says that is the member's choice, not the policy's. */
export interface ClaimStatement {
  readonly nullifier: bigint;
  /** A root of the policy's ledger: which ones are acceptable, `checkLedgerRoot` says. */
  readonly ledgerRoot: bigint;
  /** One of the policy's. */
  readonly threshold: number;
}

/** Number of a claim's public signals. */
export const CLAIM_SIGNALS = 9;

/** Public inputs of the circuit by name, in their order. */
export function claimInputs(
  { policy, claimScope, rollRoot, category }: ValidPolicy,
  { ledgerRoot, threshold }: { ledgerRoot: bigint; threshold: number },
) {
  return {
    rollRoot,
    ledgerRoot,
    claimScope: scopeToField(claimScope),
    firstPeriod: BigInt(policy.periods.first),
    lastPeriod: BigInt(policy.periods.last),
    category,
    maxAmount: BigInt(policy.maxAmount),
    threshold: BigInt(threshold),
  };
}

/**
 * Checks public signals against the policy: every signal but nullifier, ledger root and threshold is rebuilt.
 *
 * @param publicSignals - field elements below r.
 * @throws InputError `signals-not-of-policy` (also: another number of signals), `threshold-off-policy`.
 */
export function verifyClaimStatement(
  policy: ValidPolicy,
  publicSignals: readonly bigint[],
  place: string,
): ClaimStatement {
  const mismatch = (message: string) => new InputError("signals-not-of-policy", message, place);
  if (publicSignals.length !== CLAIM_SIGNALS) throw mismatch("another circuit's number of signals");
  const [nullifier, , ledgerRoot] = publicSignals as [bigint, bigint, bigint];
  const threshold = policy.policy.thresholds.find((allowed) => BigInt(allowed) === publicSignals[8]);
  // Its own threshold stands in for one that is off the policy: what else differs is another policy's.
  const inputs = claimInputs(policy, { ledgerRoot, threshold: threshold ?? 0 });
  const expected = Object.values(inputs).slice(0, -1);
  if (expected.some((value, i) => value !== publicSignals[1 + i])) {
    throw mismatch("not this policy's roll, scope, periods, category or maximum");
  }
  if (threshold === undefined) {
    throw new InputError("threshold-off-policy", "no threshold of this policy", place);
  }
  return { nullifier, ledgerRoot, threshold };
}

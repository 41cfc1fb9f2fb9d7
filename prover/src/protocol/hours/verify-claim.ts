// What a verifier checks of a claim, cheap to dear. docs/spec/hours.md §3.
import { InputError } from "../../formats/errors.ts";
import { checkProof, type Groth16Proof, type ProofCoordinates } from "../../formats/groth16-proof.ts";
import type { ProofVerifier } from "../../groth16/verify.ts";
import type { LedgerName } from "../ledger/ledger-entry.ts";
import { checkLedgerRoot, type RootHistory } from "../ledger/roots.ts";
import { type ClaimStatement, verifyClaimStatement } from "./statement.ts";
import type { ValidPolicy } from "./validate-policy.ts";

/** What {@link verifyClaim} judges, and by what. */
export interface VerifyClaimOptions {
  readonly policy: ValidPolicy;
  /** The policy's ledger, as the verifier has it. */
  readonly ledger: LedgerName & RootHistory;
  /** From `parseClaim` or `decodeRecord`. */
  readonly claim: { readonly publicSignals: readonly bigint[]; readonly proof: ProofCoordinates };
  /** The verifier's clock, in seconds. */
  readonly now: number;
  /** Of the policy's circuit. */
  readonly verifier: ProofVerifier;
  readonly place?: string;
}

/** A claim that holds. Whether its nullifier is new is for whoever keeps the board. */
export interface VerifiedClaim extends ClaimStatement {
  readonly proof: Groth16Proof;
}

/**
 * Checks a claim at a moment: open policy, statement, ledger root, points, proof.
 *
 * @throws InputError `policy-not-open`, `policy-closed`, `signals-not-of-policy`, `threshold-off-policy`,
 *   `ledger-root-unknown`, `ledger-root-revoked`, `ledger-root-expired`, points as `checkProof`,
 *   `proof-invalid`.
 * @throws RangeError - the ledger is not the policy's.
 */
export async function verifyClaim(options: VerifyClaimOptions): Promise<VerifiedClaim> {
  const { policy, ledger, claim, now, verifier, place = "claim" } = options;
  const { opensAt, closesAt, graceSeconds } = policy.policy;
  checkLedgerOf(policy, ledger);
  if (now < opensAt) throw new InputError("policy-not-open", "the policy has not opened", place);
  if (now >= closesAt) throw new InputError("policy-closed", "the policy has closed", place);
  const statement = verifyClaimStatement(policy, claim.publicSignals, place);
  checkLedgerRoot(ledger, { root: statement.ledgerRoot, now, graceSeconds }, place);
  const proof = checkProof(claim.proof, `${place} proof`);
  if (!(await verifier.verify(claim.publicSignals, proof))) {
    throw new InputError("proof-invalid", "the proof does not verify", place);
  }
  return { ...statement, proof };
}

/**
 * Guards against another ledger's roots in place of the policy's.
 *
 * @throws RangeError - not the policy's ledger: the caller mixed them up.
 */
export function checkLedgerOf({ policy }: ValidPolicy, { ledgerId, registryKey }: LedgerName): void {
  if (ledgerId !== policy.ledger.id || registryKey !== policy.ledger.registryKey) {
    throw new RangeError(`ledger ${ledgerId} is not the policy's`);
  }
}

// A stored claim as it is sent.
import {
  type ClaimReceipt,
  decodeRecord,
  proofToJson,
  type SealedClaim,
  submitClaim,
  type ValidPolicy,
} from "@commune-zk/prover";
import type { StoredClaim } from "./storage.ts";
import { Submitting } from "./submitting.ts";
import type { Surroundings } from "./surroundings.ts";

/** Codes that later may turn into a receipt. */
const LATER: ReadonlySet<string> = new Set([
  "policy-not-open",
  "policy-unknown",
  "ledger-root-unknown",
  "unexpected-answer",
]);

/**
 * One claim on its way.
 *
 * @param stored - as it is stored already.
 * @param onChange - called after every change of its state.
 * @throws InputError - the stored record cannot be read.
 */
export function claiming({
  surroundings,
  policy,
  stored,
  onChange,
}: {
  surroundings: Surroundings;
  policy: ValidPolicy;
  stored: StoredClaim;
  onChange: () => void;
}): Submitting<ClaimReceipt> {
  const claim = sealedOf(stored);
  return new Submitting<ClaimReceipt>({
    surroundings,
    scope: policy.claimScope,
    record: stored.record,
    submit: (options) => submitClaim({ policy, claim }, options),
    later: LATER,
    async settle(change) {
      const value = { ...stored, ...change };
      await surroundings.storage.write([{ store: "claims", key: value.claimScope, value }]);
    },
    onChange,
  });
}

/** A claim from the stored record alone: before and after a reload the same bytes. */
function sealedOf({ claimScope, threshold, statementHash, record }: StoredClaim): SealedClaim {
  const { publicSignals, proof } = decodeRecord(record, "own claim");
  const [nullifier = 0n, , ledgerRoot = 0n] = publicSignals;
  return {
    claimScope,
    record,
    submission: {
      type: "commune-zk/claim/v1",
      claimScope,
      publicSignals: publicSignals.map(String),
      proof: proofToJson(proof),
    },
    nullifier,
    threshold,
    ledgerRoot,
    statementHash,
  };
}

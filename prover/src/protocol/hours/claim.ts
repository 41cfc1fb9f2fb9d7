// Claims: choose credits, prove, send, read. docs/spec/hours.md §4, §5.
import { z } from "zod";
import { bytesToUint, fromHex } from "../../formats/bytes.ts";
import { parseJson } from "../../formats/canonical-json.ts";
import { InputError } from "../../formats/errors.ts";
import { parseFieldElement } from "../../formats/field.ts";
import {
  type Groth16ProofJson,
  type ProofCoordinates,
  parseProofCoordinates,
  proofSchema,
  proofToJson,
} from "../../formats/groth16-proof.ts";
import { HOURS_CIRCUITS } from "../../formats/manifest.ts";
import { claimStatementHash, encodeRecord } from "../../formats/record.ts";
import { fieldText, hex, parseWith } from "../../formats/schema.ts";
import type { CircuitInputs, Engine, ProofProgress, ProvingArtifacts } from "../../groth16/engine.ts";
import type { Identity } from "../identity.ts";
import { creditOf } from "../ledger/attestation.ts";
import { categoryField, SALT_BYTES } from "../ledger/leaf.ts";
import type { ProvableCredit } from "../ledger/ledger-files.ts";
import { type MerklePath, rootOfPath } from "../poseidon-tree.ts";
import { selectCredits } from "./select-credits.ts";
import { CLAIM_SIGNALS, claimInputs, verifyClaimStatement } from "./statement.ts";
import type { ValidPolicy } from "./validate-policy.ts";

/** Most bytes of a claim as it is sent. */
export const MAX_CLAIM_BYTES = 16_384;

/** A claim as it is sent. */
export interface ClaimSubmission {
  readonly type: "commune-zk/claim/v1";
  readonly claimScope: string;
  readonly publicSignals: readonly string[];
  readonly proof: Groth16ProofJson;
}

/** A claim that is ready to be sent. It holds no secret. Store it before sending. */
export interface SealedClaim {
  readonly claimScope: string;
  /** docs/spec/hours.md §5: what will stand on the board. */
  readonly record: Uint8Array;
  readonly submission: ClaimSubmission;
  readonly nullifier: bigint;
  readonly threshold: number;
  /** Until it is superseded and its grace is over, or credits are revoked. */
  readonly ledgerRoot: bigint;
  /** Hexadecimal. */
  readonly statementHash: string;
}

/** What {@link prepareClaim} needs. */
export interface PrepareClaimOptions {
  readonly policy: ValidPolicy;
  readonly identity: Identity;
  /** In the policy's roll, from `pathFromFiles`. */
  readonly rollPath: MerklePath;
  /** Newest root of the policy's ledger. */
  readonly ledgerRoot: bigint;
  /** All of the member's credits, from `creditPaths`; secret. */
  readonly credits: readonly ProvableCredit[];
  /** One of the policy's. */
  readonly threshold: number;
}

/** A claim that can be proven. Secret: it holds the inputs of the proof. */
export interface PreparedClaim {
  readonly policy: ValidPolicy;
  readonly inputs: CircuitInputs;
}

/** Whether a policy counts a credit. */
export function isCounted(
  { policy }: ValidPolicy,
  { attestation }: Pick<ProvableCredit, "attestation">,
): boolean {
  const { period, category, amount, ledgerId } = attestation;
  return (
    ledgerId === policy.ledger.id &&
    period >= policy.periods.first &&
    period <= policy.periods.last &&
    (policy.category === null || category === policy.category) &&
    amount <= policy.maxAmount
  );
}

/**
 * Chooses credits for a claim, and fails before any proof where they do not suffice.
 *
 * @throws InputError `threshold-off-policy`; `hours-not-enough` (how many are missing is not said: the message
 *   may reach a log); `not-on-roll` - the path does not lead from the identity to the policy's root;
 *   `attestation-not-in-ledger` - a credit is not this member's under the ledger's root.
 */
export function prepareClaim(options: PrepareClaimOptions): PreparedClaim {
  const { policy, identity, rollPath, ledgerRoot, credits, threshold } = options;
  if (!policy.policy.thresholds.includes(threshold)) {
    throw new InputError("threshold-off-policy", "no threshold of this policy", "threshold");
  }
  const selectable = credits
    .filter((credit) => isCounted(policy, credit))
    .map((credit) => ({ ...credit.attestation, position: credit.position, credit }));
  const chosen = selectCredits(selectable, { threshold, most: policy.policy.credits });
  if (chosen === undefined) {
    throw new InputError("hours-not-enough", "the credits do not reach the threshold", "credits");
  }
  const onRoll =
    rollPath.siblings.length === policy.depth &&
    rootOfPath(identity.commitment, rollPath) === policy.rollRoot;
  if (!onRoll) throw new InputError("not-on-roll", "the path does not lead to the policy's roll", "rollPath");
  const slots = chosen.map(({ credit }) => credit);
  for (const { attestation, path } of slots) {
    // Computed again for this member: with another's credit the circuit would only say that something is wrong.
    const { leaf } = creditOf(identity.commitment, attestation);
    if (path.siblings.length !== policy.depth || rootOfPath(leaf, path) !== ledgerRoot) {
      throw new InputError("attestation-not-in-ledger", "not this member's under the root", "credits");
    }
  }
  const { secret } = identity;
  const { leafIndex, siblings } = rollPath;
  return {
    policy,
    inputs: {
      ...claimInputs(policy, { ledgerRoot, threshold }),
      secret,
      leafIndex: BigInt(leafIndex),
      siblings,
      ...slotInputs(policy, slots),
    },
  };
}

/** Inputs of every slot; a slot without a credit is 0 throughout. */
function slotInputs({ circuit, depth }: ValidPolicy, credits: readonly ProvableCredit[]): CircuitInputs {
  const slots = Array.from({ length: HOURS_CIRCUITS[circuit].slots }, (_, s) => credits[s]);
  const each = (value: (credit: ProvableCredit) => bigint): bigint[] =>
    slots.map((credit) => (credit === undefined ? 0n : value(credit)));
  return {
    enabled: each(() => 1n),
    amounts: each(({ attestation }) => BigInt(attestation.amount)),
    salts: each(({ attestation }) => bytesToUint(fromHex(attestation.salt, SALT_BYTES, "salt"))),
    periods: each(({ attestation }) => BigInt(attestation.period)),
    categories: each(({ attestation }) => categoryField(attestation.category)),
    creditIndexes: each(({ position }) => BigInt(position)),
    creditSiblings: slots.map((credit) => credit?.path.siblings ?? new Array<bigint>(depth).fill(0n)),
  };
}

/** What {@link proveClaim} needs. */
export interface ProveClaimOptions {
  readonly claim: PreparedClaim;
  /** Of the policy's circuit, from `provingArtifacts`. */
  readonly artifacts: ProvingArtifacts;
  readonly engine: Engine;
  readonly signal?: AbortSignal;
  /** Called as each phase of the proof begins. */
  readonly onProgress?: (progress: ProofProgress) => void;
}

/**
 * Proves a claim.
 *
 * @throws DOMException `AbortError`.
 */
export async function proveClaim(options: ProveClaimOptions): Promise<SealedClaim> {
  const { claim, artifacts, engine, signal, onProgress } = options;
  const { policy, inputs } = claim;
  signal?.throwIfAborted();
  const { proof, publicSignals } = await engine.prove({
    artifacts,
    inputs,
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const statement = verifyClaimStatement(policy, publicSignals, "own claim");
  return {
    claimScope: policy.claimScope,
    record: encodeRecord({ publicSignals, proof }),
    submission: {
      type: "commune-zk/claim/v1",
      claimScope: policy.claimScope,
      publicSignals: publicSignals.map(String),
      proof: proofToJson(proof),
    },
    ...statement,
    statementHash: claimStatementHash(publicSignals),
  };
}

/** Shape of a claim; the service's API description uses it. */
export const claimSchema = z.strictObject({
  type: z.literal("commune-zk/claim/v1"),
  claimScope: hex(31),
  publicSignals: z.array(fieldText).length(CLAIM_SIGNALS),
  proof: proofSchema,
});

/** A claim, read: encodings are checked, neither statement nor points are. */
export interface ParsedClaim {
  readonly claimScope: string;
  readonly publicSignals: readonly bigint[];
  readonly proof: ProofCoordinates;
}

/**
 * A claim from untrusted bytes.
 *
 * @throws InputError `submission-too-large`, `submission-malformed`, `bad-json`, `bad-utf8`, `not-canonical`.
 */
export function parseClaim(bytes: Uint8Array): ParsedClaim {
  if (bytes.length > MAX_CLAIM_BYTES) {
    throw new InputError("submission-too-large", `more than ${MAX_CLAIM_BYTES} bytes`, "claim");
  }
  const value = parseWith(claimSchema, parseJson(bytes, "claim"), "submission-malformed", "claim");
  const publicSignals = value.publicSignals.map((text, i) =>
    parseFieldElement(text, `claim publicSignals.${i}`),
  );
  return {
    claimScope: value.claimScope,
    publicSignals,
    proof: parseProofCoordinates(value.proof, "claim proof"),
  };
}

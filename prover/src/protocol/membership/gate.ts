// A gate: "a member of this roll, once in this epoch". docs/spec/membership.md §7.
import { bytesToUint } from "../../formats/bytes.ts";
import { hashToScopeBytes } from "../../formats/hash.ts";
import type { LeanRoll } from "./lean-roll.ts";
import { gateText, nonceBytes, originBytes } from "./occasions.ts";
import type { MembershipVerifier } from "./semaphore-keys.ts";
import type { SemaphoreProof } from "./semaphore-proof.ts";
import {
  type AcceptedMembership,
  type MembershipProver,
  type Purpose,
  proveMembership,
  verifyMembership,
} from "./statement.ts";

/** Which gate, when, and the challenge that is answered. */
export interface GatePassage {
  /** For the member's client the page's own (`location.origin`). */
  readonly origin: string;
  /** Name of the gate, text of 1 … 200 code units; the client shows it. */
  readonly gate: string;
  /** The time within which a member passes once, e.g. `2026-W14`; text likewise, the client shows it. */
  readonly epoch: string;
  /** 32 bytes of the verifier's CSPRNG, hexadecimal: a proof that was seen elsewhere opens nothing. */
  readonly nonce: string;
}

/** Scope and message of a passage. */
export function gatePurpose({ origin, gate, epoch, nonce }: GatePassage): Purpose {
  const where = [originBytes(origin), gateText(gate, "gate"), gateText(epoch, "epoch")];
  return {
    scope: bytesToUint(hashToScopeBytes("scope/gate", where)),
    message: bytesToUint(hashToScopeBytes("message/gate", [...where, nonceBytes(nonce)])),
  };
}

/**
 * The member's passage of a gate. All passages of one gate in one epoch have the same nullifier: they are linked
 * with each other, and with nothing else.
 *
 * @param roll - of `validateSnapshot`.
 * @throws InputError `origin-malformed`, `gate-malformed`, `bad-hex`, or as `proveMembership`.
 */
export async function proveGate({
  origin,
  gate,
  epoch,
  nonce,
  ...prover
}: GatePassage & MembershipProver): Promise<SemaphoreProof> {
  return proveMembership(prover, gatePurpose({ origin, gate, epoch, nonce }));
}

/** What {@link verifyGate} judges, and by what. */
export interface VerifyGateOptions extends GatePassage {
  /** One for the whole epoch: a member who rotates is on two rolls as two. */
  readonly roll: LeanRoll;
  /** Untrusted JSON. */
  readonly proof: unknown;
  readonly verifier: MembershipVerifier;
}

/**
 * A passage. The caller issued the nonce itself and lets it be used once, and admits each nullifier once (a
 * constraint of its store).
 *
 * @throws InputError - as `verifyMembership`.
 */
export async function verifyGate(options: VerifyGateOptions): Promise<AcceptedMembership> {
  const { roll, proof, verifier } = options;
  return verifyMembership(proof, { ...gatePurpose(options), rolls: [roll] }, verifier);
}

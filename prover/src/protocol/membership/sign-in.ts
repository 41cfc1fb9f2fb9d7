// Signing in: "a member of this roll answers this challenge at this origin". docs/spec/membership.md §7.
import { bytesToUint } from "../../formats/bytes.ts";
import { hashToScopeBytes } from "../../formats/hash.ts";
import type { LeanRoll } from "./lean-roll.ts";
import { nonceBytes, originBytes } from "./occasions.ts";
import type { MembershipVerifier } from "./semaphore-keys.ts";
import type { SemaphoreProof } from "./semaphore-proof.ts";
import {
  type AcceptedMembership,
  type MembershipProver,
  type Purpose,
  proveMembership,
  verifyMembership,
} from "./statement.ts";

/** Where somebody signs in, and the challenge that is answered. */
export interface SignInChallenge {
  /** For the member's client the page's own (`location.origin`), never what a server says it is. */
  readonly origin: string;
  /** 32 bytes of the verifier's CSPRNG, hexadecimal. */
  readonly nonce: string;
}

/** Scope and message of a sign-in. */
export function signInPurpose({ origin, nonce }: SignInChallenge): Purpose {
  const parts = [originBytes(origin), nonceBytes(nonce)];
  return {
    scope: bytesToUint(hashToScopeBytes("scope/sign-in", parts)),
    message: bytesToUint(hashToScopeBytes("message/sign-in", parts)),
  };
}

/**
 * The member's answer to a challenge. Two answers to different challenges cannot be linked by their nullifiers.
 *
 * @param roll - of `validateSnapshot`.
 * @throws InputError `origin-malformed`, `bad-hex`, or as `proveMembership`.
 */
export async function proveSignIn({
  origin,
  nonce,
  ...prover
}: SignInChallenge & MembershipProver): Promise<SemaphoreProof> {
  return proveMembership(prover, signInPurpose({ origin, nonce }));
}

/** What {@link verifySignIn} judges, and by what. */
export interface VerifySignInOptions extends SignInChallenge {
  /** Rolls that are accepted here: the newest snapshot, and older ones for as long as the service likes. */
  readonly rolls: readonly LeanRoll[];
  /** Untrusted JSON. */
  readonly proof: unknown;
  readonly verifier: MembershipVerifier;
}

/**
 * A sign-in that answers this challenge. The caller issued the nonce itself, to this session, lets it be used once
 * and for a short time.
 *
 * @throws InputError - as `verifyMembership`.
 */
export async function verifySignIn(options: VerifySignInOptions): Promise<AcceptedMembership> {
  const { rolls, proof, verifier } = options;
  return verifyMembership(proof, { ...signInPurpose(options), rolls }, verifier);
}

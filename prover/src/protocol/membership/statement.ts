// The Semaphore V4 statement: proven and checked for a scope and message that the caller computed.
// docs/spec/membership.md §3, §5.
//
// Not exported from the package: whoever could have a proof made for any scope could pass a petition off as a
// sign-in. sign-in.ts, gate.ts and petition.ts compute scope and message from what their purpose is about.

import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToUint } from "../../formats/bytes.ts";
import { InputError } from "../../formats/errors.ts";
import { fieldToBytes } from "../../formats/field.ts";
import { checkProof, type Groth16Proof } from "../../formats/groth16-proof.ts";
import { poseidon } from "../../formats/poseidon.ts";
import type { Engine, ProofProgress, ProvingArtifacts } from "../../groth16/engine.ts";
import type { Identity } from "../identity.ts";
import { type LeanPath, leanDepth, rootOfLeanPath } from "./lean-imt.ts";
import { type LeanRoll, MAX_MEMBERSHIP_DEPTH } from "./lean-roll.ts";
import type { MembershipVerifier } from "./semaphore-keys.ts";
import {
  type MembershipStatement,
  parseSemaphoreProof,
  type SemaphoreProof,
  semaphoreProofToJson,
} from "./semaphore-proof.ts";

/** Scope and message of one purpose, as field elements. */
export interface Purpose {
  readonly scope: bigint;
  readonly message: bigint;
}

/** Who proves, on which roll, with what. */
export interface MembershipProver {
  readonly identity: Identity;
  readonly roll: LeanRoll;
  /** From `membershipPath`. */
  readonly path: LeanPath;
  /** Of depth `membershipDepth(roll)`, from `semaphoreProvingArtifacts`. */
  readonly artifacts: ProvingArtifacts;
  readonly engine: Engine;
  readonly signal?: AbortSignal;
  /** Called as each phase of the proof begins. */
  readonly onProgress?: (progress: ProofProgress) => void;
}

/** A proof that was accepted. */
export interface AcceptedMembership {
  /** Of this member under this scope. */
  readonly nullifier: bigint;
  /** The roll that the prover is on. */
  readonly roll: LeanRoll;
}

/**
 * Depth of the circuit that a roll's members prove with: that of its LeanIMT, and 1 for a single member.
 *
 * The same for every member. A stock client takes the length of the member's own path, which singles out the
 * members at the right edge of the tree: docs/design/membership.md.
 */
export function membershipDepth({ members }: Pick<LeanRoll, "members">): number {
  return Math.max(1, leanDepth(members));
}

/** keccak256 of 32 bytes, shifted right by 8 bits: what stock clients make of scope and message. */
export function signalHash(value: bigint): bigint {
  return bytesToUint(keccak_256(fieldToBytes(value))) >> 8n;
}

/** The member's nullifier under a scope: Poseidon(signalHash(scope), secret). */
export function membershipNullifier({ secret }: Identity, scope: bigint): bigint {
  return poseidon([signalHash(scope), secret]);
}

/**
 * A membership proof for a purpose.
 *
 * @throws InputError `not-on-roll` - the path does not lead from the identity to the roll's root.
 * @throws DOMException `AbortError`.
 */
export async function proveMembership(
  { identity, roll, path, artifacts, engine, signal, onProgress }: MembershipProver,
  { scope, message }: Purpose,
): Promise<SemaphoreProof> {
  signal?.throwIfAborted();
  const depth = membershipDepth(roll);
  const { index, siblings } = path;
  if (siblings.length > depth || rootOfLeanPath(identity.commitment, path) !== roll.root) {
    throw new InputError("not-on-roll", "the path does not lead to the roll's root", "path");
  }
  const signals = { scope: signalHash(scope), message: signalHash(message) };
  const { proof, publicSignals } = await engine.prove({
    artifacts,
    inputs: {
      secret: identity.secret,
      merkleProofLength: BigInt(siblings.length),
      merkleProofIndex: BigInt(index),
      merkleProofSiblings: Array.from({ length: depth }, (_, h) => siblings[h] ?? 0n),
      ...signals,
    },
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const statement = {
    depth,
    root: roll.root,
    nullifier: membershipNullifier(identity, scope),
    message,
    scope,
  };
  const expected = publicSignalsOf(statement);
  if (publicSignals.length !== expected.length || expected.some((value, i) => value !== publicSignals[i])) {
    // The engine is not believed: a proof of something else never leaves.
    throw new InputError("proof-invalid", "the engine proved another statement", "own proof");
  }
  return semaphoreProofToJson(statement, proof);
}

/** Public signals of the circuit, in its order. */
function publicSignalsOf({ root, nullifier, message, scope }: MembershipStatement): bigint[] {
  return [root, nullifier, signalHash(message), signalHash(scope)];
}

/**
 * Checks what a proof says against what it has to say.
 *
 * @param rolls - any of them will do.
 * @throws InputError `membership-other-scope`, `membership-other-message`, `membership-other-roll`,
 *   `membership-too-deep`.
 */
export function checkMembershipStatement(
  statement: MembershipStatement,
  { scope, message, rolls }: Purpose & { readonly rolls: readonly LeanRoll[] },
  place: string,
): AcceptedMembership {
  if (statement.scope !== scope) {
    throw new InputError("membership-other-scope", "made for another purpose or occasion", place);
  }
  if (statement.message !== message) {
    throw new InputError("membership-other-message", "says something else", place);
  }
  const roll = rolls.find(({ root }) => root === statement.root);
  if (roll === undefined) throw new InputError("membership-other-roll", "made on another roll", place);
  // A deeper circuit has room for a path that begins below a leaf.
  if (statement.depth > Math.min(membershipDepth(roll), MAX_MEMBERSHIP_DEPTH)) {
    throw new InputError("membership-too-deep", "deeper than the roll's tree", place);
  }
  return { nullifier: statement.nullifier, roll };
}

/**
 * Checks the proof itself.
 *
 * @throws InputError `proof-invalid`.
 */
export async function checkMembershipProof(
  statement: MembershipStatement,
  proof: Groth16Proof,
  verifier: MembershipVerifier,
  place: string,
): Promise<void> {
  if (!(await verifier.verify(statement.depth, publicSignalsOf(statement), proof))) {
    throw new InputError("proof-invalid", "the proof does not verify", place);
  }
}

/**
 * An untrusted proof for a purpose: cheap checks first.
 *
 * @throws InputError - as `parseSemaphoreProof`, {@link checkMembershipStatement}, `checkProof`,
 *   {@link checkMembershipProof}.
 */
export async function verifyMembership(
  value: unknown,
  expected: Purpose & { readonly rolls: readonly LeanRoll[] },
  verifier: MembershipVerifier,
): Promise<AcceptedMembership> {
  const place = "proof";
  const { statement, coordinates } = parseSemaphoreProof(value, place);
  const accepted = checkMembershipStatement(statement, expected, place);
  await checkMembershipProof(statement, checkProof(coordinates, place), verifier, place);
  return accepted;
}

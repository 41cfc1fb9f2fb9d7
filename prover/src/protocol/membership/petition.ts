// Petitions: one signature a member of the frozen roll. docs/spec/membership.md §8.
import { z } from "zod";
import { bytesToUint, fromHex } from "../../formats/bytes.ts";
import { canonicalBytes, parseCanonicalJson } from "../../formats/canonical-json.ts";
import { InputError } from "../../formats/errors.ts";
import { hashToScopeBytes } from "../../formats/hash.ts";
import { parseWith, text, time } from "../../formats/schema.ts";
import type { Identity } from "../identity.ts";
import { scopeOf, scopeToField } from "../scope.ts";
import { boardSchema } from "../scope-document.ts";
import { parseWrapper, signMessage, verifyMessage } from "../signed-message.ts";
import { type LeanRoll, readLeanRoll } from "./lean-roll.ts";
import type { MembershipVerifier } from "./semaphore-keys.ts";
import type { SemaphoreProof } from "./semaphore-proof.ts";
import { type NoAnchor, type RegistrarAnchor, signedDocumentShape } from "./signed-document.ts";
import {
  type AcceptedMembership,
  type MembershipProver,
  membershipNullifier,
  type Purpose,
  proveMembership,
  verifyMembership,
} from "./statement.ts";

const schema = z.strictObject({
  type: z.literal("commune-zk/petition/v1"),
  ...signedDocumentShape,
  title: text(500),
  text: z.array(text(2000)).min(1).max(50),
  opensAt: time,
  closesAt: time,
  board: boardSchema,
});

/** A petition document, in shape. Only {@link validatePetition} says that it is a petition. */
export type Petition = z.infer<typeof schema>;

/** What the caller was given by another way than the petition itself. */
export type PetitionAnchor =
  | RegistrarAnchor
  /** The petition's scope, hexadecimal. */
  | { readonly kind: "petition-id"; readonly petitionId: string }
  | NoAnchor;

declare const validated: unique symbol;

/** A petition that its registrar signed; only {@link validatePetition} makes one. */
export interface ValidPetition {
  readonly [validated]: true;
  readonly petition: Petition;
  /** Its scope, hexadecimal. */
  readonly petitionId: string;
  /** Canonical bytes of the document, without its signature. */
  readonly bytes: Uint8Array;
  readonly roll: LeanRoll;
  /** False only where the caller gave no trust anchor. */
  readonly anchored: boolean;
}

/** The scope of a petition, from the canonical bytes of its document. */
export function petitionIdOf(bytes: Uint8Array): string {
  return scopeOf("petition", bytes);
}

/**
 * Signs a petition as registrar.
 *
 * @param secretKey - Ed25519 seed.
 * @returns bytes of `petition.json`.
 */
export function signPetition(petition: Petition, secretKey: Uint8Array): Uint8Array {
  return canonicalBytes(signMessage("petition", petition, secretKey));
}

/**
 * The one judge of petitions, for booth, service and auditor.
 *
 * @param bytes - untrusted, `petition.json`.
 * @throws InputError `petition-malformed`, `petition-not-anchored`, `petition-bad-times`,
 *   `petition-bad-signature`, `not-canonical-json`, `bad-json`, `bad-utf8`, or as `readLeanRoll`.
 */
export function validatePetition(bytes: Uint8Array, anchor: PetitionAnchor): ValidPetition {
  const place = "petition.json";
  const wrapped = parseWrapper(parseCanonicalJson(bytes, place), "petition-malformed", place);
  const petition = parseWith(schema, wrapped.message, "petition-malformed", place);
  const petitionId = petitionIdOf(wrapped.bytes);
  const { key } = petition.organisation;
  if (anchor.kind === "petition-id" && anchor.petitionId !== petitionId) {
    throw new InputError("petition-not-anchored", "not the petition with the id that was given", place);
  }
  if (anchor.kind === "registrar" && anchor.key !== key) {
    throw new InputError("petition-not-anchored", "not by the registrar whose key was given", place);
  }
  if (petition.opensAt >= petition.closesAt) {
    throw new InputError("petition-bad-times", "opensAt is not before closesAt", place);
  }
  const roll = readLeanRoll(petition.roll, key, place);
  if (!verifyMessage("petition", wrapped, key)) {
    throw new InputError("petition-bad-signature", "not signed by the registrar", place);
  }
  const anchored = anchor.kind !== "none";
  return { petition, petitionId, bytes: wrapped.bytes, roll, anchored } as unknown as ValidPetition;
}

/** Scope and message of a petition's signatures. */
export function petitionPurpose({ petitionId }: ValidPetition): Purpose {
  const id = fromHex(petitionId, 31, "petitionId");
  return {
    scope: scopeToField(petitionId),
    message: bytesToUint(hashToScopeBytes("message/petition", [id])),
  };
}

/** The nullifier of the member's signature: whether it stands among the published ones already. */
export function petitionNullifier(identity: Identity, petition: ValidPetition): bigint {
  return membershipNullifier(identity, petitionPurpose(petition).scope);
}

/**
 * The member's signature of a petition, on the roll that the petition froze.
 *
 * @throws InputError - as `proveMembership`.
 */
export async function provePetitionSignature({
  petition,
  ...prover
}: { readonly petition: ValidPetition } & Omit<MembershipProver, "roll">): Promise<SemaphoreProof> {
  return proveMembership({ ...prover, roll: petition.roll }, petitionPurpose(petition));
}

/**
 * A signature of a petition. The caller compares its own clock with `opensAt` and `closesAt`, and counts each
 * nullifier once (a constraint of its store).
 *
 * @param proof - untrusted JSON.
 * @throws InputError - as `verifyMembership`.
 */
export async function verifyPetitionSignature({
  petition,
  proof,
  verifier,
}: {
  readonly petition: ValidPetition;
  readonly proof: unknown;
  readonly verifier: MembershipVerifier;
}): Promise<AcceptedMembership> {
  return verifyMembership(proof, { ...petitionPurpose(petition), rolls: [petition.roll] }, verifier);
}

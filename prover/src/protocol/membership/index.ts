// Membership: the Semaphore V4 statement for sign-ins, gates and petitions. docs/spec/membership.md.
//
// What proves or verifies a scope of the caller's choice (statement.ts) is left out on purpose.

export { type GatePassage, proveGate, type VerifyGateOptions, verifyGate } from "./gate.ts";
export { type LeanPath, type LeanTree, leanDepth, leanPath, leanTree } from "./lean-imt.ts";
export {
  checkLeanRoll,
  type LeanRoll,
  type LeanRollJson,
  leanLeaves,
  leanRollFiles,
  leanRollOf,
  MAX_MEMBERSHIP_DEPTH,
  membershipPath,
} from "./lean-roll.ts";
export {
  type Petition,
  type PetitionAnchor,
  petitionIdOf,
  petitionNullifier,
  provePetitionSignature,
  signPetition,
  type ValidPetition,
  validatePetition,
  verifyPetitionSignature,
} from "./petition.ts";
export {
  makePetitionReceipt,
  type PetitionReceipt,
  type PetitionStatement,
  parsePetitionReceipt,
  petitionReceiptBytes,
  petitionReceiptSchema,
  readPetitionStatement,
  verifyPetitionReceipt,
} from "./petition-receipt.ts";
export { type AuditPetitionOptions, auditPetition, petitionRecord } from "./petition-records.ts";
export { type RollSnapshot, signSnapshot, type ValidSnapshot, validateSnapshot } from "./roll-snapshot.ts";
export {
  type MembershipVerifier,
  membershipVerifier,
  parseSemaphoreManifest,
  readSemaphoreManifest,
  SEMAPHORE_MANIFEST_DIGEST,
  type SemaphoreManifest,
  semaphoreProvingArtifacts,
} from "./semaphore-keys.ts";
export { type SemaphoreProof, semaphoreProofSchema } from "./semaphore-proof.ts";
export { proveSignIn, type SignInChallenge, type VerifySignInOptions, verifySignIn } from "./sign-in.ts";
export type { NoAnchor, RegistrarAnchor } from "./signed-document.ts";
export { type AcceptedMembership, type MembershipProver, membershipDepth } from "./statement.ts";

// The public face of @commune-zk/prover, for browser and Node.

export { checkG1, checkG2, type G1, type G2 } from "./formats/bn254.ts";
export {
  compareBytes,
  concatBytes,
  equalBytes,
  fromHex,
  fromUtf8,
  toBase64,
  toBase64Url,
  toHex,
  uintBytes,
  utf8,
} from "./formats/bytes.ts";
export { canonicalBytes, parseCanonicalJson, parseJson } from "./formats/canonical-json.ts";
export { checkpointOrigin, signCheckpoint, type TreeHead, verifyCheckpoint } from "./formats/checkpoint.ts";
export {
  type Ed25519KeyPair,
  ed25519KeyPair,
  ed25519PublicKey,
  type SignatureRole,
  signDocument,
  verifyDocument,
} from "./formats/ed25519.ts";
export { InputError } from "./formats/errors.ts";
export {
  FIELD_ORDER,
  fieldToBytes,
  parseFieldElement,
  parseScalar,
  SUBGROUP_ORDER,
} from "./formats/field.ts";
export {
  checkProof,
  type Groth16Proof,
  type Groth16ProofJson,
  type ProofCoordinates,
  parseProof,
  proofFromBytes,
  proofToBytes,
  proofToJson,
} from "./formats/groth16-proof.ts";
export { hashFramed } from "./formats/hash.ts";
export {
  CIRCUIT_NAMES,
  CIRCUITS,
  type CircuitEntry,
  type CircuitName,
  HOURS_CIRCUIT_NAMES,
  HOURS_CIRCUITS,
  type HoursCircuitName,
  type KeyedCircuitName,
  type KeyManifest,
  type LoadedManifest,
  type ManifestFile,
  parseManifest,
} from "./formats/manifest.ts";
export { leafHash } from "./formats/merkle-log.ts";
export { MIN_PASSPHRASE_LENGTH } from "./formats/passphrase.ts";
export {
  BASE8,
  type Point,
  type PointJson,
  type PointOptions,
  parsePoint,
  pointToJson,
  randomScalar,
} from "./formats/point.ts";
export { memoryPublicFiles, type PublicFiles, readOptional, urlPublicFiles } from "./formats/public-files.ts";
export {
  ledgerPaths,
  parseTilePath,
  policyPaths,
  publicPaths,
  type TilePath,
} from "./formats/public-paths.ts";
export {
  claimStatementHash,
  decodeRecord,
  encodeRecord,
  type RecordContent,
  statementHash,
} from "./formats/record.ts";
export { parseWith } from "./formats/schema.ts";
export {
  DEFAULT_SECRET_PARAMETERS,
  MAX_SECRET_BYTES,
  MAXIMUM_SECRET_PARAMETERS,
  MINIMUM_SECRET_PARAMETERS,
  type OpenSecretOptions,
  openSecret,
  SECRET_KINDS,
  type SealSecretOptions,
  type SecretFileParameters,
  type SecretKind,
  sealSecret,
} from "./formats/secret-file.ts";
export { boardFiles, encodeEntries, hashTiles, readEntries, TILE_WIDTH, tilesOf } from "./formats/tiles.ts";
export { parseVerificationKey, type VerificationKey } from "./formats/verification-key.ts";
export {
  type ArtifactSource,
  circuitEntry,
  loadManifest,
  memoryArtifactSource,
  provingArtifacts,
  readArtifact,
  urlArtifactSource,
  verificationKeyOf,
} from "./groth16/artifacts.ts";
export {
  type CircuitInput,
  type CircuitInputs,
  type Engine,
  type ProofPhase,
  type ProofProgress,
  type ProveOptions,
  type ProvingArtifacts,
  SelfCheckError,
  WitnessError,
} from "./groth16/engine.ts";
export { type ThreadOptions, type ThreadPort, webThreads } from "./groth16/threads/port.ts";
export { serveThread } from "./groth16/threads/serve.ts";
export { createVerifier, type ProofVerifier, type ProvenStatement } from "./groth16/verify.ts";
export { type WasmEngineOptions, wasmEngine } from "./groth16/wasm-engine.ts";
export {
  type Aggregate,
  aggregate,
  aggregateShards,
  type ShardAggregate,
  shardsOf,
} from "./protocol/aggregate.ts";
export {
  type AuditOptions,
  type AuditReport,
  type AuditStep,
  audit,
  checkCeremony,
  checkRoll,
} from "./protocol/audit.ts";
export { type AuditBoardOptions, auditBoard, type BoardAudit, boardAt } from "./protocol/audit-board.ts";
export {
  type BallotStatement,
  checkStatement,
  MAX_REVISION,
  MAX_SUBMISSION_BYTES,
  type ParsedSubmission,
  type ProveBallotOptions,
  parseSubmission,
  proveBallot,
  publicSignalCount,
  type SealedBallot,
  type Submission,
  submissionSchema,
} from "./protocol/ballot.ts";
export { BoardTree, type Head, verifyConsistency, verifyInclusion } from "./protocol/board-tree.ts";
export {
  type PollRegistration,
  postClosing,
  postShare,
  registerPoll,
  type SubmitOutcome,
  submitBallot,
} from "./protocol/client.ts";
export {
  type OperatorOptions,
  openPeriod,
  type PolicyRegistration,
  postCreditBatch,
  postRevocation,
  registerIssuer,
  registerLedger,
  registerPolicy,
  strikeCredits,
  submitClaim,
} from "./protocol/client-ledger.ts";
export {
  registerPetition,
  registerSnapshot,
  requestSignIn,
  signIn,
  submitPetitionSignature,
} from "./protocol/client-membership.ts";
export { type CloserStore, memoryCloserStore } from "./protocol/closer-store.ts";
export {
  assembleClosing,
  type BadClosingSignature,
  type ClosingSignature,
  type ClosingStatement,
  checkClosingBoard,
  closingDigest,
  closingQuorum,
  closingSignatureSchema,
  closingStatement,
  closingStatementBytes,
  quorumOf,
  signClosing,
  type VerifiedClosing,
  verifyClosing,
  verifyClosingSignature,
} from "./protocol/closing.ts";
export { type BoardView, type CountedBallot, type CountedSet, countedSet } from "./protocol/counted-set.ts";
export { type DecodeOptions, type DecodeTask, decodeSlot } from "./protocol/decode.ts";
export {
  type DkgState,
  type DkgStep,
  revealDkg,
  startDkg,
  type TrusteeKeys,
  trusteeKeys,
  trusteeShare,
  verdictDkg,
} from "./protocol/dkg.ts";
export {
  type DkgAbort,
  type DkgCulprit,
  type DkgKey,
  finishDkg,
  samePoints,
  verifyDkgTranscript,
} from "./protocol/dkg-judge.ts";
export { type Ceremony, type DkgFault, encodeDkgTranscript } from "./protocol/dkg-messages.ts";
export { checkFrozenRoll, type FrozenRoll } from "./protocol/frozen-roll.ts";
export {
  type AuditedClaim,
  type AuditPolicyOptions,
  auditClaims,
  auditPolicy,
  type ClaimBoardAudit,
  type PolicyAudit,
} from "./protocol/hours/audit-claims.ts";
export {
  type ClaimSubmission,
  claimSchema,
  isCounted,
  MAX_CLAIM_BYTES,
  type ParsedClaim,
  type PrepareClaimOptions,
  type PreparedClaim,
  type ProveClaimOptions,
  parseClaim,
  prepareClaim,
  proveClaim,
  type SealedClaim,
} from "./protocol/hours/claim.ts";
export {
  type ClaimReceipt,
  claimReceiptBytes,
  claimReceiptSchema,
  makeClaimReceipt,
  parseClaimReceipt,
  verifyClaimReceipt,
} from "./protocol/hours/claim-receipt.ts";
export {
  claimScopeOf,
  type HoursPolicy,
  type PolicySignature,
  parsePolicy,
  parsePolicySignature,
  policyBytes,
  signPolicy,
} from "./protocol/hours/policy.ts";
export { type SelectableCredit, selectCredits } from "./protocol/hours/select-credits.ts";
export { type ClaimStatement, verifyClaimStatement } from "./protocol/hours/statement.ts";
export {
  type PolicyAnchor,
  type ValidatePolicyOptions,
  type ValidPolicy,
  validatePolicy,
} from "./protocol/hours/validate-policy.ts";
export {
  type VerifiedClaim,
  type VerifyClaimOptions,
  verifyClaim,
} from "./protocol/hours/verify-claim.ts";
export {
  ballotNullifier,
  commitmentOf,
  createIdentity,
  hoursNullifier,
  type Identity,
  importIdentity,
} from "./protocol/identity.ts";
export {
  attestationLink,
  type Invitation,
  invitationLink,
  type Link,
  parseInvitation,
  parseLink,
  parseRegistration,
  petitionLink,
  policyLink,
  pollLink,
  registrationBytes,
  registrationLink,
  signInLink,
} from "./protocol/invitation.ts";
export { type Layout, layoutOf, type SlotRange, usedSlots } from "./protocol/layout.ts";
export {
  type Attestation,
  type LocatedCredit,
  locateCredit,
  openAttestation,
  parseSealedAttestation,
  type SealedAttestation,
  sealAttestation,
  sealedAttestationBytes,
} from "./protocol/ledger/attestation.ts";
export {
  auditLedger,
  type LedgerAnchor,
  type LedgerAudit,
} from "./protocol/ledger/audit-ledger.ts";
export {
  type CreditBatch,
  type CreditHeader,
  creditBatchSchema,
  signCreditBatch,
} from "./protocol/ledger/credit-batch.ts";
export {
  type CreditDisclosure,
  type CreditRequirement,
  checkDisclosedCredit,
  discloseCredit,
} from "./protocol/ledger/disclosure.ts";
export {
  type CreditEntry,
  createIssuerKeys,
  creditBatch,
  type IssuedBatch,
  type IssuerKeys,
  importIssuerKeys,
} from "./protocol/ledger/issuer.ts";
export {
  categoryField,
  creditInner,
  creditLeaf,
  LEDGER_DEPTH,
  LEDGER_POSITIONS,
  MAX_24_BITS,
} from "./protocol/ledger/leaf.ts";
export type { LedgerChange, LedgerEntry, LedgerName } from "./protocol/ledger/ledger-entry.ts";
export {
  creditPaths,
  ledgerFiles,
  ledgerTreeFiles,
  type ProvableCredit,
} from "./protocol/ledger/ledger-files.ts";
export {
  appendEntry,
  applyEntry,
  type CheckedBatch,
  checkCreditBatch,
  emptyLedger,
  type LedgerIssuer,
  type LedgerState,
  ledgerSize,
  replayLedger,
} from "./protocol/ledger/ledger-log.ts";
export {
  checkLedgerCheckpoint,
  type LedgerView,
  ledgerHead,
  readLedger,
  readLedgerLog,
} from "./protocol/ledger/ledger-view.ts";
export {
  type RevocationRequest,
  requestRevocation,
  revocationRequestSchema,
} from "./protocol/ledger/revocation.ts";
export { checkLedgerRoot, type LedgerRoot, type RootHistory, rootEntry } from "./protocol/ledger/roots.ts";
export {
  type AcceptedMembership,
  type AuditPetitionOptions,
  auditPetition,
  checkLeanRoll,
  type GatePassage,
  type LeanPath,
  type LeanRoll,
  type LeanRollJson,
  type LeanTree,
  leanDepth,
  leanLeaves,
  leanPath,
  leanRollFiles,
  leanRollOf,
  leanTree,
  MAX_MEMBERSHIP_DEPTH,
  type MembershipProver,
  type MembershipVerifier,
  makePetitionReceipt,
  membershipDepth,
  membershipPath,
  membershipVerifier,
  type NoAnchor,
  type Petition,
  type PetitionAnchor,
  type PetitionReceipt,
  type PetitionStatement,
  parsePetitionReceipt,
  parseSemaphoreManifest,
  petitionIdOf,
  petitionNullifier,
  petitionReceiptBytes,
  petitionReceiptSchema,
  petitionRecord,
  proveGate,
  provePetitionSignature,
  proveSignIn,
  type RegistrarAnchor,
  type RollSnapshot,
  readPetitionStatement,
  readSemaphoreManifest,
  SEMAPHORE_MANIFEST_DIGEST,
  type SemaphoreManifest,
  type SemaphoreProof,
  type SignInChallenge,
  semaphoreProofSchema,
  semaphoreProvingArtifacts,
  signPetition,
  signSnapshot,
  type ValidPetition,
  type ValidSnapshot,
  type VerifyGateOptions,
  type VerifySignInOptions,
  validatePetition,
  validateSnapshot,
  verifyGate,
  verifyPetitionReceipt,
  verifyPetitionSignature,
  verifySignIn,
} from "./protocol/membership/index.ts";
export {
  partialDecrypt,
  shareBodySchema,
  type VerifiedShare,
  verifyShare,
} from "./protocol/partial-decrypt.ts";
export {
  ceremonyIdOf,
  type Poll,
  type PollRules,
  type PollSignatures,
  type PollWithoutKey,
  parsePoll,
  pollBytes,
  pollIdOf,
  pollSignaturesBytes,
  signPoll,
} from "./protocol/poll.ts";
export { type MerklePath, merklePath, type PoseidonTree } from "./protocol/poseidon-tree.ts";
export {
  makeReceipt,
  parseReceipt,
  type Receipt,
  receiptBytes,
  receiptSchema,
  verifyReceipt,
} from "./protocol/receipt.ts";
export {
  createRegistration,
  mailboxKeyOf,
  type Registration,
  type RegistrationContext,
  verifyRegistration,
} from "./protocol/registration.ts";
export { BadReceiptError, type ClientOptions, type Outcome } from "./protocol/request.ts";
export { parseResult, type Result, verifyResult } from "./protocol/result.ts";
export {
  appendBatch,
  emptyRoll,
  type RollBatch,
  type RollEvent,
  type RollPosition,
  type RollState,
  replayRoll,
  rollHead,
} from "./protocol/roll-log.ts";
export {
  type GrowOptions,
  growRollTree,
  pathFromFiles,
  pollLeaves,
  type RollTree,
  rollFiles,
  rollTree,
} from "./protocol/roll-tree.ts";
export { scopeOf, scopeToField } from "./protocol/scope.ts";
export { combine, type ShareCulprit, sortShares } from "./protocol/shares.ts";
export type { SignedMessage } from "./protocol/signed-message.ts";
export { resultBytes, type TallyOptions, type TallyOutcome, tally } from "./protocol/tally.ts";
export {
  type TrustAnchor,
  type ValidatePollOptions,
  type ValidPoll,
  validatePoll,
} from "./protocol/validate-poll.ts";
export { brokenRule, type CounterRules } from "./reference/ballot-rules.ts";

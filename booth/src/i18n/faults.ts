// Which words belong to which code of docs/spec/errors.md. Codes that mean the same to a member share them.

/** Faults that a member can tell apart. */
export type FaultKey =
  | "generic"
  | "unreadable"
  | "invitation"
  | "linkKind"
  | "config"
  | "recoveryWords"
  | "passkey"
  | "storage"
  | "prover"
  | "noAnswer"
  | "pollUnsigned"
  | "pollNotAnchored"
  | "pollBroken"
  | "pollUnknown"
  | "pollNotOpen"
  | "pollClosed"
  | "keySet"
  | "forgeableKeys"
  | "developmentKeys"
  | "artifact"
  | "artifactMissing"
  | "fileMissing"
  | "identity"
  | "registration"
  | "roll"
  | "notOnRoll"
  | "votes"
  | "revision"
  | "ballotRefused"
  | "nullifierUsed"
  | "checkpoint"
  | "checkpointOtherBoard"
  | "board"
  | "boardInconsistent"
  | "boardStale"
  | "ballotMissing"
  | "superseded"
  | "tooLarge"
  | "receipt"
  | "receiptNotIncluded"
  | "ceremony"
  | "closing"
  | "tooFewBallots"
  | "share"
  | "result"
  | "service"
  | "secretFile"
  | "passphraseLength"
  | "passphraseWrong"
  | "attestation"
  | "attestationNotMine"
  | "attestationMissing"
  | "attestationRevoked"
  | "ledger"
  | "ledgerGrew"
  | "ledgerRoot"
  | "policyBroken"
  | "policyNotAnchored"
  | "policyClosed"
  | "hoursNotEnough"
  | "claimRefused"
  | "petition"
  | "petitionNotAnchored"
  | "petitionClosed"
  | "snapshot"
  | "question"
  | "membershipProof";

const CODES: Readonly<Record<Exclude<FaultKey, "generic">, readonly string[]>> = {
  unreadable: ["bad-utf8", "bad-json", "bad-hex", "bad-base64", "not-canonical", "not-canonical-json"],
  invitation: ["invitation-malformed", "link-malformed"],
  linkKind: ["link-other-kind"],
  config: ["config-malformed"],
  recoveryWords: ["recovery-words-malformed"],
  passkey: ["passkey-unavailable"],
  storage: ["storage-failed"],
  prover: ["prover-failed", "proof-self-check-failed", "witness-unsatisfied"],
  noAnswer: ["no-answer"],
  pollUnsigned: ["poll-bad-signature", "poll-signatures-malformed"],
  pollNotAnchored: ["poll-not-anchored"],
  pollBroken: [
    "poll-malformed",
    "poll-bad-times",
    "poll-duplicate",
    "poll-too-many-options",
    "poll-bad-rules",
    "poll-unsatisfiable",
    "poll-roll-too-large",
    "poll-minimum-too-large",
    "poll-packing-overflow",
    "poll-decoding-too-large",
    "poll-shard-too-small",
    "poll-bad-threshold",
    "poll-bad-commitments",
    "poll-other-ceremony",
    "poll-bad-key-set",
    "poll-other-board",
    "point-off-curve",
    "point-is-identity",
    "point-outside-subgroup",
  ],
  pollUnknown: ["poll-unknown"],
  pollNotOpen: ["poll-not-open"],
  pollClosed: ["poll-closed"],
  keySet: [
    "manifest-malformed",
    "key-set-digest-mismatch",
    "circuit-not-in-key-set",
    "verification-key-malformed",
    "zkey-malformed",
  ],
  forgeableKeys: ["verification-key-forgeable"],
  developmentKeys: ["development-keys-refused"],
  artifact: ["artifact-size-mismatch", "artifact-digest-mismatch"],
  artifactMissing: ["artifact-missing"],
  fileMissing: ["file-missing"],
  identity: ["identity-malformed"],
  registration: [
    "registration-malformed",
    "registration-other-registrar",
    "registration-other-roll",
    "registration-bad-signature",
    "registration-zero-commitment",
  ],
  roll: [
    "roll-truncated",
    "roll-malformed",
    "roll-other-roll",
    "roll-out-of-order",
    "roll-broken-link",
    "roll-bad-signature",
    "roll-wrong-counts",
    "roll-unknown-position",
    "roll-duplicate-commitment",
    "roll-duplicate-nonce",
    "roll-not-of-poll",
    "roll-too-large",
    "roll-files-malformed",
    "roll-root-mismatch",
    "roll-duplicate-tier",
    "roll-zero-root",
  ],
  notOnRoll: ["not-on-roll"],
  votes: ["votes-invalid"],
  revision: ["revision-invalid", "revisions-exhausted"],
  ballotRefused: [
    "submission-too-large",
    "submission-malformed",
    "submission-other-poll",
    "proof-malformed",
    "signals-not-of-poll",
    "proof-invalid",
    "record-malformed",
  ],
  nullifierUsed: ["nullifier-used"],
  checkpoint: ["checkpoint-malformed", "checkpoint-bad-signature"],
  checkpointOtherBoard: ["checkpoint-other-board"],
  board: [
    "tile-malformed",
    "board-root-mismatch",
    "board-tile-mismatch",
    "board-duplicate-ballot",
    "board-duplicate-claim",
  ],
  boardInconsistent: ["board-inconsistent"],
  boardStale: ["board-stale"],
  ballotMissing: ["ballot-not-on-board"],
  superseded: ["ballot-superseded"],
  tooLarge: ["too-large"],
  receipt: [
    "receipt-malformed",
    "receipt-other-poll",
    "receipt-other-policy",
    "receipt-other-petition",
    "receipt-other-record",
  ],
  receiptNotIncluded: ["receipt-not-included"],
  ceremony: [
    "dkg-unattributable",
    "dkg-other-ceremony",
    "dkg-unknown-trustee",
    "dkg-bad-signature",
    "dkg-bad-transcript",
    "dkg-failed",
    "dkg-not-of-poll",
  ],
  closing: [
    "closing-malformed",
    "closing-other-poll",
    "closing-unknown-closer",
    "closing-bad-signature",
    "closing-duplicate",
    "closing-no-quorum",
    "closing-not-my-board",
  ],
  tooFewBallots: ["too-few-ballots"],
  share: [
    "share-malformed",
    "share-unknown-trustee",
    "share-other-trustee",
    "share-bad-signature",
    "share-other-closing",
    "share-bad-proof",
    "share-duplicate",
    "share-missing",
  ],
  result: ["tally-out-of-range", "result-malformed", "result-no-share", "result-wrong"],
  service: ["route-unknown", "unsupported-media-type", "bad-request", "internal", "unexpected-answer"],
  secretFile: ["secret-file-malformed", "secret-file-other-kind", "secret-file-parameters"],
  passphraseLength: ["secret-file-passphrase"],
  passphraseWrong: ["secret-file-wrong-passphrase"],
  attestation: ["attestation-malformed"],
  attestationNotMine: ["attestation-not-mine"],
  attestationMissing: ["attestation-not-in-ledger", "attestation-other-ledger"],
  attestationRevoked: ["attestation-revoked"],
  ledger: [
    "ledger-truncated",
    "ledger-malformed",
    "ledger-other-ledger",
    "ledger-out-of-order",
    "ledger-broken-link",
    "ledger-time-decreased",
    "ledger-bad-signature",
    "ledger-wrong-size",
    "ledger-wrong-root",
    "ledger-period-reopened",
    "ledger-duplicate-inner",
    "ledger-full",
    "ledger-unknown-position",
    "ledger-position-revoked",
    "ledger-files-malformed",
    "ledger-unknown",
    "ledger-other-board",
  ],
  ledgerGrew: ["ledger-root-mismatch", "ledger-checkpoint-mismatch", "ledger-root-unknown"],
  ledgerRoot: ["ledger-root-expired", "ledger-root-revoked"],
  policyBroken: [
    "policy-malformed",
    "policy-bad-times",
    "policy-duplicate",
    "policy-bad-periods",
    "policy-bad-thresholds",
    "policy-threshold-unreachable",
    "policy-roll-too-large",
    "policy-bad-key-set",
    "policy-signature-malformed",
    "policy-bad-signature",
    "policy-unknown",
    "policy-other-board",
    "policy-other-ledger",
  ],
  policyNotAnchored: ["policy-not-anchored"],
  policyClosed: ["policy-not-open", "policy-closed"],
  hoursNotEnough: ["hours-not-enough"],
  claimRefused: ["signals-not-of-policy", "threshold-off-policy", "submission-other-policy"],
  petition: [
    "petition-malformed",
    "petition-bad-times",
    "petition-bad-signature",
    "petition-duplicate-signature",
    "petition-unknown",
    "petition-other-board",
  ],
  petitionNotAnchored: ["petition-not-anchored"],
  petitionClosed: ["petition-not-open", "petition-closed"],
  snapshot: ["snapshot-malformed", "snapshot-not-anchored", "snapshot-bad-signature", "snapshot-superseded"],
  question: ["sign-in-nonce-unknown"],
  membershipProof: [
    "origin-malformed",
    "gate-malformed",
    "membership-proof-malformed",
    "membership-other-scope",
    "membership-other-message",
    "membership-other-roll",
    "membership-too-deep",
  ],
};

const KEYS: ReadonlyMap<string, FaultKey> = new Map(
  Object.entries(CODES).flatMap(([key, codes]) => codes.map((code) => [code, key as FaultKey] as const)),
);

/** The words for a code; an unknown one gets the general sentence, and the page shows the code itself. */
export function faultKey(code: string): FaultKey {
  return KEYS.get(code) ?? "generic";
}

/** Every code that has words of its own. */
export const KNOWN_CODES: readonly string[] = [...KEYS.keys()];

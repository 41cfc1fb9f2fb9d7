// What the booth can be at, and what a member can do there. The page shows a state and calls an action;
// docs/design/booth.md says why.
import type {
  Attestation,
  AuditStep,
  ClaimReceipt,
  PetitionReceipt,
  Receipt,
  Result,
  ValidPetition,
  ValidPolicy,
  ValidPoll,
} from "@commune-zk/prover";
import type { JudgedCredit } from "../worker/protocol.ts";

/** What a registrar hands a member by another way than the server. docs/spec/invitation.md. */
export interface Invitation {
  /** For people; whoever made the link wrote it, so it proves nothing. */
  readonly organisation: string;
  /** 32 bytes each, hexadecimal. */
  readonly registrarKey: string;
  readonly rollId: string;
  readonly registrarNonce: string;
}

/** The roll that this device's identity asked to join. */
export interface Membership extends Invitation {
  /** What the member hands over, as a link, QR or file. */
  readonly request: { readonly link: string; readonly file: Uint8Array; readonly fileName: string };
}

/** How the identity is unlocked on this device. */
export type UnlockMethod = "passphrase" | "passkey";

/** Where a poll stands by this device's clock; the closing statement alone is authority. */
export type PollPhase = "before" | "open" | "closed";

/** How the votes are asked for: read off the rules, which the circuit enforces whatever is shown. */
export type VoteForm =
  /** One option, or none where `optional`. */
  | { readonly kind: "single"; readonly optional: boolean }
  /** Between `min` and `max` options, each once. */
  | { readonly kind: "approval"; readonly min: number; readonly max: number }
  /** Every option a different rank: n − 1 points for the first. */
  | { readonly kind: "ranked" }
  /** A number for each option, with limits and a total of costs. */
  | {
      readonly kind: "points";
      readonly maxima: readonly number[];
      readonly min: number;
      readonly max: number;
      readonly quadratic: boolean;
      readonly distinct: boolean;
    };

/** A poll whose document, signatures and anchor were checked on this device. */
export interface PollSession {
  readonly poll: ValidPoll;
  readonly form: VoteForm;
  readonly phase: PollPhase;
  /** False: this identity's commitment is not among the poll's leaves. Null: not looked yet (locked). */
  readonly onRoll: boolean | null;
  /** True where the public files came from this device's own store, for want of a network. */
  readonly offline: boolean;
  /**
   * True: by the registrar whose invitation this member opened for this roll. False: the link alone vouches for
   * it, and so does whoever it came from.
   */
  readonly knownRegistrar: boolean;
}

/** A ballot that this device sealed. It says nothing about the votes. */
export interface OwnBallot {
  readonly revision: number;
  /** Hexadecimal. */
  readonly statementHash: string;
  /** Null until a receipt was verified: then, and only then, the ballot is cast. */
  readonly receipt: Receipt | null;
}

/** Where the proof of the chosen votes stands. */
export type ProofState =
  | { readonly at: "idle" }
  /** Fetching circuit and key, or one of the engine's phases. `fraction` is known for bytes only. */
  | {
      readonly at: "running";
      readonly phase: "artifacts" | "witness" | "proof";
      readonly fraction: number | null;
    }
  | { readonly at: "ready" }
  | { readonly at: "failed"; readonly fault: Fault };

/** Where the sending of a sealed ballot stands. */
export type CastState =
  /** Waiting out the random delay that the member asked for. */
  | { readonly at: "delayed"; readonly remainingMs: number }
  | { readonly at: "sending"; readonly attempt: number }
  /** No answer; the same bytes go again. */
  | { readonly at: "waiting"; readonly because: "offline" | "no-answer"; readonly retryInMs: number | null }
  /** The service said no; sending again would not help. `code` is stable, docs/spec/errors.md. */
  | { readonly at: "refused"; readonly code: string };

/** One question that the check page answers. */
export type Finding<T> =
  | { readonly at: "unknown" }
  | { readonly at: "looking"; readonly fraction: number | null; readonly step?: AuditStep }
  | { readonly at: "good"; readonly value: T }
  | { readonly at: "bad"; readonly fault: Fault }
  /** Could not be looked at: no network, or not there yet. */
  | { readonly at: "open"; readonly because: "offline" | "not-yet" | "no-ballot" | "too-large" };

/** What the check page knows. */
export interface CheckState {
  /** My record stands on the board that is served now, under a checkpoint consistent with my receipt's. */
  readonly ballot: Finding<{ readonly index: number; readonly boardSize: number }>;
  /** The board now, for comparing: the signed checkpoint's text. */
  readonly checkpoint: Finding<{ readonly text: string; readonly size: number; readonly root: string }>;
  /** The checkpoint that somebody else saw, pasted in: consistent with this one or not. */
  readonly comparison: Finding<{ readonly otherSize: number }>;
  /** What was published; right only if `audit` is good. */
  readonly result: Finding<Result>;
  /** The whole audit, run on this device. */
  readonly audit: Finding<Result | null>;
}

/** What went wrong: a stable code (docs/spec/errors.md), where, and whether evidence was kept. */
export interface Fault {
  readonly code: string;
  readonly place: string | null;
  /** Name of the kept bytes, or null. */
  readonly evidence: string | null;
  /** Whether trying again can help. */
  readonly retry: boolean;
}

/** A policy that was checked on this device, and where the member stands under it. */
export interface PolicySession {
  readonly policy: ValidPolicy;
  readonly phase: PollPhase;
  readonly onRoll: boolean;
  /** What the ledger says about each credit of this device. */
  readonly credits: readonly JudgedCredit[];
  /** Thresholds that the credits reach. */
  readonly reachable: readonly number[];
  readonly offline: boolean;
  /** As a poll's. */
  readonly knownRegistrar: boolean;
}

/** A claim whose receipt was verified. */
export interface OwnClaim {
  readonly threshold: number;
  /** Hexadecimal. */
  readonly statementHash: string;
  readonly receipt: ClaimReceipt;
}

/** Where the member is among attestations, policies and claims. */
export type HoursState =
  | { readonly at: "loading" }
  /** As the attestations say of themselves; `failed`: codes of those that could not be added just now. */
  | { readonly at: "credits"; readonly credits: readonly Attestation[]; readonly failed: readonly string[] }
  | { readonly at: "policy"; readonly session: PolicySession; readonly failed: readonly string[] }
  | {
      readonly at: "proving";
      readonly session: PolicySession;
      readonly threshold: number;
      readonly proof: ProofState;
    }
  | {
      readonly at: "sending";
      readonly session: PolicySession;
      readonly threshold: number;
      readonly cast: CastState;
    }
  /** Only with a receipt that was verified and stored is a claim recorded. */
  | { readonly at: "receipt"; readonly session: PolicySession; readonly claim: OwnClaim }
  /** `claimScope`: what was being opened; null: the attestations. */
  | { readonly at: "fault"; readonly fault: Fault; readonly claimScope: string | null };

/** A petition that was checked on this device, and whether the member can sign it. */
export interface PetitionSession {
  readonly petition: ValidPetition;
  readonly phase: PollPhase;
  readonly onRoll: boolean;
  readonly offline: boolean;
  /** As a poll's. */
  readonly knownRegistrar: boolean;
}

/** A signature whose receipt was verified. */
export interface OwnSignature {
  /** Hexadecimal. */
  readonly statementHash: string;
  readonly receipt: PetitionReceipt;
}

/** Where the member is with a petition. */
export type PetitionState =
  | { readonly at: "loading" }
  | { readonly at: "petition"; readonly session: PetitionSession }
  | { readonly at: "proving"; readonly session: PetitionSession; readonly proof: ProofState }
  | { readonly at: "sending"; readonly session: PetitionSession; readonly cast: CastState }
  /** Only with a receipt that was verified and stored is a signature recorded. */
  | { readonly at: "receipt"; readonly session: PetitionSession; readonly signature: OwnSignature }
  | { readonly at: "fault"; readonly fault: Fault };

/** Where a member can sign in, and as one of whom. */
export interface SignInSession {
  /** As the registrar signed it. */
  readonly organisation: string;
  /** The page's own. */
  readonly origin: string;
  /** How many people the proof can be from. */
  readonly members: number;
  /** When the registrar looked who is a member, in seconds since 1970. */
  readonly takenAt: number;
  readonly onRoll: boolean;
}

/** Where the member is with signing in. */
export type SignInState =
  | { readonly at: "loading" }
  /** `no-roll`: no invitation was opened on this device. `other-host`: the service is at another origin than the page. */
  | { readonly at: "unable"; readonly because: "no-roll" | "other-host" }
  | { readonly at: "ask"; readonly session: SignInSession }
  | { readonly at: "proving"; readonly session: SignInSession; readonly proof: ProofState }
  | { readonly at: "sending"; readonly session: SignInSession }
  /** The service took this member for one. */
  | { readonly at: "done"; readonly session: SignInSession }
  | { readonly at: "fault"; readonly fault: Fault };

/** One thing at a time. */
export type BoothState =
  | { readonly at: "starting" }
  /** No identity on this device. */
  | {
      readonly at: "welcome";
      readonly invitation: Invitation | null;
      /** Whether a link to something else was opened, which waits for an identity. */
      readonly waits: boolean;
    }
  | { readonly at: "locked"; readonly unlock: UnlockMethod; readonly wrong: boolean }
  /** Shown once, right after the identity was made. */
  | { readonly at: "words"; readonly words: readonly string[] }
  /** Null: an identity, but no invitation was opened yet. */
  | { readonly at: "membership"; readonly membership: Membership | null }
  | { readonly at: "loading"; readonly pollId: string }
  | { readonly at: "poll"; readonly session: PollSession; readonly own: OwnBallot | null }
  | {
      readonly at: "choose";
      readonly session: PollSession;
      /** One number for each option. */
      readonly votes: readonly number[];
      /** Whether the votes obey the rules. */
      readonly complete: boolean;
      readonly proof: ProofState;
    }
  | {
      readonly at: "review";
      readonly session: PollSession;
      readonly votes: readonly number[];
      readonly proof: ProofState;
    }
  | { readonly at: "casting"; readonly session: PollSession; readonly cast: CastState }
  | { readonly at: "receipt"; readonly session: PollSession; readonly own: OwnBallot }
  | {
      readonly at: "check";
      readonly session: PollSession;
      readonly own: OwnBallot | null;
      readonly check: CheckState;
    }
  | { readonly at: "hours"; readonly hours: HoursState }
  | { readonly at: "petition"; readonly petition: PetitionState }
  | { readonly at: "sign-in"; readonly signIn: SignInState }
  /** The page will not go on with what the server said. */
  | { readonly at: "refused"; readonly fault: Fault };

/** How the identity shall be kept on this device. */
export type KeepBy =
  | { readonly method: "passphrase"; readonly passphrase: string }
  /** WebAuthn with the PRF extension; the page asks the authenticator. */
  | { readonly method: "passkey" };

/** What a member can do. An action that does not fit the state does nothing. */
export interface BoothActions {
  /** A new identity, kept as asked; goes to `words`. */
  createIdentity(keep: KeepBy): Promise<void>;
  /** An existing identity, from 24 recovery words or 32 bytes in hexadecimal. Throws InputError. */
  restoreIdentity(source: { readonly words: string } | { readonly key: string }, keep: KeepBy): Promise<void>;
  unlock(passphrase?: string): Promise<void>;
  lock(): void;
  /** After the recovery words were written down. */
  wordsWritten(): void;
  /** A link or its text: anything but a registration. Throws InputError. */
  openLink(text: string): Promise<void>;
  openPoll(pollId: string): Promise<void>;
  backToPoll(): void;
  startChoosing(): Promise<void>;
  setVotes(votes: readonly number[]): void;
  /** Stops the proof that is shown: of a ballot, a claim, a signature or a sign-in. */
  cancelProof(): void;
  review(): void;
  backToChoosing(): void;
  /** `randomDelay`: wait between 0 and 15 minutes before the ballot leaves. */
  cast(options: { readonly randomDelay: boolean }): Promise<void>;
  skipDelay(): void;
  retryNow(): void;
  openCheck(): Promise<void>;
  compareCheckpoint(text: string): Promise<void>;
  runAudit(): Promise<void>;
  /** The attestations on this device. */
  openHours(): Promise<void>;
  openPolicy(claimScope: string): Promise<void>;
  /** Files of sealed attestations; what is wrong with which, the state says. Throws StorageError, ProverError. */
  addAttestations(files: readonly Uint8Array[]): Promise<void>;
  /** Proves that the credits reach a threshold of the policy, and sends the claim. */
  claim(threshold: number): Promise<void>;
  openPetition(petitionId: string): Promise<void>;
  /** Proves that a member signs the petition, and sends the signature. */
  signPetition(): Promise<void>;
  /** To where a member signs in with the page's own service. */
  openSignIn(): Promise<void>;
  /** Asks the service for a challenge, and answers it. */
  signIn(): Promise<void>;
  /** The bytes of kept evidence, for saving. */
  evidence(name: string): Promise<Uint8Array | null>;
  /** Forgets everything on this device. Without recovery words the identity is lost. */
  forgetDevice(): Promise<void>;
}

/** The booth: a state that is watched, and the actions. */
export interface Booth extends BoothActions {
  readonly state: BoothState;
  /** Whether the poll's or service's keys are of kind development; known once a poll is loaded. */
  readonly developmentKeys: boolean;
  /** Calls back after every change; returns how to stop that. */
  subscribe(listener: () => void): () => void;
}

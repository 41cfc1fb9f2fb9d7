// What page and worker say to each other. One worker does one task and is ended: what a proof took goes with it.
import type {
  Attestation,
  AuditStep,
  LeanPath,
  ManifestFile,
  MerklePath,
  ProofPhase,
  Result,
  SealedBallot,
  SealedClaim,
  SecretFileParameters,
  SemaphoreProof,
  TrustAnchor,
} from "@commune-zk/prover";

/** A poll as bytes: whoever works with it judges it anew, and trusts no other thread's word. */
export interface PollMaterial {
  /** `poll.json`. */
  readonly poll: Uint8Array;
  /** `signatures.json`. */
  readonly signatures: Uint8Array;
  /** `keys.json`. */
  readonly manifest: Uint8Array;
  readonly anchor: TrustAnchor;
  readonly allowDevelopmentKeys: boolean;
}

/** A policy as bytes, judged anew as a poll is. Its ledger's files are asked for under `ledger/`. */
export interface PolicyMaterial {
  /** `policy.json`. */
  readonly policy: Uint8Array;
  /** `signature.json`. */
  readonly signature: Uint8Array;
  /** `keys.json`. */
  readonly manifest: Uint8Array;
  readonly claimScope: string;
  readonly allowDevelopmentKeys: boolean;
}

/** A petition as bytes, judged anew likewise. */
export interface PetitionMaterial {
  readonly kind: "petition";
  /** `petition.json`. */
  readonly document: Uint8Array;
  readonly petitionId: string;
}

/** A snapshot of a roll as bytes, judged anew likewise. */
export interface SnapshotMaterial {
  readonly kind: "snapshot";
  /** `snapshot.json`. */
  readonly document: Uint8Array;
  /** Of the invitation. */
  readonly registrarKey: string;
}

/** What membership is proven on. */
export type MembershipMaterial = PetitionMaterial | SnapshotMaterial;

/** Who proves membership: the key, the place on the roll, and the pinned keys of the circuit. */
interface MemberProof {
  readonly privateKey: Uint8Array;
  /** Of `findMember`. */
  readonly path: LeanPath;
  /** `keys/semaphore.json`. */
  readonly manifest: Uint8Array;
}

/** A sealed attestation, opened; or the code of what was wrong with it. */
export type OpenedAttestation = { readonly attestation: Attestation } | { readonly code: string };

/** What a policy's ledger says about a credit. */
export interface JudgedCredit {
  readonly attestation: Attestation;
  /** Null: it stands. Otherwise a code `attestation-…`. */
  readonly code: string | null;
  /** In the ledger: how a workplace is told which credit is wrong. Null where it does not stand there. */
  readonly position: number | null;
  /** Whether the policy counts it: ledger, periods, category, largest amount. */
  readonly counted: boolean;
}

/** Where a member stands under a policy. */
export interface PolicyStanding {
  readonly onRoll: boolean;
  readonly credits: readonly JudgedCredit[];
  /** Those of the policy's thresholds that the credits reach. */
  readonly reachable: readonly number[];
}

/** A member's sealed attestations, and the key that opens them. */
interface SealedCredits {
  readonly privateKey: Uint8Array;
  readonly sealed: readonly Uint8Array[];
}

/** What a worker can be asked, and what it answers. */
export interface Tasks {
  /** A secret file around an identity. Argon2id would freeze the page. */
  readonly sealIdentity: {
    readonly input: {
      readonly privateKey: Uint8Array;
      readonly passphrase: string;
      readonly parameters?: SecretFileParameters;
    };
    readonly output: Uint8Array;
  };
  /** The private key of a secret file. */
  readonly openIdentity: {
    readonly input: { readonly file: Uint8Array; readonly passphrase: string };
    readonly output: Uint8Array;
  };
  /** Where a commitment stands on the poll's roll; null where it does not, and the whole roll was hashed to be sure. */
  readonly findPath: {
    readonly input: { readonly material: PollMaterial; readonly commitment: bigint };
    readonly output: MerklePath | null;
  };
  /** A sealed ballot: whole, because to read its record again, with the checks of its points, would hold up the page's thread. */
  readonly prove: {
    readonly input: {
      readonly material: PollMaterial;
      readonly privateKey: Uint8Array;
      readonly path: MerklePath;
      readonly votes: readonly number[];
      readonly revision: number;
    };
    readonly output: SealedBallot;
  };
  /** Attestations in the order of the sealed ones. */
  readonly openAttestations: { readonly input: SealedCredits; readonly output: readonly OpenedAttestation[] };
  /** What the ledger and the roll say, before anything is proven. */
  readonly standing: {
    readonly input: SealedCredits & { readonly material: PolicyMaterial };
    readonly output: PolicyStanding;
  };
  /** A sealed claim, from the ledger as it is now. */
  readonly proveClaim: {
    readonly input: SealedCredits & { readonly material: PolicyMaterial; readonly threshold: number };
    readonly output: SealedClaim;
  };
  /** Where a commitment stands on the roll of a petition or snapshot; null where it does not, as in `findPath`. */
  readonly findMember: {
    readonly input: { readonly material: MembershipMaterial; readonly commitment: bigint };
    readonly output: LeanPath | null;
  };
  /** The signature of a petition. */
  readonly signPetition: {
    readonly input: MemberProof & { readonly material: PetitionMaterial };
    readonly output: SemaphoreProof;
  };
  /** The answer to a challenge at an origin, which is the page's own. */
  readonly proveSignIn: {
    readonly input: MemberProof & {
      readonly material: SnapshotMaterial;
      readonly origin: string;
      readonly nonce: string;
    };
    readonly output: SemaphoreProof;
  };
  /** The audited result, null while there is none. */
  readonly audit: {
    readonly input: { readonly material: PollMaterial };
    readonly output: Result | null;
  };
}

/** Name of a task. */
export type TaskName = keyof Tasks;

/** How a task gets on. */
export type TaskProgress =
  /** Of a proof: its circuit is fetched and checked, or a phase of the engine has begun. */
  | { readonly phase: "artifacts" | ProofPhase }
  /** Of an audit. */
  | { readonly step: AuditStep; readonly done: number; readonly total: number };

/** What a worker asks the page for: the page has network and storage, the worker has neither. */
export type Need =
  | { readonly file: string }
  /** An artifact comes in pieces, from 0 on; an empty one is the end. To copy all at once would freeze the page. */
  | { readonly artifact: ManifestFile; readonly piece: number };

/** Why a task failed. No message: one of another library could quote a secret. */
export interface TaskFault {
  /** Of docs/spec/errors.md; null for what is no refusal. */
  readonly code: string | null;
  readonly place: string | null;
  /** The error's name. */
  readonly name: string;
}

/** From page to worker. */
export type ToWorker =
  | {
      readonly [N in TaskName]: {
        readonly kind: "task";
        readonly name: N;
        readonly input: Tasks[N]["input"];
      };
    }[TaskName]
  /** To a need; null: there is no such file or artifact. */
  | { readonly kind: "answer"; readonly id: number; readonly bytes: Uint8Array | null };

/** From worker to page. */
export type FromWorker =
  | { readonly kind: "progress"; readonly progress: TaskProgress }
  | { readonly kind: "need"; readonly id: number; readonly need: Need }
  | { readonly kind: "done"; readonly output: Tasks[TaskName]["output"] }
  | { readonly kind: "failed"; readonly fault: TaskFault };

/** A worker as the page sees it. */
export interface TaskWorker {
  post(message: ToWorker): void;
  /** Takes the place of earlier listeners. `onCrash`: it did not load, or ran out of memory. */
  listen(onMessage: (message: FromWorker) => void, onCrash: () => void): void;
  /** Ends it at once, whatever it does. */
  terminate(): void;
}

/** A browser's worker as a {@link TaskWorker}. */
export function taskWorker(worker: Worker): TaskWorker {
  return {
    post: (message) => {
      if (message.kind === "task" || message.bytes === null) return worker.postMessage(message);
      // A copy that changes hands is quicker than a clone.
      const bytes = message.bytes.slice();
      worker.postMessage({ ...message, bytes }, [bytes.buffer]);
    },
    listen: (onMessage, onCrash) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => onMessage(data);
      worker.onerror = (event) => {
        // The browser would print the error's message, which is nobody's business.
        event.preventDefault();
        onCrash();
      };
      worker.onmessageerror = onCrash;
    },
    terminate: () => worker.terminate(),
  };
}

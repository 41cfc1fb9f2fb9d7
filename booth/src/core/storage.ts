// What a device keeps, and where: docs/design/booth.md. Nothing is stored anywhere else.
import type {
  ClaimReceipt,
  PetitionReceipt,
  Receipt,
  Registration,
  SemaphoreProof,
} from "@commune-zk/prover";
import { NamedError } from "./faults.ts";
import type { Invitation, UnlockMethod } from "./state.ts";

/** The identity at rest. */
export interface StoredIdentity {
  /** docs/spec/secret-file.md. */
  readonly file: Uint8Array;
  readonly unlock: UnlockMethod;
  /** Of the passkey, where that unlocks it. */
  readonly credentialId: Uint8Array | null;
  /** False until the member has said that the recovery words are written down: they are shown again until then. */
  readonly wordsWritten: boolean;
}

/** A roll that this identity asked to join. Key: roll id. */
export interface StoredMembership {
  readonly invitation: Invitation;
  readonly registration: Registration;
  /** Order in which invitations were opened. */
  readonly serial: number;
}

/** Chosen votes, encrypted. Key: pollId. */
export interface StoredDraft {
  /** Of the ballot that they are chosen for; once that one is sealed the draft is void. */
  readonly revision: number;
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** A ballot that was sealed. Key: `ballotKey`. It holds neither votes nor nonces. */
export interface StoredBallot {
  readonly pollId: string;
  readonly revision: number;
  readonly statementHash: string;
  /** docs/spec/ballot.md §7. */
  readonly record: Uint8Array;
  /** Null until one was verified. */
  readonly receipt: Receipt | null;
  /** The service's code where it refused this ballot for good. */
  readonly refusal: string | null;
  /** Milliseconds since 1970 before which it shall not leave; null once it has. */
  readonly sendAfter: number | null;
}

/** A claim that was sealed. Key: claimScope. It holds no credit. */
export interface StoredClaim {
  readonly claimScope: string;
  readonly threshold: number;
  readonly statementHash: string;
  /** docs/spec/hours.md §5. */
  readonly record: Uint8Array;
  /** Null until one was verified. */
  readonly receipt: ClaimReceipt | null;
  /** The service's code where it refused this claim for good. */
  readonly refusal: string | null;
}

/** A petition's signature. Key: petitionId. It says that somebody on the roll signs, and not who. */
export interface StoredSignature {
  readonly petitionId: string;
  readonly statementHash: string;
  /** docs/spec/membership.md §5: what is sent, the same each time. */
  readonly signature: SemaphoreProof;
  /** Null until one was verified. */
  readonly receipt: PetitionReceipt | null;
  /** The service's code where it refused this signature for good. */
  readonly refusal: string | null;
}

/** The stores, each with what it holds. Keys are strings. */
export interface Stores {
  /** Key: "identity". */
  readonly identity: StoredIdentity;
  readonly membership: StoredMembership;
  readonly drafts: StoredDraft;
  readonly ballots: StoredBallot;
  /** Attestations as they came: sealed to the identity's mailbox key. Key: digest. */
  readonly attestations: Uint8Array;
  readonly claims: StoredClaim;
  readonly signatures: StoredSignature;
  /** The newest signed checkpoint that was seen. Key: pollId. */
  readonly checkpoints: string;
  /** Public files that were read. Key: `<pollId, claimScope or petitionId>/<path>`. */
  readonly files: Uint8Array;
  /** Pieces of circuits and keys whose digest was checked. Key: `<SHA-256>/<piece, three digits>`. */
  readonly artifacts: Uint8Array;
  /** What a server said that it should not have. Key: its name. */
  readonly evidence: Uint8Array;
}

/** Name of a store. */
export type StoreName = keyof Stores;

/** All names. */
export const STORE_NAMES: readonly StoreName[] = [
  "identity",
  "membership",
  "drafts",
  "ballots",
  "attestations",
  "claims",
  "signatures",
  "checkpoints",
  "files",
  "artifacts",
  "evidence",
];

/** One change of one store. */
export type Change = {
  readonly [S in StoreName]:
    | {
        readonly store: S;
        readonly key: string;
        readonly value: Stores[S];
        /** The whole write is off where the key is taken. */
        readonly ifAbsent?: boolean;
      }
    /** Removes it. */
    | { readonly store: S; readonly key: string; readonly value: null };
}[StoreName];

/** The device's store. */
export interface BoothStorage {
  /** Undefined where there is none. @throws StorageError */
  read<S extends StoreName>(store: S, key: string): Promise<Stores[S] | undefined>;
  /** Everything in a store, by ascending key. @throws StorageError */
  list<S extends StoreName>(store: S): Promise<readonly (readonly [key: string, value: Stores[S]])[]>;
  /** Keys of a store, ascending. @throws StorageError */
  keys(store: StoreName): Promise<readonly string[]>;
  /**
   * All changes or none, durable when this returns.
   *
   * @returns false where an `ifAbsent` key was taken: nothing is changed then.
   * @throws StorageError - nothing is changed.
   */
  write(changes: readonly Change[]): Promise<boolean>;
  /** Empties every store. @throws StorageError */
  clear(): Promise<void>;
}

/** The device did not store or read: no room, private browsing, a broken database. */
export class StorageError extends NamedError {
  readonly code = "storage-failed";
}

/** Storage in memory, for tests: values are copied in and out, as IndexedDB does. */
export function memoryStorage(): BoothStorage {
  const stores = new Map(STORE_NAMES.map((name) => [name, new Map<string, unknown>()]));
  const sorted = (store: StoreName): string[] => [...stores.get(store)!.keys()].sort();
  return {
    async read<S extends StoreName>(store: S, key: string) {
      return structuredClone(stores.get(store)!.get(key)) as Stores[S] | undefined;
    },
    async list<S extends StoreName>(store: S) {
      return sorted(store).map(
        (key) => [key, structuredClone(stores.get(store)!.get(key)) as Stores[S]] as const,
      );
    },
    async keys(store) {
      return sorted(store);
    },
    async write(changes) {
      const taken = changes.some(
        (change) =>
          change.value !== null && change.ifAbsent === true && stores.get(change.store)!.has(change.key),
      );
      if (taken) return false;
      for (const { store, key, value } of structuredClone(changes)) {
        if (value === null) stores.get(store)!.delete(key);
        else stores.get(store)!.set(key, value);
      }
      return true;
    },
    async clear() {
      for (const store of stores.values()) store.clear();
    },
  };
}

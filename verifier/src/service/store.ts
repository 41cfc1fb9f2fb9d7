// What the service asks of its database. docs/design/verifier.md.
//
// Implementations: store/sqlite-store.ts. Every method that writes is durable when its promise resolves, and
// whole or not at all.

/** A record as the board keeps it: what was proven, nothing about who sent it or when. */
export interface NewRecord {
  /** 32 bytes, big-endian. */
  readonly nullifier: Uint8Array;
  readonly revision: number;
  /** 32 bytes. */
  readonly statementHash: Uint8Array;
  /** docs/spec/ballot.md §7. */
  readonly record: Uint8Array;
  /** RFC 6962 leaf hash of `record`, 32 bytes. */
  readonly leafHash: Uint8Array;
}

/** A signed tree head. */
export interface Checkpoint {
  readonly size: number;
  /** The signed note, UTF-8 text. */
  readonly note: string;
}

/** What became of a candidate of {@link Store.appendRecords}. */
export type AppendOutcome =
  | { readonly kind: "appended"; readonly index: number }
  /** This very statement stands at `index` already. */
  | { readonly kind: "same-statement"; readonly index: number }
  /** Another statement holds this nullifier and revision. */
  | { readonly kind: "nullifier-used" };

/** A closer's signature of a closing statement. */
export interface ClosingSignature {
  /** From 1; trustees, then witnesses. */
  readonly closer: number;
  /** Canonical bytes of the statement. */
  readonly statement: Uint8Array;
  /** 64 bytes, hexadecimal. */
  readonly signature: string;
}

/** A trustee's wrapped partial decryption. */
export interface StoredShare {
  /** From 1. */
  readonly trustee: number;
  /** Canonical bytes of the wrapped message. */
  readonly content: Uint8Array;
}

/** The service's durable state. Uniqueness is a constraint of the database, never read-then-write. */
export interface Store {
  /**
   * Records a poll: its public files and the checkpoint of its empty board.
   *
   * @returns false where the poll is there already; nothing is changed then.
   */
  insertPoll(pollId: string, files: ReadonlyMap<string, Uint8Array>, empty: Checkpoint): Promise<boolean>;
  /** Whether the poll is registered. */
  hasPoll(pollId: string): Promise<boolean>;
  /** A stored public file. */
  readFile(pollId: string, path: string): Promise<Uint8Array | undefined>;
  /** Adds a public file to a poll. @returns false where the path is taken; the old content stands. */
  insertFile(pollId: string, path: string, content: Uint8Array): Promise<boolean>;

  /**
   * Appends records and the checkpoint over them, in one transaction.
   *
   * @param expectedSize - the board's size as the caller knows it.
   * @param seal - the checkpoint after the candidates at `appended` (ascending positions in `candidates`);
   *   not called where none was appended.
   * @returns one outcome for each candidate, in order.
   * @throws Error - the board has another size than expected (a second writer), or the database failed.
   */
  appendRecords(
    pollId: string,
    expectedSize: number,
    candidates: readonly NewRecord[],
    seal: (appended: readonly number[]) => Checkpoint,
  ): Promise<readonly AppendOutcome[]>;
  /** Board index of a statement. */
  findStatement(pollId: string, statementHash: Uint8Array): Promise<number | undefined>;
  /** Whether any record has this nullifier and revision. */
  isRevisionUsed(pollId: string, nullifier: Uint8Array, revision: number): Promise<boolean>;
  /** Leaf hashes of the whole board, in order. */
  leafHashes(pollId: string): Promise<Uint8Array[]>;
  /** Records `from` … `to − 1`. */
  records(pollId: string, from: number, to: number): Promise<Uint8Array[]>;
  /** The checkpoint of the commit that made the record at `index` durable. */
  checkpointCovering(pollId: string, index: number): Promise<Checkpoint | undefined>;
  /** The newest checkpoint. */
  latestCheckpoint(pollId: string): Promise<Checkpoint | undefined>;

  /** @returns false where this closer has one on record; the old one stands. */
  insertClosing(pollId: string, signature: ClosingSignature): Promise<boolean>;
  /** Ascending by closer. */
  closings(pollId: string): Promise<ClosingSignature[]>;
  /** Stores a share and its public file at `path`. @returns false where this trustee has one on record. */
  insertShare(pollId: string, share: StoredShare, path: string): Promise<boolean>;
  /** Ascending by trustee. */
  shares(pollId: string): Promise<StoredShare[]>;

  /** Releases the database. */
  close(): Promise<void>;
}

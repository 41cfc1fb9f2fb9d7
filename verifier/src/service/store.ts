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

/** What a board is for: the same scope is never two of them, whatever a request calls it. */
export type BoardKind = "poll" | "policy" | "petition";

/** An entry of a ledger's log as it is stored. */
export interface StoredEntry {
  /** Of `entries.ndjson`, with its newline. */
  readonly line: Uint8Array;
  /** The checkpoint after this entry, a signed note. */
  readonly note: string;
}

/** A ledger as it is stored. */
export interface StoredLedger {
  /** In the checkpoints' origin. */
  readonly boardName: string;
  /** The newest checkpoint, a signed note. */
  readonly note: string;
  /** In their order. */
  readonly lines: readonly Uint8Array[];
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
   * Records a board: what it is for, its public files and the checkpoint while it is empty.
   *
   * @param scope - `pollId`, `claimScope` or `petitionId`.
   * @returns false where the board is there already; nothing is changed then.
   */
  insertBoard(
    scope: string,
    board: {
      readonly kind: BoardKind;
      readonly files: ReadonlyMap<string, Uint8Array>;
      readonly empty: Checkpoint;
    },
  ): Promise<boolean>;
  /** What a board is for; undefined where there is none of this scope. */
  kindOf(scope: string): Promise<BoardKind | undefined>;
  /** A stored public file. */
  readFile(scope: string, path: string): Promise<Uint8Array | undefined>;
  /** Adds a public file to a board. @returns false where the path is taken; the old content stands. */
  insertFile(scope: string, path: string, content: Uint8Array): Promise<boolean>;

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
    scope: string,
    expectedSize: number,
    candidates: readonly NewRecord[],
    seal: (appended: readonly number[]) => Checkpoint,
  ): Promise<readonly AppendOutcome[]>;
  /** Board index of a statement. */
  findStatement(scope: string, statementHash: Uint8Array): Promise<number | undefined>;
  /** Whether any record has this nullifier and revision. */
  isRevisionUsed(scope: string, nullifier: Uint8Array, revision: number): Promise<boolean>;
  /** Leaf hashes of the whole board, in order. */
  leafHashes(scope: string): Promise<Uint8Array[]>;
  /** Records `from` … `to − 1`. */
  records(scope: string, from: number, to: number): Promise<Uint8Array[]>;
  /** The checkpoint of the commit that made the record at `index` durable. */
  checkpointCovering(scope: string, index: number): Promise<Checkpoint | undefined>;
  /** The newest checkpoint. */
  latestCheckpoint(scope: string): Promise<Checkpoint | undefined>;

  /** @returns false where this closer has one on record; the old one stands. */
  insertClosing(scope: string, signature: ClosingSignature): Promise<boolean>;
  /** Ascending by closer. */
  closings(scope: string): Promise<ClosingSignature[]>;
  /** Stores a share and its public file at `path`. @returns false where this trustee has one on record. */
  insertShare(scope: string, share: StoredShare, path: string): Promise<boolean>;
  /** Ascending by trustee. */
  shares(scope: string): Promise<StoredShare[]>;

  /** @returns false where the ledger is there already; nothing is changed then. */
  insertLedger(
    ledgerId: string,
    ledger: { readonly boardName: string; readonly note: string },
  ): Promise<boolean>;
  /** A ledger with its whole log. */
  readLedger(ledgerId: string): Promise<StoredLedger | undefined>;
  /**
   * Appends an entry and the checkpoint over it.
   *
   * @param serial - number of entries as the caller knows it.
   * @throws Error - the log has another length (a second writer), there is no such ledger, or the database
   *   failed.
   */
  appendEntry(ledgerId: string, serial: number, entry: StoredEntry): Promise<void>;

  /** Puts the files of a roll's newest snapshot in place of those of the one before. */
  replaceSnapshot(rollId: string, files: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** A file of a roll's newest snapshot. */
  readSnapshotFile(rollId: string, path: string): Promise<Uint8Array | undefined>;
  /** Rolls that have a snapshot. */
  snapshotRolls(): Promise<string[]>;

  /** Releases the database. */
  close(): Promise<void>;
}

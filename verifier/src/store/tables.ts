// Row types of the schema (schema.sql), for Kysely.

/** A board: of a poll, a policy or a petition. */
export interface BoardTable {
  scope: string;
  kind: "poll" | "policy" | "petition";
}

/** A public file that is stored as it is served. */
export interface PublicFileTable {
  scope: string;
  path: string;
  content: Uint8Array;
}

/** A record of a board. */
export interface RecordTable {
  scope: string;
  board_index: number;
  nullifier: Uint8Array;
  revision: number;
  statement_hash: Uint8Array;
  record: Uint8Array;
  leaf_hash: Uint8Array;
}

/** A signed tree head; the one that covers index i first is the smallest with size > i. */
export interface CheckpointTable {
  scope: string;
  size: number;
  note: string;
}

/** One signature of each closer. */
export interface ClosingTable {
  scope: string;
  closer: number;
  statement: Uint8Array;
  signature: string;
}

/** One wrapped share of each trustee. */
export interface ShareTable {
  scope: string;
  trustee: number;
  content: Uint8Array;
}

/** A ledger; `note` is the checkpoint before its first entry. */
export interface LedgerTable {
  ledger_id: string;
  board_name: string;
  note: string;
}

/** An entry of a ledger's log, and the checkpoint after it. */
export interface LedgerEntryTable {
  ledger_id: string;
  serial: number;
  line: Uint8Array;
  note: string;
}

/** A public file of a roll's newest snapshot. */
export interface SnapshotFileTable {
  roll_id: string;
  path: string;
  content: Uint8Array;
}

/** Which migrations have run. */
export interface SchemaMigrationTable {
  number: number;
}

/** All tables. */
export interface Tables {
  board: BoardTable;
  public_file: PublicFileTable;
  record: RecordTable;
  checkpoint: CheckpointTable;
  closing_signature: ClosingTable;
  share: ShareTable;
  ledger: LedgerTable;
  ledger_entry: LedgerEntryTable;
  snapshot_file: SnapshotFileTable;
  schema_migration: SchemaMigrationTable;
}

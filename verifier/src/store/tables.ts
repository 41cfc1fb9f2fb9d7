// Row types of the schema (schema.sql), for Kysely.

/** A registered poll. */
export interface PollTable {
  poll_id: string;
}

/** A public file that is stored as it is served. */
export interface PublicFileTable {
  poll_id: string;
  path: string;
  content: Uint8Array;
}

/** A record of a board. */
export interface RecordTable {
  poll_id: string;
  board_index: number;
  nullifier: Uint8Array;
  revision: number;
  statement_hash: Uint8Array;
  record: Uint8Array;
  leaf_hash: Uint8Array;
}

/** A signed tree head; the one that covers index i first is the smallest with size > i. */
export interface CheckpointTable {
  poll_id: string;
  size: number;
  note: string;
}

/** One signature of each closer. */
export interface ClosingTable {
  poll_id: string;
  closer: number;
  statement: Uint8Array;
  signature: string;
}

/** One wrapped share of each trustee. */
export interface ShareTable {
  poll_id: string;
  trustee: number;
  content: Uint8Array;
}

/** Which migrations have run. */
export interface SchemaMigrationTable {
  number: number;
}

/** All tables. */
export interface Tables {
  poll: PollTable;
  public_file: PublicFileTable;
  record: RecordTable;
  checkpoint: CheckpointTable;
  closing_signature: ClosingTable;
  share: ShareTable;
  schema_migration: SchemaMigrationTable;
}

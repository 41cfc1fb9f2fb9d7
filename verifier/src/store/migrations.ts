// Numbered migrations. A released one is never edited; schema.sql is the dump of all of them together.
//
// Not Kysely's own migrator: it writes the time of each migration into the database, and no time of ours
// belongs there.
import { type Kysely, sql } from "kysely";
import type { Tables } from "./tables.ts";

/** Statements of each migration; its number is its position, from 1. */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE poll (
  poll_id TEXT PRIMARY KEY CHECK (length(poll_id) = 62)
) STRICT`,
    `CREATE TABLE public_file (
  poll_id TEXT NOT NULL REFERENCES poll (poll_id),
  path TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (poll_id, path)
) STRICT`,
    `CREATE TABLE record (
  poll_id TEXT NOT NULL REFERENCES poll (poll_id),
  board_index INTEGER NOT NULL CHECK (board_index >= 0),
  nullifier BLOB NOT NULL CHECK (length(nullifier) = 32),
  revision INTEGER NOT NULL CHECK (revision BETWEEN 0 AND 65535),
  statement_hash BLOB NOT NULL CHECK (length(statement_hash) = 32),
  record BLOB NOT NULL,
  leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),
  PRIMARY KEY (poll_id, board_index),
  UNIQUE (poll_id, nullifier, revision),
  UNIQUE (poll_id, statement_hash)
) STRICT`,
    `CREATE TABLE checkpoint (
  poll_id TEXT NOT NULL REFERENCES poll (poll_id),
  size INTEGER NOT NULL CHECK (size >= 0),
  note TEXT NOT NULL,
  PRIMARY KEY (poll_id, size)
) STRICT`,
    `CREATE TABLE closing_signature (
  poll_id TEXT NOT NULL REFERENCES poll (poll_id),
  closer INTEGER NOT NULL CHECK (closer >= 1),
  statement BLOB NOT NULL,
  signature TEXT NOT NULL,
  PRIMARY KEY (poll_id, closer)
) STRICT`,
    `CREATE TABLE share (
  poll_id TEXT NOT NULL REFERENCES poll (poll_id),
  trustee INTEGER NOT NULL CHECK (trustee >= 1),
  content BLOB NOT NULL,
  PRIMARY KEY (poll_id, trustee)
) STRICT`,
  ],
  // Boards of policies and petitions beside those of polls; ledgers; snapshots of rolls.
  [
    "ALTER TABLE poll RENAME TO board",
    "ALTER TABLE board RENAME COLUMN poll_id TO scope",
    "ALTER TABLE public_file RENAME COLUMN poll_id TO scope",
    "ALTER TABLE record RENAME COLUMN poll_id TO scope",
    "ALTER TABLE checkpoint RENAME COLUMN poll_id TO scope",
    "ALTER TABLE closing_signature RENAME COLUMN poll_id TO scope",
    "ALTER TABLE share RENAME COLUMN poll_id TO scope",
    `ALTER TABLE board
  ADD COLUMN kind TEXT NOT NULL DEFAULT 'poll' CHECK (kind IN ('poll', 'policy', 'petition'))`,
    `CREATE TABLE ledger (
  ledger_id TEXT PRIMARY KEY CHECK (length(ledger_id) = 64),
  board_name TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT`,
    `CREATE TABLE ledger_entry (
  ledger_id TEXT NOT NULL REFERENCES ledger (ledger_id),
  serial INTEGER NOT NULL CHECK (serial >= 0),
  line BLOB NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (ledger_id, serial)
) STRICT`,
    `CREATE TABLE snapshot_file (
  roll_id TEXT NOT NULL CHECK (length(roll_id) = 64),
  path TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (roll_id, path)
) STRICT`,
  ],
];

/**
 * Brings the schema up to date.
 *
 * @throws Error - the database is of a newer version than this program.
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  await sql`CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER PRIMARY KEY) STRICT`.execute(db);
  await db.transaction().execute(async (transaction) => {
    const rows = await transaction.selectFrom("schema_migration").select("number").execute();
    const done = Math.max(0, ...rows.map(({ number }) => number));
    if (done > MIGRATIONS.length) throw new Error(`database is of schema ${done}, newer than this program`);
    for (const [i, statements] of MIGRATIONS.entries()) {
      if (i < done) continue;
      for (const statement of statements) await sql.raw(statement).execute(transaction);
      await transaction
        .insertInto("schema_migration")
        .values({ number: i + 1 })
        .execute();
    }
  });
}

/** The schema as SQL text: every table and index, by name. What schema.sql holds. */
export async function dumpSchema(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ sql: string }>`
    SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name`.execute(db);
  return rows.map((row) => `${row.sql};\n`).join("\n");
}

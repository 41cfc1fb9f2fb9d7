// The store on SQLite: WAL, synchronous=FULL, one connection. docs/design/verifier.md.
import Database from "better-sqlite3";
import { Kysely, SqliteDialect, sql, type Transaction } from "kysely";
import type { AppendOutcome, Checkpoint, NewRecord, Store, StoredLedger } from "../service/store.ts";
import { dumpSchema, migrate } from "./migrations.ts";
import type { Tables } from "./tables.ts";

/** A {@link Store} that can show its schema and settings. */
export interface SqliteStore extends Store {
  /** The schema as SQL text. */
  dumpSchema(): Promise<string>;
  /** Durability settings as the database reports them. */
  settings(): { readonly journalMode: string; readonly synchronous: number; readonly foreignKeys: number };
}

/** Value of `PRAGMA synchronous` for FULL: a commit returns only after the log is on the disk. */
export const SYNCHRONOUS_FULL = 2;

/**
 * Opens or creates a database file.
 *
 * @throws Error - not a database, of a newer schema, or it does not take the durability settings.
 */
export async function openSqliteStore(path: string): Promise<SqliteStore> {
  const database = new Database(path);
  try {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    const settings = readSettings(database);
    assertDurable(settings);
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
    await migrate(db);
    return makeStore(db, database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Refuses to run where a commit would not be durable (better-sqlite3 is compiled with NORMAL for WAL).
 *
 * @throws Error - another journal mode, synchronous below FULL, or foreign keys off.
 */
export function assertDurable(settings: ReturnType<SqliteStore["settings"]>): void {
  const { journalMode, synchronous, foreignKeys } = settings;
  if (journalMode !== "wal" || synchronous < SYNCHRONOUS_FULL || foreignKeys !== 1) {
    throw new Error(
      `database is not durable: journal_mode=${journalMode} synchronous=${synchronous} foreign_keys=${foreignKeys}`,
    );
  }
}

function readSettings(database: Database.Database): ReturnType<SqliteStore["settings"]> {
  return {
    journalMode: database.pragma("journal_mode", { simple: true }) as string,
    synchronous: database.pragma("synchronous", { simple: true }) as number,
    foreignKeys: database.pragma("foreign_keys", { simple: true }) as number,
  };
}

function makeStore(db: Kysely<Tables>, database: Database.Database): SqliteStore {
  return {
    dumpSchema: () => dumpSchema(db),
    settings: () => readSettings(database),
    close: () => db.destroy(),

    insertBoard: (scope, { kind, files, empty }) =>
      db.transaction().execute(async (transaction) => {
        const inserted = await transaction
          .insertInto("board")
          .values({ scope, kind })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        if (inserted.numInsertedOrUpdatedRows === 0n) return false;
        for (const [path, content] of files) {
          await transaction.insertInto("public_file").values({ scope, path, content }).execute();
        }
        await transaction
          .insertInto("checkpoint")
          .values({ scope, ...empty })
          .execute();
        return true;
      }),

    kindOf: async (scope) =>
      (await db.selectFrom("board").select("kind").where("scope", "=", scope).executeTakeFirst())?.kind,

    readFile: async (scope, path) =>
      (
        await db
          .selectFrom("public_file")
          .select("content")
          .where("scope", "=", scope)
          .where("path", "=", path)
          .executeTakeFirst()
      )?.content,

    insertFile: (scope, path, content) => insertFile(db, { scope, path, content }),

    appendRecords: (scope, expectedSize, candidates, seal) =>
      db
        .transaction()
        .execute((transaction) => appendRecords(transaction, scope, expectedSize, candidates, seal)),

    findStatement: (scope, statementHash) => findStatement(db, scope, statementHash),
    isRevisionUsed: (scope, nullifier, revision) => isRevisionUsed(db, scope, nullifier, revision),

    leafHashes: async (scope) =>
      (
        await db
          .selectFrom("record")
          .select("leaf_hash")
          .where("scope", "=", scope)
          .orderBy("board_index")
          .execute()
      ).map((row) => row.leaf_hash),

    records: async (scope, from, to) =>
      (
        await db
          .selectFrom("record")
          .select("record")
          .where("scope", "=", scope)
          .where("board_index", ">=", from)
          .where("board_index", "<", to)
          .orderBy("board_index")
          .execute()
      ).map((row) => row.record),

    checkpointCovering: (scope, index) =>
      db
        .selectFrom("checkpoint")
        .select(["size", "note"])
        .where("scope", "=", scope)
        .where("size", ">", index)
        .orderBy("size")
        .limit(1)
        .executeTakeFirst(),

    latestCheckpoint: (scope) =>
      db
        .selectFrom("checkpoint")
        .select(["size", "note"])
        .where("scope", "=", scope)
        .orderBy("size", "desc")
        .limit(1)
        .executeTakeFirst(),

    insertClosing: async (scope, { closer, statement, signature }) => {
      const result = await db
        .insertInto("closing_signature")
        .values({ scope, closer, statement, signature })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows !== 0n;
    },

    closings: (scope) =>
      db
        .selectFrom("closing_signature")
        .select(["closer", "statement", "signature"])
        .where("scope", "=", scope)
        .orderBy("closer")
        .execute(),

    insertShare: (scope, { trustee, content }, path) =>
      db.transaction().execute(async (transaction) => {
        const result = await transaction
          .insertInto("share")
          .values({ scope, trustee, content })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        if (result.numInsertedOrUpdatedRows === 0n) return false;
        // A path that is taken is an error, and takes the share back.
        await transaction.insertInto("public_file").values({ scope, path, content }).execute();
        return true;
      }),

    shares: (scope) =>
      db
        .selectFrom("share")
        .select(["trustee", "content"])
        .where("scope", "=", scope)
        .orderBy("trustee")
        .execute(),

    insertLedger: async (ledger_id, { boardName, note }) => {
      const result = await db
        .insertInto("ledger")
        .values({ ledger_id, board_name: boardName, note })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows !== 0n;
    },

    readLedger: (ledgerId) => db.transaction().execute((transaction) => readLedger(transaction, ledgerId)),

    appendEntry: (ledger_id, serial, { line, note }) =>
      db.transaction().execute(async (transaction) => {
        const { entries } = await transaction
          .selectFrom("ledger_entry")
          .select(sql<number>`count(*)`.as("entries"))
          .where("ledger_id", "=", ledger_id)
          .executeTakeFirstOrThrow();
        if (entries !== serial) throw new Error(`ledger has ${entries} entries, expected ${serial}`);
        await transaction.insertInto("ledger_entry").values({ ledger_id, serial, line, note }).execute();
      }),

    replaceSnapshot: (roll_id, files) =>
      db.transaction().execute(async (transaction) => {
        await transaction.deleteFrom("snapshot_file").where("roll_id", "=", roll_id).execute();
        for (const [path, content] of files) {
          await transaction.insertInto("snapshot_file").values({ roll_id, path, content }).execute();
        }
      }),

    readSnapshotFile: async (rollId, path) =>
      (
        await db
          .selectFrom("snapshot_file")
          .select("content")
          .where("roll_id", "=", rollId)
          .where("path", "=", path)
          .executeTakeFirst()
      )?.content,

    snapshotRolls: async () =>
      (await db.selectFrom("snapshot_file").select("roll_id").distinct().orderBy("roll_id").execute()).map(
        (row) => row.roll_id,
      ),
  };
}

async function readLedger(db: Transaction<Tables>, ledgerId: string): Promise<StoredLedger | undefined> {
  const ledger = await db
    .selectFrom("ledger")
    .select(["board_name", "note"])
    .where("ledger_id", "=", ledgerId)
    .executeTakeFirst();
  if (ledger === undefined) return undefined;
  const entries = await db
    .selectFrom("ledger_entry")
    .select(["line", "note"])
    .where("ledger_id", "=", ledgerId)
    .orderBy("serial")
    .execute();
  return {
    boardName: ledger.board_name,
    note: entries.at(-1)?.note ?? ledger.note,
    lines: entries.map(({ line }) => line),
  };
}

async function insertFile(db: Kysely<Tables>, row: Tables["public_file"]): Promise<boolean> {
  const result = await db
    .insertInto("public_file")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows !== 0n;
}

async function findStatement(
  db: Kysely<Tables>,
  scope: string,
  hash: Uint8Array,
): Promise<number | undefined> {
  const row = await db
    .selectFrom("record")
    .select("board_index")
    .where("scope", "=", scope)
    .where("statement_hash", "=", hash)
    .executeTakeFirst();
  return row?.board_index;
}

async function isRevisionUsed(
  db: Kysely<Tables>,
  scope: string,
  nullifier: Uint8Array,
  revision: number,
): Promise<boolean> {
  const row = await db
    .selectFrom("record")
    .select("board_index")
    .where("scope", "=", scope)
    .where("nullifier", "=", nullifier)
    .where("revision", "=", revision)
    .executeTakeFirst();
  return row !== undefined;
}

async function appendRecords(
  db: Transaction<Tables>,
  scope: string,
  expectedSize: number,
  candidates: readonly NewRecord[],
  seal: (appended: readonly number[]) => Checkpoint,
): Promise<readonly AppendOutcome[]> {
  const { size } = await db
    .selectFrom("record")
    .select(sql<number>`count(*)`.as("size"))
    .where("scope", "=", scope)
    .executeTakeFirstOrThrow();
  if (size !== expectedSize) throw new Error(`board has ${size} records, expected ${expectedSize}`);

  const outcomes: AppendOutcome[] = [];
  const appended: number[] = [];
  for (const [position, candidate] of candidates.entries()) {
    const index = expectedSize + appended.length;
    const outcome = await insertRecord(db, scope, index, candidate);
    if (outcome.kind === "appended") appended.push(position);
    outcomes.push(outcome);
  }
  if (appended.length > 0) {
    const { note, size: newSize } = seal(appended);
    await db.insertInto("checkpoint").values({ scope, size: newSize, note }).execute();
  }
  return outcomes;
}

/** Inserts first and asks afterwards: the constraint decides, so no two writers can both see "unused". */
async function insertRecord(
  db: Transaction<Tables>,
  scope: string,
  index: number,
  candidate: NewRecord,
): Promise<AppendOutcome> {
  const result = await db
    .insertInto("record")
    .values({
      scope,
      board_index: index,
      nullifier: candidate.nullifier,
      revision: candidate.revision,
      statement_hash: candidate.statementHash,
      record: candidate.record,
      leaf_hash: candidate.leafHash,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows !== 0n) return { kind: "appended", index };
  const same = await findStatement(db, scope, candidate.statementHash);
  if (same !== undefined) return { kind: "same-statement", index: same };
  if (await isRevisionUsed(db, scope, candidate.nullifier, candidate.revision)) {
    return { kind: "nullifier-used" };
  }
  throw new Error(`record ${index} was refused by an unexpected constraint`);
}

// The store on SQLite: WAL, synchronous=FULL, one connection. docs/design/verifier.md.
import Database from "better-sqlite3";
import { Kysely, SqliteDialect, sql, type Transaction } from "kysely";
import type { AppendOutcome, Checkpoint, NewRecord, Store } from "../service/store.ts";
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

    insertPoll: (pollId, files, empty) =>
      db.transaction().execute(async (transaction) => {
        const inserted = await transaction
          .insertInto("poll")
          .values({ poll_id: pollId })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        if (inserted.numInsertedOrUpdatedRows === 0n) return false;
        for (const [path, content] of files) {
          await transaction.insertInto("public_file").values({ poll_id: pollId, path, content }).execute();
        }
        await transaction
          .insertInto("checkpoint")
          .values({ poll_id: pollId, ...empty })
          .execute();
        return true;
      }),

    hasPoll: async (pollId) =>
      (await db.selectFrom("poll").select("poll_id").where("poll_id", "=", pollId).executeTakeFirst()) !==
      undefined,

    readFile: async (pollId, path) =>
      (
        await db
          .selectFrom("public_file")
          .select("content")
          .where("poll_id", "=", pollId)
          .where("path", "=", path)
          .executeTakeFirst()
      )?.content,

    insertFile: (poll_id, path, content) => insertFile(db, { poll_id, path, content }),

    appendRecords: (pollId, expectedSize, candidates, seal) =>
      db
        .transaction()
        .execute((transaction) => appendRecords(transaction, pollId, expectedSize, candidates, seal)),

    findStatement: (pollId, statementHash) => findStatement(db, pollId, statementHash),
    isRevisionUsed: (pollId, nullifier, revision) => isRevisionUsed(db, pollId, nullifier, revision),

    leafHashes: async (pollId) =>
      (
        await db
          .selectFrom("record")
          .select("leaf_hash")
          .where("poll_id", "=", pollId)
          .orderBy("board_index")
          .execute()
      ).map((row) => row.leaf_hash),

    records: async (pollId, from, to) =>
      (
        await db
          .selectFrom("record")
          .select("record")
          .where("poll_id", "=", pollId)
          .where("board_index", ">=", from)
          .where("board_index", "<", to)
          .orderBy("board_index")
          .execute()
      ).map((row) => row.record),

    checkpointCovering: (pollId, index) =>
      db
        .selectFrom("checkpoint")
        .select(["size", "note"])
        .where("poll_id", "=", pollId)
        .where("size", ">", index)
        .orderBy("size")
        .limit(1)
        .executeTakeFirst(),

    latestCheckpoint: (pollId) =>
      db
        .selectFrom("checkpoint")
        .select(["size", "note"])
        .where("poll_id", "=", pollId)
        .orderBy("size", "desc")
        .limit(1)
        .executeTakeFirst(),

    insertClosing: async (poll_id, { closer, statement, signature }) => {
      const result = await db
        .insertInto("closing_signature")
        .values({ poll_id, closer, statement, signature })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows !== 0n;
    },

    closings: (pollId) =>
      db
        .selectFrom("closing_signature")
        .select(["closer", "statement", "signature"])
        .where("poll_id", "=", pollId)
        .orderBy("closer")
        .execute(),

    insertShare: (poll_id, { trustee, content }, path) =>
      db.transaction().execute(async (transaction) => {
        const result = await transaction
          .insertInto("share")
          .values({ poll_id, trustee, content })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        if (result.numInsertedOrUpdatedRows === 0n) return false;
        // A path that is taken is an error, and takes the share back.
        await transaction.insertInto("public_file").values({ poll_id, path, content }).execute();
        return true;
      }),

    shares: (pollId) =>
      db
        .selectFrom("share")
        .select(["trustee", "content"])
        .where("poll_id", "=", pollId)
        .orderBy("trustee")
        .execute(),
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
  pollId: string,
  hash: Uint8Array,
): Promise<number | undefined> {
  const row = await db
    .selectFrom("record")
    .select("board_index")
    .where("poll_id", "=", pollId)
    .where("statement_hash", "=", hash)
    .executeTakeFirst();
  return row?.board_index;
}

async function isRevisionUsed(
  db: Kysely<Tables>,
  pollId: string,
  nullifier: Uint8Array,
  revision: number,
): Promise<boolean> {
  const row = await db
    .selectFrom("record")
    .select("board_index")
    .where("poll_id", "=", pollId)
    .where("nullifier", "=", nullifier)
    .where("revision", "=", revision)
    .executeTakeFirst();
  return row !== undefined;
}

async function appendRecords(
  db: Transaction<Tables>,
  pollId: string,
  expectedSize: number,
  candidates: readonly NewRecord[],
  seal: (appended: readonly number[]) => Checkpoint,
): Promise<readonly AppendOutcome[]> {
  const { size } = await db
    .selectFrom("record")
    .select(sql<number>`count(*)`.as("size"))
    .where("poll_id", "=", pollId)
    .executeTakeFirstOrThrow();
  if (size !== expectedSize) throw new Error(`board has ${size} records, expected ${expectedSize}`);

  const outcomes: AppendOutcome[] = [];
  const appended: number[] = [];
  for (const [position, candidate] of candidates.entries()) {
    const index = expectedSize + appended.length;
    const outcome = await insertRecord(db, pollId, index, candidate);
    if (outcome.kind === "appended") appended.push(position);
    outcomes.push(outcome);
  }
  if (appended.length > 0) {
    const { note, size: newSize } = seal(appended);
    await db.insertInto("checkpoint").values({ poll_id: pollId, size: newSize, note }).execute();
  }
  return outcomes;
}

/** Inserts first and asks afterwards: the constraint decides, so no two writers can both see "unused". */
async function insertRecord(
  db: Transaction<Tables>,
  pollId: string,
  index: number,
  candidate: NewRecord,
): Promise<AppendOutcome> {
  const result = await db
    .insertInto("record")
    .values({
      poll_id: pollId,
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
  const same = await findStatement(db, pollId, candidate.statementHash);
  if (same !== undefined) return { kind: "same-statement", index: same };
  if (await isRevisionUsed(db, pollId, candidate.nullifier, candidate.revision)) {
    return { kind: "nullifier-used" };
  }
  throw new Error(`record ${index} was refused by an unexpected constraint`);
}

// The stores, under the suite that they share; and what only SQLite can get wrong.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { assertDurable, openSqliteStore, type SqliteStore } from "../src/index.ts";
import { describeStore } from "./support/store-suite.ts";

async function openTemporary(): Promise<{
  store: SqliteStore;
  path: string;
  reopen(): Promise<SqliteStore>;
  remove(): Promise<void>;
}> {
  const directory = await mkdtemp(join(tmpdir(), "commune-store-"));
  const path = join(directory, "board.sqlite");
  let current = await openSqliteStore(path);
  return {
    store: current,
    path,
    async reopen() {
      await current.close();
      current = await openSqliteStore(path);
      return current;
    },
    async remove() {
      await current.close();
      await rm(directory, { recursive: true });
    },
  };
}

describeStore("SQLite", openTemporary);

describe("SQLite", () => {
  let opened: Awaited<ReturnType<typeof openTemporary>>;
  beforeEach(async () => {
    opened = await openTemporary();
  });
  afterEach(() => opened.remove());

  test("writes ahead, and to the disk at every commit", () => {
    expect(opened.store.settings()).toEqual({ journalMode: "wal", synchronous: 2, foreignKeys: 1 });
  });

  test("does so again when a file was left in other settings", async () => {
    await opened.store.close();
    const database = new Database(opened.path);
    database.pragma("journal_mode = DELETE");
    database.close();
    const store = (await opened.reopen()) as SqliteStore;
    expect(store.settings()).toEqual({ journalMode: "wal", synchronous: 2, foreignKeys: 1 });
  });

  test.each([
    ["another journal", { journalMode: "delete" }],
    ["a journal in memory", { journalMode: "memory" }],
    ["synchronous NORMAL", { synchronous: 1 }],
    ["synchronous OFF", { synchronous: 0 }],
    ["foreign keys off", { foreignKeys: 0 }],
  ])("with %s is refused", (_name, changes) => {
    const good = { journalMode: "wal", synchronous: 2, foreignKeys: 1 };
    expect(() => assertDurable(good)).not.toThrow();
    expect(() => assertDurable({ ...good, synchronous: 3 })).not.toThrow();
    expect(() => assertDurable({ ...good, ...changes })).toThrow("not durable");
  });

  test("in memory, where no commit is durable, is refused", async () => {
    await expect(openSqliteStore(":memory:")).rejects.toMatchObject({
      message: expect.stringContaining("not durable"),
    });
  });

  test("refuses a file that is no database, and a schema of tomorrow", async () => {
    await expect(openSqliteStore(new URL(import.meta.url).pathname)).rejects.toMatchObject({
      message: expect.stringContaining("not a database"),
    });
    await opened.store.close();
    const database = new Database(opened.path);
    database.exec("INSERT INTO schema_migration VALUES (99)");
    database.close();
    await expect(openSqliteStore(opened.path)).rejects.toMatchObject({
      message: expect.stringContaining("newer than this program"),
    });
    const repaired = new Database(opened.path);
    repaired.exec("DELETE FROM schema_migration WHERE number = 99");
    repaired.close();
    await opened.reopen();
  });

  test("has the schema of schema.sql, also after it was opened again", async () => {
    const checkedIn = await readFile(new URL("../schema.sql", import.meta.url), "utf8");
    expect(await opened.store.dumpSchema()).toBe(checkedIn);
    const again = (await opened.reopen()) as SqliteStore;
    expect(await again.dumpSchema()).toBe(checkedIn);
  });
});

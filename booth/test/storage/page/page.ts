// The browser's storage under test, for a test to call from outside.
import { indexedDbStorage } from "../../../src/core/indexed-db.ts";
import { STORAGE_CASES } from "../suite.ts";

/** What a test calls. */
export interface StoragePage {
  /** Runs a case on a new database. @returns what was wrong; null: nothing. */
  run(name: string): Promise<string | null>;
  /** Opens a database and writes a checkpoint. */
  write(database: string, key: string, value: string): Promise<boolean>;
  /** The checkpoint again. */
  read(database: string, key: string): Promise<string | undefined>;
  /** Opens a database, lets `meanwhile` happen to it, and reads. @returns the code of the error. */
  readAfterTakeover(database: string): Promise<string>;
}

let databases = 0;

const page: StoragePage = {
  async run(name) {
    try {
      await STORAGE_CASES[name]!(await indexedDbStorage(`case-${databases++}`));
      return null;
    } catch (error) {
      return String(error);
    }
  },
  async write(database, key, value) {
    const storage = await indexedDbStorage(database);
    return storage.write([{ store: "checkpoints", key, value, ifAbsent: true }]);
  },
  async read(database, key) {
    return (await indexedDbStorage(database)).read("checkpoints", key);
  },
  async readAfterTakeover(database) {
    const storage = await indexedDbStorage(database);
    // A newer page wants the database in a newer form: this one must give it up, or that one waits for ever.
    await new Promise((resolve, reject) => {
      const request = indexedDB.open(database, 99);
      request.onsuccess = resolve;
      request.onerror = reject;
    });
    try {
      await storage.read("checkpoints", "a");
      return "read";
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  },
};
Object.assign(globalThis, { storagePage: page });

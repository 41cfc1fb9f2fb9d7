// Storage in the browser's IndexedDB.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { DATABASE_NAME } from "./database-name.ts";
import { type BoothStorage, STORE_NAMES, StorageError, type StoreName, type Stores } from "./storage.ts";

type Schema = DBSchema & { readonly [S in StoreName]: { key: string; value: Stores[S] } };

/** Grows with {@link STORE_NAMES}. */
const VERSION = 3;

/**
 * Opens the booth's database, making it where there is none.
 *
 * @throws StorageError - the browser gives none.
 */
export async function indexedDbStorage(name = DATABASE_NAME): Promise<BoothStorage> {
  const db = await guarded(() =>
    openDB<Schema>(name, VERSION, {
      upgrade(database) {
        for (const store of STORE_NAMES) {
          if (!database.objectStoreNames.contains(store)) database.createObjectStore(store);
        }
      },
      // A newer page in another tab waits for this one otherwise.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    }),
  );
  return {
    read: <S extends StoreName>(store: S, key: string) =>
      guarded(() => db.get(store, key) as Promise<Stores[S] | undefined>),
    list: <S extends StoreName>(store: S) => guarded(() => listOf(db, store)),
    keys: (store) => guarded(() => db.getAllKeys(store)),
    write: (changes) =>
      guarded(async () => {
        const stores = [...new Set(changes.map(({ store }) => store))];
        // Strict: on the disk before a ballot's first byte leaves.
        const transaction = db.transaction(stores, "readwrite", { durability: "strict" });
        for (const change of changes) {
          if (change.value === null || change.ifAbsent !== true) continue;
          const taken = await transaction.objectStore(change.store).getKey(change.key);
          if (taken !== undefined) {
            await transaction.done;
            return false;
          }
        }
        const requests = changes.map(({ store, key, value }) => {
          const objects = transaction.objectStore(store);
          return value === null ? objects.delete(key) : objects.put(value, key);
        });
        await Promise.all([...requests, transaction.done]);
        return true;
      }),
    clear: () =>
      guarded(async () => {
        const transaction = db.transaction(STORE_NAMES, "readwrite", { durability: "strict" });
        const requests = STORE_NAMES.map((store) => transaction.objectStore(store).clear());
        await Promise.all([...requests, transaction.done]);
      }),
  };
}

async function listOf<S extends StoreName>(
  db: IDBPDatabase<Schema>,
  store: S,
): Promise<(readonly [string, Stores[S]])[]> {
  const transaction = db.transaction(store, "readonly");
  const [keys, values] = await Promise.all([
    transaction.store.getAllKeys(),
    transaction.store.getAll() as Promise<Stores[S][]>,
    transaction.done,
  ]);
  return keys.map((key, i) => [key, values[i]!] as const);
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new StorageError("this device did not store or read", { cause });
  }
}

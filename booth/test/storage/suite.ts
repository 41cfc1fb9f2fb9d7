// What the booth's storage promises, whatever it is made of. No test runner: the same cases run in a browser.
import type { BoothStorage, StoredBallot, StoredDraft } from "../../src/core/storage.ts";

/** A case: it throws where a promise is broken. The storage is empty. */
export type StorageCase = (storage: BoothStorage) => Promise<void>;

const ballot = (revision: number, changes: Partial<StoredBallot> = {}): StoredBallot => ({
  pollId: "ab".repeat(31),
  revision,
  statementHash: "cd".repeat(32),
  record: Uint8Array.of(1, 2, 3, revision),
  receipt: null,
  refusal: null,
  sendAfter: null,
  ...changes,
});
const draft: StoredDraft = { revision: 0, nonce: new Uint8Array(24), ciphertext: Uint8Array.of(9, 8) };

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Uint8Array ? `bytes ${[...part].join()}` : part,
  ) ?? "undefined";

function same(actual: unknown, expected: unknown, what: string): void {
  if (textOf(actual) !== textOf(expected)) {
    throw new Error(`${what}: expected ${textOf(expected)}, got ${textOf(actual)}`);
  }
}

/** All cases, by what they show. */
export const STORAGE_CASES: Readonly<Record<string, StorageCase>> = {
  "gives back what was written, bytes as bytes, and undefined for what was not": async (storage) => {
    same(await storage.write([{ store: "ballots", key: "a/0", value: ballot(0) }]), true, "write");
    same(await storage.read("ballots", "a/0"), ballot(0), "read");
    same((await storage.read("ballots", "a/0"))?.record instanceof Uint8Array, true, "bytes");
    same(await storage.read("ballots", "a/1"), undefined, "read of another key");
    same(await storage.read("checkpoints", "a/0"), undefined, "read of another store");
  },

  "lists by ascending key": async (storage) => {
    for (const key of ["b/0", "a/10", "a/2"]) {
      await storage.write([{ store: "ballots", key, value: ballot(key.length) }]);
    }
    same(await storage.keys("ballots"), ["a/10", "a/2", "b/0"], "keys");
    same(
      (await storage.list("ballots")).map(([key, { revision }]) => [key, revision]),
      [
        ["a/10", 4],
        ["a/2", 3],
        ["b/0", 3],
      ],
      "list",
    );
    same(await storage.list("drafts"), [], "an empty store");
  },

  "writes over, and removes": async (storage) => {
    const write = (value: StoredBallot | null) => storage.write([{ store: "ballots", key: "a/0", value }]);
    await write(ballot(0));
    await write(ballot(0, { refusal: "poll-closed" }));
    same((await storage.read("ballots", "a/0"))?.refusal, "poll-closed", "written over");
    await write(null);
    same(await storage.keys("ballots"), [], "removed");
    same(await write(null), true, "removed once more");
  },

  "changes several stores at once": async (storage) => {
    await storage.write([{ store: "drafts", key: "a", value: draft }]);
    await storage.write([
      { store: "ballots", key: "a/0", value: ballot(0), ifAbsent: true },
      { store: "drafts", key: "a", value: null },
    ]);
    same(await storage.keys("ballots"), ["a/0"], "ballots");
    same(await storage.keys("drafts"), [], "drafts");
  },

  "changes nothing where a key that should be free is taken": async (storage) => {
    await storage.write([
      { store: "ballots", key: "a/0", value: ballot(0) },
      { store: "drafts", key: "a", value: draft },
    ]);
    const written = await storage.write([
      { store: "drafts", key: "a", value: null },
      { store: "checkpoints", key: "a", value: "a note" },
      { store: "ballots", key: "a/0", value: ballot(7), ifAbsent: true },
    ]);
    same(written, false, "write");
    same(await storage.read("ballots", "a/0"), ballot(0), "the ballot");
    same(await storage.keys("drafts"), ["a"], "the draft");
    same(await storage.keys("checkpoints"), [], "the checkpoint");
  },

  "lets one of two that want the same free key have it": async (storage) => {
    const attempts = [1, 2, 3, 4].map((revision) =>
      storage.write([{ store: "ballots", key: "a/0", value: ballot(revision), ifAbsent: true }]),
    );
    const written = await Promise.all(attempts);
    same(written.filter(Boolean).length, 1, "how many were written");
    same((await storage.read("ballots", "a/0"))?.revision, written.indexOf(true) + 1, "whose it is");
  },

  "keeps a copy: what the caller changes afterwards does not show": async (storage) => {
    const value = ballot(0);
    await storage.write([{ store: "ballots", key: "a/0", value }]);
    value.record.fill(0);
    same((await storage.read("ballots", "a/0"))?.record, Uint8Array.of(1, 2, 3, 0), "stored");
    (await storage.read("ballots", "a/0"))?.record.fill(0);
    same((await storage.read("ballots", "a/0"))?.record, Uint8Array.of(1, 2, 3, 0), "read again");
  },

  "forgets everything": async (storage) => {
    await storage.write([
      { store: "ballots", key: "a/0", value: ballot(0) },
      { store: "checkpoints", key: "a", value: "a note" },
      { store: "artifacts", key: "ef", value: new Uint8Array(1000) },
    ]);
    await storage.clear();
    for (const store of ["ballots", "checkpoints", "artifacts"] as const) {
      same(await storage.keys(store), [], store);
    }
  },
};

// A database that an earlier version filled: the service goes on with it, and nothing that members hold is lost.
import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { jest } from "@jest/globals";
import type { TestService } from "./support/service.ts";

// Ballots here need no proof: a database holds what was proven once.
jest.unstable_mockModule("../../prover/src/groth16/verify.ts", () => ({
  createVerifier: async () => ({ publicCount: 23, verify: async () => true }),
}));
const { parseReceipt, publicPaths, registerPoll, verifyReceipt } = await import("@commune-zk/prover");
const { default: Database } = await import("better-sqlite3");
const { openSqliteStore } = await import("../src/index.ts");
const { testPoll, unprovenBallot } = await import("./support/ballots.ts");
const { ballotRequest } = await import("./support/refusals.ts");
const { OPERATOR_TOKEN, readTables, startTestService } = await import("./support/service.ts");

/** As released; `schema_migration` then said 1. */
const SCHEMA_1 = readFileSync(new URL("./fixtures/schema-1.sql", import.meta.url), "utf8");
/** Tables that version 1 had, the ones first that others refer to. */
const TABLES = ["poll", "public_file", "record", "checkpoint", "closing_signature", "share"];

const poll = testPoll();
const ballots = await Promise.all([0, 1, 2].map((voter) => unprovenBallot(poll, { voter })));
const extra = await unprovenBallot(poll, { voter: 3 });
const files = [publicPaths.poll, publicPaths.checkpoint, publicPaths.rollEvents, "roll/leaves/0"];

let service: TestService;
let receipts: string[];
let served: string[];

const send = ({ submission }: (typeof ballots)[number]) =>
  service.send(ballotRequest(poll.pollId, submission));
const filesNow = () =>
  Promise.all(
    files.map(async (path) => (await service.send({ path: `/polls/${poll.pollId}/${path}` })).text),
  );

/** Writes the rows of a database into one of version 1. */
function asVersion1(path: string): void {
  const rows = readTables(path);
  const old = `${path}.old`;
  const database = new Database(old);
  database.exec(SCHEMA_1);
  database.exec("INSERT INTO schema_migration VALUES (1)");
  for (const table of TABLES) {
    for (const { scope, kind, ...row } of rows[table === "poll" ? "board" : table]!) {
      expect([undefined, "poll"]).toContain(kind);
      const values = { poll_id: scope, ...row };
      const names = Object.keys(values);
      const places = names.map(() => "?").join(", ");
      database
        .prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${places})`)
        .run(Object.values(values));
    }
  }
  // Closing and trustees, in any bytes: the service reads them only when it is asked for the result.
  database.prepare("INSERT INTO closing_signature VALUES (?, 1, ?, 'ab')").run(poll.pollId, Buffer.from("c"));
  database.prepare("INSERT INTO share VALUES (?, 2, ?)").run(poll.pollId, Buffer.from("s"));
  database.close();
  for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
  cpSync(old, path);
  rmSync(old);
}

beforeAll(async () => {
  service = await startTestService();
  await registerPoll({ registration: poll.registration, operatorToken: OPERATOR_TOKEN }, service);
  receipts = [];
  for (const ballot of ballots) {
    const { status, text } = await send(ballot);
    expect(status).toBe(201);
    receipts.push(text);
  }
  served = await filesNow();
  await service.whileStopped(async (path) => asVersion1(path));
});
afterAll(() => service.remove());

test("polls, records and files of version 1 are served as they were, and receipts are the same", async () => {
  expect(readTables(service.databasePath).schema_migration).toEqual([{ number: 1 }, { number: 2 }]);
  expect(await filesNow()).toEqual(served);
  for (const [i, ballot] of ballots.entries()) {
    const again = await send(ballot);
    expect([again.status, again.text]).toEqual([200, receipts[i]]);
  }
});

test("the board of version 1 grows: a new ballot's receipt proves a board that holds the old ones", async () => {
  const { status, text } = await send(extra);
  expect(status).toBe(201);
  const receipt = parseReceipt(JSON.parse(text));
  expect(receipt.index).toBe(ballots.length);
  verifyReceipt({ receipt, record: extra.record, poll: poll.valid });
});

test("closings and shares of version 1 stay with their poll", async () => {
  const { closing_signature: closings, share: shares, board: boards } = readTables(service.databasePath);
  expect(boards).toEqual([{ scope: poll.pollId, kind: "poll" }]);
  expect(closings).toMatchObject([{ scope: poll.pollId, closer: 1, signature: "ab" }]);
  expect(shares).toMatchObject([{ scope: poll.pollId, trustee: 2 }]);
});

test("a database that was migrated has the schema of a new one, and its foreign keys hold", async () => {
  const copy = join(service.directory, "copy.sqlite");
  await service.whileStopped(async (path) => cpSync(path, copy));
  const store = await openSqliteStore(copy);
  try {
    const fresh = readFileSync(new URL("../schema.sql", import.meta.url), "utf8");
    expect(await store.dumpSchema()).toBe(fresh);
  } finally {
    await store.close();
  }
  const database = new Database(copy);
  try {
    expect(database.pragma("foreign_key_check")).toEqual([]);
    expect(database.pragma("integrity_check")).toEqual([{ integrity_check: "ok" }]);
  } finally {
    database.close();
  }
});

test("a migration that fails leaves the database of version 1, whole", async () => {
  const path = join(service.directory, "half.sqlite");
  const database = new Database(path);
  database.exec(SCHEMA_1);
  database.exec("INSERT INTO schema_migration VALUES (1)");
  // In the way of a table of version 2.
  database.exec("CREATE TABLE ledger (a TEXT)");
  database.close();
  await expect(openSqliteStore(path)).rejects.toMatchObject({ message: expect.stringContaining("ledger") });
  const tables = readTables(path);
  expect(Object.keys(tables)).toContain("poll");
  expect(Object.keys(tables)).not.toContain("board");
  expect(tables.schema_migration).toEqual([{ number: 1 }]);
});

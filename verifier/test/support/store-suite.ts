// What every store has to do, whatever database it is on. docs/design/verifier.md.
import { createHash } from "node:crypto";
import { uintBytes, utf8 } from "@commune-zk/prover";
import type { BoardKind, Checkpoint, NewRecord, Store } from "../../src/service/store.ts";

/** A store under test. */
export interface OpenStore {
  readonly store: Store;
  /** Closes it and opens another one on the same data. */
  reopen(): Promise<Store>;
  /** Closes it and removes its data. */
  remove(): Promise<void>;
}

const POLL = "ab".repeat(31);
const OTHER = "cd".repeat(31);
const hash = (text: string): Uint8Array => createHash("sha256").update(text).digest();
const empty: Checkpoint = { size: 0, note: "empty" };
const boardOf = (files: ReadonlyMap<string, Uint8Array> = new Map(), kind: BoardKind = "poll") => ({
  kind,
  files,
  empty,
});

/**
 * Any error. Not `toThrow`: in a worker that has run another test file, better-sqlite3 throws errors of that
 * file's realm, which jest does not take for errors.
 */
const failure = { message: expect.stringMatching(/./) };

/** A record of a member, the statement told apart by `text`. */
function record(member: number, revision = 0, text = `${member}/${revision}`): NewRecord {
  return {
    nullifier: uintBytes(member, 32),
    revision,
    statementHash: hash(`statement ${text}`),
    record: utf8(`record ${text}`),
    leafHash: hash(`leaf ${text}`),
  };
}

/** Tests of a store that `open` makes, empty, for each of them. */
export function describeStore(name: string, open: () => Promise<OpenStore>): void {
  describe(`store: ${name}`, () => {
    let opened: OpenStore;
    let store: Store;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
      await store.insertBoard(POLL, boardOf(new Map([["poll.json", utf8("poll")]])));
    });
    afterEach(() => opened.remove());

    const sealed = (size: number) => (appended: readonly number[]) => ({
      size: size + appended.length,
      note: `${size + appended.length} records`,
    });
    const append = (size: number, records: readonly NewRecord[], pollId = POLL) =>
      store.appendRecords(pollId, size, records, sealed(size));
    const contents = async (of = store) => ({
      records: (await of.records(POLL, 0, 1000)).map((bytes) => Buffer.from(bytes).toString()),
      leaves: (await of.leafHashes(POLL)).map((bytes) => Buffer.from(bytes).toString("hex")),
      latest: await of.latestCheckpoint(POLL),
    });

    describe("polls", () => {
      test("are there once, with their files and an empty board's checkpoint", async () => {
        expect(await store.kindOf(POLL)).toBe("poll");
        expect(await store.kindOf(OTHER)).toBeUndefined();
        expect(Buffer.from((await store.readFile(POLL, "poll.json"))!).toString()).toBe("poll");
        expect(await store.latestCheckpoint(POLL)).toEqual(empty);
        expect(await store.latestCheckpoint(OTHER)).toBeUndefined();
        expect(await store.leafHashes(POLL)).toEqual([]);
      });

      test("that are there already change nothing", async () => {
        const files = new Map([
          ["poll.json", utf8("other")],
          ["more.json", utf8("more")],
        ]);
        const other = { ...boardOf(files, "petition"), empty: { size: 0, note: "other" } };
        expect(await store.insertBoard(POLL, other)).toBe(false);
        expect(await store.kindOf(POLL)).toBe("poll");
        expect(Buffer.from((await store.readFile(POLL, "poll.json"))!).toString()).toBe("poll");
        expect(await store.readFile(POLL, "more.json")).toBeUndefined();
        expect(await store.latestCheckpoint(POLL)).toEqual(empty);
      });

      test("two registrations at once make one poll", async () => {
        const both = await Promise.all([1, 2].map(() => store.insertBoard(OTHER, boardOf())));
        expect(both.sort()).toEqual([false, true]);
      });

      test("whose files cannot all be stored leave nothing", async () => {
        const files = new Map([
          ["poll.json", utf8("poll")],
          ["broken", null as unknown as Uint8Array],
        ]);
        await expect(store.insertBoard(OTHER, boardOf(files))).rejects.toMatchObject(failure);
        expect(await store.kindOf(OTHER)).toBeUndefined();
        expect(await store.readFile(OTHER, "poll.json")).toBeUndefined();
      });

      test("have each its own records, checkpoints and files", async () => {
        await store.insertBoard(OTHER, boardOf());
        await append(0, [record(1)]);
        expect(await append(0, [record(1)], OTHER)).toEqual([{ kind: "appended", index: 0 }]);
        expect(await store.isRevisionUsed(OTHER, uintBytes(2, 32), 0)).toBe(false);
        await append(1, [record(2)]);
        expect((await store.latestCheckpoint(OTHER))?.size).toBe(1);
        expect(await store.findStatement(OTHER, hash("statement 2/0"))).toBeUndefined();
        expect(await store.readFile(OTHER, "poll.json")).toBeUndefined();
      });
    });

    describe("public files", () => {
      test("are written once; the first content stands", async () => {
        expect(await store.insertFile(POLL, "closing.json", utf8("first"))).toBe(true);
        expect(await store.insertFile(POLL, "closing.json", utf8("second"))).toBe(false);
        expect(Buffer.from((await store.readFile(POLL, "closing.json"))!).toString()).toBe("first");
      });

      test("of no poll are refused", async () => {
        await expect(store.insertFile(OTHER, "closing.json", utf8("x"))).rejects.toMatchObject(failure);
      });

      test("may hold any bytes", async () => {
        const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
        await store.insertFile(POLL, "bytes", bytes);
        await store.insertFile(POLL, "none", new Uint8Array(0));
        expect([...(await store.readFile(POLL, "bytes"))!]).toEqual([...bytes]);
        expect((await store.readFile(POLL, "none"))!).toHaveLength(0);
      });
    });

    describe("records", () => {
      test("are appended in order, under one checkpoint", async () => {
        const outcomes = await append(0, [record(1), record(2), record(3)]);
        expect(outcomes).toEqual([0, 1, 2].map((index) => ({ kind: "appended", index })));
        expect(await contents()).toEqual({
          records: ["record 1/0", "record 2/0", "record 3/0"],
          leaves: ["1/0", "2/0", "3/0"].map((text) => Buffer.from(hash(`leaf ${text}`)).toString("hex")),
          latest: { size: 3, note: "3 records" },
        });
      });

      test("of one statement are recorded once, within a commit and after it", async () => {
        expect(await append(0, [record(1), record(1)])).toEqual([
          { kind: "appended", index: 0 },
          { kind: "same-statement", index: 0 },
        ]);
        expect(await append(1, [record(2), record(1)])).toEqual([
          { kind: "appended", index: 1 },
          { kind: "same-statement", index: 0 },
        ]);
      });

      test("of one statement are recorded once even under two nullifiers", async () => {
        const { statementHash } = record(1);
        expect(await append(0, [record(1), { ...record(2), statementHash }])).toEqual([
          { kind: "appended", index: 0 },
          { kind: "same-statement", index: 0 },
        ]);
      });

      test("of one nullifier and revision are recorded once, within a commit and after it", async () => {
        expect(await append(0, [record(1), record(1, 0, "other"), record(1, 1)])).toEqual([
          { kind: "appended", index: 0 },
          { kind: "nullifier-used" },
          { kind: "appended", index: 1 },
        ]);
        expect(await append(2, [record(1, 1, "third")])).toEqual([{ kind: "nullifier-used" }]);
        expect((await contents()).records).toEqual(["record 1/0", "record 1/1"]);
      });

      test("may come with an older revision after a newer one", async () => {
        await append(0, [record(1, 7)]);
        expect(await append(1, [record(1, 3)])).toEqual([{ kind: "appended", index: 1 }]);
      });

      test("that are none of them new are not sealed, and leave the checkpoint", async () => {
        await append(0, [record(1)]);
        const seal = neverSealed();
        expect(await store.appendRecords(POLL, 1, [record(1), record(1, 0, "x")], seal)).toEqual([
          { kind: "same-statement", index: 0 },
          { kind: "nullifier-used" },
        ]);
        expect(await store.appendRecords(POLL, 1, [], seal)).toEqual([]);
        expect((await contents()).latest).toEqual({ size: 1, note: "1 records" });
      });

      test("are sealed by the positions of those that are new", async () => {
        await append(0, [record(1)]);
        const seen: (readonly number[])[] = [];
        await store.appendRecords(
          POLL,
          1,
          [record(1), record(2), record(2, 0, "x"), record(3)],
          (appended) => {
            seen.push([...appended]);
            return sealed(1)(appended);
          },
        );
        expect(seen).toEqual([[1, 3]]);
      });

      test("leave nothing where sealing throws", async () => {
        await append(0, [record(1)]);
        const before = await contents();
        const failing = store.appendRecords(POLL, 1, [record(2), record(3)], () => {
          throw new Error("no seal");
        });
        await expect(failing).rejects.toMatchObject({ message: "no seal" });
        expect(await contents()).toEqual(before);
        expect(await store.findStatement(POLL, hash("statement 2/0"))).toBeUndefined();
        expect(await append(1, [record(2)])).toEqual([{ kind: "appended", index: 1 }]);
      });

      test("leave nothing where the checkpoint cannot be stored", async () => {
        await append(0, [record(1)]);
        const before = await contents();
        const failing = store.appendRecords(POLL, 1, [record(2)], () => ({
          size: 1,
          note: "a second of size 1",
        }));
        await expect(failing).rejects.toMatchObject(failure);
        expect(await contents()).toEqual(before);
      });

      test.each([
        ["of a nullifier of 31 bytes", { nullifier: new Uint8Array(31) }],
        ["of a revision above 2^16 - 1", { revision: 65_536 }],
        ["of a negative revision", { revision: -1 }],
        ["of a statement hash of 33 bytes", { statementHash: new Uint8Array(33) }],
        ["of no leaf hash", { leafHash: new Uint8Array(0) }],
      ])("%s are refused, and take the whole commit with them", async (_name, changes) => {
        await expect(append(0, [record(1), { ...record(2), ...changes }])).rejects.toMatchObject(failure);
        expect((await contents()).records).toEqual([]);
      });

      test("leave nothing where the board has another size than the caller thought", async () => {
        await append(0, [record(1)]);
        const before = await contents();
        for (const size of [0, 2])
          await expect(append(size, [record(2)])).rejects.toMatchObject({
            message: expect.stringContaining("expected"),
          });
        expect(await contents()).toEqual(before);
      });

      test("of two writers at once are not mixed: one of them is told", async () => {
        const settled = await Promise.allSettled([append(0, [record(1)]), append(0, [record(2)])]);
        expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
        expect((await contents()).records).toHaveLength(1);
      });

      test("of no poll are refused", async () => {
        await expect(append(0, [record(1)], OTHER)).rejects.toMatchObject(failure);
      });

      test("are found by statement, nullifier and range", async () => {
        await append(0, [record(1), record(2, 5)]);
        await append(2, [record(3)]);
        expect(await store.findStatement(POLL, hash("statement 3/0"))).toBe(2);
        expect(await store.findStatement(POLL, hash("statement 4/0"))).toBeUndefined();
        expect(await store.isRevisionUsed(POLL, uintBytes(2, 32), 5)).toBe(true);
        expect(await store.isRevisionUsed(POLL, uintBytes(2, 32), 0)).toBe(false);
        const range = async (from: number, to: number) =>
          (await store.records(POLL, from, to)).map((bytes) => Buffer.from(bytes).toString());
        expect(await range(1, 2)).toEqual(["record 2/5"]);
        expect(await range(1, 9)).toEqual(["record 2/5", "record 3/0"]);
        expect(await range(3, 9)).toEqual([]);
      });

      test("have the checkpoint of their own commit for ever", async () => {
        await append(0, [record(1), record(2)]);
        await append(2, [record(3)]);
        await append(3, [record(4)]);
        const covering = await Promise.all(
          [0, 1, 2, 3, 4].map((index) => store.checkpointCovering(POLL, index)),
        );
        expect(covering.map((checkpoint) => checkpoint?.size)).toEqual([2, 2, 3, 4, undefined]);
      });
    });

    describe("closing signatures and shares", () => {
      const closing = (closer: number, text: string) => ({
        closer,
        statement: utf8(text),
        signature: "00".repeat(64),
      });

      test("stand once for each closer, in order; the first one stays", async () => {
        expect(await store.insertClosing(POLL, closing(2, "two"))).toBe(true);
        expect(await store.insertClosing(POLL, closing(1, "one"))).toBe(true);
        expect(await store.insertClosing(POLL, closing(2, "changed"))).toBe(false);
        const stored = await store.closings(POLL);
        expect(stored.map(({ closer, statement }) => [closer, Buffer.from(statement).toString()])).toEqual([
          [1, "one"],
          [2, "two"],
        ]);
        await expect(store.insertClosing(OTHER, closing(1, "one"))).rejects.toMatchObject(failure);
        await expect(store.insertClosing(POLL, closing(0, "none"))).rejects.toMatchObject(failure);
      });

      test("two of one closer at once: one stands", async () => {
        const both = await Promise.all(["a", "b"].map((text) => store.insertClosing(POLL, closing(1, text))));
        expect(both.sort()).toEqual([false, true]);
      });

      const share = (trustee: number, text: string) => ({ trustee, content: utf8(text) });

      test("shares stand once for each trustee, with their public file", async () => {
        expect(await store.insertShare(POLL, share(2, "two"), "shares/2")).toBe(true);
        expect(await store.insertShare(POLL, share(1, "one"), "shares/1")).toBe(true);
        expect(await store.insertShare(POLL, share(2, "changed"), "shares/changed")).toBe(false);
        const stored = await store.shares(POLL);
        expect(stored.map(({ trustee, content }) => [trustee, Buffer.from(content).toString()])).toEqual([
          [1, "one"],
          [2, "two"],
        ]);
        expect(Buffer.from((await store.readFile(POLL, "shares/2"))!).toString()).toBe("two");
        expect(await store.readFile(POLL, "shares/changed")).toBeUndefined();
        await expect(store.insertShare(OTHER, share(1, "one"), "shares/1")).rejects.toMatchObject(failure);
        await expect(store.insertShare(POLL, share(0, "none"), "shares/0")).rejects.toMatchObject(failure);
        expect(await store.readFile(POLL, "shares/0")).toBeUndefined();
      });

      test("shares whose public file cannot be stored are not recorded", async () => {
        await store.insertFile(POLL, "shares/1", utf8("taken"));
        await expect(store.insertShare(POLL, share(1, "one"), "shares/1")).rejects.toMatchObject(failure);
        expect(await store.shares(POLL)).toEqual([]);
        expect(await store.insertShare(POLL, share(1, "one"), "shares/one")).toBe(true);
      });
    });

    describe("ledgers", () => {
      const LEDGER = "ee".repeat(32);
      const entry = (n: number) => ({ line: utf8(`entry ${n}\n`), note: `${n + 1} entries` });
      const logOf = async (of = store) => {
        const ledger = await of.readLedger(LEDGER);
        return ledger && { ...ledger, lines: ledger.lines.map((line) => Buffer.from(line).toString()) };
      };
      const begin = () => store.insertLedger(LEDGER, { boardName: "board.test", note: "no entry" });

      test("are there once, empty under their first checkpoint", async () => {
        expect(await logOf()).toBeUndefined();
        expect(await begin()).toBe(true);
        expect(await store.insertLedger(LEDGER, { boardName: "other.test", note: "other" })).toBe(false);
        expect(await logOf()).toEqual({ boardName: "board.test", note: "no entry", lines: [] });
      });

      test("take entries in their order, each with the checkpoint over it", async () => {
        await begin();
        await store.appendEntry(LEDGER, 0, entry(0));
        await store.appendEntry(LEDGER, 1, entry(1));
        const expected = { boardName: "board.test", note: "2 entries", lines: ["entry 0\n", "entry 1\n"] };
        expect(await logOf()).toEqual(expected);
        expect(await logOf(await opened.reopen())).toEqual(expected);
      });

      test("refuse an entry of a writer that does not know how long they are", async () => {
        await begin();
        await store.appendEntry(LEDGER, 0, entry(0));
        for (const serial of [0, 2]) {
          await expect(store.appendEntry(LEDGER, serial, entry(9))).rejects.toMatchObject(failure);
        }
        expect((await logOf())?.lines).toEqual(["entry 0\n"]);
        const both = await Promise.allSettled([1, 2].map((n) => store.appendEntry(LEDGER, 1, entry(n))));
        expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      });

      test("that were never begun take no entry", async () => {
        await expect(store.appendEntry(LEDGER, 0, entry(0))).rejects.toMatchObject(failure);
      });
    });

    describe("snapshots of rolls", () => {
      const ROLL = "0f".repeat(32);
      test("take the place of those before them, file by file", async () => {
        expect(await store.snapshotRolls()).toEqual([]);
        const first = new Map([
          ["snapshot.json", utf8("first")],
          ["roll/leaves/1", utf8("gone")],
        ]);
        await store.replaceSnapshot(ROLL, first);
        await store.replaceSnapshot(ROLL, new Map([["snapshot.json", utf8("second")]]));
        expect(await store.snapshotRolls()).toEqual([ROLL]);
        expect(Buffer.from((await store.readSnapshotFile(ROLL, "snapshot.json"))!).toString()).toBe("second");
        expect(await store.readSnapshotFile(ROLL, "roll/leaves/1")).toBeUndefined();
      });

      test("whose files cannot all be stored leave the one before", async () => {
        await store.replaceSnapshot(ROLL, new Map([["snapshot.json", utf8("first")]]));
        const broken = new Map([
          ["snapshot.json", utf8("second")],
          ["broken", null as unknown as Uint8Array],
        ]);
        await expect(store.replaceSnapshot(ROLL, broken)).rejects.toMatchObject(failure);
        expect(Buffer.from((await store.readSnapshotFile(ROLL, "snapshot.json"))!).toString()).toBe("first");
      });
    });

    test("what was written is there after it was closed and opened again", async () => {
      await append(0, [record(1), record(2)]);
      await append(2, [record(3)]);
      await store.insertClosing(POLL, { closer: 1, statement: utf8("x"), signature: "00".repeat(64) });
      const before = await contents();
      const again = await opened.reopen();
      expect(await contents(again)).toEqual(before);
      expect(await again.closings(POLL)).toHaveLength(1);
      expect((await again.checkpointCovering(POLL, 1))?.size).toBe(2);
    });
  });
}

/** A seal that must not be asked for. */
function neverSealed(): () => Checkpoint {
  return () => {
    throw new Error("nothing was appended, and it was sealed");
  };
}

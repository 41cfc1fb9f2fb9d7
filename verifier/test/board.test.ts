// The board: what is committed together, what every reader can check of it, and that receipts last.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  auditBoard,
  BoardTree,
  boardFiles,
  checkpointOrigin,
  encodeRecord,
  InputError,
  MAX_REVISION,
  memoryPublicFiles,
  type PublicFiles,
  parseProof,
  publicPaths,
  type Receipt,
  receiptBytes,
  registerPoll,
  type SealedBallot,
  statementHash,
  type TreeHead,
  urlPublicFiles,
  verifyCheckpoint,
  verifyConsistency,
  verifyReceipt,
} from "@commune-zk/prover";
import { openSqliteStore } from "../src/index.ts";
import type { Board, RecordOutcome } from "../src/service/board.ts";
import type { Store } from "../src/service/store.ts";
import { testPoll, unprovenBallot } from "./support/ballots.ts";
import { acceptingVerifier, openBoard, recordOf, recordUnchecked } from "./support/boards.ts";
import { ballotRequest } from "./support/refusals.ts";
import { readTables, recorded, startTestService } from "./support/service.ts";

const poll = testPoll();
const template = await unprovenBallot(poll, { voter: 0 });

/** A ballot like any other, under a nullifier of the test's own. */
function ballot(nullifier: number, revision = 0): SealedBallot {
  const signals = template.submission.publicSignals.map(BigInt);
  signals[0] = BigInt(nullifier);
  signals[7] = BigInt(revision);
  return {
    ...template,
    nullifier: BigInt(nullifier),
    revision,
    statementHash: statementHash(signals),
    record: encodeRecord({ publicSignals: signals, proof: parseProof(template.submission.proof) }),
    submission: { ...template.submission, publicSignals: signals.map(String) },
  };
}

/** A database with the poll in it. */
async function openTemporary(): Promise<{ store: Store; path: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "commune-board-"));
  const path = join(directory, "board.sqlite");
  const store = await openSqliteStore(path);
  await store.insertBoard(poll.pollId, {
    kind: "poll",
    files: new Map(),
    empty: { size: 0, note: "empty" },
  });
  const remove = async (): Promise<void> => {
    await store.close();
    await rm(directory, { recursive: true });
  };
  return { store, path, remove };
}

const recordAll = (
  board: Board<Receipt>,
  ballots: readonly SealedBallot[],
): Promise<RecordOutcome<Receipt>[]> => Promise.all(ballots.map((one) => board.record(recordOf(one))));
function receiptOf(outcome: RecordOutcome<Receipt> | undefined): Receipt {
  if (outcome?.recorded !== true) throw new Error("not recorded");
  return outcome.receipt;
}
const headOf = (checkpoint: string): TreeHead =>
  verifyCheckpoint(checkpoint, {
    origin: checkpointOrigin("board.test", poll.pollId),
    publicKey: poll.poll.board.key,
  });
const filesOf = (board: Board<Receipt>): PublicFiles => ({
  async read(path) {
    const content = await board.file(path);
    if (content === undefined) throw new InputError("file-missing", "no such public file", path);
    return content;
  },
});

describe("many ballots at once", () => {
  // More than one tile of entries, in commits of which some end within a tile.
  const commits = [1, 4, 1, 259, 35];
  const total = commits.reduce((sum, n) => sum + n, 0);
  const ballots = Array.from({ length: total }, (_, i) => ballot(i + 1));
  let opened: Awaited<ReturnType<typeof openTemporary>>;
  let board: Board<Receipt>;
  const outcomes: RecordOutcome<Receipt>[] = [];
  const appendCalls: number[] = [];

  beforeAll(async () => {
    opened = await openTemporary();
    const counting: Store = {
      ...opened.store,
      appendRecords: (pollId, size, candidates, seal) => {
        appendCalls.push(candidates.length);
        return opened.store.appendRecords(pollId, size, candidates, seal);
      },
    };
    board = await openBoard(poll, counting);
    for (const n of commits) {
      outcomes.push(...(await recordAll(board, ballots.slice(outcomes.length, outcomes.length + n))));
    }
  }, 60_000);
  afterAll(() => opened.remove());

  test("are committed together, each once", () => {
    expect(appendCalls).toEqual(commits);
    expect(outcomes.map((outcome) => outcome.recorded && outcome.isNew)).toEqual(ballots.map(() => true));
    expect(outcomes.map((outcome) => receiptOf(outcome).index)).toEqual(ballots.map((_, i) => i));
    expect(board.size).toBe(total);
  });

  test("get receipts that verify, under the checkpoint of their own commit", () => {
    const sizes = commits.map((_, i) => commits.slice(0, i + 1).reduce((sum, n) => sum + n, 0));
    for (const [i, one] of ballots.entries()) {
      const receipt = receiptOf(outcomes[i]);
      verifyReceipt({ receipt, record: one.record, poll: poll.valid });
      expect(headOf(receipt.checkpoint).size).toBe(sizes.find((size) => size > i));
    }
    // The check can fail: one's receipt proves nothing about another's record.
    expect(() =>
      verifyReceipt({ receipt: receiptOf(outcomes[0]), record: ballots[1]!.record, poll: poll.valid }),
    ).toThrow(InputError);
  });

  test("leave checkpoints of which every later one extends every earlier one", () => {
    const rows = readTables(opened.path).checkpoint as { size: number; note: string }[];
    const heads = rows.filter(({ size }) => size > 0).map(({ note }) => headOf(note));
    expect(heads.map(({ size }) => size)).toEqual([1, 5, 6, 265, 300]);
    const tree = new BoardTree();
    for (const { record } of ballots) tree.append(record);
    for (const [i, first] of heads.entries()) {
      for (const second of heads.slice(i)) {
        const path = tree.consistency(first.size, second.size);
        expect(verifyConsistency(first, second, path)).toBe(true);
        if (first.size === second.size) continue;
        expect(verifyConsistency({ ...first, root: second.root }, second, path)).toBe(false);
      }
    }
  });

  test("can be read in tiles by any auditor, whole", async () => {
    const files = filesOf(board);
    const audited = await auditBoard({ poll: poll.valid, files, verifier: acceptingVerifier(poll) });
    expect([audited.size, audited.counted.ballots.length]).toEqual([total, total]);
    const expected = [...boardFiles(ballots.map(({ record }) => record))];
    expect(expected.map(([path]) => path)).toEqual([
      "board/tile/entries/000",
      "board/tile/entries/001.p/44",
      "board/tile/0/000",
      "board/tile/0/001.p/44",
      "board/tile/1/000.p/1",
    ]);
    for (const [path, content] of expected) {
      expect(Buffer.compare(await files.read(path), content)).toBe(0);
    }
    // A reader that fetched an earlier checkpoint still finds its partial tiles.
    const earlier = boardFiles(ballots.slice(0, 265).map(({ record }) => record));
    for (const [path, content] of earlier) {
      expect(Buffer.compare(await files.read(path), content)).toBe(0);
    }
    for (const path of [
      publicPaths.entries(1),
      publicPaths.entries(1, 45),
      publicPaths.tile(0, 1, 45),
      publicPaths.tile(0, 1),
      publicPaths.tile(1, 0, 2),
      publicPaths.tile(2, 0, 1),
      publicPaths.entries(2, 1),
    ]) {
      expect(await board.file(path)).toBeUndefined();
    }
  });

  test("an auditor that is given one record less, or another one, says so", async () => {
    const checkpoint = await filesOf(board).read(publicPaths.checkpoint);
    const verifier = acceptingVerifier(poll);
    const audit = (files: ReadonlyMap<string, Uint8Array>) =>
      auditBoard({
        poll: poll.valid,
        files: memoryPublicFiles(new Map([...files, [publicPaths.checkpoint, checkpoint]])),
        verifier,
      });
    const swapped = ballots.with(7, ballot(9999)).map(({ record }) => record);
    await expect(audit(new Map(boardFiles(swapped)))).rejects.toMatchObject({ code: "board-root-mismatch" });
    const fewer = ballots.slice(1).map(({ record }) => record);
    await expect(audit(new Map(boardFiles(fewer)))).rejects.toMatchObject({ code: "file-missing" });
  });

  test("are the same after the board is opened again", async () => {
    const again = await openBoard(poll, opened.store);
    expect(again.size).toBe(total);
    expect(again.root(total)).toEqual(board.root(total));
    for (const i of [0, 4, 5, 264, 265, 299]) {
      const receipt = await again.receiptOf(recordOf(ballots[i]!).statementHash);
      expect(receiptBytes(receipt!)).toEqual(receiptBytes(receiptOf(outcomes[i])));
    }
  });
});

describe("one commit", () => {
  let opened: Awaited<ReturnType<typeof openTemporary>>;
  beforeEach(async () => {
    opened = await openTemporary();
  });
  afterEach(() => opened.remove());

  test("of two statements under one nullifier and revision records one, and of one statement twice one", async () => {
    const board = await openBoard(poll, opened.store);
    const other = ballot(1);
    const rival = { ...recordOf(other), statementHash: new Uint8Array(32), record: ballot(2).record };
    const [first, second, again] = await Promise.all([
      board.record(recordOf(other)),
      board.record(rival),
      board.record(recordOf(other)),
    ]);
    expect(first).toMatchObject({ recorded: true, isNew: true });
    expect(second).toEqual({ recorded: false, reason: "nullifier-used" });
    expect(again).toEqual({ recorded: true, isNew: false, receipt: receiptOf(first) });
    expect(board.size).toBe(1);
  });

  test("takes the highest revision", async () => {
    const board = await openBoard(poll, opened.store);
    const [outcome] = await recordAll(board, [ballot(1, MAX_REVISION)]);
    expect(receiptOf(outcome).revision).toBe(MAX_REVISION);
  });

  test("gives no receipt before it is done", async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const slow: Store = {
      ...opened.store,
      appendRecords: async (...given) => {
        const outcomes = await opened.store.appendRecords(...given);
        await gate;
        return outcomes;
      },
    };
    const board = await openBoard(poll, slow);
    let answered = 0;
    const recording = recordAll(board, [ballot(1), ballot(2)]).then((outcomes) => {
      answered = outcomes.length;
      return outcomes;
    });
    // Asked for again while the commit is under way: not before it is done either.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const again = board.receiptOf(recordOf(ballot(1)).statementHash).then((receipt) => {
      answered++;
      return receipt;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(answered).toBe(0);
    expect(board.size).toBe(0);
    open();
    const outcomes = await recording;
    expect(receiptBytes((await again)!)).toEqual(receiptBytes(receiptOf(outcomes[0])));
    expect(board.size).toBe(2);
  });

  test.each(["before it was done", "after it was done, its answer lost"])(
    "that failed %s gives no receipt, and the same ballots may come again",
    async (when) => {
      let fails = true;
      const failing: Store = {
        ...opened.store,
        appendRecords: async (...given) => {
          if (fails && when === "before it was done") throw new Error("the disk is full");
          const outcomes = await opened.store.appendRecords(...given);
          if (fails) throw new Error("the connection is gone");
          return outcomes;
        },
      };
      const board = await openBoard(poll, failing);
      const ballots = [ballot(1), ballot(2)];
      const settled = await Promise.allSettled(ballots.map((one) => board.record(recordOf(one))));
      expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
      fails = false;

      const isDone = when !== "before it was done";
      const found = await board.receiptOf(recordOf(ballots[0]!).statementHash);
      expect(found !== undefined).toBe(isDone);
      const outcomes = await recordAll(board, [...ballots, ballot(3)]);
      expect(outcomes.map((outcome) => outcome.recorded && outcome.isNew)).toEqual([!isDone, !isDone, true]);
      for (const [i, one] of [...ballots, ballot(3)].entries()) {
        verifyReceipt({ receipt: receiptOf(outcomes[i]), record: one.record, poll: poll.valid });
      }
      const audited = await auditBoard({
        poll: poll.valid,
        files: filesOf(board),
        verifier: acceptingVerifier(poll),
      });
      expect(audited.size).toBe(3);
    },
  );

  test("waits for others no longer than it was told, and closing does not wait", async () => {
    const board = await openBoard(poll, opened.store, 60_000);
    const recording = recordAll(board, [ballot(1)]);
    await board.close();
    expect(receiptOf((await recording)[0]).index).toBe(0);
  });
});

test("over HTTP, a service that was started again gives the same receipts, byte for byte", async () => {
  const service = await startTestService();
  try {
    await registerPoll({ registration: poll.registration, operatorToken: service.operatorToken }, service);
    const ballots = [1, 2, 3, 4, 5].map((nullifier) => ballot(nullifier));
    const receipts = await recordUnchecked(service, poll, ballots);
    for (let round = 0; round < 2; round++) {
      const before = recorded(service);
      for (const [i, { submission }] of ballots.entries()) {
        const { status, text } = await service.send(ballotRequest(poll.pollId, submission));
        expect({ status, text }).toEqual({
          status: 200,
          text: Buffer.from(receiptBytes(receipts[i]!)).toString(),
        });
      }
      expect(recorded(service)).toEqual(before);
      await service.restart();
    }
    const files = urlPublicFiles(`${service.baseUrl}/polls/${poll.pollId}`);
    const audited = await auditBoard({ poll: poll.valid, files, verifier: acceptingVerifier(poll) });
    expect(audited.size).toBe(5);
  } finally {
    await service.remove();
  }
});

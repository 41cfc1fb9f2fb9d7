// Boards that an operator made up, well-formed and under its own good checkpoint: every auditor names the row,
// and no trustee signs or decrypts anything. docs/spec/board.md, docs/spec/closing.md §2.
import { describe, expect, test } from "@jest/globals";
import { BASE_FIELD_ORDER, FIELD_ORDER } from "../../src/formats/field.ts";
import {
  assembleClosing,
  audit,
  type BoardView,
  type CloserStore,
  countedSet,
  decodeRecord,
  encodeRecord,
  memoryCloserStore,
  memoryPublicFiles,
  partialDecrypt,
  publicPaths,
  type RecordContent,
  signClosing,
  statementHash,
  verifyClosing,
} from "../../src/index.ts";
import { checkStatement } from "../../src/protocol/ballot.ts";
import { BoardTree } from "../../src/protocol/board-tree.ts";
import { cast } from "../ballots/support.ts";
import { artifacts } from "../support/keys.ts";
import { badPoints } from "../support/points.ts";
import { CLOSES, judge, makePoll, recordOf } from "../support/polls.ts";
import { inputRejection } from "../trustees/support.ts";
import { closerSecrets, type Files, holdElection, ownAudit, pollFiles, signedBoard } from "./election.ts";

const election = await holdElection();
const { poll, rehearsed, records } = election;
// Voter 1 voted for the second option; this is the same right used again, for the first.
const again = await cast(election, { voter: 1, votes: [1, 0, 0] });

/** The public files of an open poll whose board holds these records. */
const boardWith = (rows: readonly Uint8Array[]): Files =>
  new Map([...pollFiles(election), ...signedBoard(election, rows)]);

/** The records with one of them changed. */
function withRow(index: number, change: (content: RecordContent) => RecordContent): Uint8Array[] {
  const copy = [...records];
  copy[index] = encodeRecord(change(decodeRecord(records[index]!)));
  return copy;
}

/** A trustee (1 … 3) or the witness (4) with its own memory, which tells what it committed itself to. */
function closer(closerIndex: number) {
  const committed: string[] = [];
  const memory = memoryCloserStore();
  const store: CloserStore = {
    async recordOnce(pollId, digest) {
      committed.push(digest);
      return memory.recordOnce(pollId, digest);
    },
  };
  const secretKey = closerSecrets(election)[closerIndex - 1]!;
  return {
    committed,
    /** Audits the board that it is shown, and signs what it found. */
    async close(files: Files) {
      const board = await ownAudit(election, files);
      return this.sign(board);
    },
    sign: (board: BoardView) => signClosing({ poll, board, closerIndex, secretKey, store, now: CLOSES }),
    /** Audits the board that it is shown, and decrypts under a closing that it is shown. */
    async decrypt(files: Files, closingBytes: Uint8Array) {
      const board = await ownAudit(election, files);
      const closing = verifyClosing(poll, closingBytes);
      const share = rehearsed.ceremony.shares[closerIndex - 1]!;
      const keys = { trusteeIndex: closerIndex, share, signingSecret: secretKey };
      return partialDecrypt({ poll, closing, board, ...keys, store });
    },
  };
}

/** What a closer would sign who takes the operator's word for a board: no proof is looked at. */
function unaudited(rows: readonly Uint8Array[]): BoardView {
  const tree = new BoardTree();
  for (const row of rows) tree.append(row);
  const ballots = rows.map((row) => {
    const { publicSignals } = decodeRecord(row);
    return {
      ...checkStatement(poll, publicSignals, "row"),
      statementHash: statementHash(publicSignals),
    };
  });
  const root = Buffer.from(tree.root()).toString("hex");
  return { size: rows.length, root, counted: countedSet({ pollId: poll.pollId, ballots }) };
}

/** `closing.json` that a quorum signed without an audit. */
async function rashClosing(rows: readonly Uint8Array[]): Promise<Uint8Array> {
  const board = unaudited(rows);
  const signatures = await Promise.all([1, 2, 3].map((i) => closer(i).sign(board)));
  return assembleClosing({ poll, signatures });
}

/** (−A, −B, C): the same statement, proven by other numbers. */
function twin({ publicSignals, proof: { a, b, c } }: RecordContent): RecordContent {
  const negate = (y: bigint): bigint => BASE_FIELD_ORDER - y;
  const proof = {
    a: [a[0], negate(a[1])],
    b: [b[0], [negate(b[1][0]), negate(b[1][1])]],
    c,
  } as const;
  return { publicSignals, proof };
}

/** A record with other public signals under its old proof; values may be out of range. */
const withSignal = (index: number, value: bigint) => (content: RecordContent) => ({
  ...content,
  publicSignals: content.publicSignals.with(index, value),
});

const [, outsideSubgroup] = badPoints[2]!;

const forged: [string, Uint8Array[], string, number][] = [
  [
    "a ballot of nobody: good points, a proof of nothing, appended",
    [...records, recordOf(poll, { nullifier: 77n })],
    "proof-invalid",
    5,
  ],
  [
    "a good ballot once more under an invented nullifier",
    withRow(2, withSignal(0, 123_456_789n)),
    "proof-invalid",
    2,
  ],
  ["a good ballot with another revision", withRow(3, withSignal(7, 2n)), "proof-invalid", 3],
  [
    "the proof of one ballot under the statement of another",
    withRow(0, (content) => ({ ...content, proof: decodeRecord(records[1]!).proof })),
    "proof-invalid",
    0,
  ],
  ["one row twice", [...records, records[1]!], "board-duplicate-ballot", 5],
  [
    "one statement twice, its proof made into another that verifies",
    [...records, encodeRecord(twin(decodeRecord(records[1]!)))],
    "board-duplicate-ballot",
    5,
  ],
  [
    "another ballot that really was proven under the same nullifier and revision",
    [...records, again.record],
    "board-duplicate-ballot",
    5,
  ],
  [
    "a ballot of another poll",
    [records[0]!, recordOf(judge(makePoll().registration)), ...records.slice(1)],
    "signals-not-of-poll",
    1,
  ],
  [
    "a nullifier plus the field's order: the same right a second time",
    withRow(0, (content) => withSignal(0, content.publicSignals[0]! + FIELD_ORDER)(content)),
    "not-canonical",
    0,
  ],
  ["a ballot for another roll", withRow(4, withSignal(5, 1n)), "signals-not-of-poll", 4],
  ["a revision that is none", withRow(4, withSignal(7, 65_536n)), "revision-invalid", 4],
  [
    "a ciphertext outside the subgroup",
    withRow(1, ({ publicSignals, proof }) => ({
      proof,
      publicSignals: publicSignals.with(1, BigInt(outsideSubgroup[0])).with(2, BigInt(outsideSubgroup[1])),
    })),
    "point-outside-subgroup",
    1,
  ],
  ["a row that is no record", [...records, Uint8Array.of(1, 2, 3)], "record-malformed", 5],
  ["an empty row", [...records, new Uint8Array(0)], "record-malformed", 5],
  ["a row one byte short", [...records, records[0]!.slice(0, -1)], "record-malformed", 5],
];

describe("a board with a forged row is refused by auditor and trustee, who sign and decrypt nothing", () => {
  test.each(forged)("%s", async (_what, rows, code, index) => {
    const files = boardWith(rows);
    const place = expect.stringMatching(new RegExp(`^board entry ${index}\\b`));
    const anchor = { kind: "poll-id", pollId: poll.pollId } as const;
    const auditing = audit({
      files: memoryPublicFiles(files),
      artifacts,
      anchor,
      allowDevelopmentKeys: true,
    });
    expect(await inputRejection(auditing)).toMatchObject({ code, place });
    const own = closer(1);
    expect(await inputRejection(own.close(files))).toMatchObject({ code, place });
    expect(own.committed).toEqual([]);
  });

  test("also where all other closers have signed it already", async () => {
    const [, rows] = forged[0]!;
    const closingBytes = await rashClosing(rows);
    // The closing is as good as a closing can look.
    expect(verifyClosing(poll, closingBytes).good).toEqual([1, 2, 3]);
    const own = closer(2);
    const files = boardWith(rows);
    expect(await inputRejection(own.decrypt(files, closingBytes))).toMatchObject({
      code: "proof-invalid",
      place: "board entry 5",
    });
    // Shown the honest board with that closing, it sees that the closing is about another one.
    expect(await inputRejection(own.decrypt(boardWith(records), closingBytes))).toMatchObject({
      code: "closing-not-my-board",
      place: "closing.json statement.boardSize",
    });
    expect(own.committed).toEqual([]);
    const published = files.set(publicPaths.closing, closingBytes);
    const anchor = { kind: "poll-id", pollId: poll.pollId } as const;
    const auditing = audit({
      files: memoryPublicFiles(published),
      artifacts,
      anchor,
      allowDevelopmentKeys: true,
    });
    expect(await inputRejection(auditing)).toMatchObject({ code: "proof-invalid", place: "board entry 5" });
  });

  test("the honest board of the same records: the trustee signs and decrypts", async () => {
    // The control of every test above: this trustee does act where it may.
    const files = boardWith(records);
    const signatures = await Promise.all([1, 2, 3].map((i) => closer(i).close(files)));
    const own = closer(1);
    const share = await own.decrypt(files, assembleClosing({ poll, signatures }));
    expect(share.message).toMatchObject({ type: "commune-zk/share/v1", trustee: 1 });
    expect(own.committed).toHaveLength(1);
  });
});

describe("two boards shown to two trustees", () => {
  const [first, second, ...others] = records as [Uint8Array, Uint8Array, ...Uint8Array[]];

  test.each<[string, readonly Uint8Array[]]>([
    ["a ballot withheld from one", records.slice(0, -1)],
    ["in another order", [second, first, ...others]],
    ["with another proof of one statement", [encodeRecord(twin(decodeRecord(first))), second, ...others]],
  ])("%s: no quorum, so nothing is decrypted", async (_what, rows) => {
    // Both boards are good by themselves: every proof verifies.
    const mine = boardWith(rows);
    const theirs = boardWith(records);
    const [one, two, three, witness] = [closer(1), closer(2), closer(3), closer(4)];
    const here = [await one.close(mine), await witness.close(mine)];
    const there = [await two.close(theirs), await three.close(theirs)];
    const signatures = [...here, ...there];
    expect(here[0]!.statement).not.toEqual(there[0]!.statement);
    expect(() => assembleClosing({ poll, signatures })).toThrow(
      expect.objectContaining({ code: "closing-no-quorum" }),
    );
    // Shown the other board afterwards, the trustee does not sign a second time.
    expect(await inputRejection(one.close(theirs))).toMatchObject({ code: "closing-already-signed" });
  });

  test("a quorum for the other board: the trustee who saw this one decrypts nothing", async () => {
    const mine = boardWith(records.slice(0, -1));
    const closingBytes = await rashClosing(records);
    const own = closer(1);
    await own.close(mine);
    expect(await inputRejection(own.decrypt(mine, closingBytes))).toMatchObject({
      code: "closing-not-my-board",
      place: "closing.json statement.boardSize",
    });
    // Nor for the other board, once it is shown that: the difference of the two sums would be one ballot.
    expect(await inputRejection(own.decrypt(boardWith(records), closingBytes))).toMatchObject({
      code: "closing-already-signed",
    });
  });
});

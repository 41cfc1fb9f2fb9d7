// Receipts: each field is bound to the record, the poll's board and its key. docs/spec/board.md §4.
import { beforeAll, describe, expect, test } from "@jest/globals";
import { fromUtf8, toHex } from "../../src/formats/bytes.ts";
import { parseCanonicalJson } from "../../src/formats/canonical-json.ts";
import { checkpointOrigin, MAX_NOTE_LENGTH, signCheckpoint } from "../../src/formats/checkpoint.ts";
import { ed25519KeyPair } from "../../src/formats/ed25519.ts";
import { leafHash } from "../../src/formats/merkle-log.ts";
import { decodeRecord } from "../../src/formats/record.ts";
import { BoardTree } from "../../src/protocol/board-tree.ts";
import {
  makeReceipt,
  parseReceipt,
  type Receipt,
  receiptBytes,
  verifyReceipt,
} from "../../src/protocol/receipt.ts";
import type { ValidPoll } from "../../src/protocol/validate-poll.ts";
import type { RehearsedPoll } from "../../src/rehearsal.ts";
import { randomHex } from "../../src/rehearsal.ts";
import {
  alteredPoll,
  boardKeys,
  emptyProof,
  judge,
  makePoll,
  receiptOf,
  recordOf,
} from "../support/polls.ts";
import { hashBySpec, inputError, u32 } from "../trustees/support.ts";

const INDEX = 3;

let rehearsed: RehearsedPoll;
let poll: ValidPoll;
/** The same people's other poll: another pollId and so another board. */
let otherPoll: ValidPoll;
let records: Uint8Array[];
let good: Receipt;

beforeAll(() => {
  rehearsed = makePoll();
  poll = judge(rehearsed.registration);
  otherPoll = judge(alteredPoll(rehearsed, (copy) => (copy.nonce = randomHex())).files);
  records = Array.from({ length: 6 }, (_, i) => recordOf(poll, { revision: i }));
  good = receiptOf(poll, records, INDEX);
});

/** "accepted", or code and place with which the holder of record 3 refuses. */
function outcome(receipt: Receipt, { record = records[INDEX]!, by = poll } = {}): string {
  try {
    verifyReceipt({ receipt, record, poll: by });
    return "accepted";
  } catch {
    const { code, place } = inputError(() => verifyReceipt({ receipt, record, poll: by }));
    return `${code} at ${place}`;
  }
}

/** A checkpoint over some records. */
function checkpoint(
  list: readonly Uint8Array[],
  { origin = checkpointOrigin("board.test", poll.pollId), secretKey = boardKeys.secretKey } = {},
): string {
  const tree = treeOf(list);
  return signCheckpoint(origin, { size: tree.size, root: tree.root() }, secretKey);
}

function treeOf(list: readonly Uint8Array[]): BoardTree {
  const tree = new BoardTree();
  for (const record of list) tree.append(record);
  return tree;
}

describe("a good receipt", () => {
  test("proves inclusion, for every record of the board", () => {
    expect(outcome(good)).toBe("accepted");
    for (const [i, record] of records.entries()) {
      expect(outcome(receiptOf(poll, records, i), { record })).toBe("accepted");
    }
    expect(outcome(receiptOf(poll, [records[0]!], 0), { record: records[0]! })).toBe("accepted");
  });

  test("holds what the specification says", () => {
    const { publicSignals } = decodeRecord(records[INDEX]!);
    const signals = publicSignals.map((signal) => signal.toString(16).padStart(64, "0")).join("");
    expect(good).toEqual({
      type: "commune-zk/receipt/v1",
      pollId: poll.pollId,
      nullifier: publicSignals[0]!.toString(),
      revision: INDEX,
      statementHash: hashBySpec("statement/ballot", [u32(publicSignals.length), signals]),
      index: INDEX,
      checkpoint: checkpoint(records),
      inclusion: treeOf(records).inclusion(INDEX).map(toHex),
    });
  });

  test("survives its bytes, which are canonical", () => {
    const bytes = receiptBytes(good);
    expect(parseReceipt(parseCanonicalJson(bytes))).toEqual(good);
    expect(outcome(parseReceipt(JSON.parse(fromUtf8(bytes))))).toBe("accepted");
  });

  test("may be under any later checkpoint of the same board", () => {
    const more = [...records, recordOf(poll), recordOf(poll)];
    const { inclusion } = receiptOf(poll, more, INDEX);
    expect(outcome({ ...good, checkpoint: checkpoint(more), inclusion })).toBe("accepted");
  });

  test("is not made for a record of another poll", () => {
    const foreign = recordOf(otherPoll);
    const { checkpoint: note, index } = good;
    const make = () => makeReceipt({ poll, record: foreign, index, checkpoint: note, inclusion: [] });
    expect(inputError(make).code).toBe("signals-not-of-poll");
  });
});

describe("a receipt is refused with", () => {
  const otherRecord = "receipt-other-record at receipt";
  const notIncluded = "receipt-not-included at receipt";
  const badSignature = "checkpoint-bad-signature at board/checkpoint";

  test.each<[string, (receipt: Receipt) => Partial<Receipt>, string]>([
    ["another pollId", () => ({ pollId: otherPoll.pollId }), "receipt-other-poll at receipt"],
    ["another nullifier", ({ nullifier }) => ({ nullifier: `${BigInt(nullifier) + 1n}` }), otherRecord],
    ["a nullifier in another form", ({ nullifier }) => ({ nullifier: `0${nullifier}` }), otherRecord],
    ["another revision", () => ({ revision: INDEX + 1 }), otherRecord],
    ["another statement hash", () => ({ statementHash: randomHex() }), otherRecord],
    ["the index before", () => ({ index: INDEX - 1 }), notIncluded],
    ["the index after", () => ({ index: INDEX + 1 }), notIncluded],
    ["an index beyond the board", () => ({ index: records.length }), notIncluded],
    ["a far index", () => ({ index: Number.MAX_SAFE_INTEGER }), notIncluded],
    ["no path", () => ({ inclusion: [] }), notIncluded],
    ["a shorter path", ({ inclusion }) => ({ inclusion: inclusion.slice(1) }), notIncluded],
    ["a longer path", ({ inclusion }) => ({ inclusion: [...inclusion, randomHex()] }), notIncluded],
    [
      "another hash in its path",
      ({ inclusion }) => ({ inclusion: inclusion.with(1, randomHex()) }),
      notIncluded,
    ],
    ["its path reversed", ({ inclusion }) => ({ inclusion: inclusion.toReversed() }), notIncluded],
    ["the path of another record", () => ({ inclusion: receiptOf(poll, records, 2).inclusion }), notIncluded],
    [
      "another record's whole place",
      () => {
        const { index, inclusion } = receiptOf(poll, records, 2);
        return { index, inclusion };
      },
      notIncluded,
    ],
    [
      "the checkpoint of a board without it",
      () => ({ checkpoint: checkpoint(records.toSpliced(INDEX, 1)) }),
      notIncluded,
    ],
    ["the checkpoint of an empty board", () => ({ checkpoint: checkpoint([]) }), notIncluded],
    ["an earlier checkpoint", () => ({ checkpoint: checkpoint(records.slice(0, 3)) }), notIncluded],
    [
      "the checkpoint of another poll",
      () => ({
        checkpoint: checkpoint(records, { origin: checkpointOrigin("board.test", otherPoll.pollId) }),
      }),
      "checkpoint-other-board at board/checkpoint",
    ],
    [
      "the checkpoint of another board of this poll",
      () => ({ checkpoint: checkpoint(records, { origin: checkpointOrigin("other.test", poll.pollId) }) }),
      "checkpoint-other-board at board/checkpoint",
    ],
    [
      "a checkpoint under another key",
      () => ({ checkpoint: checkpoint(records, { secretKey: ed25519KeyPair().secretKey }) }),
      badSignature,
    ],
    [
      "another size in its checkpoint",
      ({ checkpoint: note }) => ({ checkpoint: note.replace("\n6\n", "\n7\n") }),
      badSignature,
    ],
    [
      "another root in its checkpoint",
      ({ checkpoint: note }) => ({ checkpoint: note.replace(/\n[^\n]{44}\n/, `\n${"A".repeat(43)}=\n`) }),
      badSignature,
    ],
    [
      "no signature in its checkpoint",
      ({ checkpoint: note }) => ({ checkpoint: note.slice(0, note.indexOf("—")) }),
      "checkpoint-malformed at board/checkpoint",
    ],
    ["no checkpoint", () => ({ checkpoint: "" }), "checkpoint-malformed at board/checkpoint"],
  ])("%s", (_name, change, expected) => {
    expect(outcome({ ...good, ...change(good) })).toBe(expected);
  });

  test("another proof on the board: the record that stands there is not the one that was sent", () => {
    const { publicSignals } = decodeRecord(records[INDEX]!);
    const [nullifier, revision] = [publicSignals[0]!, INDEX];
    // The statement is the same only if ciphertexts are, so the signals are kept and the proof's points replaced.
    const sent = Uint8Array.from(records[INDEX]!);
    const proof = recordOf(poll, { nullifier, revision, proof: emptyProof(6n) }).slice(-256);
    sent.set(proof, sent.length - 256);
    expect(toHex(leafHash(sent))).not.toBe(toHex(leafHash(records[INDEX]!)));
    expect(decodeRecord(sent).publicSignals).toEqual(publicSignals);
    expect(outcome(good, { record: sent })).toBe(notIncluded);
  });

  test("another of the member's records", () => {
    expect(outcome(good, { record: records[INDEX + 1]! })).toBe(otherRecord);
  });

  test("other ciphertexts under the same nullifier and revision", () => {
    const { publicSignals } = decodeRecord(records[INDEX]!);
    const replaced = recordOf(poll, { nullifier: publicSignals[0]!, revision: INDEX });
    expect(outcome(good, { record: replaced })).toBe(otherRecord);
  });

  test("a record of another poll", () => {
    expect(outcome(good, { record: recordOf(otherPoll) })).toBe("signals-not-of-poll at record");
    expect(outcome(good, { by: otherPoll })).toBe("receipt-other-poll at receipt");
    expect(outcome({ ...good, pollId: otherPoll.pollId }, { by: otherPoll })).toBe(
      "signals-not-of-poll at record",
    );
  });

  test("a record that is none", () => {
    expect(outcome(good, { record: records[INDEX]!.slice(1) })).toBe("record-malformed at record");
  });
});

describe("receipts of another shape", () => {
  test.each<[string, (receipt: Receipt) => unknown, string]>([
    ["null", () => null, ""],
    ["a list", (receipt) => [receipt], ""],
    ["another type", (receipt) => ({ ...receipt, type: "commune-zk/receipt/v2" }), "type"],
    ["a field more", (receipt) => ({ ...receipt, time: 1 }), ""],
    ["no checkpoint", ({ checkpoint: _, ...receipt }) => receipt, "checkpoint"],
    ["a short pollId", (receipt) => ({ ...receipt, pollId: "ab" }), "pollId"],
    ["a number for a nullifier", (receipt) => ({ ...receipt, nullifier: 5 }), "nullifier"],
    ["79 digits of nullifier", (receipt) => ({ ...receipt, nullifier: "1".repeat(79) }), "nullifier"],
    ["revision −1", (receipt) => ({ ...receipt, revision: -1 }), "revision"],
    ["revision 65,536", (receipt) => ({ ...receipt, revision: 65_536 }), "revision"],
    [
      "an upper-case statement hash",
      (receipt) => ({ ...receipt, statementHash: "AB".repeat(32) }),
      "statementHash",
    ],
    ["index −1", (receipt) => ({ ...receipt, index: -1 }), "index"],
    ["index 0.5", (receipt) => ({ ...receipt, index: 0.5 }), "index"],
    ["an index in text", (receipt) => ({ ...receipt, index: "3" }), "index"],
    [
      "too long a checkpoint",
      (receipt) => ({ ...receipt, checkpoint: "x".repeat(MAX_NOTE_LENGTH + 1) }),
      "checkpoint",
    ],
    ["a path of 65", (receipt) => ({ ...receipt, inclusion: new Array(65).fill(randomHex()) }), "inclusion"],
    ["a short hash in its path", (receipt) => ({ ...receipt, inclusion: ["00"] }), "inclusion.0"],
  ])("%s is refused", (_name, change, path) => {
    const { code, place } = inputError(() => parseReceipt(change(good)));
    expect({ code, place }).toEqual({
      code: "receipt-malformed",
      place: path === "" ? "receipt" : `receipt: ${path}`,
    });
  });
});

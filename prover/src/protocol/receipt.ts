// What a member keeps: proof that its record stands on the board. docs/spec/board.md §4.
import { z } from "zod";
import { fromHex, toHex } from "../formats/bytes.ts";
import { canonicalBytes } from "../formats/canonical-json.ts";
import { checkpointOrigin, MAX_NOTE_LENGTH, verifyCheckpoint } from "../formats/checkpoint.ts";
import { InputError } from "../formats/errors.ts";
import { leafHash } from "../formats/merkle-log.ts";
import { decodeRecord, statementHash } from "../formats/record.ts";
import { count, fieldText, hex, parseWith } from "../formats/schema.ts";
import { checkStatement } from "./ballot.ts";
import { verifyInclusion } from "./board-tree.ts";
import type { BoardIdentity } from "./scope-document.ts";
import type { ValidPoll } from "./validate-poll.ts";

/** Parts of every receipt: which statement, and where it stands under which signed head. */
export const inclusionShape = {
  nullifier: fieldText,
  statementHash: hex(32),
  index: count,
  checkpoint: z.string().max(MAX_NOTE_LENGTH),
  inclusion: z.array(hex(32)).max(64),
};

/** Shape of a receipt; the service's API description uses it. */
export const receiptSchema = z.strictObject({
  type: z.literal("commune-zk/receipt/v1"),
  pollId: hex(31),
  revision: z.int().min(0).max(65535),
  ...inclusionShape,
});

/** A receipt. It names no member, but whoever holds it and knows whose it is knows the member's nullifier. */
export type Receipt = z.infer<typeof receiptSchema>;

/** A receipt for the record at `index`. */
export function makeReceipt({
  poll,
  record,
  index,
  checkpoint,
  inclusion,
}: {
  poll: ValidPoll;
  record: Uint8Array;
  index: number;
  checkpoint: string;
  inclusion: readonly Uint8Array[];
}): Receipt {
  const { publicSignals } = decodeRecord(record);
  const { nullifier, revision } = checkStatement(poll, publicSignals, "record");
  return {
    type: "commune-zk/receipt/v1",
    pollId: poll.pollId,
    nullifier: nullifier.toString(),
    revision,
    statementHash: statementHash(publicSignals),
    index,
    checkpoint,
    inclusion: inclusion.map(toHex),
  };
}

/** Canonical bytes of a receipt. */
export function receiptBytes(receipt: Receipt): Uint8Array {
  return canonicalBytes(receipt);
}

/**
 * A receipt from untrusted JSON, by its shape alone.
 *
 * @throws InputError `receipt-malformed`.
 */
export function parseReceipt(value: unknown): Receipt {
  return parseWith(receiptSchema, value, "receipt-malformed", "receipt");
}

/**
 * Checks that a receipt proves that exactly this record stands on the poll's board.
 *
 * A good receipt is no proof that the board shown to others is the same: compare checkpoints for that.
 *
 * @param record - the sealed record that the member stored before sending.
 * @throws InputError `receipt-other-poll`, `receipt-other-record`, `receipt-not-included`, `checkpoint-…`.
 */
export function verifyReceipt({
  receipt,
  record,
  poll,
}: {
  receipt: Receipt;
  record: Uint8Array;
  poll: ValidPoll;
}): void {
  if (receipt.pollId !== poll.pollId)
    throw new InputError("receipt-other-poll", "receipt of another poll", "receipt");
  const { publicSignals } = decodeRecord(record);
  const { nullifier, revision } = checkStatement(poll, publicSignals, "record");
  if (
    receipt.statementHash !== statementHash(publicSignals) ||
    receipt.nullifier !== nullifier.toString() ||
    receipt.revision !== revision
  ) {
    throw new InputError("receipt-other-record", "receipt of another record", "receipt");
  }
  checkIncluded({ receipt, record, board: poll.poll.board, scope: poll.pollId });
}

/**
 * That a record stands at a receipt's index under its checkpoint, for receipts of ballots and of claims.
 *
 * @param scope - `pollId` or `claimScope`: whose board.
 * @throws InputError `receipt-not-included`, `checkpoint-…`.
 */
export function checkIncluded({
  receipt,
  record,
  board,
  scope,
}: {
  receipt: Pick<Receipt, "index" | "checkpoint" | "inclusion">;
  record: Uint8Array;
  board: BoardIdentity;
  scope: string;
}): void {
  const head = verifyCheckpoint(receipt.checkpoint, {
    origin: checkpointOrigin(board.name, scope),
    publicKey: board.key,
  });
  const path = receipt.inclusion.map((hash) => fromHex(hash, 32, "receipt"));
  if (!verifyInclusion({ leaf: leafHash(record), index: receipt.index, path }, head)) {
    throw new InputError("receipt-not-included", "the record is not under the checkpoint", "receipt");
  }
}

// What a member keeps of a claim: proof that its record stands on the board. docs/spec/hours.md §5.
import { z } from "zod";
import { toHex } from "../../formats/bytes.ts";
import { canonicalBytes } from "../../formats/canonical-json.ts";
import { InputError } from "../../formats/errors.ts";
import { claimStatementHash, decodeRecord } from "../../formats/record.ts";
import { hex, parseWith } from "../../formats/schema.ts";
import { checkIncluded, inclusionShape } from "../receipt.ts";
import { verifyClaimStatement } from "./statement.ts";
import type { ValidPolicy } from "./validate-policy.ts";

/** Shape of a claim's receipt; the service's API description uses it. */
export const claimReceiptSchema = z.strictObject({
  type: z.literal("commune-zk/claim-receipt/v1"),
  claimScope: hex(31),
  ...inclusionShape,
});

/** A claim's receipt. It names no member, but whoever knows whose it is knows the member's nullifier. */
export type ClaimReceipt = z.infer<typeof claimReceiptSchema>;

/** A receipt for the record at `index`. */
export function makeClaimReceipt({
  policy,
  record,
  index,
  checkpoint,
  inclusion,
}: {
  policy: ValidPolicy;
  record: Uint8Array;
  index: number;
  checkpoint: string;
  inclusion: readonly Uint8Array[];
}): ClaimReceipt {
  return {
    type: "commune-zk/claim-receipt/v1",
    claimScope: policy.claimScope,
    ...statementOf(policy, record),
    index,
    checkpoint,
    inclusion: inclusion.map(toHex),
  };
}

/** Canonical bytes of a claim's receipt. */
export function claimReceiptBytes(receipt: ClaimReceipt): Uint8Array {
  return canonicalBytes(receipt);
}

/**
 * A claim's receipt from untrusted JSON, by its shape alone.
 *
 * @throws InputError `receipt-malformed`.
 */
export function parseClaimReceipt(value: unknown): ClaimReceipt {
  return parseWith(claimReceiptSchema, value, "receipt-malformed", "receipt");
}

/**
 * Checks that a receipt proves that exactly this record stands on the policy's board.
 *
 * @param record - the sealed record that the member stored before sending.
 * @throws InputError `receipt-other-policy`, `receipt-other-record`, `receipt-not-included`, `checkpoint-…`.
 */
export function verifyClaimReceipt({
  receipt,
  record,
  policy,
}: {
  receipt: ClaimReceipt;
  record: Uint8Array;
  policy: ValidPolicy;
}): void {
  if (receipt.claimScope !== policy.claimScope) {
    throw new InputError("receipt-other-policy", "receipt under another policy", "receipt");
  }
  const own = statementOf(policy, record);
  if (receipt.statementHash !== own.statementHash || receipt.nullifier !== own.nullifier) {
    throw new InputError("receipt-other-record", "receipt of another record", "receipt");
  }
  checkIncluded({ receipt, record, board: policy.policy.board, scope: policy.claimScope });
}

function statementOf(policy: ValidPolicy, record: Uint8Array): { nullifier: string; statementHash: string } {
  const { publicSignals } = decodeRecord(record);
  const { nullifier } = verifyClaimStatement(policy, publicSignals, "record");
  return { nullifier: nullifier.toString(), statementHash: claimStatementHash(publicSignals) };
}

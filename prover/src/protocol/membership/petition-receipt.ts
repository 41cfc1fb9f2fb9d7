// What a member keeps of a petition's signature: proof that its record stands on the board.
// docs/spec/membership.md §9.
import { z } from "zod";
import { toHex } from "../../formats/bytes.ts";
import { canonicalBytes } from "../../formats/canonical-json.ts";
import { InputError } from "../../formats/errors.ts";
import { decodeRecord, petitionStatementHash } from "../../formats/record.ts";
import { hex, parseWith } from "../../formats/schema.ts";
import { checkIncluded, inclusionShape } from "../receipt.ts";
import { petitionPurpose, type ValidPetition } from "./petition.ts";
import { type MembershipStatement, parseSemaphoreProof } from "./semaphore-proof.ts";
import { checkMembershipStatement } from "./statement.ts";

/** Shape of a signature's receipt; the service's API description uses it. */
export const petitionReceiptSchema = z.strictObject({
  type: z.literal("commune-zk/petition-receipt/v1"),
  petitionId: hex(31),
  ...inclusionShape,
});

/** A signature's receipt. It names no member, but whoever knows whose it is knows the member's nullifier. */
export type PetitionReceipt = z.infer<typeof petitionReceiptSchema>;

/** A signature of a petition by what it says: nothing of its proof has been looked at. */
export interface PetitionStatement {
  readonly nullifier: bigint;
  /** Hexadecimal; the same for every proof of the same statement. */
  readonly statementHash: string;
  /** @throws InputError `membership-…` - it says something else than that it signs `petition`. */
  readonly check: (petition: ValidPetition) => void;
}

/**
 * What a signature says.
 *
 * @param proof - untrusted JSON.
 * @throws InputError `membership-proof-malformed`, `not-canonical`.
 */
export function readPetitionStatement(proof: unknown): PetitionStatement {
  return statementOf(parseSemaphoreProof(proof).statement, "proof");
}

function statementOf(statement: MembershipStatement, place: string): PetitionStatement {
  const { depth, root, nullifier, message, scope } = statement;
  return {
    nullifier,
    statementHash: petitionStatementHash([BigInt(depth), root, nullifier, message, scope]),
    check(petition) {
      checkMembershipStatement(statement, { ...petitionPurpose(petition), rolls: [petition.roll] }, place);
    },
  };
}

function statementOfRecord(petition: ValidPetition, record: Uint8Array): PetitionStatement {
  const { publicSignals } = decodeRecord(record);
  if (publicSignals.length !== 5) {
    throw new InputError("record-malformed", "not a signature's five numbers", "record");
  }
  const [depth, root, nullifier, message, scope] = publicSignals as [bigint, bigint, bigint, bigint, bigint];
  const statement = statementOf({ depth: Number(depth), root, nullifier, message, scope }, "record");
  statement.check(petition);
  return statement;
}

/**
 * A receipt for the record at `index`.
 *
 * @throws InputError `record-malformed`, `membership-…` - not a record of this petition.
 */
export function makePetitionReceipt({
  petition,
  record,
  index,
  checkpoint,
  inclusion,
}: {
  petition: ValidPetition;
  record: Uint8Array;
  index: number;
  checkpoint: string;
  inclusion: readonly Uint8Array[];
}): PetitionReceipt {
  const { nullifier, statementHash } = statementOfRecord(petition, record);
  return {
    type: "commune-zk/petition-receipt/v1",
    petitionId: petition.petitionId,
    nullifier: nullifier.toString(),
    statementHash,
    index,
    checkpoint,
    inclusion: inclusion.map(toHex),
  };
}

/** Canonical bytes of a signature's receipt. */
export function petitionReceiptBytes(receipt: PetitionReceipt): Uint8Array {
  return canonicalBytes(receipt);
}

/**
 * A signature's receipt from untrusted JSON, by its shape alone.
 *
 * @throws InputError `receipt-malformed`.
 */
export function parsePetitionReceipt(value: unknown): PetitionReceipt {
  return parseWith(petitionReceiptSchema, value, "receipt-malformed", "receipt");
}

/**
 * Checks that a receipt proves that exactly this record stands on the petition's board.
 *
 * @param record - of `petitionRecord`, stored before sending.
 * @throws InputError `receipt-other-petition`, `receipt-other-record`, `receipt-not-included`, `checkpoint-…`.
 */
export function verifyPetitionReceipt({
  receipt,
  record,
  petition,
}: {
  receipt: PetitionReceipt;
  record: Uint8Array;
  petition: ValidPetition;
}): void {
  if (receipt.petitionId !== petition.petitionId) {
    throw new InputError("receipt-other-petition", "receipt of another petition", "receipt");
  }
  const own = statementOfRecord(petition, record);
  if (receipt.statementHash !== own.statementHash || receipt.nullifier !== own.nullifier.toString()) {
    throw new InputError("receipt-other-record", "receipt of another record", "receipt");
  }
  checkIncluded({ receipt, record, board: petition.petition.board, scope: petition.petitionId });
}

// A record of a board: public signals and proof, of a ballot or a claim. docs/spec/ballot.md §5, §7.
import { bytesToUint, concatBytes, toHex, uintBytes } from "./bytes.ts";
import { InputError } from "./errors.ts";
import { fieldFromBytes, fieldToBytes } from "./field.ts";
import { type Groth16Proof, PROOF_BYTES, proofFromBytes, proofToBytes } from "./groth16-proof.ts";
import { hashFramed } from "./hash.ts";

/** What a record holds. */
export interface RecordContent {
  /** Field elements in the order of the statement: docs/spec/ballot.md §2, docs/spec/hours.md §3. */
  readonly publicSignals: readonly bigint[];
  readonly proof: Groth16Proof;
}

const VERSION = 1;
const MAX_SIGNALS = 1024;

/** `01 ‖ u16 n ‖ signals ‖ proof`. */
export function encodeRecord({ publicSignals, proof }: RecordContent): Uint8Array {
  const head = concatBytes(Uint8Array.of(VERSION), uintBytes(publicSignals.length, 2));
  return concatBytes(head, ...publicSignals.map(fieldToBytes), proofToBytes(proof));
}

/**
 * A record from untrusted bytes: encodings and points are checked, the statement is not.
 *
 * @throws InputError `record-malformed` (version, length, no signals), `not-canonical`, points as in `bn254.ts`.
 */
export function decodeRecord(bytes: Uint8Array, place = "record"): RecordContent {
  if (bytes[0] !== VERSION || bytes.length < 3) {
    throw new InputError("record-malformed", "not a record of version 1", place);
  }
  const n = Number(bytesToUint(bytes.subarray(1, 3)));
  if (n === 0 || n > MAX_SIGNALS || bytes.length !== 3 + 32 * n + PROOF_BYTES) {
    throw new InputError("record-malformed", "length does not fit the number of signals", place);
  }
  const publicSignals = Array.from({ length: n }, (_, i) =>
    fieldFromBytes(bytes.subarray(3 + 32 * i, 35 + 32 * i), `${place} signal ${i}`),
  );
  return { publicSignals, proof: proofFromBytes(bytes.subarray(3 + 32 * n), `${place} proof`) };
}

/** Hash of a ballot's public signals, hexadecimal: the identity of a statement. */
export function statementHash(publicSignals: readonly bigint[]): string {
  return hashSignals("statement/ballot", publicSignals);
}

/** Hash of a claim's public signals, hexadecimal. docs/spec/hours.md §5. */
export function claimStatementHash(publicSignals: readonly bigint[]): string {
  return hashSignals("statement/hours", publicSignals);
}

/** Hash of the five numbers of a petition signature's record, hexadecimal. docs/spec/membership.md §9. */
export function petitionStatementHash(numbers: readonly bigint[]): string {
  return hashSignals("statement/petition", numbers);
}

function hashSignals(purpose: string, publicSignals: readonly bigint[]): string {
  const signals = concatBytes(...publicSignals.map(fieldToBytes));
  return toHex(hashFramed(purpose, [uintBytes(publicSignals.length, 4), signals]));
}

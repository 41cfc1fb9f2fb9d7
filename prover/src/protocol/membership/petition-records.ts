// A petition's signatures as records, and their audit. docs/spec/membership.md §9.
import { InputError } from "../../formats/errors.ts";
import { checkProof } from "../../formats/groth16-proof.ts";
import { decodeRecord, encodeRecord } from "../../formats/record.ts";
import { petitionPurpose, type ValidPetition } from "./petition.ts";
import type { MembershipVerifier } from "./semaphore-keys.ts";
import { parseSemaphoreProof } from "./semaphore-proof.ts";
import { checkMembershipProof, checkMembershipStatement } from "./statement.ts";

/**
 * The record of a signature that `verifyPetitionSignature` accepted: depth, root, nullifier, message and scope as
 * five numbers, and the proof.
 *
 * @param proof - JSON.
 * @throws InputError - as `parseSemaphoreProof` and `checkProof`.
 */
export function petitionRecord(proof: unknown): Uint8Array {
  const { statement, coordinates } = parseSemaphoreProof(proof);
  const { depth, root, nullifier, message, scope } = statement;
  return encodeRecord({
    publicSignals: [BigInt(depth), root, nullifier, message, scope],
    proof: checkProof(coordinates),
  });
}

/** What {@link auditPetition} reads, and by what it judges. */
export interface AuditPetitionOptions {
  readonly petition: ValidPetition;
  /** Untrusted, in their published order. */
  readonly records: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  readonly verifier: MembershipVerifier;
  readonly signal?: AbortSignal;
}

/**
 * Counts a petition's signatures: every record is one of this petition, no nullifier stands twice, every proof
 * verifies.
 *
 * @returns nullifiers in the records' order: their number is that of the signatures.
 * @throws InputError `record-malformed`, `membership-…`, `petition-duplicate-signature`, `proof-invalid`, points
 *   and numbers as their decoders; the place names the first bad record, from 0.
 * @throws DOMException `AbortError`.
 */
export async function auditPetition(
  options: AuditPetitionOptions,
): Promise<{ readonly nullifiers: readonly bigint[] }> {
  const { petition, records, verifier, signal } = options;
  const expected = { ...petitionPurpose(petition), rolls: [petition.roll] };
  const nullifiers = new Set<bigint>();
  for await (const record of records) {
    signal?.throwIfAborted();
    const place = `signature ${nullifiers.size}`;
    const { publicSignals, proof } = decodeRecord(record, place);
    if (publicSignals.length !== 5 || publicSignals[0] === 0n) {
      throw new InputError("record-malformed", "not a signature's five numbers", place);
    }
    const [depth, root, nullifier, message, scope] = publicSignals as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    const statement = { depth: Number(depth), root, nullifier, message, scope };
    checkMembershipStatement(statement, expected, place);
    if (nullifiers.has(nullifier)) {
      throw new InputError("petition-duplicate-signature", "this member's signature stands before", place);
    }
    await checkMembershipProof(statement, proof, verifier, place);
    nullifiers.add(nullifier);
  }
  return { nullifiers: [...nullifiers] };
}

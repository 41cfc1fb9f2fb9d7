// A board's records in order, the proofs of many at once.
import { InputError } from "../formats/errors.ts";
import type { ProofVerifier, ProvenStatement } from "../groth16/verify.ts";

/** Records whose proofs are checked together. */
const TOGETHER = 64;

/** What {@link checkRecords} reads and reports to. */
export interface CheckRecordsOptions<T> {
  readonly entries: readonly Uint8Array[];
  /**
   * Reads one and checks all but its proof. Called in order.
   *
   * @param place - how errors name it.
   */
  readonly read: (entry: Uint8Array, place: string) => ProvenStatement & { readonly content: T };
  readonly verifier: ProofVerifier;
  readonly signal?: AbortSignal;
  /** Called for each record that is found good, with the number of those and the number there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * The contents of all records.
 *
 * @throws InputError - as `read`, or `proof-invalid`: of the first bad record, whatever is bad about it.
 * @throws unknown - the reason with which the signal fired.
 */
export async function checkRecords<T>({
  entries,
  read,
  verifier,
  signal,
  onProgress,
}: CheckRecordsOptions<T>): Promise<T[]> {
  const contents: T[] = [];
  const placeOf = (index: number): string => `board entry ${index}`;
  while (contents.length < entries.length) {
    signal?.throwIfAborted();
    const from = contents.length;
    const part: (ProvenStatement & { readonly content: T })[] = [];
    let failure: { readonly error: unknown } | undefined;
    for (const entry of entries.slice(from, from + TOGETHER)) {
      try {
        part.push(read(entry, placeOf(from + part.length)));
      } catch (error) {
        // One before it may have a bad proof.
        failure = { error };
        break;
      }
    }
    const [bad] = await verifier.findInvalid(part, signal && { signal });
    if (bad !== undefined) {
      throw new InputError("proof-invalid", "the proof does not verify", placeOf(from + bad));
    }
    if (failure !== undefined) throw failure.error;
    for (const { content } of part) {
      contents.push(content);
      onProgress?.(contents.length, entries.length);
    }
  }
  return contents;
}

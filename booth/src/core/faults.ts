// From errors to what the page shows, and what is kept of a server that misbehaved.
import { canonicalBytes, hashFramed, InputError, toBase64, toHex } from "@commune-zk/prover";
import type { Fault } from "./state.ts";
import type { BoothStorage } from "./storage.ts";

/** An error of the surroundings with a code of docs/spec/errors.md. */
export abstract class NamedError extends Error {
  abstract readonly code: string;
}

/** No answer from the service or host, or one that is no answer. Safe to retry. */
export class NoAnswerError extends NamedError {
  readonly code = "no-answer";
}

/** The worker ended. Safe to retry. */
export class ProverError extends NamedError {
  readonly code = "prover-failed";
}

/** Codes after which the same step can end otherwise: docs/spec/errors.md. */
const RETRY: ReadonlySet<string> = new Set([
  "artifact-size-mismatch",
  "artifact-digest-mismatch",
  "board-stale",
  "file-missing",
  "no-answer",
  "passkey-unavailable",
  "poll-not-open",
  "poll-unknown",
  "proof-self-check-failed",
  "prover-failed",
  "storage-failed",
]);

/**
 * An error as the page shows it. What is neither a refusal nor a failure of the surroundings is a bug, and
 * thrown on.
 */
export function faultOf(error: unknown): Fault {
  if (error instanceof InputError) return faultWith(error.code, error.place ?? null);
  if (error instanceof NamedError) return faultWith(error.code, null);
  throw error;
}

function faultWith(code: string, place: string | null, evidence: string | null = null): Fault {
  return { code, place, evidence, retry: RETRY.has(code) };
}

/** Something that a server said. */
export interface EvidenceItem {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Items above this size are kept by their digest: a whole chunk of leaves fits, the larger keys do not. */
const MAX_ITEM_BYTES = 4.5 * 2 ** 20;
/** A server that lies in ever new ways shall not fill the device. */
const MAX_EVIDENCE = 50;

/**
 * {@link faultOf}, with what the server said kept, where it is the server's fault: a document with code, place
 * and the bytes. No time and nothing of the member's goes into it but what is handed in.
 */
export async function faultWithEvidence(
  error: unknown,
  { storage, pollId, items }: { storage: BoothStorage; pollId: string; items: readonly EvidenceItem[] },
): Promise<Fault> {
  const fault = faultOf(error);
  if (!(error instanceof InputError) || items.length === 0) return fault;
  const bytes = canonicalBytes({
    type: "commune-zk/evidence/v1",
    code: fault.code,
    place: fault.place,
    pollId,
    items: items.map(({ name, bytes: said }) => ({
      name,
      digest: toHex(hashFramed("evidence-item", [said])),
      base64: said.length > MAX_ITEM_BYTES ? null : toBase64(said),
    })),
  });
  // Named by its content: the same misbehaviour again takes no more room.
  const name = `${fault.code}-${toHex(hashFramed("evidence", [bytes])).slice(0, 16)}.json`;
  try {
    if ((await storage.keys("evidence")).length >= MAX_EVIDENCE) return fault;
    await storage.write([{ store: "evidence", key: name, value: bytes }]);
  } catch {
    // The refusal stands without it.
    return fault;
  }
  return { ...fault, evidence: name };
}

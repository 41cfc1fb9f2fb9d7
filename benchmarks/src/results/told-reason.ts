// What an engine's last words say about why it made no proof.
import type { FailureReason } from "./schema.ts";

/** Runtimes say in many words that memory cannot be had; none has a type of its own for it. */
const NO_MEMORY = /out of memory|allocat|enlarge memory|array buffer|invalid array length|memory\.grow/i;

/** The reason that a message tells. */
export function toldReason(message: string): FailureReason {
  return NO_MEMORY.test(message) ? "out-of-memory" : "failed";
}

// What a closer remembers for ever: the one statement it signed for each poll. docs/spec/closing.md §2.

/** One closer's own memory. Two closers never share one. */
export interface CloserStore {
  /**
   * Remembers the digest of the statement for a poll, if none is remembered yet. Durable when this resolves;
   * of two concurrent calls with different digests exactly one is "recorded".
   *
   * @param pollId - 62 hexadecimal digits.
   * @param statementDigest - 64 hexadecimal digits.
   * @returns "recorded" the first time, "same" for the same digest again, "different" for another one: then
   *   nothing has changed, and the caller must not sign.
   */
  recordOnce(pollId: string, statementDigest: string): Promise<"recorded" | "same" | "different">;
}

/** A store that forgets with the process: for tests and samples, never for a real poll. */
export function memoryCloserStore(): CloserStore {
  const digests = new Map<string, string>();
  return {
    async recordOnce(pollId, statementDigest) {
      const known = digests.get(pollId);
      if (known === undefined) {
        digests.set(pollId, statementDigest);
        return "recorded";
      }
      return known === statementDigest ? "same" : "different";
    },
  };
}

// A fetch that gives up on silence, not on slowness, and tells how it gets on.
import { NoAnswerError } from "./faults.ts";
import type { Surroundings } from "./surroundings.ts";

/** How long nothing may arrive. */
export const SILENCE_MS = 30_000;
/** Longest answer that is taken in: more than any file of ours. */
const MAX_BYTES = 256 * 2 ** 20;

/** Size of the pieces of an answer; the last may be shorter. */
export const PIECE_BYTES = 2 ** 19;

/** A whole answer, in pieces of {@link PIECE_BYTES}: slow networks deliver it in thousands of parts. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
}

/**
 * A fetch that fails with {@link NoAnswerError} where nothing arrives for {@link SILENCE_MS}, or where the
 * network fails; its responses are whole. It sends no credentials and no referrer, and goes past the browser's
 * cache: what is good core keeps itself, and what was bad must not come back from a copy when it is asked again.
 */
export function patientFetch(surroundings: Pick<Surroundings, "fetch" | "timers">): typeof fetch {
  const read = patientRead(surroundings);
  return async (input, init) => {
    const { status, headers, parts } = await read(input, init);
    // A response of these statuses has no body and may not be made with one.
    const body = [204, 205, 304].includes(status) ? null : new Blob([...parts]);
    return new Response(body, { status, headers });
  };
}

/**
 * The same, with the answer as it came.
 *
 * @param onBytes - called as bytes arrive, with their number so far.
 */
export function patientRead(
  { fetch: get, timers }: Pick<Surroundings, "fetch" | "timers">,
  onBytes?: (received: number) => void,
): (input: RequestInfo | URL, init?: RequestInit) => Promise<WholeAnswer> {
  return async (input, init = {}) => {
    const silence = new AbortController();
    const outer = init.signal ?? undefined;
    outer?.throwIfAborted();
    const onAbort = (): void => silence.abort(outer?.reason);
    outer?.addEventListener("abort", onAbort, { once: true });
    const giveUp = (): void => silence.abort(new NoAnswerError("nothing arrived for too long"));
    let stop = timers.after(SILENCE_MS, giveUp);
    try {
      const response = await get(input, {
        ...init,
        signal: silence.signal,
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      const parts: Uint8Array<ArrayBuffer>[] = [];
      let piece = new Uint8Array(0);
      let filled = 0;
      let received = 0;
      const reader = response.body?.getReader();
      for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
        stop();
        stop = timers.after(SILENCE_MS, giveUp);
        // Put together as they arrive: all at once would freeze the page.
        for (let at = 0; at < part.value.length; ) {
          if (filled === piece.length) {
            piece = new Uint8Array(PIECE_BYTES);
            filled = 0;
            parts.push(piece);
          }
          const some = part.value.subarray(at, at + piece.length - filled);
          piece.set(some, filled);
          filled += some.length;
          at += some.length;
        }
        received += part.value.length;
        if (received > MAX_BYTES) throw new NoAnswerError("an answer without end");
        onBytes?.(received);
      }
      if (parts.length > 0) parts[parts.length - 1] = piece.slice(0, filled);
      const { status, headers } = response;
      return { status, headers, parts };
    } catch (cause) {
      outer?.throwIfAborted();
      if (cause instanceof NoAnswerError) throw cause;
      throw new NoAnswerError("no answer", { cause });
    } finally {
      stop();
      outer?.removeEventListener("abort", onAbort);
      // Ends what is still under way after an answer without end.
      silence.abort();
    }
  };
}

// A slow link between a page and the server that it is loaded from: the server answers late and at a rate. It is the
// server that waits, so that pages, workers and whatever they start are all treated alike. docs/design/devices.md.
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { Limits } from "../results/schema.ts";

/** What a link can carry. */
export type Network = NonNullable<Limits["network"]>;

/** A link that all answers of a server share. */
export interface Link {
  /** Sends an answer whose head is written; resolves when it has been sent, or nobody wants it any more. */
  answer(request: IncomingMessage, response: ServerResponse, body: Uint8Array): Promise<void>;
}

/** Small enough that answers share the link, large enough that timers keep up with it. */
const CHUNK_BYTES = 16_384;

/** Opens a link that carries nothing yet. */
export function openLink({ downKbps, upKbps, latencyMs }: Network): Link {
  /** When the link will have carried all that it was given, on the clock of `performance.now()`. */
  let freeAt = 0;
  return {
    async answer(request, response, body) {
      // A kilobit in a second is a bit in a millisecond.
      await setTimeout(latencyMs + (8 * requestBytes(request)) / upKbps);
      for (let start = 0; start < body.length && !response.destroyed; start += CHUNK_BYTES) {
        const chunk = body.subarray(start, start + CHUNK_BYTES);
        freeAt = Math.max(freeAt, performance.now()) + (8 * chunk.length) / downKbps;
        await setTimeout(freeAt - performance.now());
        response.write(chunk);
      }
      response.end();
    },
  };
}

/** What the head of a request takes on the wire, about. */
function requestBytes({ method = "", url = "", rawHeaders }: IncomingMessage): number {
  return [method, url, "HTTP/1.1", ...rawHeaders].reduce((sum, text) => sum + text.length + 2, 0);
}

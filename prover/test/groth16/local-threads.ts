// Threads of an engine in the thread of the test: lines as they are between workers, with everything on them seen.
import { servePort } from "../../src/groth16/threads/serve.ts";
import type { ThreadPort } from "../../src/index.ts";

/** What goes wrong with a thread. */
export interface LocalFaults {
  /** Asked for each message to the thread, before it is sent: whether the thread is gone from there on. */
  readonly dies?: (message: { readonly kind: string }) => boolean;
  /** Changes what the thread says. */
  readonly says?: (message: Record<string, unknown>) => Record<string, unknown>;
}

/** Threads, and what was sent to them and by them. */
export interface LocalThreads {
  readonly start: () => ThreadPort;
  /** As they were sent, not copied: bytes that have moved are empty. */
  readonly sent: Record<string, unknown>[];
  /** As they came. */
  readonly heard: Record<string, unknown>[];
  /** Bytes as the threads have them. */
  readonly received: Uint8Array[];
  /** How many were started, and how many of them have not ended. */
  counts(): { readonly started: number; readonly running: number };
}

/** Any number of threads that share their faults. */
export function localThreads({ dies = () => false, says = (said) => said }: LocalFaults = {}): LocalThreads {
  const sent: Record<string, unknown>[] = [];
  const heard: Record<string, unknown>[] = [];
  const received: Uint8Array[] = [];
  let started = 0;
  let running = 0;
  const start = (): ThreadPort => {
    started++;
    running++;
    const { port1, port2 } = new MessageChannel();
    servePort({
      post: (message, transfer = []) => port2.postMessage(message, [...transfer]),
      listen: (onMessage) => {
        port2.onmessage = ({ data }) => {
          if (data.scalars !== undefined) received.push(data.scalars);
          onMessage(data);
        };
      },
    });
    let onLost: () => void = () => undefined;
    let isEnded = false;
    const end = (): void => {
      if (!isEnded) running--;
      isEnded = true;
      port1.close();
      port2.close();
    };
    return {
      post(message, transfer = []) {
        sent.push(message as Record<string, unknown>);
        if (!dies(message as { kind: string })) {
          port1.postMessage(message, [...transfer]);
          return;
        }
        end();
        setTimeout(onLost, 0);
      },
      listen(onMessage, onEnd) {
        onLost = onEnd;
        port1.onmessage = ({ data }) => {
          heard.push(data);
          onMessage(says(data));
        };
      },
      end,
    };
  };
  return { start, sent, heard, received, counts: () => ({ started, running }) };
}

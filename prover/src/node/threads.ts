// Threads of an engine as Node has them.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type ThreadOptions, type ThreadPort, usefulThreads } from "../groth16/threads/port.ts";

/**
 * Threads in Node, for `wasmEngine`. They do not keep a process from ending while they have nothing to do.
 *
 * @param count - threads of a proof, the calling one included; as many as there are processors, at most 4.
 */
export function nodeThreads(count: number = usefulThreads(availableParallelism())): ThreadOptions {
  return { count, start: nodeThread };
}

function nodeThread(): ThreadPort {
  // Of the package as it is built: Node 20 runs no TypeScript.
  const worker = new Worker(new URL("./thread-worker.js", import.meta.url));
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    listen(onMessage, onEnd) {
      worker.on("message", onMessage);
      worker.on("messageerror", onEnd);
      worker.on("error", onEnd);
      worker.on("exit", onEnd);
    },
    keep(busy) {
      if (busy) worker.ref();
      else worker.unref();
    },
    end() {
      void worker.terminate();
    },
  };
}

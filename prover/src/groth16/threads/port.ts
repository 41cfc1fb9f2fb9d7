// How an engine speaks with a thread of its own, whatever kind of worker that is.

/** One end of the line between an engine and a thread. */
export interface ThreadPort {
  /**
   * Sends a message; what is in `transfer` moves instead of being copied. Messages hold compiled WebAssembly, which
   * structured clones take from one thread of a page or process to another, and nowhere else.
   */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Hears every message from now on, and that the other end is gone, with nothing said of why. */
  listen(onMessage: (message: unknown) => void, onEnd: () => void): void;
  /** Whether a process should stay for the thread's sake: only Node's workers ask. */
  keep?(busy: boolean): void;
  /** Ends the thread at once. */
  end(): void;
}

/** Threads that an engine, or the hashing of a tree, may start. */
export interface ThreadOptions {
  /** Threads of the work, the calling one included: 1 … {@link MAX_THREADS}. */
  readonly count: number;
  /** Starts one. It is called once for every thread but the calling one, an engine's for its first proof. */
  readonly start: () => ThreadPort;
}

/** More than this do not make a proof faster. */
export const MAX_THREADS = 16;

/** @throws RangeError - a count that is not 1 … 16. */
export function checkThreads({ count }: ThreadOptions): void {
  if (!(Number.isInteger(count) && count >= 1 && count <= MAX_THREADS)) {
    throw new RangeError(`threads must be a whole number in 1 … ${MAX_THREADS}`);
  }
}

/** Phones have more cores than are fast, and every thread takes some megabytes. */
const USEFUL_THREADS = 4;

/** How many threads are worth having on so many cores: one where it is not known. */
export function usefulThreads(cores: number | undefined): number {
  return Math.max(1, Math.min(Math.floor(cores ?? 1), USEFUL_THREADS));
}

/**
 * Threads in a browser, for `wasmEngine`.
 *
 * @param makeWorker - makes a Worker whose module calls `serveThread`. It is the page that makes it, so that bundlers
 *   know of its module: `() => new Worker(new URL("./thread.js", import.meta.url), { type: "module" })`.
 * @param count - threads of a proof, the calling one included; as many as the browser says it has cores, at most 4.
 */
export function webThreads(
  makeWorker: () => Worker,
  count: number = usefulThreads(globalThis.navigator?.hardwareConcurrency),
): ThreadOptions {
  return { count, start: () => webThread(makeWorker()) };
}

function webThread(worker: Worker): ThreadPort {
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    listen(onMessage, onEnd) {
      worker.addEventListener("message", ({ data }) => onMessage(data));
      worker.addEventListener("messageerror", onEnd);
      // A module that cannot be loaded, or throws as it loads.
      worker.addEventListener("error", onEnd);
    },
    end: () => worker.terminate(),
  };
}

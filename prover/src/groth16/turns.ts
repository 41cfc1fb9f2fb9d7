// A long computation that leaves its thread to others now and then.

/** How long the thread is kept, in milliseconds: half a frame of a screen. */
const LONGEST = 8;

/** The turns of one computation. */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #since = performance.now();

  /** @param signal - ends the computation. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** @throws unknown - the reason with which the signal fired. */
  check(): void {
    this.#signal?.throwIfAborted();
  }

  /**
   * Between two steps: gives others their turn if the thread has been kept for long.
   *
   * @throws unknown - the reason with which the signal fired.
   */
  readonly between = async (): Promise<void> => {
    this.check();
    if (performance.now() - this.#since >= LONGEST) await this.yield();
  };

  /**
   * What others' work gives, which goes on where the signal fires first.
   *
   * @throws unknown - what the work rejects with, or at once the reason with which the signal fired.
   */
  wait<T>(work: Promise<T>): Promise<T> {
    const signal = this.#signal;
    if (signal === undefined) return work;
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason);
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop, { once: true });
      void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
    });
  }

  /**
   * Gives others their turn: listeners of the signal, messages, painting.
   *
   * @throws unknown - the reason with which the signal fired.
   */
  async yield(): Promise<void> {
    this.check();
    await macrotask();
    this.#since = performance.now();
    this.check();
  }
}

/**
 * Resolves as a task of its own. Where there is no setImmediate, in browsers, a timer of 0 ms would wait for 4 once
 * timers have set timers.
 */
function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

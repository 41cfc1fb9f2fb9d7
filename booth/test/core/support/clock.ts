// A clock that only tests move.
import type { Timers } from "../../../src/core/surroundings.ts";

/** Time and timers. */
export class Clock implements Timers {
  #now: number;
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  /** @param now - milliseconds since 1970. */
  constructor(now: number) {
    this.#now = now;
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#now + milliseconds, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass; what is due is called in its order, and what that starts goes on in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
      await rest();
    }
    this.#now = end;
    await rest();
  }
}

/** A turn of everything that is ready to go on. */
export function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

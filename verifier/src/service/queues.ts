// Work on one thing at a time, while work on others goes on.

/** Queues by name; one that is empty is forgotten. */
export class Queues {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `work` after all earlier work of this name, whatever became of that. */
  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const result = before.then(work, work);
    const settled = result.catch(() => undefined);
    this.#last.set(name, settled);
    settled.then(() => {
      if (this.#last.get(name) === settled) this.#last.delete(name);
    });
    return result;
  }

  /** Resolves when all work that is queued now has ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#last.values());
  }
}

// Signals that fire when an engine looks at them.

/** A signal that fires at the nth look, and how often it was looked at. */
export function firingAt(look: number, onLook?: () => void): { signal: AbortSignal; looks: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  const throwIfAborted = signal.throwIfAborted.bind(signal);
  let looks = 0;
  signal.throwIfAborted = () => {
    looks++;
    onLook?.();
    if (looks === look) controller.abort();
    throwIfAborted();
  };
  return { signal, looks: () => looks };
}

/**
 * Runs with signals that fire at the first look, the second, and so on, until a run ends without as many looks.
 *
 * @param run - runs whatever takes the signal; a rejection is how it ended.
 * @param check - told at which look it fired, and the name of what it rejected with.
 * @returns how many looks a whole run has.
 */
export async function fireAtEveryLook(
  run: (signal: AbortSignal) => Promise<unknown>,
  check: (look: number, name: string) => Promise<void>,
): Promise<number> {
  for (let look = 1; ; look++) {
    const { signal, looks } = firingAt(look);
    const name = await run(signal).then(
      () => "none",
      (error: Error) => error.name,
    );
    if (looks() < look) return looks();
    await check(look, name);
  }
}

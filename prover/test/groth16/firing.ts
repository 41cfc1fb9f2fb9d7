// Signals that fire when an engine looks at them.
import { randomInt } from "node:crypto";

/** Of so many looks one is tried in a run of the tests: another one in each run. */
const EACH = 3;

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
 * Runs with signals that fire at one look in {@link EACH}, from a first one that is drawn, until a run ends without as
 * many looks. LOOKS=all fires at every one.
 *
 * @param run - runs whatever takes the signal; a rejection is how it ended.
 * @param check - told at which look it fired, and the name of what it rejected with.
 * @returns how many looks a whole run has.
 */
export async function fireAtManyLooks(
  run: (signal: AbortSignal) => Promise<unknown>,
  check: (look: number, name: string) => Promise<void>,
): Promise<number> {
  const step = process.env.LOOKS === "all" ? 1 : EACH;
  for (let look = 1 + randomInt(step); ; look += step) {
    const { signal, looks } = firingAt(look);
    const name = await run(signal).then(
      () => "none",
      (error: Error) => error.name,
    );
    if (looks() < look) return looks();
    await check(look, name);
  }
}

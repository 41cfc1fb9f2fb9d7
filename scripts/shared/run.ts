// A rehearsal's folder, clock and options.
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";

/** A new folder `run-N` in the rehearsal's directory. */
export async function runDirectory(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const numbers = (await readdir(directory)).map((name) => Number(/^run-(\d+)$/.exec(name)?.[1] ?? 0));
  const path = join(directory, `run-${Math.max(0, ...numbers) + 1}`);
  await mkdir(path);
  return path;
}

/** A clock that can be set forward: nobody waits an hour for a rehearsal to close. */
export class SettableClock {
  #ahead = 0;

  /** Seconds since 1970. */
  readonly now = (): number => Math.floor(Date.now() / 1000) + this.#ahead;

  /** Sets the clock forward to an instant. */
  setTo(instant: number): void {
    this.#ahead += Math.max(0, instant - this.now());
  }
}

/**
 * A positive number that a command's option gives.
 *
 * @throws Error - it is none; the message names the option.
 */
export function positiveOption(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option} wants a positive number`);
  return value;
}

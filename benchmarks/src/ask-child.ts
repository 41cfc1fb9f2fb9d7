// One question to a process of ours over Node's IPC channel: its answer, or that it has ended.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** A process ended before it had answered. */
export class ProcessEndError extends Error {}

/** Whether a process is no more. */
export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/**
 * Sends a message and waits for the next one that comes back. One at a time.
 *
 * @throws ProcessEndError - the process has ended, or ends before it answers.
 */
export async function askChild<T>(child: ChildProcess, message: object | string): Promise<T> {
  const ended = (): ProcessEndError => {
    const how = child.signalCode ?? `code ${child.exitCode}`;
    return new ProcessEndError(`the process has ended with ${how}`);
  };
  if (hasEnded(child)) throw ended();
  const done = new AbortController();
  const { signal } = done;
  const exit = once(child, "exit", { signal }).then((): never => {
    throw ended();
  });
  try {
    // A process that is ending cannot be told anything; that it has ended is told below.
    child.send(message, () => undefined);
    const [answer] = (await Promise.race([once(child, "message", { signal }), exit])) as [T];
    return answer;
  } finally {
    done.abort();
    exit.catch(() => undefined);
  }
}

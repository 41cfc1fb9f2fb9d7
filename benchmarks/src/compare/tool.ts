// Runs a program that somebody else wrote, bounded in time, and ends all of it.
import { spawn } from "node:child_process";

/** Lines of a failed program's last words that are passed on. */
const LAST_LINES = 15;

/** A program ended with a failure, or not in time. */
export class ToolError extends Error {}

/** Where a program runs, and how long. */
export interface ToolOptions {
  readonly cwd: string;
  readonly timeoutMs: number;
  /** Kills it, and what it started. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program to its end.
 *
 * @returns what it wrote to its standard output.
 * @throws ToolError - it failed or took too long; the message holds its last words.
 * @throws DOMException - the reason of the signal, after it fired.
 */
export async function runTool(
  command: string,
  args: readonly string[],
  { cwd, timeoutMs, signal }: ToolOptions,
): Promise<string> {
  signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(timeoutMs);
  // A process group of its own: npm starts others, which have to end with it.
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  };
  const signals = [timeout, ...(signal === undefined ? [] : [signal])];
  for (const each of signals) each.addEventListener("abort", kill);
  let output = "";
  let words = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    words += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words += text;
  });
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    if (status === 0) return output;
    signal?.throwIfAborted();
    const why = timeout.aborted ? `took longer than ${timeoutMs / 1_000} s` : "failed";
    const last = words.trim().split("\n").slice(-LAST_LINES).join("\n");
    throw new ToolError(`${[command, ...args].join(" ")} ${why}\n${last}`.trim());
  } finally {
    for (const each of signals) each.removeEventListener("abort", kill);
  }
}

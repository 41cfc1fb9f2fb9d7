// Commands as a newcomer runs them.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "@jest/globals";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** What a command said and how it ended. */
export interface CommandRun {
  readonly status: number | null;
  /** Standard output, then standard error. */
  readonly output: string;
}

/**
 * Runs a command of this repository in its root; it must end by itself.
 *
 * @param variables - of its environment, beside those of this process.
 */
export function command(
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): CommandRun {
  const env = { ...process.env, ...variables };
  const run = spawnSync(program, args, { cwd: ROOT, encoding: "utf8", timeout: 170_000, env });
  // A timeout would be a process that does not end by itself: nothing here calls process.exit.
  expect(run.error).toBeUndefined();
  return { status: run.status, output: run.stdout + run.stderr };
}

/** `npm run NAME -- ARGS`, the build included. */
export function npmRun(name: string, ...args: string[]): CommandRun {
  return command("npm", ["run", "--silent", name, "--", ...args]);
}

/** What `npm run audit` runs, without building anew each time. */
export function bareAudit(...args: string[]): CommandRun {
  return command("node", ["build/scripts/audit.js", ...args]);
}

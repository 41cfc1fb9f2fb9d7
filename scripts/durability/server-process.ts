// The outside of the process that is killed.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import type { ServerSetup } from "./server.ts";

/**
 * Bundles server.ts from the sources of this tree into one file: it starts in a quarter of the time, and no stale
 * build is tried.
 *
 * @param directory - where the bundle is written; below the repository, so that it finds better-sqlite3.
 * @returns path of the bundle.
 * @throws Error - it cannot be built.
 */
export function bundleServer(directory: string): string {
  // A process of its own: Vite does not run inside jest's.
  const vite = join(REPOSITORY_ROOT, "node_modules/vite/bin/vite.js");
  const args = ["build", "--config", "scripts/durability/vite.config.mjs", "--outDir", directory];
  execFileSync(process.execPath, [vite, ...args], { cwd: REPOSITORY_ROOT });
  return join(directory, "server.mjs");
}

/** A service in a process. It ends by being killed, or when this process does. */
export class ServerProcess {
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /** Where it answers; undefined where it died before it could. */
  readonly baseUrl: Promise<string | undefined>;
  readonly #child: ChildProcess;
  #log = "";

  /**
   * Starts the service.
   *
   * @param bundle - from {@link bundleServer}.
   * @param environment - beside this process's.
   */
  constructor(bundle: string, setup: ServerSetup, environment: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [bundle, JSON.stringify(setup)], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr!.on("data", (chunk: Buffer) => {
      this.#log += chunk.toString();
    });
    this.ended = once(this.#child, "close").then(() => undefined);
    const started = once(this.#child, "message").then(([url]) => url as string);
    this.baseUrl = Promise.race([started, this.ended.then(() => undefined)]);
  }

  /** Kills the process as `kill -9` does. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** What it has written so far. */
  get log(): string {
    return this.#log;
  }

  /**
   * After the end: that it was a kill.
   *
   * @throws Error - it ended by itself, or by another signal; with what it wrote.
   */
  assertKilled(): void {
    const { exitCode, signalCode } = this.#child;
    if (signalCode === "SIGKILL") return;
    throw new Error(`the service ended by itself (code ${exitCode}, signal ${signalCode}):\n${this.#log}`);
  }
}

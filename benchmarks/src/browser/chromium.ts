// The browser of tests and benchmarks: Debian's Chromium, with no connection of its own. Tests take its headless
// shell, the same engine without a browser's own windows, which takes half the time of a processor; benchmarks
// take the whole browser, as members have it.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium, type LaunchOptions } from "playwright-core";
import { type GroupLimits, LimitedGroup } from "./limited-group.ts";

// As scripts/setup.mjs looks for them.
const SHELL = "chromium-headless-shell";
const WHOLE = ["chromium", "chromium-browser", "google-chrome"];

// A closed network would refuse hundreds of the browser's own connections.
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return [name, ...folders.map((folder) => join(folder, name))].find((path) => existsSync(path));
}

function options(programs: readonly string[]): { executablePath: string; args: string[] } {
  const names = process.env.CHROMIUM === undefined ? programs : [process.env.CHROMIUM];
  const executablePath = names.map(findProgram).find((path) => path !== undefined);
  if (executablePath === undefined) throw new Error("Chromium is missing: run `npm run setup`");
  return { executablePath, args: ARGS };
}

/**
 * Starts the browser that `CHROMIUM` names, or the headless shell, or whatever Chromium is on the `PATH`: for tests.
 *
 * @throws Error - there is none.
 */
export function launchChromium(): Promise<Browser> {
  return chromium.launch(options([SHELL, ...WHOLE]));
}

/**
 * Starts the browser that `CHROMIUM` names, or the whole Chromium on the `PATH`: for benchmarks.
 *
 * @throws Error - there is none.
 */
export function launchWholeChromium(): Promise<Browser> {
  return chromium.launch(options(WHOLE));
}

/** A browser whose processes together have limits, or have none. */
export interface LimitedBrowser {
  readonly browser: Browser;
  /** How many of its processes the kernel has killed for want of memory. */
  oomKills(): Promise<number>;
  close(): Promise<void>;
}

/** A browser takes seconds to start; one with a tenth of a core takes ten times as many. */
const START_MS = 300_000;

/**
 * Starts a browser within limits, from its first instruction on. Signals that end this process are left to the
 * caller, who closes the browser.
 *
 * @param limits - null: none.
 * @param program - the whole browser, as members have it, or the tests' shell.
 * @throws QuotaError - this machine lets nobody set limits.
 * @throws Error - there is no browser.
 */
export async function launchLimitedChromium(
  limits: GroupLimits | null,
  program: "whole" | "shell" = "whole",
): Promise<LimitedBrowser> {
  const found = options(program === "whole" ? WHOLE : [SHELL, ...WHOLE]);
  const own: LaunchOptions = {
    ...found,
    timeout: START_MS,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  };
  if (limits === null || (limits.cpuShare === null && limits.memoryMiB === null)) {
    const browser = await chromium.launch(own);
    return { browser, oomKills: async () => 0, close: () => browser.close() };
  }
  const group = await LimitedGroup.open(limits);
  try {
    const browser = await chromium.launch({
      ...own,
      executablePath: await group.wrap(found.executablePath),
    });
    return {
      browser,
      oomKills: () => group.oomKills(),
      async close() {
        await browser.close();
        await group.close();
      },
    };
  } catch (error) {
    await group.close();
    throw error;
  }
}

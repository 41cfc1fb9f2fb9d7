// The browser of tests and benchmarks: Debian's Chromium, with no connection of its own. Tests take its headless
// shell, the same engine without a browser's own windows, which takes half the time of a processor; benchmarks
// take the whole browser, as members have it.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { CpuQuota } from "./cpu-quota.ts";

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

/** A browser whose processes together get a share of one core. */
export interface SlowBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/**
 * Starts the whole browser, and lets all of it have so much of one core from then on.
 *
 * @param share - 0.25 is a quarter.
 * @throws QuotaError - this machine lets nobody set a quota.
 */
export async function launchSlowChromium(share: number): Promise<SlowBrowser> {
  const quota = await CpuQuota.open(share);
  const server = await chromium.launchServer(options(WHOLE));
  await quota.add(server.process().pid!);
  const browser = await chromium.connect(server.wsEndpoint());
  return {
    browser,
    async close() {
      await browser.close();
      await server.close();
      await quota.close();
    },
  };
}

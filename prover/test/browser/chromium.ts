// The browser of tests: Debian's Chromium, with no connection of its own.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

// As scripts/setup.mjs looks for it.
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];

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

/**
 * Starts the browser that `CHROMIUM` names, or the first on the `PATH`.
 *
 * @throws Error - there is none.
 */
export function launchChromium(): Promise<Browser> {
  const names = process.env.CHROMIUM === undefined ? PROGRAMS : [process.env.CHROMIUM];
  const executablePath = names.map(findProgram).find((path) => path !== undefined);
  if (executablePath === undefined) throw new Error("Chromium is missing: run `npm run setup`");
  return chromium.launch({ executablePath, args: ARGS });
}

// Pages of tests and benchmarks, bundled as an integrator would.
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Files of a build, by path from `/`. */
export type BuiltSite = ReadonlyMap<string, Uint8Array>;

/**
 * Bundles a page by Vite, in a process of its own: Vite holds threads.
 *
 * @param root - the folder of its index.html.
 * @param outDir - where the build goes; emptied first.
 */
export async function bundle(root: string, outDir: string): Promise<BuiltSite> {
  const script = fileURLToPath(new URL("../../pages/build.mjs", import.meta.url));
  await promisify(execFile)(process.execPath, [script, root, outDir]);
  return readSite(outDir);
}

/** Every file of a folder. */
export async function readSite(directory: string): Promise<BuiltSite> {
  const site = new Map<string, Uint8Array>();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    site.set(`/${relative(directory, path).split(sep).join("/")}`, await readFile(path));
  }
  return site;
}

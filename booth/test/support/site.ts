// The booth, built and served as a careful host would.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type BuiltSite, readSite } from "../../../benchmarks/src/browser/bundle.ts";
import { type RunningSite, serve } from "../../../benchmarks/src/browser/static-site.ts";
import { BOOTH_HEADERS } from "../../policy.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Builds the booth, in a process of its own: Vite holds threads.
 *
 * @param mode - `demo` is the page alone, with made-up states.
 * @param outDir - relative to the repository.
 */
export async function buildBooth(mode: "demo" | "production", outDir: string): Promise<BuiltSite> {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const options = ["--mode", mode, "--outDir", join(root, outDir), "--logLevel", "warn"];
  // jest's NODE_ENV would make it a development build.
  const env = { ...process.env, NODE_ENV: "production" };
  await promisify(execFile)(process.execPath, [vite, "build", "booth", ...options], { cwd: root, env });
  return readSite(join(root, outDir));
}

/** Serves a build on loopback, `/` being its page. */
export function serveBooth(site: BuiltSite): Promise<RunningSite> {
  return serve(new Map([...site, ["/", site.get("/index.html")!]]), BOOTH_HEADERS);
}

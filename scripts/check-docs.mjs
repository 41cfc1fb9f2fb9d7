// npm run docs must fail on an undocumented export: tried with a planted one, then run for good.
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";

const PLANTED = "prover/src/planted-export.ts";

/** Runs the documentation's own configuration, perhaps for another entry point and into another folder. */
function docs(stdio, ...options) {
  return spawnSync("npm", ["run", "docs", "--silent", "--", ...options], { encoding: "utf8", stdio });
}

let planted;
try {
  writeFileSync(PLANTED, "export function plantedExport(): void {}\n");
  planted = docs("pipe", "--entryPoints", PLANTED, "--out", "build/planted-docs");
} finally {
  rmSync(PLANTED, { force: true });
}
const caught = planted.status !== 0 && (planted.stdout + planted.stderr).includes("plantedExport");
if (!caught) console.error("the planted undocumented export was not reported");
const real = docs("inherit");
process.exitCode = caught && real.status === 0 ? 0 : 1;

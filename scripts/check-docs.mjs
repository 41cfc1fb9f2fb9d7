// npm run docs must fail on an undocumented export: tried with a planted one, then run for good.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";

const INDEX = "prover/src/index.ts";
const PLANTED = "prover/src/planted-export.ts";

function docs(stdio) {
  return spawnSync("npm", ["run", "docs", "--silent"], { encoding: "utf8", stdio });
}

const index = readFileSync(INDEX, "utf8");
let planted;
try {
  writeFileSync(PLANTED, "export function plantedExport(): void {}\n");
  writeFileSync(INDEX, `${index}export { plantedExport } from "./planted-export.ts";\n`);
  planted = docs("pipe");
} finally {
  writeFileSync(INDEX, index);
  rmSync(PLANTED, { force: true });
}
const caught = planted.status !== 0 && (planted.stdout + planted.stderr).includes("plantedExport");
if (!caught) console.error("the planted undocumented export was not reported");
const real = docs("inherit");
process.exitCode = caught && real.status === 0 ? 0 : 1;

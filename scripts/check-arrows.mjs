// Checks the import arrows, and that the check reports a planted violation.
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const FOLDERS = [
  "circuits/src",
  "keys/src",
  "prover/src",
  "verifier/src",
  "booth/src",
  "benchmarks/src",
  "examples",
  "scripts",
];
const PLANTED = "prover/src/reference/planted-violation.ts";

function cruise(folders) {
  const run = spawnSync("npx", ["depcruise", "--config", ".dependency-cruiser.cjs", ...folders], {
    encoding: "utf8",
  });
  return { ok: run.status === 0, text: run.stdout + run.stderr };
}

const real = cruise(FOLDERS);
writeFileSync(PLANTED, 'import "../formats/bytes.ts";\n');
let planted;
try {
  planted = cruise([dirname(PLANTED)]);
} finally {
  rmSync(PLANTED);
}
if (!real.ok) console.error(real.text);
const caught = !planted.ok && planted.text.includes("planted-violation");
if (!caught) console.error("the planted violation was not reported:\n", planted.text);
process.exitCode = real.ok && caught ? 0 : 1;

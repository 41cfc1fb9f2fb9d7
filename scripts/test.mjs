// npm test: every check of this repository, one after another, and a closing line that counts them all.
// Plain JavaScript: the type check is one of the steps.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";

const JEST_REPORT = "build/jest-report.json";

/** Steps that count as one test each. */
const STEPS = [
  ["system packages", "node", ["scripts/setup.mjs"]],
  ["types", "npx", ["tsc", "--noEmit", "-p", "tsconfig.json"]],
  ["format and lint", "npx", ["biome", "ci", "."]],
  ["build", "npx", ["tsc", "-b", "tsconfig.build.json"]],
  ["import arrows", "node", ["scripts/check-arrows.mjs"]],
  ["import of each package in plain node", "node", ["scripts/check-imports.mjs"]],
  ["circuit headers", "node", ["build/scripts/check-headers.js"]],
  ["circomspect", "node", ["build/scripts/check-circomspect.js"]],
  ["API reference", "node", ["scripts/check-docs.mjs"]],
];

function run(command, args) {
  return spawnSync(command, args, { stdio: "inherit" }).status === 0;
}

let passed = 0;
let failed = 0;
for (const [name, command, args] of STEPS) {
  const ok = run(command, args);
  console.log(`${ok ? "ok    " : "FAILED"} ${name}`);
  if (ok) passed++;
  else failed++;
}

mkdirSync("build", { recursive: true });
rmSync(JEST_REPORT, { force: true });
const jestOk = run("npm", [
  "run",
  "jest",
  "--silent",
  "--",
  "--json",
  `--outputFile=${JEST_REPORT}`,
  ...process.argv.slice(2),
]);
try {
  const report = JSON.parse(readFileSync(JEST_REPORT, "utf8"));
  passed += report.numPassedTests;
  // A suite that could not be run has no tests to count; a skipped test is a failure here.
  failed +=
    report.numFailedTests + report.numRuntimeErrorTestSuites + report.numPendingTests + report.numTodoTests;
  if (!jestOk && failed === 0) failed++;
} catch {
  failed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

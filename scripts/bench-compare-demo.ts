// npm run bench:compare:demo [-- --runs N] [--pairs N] [--out FILE]: what the gate says of a commit against itself, and
// of a commit against a slower one. docs/design/compare.md.
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  Checkouts,
  CONFIDENCE,
  type Comparison,
  compareTrees,
  describeLoad,
  describeMachine,
  excludesOne,
  gateText,
  intervalText,
  parsePairs,
  resolveCommit,
  stopOnRequest,
  UsageError,
  wholeNumber,
} from "@commune-zk/benchmarks";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { replaceFile } from "@commune-zk/prover/node";
import { prepareStored } from "./shared/stored-workload.ts";

const CIRCUIT = "ballot-compact-10";
const LIMIT = 0.1;
const MOST_RUNS = 100;
/** Of the runs of a commit against itself. */
const MOST_FALSE_ALARMS = 1;
const DEFAULT_LOG = "docs/design/logs/bench-compare.log";

const SLOWED_FILE = "prover/src/groth16/prove-witness.ts";
const SLOWED_LINE =
  "    add(piece.sum, await multiplyInTurns(workspace, piece.group, multiples, turns.between));\n";
const AGAIN =
  '    if (piece.group === "g2") await multiplyInTurns(workspace, "g2", multiples, turns.between);\n';
const SLOWED_HOW = `the sum in G2 is computed twice (${SLOWED_FILE})`;

/** Has the engine of a checkout do a part of its work twice. */
async function slowDown(directory: string): Promise<void> {
  const path = join(directory, SLOWED_FILE);
  const [before, after, ...others] = (await readFile(path, "utf8")).split(SLOWED_LINE);
  if (before === undefined || after === undefined || others.length > 0) {
    throw new Error(
      `${SLOWED_FILE} has not exactly one line "${SLOWED_LINE.trim()}": say here what is slowed now`,
    );
  }
  await writeFile(path, `${before}${AGAIN}${SLOWED_LINE}${after}`);
}

interface DemoOptions {
  readonly runs: number;
  readonly pairs: number;
  readonly out: string;
}

function parseOptions(args: readonly string[]): DemoOptions {
  const options = {
    runs: { type: "string", default: "20" },
    pairs: { type: "string" },
    out: { type: "string", default: join(REPOSITORY_ROOT, DEFAULT_LOG) },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const runs = wholeNumber(values.runs);
  if (!(runs >= 1 && runs <= MOST_RUNS)) {
    throw new UsageError(`--runs ${values.runs}: expected a number from 1 to ${MOST_RUNS}`);
  }
  return { runs, pairs: parsePairs(values.pairs), out: resolve(values.out) };
}

function row(name: string, cells: readonly string[]): string {
  return `${name.padEnd(8)}${cells.map((cell) => cell.padStart(14)).join("")}`;
}

function comparisonRow(name: string, { clocks, verdict }: Comparison): string {
  const times = [clocks.cpuMs, clocks.wallMs].flatMap((result) => [
    result.ratio.toFixed(3),
    intervalText(result),
  ]);
  return row(name, [...times, verdict]);
}

/** Everything that is written down, also shown as it comes. */
class Log {
  readonly #lines: string[] = [];

  add(line: string): void {
    console.log(line);
    this.#lines.push(line);
  }

  get text(): string {
    return `${this.#lines.join("\n")}\n`;
  }
}

/** @returns whether the gate did what it has to. */
async function demonstrate({ runs, pairs, out }: DemoOptions, signal: AbortSignal): Promise<boolean> {
  const tell = (line: string): void => console.error(line);
  const start = performance.now();
  const log = new Log();
  const commit = await resolveCommit(REPOSITORY_ROOT, "HEAD");
  const checkouts = await Checkouts.open(REPOSITORY_ROOT);
  try {
    const same = await checkouts.add({ commit, tell, signal });
    const edit = { name: "slowed", apply: slowDown };
    const slowed = await checkouts.add({ commit, edit, tell, signal });
    const workload = await prepareStored(CIRCUIT);
    const entry = fileURLToPath(new URL("./bench-compare-side.js", import.meta.url));
    const compare = (head: typeof same): Promise<Comparison> =>
      compareTrees({ base: same, head, workload, pairs, limit: LIMIT, entry }, signal);

    log.add(`command   npm run bench:compare:demo -- --runs ${runs} --pairs ${pairs}`);
    log.add(`commit    ${commit}`);
    log.add(`machine   ${describeMachine()}`);
    log.add(`load      ${describeLoad()} over 1, 5 and 15 minutes, at the start`);
    log.add(`circuit   ${CIRCUIT}: ${pairs} pairs a run in blocks A B B A, two new processes each run`);
    log.add(`gate      ${gateText(LIMIT)}\n`);
    const interval = `${(100 * CONFIDENCE).toFixed(0)} % interval`;
    log.add(row("", ["processor", interval, "wall", interval, "verdict"]));
    const comparisons: Comparison[] = [];
    while (comparisons.length < runs) {
      const comparison = await compare(same);
      comparisons.push(comparison);
      log.add(comparisonRow(`A/A ${comparisons.length}`, comparison));
    }
    const slower = await compare(slowed);
    log.add(comparisonRow("slowed", slower));

    const count = (has: (comparison: Comparison) => boolean): string =>
      `${comparisons.filter(has).length} of ${runs}`;
    const alarms = comparisons.filter(({ verdict }) => verdict === "slower").length;
    const isCaught = slower.verdict === "slower";
    log.add(`\nA/A: the commit against itself. False alarms of the gate: ${alarms} of ${runs}.`);
    log.add(
      `Intervals that do not hold 1, the truth there: processor ${count(({ clocks }) => excludesOne(clocks.cpuMs))}, ` +
        `wall ${count(({ clocks }) => excludesOne(clocks.wallMs))}.`,
    );
    log.add(`Slowed: ${SLOWED_HOW}. The gate ${isCaught ? "caught it" : "DID NOT catch it"}.`);
    log.add(`${((performance.now() - start) / 1_000).toFixed(0)} s with checkouts and builds`);
    await replaceFile(out, log.text);
    return alarms <= MOST_FALSE_ALARMS && isCaught;
  } finally {
    await checkouts.close({ keep: false });
  }
}

async function main(): Promise<void> {
  const signal = stopOnRequest(() => console.error("stopping; no log is written. Again: ends at once"));
  try {
    const isShown = await demonstrate(parseOptions(process.argv.slice(2)), signal);
    process.exitCode = isShown ? 0 : 1;
  } catch (error) {
    if (signal.aborted) {
      process.exitCode = 130;
      return;
    }
    console.error((error as Error).message);
    const isUsage = error instanceof UsageError || error instanceof TypeError;
    process.exitCode = isUsage ? 2 : 3;
  }
}

await main();

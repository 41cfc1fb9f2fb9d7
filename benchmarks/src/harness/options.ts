// Options of `npm run bench:history`, as it was asked.
import { parseArgs } from "node:util";
import { WORKLOADS, type Workload } from "../results/schema.ts";
import { chosen } from "./choice.ts";
import { type BenchEngine, ENGINES, engineNamed } from "./engines.ts";
import { PROFILE_NAMES, type ProfileName } from "./profiles.ts";
import type { Start } from "./run.ts";

/** Environments that this repository's machines have. A phone opens the device page instead. */
export const ENVIRONMENTS = ["node", "chromium", "chromium-phone"] as const;

/** One of them. */
export type EnvironmentKind = (typeof ENVIRONMENTS)[number];

/** What is to be measured, and where it is written. */
export interface HistoryOptions {
  readonly workloads: readonly Workload[];
  readonly engines: readonly BenchEngine[];
  readonly environments: readonly EnvironmentKind[];
  readonly profiles: readonly ProfileName[];
  readonly runs: number;
  readonly starts: readonly Start[];
  /** As it was given; null: the repository's own file. */
  readonly out: string | null;
}

const STARTS = ["cold", "warm"] as const satisfies readonly Start[];
const DEFAULT_PROFILES: readonly ProfileName[] = ["full"];
const DEFAULT_RUNS = 5;
/** As many samples as a line can hold. */
const MOST_RUNS = 1_000;

/**
 * Reads the command's arguments.
 *
 * @throws RangeError - a name or number that there is not, or a choice that leaves nothing to measure.
 * @throws TypeError - an option that there is not.
 */
export function parseHistoryOptions(args: readonly string[]): HistoryOptions {
  const many = { type: "string", multiple: true } as const;
  const one = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      workload: many,
      engine: many,
      environment: many,
      profile: many,
      start: many,
      runs: one,
      out: one,
    },
  });
  const workloads = chosen("--workload", values.workload, WORKLOADS);
  const names = ENGINES.map(({ name }) => name);
  const engines = chosen("--engine", values.engine, names).map(engineNamed);
  if (!workloads.some((workload) => engines.some((engine) => engine.proves(workload)))) {
    throw new RangeError("none of these engines proves any of these workloads");
  }
  return {
    workloads,
    engines,
    environments: chosen("--environment", values.environment, ENVIRONMENTS),
    profiles: chosen("--profile", values.profile ?? DEFAULT_PROFILES, PROFILE_NAMES),
    starts: chosen("--start", values.start, STARTS),
    runs: runsOf(values.runs),
    out: values.out ?? null,
  };
}

function runsOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_RUNS;
  const runs = Number(text);
  if (!Number.isInteger(runs) || runs < 1 || runs > MOST_RUNS) {
    throw new RangeError(`--runs ${text}: expected a number from 1 to ${MOST_RUNS}`);
  }
  return runs;
}

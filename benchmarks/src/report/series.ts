// Lines of the history, put together into what can be followed over time: one workload by one engine in one
// environment, all cold or all warm, run after run.
import {
  type FailureReason,
  MEMBERS_ENGINE,
  type MeasurementLine,
  type Sample,
  WORKLOADS,
} from "../results/schema.ts";
import { compareRanks, environmentKey, type ReportEnvironment } from "./environments.ts";
import { grouped } from "./grouped.ts";

/** What one run measured of a series. */
export interface SeriesRun {
  readonly runId: string;
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly code: MeasurementLine["code"];
  readonly engineVersion: string;
  readonly runtime: string;
  readonly system: string | null;
  /** Whether it was through with everything it had set out to measure. */
  readonly complete: boolean;
  readonly samples: readonly Sample[];
  readonly failures: readonly { readonly reason: FailureReason; readonly count: number }[];
  /** As they stand in the history. */
  readonly lines: readonly MeasurementLine[];
}

/** One workload by one engine in one environment, all cold or all warm. */
export interface Series {
  readonly workload: MeasurementLine["workload"];
  readonly engine: string;
  readonly start: MeasurementLine["start"];
  readonly environment: ReportEnvironment;
  /** The oldest first; at least one. */
  readonly runs: readonly SeriesRun[];
}

/** Names of all engines of these lines: ours first, the others by name. */
export function enginesOf(lines: readonly MeasurementLine[]): string[] {
  const names = [...new Set(lines.map(({ engine }) => engine.name))].sort();
  return [
    ...names.filter((name) => name === MEMBERS_ENGINE),
    ...names.filter((name) => name !== MEMBERS_ENGINE),
  ];
}

/**
 * The series of these lines, by environment, workload, engine and start.
 *
 * @param environments - of the same lines, in the order that is wanted.
 */
export function seriesOf(
  lines: readonly MeasurementLine[],
  environments: readonly ReportEnvironment[],
): Series[] {
  const engines = enginesOf(lines);
  const groups = grouped(lines, (line) =>
    JSON.stringify([line.workload, line.engine.name, line.start, environmentKey(line)]),
  );
  const all = [...groups.values()].map((group): Series => {
    const [first] = group;
    return {
      workload: first.workload,
      engine: first.engine.name,
      start: first.start,
      environment: environments.find(({ key }) => key === environmentKey(first))!,
      runs: runsOf(group),
    };
  });
  const rank = ({ environment, workload, engine, start }: Series): readonly number[] => [
    environments.indexOf(environment),
    WORKLOADS.indexOf(workload),
    engines.indexOf(engine),
    start === "warm" ? 0 : 1,
  ];
  return all.sort((a, b) => compareRanks(rank(a), rank(b)));
}

function runsOf(lines: readonly MeasurementLine[]): SeriesRun[] {
  const runs = [...grouped(lines, ({ runId }) => runId).values()].map((group): SeriesRun => {
    const [first] = group;
    const failures = grouped(
      group.flatMap((line) => line.failures),
      ({ reason }) => reason,
    );
    return {
      runId: first.runId,
      startedAt: first.startedAt,
      code: first.code,
      engineVersion: first.engine.version,
      runtime: first.environment.runtime,
      system: first.machine.system,
      complete: group.every(({ status }) => status === "complete"),
      samples: group.flatMap(({ samples }) => samples),
      failures: [...failures].map(([reason, same]) => ({
        reason,
        count: same.reduce((sum, { count }) => sum + count, 0),
      })),
      lines: group,
    };
  });
  // Stable: runs of the same second stay in the order of the file.
  return runs.sort((a, b) => a.startedAt - b.startedAt);
}

/** The run that stands for a series now: the newest that is complete, or the newest where none is. */
export function shownRun({ runs }: Pick<Series, "runs">): SeriesRun {
  return runs.findLast(({ complete }) => complete) ?? runs.at(-1)!;
}

/** Times of a run, in milliseconds. */
export function timesOf({ samples }: Pick<SeriesRun, "samples">): number[] {
  return samples.map(({ totalMs }) => totalMs);
}

/** What code was measured, for a label: release and commit, with a plus where the tree differed from it. */
export function codeWords({ version, commit, modified }: MeasurementLine["code"]): string {
  if (commit === null) return version;
  return `${version} ${commit.slice(0, 7)}${modified ? "+" : ""}`;
}

// What a report says, before it is put into words and drawn: pure, from the lines of a history.
import {
  fitPrediction,
  type Prediction,
  type PredictionQuery,
  predictableQueries,
} from "../calibration/predict.ts";
import { MEMBERS_ENGINE, type MeasurementLine, WORKLOADS, type Workload } from "../results/schema.ts";
import { environmentsOf, type ReportEnvironment } from "./environments.ts";
import { type Comparison, comparisonsOf } from "./regressions.ts";
import { enginesOf, type Series, type SeriesRun, seriesOf, shownRun, timesOf } from "./series.ts";
import { spreadOf } from "./spread.ts";

/** How long somebody waits for a ballot in one environment. */
export interface BallotWait {
  readonly environment: ReportEnvironment;
  readonly workload: Workload;
  readonly engine: string;
  readonly start: MeasurementLine["start"];
  readonly proofs: number;
  readonly medianMs: number;
  readonly worstMs: number;
  /** Whether the run was through. */
  readonly complete: boolean;
  /** Median of a later proof there; null where none was measured, or it is what is told already. */
  readonly laterMs: number | null;
}

/** A prediction, and of what. */
export interface ReportPrediction {
  readonly query: PredictionQuery;
  readonly prediction: Prediction;
}

/** Everything that a report says. */
export interface ReportModel {
  readonly lines: number;
  readonly runs: number;
  readonly proofs: number;
  readonly failures: number;
  /** Start of the first and of the last run, seconds since 1970; null: there is none. */
  readonly period: { readonly from: number; readonly to: number } | null;
  readonly engines: readonly string[];
  readonly environments: readonly ReportEnvironment[];
  readonly series: readonly Series[];
  /** The workload that is shown first. */
  readonly focus: Workload | null;
  /** The browser or device in which a ballot takes longest; null where none was made in any. */
  readonly slowestBallot: BallotWait | null;
  /** Series of members' ballots in browsers and devices that made no proof at all. */
  readonly impossibleBallots: readonly Series[];
  readonly incomplete: readonly { readonly series: Series; readonly run: SeriesRun }[];
  readonly failed: readonly { readonly series: Series; readonly run: SeriesRun }[];
  readonly comparisons: readonly Comparison[];
  readonly predictions: readonly ReportPrediction[];
}

/**
 * What these lines say. Their order does not matter but for runs that began in the same second; a line that occurs
 * twice, in two files that were put together, counts once.
 */
export function reportModel(given: readonly MeasurementLine[]): ReportModel {
  const lines = withoutRepeats(given);
  const environments = environmentsOf(lines);
  const series = seriesOf(lines, environments);
  const times = lines.map(({ startedAt }) => startedAt);
  const all = series.flatMap((each) => each.runs.map((run) => ({ series: each, run })));
  const ballots = membersBallots(series);
  return {
    lines: lines.length,
    runs: new Set(lines.map(({ runId }) => runId)).size,
    proofs: all.reduce((sum, { run }) => sum + run.samples.length, 0),
    failures: all.reduce((sum, { run }) => sum + failuresOf(run), 0),
    period: times.length === 0 ? null : { from: Math.min(...times), to: Math.max(...times) },
    engines: enginesOf(lines),
    environments,
    series,
    focus: focusOf(series),
    slowestBallot: slowestOf(ballots),
    impossibleBallots: ballots.filter((each) => shownRun(each).samples.length === 0),
    incomplete: all.filter(({ run }) => !run.complete),
    failed: all.filter(({ run }) => run.failures.length > 0),
    comparisons: comparisonsOf(series),
    predictions: predictionsOf(series),
  };
}

/** Proofs of a run that were not made. */
export function failuresOf({ failures }: SeriesRun): number {
  return failures.reduce((sum, { count }) => sum + count, 0);
}

function withoutRepeats(lines: readonly MeasurementLine[]): MeasurementLine[] {
  return [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()];
}

const isBallot = (workload: Workload): boolean => workload.startsWith("ballot-");

/** Ballots where members make them, by our engine; by the others where ours was not measured. */
function membersBallots(series: readonly Series[]): Series[] {
  const ballots = series.filter(
    ({ workload, environment }) => isBallot(workload) && environment.kind !== "node",
  );
  const ours = ballots.filter(({ engine }) => engine === MEMBERS_ENGINE);
  return ours.length > 0 ? ours : ballots;
}

/** Of cold proofs where there are any: a member opens a page. */
function slowestOf(ballots: readonly Series[]): BallotWait | null {
  const made = ballots.filter((each) => shownRun(each).samples.length > 0);
  const cold = made.filter(({ start }) => start === "cold");
  const candidates = (cold.length > 0 ? cold : made).map((each) => ({
    series: each,
    spread: spreadOf(timesOf(shownRun(each))),
  }));
  if (candidates.length === 0) return null;
  const { series, spread } = candidates.reduce((slow, each) =>
    each.spread.median > slow.spread.median ? each : slow,
  );
  const later = made.find(
    ({ start, workload, engine, environment }) =>
      series.start === "cold" &&
      start === "warm" &&
      workload === series.workload &&
      engine === series.engine &&
      environment === series.environment,
  );
  return {
    environment: series.environment,
    workload: series.workload,
    engine: series.engine,
    start: series.start,
    proofs: shownRun(series).samples.length,
    medianMs: spread.median,
    worstMs: spread.greatest,
    complete: shownRun(series).complete,
    laterMs: later === undefined ? null : spreadOf(timesOf(shownRun(later))).median,
  };
}

/** A ballot before all else; among those the one that was measured in most environments. */
function focusOf(series: readonly Series[]): Workload | null {
  const rank = (workload: Workload): number => {
    const places = new Set(
      series.filter((each) => each.workload === workload).map((each) => each.environment),
    );
    return places.size === 0 ? 0 : places.size + (isBallot(workload) ? series.length : 0);
  };
  const best = WORKLOADS.reduce((found, each) => (rank(each) > rank(found) ? each : found));
  return rank(best) === 0 ? null : best;
}

/** From the newest complete run of each series: an older one may be of an engine that was slower. */
function predictionsOf(series: readonly Series[]): ReportPrediction[] {
  const lines = series
    .map(shownRun)
    .filter(({ complete }) => complete)
    .flatMap((run) => run.lines);
  return predictableQueries(lines).map((query) => ({ query, prediction: fitPrediction(lines, query) }));
}

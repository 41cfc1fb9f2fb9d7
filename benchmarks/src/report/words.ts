// What a report says in words, one sentence after another.

import { count, day, duration, signedPercent, significant } from "../numbers.ts";
import { MEMBERS_ENGINE } from "../results/schema.ts";
import { CONFIDENCE } from "./bootstrap.ts";
import { machineWords } from "./environments.ts";
import { type BallotWait, failuresOf, type ReportModel } from "./model.ts";
import { type Comparison, isFlagged, LEAST_SAMPLES, SLOWER_ABOVE } from "./regressions.ts";
import { codeWords, type Series, type SeriesRun, shownRun } from "./series.ts";

const PERCENT = 100;

/** How much was measured, and when. */
export function extentWords({ lines, runs, proofs, failures, period, environments }: ReportModel): string {
  if (period === null) return "The history is empty: nothing was measured yet.";
  const { from, to } = period;
  const when = day(from) === day(to) ? `on ${day(from)}` : `from ${day(from)} to ${day(to)}`;
  const missing = failures === 0 ? "" : ` ${count(failures, "more was", "more were")} tried and not made.`;
  return `${count(lines, "measurement")} of ${count(runs, "run")} in ${count(environments.length, "environment")}, ${when}: ${count(proofs, "proof")}, each verified.${missing}`;
}

/** That one measurement, or one run, says little; nothing where there is more. */
export function scantWords({ lines, runs }: ReportModel): string | null {
  if (lines === 1)
    return "This is a single measurement: it says what one place took once, and there is nothing to compare it with.";
  if (runs === 1) return "All of it is from one run: there is nothing yet to compare it with.";
  return null;
}

/** What a member waits for a ballot, where it takes longest. */
export function ballotWords({ slowestBallot, impossibleBallots }: ReportModel): string[] {
  const said: string[] = [];
  if (slowestBallot !== null) said.push(waitWords(slowestBallot));
  else said.push("No ballot was made in a browser or on a device yet: what a member waits is not known.");
  for (const series of impossibleBallots) {
    const { environment, workload, start, engine } = series;
    said.push(
      `No ${start} proof of ${workload} by ${engine} was made at all in ${environment.label} (${failureWords(shownRun(series))}).`,
    );
  }
  return said;
}

function waitWords(wait: BallotWait): string {
  const { environment, workload, engine, start, proofs, medianMs, worstMs, complete, laterMs } = wait;
  const opened = environment.kind === "device" ? "pressing the button" : "opening the page";
  const from =
    start === "cold"
      ? `from ${opened}, with everything still to be loaded, to the finished proof`
      : "with everything loaded already";
  const later =
    laterMs === null ? "" : ` A later ballot on the same page takes ${duration(laterMs)} in the median.`;
  const broken = complete ? "" : " That run is incomplete.";
  const stock = engine === MEMBERS_ENGINE ? "" : ` Our own engine was not measured there.`;
  return `In the slowest browser or device that was measured (${environment.label}), a member waits ${duration(medianMs)} for a ballot in the median and ${duration(worstMs)} at worst: ${count(proofs, "proof")} of ${workload} by ${engine}, ${from}.${broken}${later}${stock}`;
}

/** That no phone has been measured, where none has. */
export function devicesWords({ environments }: ReportModel): string | null {
  const devices = environments.filter(({ kind }) => kind === "device");
  if (environments.length === 0) return null;
  if (devices.length === 0) return "No real phone was measured yet. Limits on our own machines are no phone.";
  return `${count(devices.length, "real device")} ${devices.length === 1 ? "was" : "were"} measured.`;
}

/** What is not whole. */
export function incompleteWords({ incomplete, period }: ReportModel): string | null {
  if (period === null) return null;
  if (incomplete.length === 0) return "No measurement is incomplete.";
  const runs = new Set(incomplete.map(({ run }) => run.runId)).size;
  return `${count(incomplete.length, "series", "series")} of ${count(runs, "interrupted run")} ${incomplete.length === 1 ? "is" : "are"} incomplete: shown where there is nothing else, marked, and compared with nothing.`;
}

/** What became slower, or why nobody can say. */
export function comparisonWords({ comparisons, period }: ReportModel): string {
  if (period === null) return "There is nothing to compare: the history is empty.";
  if (comparisons.length === 0) {
    return "There is nothing to compare: nothing was measured by two complete runs yet.";
  }
  const decided = comparisons.filter(({ result }) => result.verdict !== "too-few");
  const flagged = comparisons.filter(isFlagged);
  const few = comparisons.length - decided.length;
  const rest =
    few === 0
      ? ""
      : ` ${count(few, "pair")} of runs had fewer than ${LEAST_SAMPLES} samples on a side, which is too few to say.`;
  if (decided.length === 0) return `Nothing can be said.${rest}`;
  return `${flagged.length === 0 ? "Nothing" : count(flagged.length, "series", "series")} of ${decided.length} compared became slower or failed.${rest}`;
}

/** How runs are compared. */
export const METHOD_WORDS = `The newest complete run of each series against the one before it: the ratio of their medians, with a ${CONFIDENCE * PERCENT} % interval (bootstrap). It is flagged where the whole interval lies above ${SLOWER_ABOVE}. The interval knows of the samples of both runs, not of what the machine did on those two days, and of many series some are flagged by chance: a flag is a reason to run npm run bench:compare, which measures both commits in turns.`;

/** The outcome of a comparison, in a word or two. */
export function verdictWords({ result }: Comparison): string {
  switch (result.verdict) {
    case "slower":
      return "slower";
    case "faster":
      return "faster";
    case "unchanged":
      return "no clear change";
    case "too-few":
      return "too few samples";
    case "fails":
      return "no proof any more";
  }
}

/** Ratio and interval, or nothing. */
export function ratioWords({ result }: Comparison): { readonly ratio: string; readonly interval: string } {
  if (!("ratio" in result)) return { ratio: "–", interval: "–" };
  const { ratio, low, high } = result;
  return {
    ratio: `${significant(ratio)} (${signedPercent(ratio - 1)})`,
    interval: `${significant(low)} – ${significant(high)}`,
  };
}

/** A run in a comparison: what was measured, when, and how often. */
export function runWords(run: SeriesRun): string {
  return `${codeWords(run.code)}, ${day(run.startedAt)}, ${count(run.samples.length, "sample")}`;
}

/** Reasons of proofs that were not made. */
export function failureWords({ failures }: SeriesRun): string {
  return failures.map(({ reason, count }) => `${count} × ${reason}`).join(", ");
}

/** Columns of the environments. */
export const ENVIRONMENT_HEAD = ["Environment", "Machine", "Versions", "Proofs", "Not made", "Last run"];

/** A row for each environment. */
export function environmentRows({ environments, series }: ReportModel): string[][] {
  return environments.map((environment) => {
    const runs = series.filter((each) => each.environment === environment).flatMap((each) => each.runs);
    const unique = (values: readonly (string | null)[]): string =>
      [...new Set(values.filter((value) => value !== null))].join(", ");
    const number = environment.machineNumber === null ? "" : `${environment.machineNumber}: `;
    return [
      environment.label,
      `${number}${machineWords(environment.machine)}`,
      unique(runs.flatMap(({ runtime, system }) => [runtime, system])),
      String(runs.reduce((sum, { samples }) => sum + samples.length, 0)),
      String(runs.reduce((sum, run) => sum + failuresOf(run), 0)),
      day(Math.max(...runs.map(({ startedAt }) => startedAt))),
    ];
  });
}

/** Name of a series. */
export function seriesWords({ workload, engine, start, environment }: Series): string[] {
  return [workload, environment.label, engine, start];
}

// Whether anything became slower: the newest complete run of each series against the one before it.
import { type MedianRatio, medianRatio } from "./bootstrap.ts";
import { type Series, type SeriesRun, timesOf } from "./series.ts";

/** A slowdown is shown when its whole interval lies above this ratio. */
export const SLOWER_ABOVE = 1.05;
/** Of each run: with fewer, an interval at 95 % is wider than the samples themselves. */
export const LEAST_SAMPLES = 5;

/**
 * What two runs say. `slower`, `faster`: the whole interval lies above the limit, or below its inverse. `fails`: no
 * proof was made where there were some. `too-few`: samples, on either side.
 */
export type ComparedAs =
  | ({ readonly verdict: "slower" | "faster" | "unchanged" } & MedianRatio)
  | { readonly verdict: "too-few" | "fails" };

/** Two runs of a series. */
export interface Comparison {
  readonly series: Series;
  readonly before: SeriesRun;
  readonly now: SeriesRun;
  readonly result: ComparedAs;
  /** What else is different: versions of engine, program and system. */
  readonly alsoChanged: readonly string[];
}

/**
 * A comparison for each series with two complete runs, flagged ones first. A run without a single proof has nothing
 * that a later one could be compared with: it is passed over as the earlier one.
 */
export function comparisonsOf(series: readonly Series[]): Comparison[] {
  const found = series.flatMap((each): Comparison[] => {
    const complete = each.runs.filter((run) => run.complete);
    const now = complete.at(-1);
    const before = complete.slice(0, -1).findLast(({ samples }) => samples.length > 0);
    if (now === undefined || before === undefined) return [];
    return [
      {
        series: each,
        before,
        now,
        result: compare(timesOf(before), timesOf(now)),
        alsoChanged: changesOf(before, now),
      },
    ];
  });
  return [...found.filter(isFlagged), ...found.filter((each) => !isFlagged(each))];
}

/** Whether somebody has to look. */
export function isFlagged({ result }: Comparison): boolean {
  return result.verdict === "slower" || result.verdict === "fails";
}

function compare(before: readonly number[], now: readonly number[]): ComparedAs {
  if (now.length === 0) return { verdict: "fails" };
  if (Math.min(before.length, now.length) < LEAST_SAMPLES) return { verdict: "too-few" };
  const ratio = medianRatio(before, now);
  if (ratio.low > SLOWER_ABOVE) return { verdict: "slower", ...ratio };
  return { verdict: ratio.high < 1 / SLOWER_ABOVE ? "faster" : "unchanged", ...ratio };
}

function changesOf(before: SeriesRun, now: SeriesRun): string[] {
  const pairs = [
    ["engine", before.engineVersion, now.engineVersion],
    ["program", before.runtime, now.runtime],
    ["system", before.system, now.system],
  ] as const;
  return pairs.flatMap(([what, old, recent]) =>
    old === recent ? [] : [`${what} ${old ?? "unknown"} → ${recent ?? "unknown"}`],
  );
}

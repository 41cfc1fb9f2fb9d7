// Time from run to run: a panel for each environment that was measured more than once.

import { count, day, inSeconds } from "../../numbers.ts";
import { grouped } from "../grouped.ts";
import type { ReportModel } from "../model.ts";
import { codeWords, type Series, type SeriesRun, timesOf } from "../series.ts";
import { spreadOf } from "../spread.ts";
import { focusFirst, groupsByCircuit } from "./by-circuit.ts";
import type { Figure, Line, LinesPanel } from "./figure.ts";

/** Time by release and commit. */
export function timeOverRuns(model: ReportModel): Figure {
  const made = focusFirst(model, model.series)
    .map((series) => ({ ...series, runs: series.runs.filter(({ samples }) => samples.length > 0) }))
    .filter(({ runs }) => runs.length > 0);
  const followed = made.filter(({ runs }) => runs.length > 1);
  const once = made.length - followed.length;
  return {
    id: "over-time",
    title: "Time by release",
    text: "Median of each run, with the quartiles of its samples as a bar, from the oldest to the newest. A plus after a commit: the tree differed from it. Filled marks are warm proofs, hollow ones cold.",
    notes:
      once === 0
        ? []
        : [
            `${count(once, "row")} of the table ${once === 1 ? "was" : "were"} measured in one run only: there is no line to draw yet.`,
          ],
    groups: groupsByCircuit(followed, (title, series) => linesPanel(title, series, model.engines)),
    table: {
      head: [
        "Circuit",
        "Environment",
        "Engine",
        "Start",
        "Day",
        "Code",
        "Samples",
        "Median, s",
        "Quartiles",
        "Run",
      ],
      rows: made.flatMap((series) =>
        series.runs.map((run) => {
          const { q1, median, q3 } = spreadOf(timesOf(run));
          return [
            series.workload,
            series.environment.label,
            `${series.engine} ${run.engineVersion}`,
            series.start,
            day(run.startedAt),
            codeWords(run.code),
            String(run.samples.length),
            inSeconds(median),
            `${inSeconds(q1)} – ${inSeconds(q3)}`,
            run.complete ? "complete" : "incomplete",
          ];
        }),
      ),
    },
  };
}

function linesPanel(title: string, series: readonly Series[], engines: readonly string[]): LinesPanel {
  const runs = [
    ...grouped(
      series.flatMap((each) => each.runs),
      ({ runId }) => runId,
    ).values(),
  ]
    .map(([run]) => run)
    .sort((a, b) => a.startedAt - b.startedAt);
  const order = runs.map(({ runId }) => runId);
  return {
    kind: "lines",
    title,
    xAxis: "release and commit, by day of the run",
    yAxis: "seconds for a proof",
    xLabels: runs.map(runLabel),
    lines: series.map(
      (each): Line => ({
        engine: engines.indexOf(each.engine),
        start: each.start,
        points: each.runs.map((run) => {
          const { q1, median, q3 } = spreadOf(timesOf(run));
          return {
            x: order.indexOf(run.runId),
            y: median / 1_000,
            between: [q1 / 1_000, q3 / 1_000],
            incomplete: !run.complete,
          };
        }),
      }),
    ),
  };
}

function runLabel({ code, startedAt }: SeriesRun): string {
  const [version, commit = "no commit"] = codeWords(code).split(" ");
  return [version, commit, new Date(startedAt * 1_000).toISOString().slice(0, 10)].join("\n");
}

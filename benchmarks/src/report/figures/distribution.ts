// Every sample as a dot, with median and quartiles: a panel for each environment.

import { count, duration, inSeconds } from "../../numbers.ts";
import type { ReportModel } from "../model.ts";
import { type Series, shownRun, timesOf } from "../series.ts";
import { spreadOf } from "../spread.ts";
import { focusFirst, groupsByCircuit } from "./by-circuit.ts";
import type { Figure, Lane, RowsPanel } from "./figure.ts";

/** How far samples lie apart. */
export function distribution(model: ReportModel): Figure {
  const made = focusFirst(model, model.series).filter((each) => shownRun(each).samples.length > 0);
  return {
    id: "distribution",
    title: "Distribution",
    text: "Every proof of the newest complete run as a dot, by how far it lies from the median, which the label names. The bar reaches from the first to the third quartile, the upright line is the median.",
    notes: made.length === 0 ? ["No proof was made yet."] : [],
    groups: groupsByCircuit(made, (title, series) => rowsPanel(title, series, model.engines)),
    table: {
      head: [
        "Circuit",
        "Environment",
        "Engine",
        "Start",
        "Median, s",
        "Quartiles",
        "Samples in order, s",
        "Run",
      ],
      rows: made.map((each) => {
        const run = shownRun(each);
        const times = timesOf(run);
        const { q1, median, q3 } = spreadOf(times);
        return [
          each.workload,
          each.environment.label,
          each.engine,
          each.start,
          inSeconds(median),
          `${inSeconds(q1)} – ${inSeconds(q3)}`,
          times.map(inSeconds).join(" "),
          run.complete ? "complete" : "incomplete",
        ];
      }),
    },
  };
}

/** In per cent of the median: engines that take a tenth and ten times as long are spread on one axis. */
function rowsPanel(title: string, series: readonly Series[], engines: readonly string[]): RowsPanel {
  return {
    kind: "rows",
    title,
    axis: "% from the median",
    around: true,
    rows: series.map((each) => {
      const run = shownRun(each);
      const times = timesOf(run);
      const { q1, median, q3 } = spreadOf(times);
      const share = (ms: number): number => (ms / median - 1) * 100;
      const state = run.complete ? "" : ", incomplete";
      const lane: Lane = {
        engine: engines.indexOf(each.engine),
        points: [],
        samples: { values: times.map(share), q1: share(q1), median: 0, q3: share(q3) },
      };
      return {
        label: `${each.engine}, ${each.start}${state}: ${duration(median)}, ${count(times.length, "proof")}`,
        lanes: [lane],
      };
    }),
  };
}

// Whether a device becomes slower as it grows warm: proof after proof.

import { inSeconds, percent, signedPercent } from "../../numbers.ts";
import type { ReportModel } from "../model.ts";
import { type Series, shownRun, timesOf } from "../series.ts";
import { focusFirst, groupsByCircuit } from "./by-circuit.ts";
import type { Figure, Line, LinesPanel } from "./figure.ts";

/** Repeated proofs of real devices, in the order in which they were made. */
export function thermalDrift(model: ReportModel): Figure {
  const repeated = focusFirst(model, model.series).filter(
    (each) =>
      each.environment.kind === "device" && each.start === "warm" && shownRun(each).samples.length > 1,
  );
  return {
    id: "drift",
    title: "Repeated proofs on devices",
    text: "Warm proofs of one run in the order in which they were made. A line that rises is a device that slows down as it grows warm.",
    notes: repeated.length === 0 ? ["No real device has made repeated proofs yet."] : [],
    groups: groupsByCircuit(repeated, (title, series) => linesPanel(title, series, model.engines)),
    table: {
      head: ["Circuit", "Device", "Engine", "Proofs in order, s", "First to last", "Battery", "Run"],
      rows: repeated.map((each) => {
        const run = shownRun(each);
        const times = timesOf(run);
        return [
          each.workload,
          each.environment.label,
          each.engine,
          times.map(inSeconds).join(" "),
          signedPercent(times.at(-1)! / times[0]! - 1),
          batteryWords(each),
          run.complete ? "complete" : "incomplete",
        ];
      }),
    },
  };
}

function batteryWords(series: Series): string {
  const battery = shownRun(series).lines[0]?.battery ?? null;
  if (battery === null) return "not told";
  const { before, after, charging } = battery;
  return `${percent(before)} → ${percent(after)}${charging ? ", charging" : ""}`;
}

function linesPanel(title: string, series: readonly Series[], engines: readonly string[]): LinesPanel {
  const most = Math.max(...series.map((each) => shownRun(each).samples.length));
  return {
    kind: "lines",
    title,
    xAxis: "number of the proof",
    yAxis: "seconds for a proof",
    xLabels: Array.from({ length: most }, (_, i) => String(i + 1)),
    lines: series.map((each): Line => {
      const run = shownRun(each);
      return {
        engine: engines.indexOf(each.engine),
        start: each.start,
        // One word for the whole line is enough.
        points: timesOf(run).map((ms, x, all) => ({
          x,
          y: ms / 1_000,
          incomplete: !run.complete && x === all.length - 1,
        })),
      };
    }),
  };
}

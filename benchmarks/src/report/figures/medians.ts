// Charts of one median for each engine: time by circuit and by environment, memory, bytes.

import { inSeconds, significant, toMib } from "../../numbers.ts";
import type { Sample } from "../../results/schema.ts";
import { grouped } from "../grouped.ts";
import type { ReportModel } from "../model.ts";
import { codeWords, type Series, shownRun } from "../series.ts";
import { spreadOf } from "../spread.ts";
import { focusFirst } from "./by-circuit.ts";
import type { Figure, Lane, PanelGroup, Point, RowsPanel, Table } from "./figure.ts";

/** How samples become a chart. */
interface MedianChart {
  readonly axis: string;
  /** In the axis' unit; null: not told. */
  measure(sample: Sample): number | null;
  format(value: number): string;
  /** Groups of panels, panels and rows are made of series with the same of these. */
  groupOf(series: Series): string;
  panelOf(series: Series): string;
  rowOf(series: Series): string;
}

const SECONDS = {
  axis: "seconds for a proof, median",
  measure: ({ totalMs }: Sample) => totalMs / 1_000,
  format: (value: number) => inSeconds(value * 1_000),
} as const;
const STARTS_TEXT =
  "Filled marks are warm proofs, hollow ones cold: the first, with everything still to be loaded. Each is the newest complete run.";

/** Time by circuit: a panel for each environment. */
export function timeByCircuit(model: ReportModel): Figure {
  return medianFigure(model, model.series, {
    id: "by-circuit",
    title: "Time by circuit",
    text: "The same times the other way round: what each circuit takes, in one environment after another.",
    nothing: "No proof was made yet.",
    chart: {
      ...SECONDS,
      groupOf: () => "All environments",
      panelOf: ({ environment }) => environment.label,
      rowOf: ({ workload }) => workload,
    },
  });
}

/** Time by environment: a panel for each circuit. */
export function timeByEnvironment(model: ReportModel): Figure {
  return medianFigure(model, focusFirst(model, model.series), {
    id: "by-environment",
    title: "Time by device and environment",
    text: `What one circuit takes in each environment. Our own machines are named by what was taken away from them, real devices by what their browser told. ${STARTS_TEXT}`,
    nothing: "No proof was made yet.",
    chart: {
      ...SECONDS,
      groupOf: ({ workload }) => workload,
      panelOf: ({ workload }) => workload,
      rowOf: ({ environment }) => environment.label,
    },
  });
}

/** Peak memory over idle: a panel for each environment. */
export function memoryByCircuit(model: ReportModel): Figure {
  return medianFigure(model, model.series, {
    id: "memory",
    title: "Peak memory",
    text: "The most that was there at once while a proof was made, over the idle process or page. Filled marks are warm proofs, hollow ones cold, which hold what was loaded as well.",
    nothing: "No environment told how much memory a proof took. Real devices do not tell.",
    chart: {
      axis: "MiB over idle, median",
      measure: ({ peakMemoryBytes }) => (peakMemoryBytes === null ? null : toMib(peakMemoryBytes)),
      format: significant,
      groupOf: () => "All environments",
      panelOf: ({ environment }) => environment.label,
      rowOf: ({ workload }) => workload,
    },
  });
}

/** Bytes that a cold proof fetches: a panel for browsers, one for devices. */
export function bytesByCircuit(model: ReportModel): Figure {
  return medianFigure(model, model.series, {
    id: "bytes",
    title: "Bytes downloaded",
    text: "What a browser fetches before its first proof, as it came over the wire. In Chromium that is page, code, circuit, key and inputs; on real devices circuit, key and inputs alone, because the page is open already. Nothing is fetched in Node.",
    nothing: "No cold proof in a browser was measured yet.",
    chart: {
      axis: "MiB, median",
      measure: ({ downloadedBytes }) => (downloadedBytes === null ? null : toMib(downloadedBytes)),
      format: significant,
      groupOf: () => "Browsers and devices",
      panelOf: ({ environment }) => (environment.kind === "device" ? "Real devices" : "Chromium"),
      rowOf: ({ workload }) => workload,
    },
  });
}

function medianFigure(
  { engines }: ReportModel,
  series: readonly Series[],
  {
    chart,
    nothing,
    ...head
  }: Pick<Figure, "id" | "title" | "text"> & { nothing: string; chart: MedianChart },
): Figure {
  const known = series.filter((each) => valuesOf(each, chart).length > 0);
  const groups = [...grouped(known, chart.groupOf)].map(
    ([title, inGroup]): PanelGroup => ({
      title,
      panels: [...grouped(inGroup, chart.panelOf)].map(([title, inPanel]) =>
        rowsPanel(title, inPanel, chart, engines),
      ),
    }),
  );
  return {
    ...head,
    notes: groups.length === 0 ? [nothing] : [],
    groups,
    table: tableOf(known, chart),
  };
}

function rowsPanel(
  title: string,
  series: readonly Series[],
  chart: MedianChart,
  engines: readonly string[],
): RowsPanel {
  const rows = [...grouped(series, chart.rowOf)].map(([label, inRow]) => ({
    label,
    lanes: [...grouped(inRow, ({ engine }) => engine)].map(
      ([engine, inLane]): Lane => ({
        engine: engines.indexOf(engine),
        points: [...grouped(inLane, ({ start }) => start)].map(
          ([start, same]): Point => ({
            start,
            value: spreadOf(same.flatMap((each) => valuesOf(each, chart))).median,
            incomplete: same.some((each) => !shownRun(each).complete),
          }),
        ),
      }),
    ),
  }));
  return { kind: "rows", title, axis: chart.axis, around: false, rows };
}

function valuesOf(series: Series, chart: MedianChart): number[] {
  return shownRun(series)
    .samples.map((sample) => chart.measure(sample))
    .filter((value) => value !== null);
}

function tableOf(series: readonly Series[], chart: MedianChart): Table {
  const unit = chart.axis.split(" ")[0]!;
  return {
    head: [
      "Environment",
      "Circuit",
      "Engine",
      "Start",
      "Samples",
      `Median, ${unit}`,
      "Quartiles",
      "Least to greatest",
      "Code",
      "Run",
    ],
    rows: series.map((each) => {
      const run = shownRun(each);
      const values = valuesOf(each, chart);
      const { least, q1, median, q3, greatest } = spreadOf(values);
      return [
        each.environment.label,
        each.workload,
        each.engine,
        each.start,
        String(values.length),
        chart.format(median),
        `${chart.format(q1)} – ${chart.format(q3)}`,
        `${chart.format(least)} – ${chart.format(greatest)}`,
        codeWords(run.code),
        run.complete ? "complete" : "incomplete",
      ];
    }),
  };
}

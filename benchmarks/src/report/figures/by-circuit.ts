// Groups of panels: a group for each circuit, in it a panel for each environment.
import { grouped } from "../grouped.ts";
import type { ReportModel } from "../model.ts";
import type { Series } from "../series.ts";
import type { Panel, PanelGroup } from "./figure.ts";

/** The series of the workload that is shown first, before all others. */
export function focusFirst(model: ReportModel, series: readonly Series[]): Series[] {
  return [
    ...series.filter(({ workload }) => workload === model.focus),
    ...series.filter(({ workload }) => workload !== model.focus),
  ];
}

/** A group for each circuit, in the order in which they come; `draw` makes the panel of an environment. */
export function groupsByCircuit<S extends Series>(
  series: readonly S[],
  draw: (title: string, series: readonly S[]) => Panel,
): PanelGroup[] {
  return [...grouped(series, ({ workload }) => workload)].map(([title, inGroup]) => ({
    title,
    panels: [...grouped(inGroup, ({ environment }) => environment.label)].map(([label, inPanel]) =>
      draw(label, inPanel),
    ),
  }));
}

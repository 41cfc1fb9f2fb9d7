// Every chart of a report, in the order of the page.
import type { ReportModel } from "../model.ts";
import { predictionErrors } from "./calibration.ts";
import { distribution } from "./distribution.ts";
import { thermalDrift } from "./drift.ts";
import type { Figure } from "./figure.ts";
import { bytesByCircuit, memoryByCircuit, timeByCircuit, timeByEnvironment } from "./medians.ts";
import { timeOverRuns } from "./over-time.ts";

/** The charts of a model. */
export function figuresOf(model: ReportModel): Figure[] {
  return [
    timeByEnvironment,
    timeByCircuit,
    timeOverRuns,
    distribution,
    thermalDrift,
    memoryByCircuit,
    bytesByCircuit,
    predictionErrors,
  ].map((figure) => figure(model));
}

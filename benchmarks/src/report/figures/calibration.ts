// How well the ten-second score foretells a proof: each environment predicted from all others.
import { LEAST_ENVIRONMENTS, type PredictedEnvironment } from "../../calibration/predict.ts";
import { median } from "../../measure.ts";
import { count, inSeconds, percent, signedPercent, significant } from "../../numbers.ts";
import type { ReportModel, ReportPrediction } from "../model.ts";
import { shownRun } from "../series.ts";
import type { Figure, RowsPanel } from "./figure.ts";

/** Error of the prediction in every environment. */
export function predictionErrors(model: ReportModel): Figure {
  const { engines, focus } = model;
  const predictions = [
    ...model.predictions.filter(({ query }) => query.workload === focus),
    ...model.predictions.filter(({ query }) => query.workload !== focus),
  ];
  const rows = predictions.flatMap(({ query, prediction }) =>
    prediction.fitted ? prediction.environments.map((place) => ({ query, place })) : [],
  );
  return {
    id: "calibration",
    title: "Error of the calibration",
    text: "A kernel of ten seconds scores a device. Each environment's warm proof is predicted from its score and from all other environments. Right of nought the prediction was too long, left of it too short. Complete runs alone.",
    notes: notesOf(predictions),
    groups: predictions.flatMap(({ query, prediction }) => {
      if (!prediction.fitted) return [];
      const panel: RowsPanel = {
        kind: "rows",
        title: queryName({ query }),
        axis: "error of the prediction, %",
        around: true,
        rows: prediction.environments.map((place) => ({
          label: labelOf(model, place),
          lanes: [
            {
              engine: engines.indexOf(query.engine.name),
              points: [{ value: place.error * 100, start: "warm", incomplete: false }],
            },
          ],
        })),
      };
      return [{ title: queryName({ query }), panels: [panel] }];
    }),
    table: {
      head: ["Circuit", "Engine", "Environment", "Score", "Predicted, s", "Measured, s", "Error"],
      rows: rows.map(({ query, place }) => [
        query.workload,
        `${query.engine.name} ${query.engine.version}`,
        labelOf(model, place),
        significant(place.score),
        inSeconds(place.predictedMs),
        inSeconds(place.measuredMs),
        signedPercent(place.error),
      ]),
    },
  };
}

function queryName({ query }: Pick<ReportPrediction, "query">): string {
  return `${query.workload}, ${query.engine.name} ${query.engine.version}`;
}

function notesOf(predictions: readonly ReportPrediction[]): string[] {
  if (predictions.length === 0) return ["No complete run has a calibration score yet."];
  const errors = predictions.flatMap(({ prediction }) =>
    prediction.fitted ? prediction.environments.map(({ error }) => Math.abs(error)) : [],
  );
  const missing = predictions.filter(({ prediction }) => !prediction.fitted);
  return [
    ...(errors.length === 0
      ? []
      : [
          `Over all ${count(errors.length, "prediction")}: off by ${percent(median(errors))} in the median and by ${percent(Math.max(...errors))} at worst.`,
        ]),
    ...(missing.length === 0
      ? []
      : [
          `No prediction where fewer than ${LEAST_ENVIRONMENTS} environments have a score and warm proofs: ${missing.map(queryName).join("; ")}.`,
        ]),
  ];
}

/** The prediction hands on the objects of the line that it read. */
function labelOf({ series }: ReportModel, { machine, environment }: PredictedEnvironment): string {
  const found = series.find((each) =>
    shownRun(each).lines.some((line) => line.machine === machine && line.environment === environment),
  );
  if (found === undefined) throw new Error("a prediction of an environment that is in no line");
  return found.environment.label;
}

// From a calibration score to the time of a proof. docs/design/calibration.md.
//
//   time · score = constant    for one workload and one engine: a device that does the kernel's work twice as
//                              fast proves twice as fast
//
// How far that is from the truth is not assumed but reported: each environment is predicted from all others.
import { median } from "../measure.ts";
import type { Environment, MeasurementLine, Workload } from "../results/schema.ts";

/** With fewer, one environment is predicted from a single other, which says nothing of the prediction. */
export const LEAST_ENVIRONMENTS = 3;

/** What is predicted. */
export interface PredictionQuery {
  readonly workload: Workload;
  /** Of one version: another one is as fast as it is. */
  readonly engine: MeasurementLine["engine"];
  /** Environments of this kind alone; all unless told. */
  readonly kind?: Environment["kind"];
}

/** One measured environment, and what the others say of it. */
export interface PredictedEnvironment {
  readonly machine: MeasurementLine["machine"];
  readonly environment: Environment;
  /** Median of its slices, in units of the kernel in a second. */
  readonly score: number;
  /** Median of its warm proofs, in milliseconds. */
  readonly measuredMs: number;
  /** From its score and all other environments. */
  readonly predictedMs: number;
  /** predicted ÷ measured − 1: 0.1 is ten per cent too long. */
  readonly error: number;
}

/** A fit and how well it does, or why there is none. */
export type Prediction =
  | {
      readonly fitted: true;
      /** Units of the kernel that take as long as one proof. */
      readonly unitsPerProof: number;
      /** In the order in which they first occur. */
      readonly environments: readonly PredictedEnvironment[];
      /** Of the errors without their signs. */
      readonly medianError: number;
      readonly worstError: number;
    }
  | {
      readonly fitted: false;
      readonly reason: "too-few-environments";
      readonly environments: number;
      readonly needed: typeof LEAST_ENVIRONMENTS;
    };

/**
 * Fits the constant to the warm proofs of lines with a calibration; cold ones hold the network.
 *
 * The fit is the median over environments: one phone that was hot, or measured while it did something else, moves
 * nothing. An environment counts once, however often it was measured.
 */
export function fitPrediction(lines: readonly MeasurementLine[], query: PredictionQuery): Prediction {
  const measured = [...environmentsOf(lines, query).values()];
  if (measured.length < LEAST_ENVIRONMENTS) {
    return {
      fitted: false,
      reason: "too-few-environments",
      environments: measured.length,
      needed: LEAST_ENVIRONMENTS,
    };
  }
  const environments = measured.map((one): PredictedEnvironment => {
    const others = unitsPerProofOf(measured.filter((other) => other !== one));
    const predictedMs = timeOf(others, one.score);
    return { ...one, predictedMs, error: predictedMs / one.measuredMs - 1 };
  });
  const errors = environments.map(({ error }) => Math.abs(error));
  return {
    fitted: true,
    unitsPerProof: unitsPerProofOf(measured),
    environments,
    medianError: median(errors),
    worstError: Math.max(...errors),
  };
}

/**
 * How long a proof takes on a device with this score.
 *
 * @param score - median of its slices.
 * @returns milliseconds; undefined where there is no fit.
 * @throws RangeError - the score is not positive.
 */
export function predictProofMs(prediction: Prediction, score: number): number | undefined {
  if (!(score > 0)) throw new RangeError(`score is ${score}, expected a positive number`);
  return prediction.fitted ? timeOf(prediction.unitsPerProof, score) : undefined;
}

/** Every workload and engine that the lines measure with a calibration, in the order in which they first occur. */
export function predictableQueries(lines: readonly MeasurementLine[]): PredictionQuery[] {
  const queries = new Map<string, PredictionQuery>();
  for (const { workload, engine, calibration } of lines) {
    if (calibration !== null)
      queries.set(`${workload} ${engine.name} ${engine.version}`, { workload, engine });
  }
  return [...queries.values()];
}

type MeasuredEnvironment = Pick<PredictedEnvironment, "machine" | "environment" | "score" | "measuredMs">;

function environmentsOf(
  lines: readonly MeasurementLine[],
  { workload, engine, kind }: PredictionQuery,
): Map<string, MeasuredEnvironment> {
  const groups = new Map<string, MeasurementLine[]>();
  for (const line of lines) {
    const fits =
      line.workload === workload &&
      line.engine.name === engine.name &&
      line.engine.version === engine.version &&
      (kind === undefined || line.environment.kind === kind) &&
      line.start === "warm" &&
      line.calibration !== null &&
      line.samples.length > 0;
    if (!fits) continue;
    const name = environmentName(line);
    groups.set(name, [...(groups.get(name) ?? []), line]);
  }
  return new Map(
    [...groups].map(([name, group]) => {
      const { machine, environment } = group[0]!;
      return [
        name,
        {
          machine,
          environment,
          score: median(group.flatMap(({ calibration }) => calibration!.scores)),
          measuredMs: median(group.flatMap(({ samples }) => samples.map(({ totalMs }) => totalMs))),
        },
      ];
    }),
  );
}

/** Devices whose browser does not tell what they are: each run may be another phone. */
function environmentName({ machine, environment, runId }: MeasurementLine): string {
  const unknown = environment.kind === "device" && machine.model === null;
  return JSON.stringify([machine, environment, unknown ? runId : null]);
}

function unitsPerProofOf(environments: readonly MeasuredEnvironment[]): number {
  return median(environments.map(({ score, measuredMs }) => (score * measuredMs) / 1_000));
}

function timeOf(unitsPerProof: number, score: number): number {
  return (unitsPerProof / score) * 1_000;
}

// What a run on a device has measured so far: kept by the page as it grows, and turned into lines of measurements.
import { KERNEL_NAME } from "../calibration/kernel.ts";
import {
  type FailureReason,
  type Machine,
  type MeasurementLine,
  parseMeasurement,
  type Sample,
  type Workload,
} from "../results/schema.ts";

/** Proofs of one kind of one workload. */
export interface Measured {
  readonly samples: readonly Sample[];
  readonly failures: readonly FailureReason[];
}

/** One workload's part of a run. */
export interface MeasuredWorkload {
  readonly name: Workload;
  readonly artifacts: MeasurementLine["artifacts"];
  readonly cold: Measured;
  readonly warm: Measured;
}

/** A run as far as it came. Plain JSON. */
export interface DeviceRun {
  readonly type: "commune-zk/device-run/v1";
  readonly runId: string;
  /** Seconds since 1970, by the service's clock. */
  readonly startedAt: number;
  readonly code: MeasurementLine["code"];
  readonly engine: MeasurementLine["engine"];
  readonly machine: Machine;
  /** Name and major version of the browser. */
  readonly runtime: string;
  /** Warm proofs that are wanted of each workload. */
  readonly repeats: number;
  readonly scores: readonly number[];
  readonly battery: MeasurementLine["battery"];
  readonly workloads: readonly MeasuredWorkload[];
  /** The proof that is being made; of the last of `workloads`. */
  readonly underWay: "cold" | "warm" | null;
  /** What the run was at when it was ended before its end; of the last of `workloads`. */
  readonly interrupted: "cold" | "warm" | null;
  readonly ended: boolean;
}

/** Nothing measured. */
export const NOTHING: Measured = { samples: [], failures: [] };

/** Whether anything is worth keeping: without a proof, or the failure of one, there is no line. */
export function hasMeasured({ workloads }: DeviceRun): boolean {
  return workloads.some(({ cold, warm }) => [cold, warm].some((part) => attemptsOf(part) > 0));
}

/**
 * A run that goes no further: the proof under way, if there is one, was not made.
 *
 * @param reason - why not.
 */
export function endRun(run: DeviceRun, reason: FailureReason): DeviceRun {
  const { underWay } = run;
  const ended = underWay === null ? run : withFailure(run, underWay, reason);
  return { ...ended, underWay: null, interrupted: run.interrupted ?? underWay, ended: true };
}

/** The run with one more proof of its last workload. */
export function withSample(run: DeviceRun, start: "cold" | "warm", sample: Sample): DeviceRun {
  return changeLast(run, start, ({ samples, ...rest }) => ({ ...rest, samples: [...samples, sample] }));
}

/** The run with one more proof of its last workload that was not made. */
export function withFailure(run: DeviceRun, start: "cold" | "warm", reason: FailureReason): DeviceRun {
  return changeLast(run, start, ({ failures, ...rest }) => ({ ...rest, failures: [...failures, reason] }));
}

function changeLast(
  run: DeviceRun,
  start: "cold" | "warm",
  change: (measured: Measured) => Measured,
): DeviceRun {
  const last = run.workloads.at(-1);
  if (last === undefined) throw new TypeError("no workload is being measured");
  return {
    ...run,
    underWay: null,
    workloads: [...run.workloads.slice(0, -1), { ...last, [start]: change(last[start]) }],
  };
}

/**
 * The lines of a run: two of each workload, or one where it did not come to the second. The same run gives the same
 * lines, whenever it is asked.
 *
 * @throws InputError `measurement-malformed` - not a run of ours: kept by another version, or damaged.
 */
export function linesOf(run: DeviceRun): MeasurementLine[] {
  const starts = ["cold", "warm"] as const;
  return run.workloads.flatMap((workload) =>
    starts
      .filter((start) => attemptsOf(workload[start]) > 0)
      .map((start) => parseMeasurement(lineOf(run, workload, start), `${workload.name}, ${start}`)),
  );
}

function lineOf(run: DeviceRun, workload: MeasuredWorkload, start: "cold" | "warm"): MeasurementLine {
  const { runId, startedAt, code, engine, machine, runtime, scores, battery } = run;
  const { samples, failures } = workload[start];
  const asked = start === "cold" ? 1 : run.repeats;
  const interrupted = run.interrupted === start && workload === run.workloads.at(-1);
  const whole = !interrupted && attemptsOf(workload[start]) >= asked && !failures.includes("stopped");
  return {
    type: "commune-zk/measurement/v1",
    runId,
    startedAt,
    status: whole ? "complete" : "incomplete",
    code,
    machine,
    environment: { kind: "device", runtime, limits: null },
    workload: workload.name,
    engine,
    artifacts: workload.artifacts,
    start,
    samples: [...samples],
    failures: counted(failures),
    calibration: scores.length === 0 ? null : { kernel: KERNEL_NAME, scores: [...scores] },
    battery,
  };
}

function attemptsOf({ samples, failures }: Measured): number {
  return samples.length + failures.length;
}

function counted(failures: readonly FailureReason[]): MeasurementLine["failures"] {
  return [...new Set(failures)].map((reason) => ({
    reason,
    count: failures.filter((each) => each === reason).length,
  }));
}

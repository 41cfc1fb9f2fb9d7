// What a run comes to, before it is put into words.
import { median } from "../measure.ts";
import type { FailureReason, MeasurementLine, Workload } from "../results/schema.ts";
import type { DeviceRun } from "./record.ts";

/** What one workload came to. */
export interface Verdict {
  readonly workload: Workload;
  /** Median of the warm proofs; of the cold one where there is no other; null where none was made. */
  readonly typicalMs: number | null;
  readonly cold: { readonly totalMs: number; readonly downloadedBytes: number | null } | null;
  /** Between the first and the last warm proof; null with fewer than two. */
  readonly drift: {
    readonly firstMs: number;
    readonly lastMs: number;
    readonly proofs: number;
    /** 0.12: the last took 12 % longer than the first. */
    readonly change: number;
  } | null;
  readonly failures: readonly FailureReason[];
  readonly complete: boolean;
}

/** What each workload came to, in their order. */
export function verdictsOf(run: DeviceRun, lines: readonly MeasurementLine[]): Verdict[] {
  return run.workloads.map(({ name, cold, warm }) => {
    const first = cold.samples[0];
    const times = warm.samples.map(({ totalMs }) => totalMs);
    const typical = times.length > 0 ? times : cold.samples.map(({ totalMs }) => totalMs);
    const own = lines.filter(({ workload }) => workload === name);
    return {
      workload: name,
      typicalMs: typical.length === 0 ? null : median(typical),
      cold: first === undefined ? null : { totalMs: first.totalMs, downloadedBytes: first.downloadedBytes },
      drift: driftOf(times),
      failures: [...cold.failures, ...warm.failures],
      complete: own.length === 2 && own.every(({ status }) => status === "complete"),
    };
  });
}

function driftOf(times: readonly number[]): Verdict["drift"] {
  const [firstMs] = times;
  const lastMs = times.at(-1);
  if (times.length < 2 || firstMs === undefined || lastMs === undefined) return null;
  return { firstMs, lastMs, proofs: times.length, change: lastMs / firstMs - 1 };
}

// A measurement line as a device page makes it, valid as it stands: tests change one thing.
import type { MeasurementLine } from "../src/results/schema.ts";

/** When the run of {@link measurementLine} began, in seconds since 1970. */
export const STARTED_AT = 1_790_000_000;

/**
 * A line of ballot-compact-20 by snarkjs.
 *
 * @param times - of its proofs, one after another, in milliseconds.
 */
export function measurementLine(start: "cold" | "warm", times: readonly number[]): MeasurementLine {
  const atMs = times.map((_, i) => times.slice(0, i).reduce((sum, time) => sum + time, 20_000) + 10 * i);
  return {
    type: "commune-zk/measurement/v1",
    runId: "0123456789abcdef0123456789abcdef",
    startedAt: STARTED_AT,
    status: "complete",
    code: { version: "0.1.0", commit: "0".repeat(40), modified: false },
    machine: { model: "Made-up phone", system: null, cores: 8, memoryMiB: 4_096 },
    environment: { kind: "device", runtime: "Chrome 141", limits: null },
    workload: "ballot-compact-20",
    engine: { name: "snarkjs", version: "0.7.6" },
    artifacts: { wasm: "1".repeat(64), provingKey: "2".repeat(64) },
    start,
    samples: times.map((totalMs, i) => ({
      atMs: atMs[i]!,
      totalMs,
      phasesMs: { witness: totalMs * 0.1, proof: totalMs * 0.8 },
      peakMemoryBytes: null,
      downloadedBytes: start === "cold" ? 8_000_000 : null,
    })),
    failures: [],
    calibration: { kernel: "bn254-v1", scores: [50, 51, 49] },
    battery: null,
  };
}

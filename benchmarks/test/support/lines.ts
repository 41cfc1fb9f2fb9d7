// Lines of the history as tests make them up.
import type { MeasurementLine } from "../../src/results/schema.ts";

/** A line in shape, with changes. Its numbers were never measured. */
export function lineWith(changes: Partial<MeasurementLine> = {}): MeasurementLine {
  return {
    type: "commune-zk/measurement/v1",
    runId: "0123456789abcdef0123456789abcdef",
    startedAt: 1_800_000_000,
    status: "complete",
    code: { version: "0.1.0", commit: "a".repeat(40), modified: false },
    machine: { model: "Test processor", system: "Linux 6.1.0", cores: 2, memoryMiB: 4_096 },
    environment: {
      kind: "chromium",
      runtime: "Chromium 156.0.8078.108",
      limits: {
        cpuShare: 0.25,
        memoryMiB: 512,
        network: { downKbps: 1_600, upKbps: 750, latencyMs: 150 },
      },
    },
    workload: "ballot-compact-20",
    engine: { name: "snarkjs", version: "0.7.6" },
    artifacts: { wasm: "b".repeat(64), provingKey: "c".repeat(64) },
    start: "cold",
    samples: [
      {
        atMs: 0,
        totalMs: 2_000,
        phasesMs: { load: 500, witness: 100, proof: 1_300 },
        peakMemoryBytes: 100_000_000,
        downloadedBytes: 7_000_000,
      },
      {
        atMs: 5_000,
        totalMs: 2_100,
        phasesMs: { load: 500, witness: 100, proof: 1_400 },
        peakMemoryBytes: null,
        downloadedBytes: null,
      },
    ],
    failures: [{ reason: "timed-out", count: 1 }],
    calibration: { kernel: "bn254-v1", scores: [50, 51.5] },
    battery: { before: 0.9, after: 0.85, charging: false },
    ...changes,
  };
}

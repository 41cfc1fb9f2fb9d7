// A history that was never measured, with everything in it that a report has to show: several runs, environments,
// engines and devices, an interrupted run, proofs that were not made, and one thing that became slower.
import type { Environment, Limits, MeasurementLine, Workload } from "../../src/results/schema.ts";
import { lineWith } from "./lines.ts";

const FIRST_DAY = 1_795_000_000;
const DAY = 86_400;
const QUARTER: Limits = {
  cpuShare: 0.25,
  memoryMiB: 512,
  network: { downKbps: 1_600, upKbps: 750, latencyMs: 150 },
};
const SHARE = (cpuShare: number): Limits => ({ cpuShare, memoryMiB: null, network: null });
const OURS: readonly (readonly [kind: Environment["kind"], limits: Limits | null, slowness: number])[] = [
  ["node", null, 1],
  ["chromium", null, 1.2],
  ["chromium", SHARE(0.5), 3],
  ["chromium", SHARE(0.25), 6],
  ["chromium-phone", QUARTER, 6.5],
];
/** Milliseconds of a warm proof in Node by our engine, roughly as sizes go. */
const CIRCUITS: Readonly<Partial<Record<Workload, number>>> = {
  "ballot-compact-20": 420,
  "hours-4": 950,
  "semaphore-20": 280,
};
const ENGINES = [
  { name: "@commune-zk/prover", version: "0.1.0", slowness: 1 },
  { name: "snarkjs", version: "0.7.6", slowness: 4 },
  { name: "@semaphore-protocol/proof", version: "4.14.3", slowness: 2.6 },
] as const;
/** Of a phone: model, cores, MiB, how much slower than Node here, and by how much it slows down with each proof. */
const PHONES = [
  ["Invented A1", 8, 4_096, 3.1, 0.002],
  ["Invented Mini 3", 4, 2_048, 9.4, 0.03],
  [null, 6, null, 2.2, 0.004],
] as const;

/** Samples around a time, the same at each call. */
export function samplesAround(
  ms: number,
  number: number,
  { drift = 0, start = "warm" as MeasurementLine["start"], memory = true } = {},
): MeasurementLine["samples"] {
  const cold = start === "cold";
  return Array.from({ length: number }, (_, i) => {
    const totalMs = ms * (1 + drift * i + 0.03 * Math.sin(i * 2.4)) + (cold ? 900 + 0.4 * ms : 0);
    return {
      atMs: i * (totalMs + 100),
      totalMs,
      phasesMs: {},
      peakMemoryBytes: memory ? Math.round((30 + ms / 100 + (cold ? 20 : 0)) * 2 ** 20) : null,
      downloadedBytes: null,
    };
  });
}

/** An identifier of a run. */
export const runId = (number: number): string => number.toString(16).padStart(2, "0").repeat(16);

/** The whole of it. */
export function inventedHistory(): MeasurementLine[] {
  return [...[0, 1, 2].flatMap(ownRun), ...PHONES.flatMap((_, i) => phoneRun(i)), interruptedRun()];
}

function ownRun(run: number): MeasurementLine[] {
  const starts = ["warm", "cold"] as const;
  return OURS.flatMap(([kind, limits, slowness], place) =>
    (Object.keys(CIRCUITS) as Workload[]).flatMap((workload) =>
      ENGINES.filter(({ name }) => workload.startsWith("semaphore-") || !name.startsWith("@sem")).flatMap(
        (engine) =>
          starts.map((start) => {
            // Ours becomes faster with each run, but slower with the last in one environment.
            const release = engine.slowness === 1 ? [1.5, 1.15, place === 3 ? 1.4 : 1][run]! : 1;
            const ms = CIRCUITS[workload]! * engine.slowness * slowness * release;
            const samples = samplesAround(ms, 7, { start });
            const fetched = start === "cold" && kind !== "node";
            const starved = limits?.memoryMiB === 512 && engine.name === "snarkjs" && workload === "hours-4";
            return lineWith({
              runId: runId(run + 1),
              startedAt: FIRST_DAY + run * 9 * DAY,
              code: { version: `0.${run + 1}.0`, commit: `${run}a7c`.repeat(10), modified: run === 1 },
              machine: {
                model: "Invented processor 9000",
                system: "Linux 6.1.0",
                cores: 2,
                memoryMiB: 4_096,
              },
              environment: { kind, runtime: kind === "node" ? "Node 20.20.2" : "Chromium 156.0.1", limits },
              workload,
              engine: { name: engine.name, version: engine.version },
              start,
              samples: starved
                ? []
                : samples.map((each) => ({
                    ...each,
                    downloadedBytes: fetched ? Math.round(CIRCUITS[workload]! * 9_000) : null,
                  })),
              failures: starved ? [{ reason: "out-of-memory", count: 7 }] : [],
              calibration: {
                kernel: "bn254-v1",
                scores: [60 / slowness, (61 + place) / slowness, 59 / slowness],
              },
              battery: null,
            });
          }),
      ),
    ),
  );
}

function phoneRun(phone: number): MeasurementLine[] {
  const [model, cores, memoryMiB, slowness, drift] = PHONES[phone]!;
  return (["ballot-compact-20", "semaphore-20"] as const).flatMap((workload) =>
    (["cold", "warm"] as const).map((start) =>
      lineWith({
        runId: runId(100 + phone),
        startedAt: FIRST_DAY + 20 * DAY + phone * 600,
        machine: { model, system: null, cores, memoryMiB },
        environment: { kind: "device", runtime: model === null ? "Safari 26" : "Chrome 156", limits: null },
        workload,
        engine: { name: "@commune-zk/prover", version: "0.1.0" },
        start,
        samples: samplesAround(CIRCUITS[workload]! * slowness, start === "cold" ? 1 : 10, {
          start,
          drift,
          memory: false,
        }).map((each) => ({ ...each, downloadedBytes: start === "cold" ? 4_100_000 : null })),
        failures: [],
        calibration: { kernel: "bn254-v1", scores: [58 / slowness, 63 / slowness] },
        battery: model === null ? null : { before: 0.8, after: 0.78, charging: false },
      }),
    ),
  );
}

function interruptedRun(): MeasurementLine {
  return lineWith({
    runId: runId(200),
    startedAt: FIRST_DAY + 21 * DAY,
    status: "incomplete",
    machine: { model: "Invented Broken 7", system: null, cores: 4, memoryMiB: 1_024 },
    environment: { kind: "device", runtime: "Firefox 150", limits: null },
    engine: { name: "@commune-zk/prover", version: "0.1.0" },
    start: "warm",
    samples: samplesAround(7_000, 3, { drift: 0.02, memory: false }),
    failures: [{ reason: "crashed", count: 1 }],
    calibration: { kernel: "bn254-v1", scores: [5.5, 5.1] },
    battery: null,
  });
}

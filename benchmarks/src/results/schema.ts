// One line of the history of measurements: the one shape that the harness writes, a device page posts, the
// collecting service validates and the report reads. docs/spec/measurements.md.
import { CIRCUIT_NAMES, HOURS_CIRCUIT_NAMES, parseWith } from "@commune-zk/prover";
import { z } from "zod";

/** A proof of ten thousand constraints takes longer on anything that is built, and an hour is no use to anybody. */
const DURATION_MS = { least: 5, most: 3_600_000 };
/** Phases are timed by another clock reading than the whole: they may exceed it by rounding. */
const ROUNDING_MS = 5;
const MOST_SAMPLES = 1_000;

/** Depths of the Semaphore statement that are measured: rolls of a thousand and of a million. */
export const MEMBERSHIP_DEPTHS = [10, 20] as const;

/** Everything that is measured: our circuits, and the Semaphore V4 statement at two depths. */
export const WORKLOADS = [
  ...CIRCUIT_NAMES,
  ...HOURS_CIRCUIT_NAMES,
  "semaphore-10",
  "semaphore-20",
] as const satisfies readonly string[];

/** Name of a statement that is proven. */
export type Workload = (typeof WORKLOADS)[number];

/** Name of the engine that members prove with: the library's own. */
export const MEMBERS_ENGINE = "@commune-zk/prover";

/** Why a proof was not made. */
export const FAILURES = [
  "out-of-memory",
  "timed-out",
  "crashed",
  "proof-invalid",
  "stopped",
  "failed",
] as const;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const duration = z.number().min(DURATION_MS.least).max(DURATION_MS.most);
const bytes = z
  .int()
  .min(1)
  .max(2 ** 36);
/** Words that a machine says of itself: printable, of one line. */
const words = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\p{L}\p{N}\p{P}\p{S} ]+$/u);

const sample = z
  .strictObject({
    /** Start, in milliseconds since the run began. */
    atMs: z.number().min(0).max(86_400_000),
    /** From the wish for a proof to the finished proof; a cold one from the navigation or the process's start. */
    totalMs: duration,
    /** As the engine reports them, in milliseconds; `load` is what a cold start takes before the engine is called. */
    phasesMs: z.partialRecord(z.enum(["load", "witness", "proof"]), z.number().min(0).max(DURATION_MS.most)),
    /** Over the idle process or page; null where the environment does not tell. */
    peakMemoryBytes: bytes.nullable(),
    /** Of everything a cold start fetched, as it came over the wire; null where nothing was fetched. */
    downloadedBytes: bytes.nullable(),
  })
  .refine(
    ({ totalMs, phasesMs }) =>
      Object.values(phasesMs).reduce((sum, each) => sum + each, 0) <= totalMs + ROUNDING_MS,
    "phases take longer than the whole",
  );

const limits = z.strictObject({
  /** Of one core: 0.25 is a quarter. */
  cpuShare: z.number().min(0.01).max(1).nullable(),
  memoryMiB: z
    .int()
    .min(16)
    .max(2 ** 20)
    .nullable(),
  network: z
    .strictObject({
      downKbps: z.int().min(1).max(10_000_000),
      upKbps: z.int().min(1).max(10_000_000),
      latencyMs: z.int().min(0).max(10_000),
    })
    .nullable(),
});

const environment = z.strictObject({
  kind: z.enum(["node", "chromium", "chromium-phone", "device"]),
  /** Program and version, such as `Node 20.20.2`. */
  runtime: words(100),
  /** What was taken away from it; null: nothing. */
  limits: limits.nullable(),
});

const machine = z.strictObject({
  /** The processor, or the phone as far as its browser tells; null where it does not. */
  model: words(100).nullable(),
  system: words(100).nullable(),
  cores: z.int().min(1).max(1_024).nullable(),
  /** Of a device the class that its browser tells, rounded by it; of our machines what there is. */
  memoryMiB: z
    .int()
    .min(64)
    .max(2 ** 26)
    .nullable(),
});

const measurement = z
  .strictObject({
    type: z.literal("commune-zk/measurement/v1"),
    /** The same for all lines of one run. */
    runId: z.string().regex(/^[0-9a-f]{32}$/),
    /** Of the run, in seconds since 1970. */
    startedAt: z.int().min(1_767_225_600),
    /** An interrupted run keeps what it measured. */
    status: z.enum(["complete", "incomplete"]),
    code: z.strictObject({
      version: z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/),
      /** Of the tree that was measured; null where it was not a working tree. */
      commit: z
        .string()
        .regex(/^[0-9a-f]{40}$/)
        .nullable(),
      /** Whether the tree differed from its commit. */
      modified: z.boolean(),
    }),
    machine,
    environment,
    workload: z.enum(WORKLOADS),
    engine: z.strictObject({
      name: z.string().regex(/^[a-z0-9@/-]{1,60}$/),
      version: z.string().regex(/^[0-9A-Za-z.-]{1,30}$/),
    }),
    /** SHA-256 of the files with which it was proven. */
    artifacts: z.strictObject({ wasm: digest, provingKey: digest }),
    /** Cold: the first proof of a fresh process or page. Warm: a later one. */
    start: z.enum(["cold", "warm"]),
    samples: z.array(sample).max(MOST_SAMPLES),
    failures: z
      .array(z.strictObject({ reason: z.enum(FAILURES), count: z.int().min(1).max(MOST_SAMPLES) }))
      .max(FAILURES.length),
    /** Of the calibration kernel in the same environment; null where it was not run. */
    calibration: z
      .strictObject({
        kernel: z.literal("bn254-v1"),
        /** Units of work in a second, one for each slice of the ten seconds. */
        scores: z.array(z.number().min(0.001).max(1_000_000)).min(1).max(100),
      })
      .nullable(),
    /** 0 … 1; null where the browser does not tell. */
    battery: z
      .strictObject({
        before: z.number().min(0).max(1),
        after: z.number().min(0).max(1),
        charging: z.boolean(),
      })
      .nullable(),
  })
  .refine(({ samples, failures }) => samples.length + failures.length > 0, "nothing was measured")
  .refine(
    ({ samples }) => samples.every(({ atMs }, i) => i === 0 || samples[i - 1]!.atMs <= atMs),
    "samples are not in the order in which they were taken",
  )
  .refine(
    ({ start, samples }) =>
      start === "cold" || samples.every(({ downloadedBytes }) => downloadedBytes === null),
    "a warm proof fetches nothing",
  );

/** Samples of one workload by one engine in one environment. */
export type MeasurementLine = z.infer<typeof measurement>;
/** One proof that was made, verified, and timed. */
export type Sample = z.infer<typeof sample>;
/** Where it was made. */
export type Environment = z.infer<typeof environment>;
/** What was taken away from a browser or process. */
export type Limits = z.infer<typeof limits>;
/** The hardware. */
export type Machine = z.infer<typeof machine>;
/** Why a proof was not made. */
export type FailureReason = (typeof FAILURES)[number];

/**
 * A line's value in its shape.
 *
 * @throws InputError `measurement-malformed` - another shape, or numbers that cannot be; the place names the field.
 */
export function parseMeasurement(value: unknown, place = "measurement"): MeasurementLine {
  return parseWith(measurement, value, "measurement-malformed", place);
}

/** A profile's name: what it limits, never a phone that it was not run on. */
export function limitsName(limits: Limits | null): string {
  if (limits === null) return "unlimited";
  const { cpuShare, memoryMiB, network } = limits;
  const parts = [
    cpuShare === null ? null : `${Math.round(cpuShare * 100)} % of one core`,
    memoryMiB === null ? null : `${memoryMiB} MiB`,
    network === null
      ? null
      : `${network.downKbps / 1000} Mbit/s down, ${network.upKbps / 1000} up, ${network.latencyMs} ms`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "unlimited" : parts.join(", ");
}

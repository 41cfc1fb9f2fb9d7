// The harness: every statement by every engine in every environment, in turns, each proof checked; lines of the
// history come out. docs/design/devices.md says why so.
import type { KernelRun } from "../browser/bare-proof.ts";
import { QuotaError } from "../browser/limited-group.ts";
import { KERNEL_NAME } from "../calibration/kernel.ts";
import type { NotMeasured } from "../measure.ts";
import {
  type FailureReason,
  limitsName,
  type MeasurementLine,
  parseMeasurement,
  type Sample,
  type Workload,
} from "../results/schema.ts";
import type { BenchEngine } from "./engines.ts";
import {
  type BenchEnvironment,
  type BenchTask,
  type MadeProof,
  ProofFailure,
  type Session,
} from "./environment.ts";

/** Cold is the first proof of a fresh process or page, warm its second. */
export type Start = MeasurementLine["start"];

/** An environment that can be opened, or not. */
export interface EnvironmentPlan {
  /** Words for what is said where it cannot be opened. */
  readonly name: string;
  /** @throws QuotaError - this machine cannot set its limits. */
  open(): Promise<BenchEnvironment>;
}

/** What is measured. */
export interface HarnessPlan {
  readonly workloads: readonly Workload[];
  /** @throws Error - it cannot be made ready: the run ends. */
  readonly prepare: (workload: Workload) => Promise<BenchTask["workload"]>;
  readonly engines: readonly BenchEngine[];
  readonly environments: readonly EnvironmentPlan[];
  /** Samples of each. */
  readonly runs: number;
  readonly starts: readonly Start[];
  /** Null: not calibrated. */
  readonly calibration: KernelRun | null;
  /** After which a proof is given up. */
  readonly timeoutMs: number;
  /** What every line says of the run, the machine and the code. */
  readonly run: Pick<MeasurementLine, "runId" | "startedAt" | "code" | "machine">;
}

/** A proof that was not made, as it happens. */
export interface Failed {
  readonly name: string;
  readonly failed: FailureReason;
  readonly message: string;
}

/** What the harness tells. */
export type HarnessOutcome = { readonly line: MeasurementLine } | NotMeasured | Failed;

/** After so many failures one after another an engine is not asked again. */
const FAILURES_IN_A_ROW = 2;

/**
 * Measures. Lines come as soon as the last proof of a statement in an environment is made. Where the signal fires, or
 * something breaks, what was measured comes as incomplete lines; then it returns, or throws what broke.
 *
 * @throws Error - what broke; not what an engine did wrong, which is counted.
 */
export async function* runHarness(plan: HarnessPlan, signal: AbortSignal): AsyncGenerator<HarnessOutcome> {
  const since = performance.now();
  for (const { name, open } of plan.environments) {
    if (signal.aborted) return;
    let environment: BenchEnvironment;
    try {
      environment = await open();
    } catch (error) {
      if (!(error instanceof QuotaError)) throw error;
      yield { name, notMeasured: error.message };
      continue;
    }
    try {
      yield* measureEnvironment({ plan, environment, since }, signal);
    } finally {
      await environment.close();
    }
  }
}

/** What all proofs of an environment have in common. */
interface Place {
  readonly plan: HarnessPlan;
  readonly environment: BenchEnvironment;
  /** When the run began, on the clock of `performance.now()`. */
  readonly since: number;
}

async function* measureEnvironment(place: Place, signal: AbortSignal): AsyncGenerator<HarnessOutcome> {
  const { plan, environment } = place;
  const { calibration: run } = plan;
  let calibration: MeasurementLine["calibration"] = null;
  if (run !== null) {
    try {
      const work = (own: AbortSignal): Promise<readonly number[]> => environment.calibrate(run, own);
      const scores = await limited(work, { timeoutMs: plan.timeoutMs, signal });
      calibration = { kernel: KERNEL_NAME, scores: [...scores] };
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ProofFailure)) throw error;
      yield { name: `calibration, ${placeName(environment)}`, failed: error.reason, message: error.message };
    }
  }
  for (const name of plan.workloads) {
    const engines = plan.engines.filter((engine) => engine.proves(name));
    if (engines.length === 0) continue;
    if (signal.aborted) return;
    const workload = await plan.prepare(name);
    yield* measureWorkload({ ...place, calibration }, { workload, engines }, signal);
  }
}

/** Of one engine, what was measured of one statement. */
class Tally {
  readonly engine: BenchEngine;
  readonly samples: Readonly<Record<Start, Sample[]>> = { cold: [], warm: [] };
  readonly failures: Readonly<Record<Start, Map<FailureReason, number>>> = {
    cold: new Map(),
    warm: new Map(),
  };
  failuresInARow = 0;

  constructor(engine: BenchEngine) {
    this.engine = engine;
  }

  isComplete(runs: number, starts: readonly Start[]): boolean {
    return this.hasGivenUp || starts.every((start) => this.#count(start) >= runs);
  }

  get hasGivenUp(): boolean {
    return this.failuresInARow >= FAILURES_IN_A_ROW;
  }

  fail(start: Start, reason: FailureReason): void {
    this.failures[start].set(reason, (this.failures[start].get(reason) ?? 0) + 1);
    this.failuresInARow++;
  }

  #count(start: Start): number {
    return this.samples[start].length + [...this.failures[start].values()].reduce((sum, n) => sum + n, 0);
  }
}

async function* measureWorkload(
  place: Place & Pick<MeasurementLine, "calibration">,
  { workload, engines }: { workload: BenchTask["workload"]; engines: readonly BenchEngine[] },
  signal: AbortSignal,
): AsyncGenerator<HarnessOutcome> {
  const { plan, environment } = place;
  const tallies = engines.map((engine) => new Tally(engine));
  let broken: { readonly error: unknown } | null = null;
  let isComplete = false;
  try {
    for (const tally of tallies) yield* rehearse(place, { tally, workload }, signal);
    for (let turn = 0; turn < plan.runs; turn++) {
      // A B B A A B …: whatever drifts with time, drifts for both.
      for (const tally of turn % 2 === 0 ? tallies : [...tallies].reverse()) {
        if (!tally.hasGivenUp) yield* takeTurn(place, { tally, workload }, signal);
      }
    }
    isComplete = true;
  } catch (error) {
    if (!signal.aborted) broken = { error };
  }
  for (const tally of tallies) {
    for (const start of plan.starts) {
      const samples = tally.samples[start];
      const failures = [...tally.failures[start]].map(([reason, count]) => ({ reason, count }));
      if (samples.length + failures.length === 0) continue;
      const line: MeasurementLine = {
        type: "commune-zk/measurement/v1",
        ...plan.run,
        status: isComplete || tally.isComplete(plan.runs, plan.starts) ? "complete" : "incomplete",
        environment: environment.environment,
        workload: workload.name,
        engine: { name: tally.engine.name, version: tally.engine.version },
        artifacts: { wasm: workload.wasm.sha256, provingKey: workload.provingKey.sha256 },
        start,
        samples,
        failures,
        calibration: place.calibration,
        battery: null,
      };
      yield { line: parseMeasurement(line) };
    }
  }
  if (broken !== null) throw broken.error;
}

/** One engine's part of the work on a statement. */
interface Part {
  readonly tally: Tally;
  readonly workload: BenchTask["workload"];
}

/** A proof that nobody times: the engine is measured only if it is good. */
async function* rehearse(
  place: Place,
  { tally, workload }: Part,
  signal: AbortSignal,
): AsyncGenerator<Failed> {
  const [start] = place.plan.starts;
  let session: Session | null = null;
  try {
    session = await startSession(place, { tally, workload }, signal);
    await check(workload, session.first);
  } catch (error) {
    yield failure(place, { tally, workload, start: start!, error }, signal);
    // It has shown that it cannot.
    tally.failuresInARow = FAILURES_IN_A_ROW;
  } finally {
    await session?.close();
  }
}

/** A fresh process or page: its first proof is a cold one, its second a warm one. */
async function* takeTurn(
  place: Place,
  { tally, workload }: Part,
  signal: AbortSignal,
): AsyncGenerator<Failed> {
  const { plan, since } = place;
  let session: Session | null = null;
  let start: Start = "cold";
  const take = async (make: () => Promise<MadeProof>): Promise<void> => {
    const atMs = performance.now() - since;
    const { made, ...sample } = await make();
    await check(workload, { made });
    tally.failuresInARow = 0;
    tally.samples[start].push({ atMs, ...sample });
  };
  try {
    await take(async () => {
      session = await startSession(place, { tally, workload }, signal);
      return session.first;
    });
    if (!plan.starts.includes("warm")) return;
    start = "warm";
    await take(() => limited((own) => session!.again(own), { timeoutMs: plan.timeoutMs, signal }));
  } catch (error) {
    yield failure(
      place,
      { tally, workload, start: plan.starts.includes(start) ? start : "warm", error },
      signal,
    );
  } finally {
    await (session as Session | null)?.close();
  }
}

function startSession(
  { plan, environment }: Place,
  { tally, workload }: Part,
  signal: AbortSignal,
): Promise<Session> {
  const { timeoutMs } = plan;
  return limited((own) => environment.start({ engine: tally.engine, workload }, own), { timeoutMs, signal });
}

/** @throws ProofFailure `proof-invalid`. */
async function check(workload: BenchTask["workload"], { made }: Pick<MadeProof, "made">): Promise<void> {
  try {
    await workload.verify(made);
  } catch (cause) {
    throw new ProofFailure("proof-invalid", String(cause), { cause });
  }
}

/**
 * Counts a failure.
 *
 * @throws Error - it is none of the engine's.
 */
function failure(
  { environment }: Place,
  { tally, workload, start, error }: Part & { start: Start; error: unknown },
  signal: AbortSignal,
): Failed {
  if (signal.aborted || !(error instanceof ProofFailure)) throw error;
  tally.fail(start, error.reason);
  const name = `${workload.name}, ${tally.engine.name}, ${placeName(environment)}, ${start}`;
  return { name, failed: error.reason, message: error.message };
}

/**
 * Work that ends with the signal or after a time.
 *
 * @throws ProofFailure `timed-out`.
 */
async function limited<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await work(AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (timeout.aborted && !signal.aborted) {
      throw new ProofFailure("timed-out", `no proof in ${timeoutMs / 1_000} s`, { cause: error });
    }
    throw error;
  }
}

/** Words for an environment and its limits. */
export function placeName({ environment: { kind, limits } }: Pick<BenchEnvironment, "environment">): string {
  return limits === null ? kind : `${kind}, ${limitsName(limits)}`;
}

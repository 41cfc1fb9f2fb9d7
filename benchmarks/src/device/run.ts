// A run on a device: calibration, then for each workload one cold proof and its repeats, each in a worker that can be
// ended at once. The page brings what this file must not know of: workers, clocks, battery, storage.
import type { ProofPhase } from "@commune-zk/prover";
import type { FailureReason, Machine, Sample, Workload } from "../results/schema.ts";
import type { DeviceConfig, DeviceWorkload } from "./config.ts";
import type { DeviceWorker, FromWorker, ToWorker } from "./protocol.ts";
import { type DeviceRun, endRun, NOTHING, withFailure, withSample } from "./record.ts";

/** What a run needs of the page. */
export interface DevicePage {
  startWorker(): DeviceWorker;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Whether the page was out of sight at any time since it was last asked: browsers slow such pages down. */
  wasHidden(): boolean;
  /** 0 … 1; null where the browser does not tell. */
  battery(): Promise<{ readonly level: number; readonly charging: boolean } | null>;
  /** Called with the run whenever it has grown: what is kept outlives the page. */
  keep(run: DeviceRun): void;
}

/** What is to be measured. */
export interface DevicePlan {
  /** 16 random bytes, hexadecimal. */
  readonly runId: string;
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly code: DeviceConfig["code"];
  readonly engine: DeviceConfig["engine"];
  readonly calibration: DeviceConfig["calibration"];
  readonly machine: Machine;
  readonly runtime: string;
  readonly workloads: readonly DeviceWorkload[];
  readonly repeats: number;
}

/** Where a run stands. */
export type DeviceProgress =
  | { readonly at: "calibrating"; readonly done: number; readonly total: number }
  | {
      readonly at: "proving";
      readonly workload: Workload;
      /** Of all proofs of the run: how many are behind. */
      readonly done: number;
      readonly total: number;
      /** 0 is the cold one. */
      readonly repeat: number;
      readonly phase: "load" | ProofPhase | "verify";
      /** The one before was made while the page was out of sight, and is made again. */
      readonly again: boolean;
    };

/** A worker that says nothing for so long has hung: no phone that anybody votes with takes longer over a phase. */
const PATIENCE_MS = 600_000;
/** Of one workload, made again because the page was out of sight. */
const MOST_RETAKES = 20;

/**
 * Measures what is planned.
 *
 * @param options - `signal` ends the run at once: the proof under way is counted as stopped.
 * @returns the run, ended; what was measured before a stop or a failure is in it.
 */
export async function runDevice(
  page: DevicePage,
  plan: DevicePlan,
  options: { readonly signal: AbortSignal; readonly onProgress: (progress: DeviceProgress) => void },
): Promise<DeviceRun> {
  const measuring = new Measuring(page, plan, options);
  try {
    await measuring.calibrate();
    for (const workload of plan.workloads) await measuring.workload(workload);
    return measuring.finish("stopped");
  } catch (error) {
    return measuring.finish(error instanceof NotMade ? error.reason : "failed");
  } finally {
    measuring.dispose();
  }
}

/** A proof, or a calibration, that was not made. */
class NotMade extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason) {
    super(reason);
    this.reason = reason;
  }
}

/** The state of one run; its worker lives as long as a workload. */
class Measuring {
  readonly #page: DevicePage;
  readonly #plan: DevicePlan;
  readonly #signal: AbortSignal;
  readonly #tell: (progress: DeviceProgress) => void;
  readonly #startMs: number;
  #run: DeviceRun;
  #talk: Talk | null = null;
  #done = 0;
  #again = false;

  constructor(
    page: DevicePage,
    plan: DevicePlan,
    { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: DeviceProgress) => void },
  ) {
    this.#page = page;
    this.#plan = plan;
    this.#signal = signal;
    this.#tell = onProgress;
    this.#startMs = page.now();
    const { workloads: _workloads, calibration: _calibration, ...planned } = plan;
    this.#run = {
      type: "commune-zk/device-run/v1",
      ...planned,
      scores: [],
      battery: null,
      workloads: [],
      underWay: null,
      interrupted: null,
      ended: false,
    };
  }

  /** Every slice in sight; a device that cannot calibrate is measured without. */
  async calibrate(): Promise<void> {
    const { sliceMs, slices } = this.#plan.calibration;
    for (let take = 0; take <= MOST_RETAKES; take++) {
      this.#page.wasHidden();
      let done = 0;
      this.#tell({ at: "calibrating", done, total: slices });
      const talk = this.#open();
      talk.post({ kind: "calibrate", sliceMs, slices });
      try {
        const { message } = await talk.until("calibrated", ({ kind }) => {
          if (kind === "slice") this.#tell({ at: "calibrating", done: ++done, total: slices });
        });
        if (this.#page.wasHidden()) continue;
        this.#grow({ ...this.#run, scores: message.scores.map((score) => rounded(score, 3)) });
        return;
      } catch (error) {
        if (this.#signal.aborted || !(error instanceof NotMade)) throw error;
        return;
      } finally {
        this.#close();
      }
    }
  }

  /** One cold proof and its repeats. Whatever fails ends this workload; the next begins with a new worker. */
  async workload(workload: DeviceWorkload): Promise<void> {
    const { name, wasm, provingKey } = workload;
    const before = this.#done;
    await this.#lookAtBattery();
    const artifacts = { wasm: wasm.sha256, provingKey: provingKey.sha256 };
    const part = { name, artifacts, cold: NOTHING, warm: NOTHING };
    this.#run = { ...this.#run, workloads: [...this.#run.workloads, part] };
    let retakes = 0;
    for (let repeat = 0; repeat <= this.#plan.repeats; ) {
      const start = repeat === 0 ? "cold" : "warm";
      this.#grow({ ...this.#run, underWay: start });
      this.#page.wasHidden();
      try {
        const sample = await (repeat === 0 ? this.#cold(workload) : this.#warm(name, repeat));
        this.#again = this.#page.wasHidden();
        if (this.#again && ++retakes > MOST_RETAKES) throw new NotMade("stopped");
        if (this.#again) continue;
        this.#done++;
        repeat++;
        this.#grow(withSample(this.#run, start, sample));
      } catch (error) {
        if (this.#signal.aborted || !(error instanceof NotMade)) throw error;
        this.#grow(withFailure(this.#run, start, error.reason));
        break;
      }
    }
    this.#close();
    this.#done = before + 1 + this.#plan.repeats;
    await this.#lookAtBattery();
  }

  /** The run as it is left. @param reason - of the proof under way, if there is one. */
  finish(reason: FailureReason): DeviceRun {
    this.#grow(endRun(this.#run, this.#signal.aborted ? "stopped" : reason));
    return this.#run;
  }

  dispose(): void {
    this.#close();
  }

  /** From the start of a worker that has nothing, to the proof: code, files over the network, engine, proof. */
  async #cold({ name, ...files }: DeviceWorkload): Promise<Sample> {
    this.#report(name, 0, "load");
    const startMs = this.#page.now();
    const talk = this.#open();
    talk.post({ kind: "open", workload: { name, ...files }, engine: this.#plan.engine.name });
    const { message: opened } = await talk.until("opened");
    const { message: proved, atMs } = await this.#proof(talk, name, 0);
    const totalMs = atMs - startMs;
    const { witness = 0, proof = 0 } = proved.phasesMs;
    return this.#sample(startMs, {
      totalMs,
      phasesMs: { load: Math.max(0, totalMs - witness - proof), ...proved.phasesMs },
      downloadedBytes: opened.downloadedBytes,
    });
  }

  async #warm(name: Workload, repeat: number): Promise<Sample> {
    const startMs = this.#page.now();
    const { message } = await this.#proof(this.#talk!, name, repeat);
    return this.#sample(startMs, { ...message, downloadedBytes: null });
  }

  /** One proof, verified: what does not verify was not made. */
  async #proof(talk: Talk, name: Workload, repeat: number): Promise<Heard<"proved">> {
    talk.post({ kind: "prove" });
    const proved = await talk.until("proved", (message) => {
      if (message.kind === "phase") this.#report(name, repeat, message.phase);
    });
    this.#report(name, repeat, "verify");
    const { message } = await talk.until("verified");
    if (!message.valid) throw new NotMade("proof-invalid");
    return proved;
  }

  #sample(
    startMs: number,
    { totalMs, phasesMs, downloadedBytes }: Pick<Sample, "totalMs" | "phasesMs" | "downloadedBytes">,
  ): Sample {
    const phases = Object.entries(phasesMs).map(([phase, ms]) => [phase, rounded(ms, 1)]);
    return {
      atMs: rounded(startMs - this.#startMs, 1),
      totalMs: rounded(totalMs, 1),
      phasesMs: Object.fromEntries(phases),
      // No browser tells a page of its worker's memory outside a secure, isolated origin.
      peakMemoryBytes: null,
      downloadedBytes,
    };
  }

  async #lookAtBattery(): Promise<void> {
    const told = await this.#page.battery();
    if (told === null) return;
    const level = rounded(told.level, 2);
    const before = this.#run.battery?.before ?? level;
    // Whoever plugged it in meanwhile had it charged.
    const charging = told.charging || (this.#run.battery?.charging ?? false);
    this.#run = { ...this.#run, battery: { before, after: level, charging } };
  }

  #report(workload: Workload, repeat: number, phase: "load" | ProofPhase | "verify"): void {
    const total = this.#plan.workloads.length * (1 + this.#plan.repeats);
    this.#tell({ at: "proving", workload, done: this.#done, total, repeat, phase, again: this.#again });
  }

  #grow(run: DeviceRun): void {
    this.#run = run;
    this.#page.keep(run);
  }

  #open(): Talk {
    this.#close();
    this.#signal.throwIfAborted();
    this.#talk = new Talk(this.#page, this.#signal);
    return this.#talk;
  }

  #close(): void {
    this.#talk?.end();
    this.#talk = null;
  }
}

type Heard<K extends FromWorker["kind"]> = {
  readonly message: FromWorker & { readonly kind: K };
  /** When it arrived. */
  readonly atMs: number;
};

/** A worker's messages, waited for one by one; a crash, a stop and a long silence end the waiting. */
class Talk {
  readonly #worker: DeviceWorker;
  readonly #signal: AbortSignal;
  readonly #heard: { readonly message: FromWorker; readonly atMs: number }[] = [];
  readonly #onAbort = (): void => this.#fail("stopped");
  #failure: FailureReason | null = null;
  #wake: () => void = () => undefined;

  constructor(page: DevicePage, signal: AbortSignal) {
    this.#signal = signal;
    this.#worker = page.startWorker();
    this.#worker.listen(
      (message) => {
        this.#heard.push({ message, atMs: page.now() });
        this.#wake();
      },
      () => this.#fail("crashed"),
    );
    signal.addEventListener("abort", this.#onAbort);
  }

  post(message: ToWorker): void {
    this.#worker.post(message);
  }

  /** @throws NotMade - it failed, crashed, was stopped, or says nothing. */
  async until<K extends FromWorker["kind"]>(
    kind: K,
    onOther: (message: FromWorker) => void = () => undefined,
  ): Promise<Heard<K>> {
    for (;;) {
      const next = this.#heard.shift();
      if (next !== undefined) {
        if (next.message.kind === kind) return next as Heard<K>;
        if (next.message.kind === "failed") throw new NotMade(next.message.reason);
        onOther(next.message);
        continue;
      }
      if (this.#failure !== null) throw new NotMade(this.#failure);
      await this.#message();
    }
  }

  end(): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#worker.terminate();
  }

  #fail(reason: FailureReason): void {
    // At once, and not when somebody next waits: a stop must not run on.
    this.#worker.terminate();
    this.#failure ??= reason;
    this.#wake();
  }

  #message(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#fail("timed-out"), PATIENCE_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

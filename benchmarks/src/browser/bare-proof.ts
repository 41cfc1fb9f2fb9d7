// Between benchmarks, the page that does nothing but prove (benchmarks/pages/bare-proof), and its worker.
import type { KernelOptions } from "../calibration/kernel.ts";
import type { EngineJob, TimedProof } from "../harness/timed-proof.ts";

/** What is proven, and where its files are fetched. */
export interface BareJob extends EngineJob {
  readonly wasmUrl: string;
  readonly provingKeyUrl: string;
}

/** How the calibration kernel is run. */
export type KernelRun = Pick<KernelOptions, "sliceMs" | "slices">;

/** A proof, and how long the page waited for it. */
export interface BareProof extends TimedProof {
  /** From the page's wish to the answer of its worker. */
  readonly waitedMs: number;
}

/** The first proof of a page that was told what to prove before it was opened. */
export interface FirstProof {
  readonly made: BareProof;
  /** From the navigation to the call of the engine. */
  readonly loadMs: number;
  /** From the navigation to the answer of the worker. */
  readonly totalMs: number;
}

/** What the worker is asked: one thing at a time. */
export type WorkerRequest =
  | { readonly kind: "load"; readonly job: BareJob }
  | { readonly kind: "prove" }
  | { readonly kind: "kernel"; readonly run: KernelRun };

/** What it answers. */
export type WorkerAnswer = { readonly done: unknown } | { readonly failed: string };

/** What a benchmark calls. */
export interface BarePage {
  /** Starts a new worker, which fetches what it needs; ends the one that was there. */
  load(job: BareJob): Promise<void>;
  /** Proves in the worker. */
  prove(): Promise<BareProof>;
  /** Scores of the calibration kernel in a worker. */
  kernel(run: KernelRun): Promise<readonly number[]>;
}

/** What a page of this kind has in its global object. */
export interface BareGlobals {
  readonly barePage: BarePage;
  /** Put there before the page's own scripts run: it then begins by itself. */
  readonly bareJob?: BareJob;
  /** Called with a {@link FirstProof} or a failure, as JSON, once that has come to an end. */
  readonly announce?: (text: string) => void;
}

// Where engines prove: what the harness asks of Node and of browsers.
import type { KernelRun } from "../browser/bare-proof.ts";
import type { Environment, FailureReason, Sample } from "../results/schema.ts";
import { toldReason } from "../results/told-reason.ts";
import type { BenchEngine } from "./engines.ts";
import type { TimedProof } from "./timed-proof.ts";
import type { PreparedWorkload } from "./workloads.ts";

/** An engine and what it is to prove. */
export interface BenchTask {
  readonly engine: Pick<BenchEngine, "name" | "wantsBlobWorkers">;
  readonly workload: Pick<
    PreparedWorkload,
    "name" | "wasm" | "provingKey" | "inputs" | "membership" | "verify"
  >;
}

/** A proof that nobody has checked yet, and what it took. */
export interface MadeProof extends Omit<Sample, "atMs"> {
  readonly made: Pick<TimedProof, "proof" | "publicSignals">;
}

/** A process or page in which an engine has made its first proof. */
export interface Session {
  /** From the start of the process, or from the navigation. */
  readonly first: MadeProof;
  /**
   * Another proof by the same engine in the same place.
   *
   * @throws ProofFailure - none was made.
   */
  again(signal: AbortSignal): Promise<MadeProof>;
  /** Ends it. */
  close(): Promise<void>;
}

/** A place for sessions. */
export interface BenchEnvironment {
  readonly environment: Environment;
  /**
   * A fresh process, or a fresh page of a browser with nothing cached, that makes a proof at once.
   *
   * @param signal - ends it, whatever it is doing.
   * @throws ProofFailure - no proof was made.
   * @throws DOMException - the reason of the signal, after it fired.
   */
  start(task: BenchTask, signal: AbortSignal): Promise<Session>;
  /**
   * Scores of the calibration kernel, run in such a process or page.
   *
   * @throws ProofFailure - it could not be run to its end.
   */
  calibrate(run: KernelRun, signal: AbortSignal): Promise<readonly number[]>;
  /** Ends everything that was started. */
  close(): Promise<void>;
}

/** An engine did not make a proof. */
export class ProofFailure extends Error {
  readonly reason: FailureReason;

  /**
   * A failure, to be counted.
   *
   * @param reason - of the schema.
   * @param message - for a person.
   */
  constructor(reason: FailureReason, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "ProofFailure";
    this.reason = reason;
  }
}

/** A failure that an engine told of itself. */
export function toldFailure(message: string): ProofFailure {
  return new ProofFailure(toldReason(message), message);
}

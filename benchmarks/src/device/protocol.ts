// Between the device page and its worker: one question at a time, answered by one or more messages.
import type { ProofPhase } from "@commune-zk/prover";
import type { FailureReason, Sample } from "../results/schema.ts";
import type { DeviceWorkload } from "./config.ts";

/** From page to worker. */
export type ToWorker =
  /** Answered by a `slice` each, then `calibrated`. */
  | { readonly kind: "calibrate"; readonly sliceMs: number; readonly slices: number }
  /** Fetches and checks what the workload needs; answered by `opened`. */
  | { readonly kind: "open"; readonly workload: DeviceWorkload; readonly engine: string }
  /** Of the workload that is open; answered by a `phase` each, `proved` and `verified`. */
  | { readonly kind: "prove" };

/** From worker to page; `failed` may take the place of any. */
export type FromWorker =
  | { readonly kind: "slice"; readonly score: number }
  | { readonly kind: "calibrated"; readonly scores: readonly number[] }
  | { readonly kind: "opened"; readonly downloadedBytes: number }
  | { readonly kind: "phase"; readonly phase: ProofPhase }
  | { readonly kind: "proved"; readonly totalMs: number; readonly phasesMs: Sample["phasesMs"] }
  | { readonly kind: "verified"; readonly valid: boolean }
  | { readonly kind: "failed"; readonly reason: FailureReason };

/** A worker as the page sees it. */
export interface DeviceWorker {
  post(message: ToWorker): void;
  /** Takes the place of earlier listeners. `onCrash`: it did not load, or its thread ended. */
  listen(onMessage: (message: FromWorker) => void, onCrash: () => void): void;
  /** Ends it at once, whatever it does. */
  terminate(): void;
}

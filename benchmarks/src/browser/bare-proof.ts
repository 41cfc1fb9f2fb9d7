// Between the benchmark of bare proofs, its page (benchmarks/pages/bare-proof), and the worker that proves.
import type { ProveOptions } from "@commune-zk/prover";

/** What is proven, as a worker takes it. */
export interface BareJob {
  readonly wasm: Uint8Array;
  readonly provingKey: Uint8Array;
  readonly inputs: ProveOptions["inputs"];
}

/** A proof, and how long it took. */
export interface BareProof {
  /** Of the engine alone: from the call to the proof. */
  readonly durationMs: number;
  /** Decimal; [a, b, c] as the prover has them, in JSON. */
  readonly proof: string;
  readonly publicSignals: readonly string[];
}

/** What a benchmark calls. */
export interface BarePage {
  /** Fetches what a circuit needs; inputs are decimal strings. */
  load(wasmUrl: string, provingKeyUrl: string, inputs: string): Promise<void>;
  /** Proves in a new worker whose code is loaded, as the booth does. */
  prove(): Promise<BareProof>;
}

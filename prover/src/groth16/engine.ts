// What proof making asks of a Groth16 engine. docs/design/prover.md.
import type { Groth16Proof } from "../formats/groth16-proof.ts";

/** Steps of a proof, in order. */
export type ProofPhase = "witness" | "proof";

/** Where a proof stands: the phase that has just begun. */
export interface ProofProgress {
  readonly phase: ProofPhase;
  /** Phases done, and how many there are. */
  readonly done: number;
  readonly total: number;
}

/** Files of a circuit, digests checked. */
export interface ProvingArtifacts {
  /** Witness calculator. */
  readonly wasm: Uint8Array;
  /** The zkey. */
  readonly provingKey: Uint8Array;
}

/** Circuit inputs by signal name; field elements below r, checked by the caller: circom reduces in silence. */
export type CircuitInputs = Readonly<Record<string, CircuitInput>>;
/** One input signal or array of them. */
export type CircuitInput = bigint | readonly CircuitInput[];

/** What {@link Engine.prove} is given. */
export interface ProveOptions {
  readonly artifacts: ProvingArtifacts;
  readonly inputs: CircuitInputs;
  /** Looked at between phases. */
  readonly signal?: AbortSignal;
  /** Called as each phase begins. */
  readonly onProgress?: (progress: ProofProgress) => void;
}

/** Makes Groth16 proofs over BN254. */
export interface Engine {
  /**
   * A proof with fresh randomness.
   *
   * @throws DOMException `AbortError` - the signal fired.
   * @throws Error `witness-unsatisfied` in `code` - the inputs do not satisfy the circuit; no input is quoted.
   * @throws Error `proof-self-check-failed` in `code` - of an engine that verifies what it made.
   */
  prove(options: ProveOptions): Promise<{ proof: Groth16Proof; publicSignals: readonly bigint[] }>;
  /** Releases what the engine holds; it cannot be used afterwards. */
  dispose(): Promise<void>;
}

/** The inputs do not satisfy the circuit. A caller that checked them has a bug; no secret is in it. */
export class WitnessError extends Error {
  readonly code = "witness-unsatisfied";

  /** One message for all: what the inputs were is not said. */
  constructor() {
    super("the inputs do not satisfy the circuit");
    this.name = "WitnessError";
  }
}

/** A proof was made that does not verify, and is not given out: a fault of the machine, the files or the engine. */
export class SelfCheckError extends Error {
  readonly code = "proof-self-check-failed";

  /** Nothing of the proof is told. */
  constructor() {
    super("the proof that was made does not verify; a retry is safe");
    this.name = "SelfCheckError";
  }
}

// Where the stored keys lie, relative to keys/artifacts.
import type { CircuitName } from "@commune-zk/prover";

/** File names of the stored keys. */
export const layout = {
  manifest: "manifest.json",
  phase1: "phase1.bin",
  wasm: (name: CircuitName): string => `${name}/circuit.wasm`,
  provingKey: (name: CircuitName): string => `${name}/proving-key.zkey`,
  verificationKey: (name: CircuitName): string => `${name}/verification-key.json`,
  transcript: (name: CircuitName): string => `${name}/transcript.json`,
} as const;

// Where the stored keys lie, relative to keys/artifacts.
import { CIRCUIT_NAMES, HOURS_CIRCUIT_NAMES, type KeyedCircuitName } from "@commune-zk/prover";

/** A key set: one manifest, which polls or policies name by its digest. */
export interface KeySet {
  /** Folder of its manifest; the manifest's paths are relative to it. */
  readonly folder: string;
  readonly circuits: readonly KeyedCircuitName[];
}

/** Name of a stored key set. */
export type KeySetName = "ballot" | "hours";

/** The stored key sets. All are made from the one phase 1. */
export const KEY_SETS: Readonly<Record<KeySetName, KeySet>> = {
  ballot: { folder: ".", circuits: CIRCUIT_NAMES },
  hours: { folder: "hours", circuits: HOURS_CIRCUIT_NAMES },
};

/** Their names, in order. */
export const KEY_SET_NAMES = Object.keys(KEY_SETS) as readonly KeySetName[];

/** File names of the stored keys: phase 1 in keys/artifacts itself, the others in a key set's folder. */
export const layout = {
  manifest: "manifest.json",
  phase1: "phase1.bin",
  wasm: (name: KeyedCircuitName): string => `${name}/circuit.wasm`,
  provingKey: (name: KeyedCircuitName): string => `${name}/proving-key.zkey`,
  verificationKey: (name: KeyedCircuitName): string => `${name}/verification-key.json`,
  transcript: (name: KeyedCircuitName): string => `${name}/transcript.json`,
} as const;

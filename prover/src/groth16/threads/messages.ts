// What an engine, or whoever else has work for threads, and its threads say to each other.
import type { KernelModules } from "../../wasm/modules.ts";
import type { Group } from "../multiply.ts";

/** To a thread. Every one is answered, in order. */
export type ToThread =
  | {
      readonly kind: "load";
      readonly id: number;
      /** In place of all that was loaded before: points as the zkey has them. */
      readonly pieces: readonly { readonly group: Group; readonly points: Uint8Array }[];
      readonly modules: KernelModules;
    }
  | {
      readonly kind: "sum";
      readonly id: number;
      /** Which of the pieces that were loaded. */
      readonly piece: number;
      /** 32 bytes for each point of it. Overwritten by the thread where they are its own copy. */
      readonly scalars: Uint8Array;
    }
  | {
      readonly kind: "hash";
      readonly id: number;
      readonly modules: KernelModules;
      /** Pairs of field elements, 32 bytes each, little-endian, below r. */
      readonly pairs: Uint8Array;
    }
  /** Ends the sums that are under way or wait; they are answered first. */
  | { readonly kind: "stop"; readonly id: number };

/** From a thread. */
export type FromThread =
  | { readonly kind: "loaded"; readonly id: number }
  /** The sum, in extended coordinates, as the kernels have it. */
  | { readonly kind: "sum"; readonly id: number; readonly point: Uint8Array }
  /** Poseidon of each pair, 32 bytes, little-endian. */
  | { readonly kind: "hashes"; readonly id: number; readonly hashes: Uint8Array }
  | { readonly kind: "stopped"; readonly id: number }
  | { readonly kind: "failed"; readonly id: number; readonly why: "malformed" | "memory" | "unexpected" };

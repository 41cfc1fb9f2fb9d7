// What can be taken away from a browser or a process of this machine. Each profile is named by what it limits: none
// was ever run on a phone of that name.
import type { Limits } from "../results/schema.ts";

/** Limits by the name that the command takes; null: none. */
export const PROFILES = {
  full: null,
  "one-core": { cpuShare: 1, memoryMiB: null, network: null },
  "half-core": { cpuShare: 0.5, memoryMiB: null, network: null },
  "quarter-core": { cpuShare: 0.25, memoryMiB: null, network: null },
  "quarter-core-512mib-1600kbps": {
    cpuShare: 0.25,
    memoryMiB: 512,
    network: { downKbps: 1_600, upKbps: 750, latencyMs: 150 },
  },
} as const satisfies Readonly<Record<string, Limits | null>>;

/** Name of a profile. */
export type ProfileName = keyof typeof PROFILES;

/** Every name, in the order in which they are measured. */
export const PROFILE_NAMES = Object.keys(PROFILES) as ProfileName[];

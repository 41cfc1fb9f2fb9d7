// Statements that are measured, with the keys that this repository stores.
import {
  type PreparedWorkload,
  prepareWorkload,
  type Workload,
  type WorkloadKeys,
} from "@commune-zk/benchmarks";
import { loadKeys } from "./keys.ts";
import { loadSemaphoreKeys } from "./semaphore-keys.ts";

/** The keys of everything that is measured. */
export async function storedKeys(): Promise<WorkloadKeys> {
  return {
    ballot: await loadKeys(),
    hours: await loadKeys("hours"),
    semaphore: await loadSemaphoreKeys(),
  };
}

/** Makes a statement ready for any engine, as `prepareWorkload` does. */
export async function prepareStored(name: Workload): Promise<PreparedWorkload> {
  return prepareWorkload(name, await storedKeys());
}

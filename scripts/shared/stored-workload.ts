// Statements that are measured, with the keys that this repository stores.
import { type PreparedWorkload, prepareWorkload, type Workload } from "@commune-zk/benchmarks";
import { loadKeys } from "./keys.ts";
import { loadSemaphoreKeys } from "./semaphore-keys.ts";

/** Makes a statement ready for any engine, as `prepareWorkload` does. */
export async function prepareStored(name: Workload): Promise<PreparedWorkload> {
  return prepareWorkload(name, {
    ballot: await loadKeys(),
    hours: await loadKeys("hours"),
    semaphore: await loadSemaphoreKeys(),
  });
}

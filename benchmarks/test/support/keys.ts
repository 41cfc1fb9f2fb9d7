// The stored keys, as the harness takes them.
import { fileURLToPath } from "node:url";
import { storedKeys } from "../../../scripts/shared/stored-workload.ts";
import type { WorkloadKeys } from "../../src/harness/workloads.ts";

/** A file or folder of this repository. */
export const repositoryPath = (path: string): string =>
  fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Of everything that is measured. */
export const keys: WorkloadKeys = await storedKeys();

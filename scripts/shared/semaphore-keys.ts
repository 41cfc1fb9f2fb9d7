// The public ceremony's keys of the Semaphore V4 circuit, as npm installed them and as this repository pins them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SemaphoreKeys } from "@commune-zk/benchmarks";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { directoryArtifactSource, semaphorePackageDirectory } from "@commune-zk/prover/node";

/** Loads the manifest; artifacts are read as they are needed. */
export async function loadSemaphoreKeys(): Promise<SemaphoreKeys> {
  const directory = semaphorePackageDirectory();
  return {
    manifestBytes: await readFile(join(REPOSITORY_ROOT, "keys/semaphore.json")),
    artifacts: directoryArtifactSource(directory),
    directory,
  };
}

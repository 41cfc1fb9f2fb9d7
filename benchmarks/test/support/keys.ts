// The stored keys, as the harness takes them.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseManifest } from "@commune-zk/prover";
import { directoryArtifactSource, semaphorePackageDirectory } from "@commune-zk/prover/node";
import type { WorkloadKeys } from "../../src/harness/workloads.ts";

/** A file or folder of this repository. */
export const repositoryPath = (path: string): string =>
  fileURLToPath(new URL(`../../../${path}`, import.meta.url));

async function keySet(folder: string) {
  const directory = repositoryPath(folder);
  const manifest = parseManifest(await readFile(`${directory}/manifest.json`));
  return { manifest, artifacts: directoryArtifactSource(directory), directory };
}

const directory = semaphorePackageDirectory();

/** Of everything that is measured. */
export const keys: WorkloadKeys = {
  ballot: await keySet("keys/artifacts"),
  hours: await keySet("keys/artifacts/hours"),
  semaphore: {
    manifestBytes: await readFile(repositoryPath("keys/semaphore.json")),
    artifacts: directoryArtifactSource(directory),
    directory,
  },
};

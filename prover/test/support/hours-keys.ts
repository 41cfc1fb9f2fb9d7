// The stored keys of the hours circuits, for tests that prove claims.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  type ArtifactSource,
  createVerifier,
  type HoursCircuitName,
  type LoadedManifest,
  type ProofVerifier,
  type ProvingArtifacts,
  parseManifest,
  provingArtifacts,
  verificationKeyOf,
} from "../../src/index.ts";
import { directoryArtifactSource } from "../../src/node.ts";

const directory = fileURLToPath(new URL("../../../keys/artifacts/hours", import.meta.url));

/** The development key set of the hours circuits. */
export const hoursManifest: LoadedManifest = parseManifest(await readFile(`${directory}/manifest.json`));
/** Its files. */
export const hoursArtifacts: ArtifactSource = directoryArtifactSource(directory);

/** What a circuit is proven and verified with. */
export interface HoursKeys {
  readonly artifacts: ProvingArtifacts;
  readonly verifier: ProofVerifier;
}

/** Loads the keys of a circuit. */
export async function hoursKeys(circuit: HoursCircuitName): Promise<HoursKeys> {
  const { manifest } = hoursManifest;
  return {
    artifacts: await provingArtifacts(hoursArtifacts, manifest, circuit),
    verifier: await createVerifier(await verificationKeyOf(hoursArtifacts, manifest, circuit)),
  };
}

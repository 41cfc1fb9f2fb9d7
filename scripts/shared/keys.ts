// The stored proving and verification keys of this repository.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { KEY_SETS, type KeySetName, layout } from "@commune-zk/keys";
import { type ArtifactSource, type LoadedManifest, parseManifest } from "@commune-zk/prover";
import { directoryArtifactSource } from "@commune-zk/prover/node";

/** A stored key set. */
export interface KeySet {
  readonly manifest: LoadedManifest;
  readonly artifacts: ArtifactSource;
  /** Where they lie, for processes that read them themselves. */
  readonly directory: string;
}

/** Loads a stored key set; that of the ballots unless told. */
export async function loadKeys(name: KeySetName = "ballot"): Promise<KeySet> {
  const directory = join(REPOSITORY_ROOT, "keys/artifacts", KEY_SETS[name].folder);
  const manifest = parseManifest(await readFile(join(directory, layout.manifest)));
  return { manifest, artifacts: directoryArtifactSource(directory), directory };
}

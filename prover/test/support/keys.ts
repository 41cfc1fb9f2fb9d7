// The stored keys, for tests that prove.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type ArtifactSource, type LoadedManifest, parseManifest } from "../../src/index.ts";
import { directoryArtifactSource } from "../../src/node.ts";

const directory = fileURLToPath(new URL("../../../keys/artifacts", import.meta.url));

/** The development key set of this repository. */
export const manifest: LoadedManifest = parseManifest(await readFile(`${directory}/manifest.json`));
/** Its files. */
export const artifacts: ArtifactSource = directoryArtifactSource(directory);

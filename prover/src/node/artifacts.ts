// Artifacts of a directory laid out as its manifest says.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ArtifactSource, missingArtifact } from "../groth16/artifacts.ts";

/** Reads `<directory>/<path>` of the manifest; the digest is checked by `readArtifact`. */
export function directoryArtifactSource(directory: string): ArtifactSource {
  return {
    async bytes(file) {
      try {
        return await readFile(join(directory, file.path));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") throw missingArtifact(file.sha256);
        throw new Error(`artifact ${file.path} cannot be read`, { cause: error });
      }
    },
  };
}

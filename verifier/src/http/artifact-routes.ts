// Circuits and keys by their digest. docs/spec/http.md §2.
import {
  type ArtifactSource,
  InputError,
  type LoadedManifest,
  type ManifestFile,
  readArtifact,
  type SemaphoreManifest,
} from "@commune-zk/prover";
import type { Express } from "express";

/** Files that are served, and where they are. */
export interface ServedFiles {
  readonly files: readonly ManifestFile[];
  readonly source: ArtifactSource;
}

/** The files of a key set. */
export function keySetFiles({ manifest }: LoadedManifest): ManifestFile[] {
  return Object.values(manifest.circuits).flatMap((circuit) => [
    circuit.wasm,
    circuit.provingKey,
    circuit.verificationKey,
    circuit.transcript,
  ]);
}

/** The files of the public ceremony's keys. */
export function semaphoreFiles({ circuits }: SemaphoreManifest): ManifestFile[] {
  return circuits.flatMap(({ wasm, provingKey, verificationKey }) => [wasm, provingKey, verificationKey]);
}

/** Adds the route. */
export function artifactRoutes(app: Express, served: readonly ServedFiles[]): void {
  const artifactBytes = keptArtifacts(served);
  app.get("/artifacts/:sha256", async (request, response) => {
    const { path, bytes } = await artifactBytes(request.params.sha256);
    response.set("cache-control", "public, max-age=31536000, immutable");
    response.type(path.endsWith(".wasm") ? "application/wasm" : "application/octet-stream");
    response.send(bytes);
  });
}

/** Files by digest. Each is checked once and kept: hashing 12 MB takes as long as ten ballots. */
function keptArtifacts(served: readonly ServedFiles[]) {
  const known = new Map(
    served.flatMap(({ files, source }) => files.map((file) => [file.sha256, { file, source }] as const)),
  );
  const kept = new Map<string, Promise<Buffer>>();
  return async (sha256: string): Promise<{ readonly path: string; readonly bytes: Buffer }> => {
    const found = known.get(sha256);
    if (found === undefined) throw new InputError("artifact-missing", "no such artifact");
    const { file, source } = found;
    const reading = kept.get(sha256) ?? readArtifact(source, file).then(Buffer.from);
    kept.set(sha256, reading);
    try {
      return { path: file.path, bytes: await reading };
    } catch (cause) {
      kept.delete(sha256);
      // A damaged file of our own is no fault of the request, so not an InputError.
      throw new Error(`${file.path} cannot be served`, { cause });
    }
  };
}

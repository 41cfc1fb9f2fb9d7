// The public ceremony's circuit and proving key of a depth.
import { type ManifestFile, parseSemaphoreManifest } from "@commune-zk/prover";
import { NoAnswerError } from "./faults.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * What proves membership at a depth.
 *
 * @param depth - `membershipDepth` of the roll.
 * @returns `manifest` for workers, which judge it anew; `artifacts`: the files that it names, for the loader.
 * @throws InputError `key-set-digest-mismatch`; NoAnswerError.
 */
export async function readSemaphoreKeys(
  { semaphoreManifest }: Surroundings,
  depth: number,
): Promise<{ readonly manifest: Uint8Array; readonly artifacts: readonly ManifestFile[] }> {
  let manifest: Uint8Array;
  try {
    manifest = await semaphoreManifest();
  } catch (cause) {
    throw new NoAnswerError("the manifest of the page's own keys did not load", { cause });
  }
  const { wasm, provingKey } = parseSemaphoreManifest(manifest).circuits[depth - 1]!;
  return { manifest, artifacts: [wasm, provingKey] };
}

// Wasm, proving and verification keys, by digest. docs/spec/keys.md.
import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "../formats/bytes.ts";
import { InputError } from "../formats/errors.ts";
import {
  type CircuitEntry,
  type KeyedCircuitName,
  type KeyManifest,
  type LoadedManifest,
  type ManifestFile,
  parseManifest,
} from "../formats/manifest.ts";
import { parseVerificationKey, type VerificationKey } from "../formats/verification-key.ts";
import type { ProvingArtifacts } from "./engine.ts";

/** Bytes by digest. Whoever uses one checks the digest: {@link readArtifact} does. */
export interface ArtifactSource {
  /**
   * The bytes of a file of the manifest, unchecked.
   *
   * @throws InputError `artifact-missing`.
   * @throws Error - it could not be read; safe to retry.
   */
  bytes(file: ManifestFile, options?: { signal?: AbortSignal }): Promise<Uint8Array>;
}

/** Artifacts in memory, by SHA-256 in hexadecimal. */
export function memoryArtifactSource(artifacts: ReadonlyMap<string, Uint8Array>): ArtifactSource {
  return {
    async bytes({ sha256: digest }) {
      const bytes = artifacts.get(digest);
      if (bytes === undefined) throw missingArtifact(digest);
      return bytes;
    },
  };
}

/**
 * Artifacts below a URL, `<baseUrl>/<sha256>`: in a browser or Node.
 *
 * @param baseUrl - without trailing slash, e.g. `https://host/artifacts`.
 */
export function urlArtifactSource(baseUrl: string, options: { fetch?: typeof fetch } = {}): ArtifactSource {
  const { fetch: get = fetch } = options;
  return {
    async bytes({ sha256: digest }, { signal } = {}) {
      const response = await get(`${baseUrl}/${digest}`, signal === undefined ? {} : { signal });
      if (response.status === 404) throw missingArtifact(digest);
      if (!response.ok) throw new Error(`artifact ${digest}: status ${response.status}`);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

/** What every source throws for a digest it does not have. */
export function missingArtifact(digest: string): InputError {
  return new InputError("artifact-missing", "no such artifact", digest);
}

/**
 * The bytes of a file of the manifest, checked.
 *
 * @throws InputError `artifact-missing`, `artifact-size-mismatch`, `artifact-digest-mismatch`.
 */
export async function readArtifact(
  source: ArtifactSource,
  file: ManifestFile,
  options: { signal?: AbortSignal } = {},
): Promise<Uint8Array> {
  const bytes = await source.bytes(file, options);
  if (bytes.length !== file.size) {
    throw new InputError(
      "artifact-size-mismatch",
      `${bytes.length} bytes instead of ${file.size}`,
      file.path,
    );
  }
  if (toHex(sha256(bytes)) !== file.sha256) {
    throw new InputError("artifact-digest-mismatch", "not the file of the manifest", file.path);
  }
  return bytes;
}

/**
 * A manifest that must have the digest which a poll or policy names.
 *
 * @throws InputError `key-set-digest-mismatch`, or as `parseManifest`.
 */
export function loadManifest(bytes: Uint8Array, expectedDigest: string): LoadedManifest {
  const loaded = parseManifest(bytes);
  if (loaded.digest !== expectedDigest) {
    throw new InputError("key-set-digest-mismatch", "not the key set that the document names", "keys.json");
  }
  return loaded;
}

/**
 * The manifest's entry for a circuit.
 *
 * @throws InputError `circuit-not-in-key-set`.
 */
export function circuitEntry(manifest: KeyManifest, name: KeyedCircuitName): CircuitEntry {
  const entry = manifest.circuits[name];
  if (entry === undefined)
    throw new InputError("circuit-not-in-key-set", "the key set lacks this circuit", name);
  return entry;
}

/** What a prover needs of a circuit. */
export async function provingArtifacts(
  source: ArtifactSource,
  manifest: KeyManifest,
  name: KeyedCircuitName,
  options: { signal?: AbortSignal } = {},
): Promise<ProvingArtifacts> {
  const { wasm, provingKey } = circuitEntry(manifest, name);
  return {
    wasm: await readArtifact(source, wasm, options),
    provingKey: await readArtifact(source, provingKey, options),
  };
}

/** What a verifier needs of a circuit. */
export async function verificationKeyOf(
  source: ArtifactSource,
  manifest: KeyManifest,
  name: KeyedCircuitName,
): Promise<VerificationKey> {
  const { verificationKey } = circuitEntry(manifest, name);
  return parseVerificationKey(await readArtifact(source, verificationKey), verificationKey.path);
}

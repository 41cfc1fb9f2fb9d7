// The public ceremony's keys of the Semaphore V4 circuit, pinned by digest. docs/spec/membership.md §4.
import { sha256 } from "@noble/hashes/sha2.js";
import { z } from "zod";
import { toHex } from "../../formats/bytes.ts";
import { parseCanonicalJson } from "../../formats/canonical-json.ts";
import { InputError } from "../../formats/errors.ts";
import type { Groth16Proof } from "../../formats/groth16-proof.ts";
import { hex, parseWith } from "../../formats/schema.ts";
import { parseVerificationKey } from "../../formats/verification-key.ts";
import { type ArtifactSource, readArtifact } from "../../groth16/artifacts.ts";
import type { ProvingArtifacts } from "../../groth16/engine.ts";
import { createVerifier, type ProofVerifier } from "../../groth16/verify.ts";
import { MAX_MEMBERSHIP_DEPTH } from "./lean-roll.ts";

/**
 * SHA-256 of `keys/semaphore.json`. It stands here, and not in each petition, because there is one public
 * ceremony: whoever changes the keys changes what this library proves and verifies.
 */
export const SEMAPHORE_MANIFEST_DIGEST = "2afc590011302ae3dd2d212153033939bc1533f176c92668cf1e63644e737f98";

const file = (extension: string) =>
  z.strictObject({
    path: z.string().regex(new RegExp(`^semaphore-[0-9]{1,2}\\.${extension}$`)),
    sha256: hex(32),
    size: z
      .int()
      .min(1)
      .max(2 ** 31),
  });

const schema = z.strictObject({
  type: z.literal("commune-zk/semaphore-manifest/v1"),
  package: z.strictObject({ name: z.literal("@zk-kit/semaphore-artifacts"), version: z.string().max(32) }),
  provenance: z.string().max(4000),
  circuits: z
    .array(
      z.strictObject({
        depth: z.int().min(1).max(MAX_MEMBERSHIP_DEPTH),
        contributions: z.int().min(1),
        wasm: file("wasm"),
        provingKey: file("zkey"),
        verificationKey: file("json"),
      }),
    )
    .length(MAX_MEMBERSHIP_DEPTH),
});

/** Which files of which package are the keys of each depth, 1 … 20. */
export type SemaphoreManifest = z.infer<typeof schema>;

/**
 * The pinned manifest from untrusted bytes (`keys/semaphore.json`).
 *
 * @throws InputError `key-set-digest-mismatch` - another manifest than this library's.
 */
export function parseSemaphoreManifest(bytes: Uint8Array): SemaphoreManifest {
  const place = "semaphore.json";
  if (toHex(sha256(bytes)) !== SEMAPHORE_MANIFEST_DIGEST) {
    throw new InputError("key-set-digest-mismatch", "not the keys that this library pins", place);
  }
  return readSemaphoreManifest(bytes, place);
}

/**
 * Any manifest of this form, whatever it pins: for the script that makes it.
 *
 * @throws InputError `manifest-malformed`, `not-canonical-json`, `bad-json`, `bad-utf8`.
 */
export function readSemaphoreManifest(bytes: Uint8Array, place: string): SemaphoreManifest {
  const manifest = parseWith(schema, parseCanonicalJson(bytes, place), "manifest-malformed", place);
  for (const [i, { depth, ...files }] of manifest.circuits.entries()) {
    const names = [files.wasm, files.provingKey, files.verificationKey].map(({ path }) => path.split(".")[0]);
    if (depth !== i + 1 || names.some((name) => name !== `semaphore-${depth}`)) {
      throw new InputError("manifest-malformed", "not one entry for each depth in order", place);
    }
  }
  return manifest;
}

function entryOf(manifest: SemaphoreManifest, depth: number): SemaphoreManifest["circuits"][number] {
  const entry = manifest.circuits[depth - 1];
  if (entry === undefined) throw new RangeError(`no keys of depth ${depth}`);
  return entry;
}

/**
 * What proves at a depth, digests checked.
 *
 * @param depth - `membershipDepth` of the roll.
 * @throws InputError - as `readArtifact`.
 * @throws RangeError - depth not in 1 … 20.
 */
export async function semaphoreProvingArtifacts(
  source: ArtifactSource,
  manifest: SemaphoreManifest,
  depth: number,
  options: { signal?: AbortSignal } = {},
): Promise<ProvingArtifacts> {
  const { wasm, provingKey } = entryOf(manifest, depth);
  return {
    wasm: await readArtifact(source, wasm, options),
    provingKey: await readArtifact(source, provingKey, options),
  };
}

/** Verifies proofs of every depth; keys are read as they are needed. */
export interface MembershipVerifier {
  /**
   * Whether the proof is one for these signals at this depth.
   *
   * @param depth - 1 … 20.
   * @throws Error - the keys of this depth cannot be loaded: a fault of this side, not of the proof's sender.
   */
  verify(depth: number, publicSignals: readonly bigint[], proof: Groth16Proof): Promise<boolean>;
}

/** A verifier over the pinned verification keys. */
export function membershipVerifier(source: ArtifactSource, manifest: SemaphoreManifest): MembershipVerifier {
  const loaded = new Map<number, Promise<ProofVerifier>>();
  const load = async (depth: number): Promise<ProofVerifier> => {
    const { verificationKey } = entryOf(manifest, depth);
    try {
      const bytes = await readArtifact(source, verificationKey);
      return await createVerifier(parseVerificationKey(bytes, verificationKey.path));
    } catch (cause) {
      // Tried anew for the next proof.
      loaded.delete(depth);
      throw new Error(`the membership keys of depth ${depth} cannot be loaded`, { cause });
    }
  };
  return {
    async verify(depth, publicSignals, proof) {
      const verifier = loaded.get(depth) ?? load(depth);
      loaded.set(depth, verifier);
      return (await verifier).verify(publicSignals, proof);
    },
  };
}

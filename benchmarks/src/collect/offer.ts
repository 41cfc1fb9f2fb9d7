// What the collecting service offers to devices: files by digest, and which of them belong to which workload.
import { createHash } from "node:crypto";
import {
  type ArtifactSource,
  CIRCUIT_NAMES,
  circuitEntry,
  HOURS_CIRCUIT_NAMES,
  InputError,
  type ManifestFile,
  parseSemaphoreManifest,
  readArtifact,
  utf8,
} from "@commune-zk/prover";
import type { DeviceWorkload } from "../device/config.ts";
import { engineNamed } from "../harness/engines.ts";
import { timedProof } from "../harness/timed-proof.ts";
import { type PreparedWorkload, prepareWorkload, type WorkloadKeys } from "../harness/workloads.ts";
import { MEMBERSHIP_DEPTHS, type Workload } from "../results/schema.ts";

/** Workloads and their files. */
export interface Offer {
  readonly workloads: readonly DeviceWorkload[];
  /**
   * A file, checked against its digest when it is first asked for, and kept.
   *
   * @throws InputError `artifact-missing` - it is none of theirs.
   */
  bytes(sha256: string): Promise<Buffer>;
}

/** How an offer is made. */
export interface OfferOptions {
  readonly keys: WorkloadKeys;
  /** Name of the engine with which devices prove. */
  readonly engine: string;
  readonly signal?: AbortSignal;
  /** Called before each workload, which takes seconds. */
  readonly onWorkload?: (name: Workload) => void;
}

/**
 * Offers workloads on sample inputs of made-up members, made now: they stay the same for all devices of this service.
 * Each is proven here and its statement checked before any device is asked to.
 *
 * @param names - in the order in which the page lists them.
 * @throws Error - the engine cannot prove one of them.
 * @throws DOMException `AbortError`, or the signal's reason - it fired: looked at between workloads.
 */
export async function makeOffer(
  names: readonly Workload[],
  { keys, engine, signal, onWorkload }: OfferOptions,
): Promise<Offer> {
  const workloads: DeviceWorkload[] = [];
  const files = new Map<string, { readonly file: ManifestFile; readonly source: ArtifactSource }>();
  const kept = new Map<string, Promise<Buffer>>();
  for (const name of names) {
    signal?.throwIfAborted();
    onWorkload?.(name);
    const { wasm, provingKey, verificationKey, source } = filesOf(name, keys);
    const { inputs: text, publicSignals } = await provenHere(await prepareWorkload(name, keys), engine);
    const inputs = utf8(text);
    const sha256 = createHash("sha256").update(inputs).digest("hex");
    const inputsFile = { path: `inputs/${name}.json`, sha256, size: inputs.length };
    for (const file of [wasm, provingKey, verificationKey]) files.set(file.sha256, { file, source });
    kept.set(sha256, Promise.resolve(Buffer.from(inputs)));
    workloads.push({ name, wasm, provingKey, verificationKey, inputs: inputsFile, publicSignals });
  }
  return {
    workloads,
    bytes(digest) {
      const known = files.get(digest);
      const reading =
        kept.get(digest) ??
        (known && readArtifact(known.source, known.file).then((bytes) => Buffer.from(bytes)));
      if (reading === undefined)
        return Promise.reject(new InputError("artifact-missing", "no such artifact"));
      kept.set(digest, reading);
      return reading;
    },
  };
}

async function provenHere(
  { inputs, wasm, provingKey, verify }: PreparedWorkload,
  name: string,
): Promise<{ readonly inputs: string; readonly publicSignals: string[] }> {
  const engine = await engineNamed(name).create(null);
  try {
    const artifacts = { wasm: wasm.bytes, provingKey: provingKey.bytes };
    const made = await timedProof(engine, { artifacts, inputs });
    await verify(made);
    return { inputs, publicSignals: [...made.publicSignals] };
  } finally {
    await engine.dispose();
  }
}

type WorkloadFiles = Readonly<Record<"wasm" | "provingKey" | "verificationKey", ManifestFile>> & {
  readonly source: ArtifactSource;
};

function filesOf(name: Workload, { ballot, hours, semaphore }: WorkloadKeys): WorkloadFiles {
  const keyed = [...CIRCUIT_NAMES, ...HOURS_CIRCUIT_NAMES].find((each) => each === name);
  if (keyed !== undefined) {
    const { manifest, artifacts } = (HOURS_CIRCUIT_NAMES as readonly string[]).includes(keyed)
      ? hours
      : ballot;
    const { wasm, provingKey, verificationKey } = circuitEntry(manifest.manifest, keyed);
    return { wasm, provingKey, verificationKey, source: artifacts };
  }
  const depth = MEMBERSHIP_DEPTHS.find((each) => name === `semaphore-${each}`)!;
  const { circuits } = parseSemaphoreManifest(semaphore.manifestBytes);
  const { wasm, provingKey, verificationKey } = circuits[depth - 1]!;
  return { wasm, provingKey, verificationKey, source: semaphore.artifacts };
}

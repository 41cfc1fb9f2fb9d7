// The inside of the device page's worker: calibrates, and proves what is verified before it is called proven.
import {
  type ArtifactSource,
  createVerifier,
  type Engine,
  fromUtf8,
  type ProofVerifier,
  type ProvingArtifacts,
  parseProof,
  parseVerificationKey,
  readArtifact,
  SelfCheckError,
} from "@commune-zk/prover";
import { runKernel } from "../calibration/kernel.ts";
import { type TimedProof, timedProof } from "../harness/timed-proof.ts";
import type { FailureReason } from "../results/schema.ts";
import { toldReason } from "../results/told-reason.ts";
import type { DeviceWorkload } from "./config.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

/** What a worker brings. */
export interface WorkerParts {
  /** @param name - of the service's choice. */
  readonly createEngine: (name: string) => Promise<Engine>;
  /** Files as they come over the network: nothing kept from an earlier visit. */
  readonly source: ArtifactSource;
  /** Bytes that came over the wire for a workload's files, as far as the platform tells. */
  readonly downloadedBytes: (workload: DeviceWorkload) => number;
  readonly post: (message: FromWorker) => void;
}

interface OpenWorkload {
  readonly engine: Engine;
  readonly artifacts: ProvingArtifacts;
  readonly inputs: string;
  readonly publicSignals: readonly string[];
  /** Made when the first proof is there: it is no part of a cold start. */
  readonly verifier: () => Promise<ProofVerifier>;
}

/** Answers messages of the page, one after another; what fails is told as `failed`. */
export function deviceTasks(parts: WorkerParts): (message: ToWorker) => Promise<void> {
  let open: OpenWorkload | null = null;
  const answer = async (message: ToWorker): Promise<void> => {
    switch (message.kind) {
      case "calibrate": {
        const onSlice = (score: number): void => parts.post({ kind: "slice", score });
        return parts.post({ kind: "calibrated", scores: await runKernel({ ...message, onSlice }) });
      }
      case "open":
        open = await openWorkload(parts, message);
        return parts.post({ kind: "opened", downloadedBytes: parts.downloadedBytes(message.workload) });
      case "prove": {
        if (open === null) throw new Error("no workload is open");
        const made = await timedProof(open.engine, open);
        parts.post({ kind: "proved", totalMs: made.durationMs, phasesMs: made.phasesMs });
        return parts.post({ kind: "verified", valid: await isValid(open, made) });
      }
    }
  };
  return (message) =>
    answer(message).catch((error: unknown) => parts.post({ kind: "failed", reason: reasonOf(error) }));
}

async function openWorkload(
  { createEngine, source, post }: WorkerParts,
  { workload, engine: name }: ToWorker & { readonly kind: "open" },
): Promise<OpenWorkload> {
  const [engine, wasm, provingKey, inputs] = await Promise.all([
    createEngine(name),
    readArtifact(source, workload.wasm),
    readArtifact(source, workload.provingKey),
    readArtifact(source, workload.inputs),
  ]);
  let verifier: Promise<ProofVerifier> | undefined;
  return {
    engine: telling(engine, post),
    artifacts: { wasm, provingKey },
    inputs: fromUtf8(inputs),
    publicSignals: workload.publicSignals,
    verifier: () => {
      verifier ??= readArtifact(source, workload.verificationKey).then((bytes) =>
        createVerifier(parseVerificationKey(bytes)),
      );
      return verifier;
    },
  };
}

/** The same engine, whose phases the page is told as they begin. */
function telling(engine: Engine, post: WorkerParts["post"]): Engine {
  return {
    prove: (options) =>
      engine.prove({
        ...options,
        onProgress: (progress) => {
          options.onProgress?.(progress);
          post({ kind: "phase", phase: progress.phase });
        },
      }),
    dispose: () => engine.dispose(),
  };
}

/** As a service would see it: the statement that was asked for, from text, with every check of the points. */
async function isValid(
  { publicSignals: asked, verifier: open }: OpenWorkload,
  { proof, publicSignals }: TimedProof,
): Promise<boolean> {
  const verifier = await open();
  if (publicSignals.join() !== asked.join()) return false;
  try {
    return await verifier.verify(publicSignals.map(BigInt), parseProof(JSON.parse(proof)));
  } catch {
    // Not even the shape of a proof.
    return false;
  }
}

/** Why something failed, as far as an error tells. */
export function reasonOf(error: unknown): FailureReason {
  if (!(error instanceof Error)) return "failed";
  if (error instanceof SelfCheckError) return "proof-invalid";
  return toldReason(error.message);
}

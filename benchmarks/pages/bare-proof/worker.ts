// Fetches files and proves, with the engine that it is told.
import type { Engine, ProvingArtifacts } from "@commune-zk/prover";
import type { BareJob, WorkerAnswer, WorkerRequest } from "../../src/browser/bare-proof.ts";
import { engineNamed } from "../../src/harness/engines.ts";
import { timedProof } from "../../src/harness/timed-proof.ts";
import { pageThreads } from "../threads/start.ts";

/** What this file uses of a dedicated worker's global object: the DOM's types describe a window. */
interface WorkerScope {
  postMessage(message: WorkerAnswer): void;
  onmessage: ((event: { readonly data: WorkerRequest }) => void) | null;
}

/** A worker that can prove. */
interface Loaded {
  readonly engine: Engine;
  readonly artifacts: ProvingArtifacts;
  readonly inputs: string;
}

const scope = globalThis as unknown as WorkerScope;
let loaded: Loaded | null = null;

scope.onmessage = ({ data }) => {
  answer(data).then(
    (done) => scope.postMessage({ done }),
    (error: unknown) => scope.postMessage({ failed: String(error) }),
  );
};

async function answer(request: WorkerRequest): Promise<unknown> {
  switch (request.kind) {
    case "load":
      loaded = await load(request.job);
      return null;
    case "prove":
      if (loaded === null) throw new Error("nothing was loaded");
      return timedProof(loaded.engine, loaded);
    case "kernel": {
      const { runKernel } = await import("../../src/calibration/kernel.ts");
      return runKernel(request.run);
    }
  }
}

async function load({ engine, membership, inputs, wasmUrl, provingKeyUrl }: BareJob): Promise<Loaded> {
  const [made, wasm, provingKey] = await Promise.all([
    engineNamed(engine).create(membership, pageThreads()),
    bytesAt(wasmUrl),
    bytesAt(provingKeyUrl),
  ]);
  return { engine: made, artifacts: { wasm, provingKey }, inputs };
}

async function bytesAt(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

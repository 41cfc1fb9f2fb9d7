// One proof by the engine, timed where it is made.
import { proofToJson, snarkjsEngine } from "@commune-zk/prover";
import type { BareJob, BareProof } from "../../src/browser/bare-proof.ts";

/** What this file uses of a dedicated worker's global object: the DOM's types describe a window. */
interface WorkerScope {
  postMessage(message: BareProof | { readonly ready: true } | { readonly failed: string }): void;
  onmessage: ((event: { readonly data: BareJob }) => void) | null;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: { wasm, provingKey, inputs } }) => {
  void prove({ wasm, provingKey }, inputs).then(
    (proof) => scope.postMessage(proof),
    (error: unknown) => scope.postMessage({ failed: String(error) }),
  );
};
scope.postMessage({ ready: true });

async function prove(
  artifacts: Pick<BareJob, "wasm" | "provingKey">,
  inputs: BareJob["inputs"],
): Promise<BareProof> {
  const engine = snarkjsEngine();
  const start = performance.now();
  const { proof, publicSignals } = await engine.prove({ artifacts, inputs });
  const durationMs = performance.now() - start;
  return { durationMs, proof: JSON.stringify(proofToJson(proof)), publicSignals: publicSignals.map(String) };
}

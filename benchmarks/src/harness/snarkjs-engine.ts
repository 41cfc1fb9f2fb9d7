// snarkjs behind the interface of our engines: what others are measured against, and the oracle of tests.
import {
  type Engine,
  type ProvenStatement,
  type ProveOptions,
  parseFieldElement,
  parseProof,
  proofToJson,
  WitnessError,
} from "@commune-zk/prover";
import { groth16, wtns } from "snarkjs";

const PHASES = ["witness", "proof"] as const;

// circom_runtime reserves 2 GiB for a memory that witness calculators of circom 2 never import (they bring
// their own): enough to fail on a phone, and 2 GiB of pressure on the garbage collector. One page instead.
const CALCULATOR = { memorySize: 1 } as const;

/** How snarkjs is run. */
export interface SnarkjsOptions {
  /** With workers of its own, as it does unless told, which stay for the life of the process or page. Default false. */
  readonly ownThreads?: boolean;
}

/**
 * An engine on snarkjs. Without worker threads it leaves nothing behind, runs under a strict CSP inside a worker of
 * the caller's, and blocks the thread that it runs in for the length of a proof.
 */
export function snarkjsEngine({ ownThreads = false }: SnarkjsOptions = {}): Engine {
  return {
    async prove({ artifacts, inputs, signal, onProgress }: ProveOptions) {
      const begin = async (done: number): Promise<void> => {
        onProgress?.({ phase: PHASES[done]!, done, total: PHASES.length });
        // A macrotask: listeners of the signal and painting get their turn before the thread is taken.
        await new Promise((resolve) => setTimeout(resolve, 0));
        signal?.throwIfAborted();
      };
      await begin(0);
      const witness = { type: "mem" as const, data: new Uint8Array(0) };
      try {
        await wtns.calculate(inputs, artifacts.wasm, witness, CALCULATOR);
      } catch {
        // The calculator's message and cause may quote signals; neither is passed on.
        throw new WitnessError();
      }
      try {
        await begin(1);
        const made = await groth16.prove(artifacts.provingKey, witness, undefined, {
          singleThread: !ownThreads,
        });
        signal?.throwIfAborted();
        const { pi_a, pi_b, pi_c } = made.proof;
        return {
          proof: parseProof({ a: pi_a.slice(0, 2), b: pi_b.slice(0, 2), c: pi_c.slice(0, 2) }),
          publicSignals: made.publicSignals.map((text) => parseFieldElement(text)),
        };
      } finally {
        // The witness holds the secret and the vote.
        witness.data.fill(0);
      }
    },
    async dispose() {
      // Nothing is held between proofs.
    },
  };
}

/**
 * snarkjs' verifier, which keeps a curve with its worker threads for the life of the process.
 *
 * @param verificationKey - as it is stored, JSON.
 */
export function snarkjsVerifier(verificationKey: unknown): (statement: ProvenStatement) => Promise<boolean> {
  return ({ publicSignals, proof }) => {
    const { a, b, c } = proofToJson(proof);
    return groth16.verify(verificationKey, publicSignals.map(String), {
      pi_a: [...a, "1"],
      pi_b: [...b, ["1", "0"]],
      pi_c: [...c, "1"],
      protocol: "groth16",
      curve: "bn128",
    });
  };
}

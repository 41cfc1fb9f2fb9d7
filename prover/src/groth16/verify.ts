// Groth16 verification over BN254. Groth 2016 §3.2 (the equation of Verify).
import { FIELD_ORDER } from "../formats/field.ts";
import type { Groth16Proof } from "../formats/groth16-proof.ts";
import type { VerificationKey } from "../formats/verification-key.ts";
import { Workspace } from "../wasm/kernels.ts";
import { preparePairingCheck } from "./pairing-check.ts";
import { putG1, putG2, putScalars } from "./points.ts";

/** Verifies proofs under one verification key. */
export interface ProofVerifier {
  /** How many public signals there are. */
  readonly publicCount: number;
  /**
   * Whether the proof is one for these public signals. Its points have been checked by `parseProof` or
   * `proofFromBytes`.
   *
   * @throws RangeError - not exactly `publicCount` signals, or one not below r.
   */
  verify(publicSignals: readonly bigint[], proof: Groth16Proof): Promise<boolean>;
}

/** A verifier in the calling thread. `verificationKey` is from `parseVerificationKey`. */
export async function createVerifier(verificationKey: VerificationKey): Promise<ProofVerifier> {
  const { publicCount, alpha, beta, gamma, delta, ic } = verificationKey;
  const workspace = await Workspace.start();
  const check = preparePairingCheck(workspace, {
    publicCount,
    alpha: putG1(workspace, alpha),
    beta: putG2(workspace, beta),
    gamma: putG2(workspace, gamma),
    delta: putG2(workspace, delta),
    ic: putG1(workspace, ...ic),
  });
  return {
    publicCount,
    async verify(publicSignals, proof) {
      if (publicSignals.length !== publicCount) {
        throw new RangeError(`expected ${publicCount} public signals, received ${publicSignals.length}`);
      }
      if (publicSignals.some((value) => value < 0n || value >= FIELD_ORDER)) {
        throw new RangeError("public signal out of range");
      }
      const mark = workspace.mark();
      try {
        return check({
          scalars: putScalars(workspace, publicSignals),
          a: putG1(workspace, proof.a),
          b: putG2(workspace, proof.b),
          c: putG1(workspace, proof.c),
        });
      } finally {
        workspace.release(mark);
      }
    },
  };
}

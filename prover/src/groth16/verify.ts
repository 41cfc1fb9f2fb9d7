// Groth16 verification over BN254. Groth 2016 §3.2 (the equation of Verify).
import { buildBn128, type CurveEngine, Scalar } from "ffjavascript";
import type { G1, G2 } from "../formats/bn254.ts";
import { concatBytes } from "../formats/bytes.ts";
import { FIELD_ORDER } from "../formats/field.ts";
import type { Groth16Proof } from "../formats/groth16-proof.ts";
import type { VerificationKey } from "../formats/verification-key.ts";

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
  const curve = await buildBn128(true);
  const { publicCount } = verificationKey;
  const [ic0, ...rest] = verificationKey.ic.map((point) => g1(curve, point)) as [Uint8Array, ...Uint8Array[]];
  const bases = concatBytes(...rest);
  const alpha = g1(curve, verificationKey.alpha);
  const beta = g2(curve, verificationKey.beta);
  const gamma = g2(curve, verificationKey.gamma);
  const delta = g2(curve, verificationKey.delta);
  return {
    publicCount,
    async verify(publicSignals, proof) {
      if (publicSignals.length !== publicCount) {
        throw new RangeError(`expected ${publicCount} public signals, received ${publicSignals.length}`);
      }
      if (publicSignals.some((value) => value < 0n || value >= FIELD_ORDER)) {
        throw new RangeError("public signal out of range");
      }
      const scalars = new Uint8Array(32 * publicCount);
      for (const [i, value] of publicSignals.entries()) Scalar.toRprLE(scalars, 32 * i, value, 32);
      const input = curve.G1.add(await curve.G1.multiExpAffine(bases, scalars), ic0);
      // e(A, B) = e(alpha, beta) · e(input, gamma) · e(C, delta)
      return curve.pairingEq(
        curve.G1.neg(g1(curve, proof.a)),
        g2(curve, proof.b),
        input,
        gamma,
        g1(curve, proof.c),
        delta,
        alpha,
        beta,
      );
    },
  };
}

function g1(curve: CurveEngine, [x, y]: G1): Uint8Array {
  return curve.G1.fromObject([x, y, 1n]);
}

function g2(curve: CurveEngine, [x, y]: G2): Uint8Array {
  return curve.G2.fromObject([x, y, [1n, 0n]]);
}

// Groth16 by noble's pairing: an implementation of the equation that shares nothing with ours or snarkjs'.
import type { G1, G2, ProvenStatement, VerificationKey } from "@commune-zk/prover";
import { bn254 } from "@noble/curves/bn254.js";

/** Whether e(−A, B)·e(α, β)·e(Σ sᵢ·ICᵢ, γ)·e(C, δ) = 1. Groth, EUROCRYPT 2016, §3.2. */
export function nobleAccepts(
  { alpha, beta, gamma, delta, ic }: VerificationKey,
  { publicSignals, proof }: ProvenStatement,
): boolean {
  const point1 = ([x, y]: G1) => bn254.G1.Point.fromAffine({ x, y });
  const point2 = ([x, y]: G2) =>
    bn254.G2.Point.fromAffine({ x: { c0: x[0], c1: x[1] }, y: { c0: y[0], c1: y[1] } });
  const sum = publicSignals.reduce(
    (all, signal, i) => all.add(point1(ic[i + 1]!).multiplyUnsafe(signal)),
    point1(ic[0]!),
  );
  const pairs = [
    { g1: point1(proof.a).negate(), g2: point2(proof.b) },
    { g1: point1(alpha), g2: point2(beta) },
    { g1: sum, g2: point2(gamma) },
    { g1: point1(proof.c), g2: point2(delta) },
  ];
  return bn254.fields.Fp12.eql(bn254.pairingBatch(pairs), bn254.fields.Fp12.ONE);
}

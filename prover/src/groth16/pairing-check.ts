// The equation of Groth16 on points in the kernels' memory. Groth 2016 §3.2 (the equation of Verify).
import { G1_BYTES, NUMBER_BYTES, TARGET_BYTES, type Workspace } from "../wasm/kernels.ts";
import { multiply, tableOf } from "./multiply.ts";

/** A verification key by the addresses of its affine points, none of which is infinity but those of `ic`. */
export interface KeyPoints {
  readonly publicCount: number;
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly delta: number;
  /** publicCount + 1 points, side by side. */
  readonly ic: number;
}

/** A statement and its proof by their addresses; affine points, none infinity, `b` in the subgroup of order r. */
export interface ProofPoints {
  /** publicCount scalars of 32 bytes. */
  readonly scalars: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Whether a proof is one for a statement, under the key that it was made for. */
export type PairingCheck = (points: ProofPoints) => boolean;

/** Computes once what all proofs of a key share; it stays in the workspace. */
export function preparePairingCheck(workspace: Workspace, key: KeyPoints): PairingCheck {
  const { kernels } = workspace;
  const linesOf = (point: number): number => {
    const at = workspace.allocate(kernels.pairingLinesBytes());
    kernels.pairingPrepare(at, point);
    return at;
  };
  const words = (addresses: readonly number[]): number =>
    workspace.put(new Uint8Array(Uint32Array.from(addresses).buffer));
  /** Address of Π of Miller loops; a pair whose first point is infinity counts as one. */
  const miller = (pairs: readonly { readonly lines: number; readonly point: number }[]): number => {
    const finite = pairs.filter(({ point }) => workspace.bytes(point, G1_BYTES).some((byte) => byte !== 0));
    const lines = words(finite.map((pair) => pair.lines));
    const points = words(finite.map(({ point }) => point));
    const product = workspace.allocate(TARGET_BYTES);
    kernels.pairingMiller(product, finite.length, lines, points);
    return product;
  };
  const table = tableOf(workspace, "g1", key.publicCount, key.ic + G1_BYTES);
  const gamma = linesOf(key.gamma);
  const delta = linesOf(key.delta);
  // e(α, β), but for the final exponentiation.
  const constant = miller([{ lines: linesOf(key.beta), point: key.alpha }]);

  return ({ scalars, a, b, c }) => {
    const mark = workspace.mark();
    try {
      const sum = multiply(workspace, "g1", { n: key.publicCount, scalars, table });
      kernels.g1AddAffine(sum, key.ic);
      const input = workspace.allocate(G1_BYTES);
      kernels.g1ToAffine(input, sum);
      const minusA = workspace.allocate(G1_BYTES);
      workspace.bytes(minusA, G1_BYTES).set(workspace.bytes(a, G1_BYTES));
      kernels.fqNeg(minusA + NUMBER_BYTES, minusA + NUMBER_BYTES);
      // e(−A, B) · e(input, γ) · e(C, δ) · e(α, β) = 1
      const product = miller([
        { lines: linesOf(b), point: minusA },
        { lines: gamma, point: input },
        { lines: delta, point: c },
      ]);
      kernels.fp12Mul(product, product, constant);
      return kernels.pairingIsOne(product) === 1;
    } finally {
      workspace.release(mark);
    }
  };
}

// The equation of Groth16 on points in the kernels' memory, for one proof or many. Groth 2016 §3.2 (Verify).
import { FIELD_ORDER, randomBelow } from "../formats/field.ts";
import { putScalars, readScalars } from "../formats/kernel-points.ts";
import { G1_BYTES, G1_EXTENDED_BYTES, NUMBER_BYTES, TARGET_BYTES, type Workspace } from "../wasm/kernels.ts";
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

/** Checks proofs for one key. */
export interface PairingCheck {
  /** Whether a proof is one for a statement. */
  one(points: ProofPoints): boolean;
  /**
   * Whether all proofs are such for their statements: always true where they are, and where one is not, true with
   * probability 2⁻¹²⁸ at most. Draws its coefficients when it is called: the proofs have to be fixed before.
   */
  all(proofs: readonly ProofPoints[]): boolean;
}

/** A pair of a Miller loop: the prepared lines of a point of G2, and an affine point of G1. */
interface Pair {
  readonly lines: number;
  readonly point: number;
}

/** Of what a coefficient of a batch is drawn from. */
const DRAWN_BITS = 128n;

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
  const miller = (pairs: readonly Pair[]): number => {
    const finite = pairs.filter(({ point }) => workspace.bytes(point, G1_BYTES).some((byte) => byte !== 0));
    const lines = words(finite.map((pair) => pair.lines));
    const points = words(finite.map(({ point }) => point));
    const product = workspace.allocate(TARGET_BYTES);
    kernels.pairingMiller(product, finite.length, lines, points);
    return product;
  };
  /** Address of the affine point of an extended one. */
  const affine = (extended: number): number => {
    const at = workspace.allocate(G1_BYTES);
    kernels.g1ToAffine(at, extended);
    return at;
  };
  const negated = (point: number): number => {
    kernels.fqNeg(point + NUMBER_BYTES, point + NUMBER_BYTES);
    return point;
  };
  /** All points of `ic`, the first of which a statement takes once. */
  const table = tableOf(workspace, "g1", key.publicCount + 1, () => key.ic);
  const beta = linesOf(key.beta);
  const gamma = linesOf(key.gamma);
  const delta = linesOf(key.delta);
  // e(α, β), but for the final exponentiation.
  const constant = miller([{ lines: beta, point: key.alpha }]);
  const inputOf = (scalars: readonly bigint[]): number =>
    affine(
      multiply(workspace, "g1", {
        n: key.publicCount + 1,
        scalars: putScalars(workspace, scalars),
        table,
      }),
    );
  // A coefficient is low + high·λ for 64 drawn bits each: its multiples of points of G1 take half as many doublings
  // (Bowe, Grigg and Hopwood, ePrint 2019/1021). No two draws give the same number modulo r, because vectors
  // (a, b) with a + b·λ ≡ 0 have 127 bits; a test has the kernels find each draw again.
  const [lambda] = readScalars(workspace, kernels.g1Lambda(), 1) as [bigint];
  const coefficientOf = (drawn: bigint): bigint =>
    (BigInt.asUintN(64, drawn) + (drawn >> 64n) * lambda) % FIELD_ORDER;
  const signalsAt = (at: number): bigint[] => readScalars(workspace, at, key.publicCount);

  return {
    // e(−A, B) · e(input, γ) · e(C, δ) · e(α, β) = 1
    one: ({ scalars, a, b, c }) =>
      workspace.within(() => {
        const minusA = workspace.allocate(G1_BYTES);
        workspace.bytes(minusA, G1_BYTES).set(workspace.bytes(a, G1_BYTES));
        const product = miller([
          { lines: linesOf(b), point: negated(minusA) },
          { lines: gamma, point: inputOf([1n, ...signalsAt(scalars)]) },
          { lines: delta, point: c },
        ]);
        kernels.fp12Mul(product, product, constant);
        return kernels.pairingIsOne(product) === 1;
      }),

    // Π e(−ρᵢAᵢ, Bᵢ) · e(Σρᵢ·inputᵢ, γ) · e(Σρᵢ·Cᵢ, δ) · e(Σρᵢ·α, β) = 1 for ρᵢ of 2¹²⁸ − 1 numbers: a product of powers
    // of what each equation gives, in a group of order r.
    all: (proofs) =>
      workspace.within(() => {
        const draws = proofs.map(() => 1n + randomBelow(2n ** DRAWN_BITS - 1n));
        const coefficients = draws.map(coefficientOf);
        const total = coefficients.reduce((sum, coefficient) => sum + coefficient, 0n) % FIELD_ORDER;
        const inputs = Array.from({ length: key.publicCount }, () => 0n);
        const pairs: Pair[] = [];
        for (const [i, { scalars, a, b }] of proofs.entries()) {
          const coefficient = coefficients[i]!;
          for (const [j, signal] of signalsAt(scalars).entries()) inputs[j]! += coefficient * signal;
          const multiple = workspace.allocate(G1_EXTENDED_BYTES);
          kernels.g1MulShort(multiple, a, putScalars(workspace, [draws[i]!]));
          pairs.push({ lines: linesOf(b), point: negated(affine(multiple)) });
        }
        const points = workspace.allocate(proofs.length * G1_BYTES);
        for (const [i, { c }] of proofs.entries()) {
          workspace.bytes(points + i * G1_BYTES, G1_BYTES).set(workspace.bytes(c, G1_BYTES));
        }
        const sumOfC = multiply(workspace, "g1", {
          n: proofs.length,
          scalars: putScalars(workspace, coefficients),
          table: tableOf(workspace, "g1", proofs.length, () => points),
        });
        const alpha = multiply(workspace, "g1", {
          n: 1,
          scalars: putScalars(workspace, [total]),
          table: tableOf(workspace, "g1", 1, () => key.alpha),
        });
        const product = miller([
          ...pairs,
          { lines: gamma, point: inputOf([total, ...inputs.map((sum) => sum % FIELD_ORDER)]) },
          { lines: delta, point: affine(sumOfC) },
          { lines: beta, point: affine(alpha) },
        ]);
        return kernels.pairingIsOne(product) === 1;
      }),
  };
}

// Polynomials over Z_l, their Feldman commitments, Lagrange interpolation. docs/spec/trustees.md §1, §3.
import { SUBGROUP_ORDER } from "../formats/field.ts";
import { BASE8, IDENTITY, multiply, multiplySecret, type Point, randomScalar } from "../formats/point.ts";

/**
 * Coefficients a₀ … a_{t−1}, each uniform in [1, l−1]: the degree is exactly t−1.
 *
 * @returns secret.
 */
export function randomPolynomial(threshold: number): bigint[] {
  return Array.from({ length: threshold }, () => randomScalar());
}

/** f(x) mod l, by Horner's rule. */
export function evaluatePolynomial(coefficients: readonly bigint[], x: number): bigint {
  let value = 0n;
  for (const coefficient of coefficients.toReversed()) {
    value = (value * BigInt(x) + coefficient) % SUBGROUP_ORDER;
  }
  return value;
}

/** Feldman's commitments aₖ·Base8 of coefficients in [1, l−1]. */
export function commitPolynomial(coefficients: readonly bigint[]): Point[] {
  return coefficients.map((coefficient) => multiplySecret(BASE8, coefficient));
}

/** Σ xᵏ·commitments[k] = f(x)·Base8, by Horner's rule. */
export function evaluateCommitments(commitments: readonly Point[], x: number): Point {
  let value = IDENTITY;
  for (const commitment of commitments.toReversed()) value = multiply(value, BigInt(x)).add(commitment);
  return value;
}

/**
 * Lagrange coefficients at 0 for the nodes: `f(0) = Σ λᵢ·f(xᵢ)` for every f of degree below their number.
 *
 * @param nodes - distinct, in [1, 2³²).
 * @throws RangeError - a repeated node, or one below 1.
 */
export function lagrangeAtZero(nodes: readonly number[]): bigint[] {
  if (new Set(nodes).size !== nodes.length || nodes.some((node) => !Number.isInteger(node) || node < 1)) {
    throw new RangeError("nodes are not distinct positive integers");
  }
  return nodes.map((node) => {
    let numerator = 1n;
    let denominator = 1n;
    for (const other of nodes) {
      if (other === node) continue;
      numerator = (numerator * BigInt(other)) % SUBGROUP_ORDER;
      denominator = (denominator * BigInt(other - node)) % SUBGROUP_ORDER;
    }
    return (numerator * invertModL(denominator)) % SUBGROUP_ORDER;
  });
}

/** value⁻¹ mod l, by Fermat. The value is not 0 mod l and may be negative. */
function invertModL(value: bigint): bigint {
  let base = ((value % SUBGROUP_ORDER) + SUBGROUP_ORDER) % SUBGROUP_ORDER;
  let exponent = SUBGROUP_ORDER - 2n;
  let result = 1n;
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % SUBGROUP_ORDER;
    base = (base * base) % SUBGROUP_ORDER;
  }
  return result;
}

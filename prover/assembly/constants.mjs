// AssemblyScript source of the constants of BN254's pairing, all computed here from the curve's parameter u.
import { limbsOf, R } from "./field.mjs";

const U = 4965661367192848881n;

/** Of Fp2, where u² = −1. */
function mul2([a0, a1], [b0, b1], p) {
  return [(((a0 * b0 - a1 * b1) % p) + p) % p, (a0 * b1 + a1 * b0) % p];
}

function power2(base, exponent, p) {
  let result = [1n, 0n];
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = mul2(result, square, p);
    square = mul2(square, square, p);
  }
  return result;
}

/** Digits −1, 0, 1, least first, no two neighbours of which are not zero. */
function nonAdjacentForm(value) {
  const digits = [];
  for (let rest = value; rest > 0n; rest >>= 1n) {
    const digit = rest & 1n ? 2n - (rest & 3n) : 0n;
    digits.push(Number(digit));
    rest -= digit;
  }
  return digits;
}

/** @param p - BN254's base field. */
export function constantsSource(p) {
  const xi = [9n, 1n];
  const montgomery = (value) => limbsOf((value * R) % p);
  const data = (numbers) => `memory.data<i32>([${numbers.flatMap(montgomery).join(", ")}])`;
  const range = [0n, 1n, 2n, 3n, 4n, 5n];
  const frobenius = range.map((i) => power2(xi, (i * (p - 1n)) / 6n, p));
  const squared = range.map((i) => power2(xi, (i * (p * p - 1n)) / 6n, p));
  if (squared.some(([, imaginary]) => imaginary !== 0n)) throw new Error("not in Fq");
  const digits = nonAdjacentForm(6n * U + 2n);
  return `
/** ξ^(i(p−1)/6) for i in 0 … 5, in Fp2. */
export const FROBENIUS = ${data(frobenius.flat())};
/** ξ^(i(p²−1)/6), in Fq. */
export const FROBENIUS_SQUARED = ${data(squared.map(([real]) => real))};
/** 6u + 2 in non-adjacent form, least digit first. */
export const ATE_DIGITS = memory.data<i8>([${digits.join(", ")}]);
export const ATE_LENGTH: u32 = ${digits.length};
export const U: u64 = ${U};
export const U_BITS: u32 = ${U.toString(2).length};
`;
}

/** @param r - the field that BabyJubJub is over. */
export function curveConstantsSource(r) {
  const data = (value) => `memory.data<i32>([${limbsOf((value * R) % r).join(", ")}])`;
  return `
export const A_OF_CURVE = ${data(168700n)};
export const D_OF_CURVE = ${data(168696n)};
`;
}

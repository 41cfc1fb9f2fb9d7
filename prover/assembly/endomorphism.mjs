// AssemblyScript source of the endomorphisms with which long scalars become several short ones: φ(x, y) = (βx, y) on
// G1 (Gallant–Lambert–Vanstone 2001) and ψ, Frobenius on the twist, on G2 (Galbraith–Lin–Scott 2009, four short
// scalars as in Galbraith–Scott 2008 §8). All constants are computed here.
import { limbsOf, R } from "./field.mjs";

const U = 4965661367192848881n;
/** Quotients are taken from products with 2^SHIFT / r. */
const SHIFT = 288n;
const SCALAR_WORDS = 8;

/** G1: β of order 3 in Fq, and two short vectors (a, b) with a + bλ ≡ 0 (mod r), where φ(P) = λP. */
export function g1Source(q, r) {
  const beta = cubeRoot(q);
  const lambda = [cubeRoot(r), (cubeRoot(r) * cubeRoot(r)) % r].find((root) => isEigenvalue(root, beta, q));
  const basis = shortVectors(lambda, r);
  return `${source(basis, lambda, r)}
const BETA = memory.data<i32>([${limbsOf((beta * R) % q).join(", ")}]);

/** out = φ(a). */
export function apply(out: usize, a: usize): void {
  F.mul(out, a, BETA);
  F.copy(out + F.BYTES, a + F.BYTES);
}
`;
}

/** G2: ψ(Q) = 6u²·Q. */
export function g2Source(r) {
  const basis = [
    [U + 1n, U, U, -2n * U],
    [2n * U + 1n, -U, -U - 1n, -U],
    [2n * U, 2n * U + 1n, 2n * U + 1n, 2n * U + 1n],
    [U - 1n, 4n * U + 2n, 1n - 2n * U, U - 1n],
  ];
  return `import { FROBENIUS } from "../constants";
${source(basis, 6n * U * U, r)}
/** out = ψ(a). */
export function apply(out: usize, a: usize): void {
  F.conjugate(out, a);
  F.mulSmall(out, out, FROBENIUS + 2 * F.BYTES);
  F.conjugate(out + F.BYTES, a + F.BYTES);
  F.mulSmall(out + F.BYTES, out + F.BYTES, FROBENIUS + 3 * F.BYTES);
}
`;
}

/** @param basis - short vectors v with Σ vᵢ·λ^i ≡ 0 (mod r). */
function source(basis, lambda, r) {
  for (const vector of basis) {
    const value = vector.reduce((sum, entry, i) => sum + entry * power(lambda, BigInt(i), r), 0n);
    if (value % r !== 0n) throw new Error("not a vector of the lattice");
  }
  const determinantOf = determinant(basis);
  // (s, 0, …) = Σ s·cofactorⱼ/det·basisⱼ: rounded, what is left of (s, 0, …) is short.
  const factors = basis.map((_, j) => {
    const minor = basis.filter((_, row) => row !== j).map((row) => row.slice(1));
    const cofactor = (j % 2 === 0 ? 1n : -1n) * determinant(minor);
    return ((cofactor << SHIFT) * 2n + determinantOf) / (2n * determinantOf);
  });
  const rows = basis.map((row, j) => row.map((entry) => (factors[j] < 0n ? -entry : entry)));
  // Every vector is taken off to within half of itself, and a little: factors are rounded, scalars cut.
  const most = basis[0].map((_, i) => (basis.reduce((sum, row) => sum + magnitude(row[i]), 0n) * 9n) / 16n);
  const bits = Math.max(...most.map((value) => value.toString(2).length));
  // Two's complement; msm.ts takes a part for 128 bits.
  const partWords = Math.ceil((bits + 1) / 32);
  if (partWords > 4) throw new Error("long parts");
  const words = (value, count) =>
    Array.from({ length: count }, (_, i) =>
      Number((BigInt.asUintN(32 * count, value) >> BigInt(32 * i)) & 0xffffffffn),
    );
  const factorBits = Math.max(...factors.map((f) => magnitude(f).toString(2).length));
  const factorWords = Math.ceil(factorBits / 32);
  // All of the lowest words together make less than 2^-8.
  const skipped = Math.floor((Number(SHIFT) - factorBits - 8) / 32);
  if (SCALAR_WORDS + factorWords < Number(SHIFT) / 32 + partWords) throw new Error("short products");
  return `import * as F from "./field";

/** λ, 32 bytes, little-endian. */
export const LAMBDA = memory.data<u8>([${Array.from({ length: 32 }, (_, i) => Number(((lambda % r) >> (8n * BigInt(i))) & 255n)).join(", ")}]);
/** How many short scalars one becomes. */
export const DIMENSION: u32 = ${basis.length};
/** Of a short scalar's absolute value. */
export const PART_BITS: u32 = ${bits};
export const PART_WORDS: u32 = ${partWords};
export const SHIFT_WORDS: u32 = ${SHIFT / 32n};
/** How many of a scalar's words, the lowest, are left out of the product. */
export const SKIPPED_WORDS: u32 = ${skipped};
export const FACTOR_WORDS: u32 = ${factorWords};
/** |2^SHIFT·cofactorⱼ/det|, rounded. */
export const FACTORS = memory.data<u32>([${factors.flatMap((f) => words(magnitude(f), factorWords)).join(", ")}]);
/** The vectors, those negated whose factor is negative. */
export const BASIS = memory.data<u32>([${rows
    .flat()
    .flatMap((entry) => words(entry, partWords))
    .join(", ")}]);
`;
}

function magnitude(value) {
  return value < 0n ? -value : value;
}

function determinant(matrix) {
  if (matrix.length === 0) return 1n;
  return matrix[0].reduce((sum, entry, i) => {
    const minor = matrix.slice(1).map((row) => row.filter((_, column) => column !== i));
    return sum + (i % 2 === 0 ? entry : -entry) * determinant(minor);
  }, 0n);
}

function power(base, exponent, modulus) {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** A number of order 3. */
function cubeRoot(p) {
  for (let base = 2n; ; base++) {
    const root = power(base, (p - 1n) / 3n, p);
    if (root !== 1n) return root;
  }
}

/** Whether φ(G) = λG for the generator G = (1, 2): by double and add. */
function isEigenvalue(lambda, beta, q) {
  const inverse = (a) => power(a, q - 2n, q);
  const mod = (a) => ((a % q) + q) % q;
  const add = (a, b) => {
    if (a === null) return b;
    const slope =
      a[0] === b[0]
        ? mod(3n * a[0] * a[0] * inverse(2n * a[1]))
        : mod((b[1] - a[1]) * inverse(mod(b[0] - a[0])));
    const x = mod(slope * slope - a[0] - b[0]);
    return [x, mod(slope * (a[0] - x) - a[1])];
  };
  let sum = null;
  let multiple = [1n, 2n];
  for (let rest = lambda; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = add(sum, multiple);
    multiple = add(multiple, multiple);
  }
  return sum[0] === beta && sum[1] === 2n;
}

/** Two short vectors of the lattice of λ, by Euclid's algorithm (Gallant–Lambert–Vanstone 2001 §4). */
function shortVectors(lambda, r) {
  const rows = [
    [r, 0n],
    [lambda, 1n],
  ];
  while (rows.at(-1)[0] * rows.at(-1)[0] > r) {
    const [before, last] = rows.slice(-2);
    const quotient = before[0] / last[0];
    rows.push([before[0] - quotient * last[0], before[1] - quotient * last[1]]);
  }
  // remainder = quotients·λ (mod r)
  const [before, last] = rows.slice(-2);
  const quotient = before[0] / last[0];
  const after = [before[0] - quotient * last[0], before[1] - quotient * last[1]];
  const vector = ([remainder, factor]) => [remainder, -factor];
  const length = ([a, b]) => a * a + b * b;
  const other = length(vector(before)) < length(vector(after)) ? before : after;
  return [vector(last), vector(other)];
}

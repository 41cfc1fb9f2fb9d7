// Whether a point of BabyJubJub lies in the subgroup of prime order l, by one exponentiation instead of a
// multiplication by l. Koshelev, "Subgroup membership testing on elliptic curves via the Tate pairing" (IACR
// ePrint 2022/037, J. Cryptogr. Eng. 13, 2023), for a curve whose group is cyclic of order 8·l with 8 | r - 1.
//
// The reduced Tate pairing of order 8 with a point T of order 8, f(P)^((r-1)/8), is a homomorphism of the whole
// group whose kernel is that of all 8·Q: the subgroup of order l. f is Miller's function f_{8,T} on the Montgomery
// form v² = u³ + A·u² + u, where u = (1 + y)/(1 - y), v = u/x, A = 168698 (EIP-2494):
//
//   f = t1⁴ · t2² · u / ((u - u2)⁴ · u²),   t1, t2 the tangents at T and 2T = (u2, v2), and 4T = (0, 0).
//
// Only f up to eighth powers counts. Multiplied by those of its denominators and of x·(1 - y) it is the polynomial
// below in x and y, without an inversion. Where it is 0 the point is one of the eight of small order.

import { babyjubjub } from "@noble/curves/misc.js";
import { kernelsNow } from "../wasm/kernels-now.ts";
import { putNumbers, putScalars, readNumbers } from "./kernel-points.ts";

const { Fp } = babyjubjub.Point;

/** A point of the Montgomery form, with the slope of the tangent there. */
interface Tangent {
  readonly u: bigint;
  readonly v: bigint;
  readonly slope: bigint;
}

/** A point of order 8, affine (x, y): of the four the one with the smallest x, then y. */
export const ORDER_EIGHT = {
  x: 4342719913949491028786768530115087822524712248835451589697801404893164183326n,
  y: 4826523245007015323400664741523384119579596407052839571721035538011798951543n,
} as const;

const A = 168698n;
const EIGHTH = (Fp.ORDER - 1n) / 8n;
const T1 = tangentAt(montgomery(ORDER_EIGHT.x, ORDER_EIGHT.y));
const T2 = tangentAt(double(T1));

function montgomery(x: bigint, y: bigint): { u: bigint; v: bigint } {
  const u = Fp.div(Fp.add(1n, y), Fp.sub(1n, y));
  return { u, v: Fp.div(u, x) };
}

function tangentAt({ u, v }: { u: bigint; v: bigint }): Tangent {
  const rise = Fp.create(3n * u * u + 2n * A * u + 1n);
  return { u, v, slope: Fp.div(rise, Fp.create(2n * v)) };
}

function double({ u, v, slope }: Tangent): { u: bigint; v: bigint } {
  const next = Fp.create(slope * slope - A - 2n * u);
  return { u: next, v: Fp.create(slope * (u - next) - v) };
}

/**
 * Whether a point of the curve has order l.
 *
 * @param x - affine coordinates below r of a point on the curve: nobody looks again here.
 * @returns false for the identity, whose order is 1.
 */
export function hasPrimeOrder(x: bigint, y: bigint): boolean {
  const up = 1n + y;
  const down = 1n - y;
  const width = Fp.create(x * down);
  const height = Fp.create(x * up);
  // v - v_T - slope·(u - u_T), times x·(1 - y).
  const line = ({ u, v, slope }: Tangent): bigint =>
    Fp.create(up - v * width - slope * (height - Fp.create(u * width)));
  const fourth = Fp.create(line(T1) * Fp.create(up - T2.u * down));
  const square = Fp.create(Fp.sqr(fourth) * Fp.create(line(T2) * x));
  const both = Fp.create(up * down);
  const fourfold = Fp.sqr(Fp.sqr(both));
  const seventh = Fp.create(fourfold * Fp.create(Fp.sqr(both) * both));
  return power(Fp.create(Fp.sqr(square) * seventh), EIGHTH) === 1n;
}

function power(base: bigint, exponent: bigint): bigint {
  const workspace = kernelsNow();
  if (workspace === undefined) return Fp.pow(base, exponent);
  const mark = workspace.mark();
  const at = putNumbers(workspace, [base], "fr");
  workspace.kernels.frPow(at, at, putScalars(workspace, [exponent]));
  const [result] = readNumbers(workspace, at, 1, "fr");
  workspace.release(mark);
  return result!;
}

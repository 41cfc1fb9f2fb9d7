// The one decoder of points on BN254, for proofs and verification keys. docs/spec/conventions.md §1; EIP-197.

import { bn254 } from "@noble/curves/bn254.js";
import { kernelsNow } from "../wasm/kernels-now.ts";
import { InputError } from "./errors.ts";
import { BASE_FIELD_ORDER, parseDecimal } from "./field.ts";
import { putG2 } from "./kernel-points.ts";

/** Affine (x, y), checked: on the curve, not infinity. */
export type G1 = readonly [bigint, bigint];
/** Affine ((x.c0, x.c1), (y.c0, y.c1)), checked: on the twist, in the subgroup of order r, not infinity. */
export type G2 = readonly [readonly [bigint, bigint], readonly [bigint, bigint]];

/**
 * Checks a point of G1, whose curve has prime order.
 *
 * @throws InputError `not-canonical` (not below q), `point-is-identity`, `point-off-curve`.
 */
export function checkG1(x: bigint, y: bigint, place: string): G1 {
  inField([x, y], place);
  if (x === 0n && y === 0n) throw new InputError("point-is-identity", "infinity is not allowed", place);
  try {
    bn254.G1.Point.fromAffine({ x, y }).assertValidity();
  } catch (cause) {
    throw new InputError("point-off-curve", "not a point of G1", place, { cause });
  }
  return [x, y];
}

/**
 * Checks a point of G2: the twist has points outside the subgroup, which ffjavascript accepts.
 *
 * @throws InputError `not-canonical`, `point-is-identity`, `point-off-curve`, `point-outside-subgroup`.
 */
export function checkG2(x: readonly [bigint, bigint], y: readonly [bigint, bigint], place: string): G2 {
  inField([...x, ...y], place);
  if ([...x, ...y].every((c) => c === 0n)) {
    throw new InputError("point-is-identity", "infinity is not allowed", place);
  }
  const { Fp2 } = bn254.fields;
  const point = { x: { c0: x[0], c1: x[1] }, y: { c0: y[0], c1: y[1] } };
  const right = Fp2.add(Fp2.mul(Fp2.sqr(point.x), point.x), TWIST_B);
  if (!Fp2.eql(Fp2.sqr(point.y), right)) throw new InputError("point-off-curve", "not on the twist", place);
  if (!isInSubgroup([x, y])) {
    throw new InputError("point-outside-subgroup", "outside the subgroup of order r", place);
  }
  return [x, y];
}

/** By the kernels, or, where a browser compiles none at once, by noble, which takes longer. */
function isInSubgroup(point: G2): boolean {
  const workspace = kernelsNow();
  if (workspace === undefined) {
    const [x, y] = point;
    return bn254.G2.Point.fromAffine({
      x: { c0: x[0], c1: x[1] },
      y: { c0: y[0], c1: y[1] },
    }).isTorsionFree();
  }
  const mark = workspace.mark();
  const isIn = workspace.kernels.g2IsInSubgroup(putG2(workspace, point)) === 1;
  workspace.release(mark);
  return isIn;
}

// b' = 3 / (9 + u), EIP-197.
const TWIST_B = {
  c0: 19485874751759354771024239261021720505790618469301721065564631296452457478373n,
  c1: 266929791119991161246907387137283842545076965332900288569378510910307636690n,
};

function inField(coordinates: readonly bigint[], place: string): void {
  if (coordinates.some((c) => c < 0n || c >= BASE_FIELD_ORDER)) {
    throw new InputError("not-canonical", "coordinate out of range", place);
  }
}

/**
 * `[x, y]` in canonical decimals below q.
 *
 * @throws InputError `not-canonical`.
 */
export function parseCoordinates(value: unknown, place: string): readonly [bigint, bigint] {
  const [x, y] = parsePair(value, place);
  return [parseDecimal(x, BASE_FIELD_ORDER, place), parseDecimal(y, BASE_FIELD_ORDER, place)];
}

/**
 * An array of two.
 *
 * @throws InputError `not-canonical`.
 */
export function parsePair(value: unknown, place: string): readonly [unknown, unknown] {
  if (!Array.isArray(value) || value.length !== 2) {
    throw new InputError("not-canonical", "expected two coordinates", place);
  }
  return [value[0], value[1]];
}

/** {@link checkG1} of `[x, y]` in canonical decimals. */
export function parseG1(value: unknown, place: string): G1 {
  const [x, y] = parseCoordinates(value, place);
  return checkG1(x, y, place);
}

/** {@link checkG2} of `[[x.c0, x.c1], [y.c0, y.c1]]` in canonical decimals. */
export function parseG2(value: unknown, place: string): G2 {
  const [x, y] = parsePair(value, place);
  return checkG2(parseCoordinates(x, place), parseCoordinates(y, place), place);
}

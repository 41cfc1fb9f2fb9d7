// The one decoder of BabyJubJub points. docs/spec/conventions.md §2; EIP-2494.

import { babyjubjub } from "@noble/curves/misc.js";
import type { Workspace } from "../wasm/kernels.ts";
import { kernelsNow } from "../wasm/kernels-now.ts";
import { concatBytes } from "./bytes.ts";
import { InputError } from "./errors.ts";
import {
  FIELD_ORDER,
  fieldFromBytes,
  fieldToBytes,
  parseFieldElement,
  randomBelow,
  SUBGROUP_ORDER,
} from "./field.ts";
import { putNumbers, putScalars, readNumbers } from "./kernel-points.ts";
import { hasPrimeOrder } from "./subgroup.ts";

/** A BabyJubJub point that has passed {@link parsePoint}, or was computed from such points. */
export type Point = InstanceType<typeof babyjubjub.Point>;

/** Affine coordinates as canonical decimals, x then y: a point in JSON. */
export type PointJson = readonly [string, string];

/** Base8, the generator of the prime subgroup (EIP-2494). */
export const BASE8: Point = babyjubjub.Point.BASE;
/** The identity (0, 1). */
export const IDENTITY: Point = babyjubjub.Point.ZERO;

/** Which points a slot may hold beside those of prime order. */
export interface PointOptions {
  /** Sums and residues may be the identity; keys and fresh ciphertexts' C1 may not. Default false. */
  readonly allowIdentity?: boolean;
}

/**
 * The point with affine coordinates (x, y).
 *
 * @throws InputError `point-off-curve`, `point-is-identity` (unless allowed), `point-outside-subgroup`;
 *   `not-canonical` where a coordinate is not below r.
 */
export function pointFromAffine(x: bigint, y: bigint, place?: string, options: PointOptions = {}): Point {
  if (x < 0n || y < 0n || x >= FIELD_ORDER || y >= FIELD_ORDER) {
    throw new InputError("not-canonical", "coordinate out of range", place);
  }
  if (!onCurve(x, y)) throw new InputError("point-off-curve", "not on BabyJubJub", place);
  const point = babyjubjub.Point.fromAffine({ x, y });
  if (point.is0()) {
    if (options.allowIdentity === true) return point;
    throw new InputError("point-is-identity", "the identity is not allowed here", place);
  }
  if (!hasPrimeOrder(x, y)) {
    throw new InputError("point-outside-subgroup", "outside the subgroup of prime order", place);
  }
  return point;
}

/** a·x² + y² = 1 + d·x²·y² with a = 168700, d = 168696 (EIP-2494). */
function onCurve(x: bigint, y: bigint): boolean {
  const x2 = (x * x) % FIELD_ORDER;
  const y2 = (y * y) % FIELD_ORDER;
  return (168700n * x2 + y2 - 1n - 168696n * x2 * y2) % FIELD_ORDER === 0n;
}

/**
 * A point from JSON, `[x, y]` in canonical decimals.
 *
 * @throws InputError - `not-canonical`, or as {@link pointFromAffine}.
 */
export function parsePoint(value: unknown, place?: string, options: PointOptions = {}): Point {
  if (!Array.isArray(value) || value.length !== 2) {
    throw new InputError("not-canonical", "expected [x, y]", place);
  }
  return pointFromAffine(
    parseFieldElement(value[0], place),
    parseFieldElement(value[1], place),
    place,
    options,
  );
}

/** A point for JSON. */
export function pointToJson(point: Point): PointJson {
  const { x, y } = point.toAffine();
  return [x.toString(), y.toString()];
}

/** 64 bytes x ‖ y, big-endian. */
export function pointToBytes(point: Point): Uint8Array {
  const { x, y } = point.toAffine();
  return concatBytes(fieldToBytes(x), fieldToBytes(y));
}

/**
 * A point from 64 bytes x ‖ y, big-endian.
 *
 * @throws InputError - `not-canonical`, or as {@link pointFromAffine}.
 */
export function pointFromBytes(bytes: Uint8Array, place?: string, options: PointOptions = {}): Point {
  if (bytes.length !== 64) throw new InputError("not-canonical", "expected 64 bytes", place);
  const x = fieldFromBytes(bytes.subarray(0, 32), place);
  const y = fieldFromBytes(bytes.subarray(32), place);
  return pointFromAffine(x, y, place, options);
}

/**
 * scalar · point for a scalar taken modulo l, zero included. Variable time.
 */
export function multiply(point: Point, scalar: bigint): Point {
  const reduced = ((scalar % SUBGROUP_ORDER) + SUBGROUP_ORDER) % SUBGROUP_ORDER;
  if (reduced === 0n) return IDENTITY;
  const workspace = kernelsNow();
  return workspace === undefined ? point.multiplyUnsafe(reduced) : multiplyBy(workspace, point, reduced);
}

/** By the kernels, which take and give extended coordinates as noble has them. */
function multiplyBy(workspace: Workspace, { X, Y, Z, T }: Point, scalar: bigint): Point {
  const mark = workspace.mark();
  const at = putNumbers(workspace, [X, Y, Z, T], "fr");
  workspace.kernels.jubMultiply(at, at, putScalars(workspace, [scalar]));
  const [x, y, z, t] = readNumbers(workspace, at, 4, "fr") as [bigint, bigint, bigint, bigint];
  workspace.release(mark);
  workspace.wipe();
  return new babyjubjub.Point(x, y, z, t);
}

/**
 * secret · point, by noble's constant-time-minded ladder.
 *
 * @throws RangeError - the scalar is not in [1, l−1].
 */
export function multiplySecret(point: Point, scalar: bigint): Point {
  if (scalar <= 0n || scalar >= SUBGROUP_ORDER) throw new RangeError("scalar is not in [1, l-1]");
  return point.multiply(scalar);
}

/** A scalar uniform in [1, l−1], from the platform's CSPRNG. */
export function randomScalar(): bigint {
  for (;;) {
    const scalar = randomBelow(SUBGROUP_ORDER);
    if (scalar !== 0n) return scalar;
  }
}

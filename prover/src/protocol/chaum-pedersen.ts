// Chaum–Pedersen proof that two points have one discrete logarithm. docs/spec/conventions.md §6.
import { parseScalar, SUBGROUP_ORDER } from "../formats/field.ts";
import { hashToScalar } from "../formats/hash.ts";
import {
  BASE8,
  IDENTITY,
  multiply,
  multiplySecret,
  type Point,
  type PointJson,
  type PointOptions,
  parsePoint,
  pointToBytes,
  pointToJson,
  randomScalar,
} from "../formats/point.ts";
import type { ProofContext } from "./schnorr.ts";

/** `X = x·Base8` and `Y = x·G` for one x. Every point has passed `parsePoint` or was computed from such. */
export interface EqualityStatement {
  /** G. */
  readonly base: Point;
  /** X. */
  readonly publicPoint: Point;
  /** Y. */
  readonly image: Point;
}

/** `(R₁, R₂, z)` with `z·Base8 = R₁ + c·X` and `z·G = R₂ + c·Y`. */
export interface EqualityProof {
  readonly r1: Point;
  readonly r2: Point;
  /** Below l. */
  readonly z: bigint;
}

/** {@link EqualityProof} in JSON. */
export interface EqualityJson {
  readonly r1: PointJson;
  readonly r2: PointJson;
  readonly z: string;
}

function challenge(
  { purpose, context }: ProofContext,
  { base, publicPoint, image }: EqualityStatement,
  r1: Point,
  r2: Point,
): bigint {
  const statement = [BASE8, base, publicPoint, image, r1, r2].map(pointToBytes);
  return hashToScalar(purpose, [...context, ...statement], SUBGROUP_ORDER);
}

/**
 * Proves that `image` and `publicPoint` have the logarithm `secret` over `base` and Base8.
 *
 * @param secret - in [1, l−1]; secret. The nonce is fresh from the CSPRNG and goes out of scope on return
 *   (JavaScript cannot overwrite a bigint).
 * @throws RangeError - the secret is out of range.
 */
export function proveEquality(
  binding: ProofContext,
  { secret, ...statement }: EqualityStatement & { secret: bigint },
): EqualityProof {
  if (secret <= 0n || secret >= SUBGROUP_ORDER) throw new RangeError("secret is not in [1, l-1]");
  const nonce = randomScalar();
  const r1 = multiplySecret(BASE8, nonce);
  const r2 = statement.base.is0() ? IDENTITY : multiplySecret(statement.base, nonce);
  const z = (nonce + challenge(binding, statement, r1, r2) * secret) % SUBGROUP_ORDER;
  return { r1, r2, z };
}

/**
 * Whether the proof is one for this statement under exactly this purpose and context.
 *
 * `image` and R₂ may be the identity exactly when `base` is. Variable time: all values are public.
 */
export function verifyEquality(
  binding: ProofContext,
  { proof, ...statement }: EqualityStatement & { proof: EqualityProof },
): boolean {
  const { base, publicPoint, image } = statement;
  const { r1, r2, z } = proof;
  if (r1.is0() || publicPoint.is0()) return false;
  if (base.is0() ? !(image.is0() && r2.is0()) : image.is0() || r2.is0()) return false;
  const c = challenge(binding, statement, r1, r2);
  return (
    multiply(BASE8, z).equals(r1.add(multiply(publicPoint, c))) &&
    multiply(base, z).equals(r2.add(multiply(image, c)))
  );
}

/** A Chaum–Pedersen proof for JSON. */
export function equalityToJson({ r1, r2, z }: EqualityProof): EqualityJson {
  return { r1: pointToJson(r1), r2: pointToJson(r2), z: z.toString() };
}

/**
 * A Chaum–Pedersen proof from JSON of the right shape.
 *
 * @param options - `allowIdentity` applies to R₂ alone.
 * @throws InputError - as `parsePoint` and `parseScalar`.
 */
export function parseEquality(
  value: { r1: unknown; r2: unknown; z: unknown },
  place: string,
  options: PointOptions = {},
): EqualityProof {
  return {
    r1: parsePoint(value.r1, `${place}.r1`),
    r2: parsePoint(value.r2, `${place}.r2`, options),
    z: parseScalar(value.z, `${place}.z`),
  };
}

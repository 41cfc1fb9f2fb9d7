// Schnorr proof of knowledge of a discrete logarithm over Base8. docs/spec/conventions.md §6.
import { parseScalar, SUBGROUP_ORDER } from "../formats/field.ts";
import { hashToScalar } from "../formats/hash.ts";
import {
  BASE8,
  multiply,
  multiplySecret,
  type Point,
  type PointJson,
  parsePoint,
  pointToBytes,
  pointToJson,
  randomScalar,
} from "../formats/point.ts";

/** `(R, z)` with `z·Base8 = R + c·X`. */
export interface SchnorrProof {
  readonly r: Point;
  /** Below l. */
  readonly z: bigint;
}

/** {@link SchnorrProof} in JSON. */
export interface SchnorrJson {
  readonly r: PointJson;
  readonly z: string;
}

/** What a challenge is bound to beside the statement itself. */
export interface ProofContext {
  /** Tag of the hash, one for each use. */
  readonly purpose: string;
  /** Parts hashed before the statement, as the spec lists them. */
  readonly context: readonly Uint8Array[];
}

function challenge({ purpose, context }: ProofContext, publicPoint: Point, r: Point): bigint {
  const statement = [BASE8, publicPoint, r].map(pointToBytes);
  return hashToScalar(purpose, [...context, ...statement], SUBGROUP_ORDER);
}

/**
 * Proves knowledge of `secret` with `publicPoint = secret·Base8`.
 *
 * @param secret - in [1, l−1]; secret. The nonce is fresh from the CSPRNG and goes out of scope on return
 *   (JavaScript cannot overwrite a bigint).
 * @throws RangeError - the secret is out of range.
 */
export function proveSchnorr(
  binding: ProofContext,
  { secret, publicPoint }: { secret: bigint; publicPoint: Point },
): SchnorrProof {
  if (secret <= 0n || secret >= SUBGROUP_ORDER) throw new RangeError("secret is not in [1, l-1]");
  const nonce = randomScalar();
  const r = multiplySecret(BASE8, nonce);
  const z = (nonce + challenge(binding, publicPoint, r) * secret) % SUBGROUP_ORDER;
  return { r, z };
}

/**
 * Whether the proof is one for `publicPoint` under exactly this purpose and context.
 *
 * `publicPoint` must have passed `parsePoint`. Variable time: all values are public.
 */
export function verifySchnorr(
  binding: ProofContext,
  { publicPoint, proof }: { publicPoint: Point; proof: SchnorrProof },
): boolean {
  if (proof.r.is0()) return false;
  const c = challenge(binding, publicPoint, proof.r);
  return multiply(BASE8, proof.z).equals(proof.r.add(multiply(publicPoint, c)));
}

/** A Schnorr proof for JSON. */
export function schnorrToJson({ r, z }: SchnorrProof): SchnorrJson {
  return { r: pointToJson(r), z: z.toString() };
}

/**
 * A Schnorr proof from JSON of the right shape.
 *
 * @throws InputError - as `parsePoint` and `parseScalar`.
 */
export function parseSchnorr(value: { r: unknown; z: unknown }, place: string): SchnorrProof {
  return { r: parsePoint(value.r, `${place}.r`), z: parseScalar(value.z, `${place}.z`) };
}

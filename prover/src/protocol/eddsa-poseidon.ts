// EdDSA on BabyJubJub with Poseidon, as @zk-kit/eddsa-poseidon (blake-1). docs/spec/identity.md §1, §2.

import { blake512 } from "@noble/hashes/blake1.js";
import { bytesToUint, concatBytes } from "../formats/bytes.ts";
import { FIELD_ORDER, fieldToBytes, parseScalar, SUBGROUP_ORDER } from "../formats/field.ts";
import {
  BASE8,
  multiply,
  multiplySecret,
  type Point,
  type PointJson,
  parsePoint,
  pointToJson,
} from "../formats/point.ts";
import { poseidon } from "../formats/poseidon.ts";

/** `S·Base8 = R8 + 8·h·A`. */
export interface EddsaSignature {
  readonly r8: Point;
  /** Below l. */
  readonly s: bigint;
}

/** {@link EddsaSignature} in JSON. */
export interface EddsaSignatureJson {
  readonly r8: PointJson;
  readonly s: string;
}

/**
 * The secret scalar of a private key: Semaphore's `deriveSecretScalar`.
 *
 * @param privateKey - 32 bytes; secret.
 * @returns secret, in [0, l−1].
 */
export function deriveSecretScalar(privateKey: Uint8Array): bigint {
  const pruned = blake512(privateKey).slice(0, 32);
  pruned[0] = pruned[0]! & 0xf8;
  pruned[31] = (pruned[31]! & 0x7f) | 0x40;
  const scalar = (littleEndian(pruned) >> 3n) % SUBGROUP_ORDER;
  pruned.fill(0);
  return scalar;
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytesToUint(bytes.toReversed());
}

/**
 * Signs a field element. Deterministic: one key and message, one signature.
 *
 * @throws RangeError - the message is not below r, or the key's scalar is 0.
 */
export function signEddsa(privateKey: Uint8Array, message: bigint): EddsaSignature {
  inField(message);
  const secret = deriveSecretScalar(privateKey);
  const publicKey = multiplySecret(BASE8, secret);
  const nonceKey = blake512(privateKey).slice(32);
  const messageBytes = fieldToBytes(message).toReversed();
  const nonce = littleEndian(blake512(concatBytes(nonceKey, messageBytes))) % SUBGROUP_ORDER;
  nonceKey.fill(0);
  const r8 = multiplySecret(BASE8, nonce);
  const s = (nonce + challenge(r8, publicKey, message) * 8n * secret) % SUBGROUP_ORDER;
  return { r8, s };
}

/**
 * Whether the signature is one of `publicKey` on the message. Points and scalar have passed their decoders:
 * an identity or low-order key would verify forgeries.
 *
 * @throws RangeError - the message is not below r.
 */
export function verifyEddsa(publicKey: Point, message: bigint, { r8, s }: EddsaSignature): boolean {
  inField(message);
  if (publicKey.is0() || r8.is0()) return false;
  const h = challenge(r8, publicKey, message);
  return multiply(BASE8, s).equals(r8.add(multiply(publicKey, 8n * h)));
}

function inField(message: bigint): void {
  if (message < 0n || message >= FIELD_ORDER) throw new RangeError("message is not a field element");
}

function challenge(r8: Point, publicKey: Point, message: bigint): bigint {
  const r = r8.toAffine();
  const a = publicKey.toAffine();
  return poseidon([r.x, r.y, a.x, a.y, message]);
}

/** A signature for JSON. */
export function eddsaToJson({ r8, s }: EddsaSignature): EddsaSignatureJson {
  return { r8: pointToJson(r8), s: s.toString() };
}

/**
 * A signature from JSON of the right shape.
 *
 * @throws InputError - as `parsePoint` and `parseScalar`.
 */
export function parseEddsa(value: { r8: unknown; s: unknown }, place: string): EddsaSignature {
  return { r8: parsePoint(value.r8, `${place}.r8`), s: parseScalar(value.s, `${place}.s`) };
}

// A member's identity: Semaphore V4. docs/spec/identity.md §1.

import { bytesToUint, utf8 } from "../formats/bytes.ts";
import { InputError } from "../formats/errors.ts";
import { BASE8, multiplySecret, type Point } from "../formats/point.ts";
import { poseidon } from "../formats/poseidon.ts";
import { deriveSecretScalar } from "./eddsa-poseidon.ts";
import { scopeToField } from "./scope.ts";

/** A member's identity. Everything but `publicKey` and `commitment` is secret. */
export interface Identity {
  /** 32 bytes; secret. */
  readonly privateKey: Uint8Array;
  /** In [1, l−1]; secret. */
  readonly secret: bigint;
  /** A = secret·Base8. */
  readonly publicKey: Point;
  /** Poseidon(A.x, A.y): the leaf of the roll. */
  readonly commitment: bigint;
}

/** A new identity from the platform's CSPRNG. */
export function createIdentity(): Identity {
  return importIdentity(crypto.getRandomValues(new Uint8Array(32)));
}

/**
 * The identity of an existing private key.
 *
 * Any application that holds the same key can link this member's actions and sign for the member: import only
 * a key that no other application has.
 *
 * @param privateKey - exactly 32 random bytes; copied.
 * @throws InputError `identity-malformed` - another length, or a key whose scalar is 0.
 */
export function importIdentity(privateKey: Uint8Array): Identity {
  if (privateKey.length !== 32) throw new InputError("identity-malformed", "expected 32 bytes");
  const secret = deriveSecretScalar(privateKey);
  if (secret === 0n) throw new InputError("identity-malformed", "the key's scalar is 0");
  const publicKey = multiplySecret(BASE8, secret);
  return { privateKey: privateKey.slice(), secret, publicKey, commitment: commitmentOf(publicKey) };
}

/** Poseidon(A.x, A.y). */
export function commitmentOf(publicKey: Point): bigint {
  const { x, y } = publicKey.toAffine();
  return poseidon([x, y]);
}

/** Tag of ballots' nullifiers as a field element: ASCII, big-endian. docs/spec/ballot.md §2. */
export const BALLOT_NULLIFIER_TAG: bigint = bytesToUint(utf8("commune-zk.nullifier.ballot"));

/** Tag of claims' nullifiers as a field element: ASCII, big-endian. docs/spec/hours.md §3. */
export const HOURS_NULLIFIER_TAG: bigint = bytesToUint(utf8("commune-zk.nullifier.hours"));

/** The member's nullifier under an hours policy: Poseidon(TAG, claimScope, secret). Public once it has claimed. */
export function hoursNullifier(identity: Identity, claimScope: string): bigint {
  return poseidon([HOURS_NULLIFIER_TAG, scopeToField(claimScope), identity.secret]);
}

/** The member's nullifier in a poll: Poseidon(TAG, pollId, secret). Public once the ballot is cast. */
export function ballotNullifier(identity: Identity, pollId: string): bigint {
  return poseidon([BALLOT_NULLIFIER_TAG, scopeToField(pollId), identity.secret]);
}

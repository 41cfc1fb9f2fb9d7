// Ed25519 signatures of documents, one role each. docs/spec/conventions.md §5; RFC 8032.
import { ed25519 } from "@noble/curves/ed25519.js";
import { fromHex, toHex } from "./bytes.ts";
import { hashFramed } from "./hash.ts";

/** What a signature is for; one made in a role never passes in another. */
export type SignatureRole =
  | "roll-batch"
  | "poll"
  | "dkg"
  | "closing"
  | "share"
  | "ledger-entry"
  | "hours-policy"
  | "petition"
  | "roll-snapshot";

/** A signing key with its public half. */
export interface Ed25519KeyPair {
  /** Seed, 32 bytes; secret. */
  readonly secretKey: Uint8Array;
  /** 32 bytes, hexadecimal. */
  readonly publicKey: string;
}

/** A new key pair from the platform's CSPRNG. */
export function ed25519KeyPair(): Ed25519KeyPair {
  const secretKey = ed25519.utils.randomSecretKey();
  return { secretKey, publicKey: ed25519PublicKey(secretKey) };
}

/** The public key of a seed, hexadecimal. */
export function ed25519PublicKey(secretKey: Uint8Array): string {
  return toHex(ed25519.getPublicKey(secretKey));
}

/** The 32 bytes that are signed for a document in a role. */
export function signatureMessage(role: SignatureRole, document: Uint8Array): Uint8Array {
  return hashFramed(`signature/${role}`, [document]);
}

/**
 * Signature of a document's bytes in a role.
 *
 * @param secretKey - seed of 32 bytes.
 * @returns 64 bytes, hexadecimal.
 */
export function signDocument(role: SignatureRole, document: Uint8Array, secretKey: Uint8Array): string {
  return toHex(signBytes(signatureMessage(role, document), secretKey));
}

/**
 * Whether a signature is that of `publicKey` over the document in this role.
 *
 * @param signature - 64 bytes, hexadecimal.
 * @param publicKey - 32 bytes, hexadecimal.
 * @throws InputError `bad-hex` - malformed signature or key.
 */
export function verifyDocument(
  role: SignatureRole,
  document: Uint8Array,
  signature: string,
  publicKey: string,
): boolean {
  const bytes = fromHex(signature, 64, "signature");
  return verifyBytes(signatureMessage(role, document), bytes, fromHex(publicKey, 32, "publicKey"));
}

/** Plain Ed25519 over bytes: for formats that fix their own message, such as signed notes. */
export function signBytes(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  return ed25519.sign(message, secretKey);
}

/**
 * Strict plain Ed25519 verification (ZIP 215 off): canonical encodings only, no key of small order.
 *
 * @returns false also for bytes that are no key or signature.
 */
export function verifyBytes(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    // noble throws on some malformed keys and signatures and answers false on others.
    return false;
  }
}

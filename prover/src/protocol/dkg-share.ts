// Encryption of a dealer's share to its recipient, and the check of an opened one. docs/spec/trustees.md §1.
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { bytesToUint, concatBytes, uintBytes } from "../formats/bytes.ts";
import { fieldToBytes, SUBGROUP_ORDER } from "../formats/field.ts";
import { hashFramed } from "../formats/hash.ts";
import { BASE8, multiply, type Point, pointToBytes } from "../formats/point.ts";
import { type Ceremony, idBytes, type RevealContent } from "./dkg-messages.ts";
import { evaluateCommitments } from "./polynomial.ts";

/** From whom a share is, to whom, and the Diffie–Hellman point K between the two (secret). */
export interface ShareChannel {
  readonly ceremony: Ceremony;
  readonly dealer: number;
  readonly recipient: number;
  readonly shared: Point;
}

// The key is used once: K is fresh in every ceremony, and a dealer makes one reveal.
const NONCE = new Uint8Array(24);

function cipher({ ceremony, dealer, recipient, shared }: ShareChannel) {
  const parties = [idBytes(ceremony), uintBytes(dealer, 4), uintBytes(recipient, 4)];
  const key = hashFramed("dkg-share-key", [...parties, pointToBytes(shared)]);
  return xchacha20poly1305(key, NONCE, concatBytes(...parties));
}

/** 48 bytes: a share below l, encrypted and authenticated. */
export function encryptShare(channel: ShareChannel, share: bigint): Uint8Array {
  const plain = fieldToBytes(share);
  const sealed = cipher(channel).encrypt(plain);
  plain.fill(0);
  return sealed;
}

/**
 * The share that the dealer's reveal holds for the recipient, or null where it does not decrypt, is not
 * canonical, or fails Feldman's check: each convicts the dealer once K is proven.
 */
export function openShare(channel: ShareChannel, reveal: RevealContent): bigint | null {
  const plain = decrypt(channel, reveal.shares[channel.recipient - 1]!);
  if (plain === null) return null;
  const share = bytesToUint(plain);
  plain.fill(0);
  if (share >= SUBGROUP_ORDER) return null;
  const expected = evaluateCommitments(reveal.commitments, channel.recipient);
  return multiply(BASE8, share).equals(expected) ? share : null;
}

function decrypt(channel: ShareChannel, ciphertext: Uint8Array): Uint8Array | null {
  try {
    return cipher(channel).decrypt(ciphertext);
  } catch {
    // The length is always 48: what noble throws here is the wrong tag.
    return null;
  }
}

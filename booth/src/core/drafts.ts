// Chosen votes that are not sealed yet: encrypted under a key that only the unlocked identity gives.
import { fromHex, hashFramed, type Identity, uintBytes } from "@commune-zk/prover";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import type { Change, StoredDraft } from "./storage.ts";
import type { Surroundings } from "./surroundings.ts";

const NONCE_BYTES = 24;

/** A draft in clear. */
export interface Draft {
  /** Of the ballot that the votes are chosen for. */
  readonly revision: number;
  readonly votes: readonly number[];
}

/**
 * A draft, encrypted with a fresh random nonce. Its length says how many options there are, which the poll
 * does, too: each vote takes one byte.
 *
 * @param draft - votes of 0 … 255.
 */
export function sealDraft(
  { random }: Pick<Surroundings, "random">,
  { identity, pollId }: { identity: Identity; pollId: string },
  { revision, votes }: Draft,
): StoredDraft {
  const nonce = random(NONCE_BYTES);
  const plain = Uint8Array.from(votes);
  try {
    const ciphertext = withCipher({ identity, pollId, revision, nonce }, (cipher) => cipher.encrypt(plain));
    return { revision, nonce, ciphertext };
  } finally {
    plain.fill(0);
  }
}

/** The draft in clear; null where another identity made it, or it was altered. */
export function openDraft(
  { identity, pollId }: { identity: Identity; pollId: string },
  { revision, nonce, ciphertext }: StoredDraft,
): Draft | null {
  try {
    const plain = withCipher({ identity, pollId, revision, nonce }, (cipher) => cipher.decrypt(ciphertext));
    return { revision, votes: [...plain] };
  } catch {
    return null;
  }
}

/** Removes a poll's draft. */
export function dropDraft(pollId: string): Change {
  return { store: "drafts", key: pollId, value: null };
}

function withCipher(
  draft: { identity: Identity; pollId: string; revision: number; nonce: Uint8Array },
  use: (cipher: ReturnType<typeof xchacha20poly1305>) => Uint8Array,
): Uint8Array {
  const poll = fromHex(draft.pollId, 31, "pollId");
  const key = hashFramed("booth-draft", [draft.identity.privateKey, poll]);
  try {
    return use(xchacha20poly1305(key, draft.nonce, uintBytes(draft.revision, 4)));
  } finally {
    key.fill(0);
  }
}

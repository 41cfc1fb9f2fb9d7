// The identity on this device: sealed, opened, written down, brought back.
import { fromHex, type Identity, InputError, importIdentity, toBase64Url } from "@commune-zk/prover";
import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import type { KeepBy } from "./state.ts";
import type { StoredIdentity } from "./storage.ts";
import type { Surroundings } from "./surroundings.ts";
import type { TaskRunner } from "./task-runner.ts";

/** 24 English words of BIP-39 that stand for the private key. Whoever reads them is the member. */
export function recoveryWords({ privateKey }: Identity): readonly string[] {
  return entropyToMnemonic(privateKey, english).split(" ");
}

/**
 * The identity of 24 recovery words. Case and white space do not matter.
 *
 * @throws InputError `recovery-words-malformed` - not 24 words of the list, or their check does not fit;
 *   `identity-malformed`. No word is quoted.
 */
export function identityOfWords(text: string): Identity {
  const words = text.trim().toLowerCase().split(/\s+/);
  try {
    if (words.length === 24) return withKey(mnemonicToEntropy(words.join(" "), english), importIdentity);
  } catch (error) {
    if (error instanceof InputError) throw error;
    // An unknown word, or the check does not fit: the library's message could quote words.
  }
  throw new InputError("recovery-words-malformed", "not 24 recovery words, or one is wrong", "words");
}

/**
 * The identity of a key of 32 bytes in hexadecimal.
 *
 * @throws InputError `identity-malformed`. The key is not quoted.
 */
export function identityOfHex(text: string): Identity {
  let key: Uint8Array;
  try {
    key = fromHex(text.trim().toLowerCase(), 32);
  } catch {
    throw new InputError("identity-malformed", "expected 32 bytes in hexadecimal", "key");
  }
  return withKey(key, importIdentity);
}

function withKey(key: Uint8Array, use: (key: Uint8Array) => Identity): Identity {
  try {
    return use(key);
  } finally {
    key.fill(0);
  }
}

/** What sealing and opening need. */
export interface Vault {
  readonly tasks: TaskRunner;
  readonly surroundings: Pick<Surroundings, "passkeys" | "secretParameters">;
}

/**
 * The identity as it is stored.
 *
 * @throws InputError `secret-file-passphrase`, `passkey-unavailable`.
 * @throws ProverError - the worker failed.
 */
export async function sealIdentity(
  { tasks, surroundings }: Vault,
  { identity, keep, wordsWritten }: { identity: Identity; keep: KeepBy; wordsWritten: boolean },
): Promise<StoredIdentity> {
  const { passkeys, secretParameters: parameters } = surroundings;
  const made =
    keep.method === "passkey"
      ? await fromPasskey(async () => {
          const { credentialId, secret } = await passkeys.create();
          return { credentialId, passphrase: passphraseOf(secret) };
        })
      : { credentialId: null, passphrase: keep.passphrase };
  const { privateKey } = identity;
  const input = { privateKey, passphrase: made.passphrase, ...(parameters && { parameters }) };
  const file = await tasks.run("sealIdentity", input);
  return { file, unlock: keep.method, credentialId: made.credentialId, wordsWritten };
}

/**
 * Opens the stored identity.
 *
 * @param passphrase - where a passphrase unlocks it.
 * @throws InputError `secret-file-wrong-passphrase`, `secret-file-passphrase`, `passkey-unavailable`, others of
 *   `secret-file-…`, `identity-malformed`.
 * @throws ProverError - the worker failed.
 */
export async function openIdentity(
  { tasks, surroundings: { passkeys } }: Vault,
  { file, credentialId }: StoredIdentity,
  passphrase: string,
): Promise<Identity> {
  const secret =
    credentialId === null
      ? passphrase
      : await fromPasskey(async () => passphraseOf(await passkeys.secretOf(credentialId)));
  return withKey(await tasks.run("openIdentity", { file, passphrase: secret }), importIdentity);
}

/** docs/design/booth.md: the PRF's output in base64url is the passphrase. */
function passphraseOf(secret: Uint8Array): string {
  if (secret.length < 32) throw new RangeError("a passkey's secret has at least 32 bytes");
  return toBase64Url(secret);
}

/** Whatever the authenticator or its user said no to. */
async function fromPasskey<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw new InputError("passkey-unavailable", "the passkey gave no secret", "passkey", { cause });
  }
}

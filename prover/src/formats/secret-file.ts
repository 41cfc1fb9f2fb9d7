// Secret files: a passphrase, Argon2id and XChaCha20-Poly1305. docs/spec/secret-file.md.
//
// JavaScript cannot overwrite a string, and hash-wasm's memory is the collector's: a passphrase stays in
// memory until the collector reuses it. Keys, passphrase bytes and padded secrets are overwritten here.
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { argon2id } from "hash-wasm";
import { z } from "zod";
import { bytesToUint, fromHex, toHex, uintBytes, utf8 } from "./bytes.ts";
import { canonicalBytes, parseCanonicalJson } from "./canonical-json.ts";
import { InputError } from "./errors.ts";
import { MIN_PASSPHRASE_LENGTH } from "./passphrase.ts";
import { count, hex, parseWith } from "./schema.ts";

/** What a secret file may hold; the bytes of each kind stand in docs/spec/secret-file.md §4. */
export const SECRET_KINDS = [
  "identity",
  "trustee-share",
  "trustee-keys",
  "closer-key",
  "registrar-key",
  "board-key",
  "issuer-key",
] as const;

/** A kind of secret. A file of one kind never opens as another. */
export type SecretKind = (typeof SECRET_KINDS)[number];

/** What deriving the key costs: Argon2id of RFC 9106, version 1.3. */
export interface SecretFileParameters {
  /** m. */
  readonly memoryKiB: number;
  /** t, passes over the memory. */
  readonly iterations: number;
  /** p, lanes. */
  readonly parallelism: number;
}

/** The weakest parameters that are written or opened: OWASP's smallest with 19 MiB. */
export const MINIMUM_SECRET_PARAMETERS: SecretFileParameters = {
  memoryKiB: 19_456,
  iterations: 2,
  parallelism: 1,
};

/** What a file may demand of the one who opens it, so that a hostile one neither exhausts nor blocks a phone. */
export const MAXIMUM_SECRET_PARAMETERS: SecretFileParameters = {
  memoryKiB: 262_144,
  iterations: 10,
  parallelism: 4,
};

/** RFC 9106's second recommendation with one lane: the code has one thread. */
export const DEFAULT_SECRET_PARAMETERS: SecretFileParameters = {
  memoryKiB: 65_536,
  iterations: 3,
  parallelism: 1,
};

/** Longest secret, in bytes. */
export const MAX_SECRET_BYTES = 65_536;

const MAX_PASSPHRASE_UNITS = 1_024;
const TYPE = "commune-zk/secret-file/v1";
const PLACE = "secret file";
const SALT_BYTES = 16;
const NONCE_BYTES = 24;
const KEY_BYTES = 32;
const TAG_BYTES = 16;
const ZERO_BYTES = 32;
const BLOCK_BYTES = 256;
const FRAME_BYTES = ZERO_BYTES + 4;
const MAX_CIPHERTEXT_BYTES = paddedLength(MAX_SECRET_BYTES) + TAG_BYTES;
// The header takes less than 400.
const MAX_FILE_BYTES = 2 * MAX_CIPHERTEXT_BYTES + 1_024;

const schema = z.strictObject({
  type: z.literal(TYPE),
  kind: z.enum(SECRET_KINDS),
  kdf: z.strictObject({
    name: z.literal("argon2id"),
    version: z.literal(19),
    memoryKiB: count,
    iterations: count,
    parallelism: count,
    salt: hex(SALT_BYTES),
  }),
  cipher: z.strictObject({ name: z.literal("xchacha20-poly1305"), nonce: hex(NONCE_BYTES) }),
  ciphertext: z.string().regex(/^([0-9a-f]{2})+$/, "expected lowercase hexadecimal"),
});

type SecretFile = z.infer<typeof schema>;

/** What to seal, and how. */
export interface SealSecretOptions {
  readonly kind: SecretKind;
  /** 1 … {@link MAX_SECRET_BYTES} bytes; copied, and left as it is: the caller overwrites its own. */
  readonly secret: Uint8Array;
  /**
   * Normalised to NFKC; at least {@link MIN_PASSPHRASE_LENGTH} code points then. Who has the file can try
   * passphrases without limit: its strength is the user's, and six or more words drawn at random are strong.
   */
  readonly passphrase: string;
  /** Between {@link MINIMUM_SECRET_PARAMETERS} and {@link MAXIMUM_SECRET_PARAMETERS}; {@link DEFAULT_SECRET_PARAMETERS} unless told. */
  readonly parameters?: SecretFileParameters;
  /** Looked at before and after the key is derived; deriving itself cannot be interrupted. */
  readonly signal?: AbortSignal;
}

/** What to open, and as what. */
export interface OpenSecretOptions {
  /** Untrusted. */
  readonly bytes: Uint8Array;
  /** The kind that the caller needs. */
  readonly kind: SecretKind;
  readonly passphrase: string;
  /** As in {@link SealSecretOptions}. */
  readonly signal?: AbortSignal;
}

/**
 * A secret file: canonical JSON bytes. Salt and nonce are fresh in every call.
 *
 * Deriving the key takes 64 MiB and 0.4 s of a shared server core, a few times that on a cheap phone; the thread
 * does nothing else meanwhile: call it in a worker where a page must not freeze. Needs WebAssembly: under a
 * Content-Security-Policy `'wasm-unsafe-eval'` in `script-src`, and nothing more.
 *
 * @throws InputError `secret-file-passphrase` - too short or long, with control characters or lone surrogates.
 * @throws RangeError - kind, length of the secret, or parameters out of bounds.
 * @throws Error - Argon2id could not run (memory, policy), with its cause; a retry is safe.
 */
export async function sealSecret(options: SealSecretOptions): Promise<Uint8Array> {
  const { kind, secret, passphrase, parameters = DEFAULT_SECRET_PARAMETERS, signal } = options;
  if (!SECRET_KINDS.includes(kind)) throw new RangeError(`kind: none of ${SECRET_KINDS.join(", ")}`);
  if (secret.length < 1 || secret.length > MAX_SECRET_BYTES) {
    throw new RangeError(`secret: ${secret.length} bytes, expected 1 to ${MAX_SECRET_BYTES}`);
  }
  const fault = parameterFault(parameters);
  if (fault !== undefined) throw new RangeError(`parameters.${fault.name}: ${fault.message}`);
  const password = passphraseBytes(passphrase);
  const { memoryKiB, iterations, parallelism } = parameters;
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const header: Omit<SecretFile, "ciphertext"> = {
    type: TYPE,
    kind,
    kdf: { name: "argon2id", version: 19, memoryKiB, iterations, parallelism, salt: toHex(salt) },
    cipher: { name: "xchacha20-poly1305", nonce: toHex(nonce) },
  };
  const plain = pad(secret);
  try {
    const ciphertext = await withKey({ password, salt, parameters, signal }, (key) =>
      xchacha20poly1305(key, nonce, canonicalBytes(header)).encrypt(plain),
    );
    return canonicalBytes({ ...header, ciphertext: toHex(ciphertext) });
  } finally {
    plain.fill(0);
  }
}

/**
 * The secret of a file of this kind. Cost and policy as in {@link sealSecret}, with the file's parameters;
 * everything that can be refused without a key is, before any memory is taken.
 *
 * @returns the secret, in an array of the caller's own: overwrite it after use. Its length and content are
 *   what the writer sealed; the reader of the kind checks them.
 * @throws InputError `secret-file-malformed` - not a version 1 secret file in canonical form;
 *   `secret-file-other-kind` - a file of another kind; `secret-file-parameters` - a cost below the floor or
 *   above the limit; `secret-file-passphrase` - no passphrase that {@link sealSecret} would have taken;
 *   `secret-file-wrong-passphrase` - the passphrase is wrong or the file was altered: the cipher cannot tell
 *   the two apart.
 * @throws Error - Argon2id could not run (memory, policy), with its cause; a retry is safe.
 */
export async function openSecret({
  bytes,
  kind,
  passphrase,
  signal,
}: OpenSecretOptions): Promise<Uint8Array> {
  const { ciphertext, ...header } = parseSecretFile(bytes);
  if (header.kind !== kind) {
    throw new InputError("secret-file-other-kind", `holds a secret of kind ${header.kind}`, PLACE);
  }
  const fault = parameterFault(header.kdf);
  if (fault !== undefined) {
    throw new InputError("secret-file-parameters", fault.message, `${PLACE}: kdf.${fault.name}`);
  }
  const password = passphraseBytes(passphrase);
  const salt = fromHex(header.kdf.salt, SALT_BYTES);
  const nonce = fromHex(header.cipher.nonce, NONCE_BYTES);
  const plain = await withKey({ password, salt, parameters: header.kdf, signal }, (key) =>
    decrypt(
      xchacha20poly1305(key, nonce, canonicalBytes(header)),
      fromHex(ciphertext, ciphertext.length / 2),
    ),
  );
  try {
    return unpad(plain);
  } finally {
    plain.fill(0);
  }
}

interface KeyOptions {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly parameters: SecretFileParameters;
}

/** What `use` makes of the key; key and password are overwritten whatever happens. */
async function withKey<T>(
  { signal, ...options }: KeyOptions & { readonly signal: AbortSignal | undefined },
  use: (key: Uint8Array) => T,
): Promise<T> {
  let key: Uint8Array | undefined;
  try {
    signal?.throwIfAborted();
    key = await deriveKey(options);
    signal?.throwIfAborted();
    return use(key);
  } finally {
    key?.fill(0);
    options.password.fill(0);
  }
}

/**
 * The key of a file: 32 bytes of Argon2id, without its secret and associated data. Not public: no bounds are
 * checked here.
 *
 * @throws Error - Argon2id could not run.
 */
export async function deriveKey({ password, salt, parameters }: KeyOptions): Promise<Uint8Array> {
  try {
    return await argon2id({
      password,
      salt,
      memorySize: parameters.memoryKiB,
      iterations: parameters.iterations,
      parallelism: parameters.parallelism,
      hashLength: KEY_BYTES,
      outputType: "binary",
    });
  } catch (cause) {
    throw new Error(`Argon2id could not run with ${parameters.memoryKiB} KiB; a retry is safe`, { cause });
  }
}

function parseSecretFile(bytes: Uint8Array): SecretFile {
  const malformed = (message: string) => new InputError("secret-file-malformed", message, PLACE);
  if (bytes.length > MAX_FILE_BYTES) throw malformed(`longer than ${MAX_FILE_BYTES} bytes`);
  let value: unknown;
  try {
    value = parseCanonicalJson(bytes);
  } catch {
    // No cause: a JSON parser quotes what it read, and the user may have picked a secret in clear.
    throw malformed("not a canonical JSON document");
  }
  const file = parseWith(schema, value, "secret-file-malformed", PLACE);
  const length = file.ciphertext.length / 2 - TAG_BYTES;
  if (length < BLOCK_BYTES || length % BLOCK_BYTES !== 0 || length > MAX_CIPHERTEXT_BYTES - TAG_BYTES) {
    throw malformed(`ciphertext is not of whole blocks of ${BLOCK_BYTES} bytes and a tag`);
  }
  return file;
}

/** The first parameter out of bounds. */
function parameterFault(
  parameters: SecretFileParameters,
): { readonly name: keyof SecretFileParameters; readonly message: string } | undefined {
  for (const name of ["memoryKiB", "iterations", "parallelism"] as const) {
    const value = parameters[name];
    const [low, high] = [MINIMUM_SECRET_PARAMETERS[name], MAXIMUM_SECRET_PARAMETERS[name]];
    if (!Number.isInteger(value) || value < low || value > high) {
      return { name, message: `${value}, expected an integer from ${low} to ${high}` };
    }
  }
  return undefined;
}

/** UTF-8 of the normalised passphrase. The messages say what is wrong with it, never what it is. */
function passphraseBytes(passphrase: string): Uint8Array {
  const refuse = (message: string) => new InputError("secret-file-passphrase", message, "passphrase");
  // Before it is normalised: NFKC makes some characters eighteen times as long.
  if (passphrase.length > MAX_PASSPHRASE_UNITS)
    throw refuse(`longer than ${MAX_PASSPHRASE_UNITS} characters`);
  // UTF-8 has no lone surrogates: all would become the same replacement character.
  if (/\p{Cs}/u.test(passphrase)) throw refuse("has a lone surrogate");
  // Mostly the line end of a file or a pipe, which nobody could type afterwards.
  if (/\p{Cc}/u.test(passphrase)) throw refuse("has control characters");
  const normalised = passphrase.normalize("NFKC");
  if ([...normalised].length < MIN_PASSPHRASE_LENGTH) {
    throw refuse(`shorter than ${MIN_PASSPHRASE_LENGTH} characters`);
  }
  return utf8(normalised);
}

function paddedLength(secretBytes: number): number {
  return Math.ceil((FRAME_BYTES + secretBytes) / BLOCK_BYTES) * BLOCK_BYTES;
}

/**
 * 32 zero bytes ‖ u32 length ‖ secret ‖ zeros to whole blocks.
 *
 * XChaCha20-Poly1305 does not commit to its key: one ciphertext can be made to pass under many keys, and a file
 * planted by an attacker would tell by opening or not which of many passphrases is in use. The leading zeros
 * make two keys that pass as hard to find as a collision.
 */
function pad(secret: Uint8Array): Uint8Array {
  const plain = new Uint8Array(paddedLength(secret.length));
  plain.set(uintBytes(secret.length, 4), ZERO_BYTES);
  plain.set(secret, FRAME_BYTES);
  return plain;
}

function wrongPassphrase(): InputError {
  return new InputError("secret-file-wrong-passphrase", "wrong passphrase, or the file was altered", PLACE);
}

function decrypt(cipher: ReturnType<typeof xchacha20poly1305>, ciphertext: Uint8Array): Uint8Array {
  try {
    return cipher.decrypt(ciphertext);
  } catch {
    // The lengths are right: what noble throws here is the wrong tag.
    throw wrongPassphrase();
  }
}

function unpad(plain: Uint8Array): Uint8Array {
  // The same answer as for a wrong tag: that the tag passed must not show.
  if (plain.subarray(0, ZERO_BYTES).some((byte) => byte !== 0)) throw wrongPassphrase();
  const length = Number(bytesToUint(plain.subarray(ZERO_BYTES, FRAME_BYTES)));
  const end = FRAME_BYTES + length;
  // Only who knew the passphrase could write this: a faulty program, not an attacker.
  if (length < 1 || length > MAX_SECRET_BYTES || paddedLength(length) !== plain.length) {
    throw new InputError("secret-file-malformed", "the sealed length does not fit the file", PLACE);
  }
  if (plain.subarray(end).some((byte) => byte !== 0)) {
    throw new InputError("secret-file-malformed", "the padding is not zero", PLACE);
  }
  return plain.slice(FRAME_BYTES, end);
}

// The specification's words written again, over Node's own cryptography and circomlibjs: nothing here comes
// from the code under test.
import {
  createCipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  sign,
  verify,
} from "node:crypto";
import { openOracle } from "../../../../circuits/src/soundness/oracle.ts";

/** BabyJubJub and Poseidon of circomlibjs. */
export const oracle = await openOracle();
/** A point as two bigints. */
export type Pair = readonly [bigint, bigint];

/** conventions.md §1. */
export const L = 2736030358979909402780800718157159386076813972158567259200215660948447373041n;

/** A number modulo l. */
export const modL = (value: bigint): bigint => ((value % L) + L) % L;

/** Bytes of hexadecimal. */
export const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");
/** n big-endian bytes. */
export const uint = (value: bigint | number, n: number): Buffer =>
  bytes(
    BigInt(value)
      .toString(16)
      .padStart(2 * n, "0"),
  );
/** `u32`. */
export const u32 = (value: number): Buffer => uint(value, 4);
/** 32 bytes of a field element or scalar. */
export const field = (value: bigint | string): Buffer => uint(BigInt(value), 32);
/** A point of JSON. */
export const pair = (json: unknown): Pair => (json as [string, string]).map(BigInt) as unknown as Pair;
/** x ‖ y. */
export const point = ([x, y]: Pair): Buffer => Buffer.concat([field(x), field(y)]);
/** The integer of big-endian bytes. */
export const integer = (buffer: Buffer): bigint => BigInt(`0x${buffer.toString("hex")}`);

/** SHA-256. */
export const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  createHash("sha256").update(Buffer.concat(parts)).digest();

/** conventions.md §3. */
export function frame(purpose: string, parts: readonly Buffer[]): Buffer {
  const tag = Buffer.from(`commune-zk/v1/${purpose}`, "ascii");
  return Buffer.concat([tag, ...parts].flatMap((part) => [u32(part.length), part]));
}
/** conventions.md §3. */
export const H = (purpose: string, ...parts: readonly Buffer[]): Buffer => sha256(frame(purpose, parts));
/** conventions.md §3. */
export const S = (purpose: string, ...parts: readonly Buffer[]): Buffer =>
  H(purpose, ...parts).subarray(0, 31);
/** conventions.md §3. */
export const C = (purpose: string, ...parts: readonly Buffer[]): bigint =>
  integer(createHash("sha512").update(frame(purpose, parts)).digest()) % L;

/** Keys in ascending order, no white space: RFC 8785 for values with neither fractions nor odd characters. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`;
}

// DER heads of a PKCS#8 seed and an SPKI key of Ed25519 (RFC 8410).
const PKCS8 = bytes("302e020100300506032b657004220420");
const SPKI = bytes("302a300506032b6570032100");

/** Public key of an Ed25519 seed. */
export function publicKeyOf(seed: Buffer): string {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(SPKI.length).toString("hex");
}

/** Plain Ed25519. */
export function signPlain(message: Buffer, seed: Buffer): string {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  return sign(null, message, key).toString("hex");
}

/** Plain Ed25519, by the equation without cofactor. */
export function verifyPlain(message: Buffer, signature: Buffer, publicKey: string): boolean {
  const key = createPublicKey({ key: Buffer.concat([SPKI, bytes(publicKey)]), format: "der", type: "spki" });
  return verify(null, message, key, signature);
}

/** conventions.md §5: a document's signature in a role. */
export const signInRole = (role: string, document: Buffer, seed: Buffer): string =>
  signPlain(H(`signature/${role}`, document), seed);

/** Σ scalar·point. */
export function combination(terms: readonly (readonly [bigint, Pair])[]): Pair {
  return terms
    .map(([scalar, base]): Pair => oracle.multiply(base, modL(scalar)))
    .reduce((sum, term) => oracle.add(sum, term), [0n, 1n] as Pair);
}

/** conventions.md §6: (R, z) and its challenge for secret and nonce. */
export function schnorr(purpose: string, context: readonly Buffer[], secret: bigint, nonce: bigint) {
  const { base8 } = oracle;
  const publicPoint = oracle.multiply(base8, secret);
  const r = oracle.multiply(base8, nonce);
  const challenge = C(purpose, ...context, point(base8), point(publicPoint), point(r));
  return { r, challenge, z: modL(nonce + challenge * secret) };
}

/** conventions.md §6: (R₁, R₂, z) and its challenge. */
export function equality(
  purpose: string,
  context: readonly Buffer[],
  { base, secret, nonce }: { base: Pair; secret: bigint; nonce: bigint },
) {
  const { base8 } = oracle;
  const [x, y] = [oracle.multiply(base8, secret), oracle.multiply(base, secret)];
  const [r1, r2] = [oracle.multiply(base8, nonce), oracle.multiply(base, nonce)];
  const challenge = C(purpose, ...context, ...[base8, base, x, y, r1, r2].map(point));
  return { image: y, r1, r2, challenge, z: modL(nonce + challenge * secret) };
}

/** XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) under a nonce of 24 zero bytes: ciphertext ‖ tag. */
export function sealWithZeroNonce(key: Buffer, plain: Buffer, associated: Buffer): Buffer {
  const subkey = hchacha20(key, Buffer.alloc(16));
  const cipher = createCipheriv("chacha20-poly1305", subkey, Buffer.alloc(12), { authTagLength: 16 });
  cipher.setAAD(associated, { plaintextLength: plain.length });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** HChaCha20 of a key of 32 bytes and a nonce of 16. */
export function hchacha20(key: Buffer, nonce: Buffer): Buffer {
  const state = new Uint32Array(16);
  [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574].forEach((word, i) => {
    state[i] = word;
  });
  for (let i = 0; i < 8; i++) state[4 + i] = key.readUInt32LE(4 * i);
  for (let i = 0; i < 4; i++) state[12 + i] = nonce.readUInt32LE(4 * i);
  const rotate = (value: number, n: number): number => (value << n) | (value >>> (32 - n));
  const quarter = (a: number, b: number, c: number, d: number): void => {
    for (const [x, y, z, n] of [
      [a, b, d, 16],
      [c, d, b, 12],
      [a, b, d, 8],
      [c, d, b, 7],
    ] as const) {
      state[x] = state[x]! + state[y]!;
      state[z] = rotate(state[z]! ^ state[x]!, n);
    }
  };
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 4; i++) quarter(i, 4 + i, 8 + i, 12 + i);
    for (let i = 0; i < 4; i++) quarter(i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
  }
  const out = Buffer.alloc(32);
  [0, 1, 2, 3, 12, 13, 14, 15].forEach((word, i) => {
    out.writeUInt32LE(state[word]!, 4 * i);
  });
  return out;
}

// RFC 9180, mode base, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.

const KEM_SUITE = Buffer.concat([Buffer.from("KEM"), uint(0x0020, 2)]);
const HPKE_SUITE = Buffer.concat([Buffer.from("HPKE"), uint(0x0020, 2), uint(0x0001, 2), uint(0x0002, 2)]);
const hmac = (key: Buffer, data: Buffer): Buffer => createHmac("sha256", key).update(data).digest();

function labeledExtract(suite: Buffer, salt: Buffer, label: string, ikm: Buffer): Buffer {
  return hmac(salt, Buffer.concat([Buffer.from("HPKE-v1"), suite, Buffer.from(label), ikm]));
}

/** All outputs here have at most 32 bytes: one round of HKDF-Expand. */
function labeledExpand(
  suite: Buffer,
  { prk, label, info, length }: { prk: Buffer; label: string; info: Buffer; length: number },
): Buffer {
  const labeled = Buffer.concat([uint(length, 2), Buffer.from("HPKE-v1"), suite, Buffer.from(label), info]);
  return hmac(prk, Buffer.concat([labeled, uint(1, 1)])).subarray(0, length);
}

// DER heads of a PKCS#8 secret and an SPKI key of X25519 (RFC 8410).
const X25519_PKCS8 = bytes("302e020100300506032b656e04220420");
const X25519_SPKI = bytes("302a300506032b656e032100");

/**
 * Seals one message to an X25519 key.
 *
 * @param ephemeral - secret of 32 bytes; fresh unless told.
 */
export function hpkeSeal({
  to,
  info,
  plain,
  ephemeral,
}: {
  to: string;
  info: Buffer;
  plain: Buffer;
  ephemeral?: Buffer;
}): { enc: string; ciphertext: string } {
  const secret =
    ephemeral === undefined
      ? generateKeyPairSync("x25519").privateKey
      : createPrivateKey({ key: Buffer.concat([X25519_PKCS8, ephemeral]), format: "der", type: "pkcs8" });
  const recipient = Buffer.concat([X25519_SPKI, bytes(to)]);
  const publicKey = createPublicKey({ key: recipient, format: "der", type: "spki" });
  const enc = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(X25519_SPKI.length);
  const dh = diffieHellman({ privateKey: secret, publicKey });
  const prk = labeledExtract(KEM_SUITE, Buffer.alloc(0), "eae_prk", dh);
  const context = Buffer.concat([enc, bytes(to)]);
  const shared = labeledExpand(KEM_SUITE, { prk, label: "shared_secret", info: context, length: 32 });
  const empty = Buffer.alloc(0);
  const schedule = Buffer.concat([
    uint(0, 1),
    labeledExtract(HPKE_SUITE, empty, "psk_id_hash", empty),
    labeledExtract(HPKE_SUITE, empty, "info_hash", info),
  ]);
  const root = labeledExtract(HPKE_SUITE, shared, "secret", empty);
  const key = labeledExpand(HPKE_SUITE, { prk: root, label: "key", info: schedule, length: 32 });
  const nonce = labeledExpand(HPKE_SUITE, { prk: root, label: "base_nonce", info: schedule, length: 12 });
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { enc: enc.toString("hex"), ciphertext: sealed.toString("hex") };
}

// Attestations: what a member learns of its credit, sealed to its mailbox key. docs/spec/ledger.md §7; RFC 9180.
import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { z } from "zod";
import { bytesToUint, concatBytes, fromHex, toHex, uintBytes } from "../../formats/bytes.ts";
import { canonicalBytes, parseCanonicalJson } from "../../formats/canonical-json.ts";
import { InputError } from "../../formats/errors.ts";
import { frame } from "../../formats/hash.ts";
import { count, hex, parseWith, pointJson } from "../../formats/schema.ts";
import type { Identity } from "../identity.ts";
import { mailboxSecretOf } from "../registration.ts";
import { amountNumber, categoryName, creditInner, creditLeaf, periodNumber, SALT_BYTES } from "./leaf.ts";
import { batchKey, type LedgerView } from "./ledger-view.ts";

/** Bytes of a padded attestation: all are equally long, so that the length says nothing. */
const PADDED_BYTES = 640;
/** AES-256-GCM's tag. */
const TAG_BYTES = 16;
const HPKE_KEY_BYTES = 32;

/** Shape of an attestation. */
export const attestationSchema = z.strictObject({
  type: z.literal("commune-zk/attestation/v1"),
  ledgerId: hex(32),
  issuer: pointJson,
  serial: count,
  period: periodNumber,
  category: categoryName,
  amount: amountNumber,
  salt: hex(SALT_BYTES),
});

const sealedSchema = z.strictObject({
  type: z.literal("commune-zk/sealed-attestation/v1"),
  ledgerId: hex(32),
  enc: hex(HPKE_KEY_BYTES),
  ciphertext: hex(PADDED_BYTES + TAG_BYTES),
});

/** What an issuer attests to one member. Secret: amount and salt open the credit's `inner` to whoever knows the member. */
export type Attestation = z.infer<typeof attestationSchema>;
/** A sealed attestation. It names neither member nor issuer. */
export type SealedAttestation = z.infer<typeof sealedSchema>;

/** WebCrypto has AES-GCM and HMAC wherever it is at all, but X25519 only in new browsers: that part is plain code. */
function suite(): CipherSuite {
  return new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
}

function info(ledgerId: string): ArrayBuffer {
  return buffer(frame("sealed-attestation", [fromHex(ledgerId, 32, "ledgerId")]));
}

/** A buffer of exactly these bytes: a view's own buffer may hold more. */
function buffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function pad(content: Uint8Array): Uint8Array {
  const room = PADDED_BYTES - 2 - content.length;
  if (room < 0) throw new RangeError("attestation longer than its padding");
  return concatBytes(uintBytes(content.length, 2), content, new Uint8Array(room));
}

function unpad(padded: Uint8Array, place: string): Uint8Array {
  const length = Number(bytesToUint(padded.subarray(0, 2)));
  if (2 + length > padded.length || padded.subarray(2 + length).some((byte) => byte !== 0)) {
    throw new InputError("attestation-malformed", "bad padding", place);
  }
  return padded.slice(2, 2 + length);
}

/**
 * Seals an attestation to a member's mailbox key.
 *
 * @param mailboxKey - X25519, hexadecimal, as the member's registration carries it: nothing has checked it.
 * @throws InputError `mailbox-key-invalid` - a key of low order, to which anybody could read; `bad-hex`.
 */
export async function sealAttestation(
  attestation: Attestation,
  mailboxKey: string,
  place = "mailboxKey",
): Promise<SealedAttestation> {
  const hpke = suite();
  const key = fromHex(mailboxKey, HPKE_KEY_BYTES, place);
  const plain = pad(canonicalBytes(attestation));
  try {
    const recipientPublicKey = await hpke.kem.importKey("raw", buffer(key), true);
    const sender = await hpke.createSenderContext({
      recipientPublicKey,
      info: info(attestation.ledgerId),
    });
    const ciphertext = new Uint8Array(await sender.seal(buffer(plain)));
    return {
      type: "commune-zk/sealed-attestation/v1",
      ledgerId: attestation.ledgerId,
      enc: toHex(new Uint8Array(sender.enc)),
      ciphertext: toHex(ciphertext),
    };
  } catch (cause) {
    throw new InputError("mailbox-key-invalid", "nothing can be sealed to this key", place, { cause });
  } finally {
    plain.fill(0);
  }
}

/** Canonical bytes of a sealed attestation: a file, or the payload of a link. */
export function sealedAttestationBytes(sealed: SealedAttestation): Uint8Array {
  return canonicalBytes(sealed);
}

/**
 * A sealed attestation from untrusted canonical bytes, by its shape alone.
 *
 * @throws InputError `attestation-malformed`, `not-canonical-json`, `bad-json`, `bad-utf8`.
 */
export function parseSealedAttestation(bytes: Uint8Array, place = "attestation"): SealedAttestation {
  return parseWith(sealedSchema, parseCanonicalJson(bytes, place), "attestation-malformed", place);
}

/**
 * Opens an attestation. What it says is only worth what the ledger says: {@link locateCredit}.
 *
 * @throws InputError `attestation-not-mine` - sealed to another key, or altered; `attestation-malformed` -
 *   whoever sealed it wrote no attestation for this ledger. Neither quotes what was sealed.
 */
export async function openAttestation(identity: Identity, sealed: SealedAttestation): Promise<Attestation> {
  const place = "attestation";
  const plain = await openHpke(identity, sealed, place);
  try {
    const value = parseContent(unpad(plain, place), place);
    const attestation = parseWith(attestationSchema, value, "attestation-malformed", place);
    if (attestation.ledgerId !== sealed.ledgerId) {
      throw new InputError("attestation-malformed", "sealed for another ledger than it names", place);
    }
    return attestation;
  } finally {
    plain.fill(0);
  }
}

function parseContent(content: Uint8Array, place: string): unknown {
  try {
    return parseCanonicalJson(content, place);
  } catch {
    // Without its cause: a parser's message may quote what was sealed.
    throw new InputError("attestation-malformed", "not canonical JSON", place);
  }
}

async function openHpke(
  identity: Identity,
  { ledgerId, enc, ciphertext }: SealedAttestation,
  place: string,
): Promise<Uint8Array> {
  const hpke = suite();
  const secret = mailboxSecretOf(identity);
  try {
    const recipient = await hpke.createRecipientContext({
      recipientKey: await hpke.kem.importKey("raw", buffer(secret), false),
      enc: buffer(fromHex(enc, HPKE_KEY_BYTES, place)),
      info: info(ledgerId),
    });
    const bytes = buffer(fromHex(ciphertext, PADDED_BYTES + TAG_BYTES, place));
    return new Uint8Array(await recipient.open(bytes));
  } catch (cause) {
    throw new InputError("attestation-not-mine", "not sealed to this member, or altered", place, { cause });
  } finally {
    secret.fill(0);
  }
}

/** What a member's attestation says should stand in the ledger. */
export function creditOf(
  commitment: bigint,
  { amount, salt, period, category }: Attestation,
): { readonly inner: bigint; readonly leaf: bigint } {
  const inner = creditInner({ commitment, amount, salt: fromHex(salt, SALT_BYTES, "attestation") });
  return { inner, leaf: creditLeaf({ inner, period, category }) };
}

/** A credit that stands in a ledger. Secret as its attestation is. */
export interface LocatedCredit {
  readonly attestation: Attestation;
  /** In the ledger. */
  readonly position: number;
  readonly leaf: bigint;
}

/**
 * Finds a member's credit in a ledger.
 *
 * @throws InputError `attestation-other-ledger`; `attestation-not-in-ledger` - no such batch, or no such credit
 *   in it; `attestation-revoked`.
 */
export function locateCredit(
  view: Pick<LedgerView, "ledgerId" | "batches" | "revoked">,
  { commitment, attestation }: { commitment: bigint; attestation: Attestation },
): LocatedCredit {
  const refuse = (code: string, message: string): never => {
    throw new InputError(code, message, "attestation");
  };
  if (attestation.ledgerId !== view.ledgerId) refuse("attestation-other-ledger", "of another ledger");
  const found = view.batches.get(batchKey(attestation));
  if (found === undefined) return refuse("attestation-not-in-ledger", "the ledger has no such batch");
  const { start, batch } = found;
  const { period, category } = batch.header;
  const { inner, leaf } = creditOf(commitment, attestation);
  const index = batch.inner.indexOf(inner.toString());
  if (index < 0 || attestation.period !== period || attestation.category !== category) {
    return refuse("attestation-not-in-ledger", "the batch has no such credit");
  }
  const position = start + index;
  if (view.revoked.has(position)) refuse("attestation-revoked", "this credit was revoked");
  return { attestation, position, leaf };
}

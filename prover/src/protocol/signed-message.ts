// `{ "message": …, "signature": hex64 }`: a canonical JSON message with its sender's Ed25519 signature.
// docs/spec/conventions.md §5.
import { z } from "zod";
import { canonicalBytes } from "../formats/canonical-json.ts";
import { type SignatureRole, signDocument, verifyDocument } from "../formats/ed25519.ts";
import { InputError } from "../formats/errors.ts";
import { hex, parseWith } from "../formats/schema.ts";

/** A message with its signature, as JSON. */
export interface SignedMessage {
  /** JSON object; the signature is over its canonical bytes. */
  readonly message: Readonly<Record<string, unknown>>;
  /** 64 bytes, hexadecimal. */
  readonly signature: string;
}

/** Not z.record: that drops a field called __proto__, so that bytes nobody signed would pass. */
const messageSchema = z.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "expected an object",
);
const wrapperSchema = z.strictObject({ message: messageSchema, signature: hex(64) });

/** Signs a message in a role. */
export function signMessage(
  role: SignatureRole,
  message: SignedMessage["message"],
  secretKey: Uint8Array,
): SignedMessage {
  return { message, signature: signDocument(role, canonicalBytes(message), secretKey) };
}

/**
 * The wrapper of an untrusted message; its content and signature are not looked at.
 *
 * @throws InputError `code` - not a wrapper, or the message has no canonical form.
 */
export function parseWrapper(
  value: unknown,
  code: string,
  place: string,
): SignedMessage & { readonly bytes: Uint8Array } {
  const { message, signature } = parseWith(wrapperSchema, value, code, place);
  try {
    return { message, signature, bytes: canonicalBytes(message) };
  } catch (cause) {
    throw new InputError(code, "message has no canonical form", place, { cause });
  }
}

/** Whether the signature is that of `publicKey` in this role, over the message's canonical bytes. */
export function verifyMessage(
  role: SignatureRole,
  { bytes, signature }: { bytes: Uint8Array; signature: string },
  publicKey: string,
): boolean {
  return verifyDocument(role, bytes, signature, publicKey);
}

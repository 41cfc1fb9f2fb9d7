// Registration with a proof of possession. docs/spec/identity.md §3.
import { x25519 } from "@noble/curves/ed25519.js";
import { z } from "zod";
import { bytesToUint, fromHex, toHex } from "../formats/bytes.ts";
import { InputError } from "../formats/errors.ts";
import { hashFramed, hashToScopeBytes } from "../formats/hash.ts";
import { type Point, parsePoint, pointToBytes, pointToJson } from "../formats/point.ts";
import { fieldText, hex, parseWith, pointJson } from "../formats/schema.ts";
import { eddsaToJson, parseEddsa, signEddsa, verifyEddsa } from "./eddsa-poseidon.ts";
import { commitmentOf, type Identity } from "./identity.ts";

/** Shape of a registration; used by the roll's schema too. */
export const registrationSchema = z.strictObject({
  type: z.literal("commune-zk/registration/v1"),
  registrarKey: hex(32),
  rollId: hex(32),
  registrarNonce: hex(32),
  publicKey: pointJson,
  mailboxKey: hex(32),
  signature: z.strictObject({ r8: pointJson, s: fieldText }),
});

/** A member's request to join a roll. */
export type Registration = z.infer<typeof registrationSchema>;

/** For which roll, by which registrar, on which invitation. Hexadecimal, 32 bytes each. */
export interface RegistrationContext {
  readonly registrarKey: string;
  readonly rollId: string;
  readonly registrarNonce: string;
}

function message(context: RegistrationContext, publicKey: Point, mailboxKey: string): bigint {
  const { registrarKey, rollId, registrarNonce } = context;
  const [registrar, roll, nonce, mailbox] = [registrarKey, rollId, registrarNonce, mailboxKey].map((value) =>
    fromHex(value, 32, "registration"),
  ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  return bytesToUint(
    hashToScopeBytes("possession", [registrar, roll, nonce, pointToBytes(publicKey), mailbox]),
  );
}

/**
 * The member's mailbox key, derived so that the private key alone brings it back: the X25519 public key of the
 * secret `H("mailbox-secret", privateKey)`. Hexadecimal.
 */
export function mailboxKeyOf(identity: Identity): string {
  const secret = mailboxSecretOf(identity);
  try {
    return toHex(x25519.getPublicKey(secret));
  } finally {
    secret.fill(0);
  }
}

/** The X25519 secret of {@link mailboxKeyOf}, 32 bytes: whoever holds it opens the member's mail. Wipe it after use. */
export function mailboxSecretOf({ privateKey }: Identity): Uint8Array {
  return hashFramed("mailbox-secret", [privateKey]);
}

/**
 * The member's registration, with the proof that it can open its commitment.
 *
 * @param mailboxKey - X25519 public key, hexadecimal; {@link mailboxKeyOf} derives one.
 * @throws InputError `bad-hex`.
 */
export function createRegistration({
  identity,
  mailboxKey,
  ...context
}: RegistrationContext & { identity: Identity; mailboxKey: string }): Registration {
  const { registrarKey, rollId, registrarNonce } = context;
  const signature = signEddsa(identity.privateKey, message(context, identity.publicKey, mailboxKey));
  return {
    type: "commune-zk/registration/v1",
    registrarKey,
    rollId,
    registrarNonce,
    publicKey: [...pointToJson(identity.publicKey)],
    mailboxKey,
    signature: { r8: [...eddsaToJson(signature).r8], s: signature.s.toString() },
  };
}

/**
 * The commitment of a registration, computed from its public key.
 *
 * @param value - untrusted JSON.
 * @throws InputError `registration-malformed`, `registration-other-registrar`, `registration-other-roll`,
 *   `registration-bad-signature`, `registration-zero-commitment`; points and scalars as their decoders.
 */
export function verifyRegistration(
  value: unknown,
  expected: { readonly registrarKey: string; readonly rollId: string },
  place = "registration",
): { readonly registration: Registration; readonly commitment: bigint } {
  const registration = parseWith(registrationSchema, value, "registration-malformed", place);
  if (registration.registrarKey !== expected.registrarKey) {
    throw new InputError("registration-other-registrar", "made for another registrar", place);
  }
  if (registration.rollId !== expected.rollId) {
    throw new InputError("registration-other-roll", "made for another roll", place);
  }
  const publicKey = parsePoint(registration.publicKey, `${place}.publicKey`);
  const signature = parseEddsa(registration.signature, `${place}.signature`);
  if (!verifyEddsa(publicKey, message(registration, publicKey, registration.mailboxKey), signature)) {
    throw new InputError("registration-bad-signature", "no proof of possession of this key", place);
  }
  const commitment = commitmentOf(publicKey);
  if (commitment === 0n) throw new InputError("registration-zero-commitment", "commitment 0", place);
  return { registration, commitment };
}

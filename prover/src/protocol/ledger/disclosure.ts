// A member shows one credit to the registrar, for a tier of the roll that requires it. docs/spec/ledger.md §9.
//
// This is no anonymous claim: the registrar learns who was credited how much, for what, when, and by whom. A
// tier belongs to a position of the roll, so that whoever asks for one has to say who it is.
import { z } from "zod";
import { bytesToUint, fromHex, uintBytes, utf8 } from "../../formats/bytes.ts";
import { InputError } from "../../formats/errors.ts";
import { hashToScopeBytes } from "../../formats/hash.ts";
import { type Point, parsePoint, pointToBytes, pointToJson } from "../../formats/point.ts";
import { hex, parseWith, pointJson } from "../../formats/schema.ts";
import { eddsaToJson, parseEddsa, signEddsa, verifyEddsa } from "../eddsa-poseidon.ts";
import { commitmentOf, type Identity } from "../identity.ts";
import { type RollEvent, type RollState, tierName } from "../roll-log.ts";
import { type Attestation, attestationSchema, type LocatedCredit, locateCredit } from "./attestation.ts";
import { eddsaSchema } from "./credit-batch.ts";
import type { LedgerView } from "./ledger-view.ts";

const disclosureSchema = z.strictObject({
  type: z.literal("commune-zk/credit-disclosure/v1"),
  rollId: hex(32),
  registrarKey: hex(32),
  registrarNonce: hex(32),
  tier: tierName,
  publicKey: pointJson,
  attestation: attestationSchema,
  signature: eddsaSchema,
});

/** A member's request for a tier, with the credit that it shows. For the registrar's eyes only. */
export type CreditDisclosure = z.infer<typeof disclosureSchema>;

/** What a tier requires. */
export interface CreditRequirement {
  readonly tier: string;
  readonly category: string;
  readonly minAmount: number;
  /** First and last period that count; all where left out. */
  readonly periods?: { readonly first: number; readonly last: number };
}

type Signed = Omit<CreditDisclosure, "type" | "publicKey" | "signature">;

function message(
  { rollId, registrarKey, registrarNonce, tier, attestation }: Signed,
  publicKey: Point,
): bigint {
  const { ledgerId, serial, period, category, amount, salt } = attestation;
  return bytesToUint(
    hashToScopeBytes("credit-disclosure", [
      fromHex(registrarKey, 32, "registrarKey"),
      fromHex(rollId, 32, "rollId"),
      fromHex(registrarNonce, 32, "registrarNonce"),
      utf8(tier),
      pointToBytes(publicKey),
      fromHex(ledgerId, 32, "ledgerId"),
      pointToBytes(parsePoint(attestation.issuer, "attestation issuer")),
      uintBytes(serial, 8),
      uintBytes(period, 4),
      utf8(category),
      uintBytes(amount, 4),
      fromHex(salt, 31, "salt"),
    ]),
  );
}

/**
 * A member's request for a tier.
 *
 * @param registrarNonce - 32 random bytes, hexadecimal, that the registrar issued for this request.
 */
export function discloseCredit({
  identity,
  ...content
}: {
  identity: Identity;
  rollId: string;
  registrarKey: string;
  registrarNonce: string;
  tier: string;
  attestation: Attestation;
}): CreditDisclosure {
  const { r8, s } = eddsaToJson(signEddsa(identity.privateKey, message(content, identity.publicKey)));
  return {
    type: "commune-zk/credit-disclosure/v1",
    ...content,
    publicKey: [...pointToJson(identity.publicKey)],
    signature: { r8: [...r8], s },
  };
}

/**
 * Judges a member's request for a tier.
 *
 * @param value - untrusted JSON.
 * @param registrarNonce - the one that was issued for this request; it is good for one.
 * @returns the member's position, the event for the roll's next batch, and the credit.
 * @throws InputError `disclosure-malformed`, `disclosure-other-roll` (roll, registrar or nonce),
 *   `disclosure-bad-signature`, `disclosure-not-enough` (tier, category, period or amount), `not-on-roll`, or
 *   as `locateCredit`.
 */
export function checkDisclosedCredit(
  value: unknown,
  {
    roll,
    ledger,
    requirement,
    registrarNonce,
  }: {
    roll: RollState;
    ledger: LedgerView;
    requirement: CreditRequirement;
    registrarNonce: string;
  },
): { readonly event: Extract<RollEvent, { kind: "tier" }>; readonly credit: LocatedCredit } {
  const place = "disclosure";
  const disclosure = parseWith(disclosureSchema, value, "disclosure-malformed", place);
  const { rollId, registrarKey, tier, attestation } = disclosure;
  const isOurs =
    rollId === roll.rollId &&
    registrarKey === roll.registrarKey &&
    disclosure.registrarNonce === registrarNonce;
  if (!isOurs) throw new InputError("disclosure-other-roll", "for another roll or request", place);
  const { first, last } = requirement.periods ?? { first: 0, last: Number.POSITIVE_INFINITY };
  const isEnough =
    tier === requirement.tier &&
    attestation.category === requirement.category &&
    attestation.amount >= requirement.minAmount &&
    attestation.period >= first &&
    attestation.period <= last;
  if (!isEnough) {
    throw new InputError("disclosure-not-enough", "not what this tier requires", place);
  }
  const publicKey = parsePoint(disclosure.publicKey, `${place} publicKey`);
  const signature = parseEddsa(disclosure.signature, `${place} signature`);
  if (!verifyEddsa(publicKey, message(disclosure, publicKey), signature)) {
    throw new InputError("disclosure-bad-signature", "not signed by this member", place);
  }
  const commitment = commitmentOf(publicKey);
  const position = roll.positions.findIndex((member) => member?.commitment === commitment);
  if (position < 0) throw new InputError("not-on-roll", "the member is not on this roll", place);
  const credit = locateCredit(ledger, { commitment, attestation });
  return { event: { kind: "tier", position, tier }, credit };
}

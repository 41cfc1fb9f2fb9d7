// An issuer's request to revoke credits. docs/spec/ledger.md §4.
import { z } from "zod";
import { bytesToUint, concatBytes, fromHex, uintBytes } from "../../formats/bytes.ts";
import { InputError } from "../../formats/errors.ts";
import { hashToScopeBytes } from "../../formats/hash.ts";
import { type Point, pointToBytes, pointToJson } from "../../formats/point.ts";
import { hex, pointJson } from "../../formats/schema.ts";
import { eddsaToJson, parseEddsa, signEddsa, verifyEddsa } from "../eddsa-poseidon.ts";
import { eddsaSchema, MAX_BATCH_CREDITS } from "./credit-batch.ts";
import { LEDGER_POSITIONS } from "./leaf.ts";

/** Shape of the positions that one entry revokes. */
export const revokedPositions = z
  .array(
    z
      .int()
      .min(0)
      .max(LEDGER_POSITIONS - 1),
  )
  .min(1)
  .max(MAX_BATCH_CREDITS)
  .refine((positions) => positions.every((p, i) => i === 0 || positions[i - 1]! < p), "not ascending");

/** Shape of a request. */
export const revocationRequestSchema = z.strictObject({
  type: z.literal("commune-zk/credit-revocation/v1"),
  ledgerId: hex(32),
  issuer: pointJson,
  positions: revokedPositions,
  signature: eddsaSchema,
});

/** A signed request, by its shape alone. */
export type RevocationRequest = z.infer<typeof revocationRequestSchema>;

function message(ledgerId: string, issuer: Point, positions: readonly number[]): bigint {
  return bytesToUint(
    hashToScopeBytes("credit-revocation", [
      fromHex(ledgerId, 32, "ledgerId"),
      pointToBytes(issuer),
      uintBytes(positions.length, 4),
      concatBytes(...positions.map((position) => uintBytes(position, 4))),
    ]),
  );
}

/**
 * An issuer's request. A position is revoked once and for good, so that a request needs no serial.
 *
 * @param positions - in the ledger, of the issuer's own credits; ascending.
 * `issuer`: the issuer's keys; `privateKey` is secret.
 */
export function requestRevocation({
  ledgerId,
  positions,
  issuer: { privateKey, publicKey },
}: {
  ledgerId: string;
  positions: readonly number[];
  issuer: { readonly privateKey: Uint8Array; readonly publicKey: Point };
}): RevocationRequest {
  const { r8, s } = eddsaToJson(signEddsa(privateKey, message(ledgerId, publicKey, positions)));
  return {
    type: "commune-zk/credit-revocation/v1",
    ledgerId,
    issuer: [...pointToJson(publicKey)],
    positions: [...positions],
    signature: { r8: [...r8], s },
  };
}

/**
 * Checks the signature of a request.
 *
 * @param issuer - the request's key, as `parsePoint` decoded it.
 * @throws InputError `revocation-bad-signature`; r8 and s as their decoders.
 */
export function checkRequestSignature(
  { ledgerId, positions, signature }: RevocationRequest,
  issuer: Point,
  place: string,
): void {
  const parsed = parseEddsa(signature, `${place} signature`);
  if (!verifyEddsa(issuer, message(ledgerId, issuer, positions), parsed)) {
    throw new InputError("revocation-bad-signature", "not signed by the issuer", place);
  }
}

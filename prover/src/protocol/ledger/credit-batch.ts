// A batch of credits as its issuer signed it. docs/spec/ledger.md §3.
import { z } from "zod";
import { bytesToUint, concatBytes, fromHex, uintBytes, utf8 } from "../../formats/bytes.ts";
import { InputError } from "../../formats/errors.ts";
import { fieldToBytes, parseFieldElement } from "../../formats/field.ts";
import { hashToScopeBytes } from "../../formats/hash.ts";
import { type Point, pointToBytes, pointToJson } from "../../formats/point.ts";
import { count, fieldText, hex, pointJson } from "../../formats/schema.ts";
import { eddsaToJson, parseEddsa, signEddsa, verifyEddsa } from "../eddsa-poseidon.ts";
import { categoryName, periodNumber } from "./leaf.ts";

/** Most credits of a batch. */
export const MAX_BATCH_CREDITS = 4096;

/** Shape of an EdDSA-Poseidon signature. */
export const eddsaSchema = z.strictObject({ r8: pointJson, s: fieldText });

/** Shape of a batch; the ledger's entries use it too. */
export const creditBatchSchema = z.strictObject({
  type: z.literal("commune-zk/credit-batch/v1"),
  header: z.strictObject({
    ledgerId: hex(32),
    issuer: pointJson,
    serial: count,
    period: periodNumber,
    category: categoryName,
  }),
  inner: z.array(fieldText).min(1).max(MAX_BATCH_CREDITS),
  signature: eddsaSchema,
});

/** A batch of credits, by its shape alone: only a ledger says whether it counts. */
export type CreditBatch = z.infer<typeof creditBatchSchema>;
/** Which ledger, which issuer, which batch of theirs, and what its credits are for. */
export type CreditHeader = CreditBatch["header"];

/** What the issuer signs: S("credit-batch", …) as a field element. */
function message(header: Omit<CreditHeader, "issuer">, issuer: Point, inner: readonly bigint[]): bigint {
  return bytesToUint(
    hashToScopeBytes("credit-batch", [
      fromHex(header.ledgerId, 32, "ledgerId"),
      pointToBytes(issuer),
      uintBytes(header.serial, 8),
      uintBytes(header.period, 4),
      utf8(header.category),
      uintBytes(inner.length, 4),
      concatBytes(...inner.map(fieldToBytes)),
    ]),
  );
}

/**
 * Signs a batch.
 *
 * @param inner - field elements, strictly ascending.
 * `privateKey`: the issuer's, 32 bytes; secret. `issuer` is its public key.
 */
export function signCreditBatch({
  header,
  issuer,
  inner,
  privateKey,
}: {
  header: Omit<CreditHeader, "issuer">;
  issuer: Point;
  inner: readonly bigint[];
  privateKey: Uint8Array;
}): CreditBatch {
  const { r8, s } = eddsaToJson(signEddsa(privateKey, message(header, issuer, inner)));
  return {
    type: "commune-zk/credit-batch/v1",
    header: { ...header, issuer: [...pointToJson(issuer)] },
    inner: inner.map(String),
    signature: { r8: [...r8], s },
  };
}

/**
 * The `inner` hashes of a batch, decoded.
 *
 * @throws InputError `not-canonical`, `credit-zero-inner`, `credit-not-sorted`; the place names the first.
 */
export function decodeInner(batch: CreditBatch, place: string): bigint[] {
  let last = 0n;
  return batch.inner.map((text, i) => {
    const value = parseFieldElement(text, `${place} inner.${i}`);
    if (value === 0n) throw new InputError("credit-zero-inner", "0 is no credit", `${place} inner.${i}`);
    if (value <= last) {
      throw new InputError("credit-not-sorted", "not strictly ascending", `${place} inner.${i}`);
    }
    last = value;
    return value;
  });
}

/**
 * Checks the issuer's signature of a batch.
 *
 * @param issuer - the header's key, as `parsePoint` decoded it.
 * @throws InputError `credit-bad-signature`; r8 and s as their decoders.
 */
export function checkBatchSignature(
  batch: CreditBatch,
  { issuer, inner }: { issuer: Point; inner: readonly bigint[] },
  place: string,
): void {
  const signature = parseEddsa(batch.signature, `${place} signature`);
  if (!verifyEddsa(issuer, message(batch.header, issuer, inner), signature)) {
    throw new InputError("credit-bad-signature", "not signed by the issuer", place);
  }
}

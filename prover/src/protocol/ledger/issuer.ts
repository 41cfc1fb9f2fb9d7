// The issuer's side: credit amounts to members. docs/spec/ledger.md §3, §7.
import { toHex } from "../../formats/bytes.ts";
import { InputError } from "../../formats/errors.ts";
import { FIELD_ORDER } from "../../formats/field.ts";
import { type Point, pointToJson } from "../../formats/point.ts";
import { parseWith } from "../../formats/schema.ts";
import { importIdentity } from "../identity.ts";
import { type Attestation, type SealedAttestation, sealAttestation } from "./attestation.ts";
import {
  type CreditBatch,
  type CreditHeader,
  creditBatchSchema,
  MAX_BATCH_CREDITS,
  signCreditBatch,
} from "./credit-batch.ts";
import { creditInner, MAX_24_BITS, SALT_BYTES } from "./leaf.ts";

/** An issuer's EdDSA-Poseidon keys. */
export interface IssuerKeys {
  /** 32 bytes; secret. */
  readonly privateKey: Uint8Array;
  readonly publicKey: Point;
}

/** New keys from the platform's CSPRNG. */
export function createIssuerKeys(): IssuerKeys {
  return importIssuerKeys(crypto.getRandomValues(new Uint8Array(32)));
}

/**
 * The keys of an existing private key, derived as an identity's: a key of its own, never a member's.
 *
 * @param privateKey - exactly 32 random bytes; copied.
 * @throws InputError `identity-malformed`.
 */
export function importIssuerKeys(privateKey: Uint8Array): IssuerKeys {
  const { privateKey: copy, publicKey } = importIdentity(privateKey);
  return { privateKey: copy, publicKey };
}

/** One member's credit, as its issuer enters it. */
export interface CreditEntry {
  /** The member's, from the roll. */
  readonly commitment: bigint;
  /** From the same registration, hexadecimal. */
  readonly mailboxKey: string;
  /** Whole, 1 … 2²⁴−1: minutes, or the category's own unit. */
  readonly amount: number;
}

/** What {@link creditBatch} makes. */
export interface IssuedBatch {
  /** For the registry. */
  readonly batch: CreditBatch;
  /**
   * For the members, in ascending order of ciphertexts: neither order nor content says whose is whose. The
   * commitment is for the issuer's own eyes, who hands each one out; it is no part of the file.
   */
  readonly attestations: readonly { readonly commitment: bigint; readonly sealed: SealedAttestation }[];
}

/**
 * Credits members, with a fresh salt for each credit.
 *
 * @param header - `serial` is the issuer's next.
 * `credits`: 1 … 4096, each member once.
 * `maxAmount`: the most that the issuer means to credit one member, against slips of the hand.
 * @throws InputError `amount-invalid`, `amount-above-maximum`, `credit-duplicate-member`, `credit-malformed`
 *   (header or number of credits), `mailbox-key-invalid`, `bad-hex`, the place naming the credit. Amounts are
 *   not quoted, and everything but the mailbox keys is checked before anything is sealed.
 * @throws RangeError - a commitment that is no field element other than 0.
 */
export async function creditBatch({
  issuerKeys,
  header,
  credits,
  maxAmount = MAX_24_BITS,
}: {
  issuerKeys: IssuerKeys;
  header: Omit<CreditHeader, "issuer">;
  credits: readonly CreditEntry[];
  maxAmount?: number;
}): Promise<IssuedBatch> {
  checkCredits(credits, maxAmount);
  const issuer = [...pointToJson(issuerKeys.publicKey)] as [string, string];
  parseWith(creditBatchSchema.shape.header, { ...header, issuer }, "credit-malformed", "header");
  const salted = credits.map((credit) => {
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
    return { ...credit, salt, inner: creditInner({ ...credit, salt }) };
  });
  const inner = salted.map((credit) => credit.inner).sort((a, b) => (a < b ? -1 : 1));
  const batch = signCreditBatch({
    header,
    issuer: issuerKeys.publicKey,
    inner,
    privateKey: issuerKeys.privateKey,
  });
  const attestations = await Promise.all(
    salted.map(async ({ commitment, mailboxKey, amount, salt }, i) => {
      const attestation: Attestation = {
        type: "commune-zk/attestation/v1",
        ...batch.header,
        amount,
        salt: toHex(salt),
      };
      const sealed = await sealAttestation(attestation, mailboxKey, `credits.${i}.mailboxKey`);
      return { commitment, sealed };
    }),
  );
  attestations.sort((a, b) => (a.sealed.ciphertext < b.sealed.ciphertext ? -1 : 1));
  return { batch, attestations };
}

function checkCredits(credits: readonly CreditEntry[], maxAmount: number): void {
  if (credits.length < 1 || credits.length > MAX_BATCH_CREDITS) {
    throw new InputError("credit-malformed", `expected 1 to ${MAX_BATCH_CREDITS} credits`, "credits");
  }
  const seen = new Set<bigint>();
  for (const [i, { commitment, amount }] of credits.entries()) {
    const place = `credits.${i}`;
    if (!Number.isInteger(amount) || amount < 1 || amount > MAX_24_BITS) {
      throw new InputError("amount-invalid", "not a whole number from 1 to 2^24 - 1", place);
    }
    if (amount > maxAmount) throw new InputError("amount-above-maximum", "above the maximum", place);
    if (commitment <= 0n || commitment >= FIELD_ORDER) throw new RangeError(`${place}: no commitment`);
    if (seen.has(commitment)) {
      throw new InputError("credit-duplicate-member", "the same member twice", place);
    }
    seen.add(commitment);
  }
}

// The hours policy: a scope document with the thresholds that claims may prove. docs/spec/hours.md §1, §2.
import { z } from "zod";
import { fromHex } from "../../formats/bytes.ts";
import { canonicalBytes, parseCanonicalJson } from "../../formats/canonical-json.ts";
import { signDocument } from "../../formats/ed25519.ts";
import { policyPaths } from "../../formats/public-paths.ts";
import { count, hex, parseWith, text, time } from "../../formats/schema.ts";
import { frozenRollSchema } from "../frozen-roll.ts";
import { amountNumber, categoryName, periodNumber } from "../ledger/leaf.ts";
import { scopeOf } from "../scope.ts";
import { boardSchema, keySetSchema, organisationSchema } from "../scope-document.ts";

/** Largest sum that the circuit's 26 bits hold. */
export const MAX_THRESHOLD = 2 ** 26 - 1;

const policySchema = z.strictObject({
  type: z.literal("commune-zk/hours-policy/v1"),
  organisation: organisationSchema,
  nonce: hex(32),
  title: text(500),
  roll: frozenRollSchema,
  ledger: z.strictObject({ id: hex(32), registryKey: hex(32) }),
  periods: z.strictObject({ first: periodNumber, last: periodNumber }),
  category: categoryName.nullable(),
  thresholds: z.array(z.int().min(1).max(MAX_THRESHOLD)).min(1).max(16),
  maxAmount: amountNumber,
  credits: z.union([z.literal(1), z.literal(4)]),
  opensAt: time,
  closesAt: time,
  graceSeconds: count,
  board: boardSchema,
  keySet: keySetSchema,
});

const signatureSchema = z.strictObject({
  type: z.literal("commune-zk/hours-policy-signature/v1"),
  claimScope: hex(31),
  registrar: hex(64),
});

/** An hours policy, in shape. Only `validatePolicy` says that it is one. */
export type HoursPolicy = z.infer<typeof policySchema>;
/** `signature.json` of a policy. */
export type PolicySignature = z.infer<typeof signatureSchema>;

/**
 * A policy by its shape alone.
 *
 * @throws InputError `policy-malformed`, `not-canonical-json`, `bad-json`, `bad-utf8`.
 */
export function parsePolicy(bytes: Uint8Array): HoursPolicy {
  const place = policyPaths.policy;
  return parseWith(policySchema, parseCanonicalJson(bytes, place), "policy-malformed", place);
}

/**
 * `signature.json` by its shape alone.
 *
 * @throws InputError `policy-signature-malformed`, `not-canonical-json`, `bad-json`, `bad-utf8`.
 */
export function parsePolicySignature(bytes: Uint8Array): PolicySignature {
  const place = policyPaths.signature;
  return parseWith(signatureSchema, parseCanonicalJson(bytes, place), "policy-signature-malformed", place);
}

/** Canonical bytes of a policy. */
export function policyBytes(policy: HoursPolicy): Uint8Array {
  return canonicalBytes(policy);
}

/** The scope of a policy, from its canonical bytes. */
export function claimScopeOf(bytes: Uint8Array): string {
  return scopeOf("hours-policy", bytes);
}

/**
 * `signature.json` of a policy, by the registrar.
 *
 * @param secretKey - Ed25519 seed.
 */
export function signPolicy(claimScope: string, secretKey: Uint8Array): Uint8Array {
  const scope = fromHex(claimScope, 31, "claimScope");
  return canonicalBytes({
    type: "commune-zk/hours-policy-signature/v1",
    claimScope,
    registrar: signDocument("hours-policy", scope, secretKey),
  });
}

// Client of the verifier service for ledgers and hours policies. docs/spec/http.md §8, §9.
import { InputError } from "../formats/errors.ts";
import type { PointJson } from "../formats/point.ts";
import type { SealedClaim } from "./hours/claim.ts";
import { type ClaimReceipt, parseClaimReceipt, verifyClaimReceipt } from "./hours/claim-receipt.ts";
import type { ValidPolicy } from "./hours/validate-policy.ts";
import type { CreditBatch } from "./ledger/credit-batch.ts";
import type { RevocationRequest } from "./ledger/revocation.ts";
import { type ClientOptions, handIn, type Outcome, submit, texts } from "./request.ts";

/** How an operator's request is made. */
export interface OperatorOptions extends ClientOptions {
  /** The service's bearer token; it goes into the Authorization header only. */
  readonly operatorToken: string;
}

/**
 * Has the service keep a ledger, as its registry.
 *
 * @param ledger - `ledgerId`: 32 random bytes, hexadecimal. `boardName`: in the origin of its checkpoints; the
 *   policies over this ledger name the same board.
 * @returns the service's registry key, Ed25519, hexadecimal: to be compared with the one that is known.
 * @throws InputError - the service refused, `code` is its problem code; or `unexpected-answer`.
 * @throws Error - no answer; safe to retry.
 */
export async function registerLedger(
  ledger: { readonly ledgerId: string; readonly boardName: string },
  options: OperatorOptions,
): Promise<{ readonly registryKey: string }> {
  const answer = (await handIn("/v1/ledgers", ledger, options)) as { registryKey?: unknown } | null;
  const registryKey = answer?.registryKey;
  if (typeof registryKey !== "string" || !/^[0-9a-f]{64}$/.test(registryKey)) {
    throw new InputError("unexpected-answer", "no registry key in the answer");
  }
  return { registryKey };
}

/**
 * Gives an issuer authority to credit, renews or ends it.
 *
 * @param issuer - `until` in seconds since 1970.
 * @throws InputError - the service refused; `code` is its problem code.
 */
export async function registerIssuer(
  {
    ledgerId,
    ...issuer
  }: {
    readonly ledgerId: string;
    readonly key: PointJson;
    readonly name: string;
    readonly until: number;
  },
  options: OperatorOptions,
): Promise<void> {
  await handIn(`/v1/ledgers/${ledgerId}/issuers`, issuer, options);
}

/**
 * Opens a period for credits.
 *
 * @param period - `closes` in seconds since 1970.
 * @throws InputError - the service refused; `code` is its problem code.
 */
export async function openPeriod(
  { ledgerId, ...period }: { readonly ledgerId: string; readonly period: number; readonly closes: number },
  options: OperatorOptions,
): Promise<void> {
  await handIn(`/v1/ledgers/${ledgerId}/periods`, period, options);
}

/**
 * Revokes credits by the registry's own authority, without their issuer's request.
 *
 * @param strike - `positions` ascend.
 * @throws InputError - the service refused; `code` is its problem code.
 */
export async function strikeCredits(
  { ledgerId, positions }: { readonly ledgerId: string; readonly positions: readonly number[] },
  options: OperatorOptions,
): Promise<void> {
  await handIn(`/v1/ledgers/${ledgerId}/strikes`, { positions }, options);
}

/**
 * Hands in an issuer's batch. The same batch again is taken as the first time.
 *
 * @throws InputError - the service refused; `code` is its problem code.
 */
export async function postCreditBatch(batch: CreditBatch, options: ClientOptions): Promise<void> {
  await handIn(`/v1/ledgers/${batch.header.ledgerId}/batches`, batch, options);
}

/**
 * Hands in an issuer's request to revoke credits of its own.
 *
 * @throws InputError - the service refused; `code` is its problem code.
 */
export async function postRevocation(request: RevocationRequest, options: ClientOptions): Promise<void> {
  await handIn(`/v1/ledgers/${request.ledgerId}/revocations`, request, options);
}

/** What an operator registers: a signed policy with its roll. */
export interface PolicyRegistration {
  /** Canonical bytes of the policy. */
  readonly policy: Uint8Array;
  /** Canonical bytes of `signature.json`. */
  readonly signature: Uint8Array;
  /** `roll/events.ndjson`. */
  readonly rollEvents: Uint8Array;
}

/**
 * Registers a signed policy.
 *
 * @throws InputError - the service refused; `code` is its problem code.
 */
export async function registerPolicy(
  registration: PolicyRegistration,
  options: OperatorOptions,
): Promise<void> {
  const { policy, signature, rollEvents } = registration;
  await handIn("/v1/policies", texts({ policy, signature, rollEvents }), options);
}

/**
 * Sends a sealed claim until it is answered, always the same bytes, and checks the receipt.
 *
 * The caller stores `claim.record` before calling. A claim counts only when this returns `accepted: true`: the
 * receipt has then been verified against the policy's board key and the record sent.
 *
 * @throws BadReceiptError `receipt-…`, `checkpoint-…` - the receipt does not prove inclusion. The claim may have
 *   been recorded all the same.
 * @throws Error - no answer after all repetitions; safe to retry with the same claim. `cause` says why.
 * @throws DOMException `AbortError` - the signal fired; the claim may or may not have been recorded.
 */
export async function submitClaim(
  { policy, claim }: { readonly policy: ValidPolicy; readonly claim: SealedClaim },
  options: ClientOptions,
): Promise<Outcome<ClaimReceipt>> {
  return submit(
    {
      path: `/v1/policies/${policy.claimScope}/claims`,
      value: claim.submission,
      receiptOf(json) {
        const receipt = parseClaimReceipt(json);
        verifyClaimReceipt({ receipt, record: claim.record, policy });
        return receipt;
      },
    },
    options,
  );
}

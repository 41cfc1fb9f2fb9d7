// Sending a claim once. docs/spec/hours.md §5.
import {
  BadReceiptError,
  type ClaimReceipt,
  InputError,
  parseClaimReceipt,
  type SealedClaim,
  type ValidPolicy,
  verifyClaimReceipt,
} from "@commune-zk/prover";

/** What became of a claim. A refusal is a value. */
export type ClaimOutcome =
  | { readonly accepted: true; readonly receipt: ClaimReceipt }
  | { readonly accepted: false; readonly reason: string; readonly status: number };

/**
 * Sends a claim once, and checks the receipt. The caller has stored the record.
 *
 * @throws BadReceiptError - the receipt does not prove inclusion; Error - no answer, safe to retry; DOMException
 *   `AbortError`.
 */
export async function submitClaim(
  { policy, claim }: { policy: ValidPolicy; claim: Pick<SealedClaim, "record" | "submission"> },
  { baseUrl, fetch, signal }: { baseUrl: string; fetch: typeof globalThis.fetch; signal: AbortSignal },
): Promise<ClaimOutcome> {
  const response = await fetch(`${baseUrl}/v1/policies/${policy.claimScope}/claims`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(claim.submission),
    signal,
  });
  const text = await response.text();
  const { status } = response;
  if (status >= 500) throw new Error(`status ${status}`);
  const json = jsonOf(text);
  if (status !== 200 && status !== 201) return { accepted: false, reason: codeOf(json), status };
  try {
    const receipt = parseClaimReceipt(json);
    verifyClaimReceipt({ receipt, record: claim.record, policy });
    return { accepted: true, receipt };
  } catch (error) {
    throw error instanceof InputError ? new BadReceiptError(error, text) : error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function codeOf(json: unknown): string {
  const code = typeof json === "object" && json !== null ? (json as { code?: unknown }).code : undefined;
  return typeof code === "string" && /^[a-z0-9-]{1,64}$/.test(code) ? code : "unexpected-answer";
}

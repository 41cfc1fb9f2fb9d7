// Client of the verifier service for polls. docs/spec/http.md §3 to §5.
import type { SealedBallot } from "./ballot.ts";
import { parseReceipt, type Receipt, verifyReceipt } from "./receipt.ts";
import { type ClientOptions, handIn, type Outcome, submit, texts } from "./request.ts";
import type { ValidPoll } from "./validate-poll.ts";

/** What became of a ballot. */
export type SubmitOutcome = Outcome<Receipt>;

/**
 * Sends a sealed ballot until it is answered, always the same bytes, and checks the receipt.
 *
 * The caller stores `ballot.record` before calling. A ballot counts as cast only when this returns
 * `accepted: true`: the receipt has then been verified against the poll's board key and the record sent.
 *
 * @throws BadReceiptError `receipt-…`, `checkpoint-…` - the service answered with a receipt that does not
 *   prove inclusion. The ballot may have been recorded all the same.
 * @throws Error - no answer after all repetitions; safe to retry with the same ballot. `cause` says why.
 * @throws DOMException `AbortError` - the signal fired; the ballot may or may not have been recorded.
 */
export async function submitBallot(
  { poll, ballot }: { poll: ValidPoll; ballot: SealedBallot },
  options: ClientOptions,
): Promise<SubmitOutcome> {
  return submit(
    {
      path: `/v1/polls/${poll.pollId}/ballots`,
      value: ballot.submission,
      receiptOf(json) {
        const receipt = parseReceipt(json);
        verifyReceipt({ receipt, record: ballot.record, poll });
        return receipt;
      },
    },
    options,
  );
}

/** What an operator registers: a signed poll with its roll and the record of its key generation. */
export interface PollRegistration {
  /** Canonical bytes of the poll. */
  readonly poll: Uint8Array;
  /** Canonical bytes of `signatures.json`. */
  readonly signatures: Uint8Array;
  /** `roll/events.ndjson`. */
  readonly rollEvents: Uint8Array;
  /** `trustees/dkg.ndjson`. */
  readonly dkg: Uint8Array;
}

/**
 * Registers a signed poll.
 *
 * @param operatorToken - the service's bearer token; it goes into the Authorization header only.
 * @throws InputError - the service refused; `code` is its problem code.
 * @throws Error - no answer; safe to retry.
 */
export async function registerPoll(
  { registration, operatorToken }: { registration: PollRegistration; operatorToken: string },
  options: ClientOptions,
): Promise<void> {
  const { poll, signatures, rollEvents, dkg } = registration;
  await handIn("/v1/polls", texts({ poll, signatures, rollEvents, dkg }), { ...options, operatorToken });
}

/**
 * Hands in a closer's signature of the closing statement, as canonical JSON bytes or a value.
 *
 * @throws InputError - the service refused; `code` is its problem code.
 */
export async function postClosing(pollId: string, signed: unknown, options: ClientOptions): Promise<void> {
  await handIn(`/v1/polls/${pollId}/closings`, signed, options);
}

/**
 * Hands in a trustee's signed partial decryption.
 *
 * @throws InputError - the service refused; `code` is its problem code.
 */
export async function postShare(pollId: string, wrapped: unknown, options: ClientOptions): Promise<void> {
  await handIn(`/v1/polls/${pollId}/shares`, wrapped, options);
}

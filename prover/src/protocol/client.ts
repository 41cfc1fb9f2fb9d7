// HTTP client of the verifier service. docs/spec/http.md.
import { InputError } from "../formats/errors.ts";
import type { SealedBallot } from "./ballot.ts";
import { parseReceipt, type Receipt, verifyReceipt } from "./receipt.ts";
import type { ValidPoll } from "./validate-poll.ts";

/** What became of a submission. A refusal is a value: sending the same bytes again would not help. */
export type SubmitOutcome =
  | { readonly accepted: true; readonly receipt: Receipt }
  | { readonly accepted: false; readonly reason: string; readonly status: number };

/** How a request is made and repeated. */
export interface ClientOptions {
  /** Root of the service, `https://host` or `http://127.0.0.1:port`, no trailing slash. */
  readonly baseUrl: string;
  /** Defaults to the platform's `fetch`. */
  readonly fetch?: typeof fetch;
  /** How often a request without an answer, or with 5xx, is repeated. Default 5. */
  readonly retries?: number;
  /** Wait before the first repetition in ms; doubled each time, up to 8 s. Default 250. */
  readonly backoffMs?: number;
  readonly signal?: AbortSignal;
}

/** The service acknowledged a ballot with a receipt that does not prove inclusion: code and place say why. */
export class BadReceiptError extends InputError {
  /** The answer's body as it came, to be kept: what a board has signed is evidence against it. */
  readonly answer: string;

  /**
   * A refusal of a receipt.
   *
   * @param fault - as `parseReceipt` or `verifyReceipt` threw it.
   */
  constructor(fault: InputError, answer: string) {
    super(fault.code, "the service's receipt does not prove inclusion", fault.place, { cause: fault });
    this.name = "BadReceiptError";
    this.answer = answer;
  }
}

/** Another answer than the service's specification allows. */
const UNEXPECTED = "unexpected-answer";

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
  const body = JSON.stringify(ballot.submission);
  const answer = await post(`/v1/polls/${poll.pollId}/ballots`, body, {}, options);
  if (answer.status === 200 || answer.status === 201) {
    return { accepted: true, receipt: verifiedReceipt(answer, ballot, poll) };
  }
  return { accepted: false, reason: problemCode(answer.json), status: answer.status };
}

function verifiedReceipt(answer: Answer, { record }: SealedBallot, poll: ValidPoll): Receipt {
  try {
    const receipt = parseReceipt(answer.json);
    verifyReceipt({ receipt, record, poll });
    return receipt;
  } catch (error) {
    throw error instanceof InputError ? new BadReceiptError(error, answer.text) : error;
  }
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
  const text = new TextDecoder();
  const body = JSON.stringify({
    poll: text.decode(registration.poll),
    signatures: text.decode(registration.signatures),
    rollEvents: text.decode(registration.rollEvents),
    dkg: text.decode(registration.dkg),
  });
  const answer = await post("/v1/polls", body, { authorization: `Bearer ${operatorToken}` }, options);
  if (answer.status !== 200 && answer.status !== 201) throw refused(answer);
}

/**
 * Hands in a closer's signature of the closing statement, as canonical JSON bytes or a value.
 *
 * @throws InputError - the service refused; `code` is its problem code.
 */
export async function postClosing(pollId: string, signed: unknown, options: ClientOptions): Promise<void> {
  const answer = await post(`/v1/polls/${pollId}/closings`, JSON.stringify(signed), {}, options);
  if (answer.status !== 200 && answer.status !== 201) throw refused(answer);
}

/**
 * Hands in a trustee's signed partial decryption.
 *
 * @throws InputError - the service refused; `code` is its problem code.
 */
export async function postShare(pollId: string, wrapped: unknown, options: ClientOptions): Promise<void> {
  const answer = await post(`/v1/polls/${pollId}/shares`, JSON.stringify(wrapped), {}, options);
  if (answer.status !== 200 && answer.status !== 201) throw refused(answer);
}

interface Answer {
  readonly status: number;
  readonly text: string;
  /** The value of `text`, null where it is no JSON. */
  readonly json: unknown;
}

function problemCode(json: unknown): string {
  const code = typeof json === "object" && json !== null ? (json as { code?: unknown }).code : undefined;
  return typeof code === "string" && /^[a-z0-9-]{1,64}$/.test(code) ? code : UNEXPECTED;
}

function refused(answer: Answer): InputError {
  const code = problemCode(answer.json);
  return new InputError(code, `the service answered ${answer.status} (${code})`);
}

/** POSTs JSON, repeating on no answer and on 5xx with doubled waits; other answers are final. */
async function post(
  path: string,
  body: string,
  headers: Record<string, string>,
  options: ClientOptions,
): Promise<Answer> {
  const { baseUrl, fetch: send = fetch, retries = 5, backoffMs = 250, signal } = options;
  let failure: unknown;
  for (let attempt = 0; attempt <= retries; attempt++) {
    signal?.throwIfAborted();
    if (attempt > 0) await pause(Math.min(backoffMs * 2 ** (attempt - 1), 8_000), signal);
    try {
      const response = await send(baseUrl + path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
        ...(signal === undefined ? {} : { signal }),
      });
      const text = await response.text();
      if (response.status < 500) return { status: response.status, text, json: parseOrNull(text) };
      failure = new Error(`status ${response.status}`);
    } catch (error) {
      signal?.throwIfAborted();
      failure = error;
    }
  }
  throw new Error("the service did not answer; the same bytes may be sent again", { cause: failure });
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

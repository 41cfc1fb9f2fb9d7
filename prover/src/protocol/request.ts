// Requests to the verifier service: repeated until they are answered. docs/spec/http.md §1.
import { fromUtf8 } from "../formats/bytes.ts";
import { InputError } from "../formats/errors.ts";

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

/** An answer of the service below 500. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The value of `text`, null where it is no JSON. */
  readonly json: unknown;
}

/** The stable code of a refusal; `unexpected-answer` where the answer is none. */
export function problemCode(json: unknown): string {
  const code = typeof json === "object" && json !== null ? (json as { code?: unknown }).code : undefined;
  return typeof code === "string" && /^[a-z0-9-]{1,64}$/.test(code) ? code : UNEXPECTED;
}

/** A refusal as an error. */
export function refused(answer: Answer): InputError {
  const code = problemCode(answer.json);
  return new InputError(code, `the service answered ${answer.status} (${code})`);
}

/** Whether the service did what it was asked, now or before. */
export function isDone({ status }: Answer): boolean {
  return status === 200 || status === 201;
}

/** What became of a submission. A refusal is a value: sending the same bytes again would not help. */
export type Outcome<R> =
  | { readonly accepted: true; readonly receipt: R }
  | { readonly accepted: false; readonly reason: string; readonly status: number };

/**
 * Sends a submission, always the same bytes, and checks the receipt that answers it.
 *
 * @param receiptOf - reads and verifies a receipt.
 * @throws BadReceiptError - what `receiptOf` refused.
 * @throws Error - no answer after all repetitions; safe to retry. `cause` says why.
 * @throws DOMException `AbortError` - the submission may or may not have been recorded.
 */
export async function submit<R>(
  { path, value, receiptOf }: { path: string; value: unknown; receiptOf: (json: unknown) => R },
  options: ClientOptions,
): Promise<Outcome<R>> {
  const answer = await post(path, JSON.stringify(value), {}, options);
  if (!isDone(answer)) return { accepted: false, reason: problemCode(answer.json), status: answer.status };
  try {
    return { accepted: true, receipt: receiptOf(answer.json) };
  } catch (error) {
    throw error instanceof InputError ? new BadReceiptError(error, answer.text) : error;
  }
}

/**
 * Hands something in that is taken or refused.
 *
 * @returns the answer's JSON.
 * @throws InputError - the service refused; `code` is its problem code.
 * @throws Error - no answer; safe to retry.
 */
export async function handIn(
  path: string,
  value: unknown,
  options: ClientOptions & { readonly operatorToken?: string },
): Promise<unknown> {
  const { operatorToken, ...rest } = options;
  const headers = operatorToken === undefined ? {} : { authorization: `Bearer ${operatorToken}` };
  const answer = await post(path, JSON.stringify(value), headers, rest);
  if (!isDone(answer)) throw refused(answer);
  return answer.json;
}

/** Files as the texts of a registration's body. */
export function texts<K extends string>(files: Readonly<Record<K, Uint8Array>>): Record<K, string> {
  const pairs = Object.entries<Uint8Array>(files).map(([name, bytes]) => [name, fromUtf8(bytes, name)]);
  return Object.fromEntries(pairs) as Record<K, string>;
}

/** POSTs JSON, repeating on no answer and on 5xx with doubled waits; other answers are final. */
export async function post(
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

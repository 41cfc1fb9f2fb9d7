// Errors as RFC 9457 problem documents. docs/spec/http.md.
import { InputError } from "@commune-zk/prover";
import type { NextFunction, Request, Response } from "express";
import type { Logger } from "pino";

/** Status of a code; codes that are not listed: 400 where the input is malformed, else 422. */
const STATUS: Readonly<Record<string, number>> = {
  unauthorized: 401,
  "poll-not-open": 403,
  "poll-closed": 403,
  "poll-still-open": 403,
  "policy-not-open": 403,
  "policy-closed": 403,
  "petition-not-open": 403,
  "petition-closed": 403,
  "credit-issuer-expired": 403,
  "credit-period-closed": 403,
  "sign-in-nonce-unknown": 403,
  "poll-unknown": 404,
  "ledger-unknown": 404,
  "policy-unknown": 404,
  "petition-unknown": 404,
  "file-missing": 404,
  "artifact-missing": 404,
  "route-unknown": 404,
  "nullifier-used": 409,
  "closing-duplicate": 409,
  "closing-missing": 409,
  "share-duplicate": 409,
  "ledger-other-board": 409,
  "ledger-period-reopened": 409,
  "ledger-duplicate-inner": 409,
  "ledger-position-revoked": 409,
  "credit-serial-reused": 409,
  "credit-serial-skipped": 409,
  "snapshot-superseded": 409,
  "submission-too-large": 413,
  "unsupported-media-type": 415,
};

const MALFORMED = /(^bad-|-malformed$|^not-canonical)/;

/** Problem document. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Stable; docs/spec/errors.md. */
  readonly code: string;
}

/** HTTP status of a refusal's code. */
export function statusOf(code: string): number {
  return STATUS[code] ?? (MALFORMED.test(code) ? 400 : 422);
}

/** The problem document of a refusal. */
export function problemOf(code: string, title: string): Problem {
  return { type: `urn:commune-zk:problem:${code}`, title, status: statusOf(code), code };
}

/** Sends a problem document. */
export function sendProblem(response: Response, problem: Problem): void {
  // RFC 9110 §15.5.2: a 401 says which credentials would do.
  if (problem.status === 401) response.set("www-authenticate", "Bearer");
  response.status(problem.status).type("application/problem+json").send(JSON.stringify(problem));
}

/** The one place where errors become answers. What is not a refusal is logged without its message. */
export function problemHandler(logger: Logger, onRefusal: (code: string) => void) {
  return (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const refusal = asRefusal(error);
    if (refusal !== undefined) {
      onRefusal(refusal.code);
      sendProblem(response, problemOf(refusal.code, refusal.message));
      return;
    }
    // A message or stack could quote what was sent.
    logger.error({ name: error instanceof Error ? error.name : "unknown" }, "request failed");
    onRefusal("internal");
    sendProblem(response, {
      ...problemOf("internal", "the service failed; the same request may be sent again"),
      status: 500,
    });
  };
}

function asRefusal(error: unknown): { code: string; message: string } | undefined {
  if (error instanceof InputError) return { code: error.code, message: error.message };
  // body-parser's errors carry a type.
  const type = (error as { type?: unknown } | null)?.type;
  if (type === "entity.too.large") return { code: "submission-too-large", message: "the body is too large" };
  if (typeof type === "string" && type.startsWith("encoding.")) {
    return { code: "unsupported-media-type", message: "the body's encoding is not supported" };
  }
  if (type === "request.aborted" || type === "request.size.invalid" || type === "stream.encoding.set") {
    return { code: "bad-request", message: "the body did not arrive whole" };
  }
  if ((error as { status?: unknown } | null)?.status === 400)
    return { code: "bad-request", message: "bad request" };
  return undefined;
}

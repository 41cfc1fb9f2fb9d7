// Errors as RFC 9457 problem documents, in the form of the verifier service (docs/spec/http.md §1).
import { InputError } from "@commune-zk/prover";
import type { NextFunction, Request, Response } from "express";
import { FloodError } from "./flood.ts";

/** Codes that are not listed: 400 where the input is malformed, else 422. */
const STATUS: Readonly<Record<string, number>> = {
  "artifact-missing": 404,
  "route-unknown": 404,
  "measurement-run-differs": 409,
  "submission-too-large": 413,
  "unsupported-media-type": 415,
  "too-many-posts": 429,
};
const MALFORMED = /(^bad-|-malformed$)/;

/**
 * The one place where errors become answers.
 *
 * @param say - is told the code of a refusal, or that the service failed: nothing that was sent.
 */
export function problemHandler(say: (text: string) => void) {
  return (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const refusal = asRefusal(error);
    if (refusal instanceof FloodError) response.set("retry-after", String(refusal.retryAfterSeconds));
    if (refusal !== undefined) {
      say(`refused: ${refusal.code}`);
      const { code, message } = refusal;
      sendProblem(response, { code, title: message, status: statusOf(code) });
      return;
    }
    // A message or stack could quote what was sent.
    say(`failed: ${error instanceof Error ? error.name : "unknown"}`);
    const title = "the service failed; the same result may be sent again";
    sendProblem(response, { code: "internal", title, status: 500 });
  };
}

function sendProblem(
  response: Response,
  { code, title, status }: { readonly code: string; readonly title: string; readonly status: number },
): void {
  const problem = { type: `urn:commune-zk:problem:${code}`, title, status, code };
  response.status(status).type("application/problem+json").send(JSON.stringify(problem));
}

function statusOf(code: string): number {
  return STATUS[code] ?? (MALFORMED.test(code) ? 400 : 422);
}

function asRefusal(error: unknown): InputError | undefined {
  if (error instanceof InputError) return error;
  // body-parser's errors carry a type.
  const { type, status } = (error ?? {}) as { readonly type?: unknown; readonly status?: unknown };
  if (type === "entity.too.large") return new InputError("submission-too-large", "the result is too large");
  if (typeof type === "string" && type.startsWith("encoding.")) {
    return new InputError("unsupported-media-type", "the body's encoding is not supported");
  }
  return status === 400 ? new InputError("bad-request", "the body did not arrive whole") : undefined;
}

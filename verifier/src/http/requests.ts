// What the routes have in common: bodies, tokens, names in paths, answers. docs/spec/http.md §1.
import { createHash, timingSafeEqual } from "node:crypto";
import { canonicalBytes, InputError, parseJson, utf8 } from "@commune-zk/prover";
import express, { type NextFunction, type Request, type RequestHandler, type Response } from "express";
import type { z } from "zod";
import type { RecordOutcome } from "../service/board.ts";
import type { Metrics, RecordKind } from "./metrics.ts";
import { problemOf, sendProblem } from "./problem.ts";

// A roll of 100,000 members is some 70 MB of events, which JSON quotes once more.
/** Most bytes of a registration. */
export const MAX_REGISTRATION_BYTES = 256 * 2 ** 20;
/** Most bytes of a signed message. */
export const MAX_MESSAGE_BYTES = 2 ** 20;
/** Most bytes of a membership proof with its nonce. */
export const MAX_PROOF_BYTES = 16_384;

/** Reads a JSON body of at most `limit` bytes, as bytes. */
export function body(limit: number): RequestHandler {
  const read = express.raw({ type: "application/json", limit, inflate: false });
  return (request, response, next) => {
    if (request.is("application/json") !== "application/json") {
      next(new InputError("unsupported-media-type", "expected application/json"));
      return;
    }
    read(request, response, next);
  };
}

/** The bytes that {@link body} read. */
export function bytesOf(request: Request): Uint8Array {
  return request.body instanceof Uint8Array ? request.body : new Uint8Array(0);
}

/**
 * The JSON that {@link body} read.
 *
 * @throws InputError `bad-json`, `bad-utf8`.
 */
export function jsonOf(request: Request, place: string): unknown {
  return parseJson(bytesOf(request), place);
}

/**
 * The JSON of a small request, by its schema.
 *
 * @throws InputError `registration-body-malformed`, `bad-json`, `bad-utf8`.
 */
export function shapeOf<S extends z.ZodType>(schema: S, request: Request): z.output<S> {
  const parsed = schema.safeParse(jsonOf(request, "body"));
  if (!parsed.success) throw new InputError("registration-body-malformed", "not the fields of this request");
  return parsed.data;
}

/**
 * A name in a path.
 *
 * @param digits - lowercase hexadecimal ones.
 * @throws InputError `code` - anything else.
 */
export function nameOf(
  request: Request,
  { name, digits, code }: { readonly name: string; readonly digits: number; readonly code: string },
): string {
  const value = request.params[name];
  if (typeof value !== "string" || value.length !== digits || !/^[0-9a-f]+$/.test(value)) {
    throw new InputError(code, `no such ${code.replace("-unknown", "")}`);
  }
  return value;
}

/** The path of a public file, below what the route names. */
export function filePathOf(request: Request): string {
  return (request.params.path as unknown as string[]).join("/");
}

/** Sends a public file. @param changes - whether another content may stand there soon. */
export function sendFile(
  response: Response,
  {
    path,
    content,
    changes,
  }: { readonly path: string; readonly content: Uint8Array; readonly changes: boolean },
): void {
  response.set("cache-control", changes ? "no-cache" : "public, max-age=60");
  response.type(path.endsWith(".json") ? "application/json" : "application/octet-stream");
  response.send(Buffer.from(content));
}

/** Answers a submission: its receipt in canonical bytes, or that the nullifier is used. */
export function sendOutcome<R>(
  response: Response,
  outcome: RecordOutcome<R>,
  { kind, title, metrics }: { readonly kind: RecordKind; readonly title: string; readonly metrics: Metrics },
): void {
  if (!outcome.recorded) {
    metrics.refused(outcome.reason);
    sendProblem(response, problemOf(outcome.reason, title));
    return;
  }
  metrics.accepted(kind, outcome.isNew);
  response
    .status(outcome.isNew ? 201 : 200)
    .type("application/json")
    .send(Buffer.from(canonicalBytes(outcome.receipt)));
}

/** Compares digests: the time taken says nothing about the token. */
export function requireToken(token: string): RequestHandler {
  const digest = (text: string): Buffer => createHash("sha256").update(utf8(text)).digest();
  const expected = digest(`Bearer ${token}`);
  return (request: Request, _response: Response, next: NextFunction): void => {
    const given = digest(request.get("authorization") ?? "");
    next(
      timingSafeEqual(given, expected)
        ? undefined
        : new InputError("unauthorized", "the operator's token is needed"),
    );
  };
}

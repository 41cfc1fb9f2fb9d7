// Routes. docs/spec/http.md.
import { createHash, timingSafeEqual } from "node:crypto";
import {
  type ArtifactSource,
  InputError,
  type LoadedManifest,
  MAX_SUBMISSION_BYTES,
  parseJson,
  readArtifact,
  receiptBytes,
  utf8,
} from "@commune-zk/prover";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import helmet from "helmet";
import type { Logger } from "pino";
import type { ElectionService } from "../service/election-service.ts";
import type { Metrics } from "./metrics.ts";
import { openApiDocument } from "./openapi.ts";
import { type PagesOptions, pages } from "./pages.ts";
import { problemHandler, problemOf, sendProblem } from "./problem.ts";
import { parseRegistration } from "./schemas.ts";

/** What the routes need. */
export interface AppOptions {
  readonly service: ElectionService;
  readonly manifest: LoadedManifest;
  readonly artifacts: ArtifactSource;
  /** Bearer token of whoever registers polls. */
  readonly operatorToken: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The booth; none unless told. */
  readonly pages?: PagesOptions;
}

// A roll of 100,000 members is some 70 MB of events, which JSON quotes once more.
const MAX_REGISTRATION_BYTES = 256 * 2 ** 20;
const MAX_MESSAGE_BYTES = 2 ** 20;

/** The Express application. */
export function createApp(options: AppOptions): Express {
  const { service, manifest, artifacts, operatorToken, logger, metrics } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(helmet());
  app.use((_request, response, next) => {
    // Public, for anybody; nothing here depends on who asks. Browsers' clients may live elsewhere.
    response.set({ "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" });
    next();
  });
  app.options("/*path", (_request, response) => {
    response.set({
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "content-type",
    });
    response.status(204).end();
  });

  app.get("/healthz", (_request, response) => {
    response.type("text/plain").send("ok\n");
  });
  app.get("/metrics", async (_request, response) => {
    response.type("text/plain").send(await metrics.text());
  });
  app.get("/v1/openapi.json", (_request, response) => {
    response.json(openApiDocument());
  });

  app.post(
    "/v1/polls",
    requireToken(operatorToken),
    body(MAX_REGISTRATION_BYTES),
    async (request, response) => {
      const { pollId, isNew } = await service.registerPoll(parseRegistration(bytesOf(request)));
      metrics.pollRegistered(isNew);
      response.status(isNew ? 201 : 200).json({ pollId });
    },
  );
  app.post("/v1/polls/:pollId/ballots", body(MAX_SUBMISSION_BYTES), async (request, response) => {
    const outcome = await service.submitBallot(pollIdOf(request), bytesOf(request));
    if (!outcome.recorded) {
      metrics.refused(outcome.reason);
      const title = "another statement with this nullifier and revision is recorded";
      sendProblem(response, problemOf(outcome.reason, title));
      return;
    }
    metrics.ballotAccepted(outcome.isNew);
    const bytes = Buffer.from(receiptBytes(outcome.receipt));
    response
      .status(outcome.isNew ? 201 : 200)
      .type("application/json")
      .send(bytes);
  });
  app.post("/v1/polls/:pollId/closings", body(MAX_MESSAGE_BYTES), async (request, response) => {
    await service.addClosing(pollIdOf(request), parseJson(bytesOf(request), "closing"));
    response.status(201).json({});
  });
  app.post("/v1/polls/:pollId/shares", body(MAX_MESSAGE_BYTES), async (request, response) => {
    await service.addShare(pollIdOf(request), parseJson(bytesOf(request), "share"));
    response.status(201).json({});
  });

  app.get("/polls/:pollId/*path", async (request, response) => {
    const path = (request.params.path as unknown as string[]).join("/");
    const content = await service.publicFile(pollIdOf(request), path);
    // The one file that changes; everything else is written once.
    response.set("cache-control", path.startsWith("board/") ? "no-cache" : "public, max-age=60");
    response.type(path.endsWith(".json") ? "application/json" : "application/octet-stream");
    response.send(Buffer.from(content));
  });
  const artifactBytes = keptArtifacts(manifest, artifacts);
  app.get("/artifacts/:sha256", async (request, response) => {
    const { path, bytes } = await artifactBytes(request.params.sha256);
    response.set("cache-control", "public, max-age=31536000, immutable");
    response.type(path.endsWith(".wasm") ? "application/wasm" : "application/octet-stream");
    response.send(bytes);
  });

  if (options.pages !== undefined) app.use(pages(options.pages));
  app.use(() => {
    throw new InputError("route-unknown", "no such route");
  });
  app.use(problemHandler(logger, (code) => metrics.refused(code)));
  return app;
}

/** The manifest's files by digest. Each is checked once and kept: hashing 12 MB takes as long as ten ballots. */
function keptArtifacts({ manifest }: LoadedManifest, source: ArtifactSource) {
  const files = Object.values(manifest.circuits).flatMap((circuit) => [
    circuit.wasm,
    circuit.provingKey,
    circuit.verificationKey,
    circuit.transcript,
  ]);
  const kept = new Map<string, Promise<Buffer>>();
  return async (sha256: string): Promise<{ readonly path: string; readonly bytes: Buffer }> => {
    const file = files.find((candidate) => candidate.sha256 === sha256);
    if (file === undefined) throw new InputError("artifact-missing", "no such artifact");
    const reading = kept.get(sha256) ?? readArtifact(source, file).then(Buffer.from);
    kept.set(sha256, reading);
    try {
      return { path: file.path, bytes: await reading };
    } catch (cause) {
      kept.delete(sha256);
      // A damaged file of our own is no fault of the request, so not an InputError.
      throw new Error(`${file.path} cannot be served`, { cause });
    }
  };
}

function body(limit: number) {
  const read = express.raw({ type: "application/json", limit, inflate: false });
  return (request: Request, response: Response, next: NextFunction): void => {
    if (request.is("application/json") !== "application/json") {
      next(new InputError("unsupported-media-type", "expected application/json"));
      return;
    }
    read(request, response, next);
  };
}

function bytesOf(request: Request): Uint8Array {
  return request.body instanceof Uint8Array ? request.body : new Uint8Array(0);
}

function pollIdOf(request: Request): string {
  const { pollId } = request.params;
  if (typeof pollId !== "string" || !/^[0-9a-f]{62}$/.test(pollId))
    throw new InputError("poll-unknown", "no such poll");
  return pollId;
}

/** Compares digests: the time taken says nothing about the token. */
function requireToken(token: string) {
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

// Routes. docs/spec/http.md.
import {
  type ArtifactSource,
  InputError,
  type LoadedManifest,
  MAX_SUBMISSION_BYTES,
  parseJson,
} from "@commune-zk/prover";
import express, { type Express, type Request } from "express";
import helmet from "helmet";
import type { Logger } from "pino";
import type { KeySet } from "../service/circuit-verifiers.ts";
import type { ElectionService } from "../service/election-service.ts";
import type { HoursService } from "../service/hours-service.ts";
import type { LedgerService } from "../service/ledger-service.ts";
import type { MembershipKeys, MembershipService } from "../service/membership-service.ts";
import { artifactRoutes, keySetFiles, type ServedFiles, semaphoreFiles } from "./artifact-routes.ts";
import { hoursRoutes } from "./hours-routes.ts";
import { ledgerRoutes } from "./ledger-routes.ts";
import { membershipRoutes } from "./membership-routes.ts";
import type { Metrics } from "./metrics.ts";
import { openApiDocument } from "./openapi.ts";
import { type PagesOptions, pages } from "./pages.ts";
import { problemHandler } from "./problem.ts";
import {
  body,
  bytesOf,
  filePathOf,
  MAX_MESSAGE_BYTES,
  MAX_REGISTRATION_BYTES,
  nameOf,
  requireToken,
  sendFile,
  sendOutcome,
} from "./requests.ts";
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
  /** Routes of ledgers; none unless told. */
  readonly ledgers?: LedgerService;
  /** Routes of hours policies, and the keys of their circuits; none unless told. */
  readonly hours?: { readonly service: HoursService; readonly keys: KeySet };
  /** Routes of petitions and snapshots, the ceremony's keys, and whether members sign in; none unless told. */
  readonly membership?: {
    readonly service: MembershipService;
    readonly keys: MembershipKeys;
    readonly signsIn: boolean;
  };
  /** The booth; none unless told. */
  readonly pages?: PagesOptions;
}

/** The Express application. */
export function createApp(options: AppOptions): Express {
  const { service, manifest, artifacts, operatorToken, logger, metrics, ledgers, hours, membership } =
    options;
  const operator = requireToken(operatorToken);
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

  app.post("/v1/polls", operator, body(MAX_REGISTRATION_BYTES), async (request, response) => {
    const { pollId, isNew } = await service.registerPoll(parseRegistration(bytesOf(request)));
    metrics.pollRegistered(isNew);
    response.status(isNew ? 201 : 200).json({ pollId });
  });
  app.post("/v1/polls/:pollId/ballots", body(MAX_SUBMISSION_BYTES), async (request, response) => {
    const outcome = await service.submitBallot(pollIdOf(request), bytesOf(request));
    const title = "another statement with this nullifier and revision is recorded";
    sendOutcome(response, outcome, { kind: "ballot", title, metrics });
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
    const path = filePathOf(request);
    const content = await service.publicFile(pollIdOf(request), path);
    // The one file that changes; everything else is written once.
    sendFile(response, { path, content, changes: path.startsWith("board/") });
  });

  const served: ServedFiles[] = [{ files: keySetFiles(manifest), source: artifacts }];
  if (ledgers !== undefined) ledgerRoutes(app, ledgers, operator);
  if (hours !== undefined) {
    hoursRoutes(app, { service: hours.service, metrics, operator });
    served.push({ files: keySetFiles(hours.keys.manifest), source: hours.keys.artifacts });
  }
  if (membership !== undefined) {
    membershipRoutes(app, { service: membership.service, metrics, operator, signsIn: membership.signsIn });
    served.push({ files: semaphoreFiles(membership.keys.manifest), source: membership.keys.artifacts });
  }
  artifactRoutes(app, served);

  if (options.pages !== undefined) app.use(pages(options.pages));
  app.use(() => {
    throw new InputError("route-unknown", "no such route");
  });
  app.use(problemHandler(logger, (code) => metrics.refused(code)));
  return app;
}

function pollIdOf(request: Request): string {
  return nameOf(request, { name: "pollId", digits: 62, code: "poll-unknown" });
}

// Routes of hours policies and claims. docs/spec/http.md §9.
import { MAX_CLAIM_BYTES, utf8 } from "@commune-zk/prover";
import type { Express, Request, RequestHandler } from "express";
import type { HoursService } from "../service/hours-service.ts";
import type { Metrics } from "./metrics.ts";
import {
  body,
  bytesOf,
  filePathOf,
  MAX_REGISTRATION_BYTES,
  nameOf,
  sendFile,
  sendOutcome,
  shapeOf,
} from "./requests.ts";
import { policyBody } from "./schemas.ts";

const claimScopeOf = (request: Request): string =>
  nameOf(request, { name: "claimScope", digits: 62, code: "policy-unknown" });

/** Adds the routes. @param operator - refuses whoever is not the operator. */
export function hoursRoutes(
  app: Express,
  { service, metrics, operator }: { service: HoursService; metrics: Metrics; operator: RequestHandler },
): void {
  app.post("/v1/policies", operator, body(MAX_REGISTRATION_BYTES), async (request, response) => {
    const { policy, signature, rollEvents } = shapeOf(policyBody, request);
    const { claimScope, isNew } = await service.registerPolicy({
      policy: utf8(policy),
      signature: utf8(signature),
      rollEvents: utf8(rollEvents),
    });
    response.status(isNew ? 201 : 200).json({ claimScope });
  });
  app.post("/v1/policies/:claimScope/claims", body(MAX_CLAIM_BYTES), async (request, response) => {
    const outcome = await service.submitClaim(claimScopeOf(request), bytesOf(request));
    const title = "another claim with this nullifier is recorded";
    sendOutcome(response, outcome, { kind: "claim", title, metrics });
  });
  app.get("/policies/:claimScope/*path", async (request, response) => {
    const path = filePathOf(request);
    const content = await service.publicFile(claimScopeOf(request), path);
    sendFile(response, { path, content, changes: path.startsWith("board/") });
  });
}

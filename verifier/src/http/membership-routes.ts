// Routes of petitions, snapshots and sign-ins. docs/spec/http.md §10, §11.
import { utf8 } from "@commune-zk/prover";
import type { Express, Request, RequestHandler } from "express";
import type { MembershipService } from "../service/membership-service.ts";
import type { Metrics } from "./metrics.ts";
import {
  body,
  filePathOf,
  jsonOf,
  MAX_PROOF_BYTES,
  MAX_REGISTRATION_BYTES,
  nameOf,
  sendFile,
  sendOutcome,
  shapeOf,
} from "./requests.ts";
import { challengeBody, petitionBody, signInBody, snapshotBody } from "./schemas.ts";

const petitionIdOf = (request: Request): string =>
  nameOf(request, { name: "petitionId", digits: 62, code: "petition-unknown" });

/** What the routes need. */
export interface MembershipRoutes {
  readonly service: MembershipService;
  readonly metrics: Metrics;
  /** Refuses whoever is not the operator. */
  readonly operator: RequestHandler;
  /** Whether members can sign in here. */
  readonly signsIn: boolean;
}

/** Adds the routes. */
export function membershipRoutes(app: Express, routes: MembershipRoutes): void {
  const { service, metrics, operator, signsIn } = routes;
  app.post("/v1/petitions", operator, body(MAX_REGISTRATION_BYTES), async (request, response) => {
    const { petition, rollEvents } = shapeOf(petitionBody, request);
    const files = { document: utf8(petition), rollEvents: utf8(rollEvents) };
    const { petitionId, isNew } = await service.registerPetition(files);
    response.status(isNew ? 201 : 200).json({ petitionId });
  });
  app.post("/v1/petitions/:petitionId/signatures", body(MAX_PROOF_BYTES), async (request, response) => {
    const outcome = await service.signPetition(petitionIdOf(request), jsonOf(request, "proof"));
    const title = "another signature with this nullifier is recorded";
    sendOutcome(response, outcome, { kind: "signature", title, metrics });
  });
  app.get("/petitions/:petitionId/*path", async (request, response) => {
    const path = filePathOf(request);
    const content = await service.petitionFile(petitionIdOf(request), path);
    sendFile(response, { path, content, changes: path.startsWith("board/") });
  });

  app.post("/v1/snapshots", operator, body(MAX_REGISTRATION_BYTES), async (request, response) => {
    const { snapshot, rollEvents } = shapeOf(snapshotBody, request);
    const files = { document: utf8(snapshot), rollEvents: utf8(rollEvents) };
    const { rollId, isNew } = await service.registerSnapshot(files);
    response.status(isNew ? 201 : 200).json({ rollId });
  });
  app.get("/snapshots/:rollId/*path", async (request, response) => {
    const path = filePathOf(request);
    const rollId = nameOf(request, { name: "rollId", digits: 64, code: "file-missing" });
    sendFile(response, { path, content: await service.snapshotFile(rollId, path), changes: true });
  });

  if (!signsIn) return;
  app.post("/v1/sign-ins/challenges", body(MAX_PROOF_BYTES), (request, response) => {
    shapeOf(challengeBody, request);
    // An answer that is kept would hand one challenge to two.
    response.set("cache-control", "no-store").status(201).json({ nonce: service.challenge() });
  });
  app.post("/v1/sign-ins", body(MAX_PROOF_BYTES), async (request, response) => {
    await service.signIn(shapeOf(signInBody, request));
    response.set("cache-control", "no-store").json({ member: true });
  });
}

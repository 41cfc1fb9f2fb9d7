// Routes of ledgers. docs/spec/http.md §8.
import type { Express, Request, RequestHandler, Response } from "express";
import type { Entered, LedgerService } from "../service/ledger-service.ts";
import { body, filePathOf, jsonOf, MAX_MESSAGE_BYTES, nameOf, sendFile, shapeOf } from "./requests.ts";
import { issuerBody, ledgerBody, periodBody, strikesBody } from "./schemas.ts";

const ledgerIdOf = (request: Request): string =>
  nameOf(request, { name: "ledgerId", digits: 64, code: "ledger-unknown" });

function sendEntered(response: Response, { serial, isNew }: Entered): void {
  response.status(isNew ? 201 : 200).json({ serial });
}

/** Adds the routes. @param operator - refuses whoever is not the operator. */
export function ledgerRoutes(app: Express, service: LedgerService, operator: RequestHandler): void {
  const message = body(MAX_MESSAGE_BYTES);
  app.post("/v1/ledgers", operator, message, async (request, response) => {
    const ledger = shapeOf(ledgerBody, request);
    const { isNew } = await service.register(ledger);
    const { registryKey } = service;
    response.status(isNew ? 201 : 200).json({ ledgerId: ledger.ledgerId, registryKey });
  });
  app.post("/v1/ledgers/:ledgerId/issuers", operator, message, async (request, response) => {
    sendEntered(response, await service.setIssuer(ledgerIdOf(request), shapeOf(issuerBody, request)));
  });
  app.post("/v1/ledgers/:ledgerId/periods", operator, message, async (request, response) => {
    sendEntered(response, await service.openPeriod(ledgerIdOf(request), shapeOf(periodBody, request)));
  });
  app.post("/v1/ledgers/:ledgerId/strikes", operator, message, async (request, response) => {
    const { positions } = shapeOf(strikesBody, request);
    sendEntered(response, await service.strike(ledgerIdOf(request), positions));
  });
  app.post("/v1/ledgers/:ledgerId/batches", message, async (request, response) => {
    sendEntered(response, await service.addBatch(ledgerIdOf(request), jsonOf(request, "batch")));
  });
  app.post("/v1/ledgers/:ledgerId/revocations", message, async (request, response) => {
    sendEntered(response, await service.addRevocation(ledgerIdOf(request), jsonOf(request, "revocation")));
  });
  app.get("/ledgers/:ledgerId/*path", async (request, response) => {
    const path = filePathOf(request);
    const content = await service.publicFile(ledgerIdOf(request), path);
    // Every file of a ledger is another after the next entry.
    sendFile(response, { path, content, changes: true });
  });
}

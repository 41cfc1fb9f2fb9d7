// OpenAPI 3.1, generated from the schemas that validate.
import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ZodMediaTypeObject,
} from "@asteasolutions/zod-to-openapi";
import {
  claimReceiptSchema,
  claimSchema,
  closingSignatureSchema,
  creditBatchSchema,
  petitionReceiptSchema,
  receiptSchema,
  revocationRequestSchema,
  semaphoreProofSchema,
  shareBodySchema,
  submissionSchema,
} from "@commune-zk/prover";
import { z } from "zod";
import {
  challengeAnswer,
  challengeBody,
  emptyAnswer,
  entryAnswer,
  issuerBody,
  ledgerAnswer,
  ledgerBody,
  periodBody,
  petitionAnswer,
  petitionBody,
  policyAnswer,
  policyBody,
  problemSchema,
  registrationAnswer,
  registrationBody,
  signInAnswer,
  signInBody,
  snapshotAnswer,
  snapshotBody,
  strikesBody,
} from "./schemas.ts";

/** zod's own JSON Schema: zod-to-openapi leaves the length of tuples open. */
function mediaOf(schema: z.ZodType): ZodMediaTypeObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  // The same JSON Schema 2020-12; the two packages' types of it know nothing of each other.
  return { schema: rest } as ZodMediaTypeObject;
}

const json = (schema: z.ZodType) => ({ "application/json": mediaOf(schema) });
const text = { "text/plain": mediaOf(z.string()) };
const problem = {
  description: "Refused",
  content: { "application/problem+json": mediaOf(problemSchema) },
};
const pollId = z.strictObject({ pollId: z.string().regex(/^[0-9a-f]{62}$/) });

const hexName = (name: string, digits: number) =>
  z.strictObject({ [name]: z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`)) });
const ledgerId = hexName("ledgerId", 64);
const claimScope = hexName("claimScope", 62);
const petitionId = hexName("petitionId", 62);
const rollId = hexName("rollId", 64);

interface PostRoute {
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly takes: z.ZodType;
  readonly gives: z.ZodType;
  /** Where the operator's token is needed. */
  readonly operatorOnly?: boolean;
  /** Statuses of the good answer; 201 and 200 unless told. */
  readonly statuses?: readonly (200 | 201)[];
}

const NEW_OR_OLD = [201, 200] as const;

/** Routes of ledgers, policies, petitions, snapshots and sign-ins that take something in. */
const POST_ROUTES: readonly PostRoute[] = [
  {
    path: "/v1/ledgers",
    summary: "Begin a ledger, with the service for its registry",
    takes: ledgerBody,
    gives: ledgerAnswer,
    operatorOnly: true,
  },
  {
    path: "/v1/ledgers/{ledgerId}/issuers",
    summary: "Give an issuer authority, renew or end it",
    params: ledgerId,
    takes: issuerBody,
    gives: entryAnswer,
    operatorOnly: true,
  },
  {
    path: "/v1/ledgers/{ledgerId}/periods",
    summary: "Open a period",
    params: ledgerId,
    takes: periodBody,
    gives: entryAnswer,
    operatorOnly: true,
  },
  {
    path: "/v1/ledgers/{ledgerId}/strikes",
    summary: "Revoke credits by the registry's own authority",
    params: ledgerId,
    takes: strikesBody,
    gives: entryAnswer,
    operatorOnly: true,
  },
  {
    path: "/v1/ledgers/{ledgerId}/batches",
    summary: "Hand in an issuer's batch of credits",
    params: ledgerId,
    takes: creditBatchSchema,
    gives: entryAnswer,
  },
  {
    path: "/v1/ledgers/{ledgerId}/revocations",
    summary: "Hand in an issuer's request to revoke",
    params: ledgerId,
    takes: revocationRequestSchema,
    gives: entryAnswer,
  },
  {
    path: "/v1/policies",
    summary: "Register a signed hours policy with its roll",
    takes: policyBody,
    gives: policyAnswer,
    operatorOnly: true,
  },
  {
    path: "/v1/policies/{claimScope}/claims",
    summary: "Submit a claim, at most 16 KiB",
    params: claimScope,
    takes: claimSchema,
    gives: claimReceiptSchema,
  },
  {
    path: "/v1/petitions",
    summary: "Register a signed petition with its roll",
    takes: petitionBody,
    gives: petitionAnswer,
    operatorOnly: true,
  },
  {
    path: "/v1/petitions/{petitionId}/signatures",
    summary: "Sign a petition, at most 16 KiB",
    params: petitionId,
    takes: semaphoreProofSchema,
    gives: petitionReceiptSchema,
  },
  {
    path: "/v1/snapshots",
    summary: "Put a roll's newest snapshot in place of the one before",
    takes: snapshotBody,
    gives: snapshotAnswer,
    operatorOnly: true,
  },
  {
    path: "/v1/sign-ins/challenges",
    summary: "Ask for a challenge to sign in with",
    takes: challengeBody,
    gives: challengeAnswer,
    statuses: [201],
  },
  {
    path: "/v1/sign-ins",
    summary: "Answer a challenge",
    takes: signInBody,
    gives: signInAnswer,
    statuses: [200],
  },
];

/** Public files below what names them. */
const FILE_ROUTES: readonly (readonly [path: string, summary: string, params: z.ZodObject])[] = [
  ["/ledgers/{ledgerId}/{path}", "A public file of a ledger (docs/spec/ledger.md)", ledgerId],
  ["/policies/{claimScope}/{path}", "A public file of a policy (docs/spec/hours.md)", claimScope],
  ["/petitions/{petitionId}/{path}", "A public file of a petition (docs/spec/membership.md)", petitionId],
  ["/snapshots/{rollId}/{path}", "A file of a roll's newest snapshot (docs/spec/membership.md)", rollId],
];

/** The description of the HTTP interface. */
export function openApiDocument() {
  const registry = new OpenAPIRegistry();
  registry.registerPath({
    method: "get",
    path: "/healthz",
    summary: "Whether the service runs",
    responses: { 200: { description: "It does", content: text }, default: problem },
  });
  registry.registerPath({
    method: "get",
    path: "/metrics",
    summary: "Totals since the process started, in Prometheus' text format",
    responses: { 200: { description: "The totals", content: text }, default: problem },
  });
  registry.registerPath({
    method: "get",
    path: "/v1/openapi.json",
    summary: "This description",
    responses: {
      200: { description: "The description", content: json(z.looseObject({})) },
      default: problem,
    },
  });
  const operator = registry.registerComponent("securitySchemes", "operatorToken", {
    type: "http",
    scheme: "bearer",
  });
  registry.registerPath({
    method: "post",
    path: "/v1/polls",
    summary: "Register a signed poll with its roll and the record of its key generation",
    security: [{ [operator.name]: [] }],
    request: { body: { required: true, content: json(registrationBody) } },
    responses: {
      201: { description: "Registered", content: json(registrationAnswer) },
      200: { description: "Registered before", content: json(registrationAnswer) },
      default: problem,
    },
  });
  registry.registerPath({
    method: "post",
    path: "/v1/polls/{pollId}/ballots",
    summary: "Submit a ballot, at most 64 KiB",
    request: { params: pollId, body: { required: true, content: json(submissionSchema) } },
    responses: {
      201: { description: "Recorded: the receipt", content: json(receiptSchema) },
      200: { description: "Recorded before: the same receipt", content: json(receiptSchema) },
      default: problem,
    },
  });
  registry.registerPath({
    method: "post",
    path: "/v1/polls/{pollId}/closings",
    summary: "Hand in a closer's signature",
    request: { params: pollId, body: { required: true, content: json(closingSignatureSchema) } },
    responses: { 201: { description: "Recorded", content: json(emptyAnswer) }, default: problem },
  });
  registry.registerPath({
    method: "post",
    path: "/v1/polls/{pollId}/shares",
    summary: "Hand in a trustee's partial decryption",
    request: { params: pollId, body: { required: true, content: json(shareBodySchema) } },
    responses: { 201: { description: "Recorded", content: json(emptyAnswer) }, default: problem },
  });
  registry.registerPath({
    method: "get",
    path: "/polls/{pollId}/{path}",
    summary: "A public file of a poll (docs/spec/public-files.md)",
    request: { params: pollId.extend({ path: z.string() }) },
    responses: { 200: { description: "The file" }, default: problem },
  });
  registry.registerPath({
    method: "get",
    path: "/artifacts/{sha256}",
    summary: "A circuit or key by its digest",
    request: { params: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }) },
    responses: { 200: { description: "The bytes" }, default: problem },
  });
  for (const { path, summary, params, takes, gives, operatorOnly, statuses = NEW_OR_OLD } of POST_ROUTES) {
    const said = { 200: "Done, now or before", 201: "Done" };
    const good = statuses.map((status) => [status, { description: said[status], content: json(gives) }]);
    registry.registerPath({
      method: "post",
      path,
      summary,
      ...(operatorOnly && { security: [{ [operator.name]: [] }] }),
      request: { ...(params && { params }), body: { required: true, content: json(takes) } },
      responses: { ...Object.fromEntries(good), default: problem },
    });
  }
  for (const [path, summary, params] of FILE_ROUTES) {
    registry.registerPath({
      method: "get",
      path,
      summary,
      request: { params: params.extend({ path: z.string() }) },
      responses: { 200: { description: "The file" }, default: problem },
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: { title: "commune-zk verifier", version: "1" },
  });
}

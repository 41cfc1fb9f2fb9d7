// OpenAPI 3.1, generated from the schemas that validate.
import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ZodMediaTypeObject,
} from "@asteasolutions/zod-to-openapi";
import { closingSignatureSchema, receiptSchema, shareBodySchema, submissionSchema } from "@commune-zk/prover";
import { z } from "zod";
import { emptyAnswer, problemSchema, registrationAnswer, registrationBody } from "./schemas.ts";

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
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: { title: "commune-zk verifier", version: "1" },
  });
}

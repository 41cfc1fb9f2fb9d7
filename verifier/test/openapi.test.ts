// The description of the HTTP interface: OpenAPI 3.1, about exactly the routes that there are, and with
// exactly the schemas that validate.
import {
  claimSchema,
  closingSignatureSchema,
  creditBatchSchema,
  receiptBytes,
  receiptSchema,
  registerPoll,
  revocationRequestSchema,
  semaphoreProofSchema,
  shareBodySchema,
  submissionSchema,
} from "@commune-zk/prover";
import type { Express } from "express";
import { pino } from "pino";
import { z } from "zod";
import { manifest as semaphoreManifest } from "../../prover/test/membership/support.ts";
import { artifacts, manifest } from "../../prover/test/support/keys.ts";
import { paperManifest } from "../../prover/test/support/policies.ts";
import { boardKeys } from "../../prover/test/support/polls.ts";
import { createApp } from "../src/http/app.ts";
import { createMetrics } from "../src/http/metrics.ts";
import {
  challengeBody,
  issuerBody,
  ledgerBody,
  periodBody,
  petitionBody,
  policyBody,
  problemSchema,
  registrationAnswer,
  registrationBody,
  signInBody,
  snapshotBody,
  strikesBody,
} from "../src/http/schemas.ts";
import { ElectionService, openApiDocument, openSqliteStore } from "../src/index.ts";
import { HoursService } from "../src/service/hours-service.ts";
import { LedgerService } from "../src/service/ledger-service.ts";
import { MembershipService } from "../src/service/membership-service.ts";
import { testPoll, unprovenBallot } from "./support/ballots.ts";
import { recordUnchecked } from "./support/boards.ts";
import { ballotRequest } from "./support/refusals.ts";
import { OPERATOR_TOKEN, startTestService, type TestService } from "./support/service.ts";

/** What the tests read of the document; by the standard there is more. */
const mediaSchema = z.strictObject({ schema: z.record(z.string(), z.json()) });
const contentSchema = z.record(z.string().regex(/^[a-z]+\/[a-z+.-]+$/), mediaSchema);
const operationSchema = z.strictObject({
  summary: z.string().min(1),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z
    .array(
      z.strictObject({
        name: z.string(),
        in: z.literal("path"),
        required: z.literal(true),
        schema: z.record(z.string(), z.json()),
      }),
    )
    .optional(),
  requestBody: z.strictObject({ required: z.literal(true), content: contentSchema }).optional(),
  responses: z.record(
    z.string().regex(/^([1-5]\d\d|default)$/),
    z.strictObject({ description: z.string().min(1), content: contentSchema.optional() }),
  ),
});
const documentSchema = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.strictObject({ title: z.string().min(1), version: z.string().min(1) }),
  components: z.strictObject({
    securitySchemes: z.record(
      z.string(),
      z.strictObject({ type: z.literal("http"), scheme: z.literal("bearer") }),
    ),
    schemas: z.strictObject({}),
    parameters: z.strictObject({}),
  }),
  webhooks: z.strictObject({}),
  paths: z.record(
    z.string().startsWith("/"),
    z.partialRecord(z.enum(["get", "put", "post", "delete", "patch"]), operationSchema),
  ),
});

const document = documentSchema.parse(JSON.parse(JSON.stringify(openApiDocument())));
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    name: `${method} ${path}`,
    path,
    operation: operation!,
  })),
);

const poll = testPoll();
let service: TestService;
beforeAll(async () => {
  service = await startTestService();
  await registerPoll({ registration: poll.registration, operatorToken: OPERATOR_TOKEN }, service);
});
afterAll(() => service.remove());

const operationOf = (name: string) => operations.find((operation) => operation.name === name)!.operation;

/** Methods and paths of an application, in the spelling of OpenAPI. */
function routesOf(app: Express): string[] {
  return app.router.stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const path = route.path.replace(/:(\w+)/g, "{$1}").replace(/\*(\w+)/g, "{$1}");
    return route.stack.map(({ method }) => `${method} ${path}`);
  });
}

test("it describes every route of the service, and no other", async () => {
  const store = await openSqliteStore(`${service.directory}/own.sqlite`);
  const keys = { manifest, artifacts };
  const options = { store, boardKey: boardKeys.secretKey, now: () => 0, allowDevelopmentKeys: true };
  const shared = { ...options, commitDelayMs: 0 };
  const ledgers = new LedgerService({ ...shared, registryKey: boardKeys.secretKey });
  const hoursSet = { manifest: paperManifest, artifacts };
  const membershipSet = { manifest: semaphoreManifest, artifacts };
  const app = createApp({
    ...keys,
    ledgers,
    hours: { service: new HoursService({ ...shared, ...hoursSet, ledgers }), keys: hoursSet },
    membership: {
      service: new MembershipService({ ...shared, ...membershipSet, origin: "https://commune.example" }),
      keys: membershipSet,
      signsIn: true,
    },
    service: new ElectionService({ ...keys, ...options }),
    operatorToken: OPERATOR_TOKEN,
    logger: pino({ enabled: false }),
    metrics: createMetrics(),
  });
  // Preflight is the browser's own, not a part of the interface.
  const routes = new Set(routesOf(app).filter((name) => name !== "options /{path}"));
  expect(operations.map(({ name }) => name).sort()).toEqual([...routes].sort());
  await store.close();
});

test.each(operations)(
  "$name has the parameters of its path, a good answer and the problem document",
  ({ path, operation }) => {
    const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
    expect((operation.parameters ?? []).map(({ name }) => name).sort()).toEqual(inPath.sort());
    const schemes = (operation.security ?? []).flatMap(Object.keys);
    expect(Object.keys(document.components.securitySchemes)).toEqual(expect.arrayContaining(schemes));
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["default"]));
    expect(Object.keys(operation.responses).some((status) => /^2/.test(status))).toBe(true);
    const { content } = operation.responses.default!;
    expect(content?.["application/problem+json"]?.schema).toEqual(jsonSchemaOf(problemSchema));
  },
);

test("only what an operator does asks for the operator's token", () => {
  const guarded = operations.filter(({ operation }) => operation.security !== undefined);
  expect(guarded.map(({ name }) => name).sort()).toEqual([
    "post /v1/ledgers",
    "post /v1/ledgers/{ledgerId}/issuers",
    "post /v1/ledgers/{ledgerId}/periods",
    "post /v1/ledgers/{ledgerId}/strikes",
    "post /v1/petitions",
    "post /v1/policies",
    "post /v1/polls",
    "post /v1/snapshots",
  ]);
});

function jsonSchemaOf(schema: z.ZodType): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return JSON.parse(JSON.stringify(rest));
}

describe("its schemas are those that validate", () => {
  const json = (content: z.infer<typeof contentSchema> | undefined) => content?.["application/json"]?.schema;
  const requests: [name: string, schema: z.ZodType][] = [
    ["post /v1/polls", registrationBody],
    ["post /v1/polls/{pollId}/ballots", submissionSchema],
    ["post /v1/polls/{pollId}/closings", closingSignatureSchema],
    ["post /v1/polls/{pollId}/shares", shareBodySchema],
    ["post /v1/ledgers", ledgerBody],
    ["post /v1/ledgers/{ledgerId}/issuers", issuerBody],
    ["post /v1/ledgers/{ledgerId}/periods", periodBody],
    ["post /v1/ledgers/{ledgerId}/strikes", strikesBody],
    ["post /v1/ledgers/{ledgerId}/batches", creditBatchSchema],
    ["post /v1/ledgers/{ledgerId}/revocations", revocationRequestSchema],
    ["post /v1/policies", policyBody],
    ["post /v1/policies/{claimScope}/claims", claimSchema],
    ["post /v1/petitions", petitionBody],
    ["post /v1/petitions/{petitionId}/signatures", semaphoreProofSchema],
    ["post /v1/snapshots", snapshotBody],
    ["post /v1/sign-ins/challenges", challengeBody],
    ["post /v1/sign-ins", signInBody],
  ];
  test.each(requests)("%s takes", (name, schema) => {
    expect(json(operationOf(name).requestBody?.content)).toEqual(jsonSchemaOf(schema));
  });
  test("every operation with a body is among them", () => {
    const withBody = operations.filter(({ operation }) => operation.requestBody !== undefined);
    expect(withBody.map(({ name }) => name).sort()).toEqual(requests.map(([name]) => name).sort());
  });
  test("and those that make the answers", () => {
    const answers = (name: string) =>
      ["200", "201"].map((status) => json(operationOf(name).responses[status]?.content));
    const registered = jsonSchemaOf(registrationAnswer);
    expect(answers("post /v1/polls")).toEqual([registered, registered]);
    const receipt = jsonSchemaOf(receiptSchema);
    expect(answers("post /v1/polls/{pollId}/ballots")).toEqual([receipt, receipt]);
  });

  test("what goes over the wire conforms, and the service refuses what does not", async () => {
    const ballot = await unprovenBallot(poll, { voter: 0 });
    const [receipt] = await recordUnchecked(service, poll, [ballot]);
    const { requestBody, responses } = operationOf("post /v1/polls/{pollId}/ballots");
    // Read back from the document, not the schema that it was made from.
    const request = z.fromJSONSchema(json(requestBody?.content) as never);
    const answer = z.fromJSONSchema(json(responses["200"]?.content) as never);
    const problem = z.fromJSONSchema(
      responses.default?.content?.["application/problem+json"]?.schema as never,
    );

    const good: Record<string, unknown> = JSON.parse(JSON.stringify(ballot.submission));
    expect(request.safeParse(good).success).toBe(true);
    const sent = await service.send(ballotRequest(poll.pollId, good));
    expect(sent.status).toBe(200);
    expect(sent.text).toBe(Buffer.from(receiptBytes(receipt!)).toString());
    expect(answer.safeParse(JSON.parse(sent.text)).success).toBe(true);
    expect(answer.safeParse({ ...JSON.parse(sent.text), at: 1 }).success).toBe(false);

    const proof = ballot.submission.proof;
    const bad: Record<string, unknown>[] = [
      { ...good, extra: 1 },
      { ...good, type: "commune-zk/ballot/v2" },
      { ...good, pollId: "AB".repeat(31) },
      { ...good, publicSignals: [] },
      { ...good, publicSignals: [0] },
      { ...good, publicSignals: ["1".repeat(79)] },
      { ...good, publicSignals: new Array<string>(65).fill("0") },
      { ...good, proof: { ...proof, a: [...proof.a, "1"] } },
      { ...good, proof: { ...proof, b: [proof.b[0]] } },
      { ...good, proof: { a: proof.a, b: proof.b } },
    ];
    for (const body of bad) {
      const { status, text } = await service.send(ballotRequest(poll.pollId, body));
      const { code } = JSON.parse(text) as { code: string };
      expect({ body, conforms: request.safeParse(body).success, status, code }).toEqual({
        body,
        conforms: false,
        status: 400,
        code: "submission-malformed",
      });
      expect(problem.safeParse(JSON.parse(text)).success).toBe(true);
      for (const field of ["type", "title", "status", "code"]) {
        const { [field]: _, ...rest } = JSON.parse(text) as Record<string, unknown>;
        expect(problem.safeParse(rest).success).toBe(false);
      }
    }
  });
});

test("the service serves it as it is", async () => {
  const { status, contentType, text } = await service.send({ path: "/v1/openapi.json" });
  expect([status, contentType]).toEqual([200, expect.stringMatching(/^application\/json/)]);
  expect(documentSchema.parse(JSON.parse(text))).toEqual(document);
});

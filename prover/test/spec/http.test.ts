// docs/spec/http.md: the routes, their limits, and the election of the examples over a real service, whose
// answers and files are the examples' byte for byte.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openApiDocument } from "../../../verifier/src/http/openapi.ts";
import {
  MAX_MESSAGE_BYTES,
  MAX_PROOF_BYTES,
  MAX_REGISTRATION_BYTES,
} from "../../../verifier/src/http/requests.ts";
import { type RunningServer, startServer } from "../../../verifier/src/server.ts";
import { parseSemaphoreManifest, type SemaphoreProof } from "../../src/index.ts";
import { directoryArtifactSource, semaphorePackageDirectory } from "../../src/node.ts";
import { MAX_SUBMISSION_BYTES } from "../../src/protocol/ballot.ts";
import { MAX_CLAIM_BYTES } from "../../src/protocol/hours/claim.ts";
import { hoursArtifacts, hoursManifest } from "../support/hours-keys.ts";
import { artifacts, manifest } from "../support/keys.ts";
import { testExample } from "./support/checks.ts";
import { boardKey, CLOSES, exampleElection, OPENS } from "./support/election.ts";
import { httpExample } from "./support/examples.ts";
import { httpHoursExample } from "./support/http.ts";
import { bytes, oracle, pair } from "./support/independent.ts";
import { readExample, readPage, readRecords, section, tableRows } from "./support/pages.ts";

const example = readExample("http") as unknown as {
  readonly registered: string;
  readonly receipts: readonly string[];
  readonly problem: string;
  readonly unknown: string;
  readonly ledger: string;
  readonly entered: readonly string[];
  readonly reused: string;
  readonly policy: string;
  readonly claimReceipt: string;
  readonly claimed: string;
  readonly petition: string;
  readonly petitionReceipt: string;
  readonly snapshot: string;
  readonly unanswered: string;
};
const records = readRecords();
const election = await exampleElection(records);
const { pollId } = election;
const TOKEN = "a token that guards nothing";

/** The other pages' examples, as they are stored. */
const pages = {
  ledger: readExample("ledger") as unknown as {
    readonly ledgerId: string;
    readonly registrySeed: string;
    readonly lines: readonly string[];
    readonly files: readonly { readonly path: string; readonly size: number }[];
    readonly checkpoint: string;
  },
  hours: readExample("hours") as unknown as {
    readonly policy: string;
    readonly signature: string;
    readonly claimScope: string;
    readonly record: string;
  },
  membership: readExample("membership") as unknown as {
    readonly petition: string;
    readonly petitionId: string;
    readonly snapshot: string;
    readonly proof: SemaphoreProof;
    readonly signIn: { readonly nonce: string };
  },
};

testExample("http", async () => ({
  ...httpExample(election, records),
  ...(await httpHoursExample({
    claim: bytes(pages.hours.record),
    manifest: hoursManifest,
    petitionText: pages.membership.petition,
    snapshotText: pages.membership.snapshot,
    proof: pages.membership.proof,
  })),
}));

let directory: string;
let server: RunningServer;
let now = OPENS;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "commune-http-"));
  server = await startServer(
    {
      databasePath: join(directory, "board.sqlite"),
      operatorToken: TOKEN,
      boardKey: boardKey.secretKey,
      manifest,
      artifacts,
      allowDevelopmentKeys: true,
      now: () => now,
      log: { write: () => undefined },
      registryKey: bytes(pages.ledger.registrySeed),
      hours: { manifest: hoursManifest, artifacts: hoursArtifacts },
      membership: {
        manifest: parseSemaphoreManifest(
          await readFile(new URL("../../../keys/semaphore.json", import.meta.url)),
        ),
        artifacts: directoryArtifactSource(semaphorePackageDirectory()),
      },
      origin: "https://commune.example",
    },
    { port: 0 },
  );
});

afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(server.baseUrl + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const type = response.headers.get("content-type")?.split(";")[0];
  return { status: response.status, type, body: await response.text() };
}

/** Signals and proof of a record as they are sent, made by ballot.md §6 and §7. */
function sentOf(record: Uint8Array) {
  const numbers = Array.from({ length: (record.length - 3) / 32 }, (_, i) =>
    BigInt(`0x${Buffer.from(record.subarray(3 + 32 * i, 35 + 32 * i)).toString("hex")}`).toString(),
  );
  const [ax, ay, bx0, bx1, by0, by1, cx, cy] = numbers.slice(-8);
  return {
    publicSignals: numbers.slice(0, -8),
    proof: {
      a: [ax, ay],
      b: [
        [bx0, bx1],
        [by0, by1],
      ],
      c: [cx, cy],
    },
  };
}

test("the page's election runs over HTTP, every answer and file as the examples hold it", async () => {
  const { poll, signatures, rollEvents, dkg } = election.registration;
  const registration = Object.fromEntries(
    Object.entries({ poll, signatures, rollEvents, dkg }).map(([name, file]) => [
      name,
      Buffer.from(file).toString(),
    ]),
  );
  const authorization = { authorization: `Bearer ${TOKEN}` };
  const json = "application/json";
  const registered = { type: json, body: example.registered };
  expect(await post("/v1/polls", registration, authorization)).toEqual({ status: 201, ...registered });
  expect(await post("/v1/polls", registration, authorization)).toEqual({ status: 200, ...registered });

  const ballots = `/v1/polls/${pollId}/ballots`;
  const submissions = records.map((record) => ({ type: "commune-zk/ballot/v1", pollId, ...sentOf(record) }));
  expect(JSON.stringify(submissions[0])).toBe(readExample("ballot").submission);
  for (const [i, submission] of submissions.entries()) {
    expect(await post(ballots, submission)).toEqual({ status: 201, type: json, body: example.receipts[i] });
  }
  expect(await post(ballots, submissions[0])).toEqual({ status: 200, type: json, body: example.receipts[0] });
  const problem = "application/problem+json";
  const signals = submissions[0]!.publicSignals;
  const doubled = oracle.multiply(pair(signals.slice(1, 3)), 2n).map(String);
  const other = { ...submissions[0], publicSignals: [signals[0], ...doubled, ...signals.slice(3)] };
  expect(await post(ballots, other)).toEqual({ status: 409, type: problem, body: example.problem });
  const nowhere = await post(`/v1/polls/${"0".repeat(62)}/ballots`, submissions[0]);
  expect(nowhere).toEqual({ status: 404, type: problem, body: example.unknown });

  now = CLOSES;
  const late = await post(ballots, other);
  expect([late.status, JSON.parse(late.body).code]).toEqual([403, "poll-closed"]);
  const again = await post(ballots, submissions[2]);
  expect(again).toEqual({ status: 200, type: json, body: example.receipts[2] });

  const closing = readExample("closing") as unknown as { statement: string; signatures: readonly object[] };
  const statement: unknown = JSON.parse(closing.statement);
  for (const signature of closing.signatures.toReversed()) {
    const answer = await post(`/v1/polls/${pollId}/closings`, { statement, ...signature });
    expect([answer.status, answer.body]).toEqual([201, "{}"]);
  }
  for (const share of readExample("trustees").decryption as readonly string[]) {
    const answer = await post(`/v1/polls/${pollId}/shares`, share);
    expect([answer.status, answer.body]).toEqual([201, "{}"]);
  }

  const files = [...election.files.keys()];
  expect(files).toContain("result.json");
  for (const path of files) {
    const response = await fetch(`${server.baseUrl}/polls/${pollId}/${path}`);
    expect([path, response.status]).toEqual([path, 200]);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(election.files.get(path)!));
    const fresh = path.startsWith("board/");
    expect([path, response.headers.get("cache-control")]).toEqual([
      path,
      fresh ? "no-cache" : "public, max-age=60",
    ]);
  }
});

test("the page's ledger, claim and petition run over HTTP, every answer as the example holds it", async () => {
  const { ledger, hours, membership } = pages;
  const authorization = { authorization: `Bearer ${TOKEN}` };
  const created = (body: string | undefined) => ({ status: 201, type: "application/json", body });
  const problem = (status: number, body: string) => ({ status, type: "application/problem+json", body });

  const path = `/v1/ledgers/${ledger.ledgerId}`;
  const named = { ledgerId: ledger.ledgerId, boardName: "board.example" };
  expect(await post("/v1/ledgers", named, authorization)).toEqual(created(example.ledger));
  const batches: { header: object; inner: string[] }[] = [];
  for (const [serial, line] of ledger.lines.entries()) {
    const { at, change } = (JSON.parse(line) as { entry: { at: number; change: Record<string, unknown> } })
      .entry;
    now = at;
    const { kind, batch, request, positions: _, ...plain } = change;
    const route = { issuer: "issuers", period: "periods", credits: "batches", revoke: "revocations" }[
      String(kind)
    ];
    if (batch !== undefined) batches.push(batch as (typeof batches)[number]);
    const entered = await post(`${path}/${route}`, batch ?? request ?? plain, authorization);
    expect(entered).toEqual(created(example.entered[serial]));
  }
  const [first, second] = batches;
  const repeated = { ...created(example.entered[2]), status: 200 };
  expect(await post(`${path}/batches`, first)).toEqual(repeated);
  const other = await post(`${path}/batches`, { ...first, inner: second!.inner });
  expect(other).toEqual(problem(409, example.reused));
  const served = async (name: string): Promise<Buffer> => {
    const response = await fetch(`${server.baseUrl}/ledgers/${ledger.ledgerId}/${name}`);
    expect([name, response.status, response.headers.get("cache-control")]).toEqual([name, 200, "no-cache"]);
    return Buffer.from(await response.arrayBuffer());
  };
  expect((await served("entries.ndjson")).toString()).toBe(ledger.lines.join(""));
  expect((await served("checkpoint")).toString()).toBe(ledger.checkpoint);
  for (const { path: name, size } of ledger.files)
    expect([name, (await served(name)).length]).toEqual([name, size]);

  const rollEvents = Buffer.from(election.registration.rollEvents).toString();
  const { policy, signature, claimScope } = hours;
  const registered = await post("/v1/policies", { policy, signature, rollEvents }, authorization);
  expect(registered).toEqual(created(example.policy));
  const claims = `/v1/policies/${claimScope}/claims`;
  const claim = { type: "commune-zk/claim/v1", claimScope, ...sentOf(bytes(hours.record)) };
  expect(await post(claims, claim)).toEqual(created(example.claimReceipt));
  expect(await post(claims, claim)).toEqual({ ...created(example.claimReceipt), status: 200 });
  const lower = { ...claim, publicSignals: claim.publicSignals.with(8, "600") };
  expect(await post(claims, lower)).toEqual(problem(409, example.claimed));

  const { petition, petitionId, snapshot, proof, signIn } = membership;
  expect(await post("/v1/petitions", { petition, rollEvents }, authorization)).toEqual(
    created(example.petition),
  );
  expect(await post("/v1/snapshots", { snapshot, rollEvents }, authorization)).toEqual(
    created(example.snapshot),
  );
  const signed = await post(`/v1/petitions/${petitionId}/signatures`, proof);
  expect(signed).toEqual(created(example.petitionReceipt));
  const answer = { nonce: signIn.nonce, proof };
  expect(await post("/v1/sign-ins", answer)).toEqual(problem(403, example.unanswered));
});

test("the page's routes and limits are those of the code", async () => {
  const folder = new URL("../../../verifier/src/http/", import.meta.url);
  const files = (await readdir(folder)).filter((name) => name === "app.ts" || name.endsWith("-routes.ts"));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), "utf8")));
  const routes = [...sources.join("\n").matchAll(/app\.(get|post)\(\s*"([^"]+)"/g)].map(
    ([, method, path]) => `${method!.toUpperCase()} ${path!.replace(/[:*](\w+)/g, "{$1}")}`,
  );
  const rows = [/Routes/, /Ledgers/, /Policies/, /Petitions/, /Snapshots/].flatMap((heading) =>
    tableRows(section("http", heading)),
  );
  const written = rows.map(([method, path]) => `${method} ${path!.replaceAll("`", "")}`);
  expect(written.sort()).toEqual(routes.sort());

  const described = Object.entries(openApiDocument().paths ?? {}).flatMap(([path, item]) =>
    Object.keys(item as object).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual(written);

  const limits = rows.flatMap(([, path, , limit]) =>
    / bytes$/.test(limit!) ? [[path!.replaceAll("`", ""), Number(limit!.replace(/,| bytes/g, ""))]] : [],
  );
  expect(limits).toEqual([
    ["/v1/polls", MAX_REGISTRATION_BYTES],
    ["/v1/polls/{pollId}/ballots", MAX_SUBMISSION_BYTES],
    ["/v1/polls/{pollId}/closings", MAX_MESSAGE_BYTES],
    ["/v1/polls/{pollId}/shares", MAX_MESSAGE_BYTES],
    ["/v1/policies", MAX_REGISTRATION_BYTES],
    ["/v1/policies/{claimScope}/claims", MAX_CLAIM_BYTES],
    ["/v1/petitions", MAX_REGISTRATION_BYTES],
    ["/v1/petitions/{petitionId}/signatures", MAX_PROOF_BYTES],
    ["/v1/snapshots", MAX_REGISTRATION_BYTES],
    ["/v1/sign-ins", MAX_PROOF_BYTES],
  ]);
});

test.each([
  ["ballots", MAX_SUBMISSION_BYTES],
  ["closings", 2 ** 20],
  ["shares", 2 ** 20],
])("a body of %s is refused one byte above the page's limit", async (route, limit) => {
  const code = async (length: number): Promise<string> =>
    JSON.parse((await post(`/v1/polls/${pollId}/${route}`, " ".repeat(length))).body).code;
  expect(await code(limit)).toBe("bad-json");
  expect(await code(limit + 1)).toBe("submission-too-large");
});

test("the page names the codes of a wrong token, type, method and path", async () => {
  const code = ({ body }: Answer): string => JSON.parse(body).code;
  const wrong = [
    code(await post("/v1/polls", {}, { authorization: "Bearer another" })),
    code(await post(`/v1/polls/${pollId}/ballots`, "{}", { "content-type": "text/plain" })),
    code(await post(`/polls/${pollId}/poll.json`, {})),
    code(await post(`/v1/polls/${pollId.toUpperCase()}/ballots`, {})),
  ];
  expect(wrong).toEqual(["unauthorized", "unsupported-media-type", "route-unknown", "poll-unknown"]);
  for (const named of wrong) expect(readPage("http")).toContain(`\`${named}\``);
});

// Nothing is written about who sent a ballot or when: every byte that the service writes is searched for what
// a client could be known by, for its address, and for the hour, in every form that these could have.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ArtifactSource,
  type CreditBatch,
  fieldToBytes,
  fromHex,
  fromUtf8,
  leanRollOf,
  pointToJson,
  prepareClaim,
  proveClaim,
  provePetitionSignature,
  proveSignIn,
  type SealedBallot,
  type SealedClaim,
  type SemaphoreProof,
  signPetition,
  signSnapshot,
} from "@commune-zk/prover";
import { jest } from "@jest/globals";
import Database from "better-sqlite3";
import { claimOptions, communeOf, policyFor } from "../../prover/test/hours/support.ts";
import * as membership from "../../prover/test/membership/support.ts";
import { hoursArtifacts, hoursKeys, hoursManifest } from "../../prover/test/support/hours-keys.ts";
import { artifacts } from "../../prover/test/support/keys.ts";
import { board } from "../../prover/test/support/ledgers.ts";
import { boardKeys } from "../../prover/test/support/polls.ts";
import { provenBallot, testPoll } from "./support/ballots.ts";
import {
  type CanaryRequest,
  CLIENT,
  canary,
  HEADERS,
  OTHERS,
  QUERY,
  type Received,
  sendGarbage,
  sendMarked,
} from "./support/canaries.ts";
import { OPERATOR_TOKEN, readTables, startTestService, type TestService } from "./support/service.ts";
import {
  findInstants,
  findTraces,
  type Trace,
  tracesOfAddress,
  tracesOfInstant,
  tracesOfKey,
  tracesOfText,
} from "./support/traces.ts";

/** The service's clock: 2069-07-21, a number that occurs nowhere else. */
const INSTANT = 3_141_592_653;
/** Its clock while it keeps the ledger: 2056-02-20. The ledger's entries bear it, and nothing else may. */
const LEDGER_INSTANT = 2_718_281_828;
const ORIGIN = "https://commune.example";
const traces: readonly Trace[] = [
  ...[...HEADERS, ...OTHERS].flatMap((name) => tracesOfText(`canary ${name}`, canary(name))),
  ...tracesOfAddress("client address", CLIENT),
  ...tracesOfInstant(INSTANT),
];
const tracesOfLedger = tracesOfInstant(LEDGER_INSTANT);

const poll = testPoll({ opensAt: INSTANT - 4_000_000, closesAt: INSTANT + 4_000_000 });
const open = { opensAt: INSTANT - 4_000_000, closesAt: INSTANT + 4_000_000 };
const commune = await communeOf(2, [{ member: 0, amount: 600 }]);
const { registry, name: ledger } = commune.ledger;
/** As its issuer sends it. */
const batch = (
  JSON.parse(fromUtf8(commune.ledger.lines.at(-1)!)) as { entry: { change: { batch: CreditBatch } } }
).entry.change.batch;
const { signed, policy } = policyFor(commune, { ...open, credits: 1, thresholds: [600] }, hoursManifest);
const petition = membership.openPetition(commune, commune.roll, open);
const start = Math.floor(Date.now() / 1000);

let service: TestService;
let ballots: SealedBallot[];
let claim: SealedClaim;
let signature: SemaphoreProof;
let nonce = "";
/** Everything that was written, by where. */
const written = new Map<string, Buffer>();
const answers: Received[] = [];
let metrics = "";
let copies: string;

beforeAll(async () => {
  ballots = [await provenBallot(poll, { voter: 0 }), await provenBallot(poll, { voter: 1 })];
  const { engine } = membership;
  claim = await proveClaim({
    claim: prepareClaim(await claimOptions(commune, policy, { member: 0, threshold: 600 })),
    artifacts: (await hoursKeys("hours-1")).artifacts,
    engine,
  });
  signature = await provePetitionSignature({ petition, ...(await proverOf(petition)) });
  const printed: string[] = [];
  const spies = [
    ...(["log", "info", "warn", "error", "debug"] as const).map((method) =>
      jest.spyOn(console, method).mockImplementation((...values) => void printed.push(values.join(" "))),
    ),
    ...([process.stdout, process.stderr] as const).map((stream) =>
      jest.spyOn(stream, "write").mockImplementation((chunk) => {
        printed.push(String(chunk));
        return true;
      }),
    ),
  ];
  try {
    await runEverything();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  written.set("printed", Buffer.from(printed.join("\n")));
  written.set("log", Buffer.from(service.log.join("")));
  written.set("metrics", Buffer.from(metrics));
  for (const moment of ["running", "stopped"]) {
    for (const name of readdirSync(join(copies, moment))) {
      written.set(`${moment}/${name}`, readFileSync(join(copies, moment, name)));
    }
  }
}, 120_000);
afterAll(async () => {
  rmSync(copies, { recursive: true });
  await service.remove();
});

/** Sends a request and keeps its answer. */
async function step(name: string, sent: CanaryRequest, expected: number): Promise<Received | "cut"> {
  const received = await sendMarked(service.baseUrl, sent);
  if (received !== "cut") answers.push(received);
  expect([name, received === "cut" ? 0 : received.status]).toEqual([name, expected]);
  return received;
}

const asOperator = { Authorization: `Bearer ${OPERATOR_TOKEN}` };
const textsOf = (files: Readonly<Record<string, Uint8Array>>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, fromUtf8(bytes)])));

/** Registers something with marks in every header but the operator's token, after an attempt with a mark for it. */
async function register(name: string, path: string, body: string): Promise<void> {
  await step(`${name} without token`, { path: path + QUERY, body }, 401);
  await step(name, { path: path + QUERY, body, headers: asOperator }, 201);
}

/** Sends a thing in all ways that end in a refusal before it is judged. */
async function sendBroken(path: string, good: object, field: string): Promise<void> {
  const body = JSON.stringify(good);
  await step(
    "value in a body",
    { path, body: JSON.stringify({ ...good, [field]: canary("body value") }) },
    400,
  );
  await step("key in a body", { path, body: JSON.stringify({ ...good, [canary("body key")]: 1 }) }, 400);
  await step("broken body", { path, body: `{"${canary("broken body")}` }, 400);
  await step("gzip", { path, body, headers: { "Content-Encoding": "gzip" } }, 415);
  await step("cut", { path, body, cutAfter: 100 }, 0);
}

type Fail = (fails: boolean) => void;

async function serveVotes(fail: Fail): Promise<void> {
  await register("poll", "/v1/polls", textsOf({ ...poll.registration }));
  await step("health", { path: `/healthz${QUERY}` }, 200);
  await step("description", { path: `/v1/openapi.json${QUERY}` }, 200);
  await step("public file", { path: `/polls/${poll.pollId}/poll.json${QUERY}` }, 200);
  const path = `/v1/polls/${poll.pollId}/ballots${QUERY}`;
  const asked = { "Access-Control-Request-Headers": canary("X-Anything-At-All") };
  await step("preflight", { path, method: "OPTIONS", headers: asked }, 204);
  const [first, second] = ballots.map(({ submission }) => JSON.stringify(submission)) as [string, string];
  fail(true);
  await step("ballot while the disk fails", { path, body: first }, 500);
  fail(false);
  await step("ballot", { path, body: first }, 201);
  await step("the same ballot", { path, body: first }, 200);
  await step("another ballot", { path, body: second }, 201);
  await sendBroken(path, ballots[0]!.submission, "pollId");
  await step("bad closing", { path: `/v1/polls/${poll.pollId}/closings${QUERY}`, body: "{}" }, 400);
  await step("bad share", { path: `/v1/polls/${poll.pollId}/shares${QUERY}`, body: "{}" }, 400);
  const unknown = encodeURIComponent(canary("path"));
  await step("unknown route", { path: `/${unknown}${QUERY}` }, 404);
  await step("unknown file", { path: `/polls/${poll.pollId}/${unknown}` }, 404);
  await step("unknown artifact", { path: `/artifacts/${unknown}` }, 404);
}

async function keepLedger(): Promise<void> {
  service.clock.now = LEDGER_INSTANT;
  const { ledgerId } = ledger;
  const path = `/v1/ledgers/${ledgerId}`;
  await register("ledger", "/v1/ledgers", JSON.stringify({ ledgerId, boardName: board.name }));
  const [key, until] = [pointToJson(commune.issuers[0]!.publicKey), open.closesAt];
  await register("issuer", `${path}/issuers`, JSON.stringify({ key, name: "Bakery", until }));
  const { period } = batch.header;
  await register("period", `${path}/periods`, JSON.stringify({ period, closes: open.closesAt }));
  const batches = `${path}/batches${QUERY}`;
  await sendBroken(batches, batch, "type");
  const forged = { ...batch, header: { ...batch.header, serial: 1 } };
  await step("batch with a skipped serial", { path: batches, body: JSON.stringify(forged) }, 409);
  await step("batch", { path: batches, body: JSON.stringify(batch) }, 201);
  await step("the same batch", { path: batches, body: JSON.stringify(batch) }, 200);
  await step("bad revocation", { path: `${path}/revocations${QUERY}`, body: "{}" }, 400);
  await step("strike without token", { path: `${path}/strikes${QUERY}`, body: '{"positions":[0]}' }, 401);
  for (const file of ["entries.ndjson", "checkpoint", "leaves/0"]) {
    await step("public file of the ledger", { path: `/ledgers/${ledgerId}/${file}${QUERY}` }, 200);
  }
  await step(
    "unknown file of the ledger",
    { path: `/ledgers/${ledgerId}/${encodeURIComponent(canary("path"))}` },
    404,
  );
  service.clock.now = INSTANT;
}

async function serveClaims(fail: Fail): Promise<void> {
  const registration = { policy: signed.policyBytes, signature: signed.signatureBytes };
  await register("policy", "/v1/policies", textsOf({ ...registration, rollEvents: commune.rollEvents }));
  const path = `/v1/policies/${policy.claimScope}/claims${QUERY}`;
  const body = JSON.stringify(claim.submission);
  fail(true);
  await step("claim while the disk fails", { path, body }, 500);
  fail(false);
  await sendBroken(path, claim.submission, "claimScope");
  await step("claim", { path, body }, 201);
  await step("the same claim", { path, body }, 200);
  const again = { ...claim.submission, proof: { ...claim.submission.proof, a: ["1", "1"] } };
  await step("the same claim with another proof", { path, body: JSON.stringify(again) }, 200);
  await step(
    "public file of the policy",
    { path: `/policies/${policy.claimScope}/board/checkpoint${QUERY}` },
    200,
  );
}

async function serveMembers(): Promise<void> {
  const { rollEvents, registrar, roll } = commune;
  const petitionBytes = signPetition(petition.petition, registrar.secretKey);
  await register("petition", "/v1/petitions", textsOf({ petition: petitionBytes, rollEvents }));
  const path = `/v1/petitions/${petition.petitionId}/signatures${QUERY}`;
  await sendBroken(path, signature, "message");
  await step("signature", { path, body: JSON.stringify(signature) }, 201);
  await step("the same signature", { path, body: JSON.stringify(signature) }, 200);
  await step(
    "public file of the petition",
    { path: `/petitions/${petition.petitionId}/board/checkpoint${QUERY}` },
    200,
  );

  const snapshot = signSnapshot(membership.snapshotOf(roll), registrar.secretKey);
  await register("snapshot", "/v1/snapshots", textsOf({ snapshot, rollEvents }));
  const challenge = { path: `/v1/sign-ins/challenges${QUERY}`, body: "{}" };
  const given = await step("challenge", challenge, 201);
  if (given === "cut") throw new Error("no challenge");
  ({ nonce } = JSON.parse(given.text) as { nonce: string });
  const { roll: frozen } = membership.frozen(commune, roll);
  const proof = await proveSignIn({ ...(await proverOf(petition)), roll: frozen, origin: ORIGIN, nonce });
  const signIn = `/v1/sign-ins${QUERY}`;
  await sendBroken(signIn, { nonce, proof }, "nonce");
  await step("sign-in", { path: signIn, body: JSON.stringify({ nonce, proof }) }, 200);
  await step("the same sign-in", { path: signIn, body: JSON.stringify({ nonce, proof }) }, 403);
}

/** What the first member proves its membership with. */
function proverOf({ roll }: typeof petition) {
  const { tree } = leanRollOf(commune.roll, ["member"]);
  return membership.proverOf(commune.identities[0]!, { roll, tree });
}

async function runEverything(): Promise<void> {
  let fails = false;
  const failing = (source: ArtifactSource): ArtifactSource => ({
    bytes: (file, options) => {
      if (fails) throw new Error(`cannot read ${canary("own failure")}`);
      return source.bytes(file, options);
    },
  });
  service = await startTestService({
    artifacts: failing(artifacts),
    registryKey: registry.secretKey,
    hours: { manifest: hoursManifest, artifacts: failing(hoursArtifacts) },
    membership: { manifest: membership.manifest, artifacts: membership.artifacts },
    origin: ORIGIN,
  });
  service.clock.now = INSTANT;
  copies = mkdtempSync(join(tmpdir(), "commune-copies-"));
  await serveVotes((value) => {
    fails = value;
  });
  await keepLedger();
  await serveClaims((value) => {
    fails = value;
  });
  await serveMembers();
  expect(await sendGarbage(service.baseUrl, `${canary("raw request")}\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /);
  metrics = (await service.send({ path: "/metrics" })).text;

  cpSync(service.directory, join(copies, "running"), { recursive: true });
  await service.stop();
  cpSync(service.directory, join(copies, "stopped"), { recursive: true });
}

test("the client came from its own address, and everything it did left something", () => {
  for (const { localAddress } of answers) expect(localAddress).toBe(CLIENT);
  expect([...written.keys()].sort()).toEqual([
    "log",
    "metrics",
    "printed",
    "running/board.sqlite",
    "running/board.sqlite-shm",
    "running/board.sqlite-wal",
    "stopped/board.sqlite",
  ]);
  const tables = readTables(join(copies, "stopped/board.sqlite"));
  expect(tables.record).toHaveLength(4);
  expect(tables.ledger_entry).toHaveLength(3);
  // The search reads what the database holds: it finds what has to be there.
  for (const { nullifier, statementHash } of [...ballots, claim]) {
    const known: Trace[] = [
      { name: "nullifier", bytes: Buffer.from(fieldToBytes(nullifier)), isText: false },
      { name: "statement", bytes: Buffer.from(fromHex(statementHash, 32)), isText: false },
    ];
    for (const file of ["running/board.sqlite-wal", "stopped/board.sqlite"]) {
      expect(findTraces(written.get(file)!, known)).toEqual(["nullifier", "statement"]);
    }
  }
  expect(written.get("log")!.toString()).toContain("request failed");
  expect(metrics).toContain('commune_refusals_total{code="internal"} 2');
  expect(metrics).toContain('commune_ballots_total{kind="recorded"} 2');
  expect(metrics).toContain('commune_claims_total{kind="recorded"} 1');
  expect(metrics).toContain('commune_petition_signatures_total{kind="recorded"} 1');
});

test("the hour of a batch stands in its ledger's entries, and nowhere else", () => {
  const at = Buffer.from(`"at":${LEDGER_INSTANT},`);
  let entries = 0;
  for (const [where, bytes] of written) {
    const parts = bytes.toString("latin1").split(at.toString("latin1"));
    if (where.startsWith("stopped/")) entries = parts.length - 1;
    const others = Buffer.from(parts.join(""), "latin1");
    expect({ where, found: findTraces(others, tracesOfLedger) }).toEqual({ where, found: [] });
  }
  expect(entries).toBe(3);
});

test("no canary, no address and no instant of the clock is in any byte that was written", () => {
  for (const [where, bytes] of written) {
    expect({ where, found: findTraces(bytes, traces) }).toEqual({ where, found: [] });
  }
});

test("none is in an answer either, but for the path or field that its sender is told there is not", () => {
  for (const { headers, text } of answers) {
    const { date: _, ...rest } = headers;
    const found = findTraces(Buffer.from(JSON.stringify(rest) + text), traces);
    expect(found.filter((name) => !/^canary (path|body key)/.test(name))).toEqual([]);
  }
});

test("no instant of the machine's clock is in any byte that was written", () => {
  const interval = [start - 1, Math.floor(Date.now() / 1000) + 1] as const;
  for (const [where, bytes] of written) {
    expect({ where, found: findInstants(bytes, interval) }).toEqual({ where, found: [] });
  }
  // Seconds in four bytes, which a search of bytes cannot tell from chance: by the columns themselves.
  for (const [table, rows] of Object.entries(readTables(join(copies, "stopped/board.sqlite")))) {
    for (const value of rows.flatMap(Object.values)) {
      if (typeof value === "number")
        expect({ table, value, small: value < 65_536 }).toMatchObject({ small: true });
    }
  }
});

test("no secret of operator, board, member or trustee is in any byte that was written, or in an answer", () => {
  const secrets = [
    ...tracesOfText("operator's token", service.operatorToken),
    ...tracesOfKey("board key", boardKeys.secretKey),
    ...tracesOfKey("registrar's key", poll.registrar.secretKey),
    ...poll.identities.flatMap(({ privateKey, secret }) => [
      ...tracesOfKey("member's key", privateKey),
      ...tracesOfKey("member's scalar", fieldToBytes(secret)),
    ]),
    ...poll.trusteeKeys.flatMap(({ signingSecret, encryptionSecret }) => [
      ...tracesOfKey("trustee's signing key", signingSecret),
      ...tracesOfKey("trustee's encryption key", fieldToBytes(encryptionSecret)),
    ]),
    ...poll.ceremony.shares.flatMap((share) => tracesOfKey("trustee's share", fieldToBytes(share))),
    ...tracesOfKey("registry's key", registry.secretKey),
    ...tracesOfKey("registrar's key", commune.registrar.secretKey),
    ...tracesOfKey("issuer's key", commune.issuers[0]!.privateKey),
    ...commune.identities.flatMap(({ privateKey, secret }) => [
      ...tracesOfKey("member's key", privateKey),
      ...tracesOfKey("member's scalar", fieldToBytes(secret)),
    ]),
    ...commune.attestations[0]!.flatMap(({ salt }) => tracesOfKey("salt", fromHex(salt, 31))),
  ];
  // Whoever reads a challenge could tell a sign-in from its nullifier.
  const challenge = tracesOfKey("challenge", fromHex(nonce, 32));
  for (const [where, bytes] of written) {
    expect({ where, found: findTraces(bytes, [...secrets, ...challenge]) }).toEqual({ where, found: [] });
  }
  for (const { text } of answers) expect(findTraces(Buffer.from(text), secrets)).toEqual([]);
});

describe("the search would find", () => {
  /** A copy of the database that holds one thing more. */
  function planted(sqlType: string, value: unknown): Buffer {
    const path = join(copies, "planted.sqlite");
    cpSync(join(copies, "stopped/board.sqlite"), path);
    const database = new Database(path);
    database.exec(`CREATE TABLE planted (value ${sqlType})`);
    database.prepare("INSERT INTO planted VALUES (?)").run(value);
    database.close();
    const bytes = readFileSync(path);
    rmSync(path);
    return bytes;
  }
  const now = Math.floor(Date.now() / 1000);
  const interval = [now, now] as const;
  const address = Buffer.from(CLIENT.split(".").map(Number));

  test.each([
    ["a header", "TEXT", canary("User-Agent"), "canary User-Agent"],
    ["a header in capitals", "TEXT", canary("Cookie").toUpperCase(), "canary Cookie"],
    ["a header in a longer text", "TEXT", `curl (${canary("Via")})`, "canary Via"],
    ["a header in hexadecimal", "TEXT", Buffer.from(canary("From")).toString("hex"), "hexadecimal"],
    ["a header in base64", "TEXT", Buffer.from(canary("From")).toString("base64"), "base64"],
    ["a header in base64 of more", "TEXT", Buffer.from(`x${canary("From")}y`).toString("base64"), "base64"],
    ["a query", "TEXT", QUERY, "URL-encoded"],
    ["an address", "TEXT", `::ffff:${CLIENT}`, "client address"],
    ["an address of four bytes", "BLOB", address, "client address, 4 bytes"],
    ["an address as a number", "INTEGER", address.readUInt32BE(), "client address, 4 bytes"],
    ["the instant as a number", "INTEGER", INSTANT, "seconds, big-endian"],
    ["the instant in milliseconds", "INTEGER", 1000 * INSTANT, "milliseconds, big-endian"],
    ["the instant as a Julian day", "REAL", INSTANT / 86_400 + 2_440_587.5, "Julian day, float64"],
    ["the instant in decimals", "TEXT", String(INSTANT), "decimal"],
    ["the instant in milliseconds in decimals", "TEXT", String(1000 * INSTANT + 7), "decimal"],
    ["the instant in ISO 8601", "TEXT", new Date(1000 * INSTANT).toISOString(), "date, ISO"],
    ["the instant in RFC 9110", "TEXT", new Date(1000 * INSTANT).toUTCString(), "date, RFC 9110"],
  ])("%s in the database", (_name, type, value, expected) => {
    const found = findTraces(planted(type, value), traces);
    expect(found).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
  });

  test("every form that it looks for, in a log", () => {
    for (const { name, bytes } of traces) {
      const line = Buffer.concat([Buffer.from('{"level":30,"msg":"'), bytes, Buffer.from('"}\n')]);
      expect(findTraces(line, traces)).toContain(name);
    }
  });

  test.each([
    ["in milliseconds", "INTEGER", 1000 * now, "milliseconds, big-endian"],
    ["in fractions of seconds", "REAL", now + 0.5, "float64"],
    ["in fractions of milliseconds", "REAL", 1000 * now + 0.5, "float64"],
    ["in decimals", "TEXT", `at ${now}`, "decimal"],
    ["in ISO 8601", "TEXT", new Date(1000 * now).toISOString(), "date, ISO"],
    ["of eight bytes", "BLOB", Buffer.from(now.toString(16).padStart(16, "0"), "hex"), "seconds, u64"],
  ])("the machine's time %s", (_name, type, value, expected) => {
    const found = findInstants(planted(type, value), interval);
    expect(found).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
  });
});

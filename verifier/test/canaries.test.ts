// Nothing is written about who sent a ballot or when: every byte that the service writes is searched for what
// a client could be known by, for its address, and for the hour, in every form that these could have.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ArtifactSource, fieldToBytes, fromHex, fromUtf8, type SealedBallot } from "@commune-zk/prover";
import { jest } from "@jest/globals";
import Database from "better-sqlite3";
import { artifacts } from "../../prover/test/support/keys.ts";
import { boardKeys } from "../../prover/test/support/polls.ts";
import { provenBallot, testPoll } from "./support/ballots.ts";
import { readTables, startTestService, type TestService } from "./support/service.ts";
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
/** A loopback address that nothing but this client has. Linux answers on all of 127/8. */
const CLIENT = "127.77.66.55";

const canary = (name: string): string => `Kanarie/${name} Xq7+z~`;
const HEADERS = [
  "User-Agent",
  "Cookie",
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Real-IP",
  "Forwarded",
  "Via",
  "Referer",
  "Origin",
  "Authorization",
  "Proxy-Authorization",
  "From",
  "Accept",
  "Accept-Language",
  "Accept-Encoding",
  "If-None-Match",
  "If-Modified-Since",
  "DNT",
  "Sec-CH-UA-Platform",
  "traceparent",
  "tracestate",
  "baggage",
  "X-Request-Id",
  "X-Correlation-Id",
  "Idempotency-Key",
  "X-Anything-At-All",
];
const canaryHeaders = (): Record<string, string> =>
  Object.fromEntries(HEADERS.map((name) => [name, canary(name)]));
const QUERY = `?session=${encodeURIComponent(canary("query"))}`;
/** Parts of a request that are not headers. */
const OTHERS = ["query", "path", "body value", "body key", "broken body", "raw request", "own failure"];

const traces: readonly Trace[] = [
  ...[...HEADERS, ...OTHERS].flatMap((name) => tracesOfText(`canary ${name}`, canary(name))),
  ...tracesOfAddress("client address", CLIENT),
  ...tracesOfInstant(INSTANT),
];

interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly localAddress: string | undefined;
}

/** A request from the client's own address with a canary in every header. */
function send(
  baseUrl: string,
  sent: { path: string; method?: string; body?: string; headers?: Record<string, string>; cutAfter?: number },
): Promise<Received | "cut"> {
  const { path, body, cutAfter } = sent;
  return new Promise((resolve, reject) => {
    const headers = {
      ...canaryHeaders(),
      ...(body !== undefined && {
        "Content-Type": "application/json",
        "Content-Length": String(Buffer.byteLength(body)),
      }),
      ...sent.headers,
    };
    const outgoing = request(
      baseUrl + path,
      {
        method: sent.method ?? (body === undefined ? "GET" : "POST"),
        headers,
        localAddress: CLIENT,
        agent: false,
      },
      (incoming) => {
        const { localAddress } = incoming.socket;
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, localAddress });
        });
      },
    );
    outgoing.on("error", cutAfter === undefined ? reject : () => resolve("cut"));
    if (cutAfter === undefined) outgoing.end(body);
    else outgoing.write(body!.slice(0, cutAfter), () => setTimeout(() => outgoing.destroy(), 50));
  });
}

/** Bytes that are no HTTP, from the client's own address. */
function sendGarbage(baseUrl: string, garbage: string): Promise<string> {
  const { port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host: "127.0.0.1", localAddress: CLIENT });
    let answer = "";
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
    socket.write(garbage);
  });
}

const poll = testPoll({ opensAt: INSTANT - 4_000_000, closesAt: INSTANT + 4_000_000 });
const start = Math.floor(Date.now() / 1000);

let service: TestService;
let ballots: SealedBallot[];
/** Everything that was written, by where. */
const written = new Map<string, Buffer>();
const answers: Received[] = [];
let metrics = "";
let copies: string;

beforeAll(async () => {
  ballots = [await provenBallot(poll, { voter: 0 }), await provenBallot(poll, { voter: 1 })];
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

async function runEverything(): Promise<void> {
  let fails = false;
  const failing: ArtifactSource = {
    bytes: (file, options) => {
      if (fails) throw new Error(`cannot read ${canary("own failure")}`);
      return artifacts.bytes(file, options);
    },
  };
  service = await startTestService({ artifacts: failing });
  service.clock.now = INSTANT;
  copies = mkdtempSync(join(tmpdir(), "commune-copies-"));
  const ask = async (sent: Parameters<typeof send>[1]): Promise<number> => {
    const received = await send(service.baseUrl, sent);
    if (received === "cut") return 0;
    answers.push(received);
    return received.status;
  };
  const ballotPath = `/v1/polls/${poll.pollId}/ballots${QUERY}`;
  const bodyOf = (ballot: SealedBallot, more: object = {}): string =>
    JSON.stringify({ ...ballot.submission, ...more });

  const statuses: [string, number][] = [];
  const step = async (name: string, sent: Parameters<typeof send>[1]): Promise<void> => {
    statuses.push([name, await ask(sent)]);
  };
  const { poll: pollFile, signatures, rollEvents, dkg } = poll.registration;
  const registration = {
    poll: fromUtf8(pollFile),
    signatures: fromUtf8(signatures),
    rollEvents: fromUtf8(rollEvents),
    dkg: fromUtf8(dkg),
  };
  await step("registration without token", { path: `/v1/polls${QUERY}`, body: JSON.stringify(registration) });
  await step("registration", {
    path: `/v1/polls${QUERY}`,
    body: JSON.stringify(registration),
    headers: { Authorization: `Bearer ${service.operatorToken}` },
  });
  await step("health", { path: `/healthz${QUERY}` });
  await step("description", { path: `/v1/openapi.json${QUERY}` });
  await step("public file", { path: `/polls/${poll.pollId}/poll.json${QUERY}` });
  await step("preflight", {
    path: ballotPath,
    method: "OPTIONS",
    headers: { "Access-Control-Request-Headers": canary("X-Anything-At-All") },
  });
  fails = true;
  await step("ballot while the disk fails", { path: ballotPath, body: bodyOf(ballots[0]!) });
  fails = false;
  await step("ballot", { path: ballotPath, body: bodyOf(ballots[0]!) });
  await step("the same ballot", { path: ballotPath, body: bodyOf(ballots[0]!) });
  await step("another ballot", { path: ballotPath, body: bodyOf(ballots[1]!) });
  await step("value in a body", {
    path: ballotPath,
    body: bodyOf(ballots[1]!, { pollId: canary("body value") }),
  });
  await step("key in a body", { path: ballotPath, body: bodyOf(ballots[1]!, { [canary("body key")]: 1 }) });
  await step("broken body", { path: ballotPath, body: `{"${canary("broken body")}` });
  await step("gzip", {
    path: ballotPath,
    body: bodyOf(ballots[0]!),
    headers: { "Content-Encoding": "gzip" },
  });
  await step("cut", { path: ballotPath, body: bodyOf(ballots[0]!), cutAfter: 100 });
  await step("bad closing", { path: `/v1/polls/${poll.pollId}/closings${QUERY}`, body: "{}" });
  await step("bad share", { path: `/v1/polls/${poll.pollId}/shares${QUERY}`, body: "{}" });
  await step("unknown route", { path: `/${encodeURIComponent(canary("path"))}${QUERY}` });
  await step("unknown file", { path: `/polls/${poll.pollId}/${encodeURIComponent(canary("path"))}` });
  await step("unknown artifact", { path: `/artifacts/${encodeURIComponent(canary("path"))}` });
  expect(statuses).toEqual([
    ["registration without token", 401],
    ["registration", 201],
    ["health", 200],
    ["description", 200],
    ["public file", 200],
    ["preflight", 204],
    ["ballot while the disk fails", 500],
    ["ballot", 201],
    ["the same ballot", 200],
    ["another ballot", 201],
    ["value in a body", 400],
    ["key in a body", 400],
    ["broken body", 400],
    ["gzip", 415],
    ["cut", 0],
    ["bad closing", 400],
    ["bad share", 400],
    ["unknown route", 404],
    ["unknown file", 404],
    ["unknown artifact", 404],
  ]);
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
  expect(readTables(join(copies, "stopped/board.sqlite")).record).toHaveLength(2);
  // The search reads what the database holds: it finds what has to be there.
  for (const { nullifier, statementHash } of ballots) {
    const known: Trace[] = [
      { name: "nullifier", bytes: Buffer.from(fieldToBytes(nullifier)), isText: false },
      { name: "statement", bytes: Buffer.from(fromHex(statementHash, 32)), isText: false },
    ];
    for (const file of ["running/board.sqlite-wal", "stopped/board.sqlite"]) {
      expect(findTraces(written.get(file)!, known)).toEqual(["nullifier", "statement"]);
    }
  }
  expect(written.get("log")!.toString()).toContain("request failed");
  expect(metrics).toContain('commune_refusals_total{code="internal"} 1');
  expect(metrics).toContain('commune_ballots_total{kind="recorded"} 2');
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
  ];
  for (const [where, bytes] of written) {
    expect({ where, found: findTraces(bytes, secrets) }).toEqual({ where, found: [] });
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

// The collecting service over its socket: what it records, what it refuses and leaves no trace of, and what it never
// looks at.
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { Agent, request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { InputError } from "../../prover/src/index.ts";
import { pageUrls, terminalCode } from "../src/collect/addresses.ts";
import { DEVICE_PAGE_POLICY, MAX_POST_BYTES } from "../src/collect/app.ts";
import { ALL_POSTS, POSTS_OF_A_CONNECTION, TokenBucket } from "../src/collect/flood.ts";
import type { Offer } from "../src/collect/offer.ts";
import { createRecorder, type MeasurementLog, type RecorderLimits } from "../src/collect/recorder.ts";
import { type RunningCollector, startCollector } from "../src/collect/server.ts";
import { MOST_REPEATS } from "../src/device/config.ts";
import { appendHistory, readHistory } from "../src/results/history.ts";
import type { MeasurementLine } from "../src/results/schema.ts";
import { measurementLine, STARTED_AT } from "./device-lines.ts";

const file = (digit: string) => ({ path: `${digit}.bin`, sha256: digit.repeat(64), size: 3 });
const offer: Offer = {
  workloads: (["ballot-compact-20", "semaphore-10"] as const).map((name, i) => ({
    name,
    wasm: file(String(1 + 4 * i)),
    provingKey: file(String(2 + 4 * i)),
    verificationKey: file(String(3 + 4 * i)),
    inputs: file(String(4 + 4 * i)),
    publicSignals: ["1"],
  })),
  bytes: async (sha256) => {
    if (sha256 !== "1".repeat(64)) throw new InputError("artifact-missing", "no such artifact");
    return Buffer.from("abc");
  },
};
const page = new Map([
  ["/index.html", Buffer.from("<!doctype html><title>A page</title>")],
  ["/assets/a.js", Buffer.from("1")],
]);
const NOW = STARTED_AT + 3_600;

let directory: string;
let out: string;
let said: string[];
const running: RunningCollector[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "commune-collect-"));
  out = join(directory, "measurements.jsonl");
  said = [];
});

afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
  await rm(directory, { recursive: true, force: true });
});

async function start(options: { log?: MeasurementLog; limits?: RecorderLimits } = {}): Promise<string> {
  const service = await startCollector(
    {
      page,
      offer,
      code: { version: "0.1.0", commit: null, modified: false },
      engine: { name: "snarkjs", version: "0.7.6" },
      say: (text) => said.push(text),
      log: { append: (lines) => appendHistory(out, lines) },
      known: await readHistory(out),
      now: () => NOW,
      ...options,
    },
    { port: 0 },
  );
  running.push(service);
  return `http://127.0.0.1:${service.port}`;
}

/** A post on a connection of its own, as another phone's would be. */
function post(origin: string, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return postBy(new Agent(), origin, text, headers);
}

function postBy(agent: Agent, origin: string, text: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; json: Record<string, unknown>; retryAfter: string | undefined }>(
    (resolve, reject) => {
      const request = httpRequest(
        `${origin}/measurements`,
        { method: "POST", agent, headers: { "content-type": "application/json", ...headers } },
        (response) => {
          let answer = "";
          response.on("data", (part) => (answer += part));
          response.on("end", () =>
            resolve({
              status: response.statusCode!,
              json: JSON.parse(answer),
              retryAfter: response.headers["retry-after"],
            }),
          );
        },
      );
      request.on("error", reject);
      request.end(text);
    },
  );
}

const cold = (): MeasurementLine => measurementLine("cold", [4_000]);
const warm = (): MeasurementLine => ({
  ...measurementLine("warm", [2_000, 2_100, 2_200]),
  samples: measurementLine("warm", [2_000, 2_100, 2_200]).samples.map((sample) => ({
    ...sample,
    atMs: sample.atMs + 10_000,
  })),
});
const run = (digit = "a"): MeasurementLine[] =>
  [cold(), warm()].map((line) => ({ ...line, runId: digit.repeat(32) }));

const bytesOf = (): Promise<string> => readFile(out, "utf8").catch(() => "");

describe("a run that is posted", () => {
  test("is recorded, durably, before it is said to be", async () => {
    let durable = false;
    const log: MeasurementLog = {
      async append(lines) {
        await appendHistory(out, lines);
        await new Promise((resolve) => setTimeout(resolve, 20));
        durable = true;
      },
    };
    const origin = await start({ log });
    const answer = await post(origin, run());
    expect(durable).toBe(true);
    expect(answer).toMatchObject({ status: 201, json: { recorded: 2 } });
    expect(await readHistory(out)).toEqual(run());
  });

  test("again, is answered the same and recorded once, also after a new start", async () => {
    const first = await start();
    const answers = [await post(first, run()), await post(first, JSON.stringify(run(), null, 1))];
    answers.push(await post(await start(), run()));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await readHistory(out)).toHaveLength(2);
  });

  test("again with other content is refused, also after a new start", async () => {
    const origin = await start();
    await post(origin, run());
    const before = await bytesOf();
    const [changed] = run();
    for (const other of [[changed], [...run()].reverse(), [{ ...changed, battery: null, startedAt: NOW }]]) {
      expect(await post(origin, other)).toMatchObject({
        status: 409,
        json: { code: "measurement-run-differs" },
      });
    }
    expect(await post(await start(), [changed])).toMatchObject({ status: 409 });
    expect(await bytesOf()).toBe(before);
  });

  test("by many phones at once is recorded once for each, whole", async () => {
    const origin = await start();
    const digits = ["0", "1", "2", "3", "4", "5"];
    const answers = await Promise.all([...digits, ...digits].map((digit) => post(origin, run(digit))));
    expect(answers.map(({ status }) => status)).toEqual(new Array(12).fill(201));
    const recorded = await readHistory(out);
    expect(recorded).toHaveLength(12);
    for (const [i, line] of recorded.entries()) {
      // The two lines of a run stand together.
      expect(line.start).toBe(i % 2 === 0 ? "cold" : "warm");
      expect(line.runId).toBe(recorded[i - (i % 2)]!.runId);
    }
  });

  test("is not said to be recorded where the disk fails, and may come again", async () => {
    let works = false;
    const log: MeasurementLog = {
      append: (lines) =>
        works ? appendHistory(out, lines) : Promise.reject(new Error("ENOSPC of a secret path")),
    };
    const origin = await start({ log });
    const failed = await post(origin, run());
    expect(failed).toMatchObject({ status: 500, json: { code: "internal" } });
    expect(JSON.stringify(failed.json) + said.join()).not.toContain("secret");
    works = true;
    expect(await post(origin, run())).toMatchObject({ status: 201 });
  });
});

/** A run with one line changed. */
const changed = (i: 0 | 1, change: (line: MeasurementLine) => unknown): unknown =>
  run().map((line, j) => (i === j ? change(line) : line));
/** A run with the same change in both lines. */
const both = (change: Partial<MeasurementLine>): unknown => run().map((line) => ({ ...line, ...change }));
const sampleOf = (line: MeasurementLine, change: object): unknown => ({
  ...line,
  samples: line.samples.map((sample, i) => (i === 0 ? { ...sample, ...change } : sample)),
});

const REFUSALS: readonly (readonly [
  what: string,
  status: number,
  code: string,
  place: string,
  body: unknown,
])[] = [
  ["no JSON", 400, "bad-json", "body", "{"],
  ["JSON that is cut short", 400, "bad-json", "body", '["'],
  ["no array", 400, "measurement-malformed", "array", run()[0]],
  ["no lines", 400, "measurement-malformed", "array", []],
  [
    "more lines than there are workloads",
    400,
    "measurement-malformed",
    "array",
    new Array(17).fill(run()[0]),
  ],
  ["another type", 400, "measurement-malformed", "line 1: type", both({ type: "x" as never })],
  [
    "a field more",
    400,
    "measurement-malformed",
    "line 2",
    changed(1, (line) => ({ ...line, address: "192.0.2.1" })),
  ],
  ["a field less", 400, "measurement-malformed", "line 1: runId", changed(0, ({ runId, ...line }) => line)],
  [
    "a negative time",
    400,
    "measurement-malformed",
    "line 2: samples.0.totalMs",
    changed(1, (l) => sampleOf(l, { totalMs: -1 })),
  ],
  [
    "a proof in a millisecond",
    400,
    "measurement-malformed",
    "totalMs",
    changed(1, (l) => sampleOf(l, { totalMs: 1 })),
  ],
  [
    "a proof that took days",
    400,
    "measurement-malformed",
    "totalMs",
    changed(1, (l) => sampleOf(l, { totalMs: 1e9 })),
  ],
  [
    "a time that is text",
    400,
    "measurement-malformed",
    "totalMs",
    changed(1, (l) => sampleOf(l, { totalMs: "2000" })),
  ],
  [
    "phases longer than the whole",
    400,
    "measurement-malformed",
    "samples.0",
    changed(1, (l) => sampleOf(l, { phasesMs: { proof: 9_000 } })),
  ],
  [
    "a warm proof that fetched",
    400,
    "measurement-malformed",
    "line 2",
    changed(1, (l) => sampleOf(l, { downloadedBytes: 5 })),
  ],
  [
    "a script for a model",
    400,
    "measurement-malformed",
    "machine.model",
    both({ machine: { ...cold().machine, model: "a\nb" } }),
  ],
  [
    "a battery of 110 %",
    400,
    "measurement-malformed",
    "battery.after",
    both({ battery: { before: 1, after: 1.1, charging: false } }),
  ],
  [
    "another environment than a device",
    422,
    "measurement-environment-refused",
    "environment",
    both({ environment: { kind: "node", runtime: "Node 20", limits: null } }),
  ],
  [
    "a device with limits",
    422,
    "measurement-environment-refused",
    "environment",
    both({
      environment: { ...cold().environment, limits: { cpuShare: 0.5, memoryMiB: null, network: null } },
    }),
  ],
  [
    "a whole user agent string",
    422,
    "measurement-field-refused",
    "environment.runtime",
    both({
      environment: { ...cold().environment, runtime: "Mozilla/5.0 (Linux; Android 10; K) Chrome/141.0.0.0" },
    }),
  ],
  [
    "a system nobody was asked for",
    422,
    "measurement-field-refused",
    "machine.system",
    both({ machine: { ...cold().machine, system: "Android 14" } }),
  ],
  [
    "memory that no page can know",
    422,
    "measurement-field-refused",
    "peakMemoryBytes",
    changed(1, (l) => sampleOf(l, { peakMemoryBytes: 9_000 })),
  ],
  ["lines of two runs", 422, "measurement-lines-disagree", "line 2", [run("a")[0], run("b")[1]]],
  [
    "lines of two devices",
    422,
    "measurement-lines-disagree",
    "line 2",
    changed(1, (line) => ({ ...line, machine: { ...line.machine, cores: 2 } })),
  ],
  ["a line twice", 422, "measurement-lines-disagree", "line 2", [run()[0], run()[0]]],
  [
    "an unknown proving key",
    422,
    "measurement-artifact-unknown",
    "line 1: artifacts.provingKey",
    changed(0, (line) => ({ ...line, artifacts: { ...line.artifacts, provingKey: "e".repeat(64) } })),
  ],
  [
    "another workload's wasm",
    422,
    "measurement-artifact-unknown",
    "line 1: artifacts.wasm",
    changed(0, (line) => ({ ...line, artifacts: { ...line.artifacts, wasm: "5".repeat(64) } })),
  ],
  [
    "a workload that is not offered",
    422,
    "measurement-artifact-unknown",
    "line 1",
    both({ workload: "hours-4" }),
  ],
  [
    "an engine that the page has not",
    422,
    "measurement-engine-unknown",
    "engine.name",
    both({ engine: { name: "rapidsnark", version: "1" } }),
  ],
  ["a run of tomorrow", 422, "measurement-impossible", "startedAt", both({ startedAt: NOW + 86_400 })],
  ["a run of last month", 422, "measurement-impossible", "startedAt", both({ startedAt: NOW - 30 * 86_400 })],
  [
    "two cold proofs",
    422,
    "measurement-impossible",
    "line 1: samples",
    changed(0, (line) => ({ ...line, samples: [line.samples[0], { ...line.samples[0]!, atMs: 25_000 }] })),
  ],
  [
    "more repeats than the page makes",
    422,
    "measurement-impossible",
    "line 2: samples",
    changed(1, (line) => ({
      ...line,
      samples: measurementLine("warm", new Array(MOST_REPEATS + 1).fill(2_000)).samples,
    })),
  ],
  [
    "more failures than the page counts",
    422,
    "measurement-impossible",
    "line 2: samples",
    changed(1, (line) => ({ ...line, failures: [{ reason: "crashed", count: MOST_REPEATS }] })),
  ],
  [
    "a stopped run that is complete",
    422,
    "measurement-impossible",
    "line 2: status",
    changed(1, (line) => ({ ...line, failures: [{ reason: "stopped", count: 1 }] })),
  ],
  [
    "a proof that is still to be made",
    422,
    "measurement-impossible",
    "line 2: samples.2",
    changed(1, (line) => ({
      ...line,
      samples: line.samples.map((sample) => ({ ...sample, atMs: sample.atMs + 4_000_000 })),
    })),
  ],
  [
    "two proofs at once",
    422,
    "measurement-impossible",
    "line 2: samples.0.atMs",
    changed(1, (line) => ({ ...line, samples: line.samples.map((sample) => ({ ...sample, atMs: 22_000 })) })),
  ],
  [
    "a proof faster than a unit of the kernel by far",
    422,
    "measurement-impossible",
    "line 1: samples.0.totalMs",
    run().map((line) => ({ ...line, calibration: { kernel: "bn254-v1", scores: [0.02] } })),
  ],
  [
    "a proof slower than its score by far",
    422,
    "measurement-impossible",
    "line 2: samples.0.totalMs",
    run().map((line) => ({ ...line, calibration: { kernel: "bn254-v1", scores: [100_000] } })),
  ],
];

describe("refused with a reason, and recorded nowhere:", () => {
  test.each(REFUSALS)("%s", async (_what, status, code, place, body) => {
    await writeFile(out, `${JSON.stringify(measurementLine("warm", [1_000]))}\n`);
    const before = await bytesOf();
    const origin = await start();
    const answer = await post(origin, body);
    expect(answer.json).toMatchObject({ type: `urn:commune-zk:problem:${code}`, status, code });
    expect(answer.status).toBe(status);
    expect(answer.json.title).toEqual(expect.stringContaining(place));
    expect(await bytesOf()).toBe(before);
    expect(said).toEqual([`refused: ${code}`]);
  });

  test("the control: the run that they all change is recorded", async () => {
    expect(await post(await start(), run())).toMatchObject({ status: 201 });
  });

  test("a body of another type, compressed, or too large", async () => {
    const origin = await start();
    const text = JSON.stringify(run());
    const answers = [
      await post(origin, text, { "content-type": "text/plain" }),
      await post(origin, text, { "content-encoding": "gzip" }),
      await post(origin, text + " ".repeat(MAX_POST_BYTES)),
    ];
    expect(answers.map(({ status, json }) => [status, json.code])).toEqual([
      [415, "unsupported-media-type"],
      [415, "unsupported-media-type"],
      [413, "submission-too-large"],
    ]);
    expect(await bytesOf()).toBe("");
  });

  test("a run of everything with the most repeats is no too large body", () => {
    const line = measurementLine("warm", new Array(MOST_REPEATS).fill(123_456.7));
    expect(JSON.stringify(new Array(16).fill(line), null, 1).length).toBeLessThan(MAX_POST_BYTES);
  });
});

describe("a flood", () => {
  test("is told when to come again, and leaves room for others", async () => {
    const origin = await start();
    const flooder = new Agent({ keepAlive: true, maxSockets: 1 });
    const answers = [];
    for (let i = 0; i < POSTS_OF_A_CONNECTION.capacity + 3; i++)
      answers.push(await postBy(flooder, origin, "{"));
    flooder.destroy();
    expect(answers.map(({ status }) => status)).toEqual([
      ...new Array(POSTS_OF_A_CONNECTION.capacity).fill(400),
      ...new Array(3).fill(429),
    ]);
    expect(Number(answers.at(-1)!.retryAfter)).toBeGreaterThan(0);
    expect(answers.at(-1)!.json.code).toBe("too-many-posts");
    expect(await post(origin, run())).toMatchObject({ status: 201 });
  });

  test("from many connections is refused whoever they are, before a body is read", async () => {
    const origin = await start();
    const bodies = [...new Array(ALL_POSTS.capacity).fill("{"), JSON.stringify(run())];
    const answers = [];
    for (const body of bodies) answers.push(await post(origin, body));
    expect(answers.at(-1)).toMatchObject({ status: 429, json: { code: "too-many-posts" } });
    expect(await bytesOf()).toBe("");
  });

  test("ends when it ends: the bucket fills again", () => {
    let now = 0;
    const bucket = new TokenBucket({ capacity: 2, perSecond: 0.5 }, () => now);
    bucket.take();
    bucket.take();
    expect(() => bucket.take()).toThrow(
      expect.objectContaining({ code: "too-many-posts", retryAfterSeconds: 2 }),
    );
    now += 2_000;
    bucket.take();
    expect(() => bucket.take()).toThrow(InputError);
    now += 3_600_000;
    for (let i = 0; i < 2; i++) bucket.take();
    expect(() => bucket.take()).toThrow(InputError);
  });

  test.each([
    ["lines", { lines: 3, bytes: 1e9 }],
    ["bytes", { lines: 1e9, bytes: 3_500 }],
  ])("of good runs is bounded in %s, and what is recorded stays answered", async (_what, limits) => {
    const origin = await start({ limits });
    expect(await post(origin, run("1"))).toMatchObject({ status: 201 });
    const full = await post(origin, run("2"));
    expect(full).toMatchObject({ status: 429, json: { code: "too-many-posts" } });
    expect(Number(full.retryAfter)).toBeGreaterThan(0);
    expect(await post(origin, run("1"))).toMatchObject({ status: 201 });
    expect(await readHistory(out)).toHaveLength(2);
  });
});

test("nothing of who posted is recorded or said: no address, agent, header or path", async () => {
  const origin = await start();
  const canary = "canary-7f3a";
  const headers = {
    "user-agent": `Agent/${canary}`,
    "x-forwarded-for": "203.0.113.77",
    forwarded: "for=203.0.113.77",
    referer: `http://${canary}.example/`,
    "accept-language": `es-${canary}`,
    cookie: `session=${canary}`,
  };
  await post(origin, run(), headers);
  await post(
    origin,
    changed(0, (line) => ({ ...line, [canary]: 1 })),
    headers,
  );
  await fetch(`${origin}/${canary}?${canary}`, { headers });
  const traces = `${await bytesOf()}\n${said.join("\n")}`;
  expect(said).toHaveLength(3);
  expect(traces).toContain("Made-up phone");
  expect(traces).not.toMatch(/canary|203\.0\.113|127\.0\.0\.1/);
});

describe("after a crash", () => {
  test("a torn line is found at the start, and nothing is written after it", async () => {
    await post(await start(), run("1"));
    await appendFile(out, JSON.stringify(run("2")[0]).slice(0, 200));
    const before = await bytesOf();
    await expect(start()).rejects.toMatchObject({ code: "history-torn" });
    // And one that is torn while the service runs.
    const refused = await post(`http://127.0.0.1:${running[0]!.port}`, run("3"));
    expect(refused).toMatchObject({ status: 500, json: { code: "internal" } });
    expect(await bytesOf()).toBe(before);
  });

  test("a run whose first line alone was written is made whole when it comes again, each line once", async () => {
    const [first, ...rest] = run("4");
    expect(rest.length).toBeGreaterThan(0);
    await appendFile(out, `${JSON.stringify(first)}\n`);
    const origin = await start();
    for (let turn = 0; turn < 2; turn++) expect(await post(origin, run("4"))).toMatchObject({ status: 201 });
    expect(await readHistory(out)).toEqual(run("4"));
    // Less than what is recorded is other content.
    expect(await post(origin, [first])).toMatchObject({ status: 409 });
  });

  test("a run that nobody was told of as recorded is recorded when it comes again", async () => {
    const log: MeasurementLog = { append: () => Promise.reject(new Error("died")) };
    const recorder = createRecorder({ log, known: [] });
    await expect(recorder.record(run())).rejects.toThrow(/could not be recorded/);
    await recorder.settled();
    expect(await post(await start(), run())).toMatchObject({ status: 201 });
  });
});

describe("the pages", () => {
  test("come with a policy that lets nothing else in, and without what would have a phone ask for https", async () => {
    const origin = await start();
    const response = await fetch(`${origin}/`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^text\/html/);
    const policy = response.headers.get("content-security-policy")!;
    for (const [name, values] of Object.entries(DEVICE_PAGE_POLICY)) {
      expect(policy).toContain(`${name} ${values.join(" ")}`);
    }
    expect(policy).toMatch(/default-src 'none'.*script-src 'self' 'wasm-unsafe-eval'/);
    expect(policy).not.toMatch(/upgrade-insecure|unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')/);
    expect(response.headers.get("strict-transport-security")).toBeNull();
    expect(response.headers.get("etag")).toBeNull();
  });

  test("artifacts come by digest, and nothing else does", async () => {
    const origin = await start();
    expect(await (await fetch(`${origin}/artifacts/${"1".repeat(64)}`)).text()).toBe("abc");
    for (const path of [
      `artifacts/${"9".repeat(64)}`,
      "artifacts/..%2f..%2fpackage.json",
      "assets/b.js",
      "..%2fx",
    ]) {
      expect((await fetch(`${origin}/${path}`)).status).toBe(404);
    }
  });

  test("what can be measured comes with the service's clock", async () => {
    const origin = await start();
    const config = await (await fetch(`${origin}/device.json`)).json();
    expect(config).toEqual({
      now: NOW,
      code: { version: "0.1.0", commit: null, modified: false },
      engine: { name: "snarkjs", version: "0.7.6" },
      calibration: { sliceMs: 1_000, slices: 10 },
      workloads: offer.workloads,
    });
  });

  test("are found on this machine alone, unless the operator says otherwise", async () => {
    const address = (family: "IPv4" | "IPv6", own: string, internal = false) =>
      ({ family, address: own, internal }) as never;
    const interfaces = {
      lo: [address("IPv4", "127.0.0.1", true)],
      wlan0: [address("IPv6", "fe80::1"), address("IPv6", "2001:db8::2"), address("IPv4", "192.0.2.7")],
    };
    expect(pageUrls("127.0.0.1", 8090, interfaces)).toEqual(["http://127.0.0.1:8090/"]);
    expect(pageUrls("0.0.0.0", 8090, interfaces)).toEqual([
      "http://192.0.2.7:8090/",
      "http://[2001:db8::2]:8090/",
      "http://127.0.0.1:8090/",
    ]);
    expect(terminalCode("http://192.0.2.7:8090/")).toMatch(/[▀▄█]/);
  });
});

// The collecting service over its socket: what it records, floods and crashes, and what it never looks at.
import { appendFile } from "node:fs/promises";
import { Agent } from "node:http";
import { describe, expect, test } from "@jest/globals";
import { InputError } from "../../../prover/src/index.ts";
import { pageUrls, terminalCode } from "../../src/collect/addresses.ts";
import { DEVICE_PAGE_POLICY } from "../../src/collect/app.ts";
import { ALL_POSTS, POSTS_OF_A_CONNECTION, TokenBucket } from "../../src/collect/flood.ts";
import { createRecorder, type MeasurementLog } from "../../src/collect/recorder.ts";
import { appendHistory, readHistory } from "../../src/results/history.ts";
import { changed, NOW, offer, post, postBy, run, useCollector } from "./service.ts";

const service = useCollector();

describe("a run that is posted", () => {
  test("is recorded, durably, before it is said to be", async () => {
    let durable = false;
    const log: MeasurementLog = {
      async append(lines) {
        await appendHistory(service.out, lines);
        await new Promise((resolve) => setTimeout(resolve, 20));
        durable = true;
      },
    };
    const origin = await service.start({ log });
    const answer = await post(origin, run());
    expect(durable).toBe(true);
    expect(answer).toMatchObject({ status: 201, json: { recorded: 2 } });
    expect(await readHistory(service.out)).toEqual(run());
  });

  test("again, is answered the same and recorded once, also after a new start", async () => {
    const first = await service.start();
    const answers = [await post(first, run()), await post(first, JSON.stringify(run(), null, 1))];
    answers.push(await post(await service.start(), run()));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await readHistory(service.out)).toHaveLength(2);
  });

  test("again with other content is refused, also after a new start", async () => {
    const origin = await service.start();
    await post(origin, run());
    const before = await service.bytes();
    const [changed] = run();
    for (const other of [[changed], [...run()].reverse(), [{ ...changed, battery: null, startedAt: NOW }]]) {
      expect(await post(origin, other)).toMatchObject({
        status: 409,
        json: { code: "measurement-run-differs" },
      });
    }
    expect(await post(await service.start(), [changed])).toMatchObject({ status: 409 });
    expect(await service.bytes()).toBe(before);
  });

  test("by many phones at once is recorded once for each, whole", async () => {
    const origin = await service.start();
    const digits = ["0", "1", "2", "3", "4", "5"];
    const answers = await Promise.all([...digits, ...digits].map((digit) => post(origin, run(digit))));
    expect(answers.map(({ status }) => status)).toEqual(new Array(12).fill(201));
    const recorded = await readHistory(service.out);
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
        works ? appendHistory(service.out, lines) : Promise.reject(new Error("ENOSPC of a secret path")),
    };
    const origin = await service.start({ log });
    const failed = await post(origin, run());
    expect(failed).toMatchObject({ status: 500, json: { code: "internal" } });
    expect(JSON.stringify(failed.json) + service.said.join()).not.toContain("secret");
    works = true;
    expect(await post(origin, run())).toMatchObject({ status: 201 });
  });
});

describe("a flood", () => {
  test("is told when to come again, and leaves room for others", async () => {
    const origin = await service.start();
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
    const origin = await service.start();
    const bodies = [...new Array(ALL_POSTS.capacity).fill("{"), JSON.stringify(run())];
    const answers = [];
    for (const body of bodies) answers.push(await post(origin, body));
    expect(answers.at(-1)).toMatchObject({ status: 429, json: { code: "too-many-posts" } });
    expect(await service.bytes()).toBe("");
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
    const origin = await service.start({ limits });
    expect(await post(origin, run("1"))).toMatchObject({ status: 201 });
    const full = await post(origin, run("2"));
    expect(full).toMatchObject({ status: 429, json: { code: "too-many-posts" } });
    expect(Number(full.retryAfter)).toBeGreaterThan(0);
    expect(await post(origin, run("1"))).toMatchObject({ status: 201 });
    expect(await readHistory(service.out)).toHaveLength(2);
  });
});

test("nothing of who posted is recorded or said: no address, agent, header or path", async () => {
  const origin = await service.start();
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
  const traces = `${await service.bytes()}\n${service.said.join("\n")}`;
  expect(service.said).toHaveLength(3);
  expect(traces).toContain("Made-up phone");
  expect(traces).not.toMatch(/canary|203\.0\.113|127\.0\.0\.1/);
});

describe("after a crash", () => {
  test("a torn line is found at the start, and nothing is written after it", async () => {
    const origin = await service.start();
    await post(origin, run("1"));
    await appendFile(service.out, JSON.stringify(run("2")[0]).slice(0, 200));
    const before = await service.bytes();
    await expect(service.start()).rejects.toMatchObject({ code: "history-torn" });
    // And one that is torn while the service runs.
    const refused = await post(origin, run("3"));
    expect(refused).toMatchObject({ status: 500, json: { code: "internal" } });
    expect(await service.bytes()).toBe(before);
  });

  test("a run whose first line alone was written is made whole when it comes again, each line once", async () => {
    const [first, ...rest] = run("4");
    expect(rest.length).toBeGreaterThan(0);
    await appendFile(service.out, `${JSON.stringify(first)}\n`);
    const origin = await service.start();
    for (let turn = 0; turn < 2; turn++) expect(await post(origin, run("4"))).toMatchObject({ status: 201 });
    expect(await readHistory(service.out)).toEqual(run("4"));
    // Less than what is recorded is other content.
    expect(await post(origin, [first])).toMatchObject({ status: 409 });
  });

  test("a run that nobody was told of as recorded is recorded when it comes again", async () => {
    const log: MeasurementLog = { append: () => Promise.reject(new Error("died")) };
    const recorder = createRecorder({ log, known: [] });
    await expect(recorder.record(run())).rejects.toThrow(/could not be recorded/);
    await recorder.settled();
    expect(await post(await service.start(), run())).toMatchObject({ status: 201 });
  });
});

describe("the pages", () => {
  test("come with a policy that lets nothing else in, and without what would have a phone ask for https", async () => {
    const origin = await service.start();
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
    const origin = await service.start();
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
    const origin = await service.start();
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

// The prover in a real browser: bundled by Vite without configuration, in a worker, under a strict policy.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page as Tab } from "playwright-core";
import { type BuiltSite, bundle } from "../../../benchmarks/src/browser/bundle.ts";
import { launchChromium } from "../../../benchmarks/src/browser/chromium.ts";
import { HEADERS, type RunningSite, serve } from "../../../benchmarks/src/browser/static-site.ts";
import {
  checkStatement,
  circuitEntry,
  createVerifier,
  decodeRecord,
  fromHex,
  type ManifestFile,
  publicPaths,
  readArtifact,
  rollFiles,
  toHex,
  verificationKeyOf,
} from "../../src/index.ts";
import { artifacts, manifest } from "../support/keys.ts";
import { judge, makePoll } from "../support/polls.ts";
import type { Answer, Page, Request, Vote } from "./messages.ts";

/** Most that the prover may weigh in a browser, gzipped, without artifacts. */
const BUDGET_BYTES = 200_000;

const rehearsed = makePoll();
const poll = judge(rehearsed.registration);
const circuit = circuitEntry(manifest.manifest, poll.circuit);

const builds = fileURLToPath(new URL("../../../build", import.meta.url));
await mkdir(builds, { recursive: true });
const directory = await mkdtemp(join(builds, "browser-test-"));

let bundled: BuiltSite;
let content: Map<string, Uint8Array>;
let site: RunningSite;
let browser: Browser;
let tab: Tab;
/** What came of a good vote. */
let voted: Answer;
/** Every request that the browser made. */
const requests: string[] = [];
/** What the browser printed. */
const printed: string[] = [];

beforeAll(async () => {
  bundled = await bundle(fileURLToPath(new URL(".", import.meta.url)), directory);
  const wasm = await readArtifact(artifacts, circuit.wasm);
  const provingKey = await readArtifact(artifacts, circuit.provingKey);
  const flipped = Uint8Array.from(wasm);
  flipped[wasm.length - 1] = wasm.at(-1)! ^ 1;
  content = new Map<string, Uint8Array>([
    ...bundled,
    [`/artifacts/${circuit.wasm.sha256}`, wasm],
    [`/artifacts/${circuit.provingKey.sha256}`, provingKey],
    [`/truncated/${circuit.wasm.sha256}`, wasm.subarray(0, -1)],
    [`/swapped/${circuit.wasm.sha256}`, provingKey],
    [`/flipped/${circuit.wasm.sha256}`, flipped],
    ...[
      [publicPaths.keys, manifest.bytes] as const,
      [publicPaths.poll, rehearsed.registration.poll] as const,
      [publicPaths.signatures, rehearsed.registration.signatures] as const,
      ...rollFiles(rehearsed.tree),
    ].map(([path, bytes]) => [`/poll/${path}`, bytes] as const),
  ]);
  site = await serve(content);
  browser = await launchChromium();
  tab = await browser.newPage();
  tab.context().on("request", (request) => requests.push(request.url()));
  tab.context().on("console", (message) => printed.push(message.text()));
  tab.context().on("weberror", (error) => printed.push(error.error().message));
  await tab.goto(`${site.origin}/index.html`);
  voted = await ask(voteWith());
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await site?.close();
  await rm(directory, { recursive: true, force: true });
});

/** Has the worker of a page do something. */
const ask = (request: Request, page = tab): Promise<Answer> =>
  page.evaluate((own) => (globalThis as unknown as Page).ask(own), request);
const violations = (): Promise<readonly string[]> =>
  tab.evaluate(() => (globalThis as unknown as Page).violations);

test("the bundle is small, holds none of the oracles, and no source map or stray file", () => {
  const scripts = [...bundled].filter(([path]) => path.endsWith(".js"));
  expect([...bundled.keys()].filter((path) => !path.endsWith(".js"))).toEqual(["/index.html"]);
  const text = scripts.map(([, code]) => Buffer.from(code).toString()).join("\n");
  expect(text).not.toMatch(/ethers|circomlibjs|blake-hash|snarkjs|ffjavascript|wasmcurves/i);
  // The control: names of what is bundled are found.
  expect(text).toMatch(/commune-zk\/ballot\/v1/);
  // Both modules of kernels once: what a thread runs is sent to it, compiled. In hexadecimal every module begins so.
  expect(text.split("0061736d")).toHaveLength(3);
  const bytes = scripts.reduce((sum, [, code]) => sum + code.length, 0);
  const zipped = scripts.reduce((sum, [, code]) => sum + gzipSync(code).length, 0);
  console.log(`page, worker and thread with the whole prover: ${bytes} bytes, ${zipped} as gzip`);
  expect(zipped).toBeLessThan(BUDGET_BYTES);
});

describe("an artifact is checked before it is used", () => {
  const read = (baseUrl: string, file: ManifestFile) =>
    ask({ kind: "artifact", baseUrl: site.origin + baseUrl, file });

  test("a good one is accepted", async () => {
    expect(await read("/artifacts", circuit.wasm)).toMatchObject({ value: circuit.wasm.size });
  });

  test.each([
    ["truncated", "artifact-size-mismatch"],
    ["swapped", "artifact-size-mismatch"],
    ["flipped", "artifact-digest-mismatch"],
    ["missing", "artifact-missing"],
  ])("a %s one is refused: %s", async (how, code) => {
    expect(await read(`/${how}`, circuit.wasm)).toEqual({ refused: code, progress: [] });
  });

  test.each([
    ["truncated", "artifact-size-mismatch"],
    ["flipped", "artifact-digest-mismatch"],
  ])("no witness is begun with a %s one", async (how, code) => {
    const answer = await ask(voteWith({ artifactsUrl: `${site.origin}/${how}` }));
    expect(answer).toEqual({ refused: code, progress: [] });
  });
});

function voteWith(changes: Partial<Extract<Request, { kind: "vote" }>> = {}): Request {
  return {
    kind: "vote",
    pollUrl: `${site.origin}/poll`,
    artifactsUrl: `${site.origin}/artifacts`,
    pollId: poll.pollId,
    privateKey: toHex(rehearsed.identities[2]!.privateKey),
    votes: [0, 0, 1],
    threads: 1,
    ...changes,
  };
}

/** Whether a record verifies, and whether it does with its first signal changed. */
async function accepts(record: string): Promise<{ itself: boolean; withAnotherSignal: boolean }> {
  const { publicSignals, proof } = decodeRecord(fromHex(record, record.length / 2));
  expect(checkStatement(poll, publicSignals, "ballot").revision).toBe(0);
  const key = await verificationKeyOf(artifacts, manifest.manifest, poll.circuit);
  const verifier = await createVerifier(key);
  return {
    itself: await verifier.verify(publicSignals, proof),
    withAnotherSignal: await verifier.verify(publicSignals.with(0, 1n), proof),
  };
}

describe("a ballot that was proven in a worker of the browser", () => {
  test("tells its phases, and verifies in Node", async () => {
    const { value, refused, progress } = voted;
    expect(refused).toBeUndefined();
    expect(progress).toEqual([
      { phase: "witness", done: 0, total: 2 },
      { phase: "proof", done: 1, total: 2 },
    ]);
    const { record, sums } = value as Vote;
    expect(await accepts(record)).toEqual({ itself: true, withAnotherSignal: false });
    expect(sums).toEqual([]);
  });

  test.each([2, 3])("by %i threads with shared memory verifies in Node", async (threads) => {
    const { value, refused } = await ask(voteWith({ threads }));
    expect(refused).toBeUndefined();
    const { record, sums } = value as Vote;
    expect(await accepts(record)).toEqual({ itself: true, withAnotherSignal: false });
    expect(sums.length).toBeGreaterThanOrEqual(threads - 1);
    expect(new Set(sums)).toEqual(new Set([true]));
  });

  test("by threads without shared memory, on a host that does not isolate its pages, verifies too", async () => {
    const { "Cross-Origin-Opener-Policy": _, "Cross-Origin-Embedder-Policy": __, ...headers } = HEADERS;
    const host = await serve(content, headers);
    const page = await browser.newPage();
    try {
      await page.goto(`${host.origin}/index.html`);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
      const here = { pollUrl: `${host.origin}/poll`, artifactsUrl: `${host.origin}/artifacts` };
      const { value, refused } = await ask(voteWith({ ...here, threads: 2 }), page);
      expect(refused).toBeUndefined();
      const { record, sums } = value as Vote;
      expect(await accepts(record)).toEqual({ itself: true, withAnotherSignal: false });
      expect(new Set(sums)).toEqual(new Set([false]));
    } finally {
      await page.close();
      await host.close();
    }
  });

  test("where the host does not give the thread's script is made by the worker alone", async () => {
    const script = [...content.keys()].filter((path) => /\/thread-[^/]*\.js$/.test(path));
    expect(script).toHaveLength(1);
    const without = new Map([...content].filter(([path]) => !script.includes(path)));
    const host = await serve(without);
    const page = await browser.newPage();
    try {
      await page.goto(`${host.origin}/index.html`);
      const here = { pollUrl: `${host.origin}/poll`, artifactsUrl: `${host.origin}/artifacts` };
      const { value } = await ask(voteWith({ ...here, threads: 3 }), page);
      const { record, sums } = value as Vote;
      expect(await accepts(record)).toEqual({ itself: true, withAnotherSignal: false });
      expect(sums).toEqual([]);
    } finally {
      await page.close();
      await host.close();
    }
  });

  test("is refused with the same codes as in Node", async () => {
    expect(await ask(voteWith({ votes: [1, 1, 0] }))).toMatchObject({
      refused: "votes-invalid",
      progress: [],
    });
    const stranger = toHex(makePoll().identities[0]!.privateKey);
    expect(await ask(voteWith({ privateKey: stranger }))).toMatchObject({ refused: "not-on-roll" });
    const other = await ask(voteWith({ pollId: "00".repeat(31) }));
    expect(other).toMatchObject({ refused: "poll-not-anchored" });
  });
});

describe("what the prover needs of its surroundings", () => {
  test("is no Node built-in and no DOM: neither is there, and nothing puts it there", async () => {
    const names = ["process", "Buffer", "require", "module", "global", "window", "document", "localStorage"];
    expect(await ask({ kind: "globals", names })).toMatchObject({ value: [] });
    const control = { kind: "globals", names: ["fetch", "crypto"] } as const;
    expect(await ask(control)).toMatchObject({ value: ["fetch", "crypto"] });
  });

  test("is nothing from another origin", () => {
    // The control: requests of the worker are among those seen.
    expect(requests).toContain(`${site.origin}/artifacts/${circuit.provingKey.sha256}`);
    expect(requests.filter((url) => !url.startsWith(`${site.origin}/`))).toEqual([]);
  });

  test("is nothing that a strict Content-Security-Policy forbids", async () => {
    expect(await violations()).toEqual([]);
    expect(printed.filter((text) => /content security policy/i.test(text))).toEqual([]);
    // The control: the policy is in force in the worker, and what breaks it is seen.
    expect(await ask({ kind: "eval" })).toEqual({ refused: "EvalError", progress: [] });
    expect(await violations()).toEqual(["script-src"]);
  });
});

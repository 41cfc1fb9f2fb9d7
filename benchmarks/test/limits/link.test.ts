// A server that plays a slow link: answers come late, at a rate that they share, and whole.
import { afterEach, expect, test } from "@jest/globals";
import type { Network } from "../../src/browser/link.ts";
import { type RunningSite, serve } from "../../src/browser/static-site.ts";

const BYTES = 50_000;
const content = Uint8Array.from({ length: BYTES }, (_, i) => i % 251);

let site: RunningSite | undefined;

afterEach(() => site?.close());

async function fetched(path: string): Promise<{ readonly ms: number; readonly bytes: Uint8Array }> {
  const start = performance.now();
  const response = await fetch(site!.origin + path);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { ms: performance.now() - start, bytes };
}

const serveBy = async (network: Network | null): Promise<void> => {
  site = await serve(new Map([["/file", content]]), {}, network);
};

test("one answer takes its latency and its bits over the rate", async () => {
  // 400,000 bits at 1,000 a millisecond are 400 ms.
  await serveBy({ downKbps: 1_000, upKbps: 1_000_000, latencyMs: 200 });
  const { ms, bytes } = await fetched("/file");
  expect(bytes).toEqual(content);
  expect(ms).toBeGreaterThan(595);
  expect(ms).toBeLessThan(1_500);
});

test("two answers share the rate", async () => {
  await serveBy({ downKbps: 1_000, upKbps: 1_000_000, latencyMs: 0 });
  const both = await Promise.all([fetched("/file"), fetched("/file")]);
  expect(Math.max(...both.map(({ ms }) => ms))).toBeGreaterThan(795);
  expect(both.every(({ bytes }) => bytes.length === BYTES)).toBe(true);
});

test("a request takes its own bits as well", async () => {
  // Some hundred bytes at one bit a millisecond.
  await serveBy({ downKbps: 1_000_000, upKbps: 1, latencyMs: 0 });
  expect((await fetched("/file")).ms).toBeGreaterThan(500);
});

test("the control: without a link nothing waits", async () => {
  await serveBy(null);
  await fetched("/file");
  expect((await fetched("/file")).ms).toBeLessThan(300);
});

test("what was sent is counted", async () => {
  await serveBy(null);
  expect(site!.sentBytes()).toBe(0);
  await fetched("/file");
  await fetched("/missing");
  expect(site!.sentBytes()).toBe(BYTES);
});

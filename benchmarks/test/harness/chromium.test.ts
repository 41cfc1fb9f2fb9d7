// Real engines in pages of a real Chromium, as a phone as well.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type BuiltSite, bundle } from "../../src/browser/bundle.ts";
import { openChromium } from "../../src/harness/chromium-environment.ts";
import { ENGINES, engineNamed } from "../../src/harness/engines.ts";
import type { BenchEnvironment } from "../../src/harness/environment.ts";
import { type PreparedWorkload, prepareWorkload } from "../../src/harness/workloads.ts";
import { keys, repositoryPath } from "../support/keys.ts";
import { unprovable } from "../support/unprovable.ts";

const never = new AbortController().signal;
const ours = engineNamed("@commune-zk/prover");

let directory: string;
let page: BuiltSite;
let chromium: BenchEnvironment;
let workload: PreparedWorkload;
/** Bytes of each engine's first page. */
const fetchedBy = new Map<string, number | null>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "commune-zk-bare-"));
  page = await bundle(repositoryPath("benchmarks/pages/bare-proof"), directory);
  workload = await prepareWorkload("semaphore-10", keys);
  chromium = await openChromium({ kind: "chromium-phone", limits: null, page, program: "shell" });
}, 60_000);

afterAll(async () => {
  await chromium?.close();
  await rm(directory, { recursive: true, force: true });
});

/** Of engines but ours; null where the page seems to have shrunk, because a browser came that shares with it. */
const peaks: (number | null)[] = [];

test.each(ENGINES.map(({ name }) => name))(
  "%s: a cold and a warm proof, each verified",
  async (name) => {
    const session = await chromium.start({ engine: engineNamed(name), workload }, never);
    try {
      const { first } = session;
      await workload.verify(first.made);
      fetchedBy.set(name, first.downloadedBytes);
      const files = workload.wasm.bytes.length + workload.provingKey.bytes.length;
      expect(first.downloadedBytes).toBeGreaterThan(files);
      expect(first.downloadedBytes).toBeLessThan(files + 3_000_000);
      expect(first.phasesMs.load).toBeGreaterThan(0);
      expect(first.totalMs).toBeGreaterThan(first.phasesMs.load!);
      const again = await session.again(never);
      await workload.verify(again.made);
      expect(again.downloadedBytes).toBeNull();
      expect(again.phasesMs.load).toBeUndefined();
      // More than any page has without proving, less than a phone has. Other tests' browsers that come and go share
      // pages with this one: only engines that take much are seen through that.
      for (const { peakMemoryBytes } of name === ours.name ? [] : [first, again]) {
        peaks.push(peakMemoryBytes);
        if (peakMemoryBytes === null) continue;
        expect(peakMemoryBytes).toBeGreaterThan(20_000_000);
        expect(peakMemoryBytes).toBeLessThan(1_000_000_000);
      }
    } finally {
      await session.close();
    }
  },
  60_000,
);

test("most of these proofs told their memory", () => {
  expect(peaks.length).toBeGreaterThan(2);
  expect(peaks.filter((peak) => peak !== null).length).toBeGreaterThan(peaks.length / 2);
});

test("the next session fetches everything anew, and ends with the signal", async () => {
  const session = await chromium.start({ engine: ours, workload }, never);
  expect(session.first.downloadedBytes).toBe(fetchedBy.get(ours.name));
  const stop = new AbortController();
  const proof = session.again(stop.signal);
  setTimeout(() => stop.abort(new Error("stopped")), 20);
  await expect(proof).rejects.toThrow("stopped");
  await session.close();
}, 60_000);

test("what an engine cannot prove is a failure with its reason", async () => {
  await expect(chromium.start({ engine: ours, workload: unprovable(workload) }, never)).rejects.toMatchObject(
    { reason: "failed", message: expect.stringMatching(/inputs do not satisfy/) },
  );
}, 60_000);

test("the calibration kernel runs in a page", async () => {
  const scores = await chromium.calibrate({ sliceMs: 50, slices: 2 }, never);
  expect(scores).toHaveLength(2);
  expect(Math.min(...scores)).toBeGreaterThan(0);
}, 60_000);

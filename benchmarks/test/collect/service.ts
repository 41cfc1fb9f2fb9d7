// A collecting service over its socket, new for every test, and runs to post.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { Agent, request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "@jest/globals";
import { InputError } from "../../../prover/src/index.ts";
import type { Offer } from "../../src/collect/offer.ts";
import type { MeasurementLog, RecorderLimits } from "../../src/collect/recorder.ts";
import { type RunningCollector, startCollector } from "../../src/collect/server.ts";
import { appendHistory, readHistory } from "../../src/results/history.ts";
import type { MeasurementLine } from "../../src/results/schema.ts";
import { measurementLine, STARTED_AT } from "../device-lines.ts";

const file = (digit: string) => ({ path: `${digit}.bin`, sha256: digit.repeat(64), size: 3 });
/** What there is to measure. */
export const offer: Offer = {
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
/** The service's clock. */
export const NOW = STARTED_AT + 3_600;

/** The services of a test file: registers what makes and removes their folder. */
export function useCollector() {
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

  return {
    /** Path of the history. */
    get out() {
      return out;
    },
    /** What the operator was told. */
    get said() {
      return said;
    },
    /** Content of the history; empty where there is none. */
    bytes: (): Promise<string> => readFile(out, "utf8").catch(() => ""),
    /** Starts one. @returns its origin. */
    async start(options: { log?: MeasurementLog; limits?: RecorderLimits } = {}): Promise<string> {
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
    },
  };
}

/** A post on a connection of its own, as another phone's would be. */
export function post(origin: string, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return postBy(new Agent(), origin, text, headers);
}

/** A post on this connection. */
export function postBy(agent: Agent, origin: string, text: string, headers: Record<string, string> = {}) {
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

/** A line of cold starts. */
export const cold = (): MeasurementLine => measurementLine("cold", [4_000]);
/** A line of warm proofs, after it. */
export const warm = (): MeasurementLine => ({
  ...measurementLine("warm", [2_000, 2_100, 2_200]),
  samples: measurementLine("warm", [2_000, 2_100, 2_200]).samples.map((sample) => ({
    ...sample,
    atMs: sample.atMs + 10_000,
  })),
});
/** Both, as one run. */
export const run = (digit = "a"): MeasurementLine[] =>
  [cold(), warm()].map((line) => ({ ...line, runId: digit.repeat(32) }));

/** A run with one line changed. */
export const changed = (i: 0 | 1, change: (line: MeasurementLine) => unknown): unknown =>
  run().map((line, j) => (i === j ? change(line) : line));

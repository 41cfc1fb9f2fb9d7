// What the collecting service refuses, with a reason, and leaves no trace of.
import { writeFile } from "node:fs/promises";
import { describe, expect, test } from "@jest/globals";
import { MAX_POST_BYTES } from "../../src/collect/app.ts";
import { MOST_REPEATS } from "../../src/device/config.ts";
import type { MeasurementLine } from "../../src/results/schema.ts";
import { measurementLine } from "../device-lines.ts";
import { changed, cold, NOW, post, run, useCollector } from "./service.ts";

const service = useCollector();

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
    await writeFile(service.out, `${JSON.stringify(measurementLine("warm", [1_000]))}\n`);
    const before = await service.bytes();
    const origin = await service.start();
    const answer = await post(origin, body);
    expect(answer.json).toMatchObject({ type: `urn:commune-zk:problem:${code}`, status, code });
    expect(answer.status).toBe(status);
    expect(answer.json.title).toEqual(expect.stringContaining(place));
    expect(await service.bytes()).toBe(before);
    expect(service.said).toEqual([`refused: ${code}`]);
  });

  test("the control: the run that they all change is recorded", async () => {
    expect(await post(await service.start(), run())).toMatchObject({ status: 201 });
  });

  test("a body of another type, compressed, or too large", async () => {
    const origin = await service.start();
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
    expect(await service.bytes()).toBe("");
  });

  test("a run of everything with the most repeats is no too large body", () => {
    const line = measurementLine("warm", new Array(MOST_REPEATS).fill(123_456.7));
    expect(JSON.stringify(new Array(16).fill(line), null, 1).length).toBeLessThan(MAX_POST_BYTES);
  });
});

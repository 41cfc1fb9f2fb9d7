// Real engines in real processes of Node. The processes run the build, as the command does.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { QuotaError } from "../../src/browser/limited-group.ts";
import { ENGINES, engineNamed } from "../../src/harness/engines.ts";
import { type BenchEnvironment, ProofFailure } from "../../src/harness/environment.ts";
import { openNode } from "../../src/harness/node-environment.ts";
import { type HarnessOutcome, runHarness } from "../../src/harness/run.ts";
import { type PreparedWorkload, prepareWorkload } from "../../src/harness/workloads.ts";
import { parseMeasurement } from "../../src/results/schema.ts";
import { keys, repositoryPath } from "../support/keys.ts";
import { lineWith } from "../support/lines.ts";
import { unprovable } from "../support/unprovable.ts";

const entry = repositoryPath("build/scripts/bench-prover.js");
const never = new AbortController().signal;
const snarkjs = engineNamed("snarkjs");

let node: BenchEnvironment;
let workload: PreparedWorkload;

beforeAll(async () => {
  node = await openNode({ entry, limits: null });
  workload = await prepareWorkload("semaphore-10", keys);
});

afterAll(() => node.close());

test("every engine's proof is verified and makes lines in shape", async () => {
  const { runId, startedAt, code, machine } = lineWith();
  const outcomes: HarnessOutcome[] = [];
  const plan = {
    workloads: ["semaphore-10"],
    prepare: async () => workload,
    engines: ENGINES,
    environments: [{ name: "node", open: async () => node }],
    runs: 1,
    starts: ["cold", "warm"],
    calibration: { sliceMs: 50, slices: 2 },
    timeoutMs: 60_000,
    run: { runId, startedAt, code, machine },
  } as const;
  for await (const outcome of runHarness(plan, never)) outcomes.push(outcome);
  const lines = outcomes.map((outcome) => ("line" in outcome ? outcome.line : outcome));
  expect(lines.map((line) => ("engine" in line ? `${line.engine.name} ${line.start}` : line))).toEqual(
    ENGINES.flatMap(({ name }) => [`${name} cold`, `${name} warm`]),
  );
  for (const value of lines) {
    const { samples, calibration, environment, start, failures } = parseMeasurement(value);
    const [sample] = samples;
    expect([samples.length, failures.length, calibration?.scores.length]).toEqual([1, 0, 2]);
    expect(environment).toEqual({ kind: "node", runtime: `Node ${process.versions.node}`, limits: null });
    expect(sample!.peakMemoryBytes).toBeGreaterThan(5_000_000);
    expect(sample!.downloadedBytes).toBeNull();
    expect("load" in sample!.phasesMs).toBe(start === "cold");
  }
  // Engines behind our interface tell their phases, which make up the whole.
  const ours = lines.map((line) => parseMeasurement(line)).filter(({ engine }) => engine.name === "snarkjs");
  for (const { totalMs, phasesMs } of ours.flatMap(({ samples }) => samples)) {
    const told = Object.values(phasesMs).reduce((sum, each) => sum + each, 0);
    expect(phasesMs.proof).toBeGreaterThan(phasesMs.witness!);
    expect(totalMs - told).toBeLessThan(20);
  }
}, 60_000);

describe("a process", () => {
  test("ends with the signal, whatever it is doing", async () => {
    const stop = new AbortController();
    const session = await node.start({ engine: snarkjs, workload }, never);
    const proof = session.again(stop.signal);
    setTimeout(() => stop.abort(new Error("stopped")), 50);
    await expect(proof).rejects.toThrow("stopped");
    await session.close();
    await expect(session.again(never)).rejects.toMatchObject({ reason: "crashed" });
  });

  test("says why its engine made no proof", async () => {
    const ours = engineNamed("@commune-zk/prover");
    const failed = node.start({ engine: ours, workload: unprovable(workload) }, never);
    await expect(failed).rejects.toMatchObject({
      reason: "failed",
      message: expect.stringMatching(/inputs do not satisfy/),
    });
    await expect(failed).rejects.toBeInstanceOf(ProofFailure);
  });
});

test("within too little memory an engine fails for want of it; a network is no limit of Node's", async () => {
  const network = { downKbps: 1_600, upKbps: 750, latencyMs: 150 };
  const opened = openNode({ entry, limits: { cpuShare: null, memoryMiB: 48, network } });
  const limited = await opened.catch((error: unknown) => {
    // A machine without groups has to say so.
    expect(error).toBeInstanceOf(QuotaError);
    return null;
  });
  if (limited === null) return;
  try {
    expect(limited.environment.limits).toEqual({ cpuShare: null, memoryMiB: 48, network: null });
    await expect(limited.start({ engine: snarkjs, workload }, never)).rejects.toMatchObject({
      reason: "out-of-memory",
    });
  } finally {
    await limited.close();
  }
});

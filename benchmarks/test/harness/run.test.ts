// The harness with engines and environments that are made up: order, checks, failures, interruption.
import { describe, expect, test } from "@jest/globals";
import { QuotaError } from "../../src/browser/limited-group.ts";
import type { BenchEngine } from "../../src/harness/engines.ts";
import {
  type BenchEnvironment,
  type BenchTask,
  type MadeProof,
  ProofFailure,
} from "../../src/harness/environment.ts";
import {
  type EnvironmentPlan,
  type HarnessOutcome,
  type HarnessPlan,
  runHarness,
} from "../../src/harness/run.ts";
import type { MeasurementLine } from "../../src/results/schema.ts";
import { lineWith } from "../support/lines.ts";

type Step = { readonly engine: string; readonly does: "starts" | "again" | "closes" | "is checked" };

/** An environment that writes down what is asked of it. */
class Stage {
  readonly steps: Step[] = [];
  /** Called for each proof that is made, from 0: throws, or says what its proof is. */
  onProof: (engine: string, nth: number, signal: AbortSignal) => string | Promise<string> = () => "good";
  calibrations = 0;
  isClosed = false;
  readonly #made = new Map<string, number>();

  readonly plan: EnvironmentPlan = { name: "stage", open: async () => this.#environment };

  get #environment(): BenchEnvironment {
    const make = async (name: string, isFirst: boolean, signal: AbortSignal): Promise<MadeProof> => {
      const nth = this.#made.get(name) ?? 0;
      this.#made.set(name, nth + 1);
      const proof = await this.onProof(name, nth, signal);
      return {
        totalMs: 100,
        phasesMs: { proof: 60 },
        peakMemoryBytes: 1_000,
        downloadedBytes: isFirst ? 5_000 : null,
        made: { proof, publicSignals: [name] },
      };
    };
    return {
      environment: { kind: "node", runtime: "Node 20.0.0", limits: null },
      start: async ({ engine }, signal) => {
        this.steps.push({ engine: engine.name, does: "starts" });
        const first = await make(engine.name, true, signal);
        return {
          first,
          again: (own) => {
            this.steps.push({ engine: engine.name, does: "again" });
            return make(engine.name, false, own);
          },
          close: async () => void this.steps.push({ engine: engine.name, does: "closes" }),
        };
      },
      calibrate: async () => {
        this.calibrations++;
        return [10, 11];
      },
      close: async () => {
        this.isClosed = true;
      },
    };
  }

  /** Names of the engines whose proofs were made, one for each of these steps. */
  order(does: Step["does"]): string {
    return this.steps
      .filter((step) => step.does === does)
      .map(({ engine }) => engine)
      .join("");
  }

  workload(name: MeasurementLine["workload"] = "semaphore-10"): BenchTask["workload"] {
    const file = (digit: string) => ({ bytes: new Uint8Array(), path: "nowhere", sha256: digit.repeat(64) });
    return {
      name,
      wasm: file("1"),
      provingKey: file("2"),
      inputs: "{}",
      membership: null,
      verify: async ({ proof, publicSignals: [engine] }) => {
        this.steps.push({ engine: engine!, does: "is checked" });
        if (proof !== "good") throw new Error("it does not verify");
      },
    };
  }
}

const engine = (name: string, proves: BenchEngine["proves"] = () => true): BenchEngine => ({
  name,
  version: "1.0.0",
  proves,
  wantsBlobWorkers: false,
  create: () => Promise.reject(new Error("nobody makes an engine here")),
});

function planOf(stage: Stage, changes: Partial<HarnessPlan> = {}): HarnessPlan {
  const { runId, startedAt, code, machine } = lineWith();
  return {
    workloads: ["semaphore-10"],
    prepare: async (name) => stage.workload(name),
    engines: [engine("a"), engine("b")],
    environments: [stage.plan],
    runs: 3,
    starts: ["cold", "warm"],
    calibration: null,
    timeoutMs: 5_000,
    run: { runId, startedAt, code, machine },
    ...changes,
  };
}

async function all(
  plan: HarnessPlan,
  signal: AbortSignal = new AbortController().signal,
): Promise<HarnessOutcome[]> {
  const outcomes: HarnessOutcome[] = [];
  for await (const outcome of runHarness(plan, signal)) outcomes.push(outcome);
  return outcomes;
}

const linesOf = (outcomes: readonly HarnessOutcome[]): MeasurementLine[] =>
  outcomes.flatMap((outcome) => ("line" in outcome ? [outcome.line] : []));
const shortOf = ({ engine: { name }, start, status, samples, failures }: MeasurementLine) => ({
  line: `${name} ${start} ${status}`,
  samples: samples.length,
  failures,
});

test("engines take turns in the order A B B A, after a proof of each that is not timed", async () => {
  const stage = new Stage();
  const lines = linesOf(await all(planOf(stage)));
  expect(stage.order("starts")).toBe("ab" + "ab" + "ba" + "ab");
  expect(stage.order("again")).toBe("ab" + "ba" + "ab");
  expect(lines.map(shortOf)).toEqual(
    ["a cold complete", "a warm complete", "b cold complete", "b warm complete"].map((line) => ({
      line,
      samples: 3,
      failures: [],
    })),
  );
});

test("no two places are alive at once", async () => {
  const stage = new Stage();
  await all(planOf(stage));
  const lives = stage.steps.filter(({ does }) => does === "starts" || does === "closes");
  expect(lives.map(({ does }) => does)).toEqual(lives.map((_, i) => (i % 2 === 0 ? "starts" : "closes")));
  expect(stage.isClosed).toBe(true);
});

test("every proof is checked, the first of each engine before any is timed", async () => {
  const stage = new Stage();
  await all(planOf(stage));
  const proofs = stage.steps.filter(({ does }) => does === "starts" || does === "again");
  expect(stage.order("is checked")).toHaveLength(proofs.length);
  // Two starts, each checked and closed, come before the first turn.
  expect(stage.steps.slice(0, 6).map(({ engine: name, does }) => `${name} ${does}`)).toEqual([
    "a starts",
    "a is checked",
    "a closes",
    "b starts",
    "b is checked",
    "b closes",
  ]);
});

test("what a line says of a sample is what its place measured", async () => {
  const stage = new Stage();
  const [cold, warm] = linesOf(await all(planOf(stage, { engines: [engine("a")] })));
  expect(cold).toMatchObject({ workload: "semaphore-10", engine: { name: "a", version: "1.0.0" } });
  expect(cold!.artifacts).toEqual({ wasm: "1".repeat(64), provingKey: "2".repeat(64) });
  expect(cold!.samples[0]).toMatchObject({ totalMs: 100, phasesMs: { proof: 60 }, downloadedBytes: 5_000 });
  expect(warm!.samples[0]).toMatchObject({ peakMemoryBytes: 1_000, downloadedBytes: null });
});

test("where warm proofs alone are asked for, the cold one warms up and is not recorded", async () => {
  const stage = new Stage();
  const lines = linesOf(await all(planOf(stage, { starts: ["warm"], engines: [engine("a")] })));
  expect(lines.map(shortOf)).toEqual([{ line: "a warm complete", samples: 3, failures: [] }]);
});

test("where cold proofs alone are asked for, no second one is made", async () => {
  const stage = new Stage();
  await all(planOf(stage, { starts: ["cold"] }));
  expect(stage.order("again")).toBe("");
});

test("an engine is not asked for what it does not prove", async () => {
  const stage = new Stage();
  const engines = [engine("a"), engine("b", (workload) => workload === "semaphore-10")];
  await all(planOf(stage, { engines, workloads: ["semaphore-10", "hours-1"], starts: ["cold"], runs: 1 }));
  expect(stage.order("starts")).toBe("ab" + "ab" + "a" + "a");
});

describe("a proof that does not verify", () => {
  test("is a failure and no sample", async () => {
    const stage = new Stage();
    // Of a: 0 is not timed; 1, 3, 5 are cold and 2, 4, 6 warm.
    stage.onProof = (name, nth) => (name === "a" && nth === 4 ? "forged" : "good");
    const outcomes = await all(planOf(stage));
    expect(outcomes).toContainEqual({
      name: "semaphore-10, a, node, warm",
      failed: "proof-invalid",
      message: "Error: it does not verify",
    });
    const [cold, warm, ...others] = linesOf(outcomes).map(shortOf);
    expect(cold).toEqual({ line: "a cold complete", samples: 3, failures: [] });
    expect(warm).toEqual({
      line: "a warm complete",
      samples: 2,
      failures: [{ reason: "proof-invalid", count: 1 }],
    });
    expect(others.map(({ samples }) => samples)).toEqual([3, 3]);
  });

  test("keeps an engine from being timed at all where it is the first", async () => {
    const stage = new Stage();
    stage.onProof = (name) => (name === "a" ? "forged" : "good");
    const lines = linesOf(await all(planOf(stage)));
    expect(stage.order("starts")).toBe("ab" + "bbb");
    expect(lines.map(shortOf)[0]).toEqual({
      line: "a cold complete",
      samples: 0,
      failures: [{ reason: "proof-invalid", count: 1 }],
    });
  });
});

describe("a proof that is not made", () => {
  test("is counted with its reason, and the engine is asked again", async () => {
    const stage = new Stage();
    stage.onProof = (name, nth) => {
      if (name === "a" && nth === 1) throw new ProofFailure("out-of-memory", "no room");
      return "good";
    };
    const [cold] = linesOf(await all(planOf(stage))).map(shortOf);
    expect(cold).toEqual({
      line: "a cold complete",
      samples: 2,
      failures: [{ reason: "out-of-memory", count: 1 }],
    });
  });

  test("twice in a row ends the asking", async () => {
    const stage = new Stage();
    stage.onProof = (name, nth) => {
      if (name === "a" && nth > 0) throw new ProofFailure("crashed", "gone");
      return "good";
    };
    const [cold] = linesOf(await all(planOf(stage, { runs: 9 }))).map(shortOf);
    expect(cold).toEqual({
      line: "a cold complete",
      samples: 0,
      failures: [{ reason: "crashed", count: 2 }],
    });
    expect(stage.order("starts").replaceAll("b", "")).toBe("aaa");
  });

  test("in time is given up", async () => {
    const stage = new Stage();
    stage.onProof = (name, nth, signal) =>
      name === "a" && nth === 1
        ? new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
        : "good";
    const [cold] = linesOf(await all(planOf(stage, { timeoutMs: 50 }))).map(shortOf);
    expect(cold!.failures).toEqual([{ reason: "timed-out", count: 1 }]);
    expect(cold!.samples).toBe(2);
  });
});

describe("an interrupted run", () => {
  test("keeps what it measured, marked incomplete, and starts nothing more", async () => {
    const stage = new Stage();
    const stop = new AbortController();
    stage.onProof = (name, nth) => {
      // In a's second turn: its cold proof is made, its warm one is not.
      if (name === "a" && nth === 4) {
        stop.abort(new Error("stopped"));
        throw stop.signal.reason;
      }
      return "good";
    };
    const outcomes = await all(planOf(stage, { workloads: ["semaphore-10", "semaphore-20"] }), stop.signal);
    expect(linesOf(outcomes).map(shortOf)).toEqual([
      { line: "a cold incomplete", samples: 2, failures: [] },
      { line: "a warm incomplete", samples: 1, failures: [] },
      { line: "b cold incomplete", samples: 2, failures: [] },
      { line: "b warm incomplete", samples: 2, failures: [] },
    ]);
    expect(outcomes).toHaveLength(4);
    expect(stage.isClosed).toBe(true);
    expect(stage.steps.at(-1)).toEqual({ engine: "a", does: "closes" });
  });

  test("says nothing of what it had not begun", async () => {
    const stage = new Stage();
    expect(await all(planOf(stage), AbortSignal.abort())).toEqual([]);
    expect(stage.steps).toEqual([]);
  });
});

test("where something breaks, what was measured comes as incomplete lines, and then what broke", async () => {
  const stage = new Stage();
  stage.onProof = (name, nth) => {
    if (name === "b" && nth === 2) throw new Error("the harness is broken");
    return "good";
  };
  const outcomes: HarnessOutcome[] = [];
  const run = async (): Promise<void> => {
    for await (const outcome of runHarness(planOf(stage), new AbortController().signal)) {
      outcomes.push(outcome);
    }
  };
  await expect(run()).rejects.toThrow("the harness is broken");
  expect(linesOf(outcomes).map(shortOf)[0]).toEqual({ line: "a cold incomplete", samples: 1, failures: [] });
  expect(stage.isClosed).toBe(true);
});

test("an environment whose limits cannot be set is not measured, with the reason; the rest goes on", async () => {
  const stage = new Stage();
  const refused: EnvironmentPlan = {
    name: "chromium, quarter-core",
    open: () => Promise.reject(new QuotaError("this machine has no cgroups")),
  };
  const outcomes = await all(planOf(stage, { environments: [refused, stage.plan] }));
  expect(outcomes[0]).toEqual({ name: "chromium, quarter-core", notMeasured: "this machine has no cgroups" });
  expect(linesOf(outcomes)).toHaveLength(4);
});

test("the kernel runs once in each environment, and its scores stand in all lines of it", async () => {
  const stages = [new Stage(), new Stage()] as const;
  const [stage] = stages;
  const lines = linesOf(
    await all(
      planOf(stage, {
        environments: stages.map(({ plan }) => plan),
        workloads: ["semaphore-10", "hours-1"],
        calibration: { sliceMs: 10, slices: 2 },
      }),
    ),
  );
  expect(stages.map(({ calibrations }) => calibrations)).toEqual([1, 1]);
  expect(lines).toHaveLength(16);
  expect(lines.every(({ calibration }) => calibration?.scores.join() === "10,11")).toBe(true);
});

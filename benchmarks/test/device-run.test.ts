// A run on a device with a worker and a clock of the test's own: what counts, what is kept, and what stops it.
import { describe, expect, test } from "@jest/globals";
import type { DeviceWorkload } from "../src/device/config.ts";
import { type KeyValueStore, runKeeper } from "../src/device/kept-run.ts";
import { postText } from "../src/device/post.ts";
import type { DeviceWorker, FromWorker, ToWorker } from "../src/device/protocol.ts";
import { type DeviceRun, endRun, linesOf } from "../src/device/record.ts";
import { type DevicePage, type DevicePlan, type DeviceProgress, runDevice } from "../src/device/run.ts";
import { verdictsOf } from "../src/device/verdict.ts";
import type { MeasurementLine, Workload } from "../src/results/schema.ts";
import { STARTED_AT } from "./device-lines.ts";

const FETCH_MS = 400;
const PROOF_MS = 1_000;

const file = (digit: string) => ({ path: `${digit}.bin`, sha256: digit.repeat(64), size: 1_000 });
const planned = (name: Workload): DeviceWorkload => ({
  name,
  wasm: file("1"),
  provingKey: file("2"),
  verificationKey: file("3"),
  inputs: file("4"),
  publicSignals: ["1"],
});

/** What a worker does with its n-th proof, 0 being the cold one; a good one where it is not said. */
type Act = "good" | "invalid" | "failed" | "out-of-memory" | "crash" | "silent" | "hidden";

interface Fake {
  readonly page: DevicePage;
  readonly kept: DeviceRun[];
  /** In the order in which workers were started. */
  readonly workers: { readonly asked: ToWorker[]; ended: boolean }[];
  /** Called when a worker says nothing. */
  onSilence: () => void;
}

/** A page whose workers act as they are told, proof by proof over all workers, and whose clock they turn. */
function fakePage(
  acts: readonly Act[] = [],
  calibration: "good" | "failed" | "silent" | "hidden" = "good",
): Fake {
  let clock = 0;
  let hidden = false;
  let proofs = 0;
  const fake: Fake = {
    kept: [],
    workers: [],
    onSilence: () => undefined,
    page: {
      now: () => clock,
      wasHidden: () => {
        const was = hidden;
        hidden = false;
        return was;
      },
      battery: async () => ({ level: 0.81 - 0.01 * fake.workers.length, charging: false }),
      keep: (run) => void fake.kept.push(structuredClone(run)),
      startWorker: () => startWorker(),
    },
  };
  const startWorker = (): DeviceWorker => {
    const state = { asked: [] as ToWorker[], ended: false };
    fake.workers.push(state);
    let say: (message: FromWorker) => void = () => undefined;
    let crash: () => void = () => undefined;
    const answers = (message: ToWorker): FromWorker[] => {
      if (message.kind === "calibrate") {
        if (calibration === "failed") return [{ kind: "failed", reason: "failed" }];
        // The first time alone.
        hidden = calibration === "hidden" && fake.workers.length === 1;
        const scores = new Array<number>(message.slices).fill(50);
        return [
          ...scores.map((score) => ({ kind: "slice", score }) as const),
          { kind: "calibrated", scores },
        ];
      }
      if (message.kind === "open") {
        clock += FETCH_MS;
        return [{ kind: "opened", downloadedBytes: 3_000 }];
      }
      const act = acts[proofs++] ?? "good";
      clock += PROOF_MS;
      if (act === "hidden") hidden = true;
      if (act === "failed" || act === "out-of-memory") return [{ kind: "failed", reason: act }];
      return [
        { kind: "phase", phase: "witness" },
        { kind: "phase", phase: "proof" },
        { kind: "proved", totalMs: PROOF_MS, phasesMs: { witness: 100, proof: 900 } },
        { kind: "verified", valid: act !== "invalid" },
      ];
    };
    return {
      post(message) {
        state.asked.push(message);
        const act = message.kind === "prove" ? acts[proofs] : undefined;
        if (act === "silent" || (message.kind === "calibrate" && calibration === "silent")) {
          queueMicrotask(() => fake.onSilence());
          return;
        }
        if (act === "crash") {
          proofs++;
          queueMicrotask(() => crash());
          return;
        }
        for (const answer of answers(message)) {
          queueMicrotask(() => {
            if (!state.ended) say(answer);
          });
        }
      },
      listen(onMessage, onCrash) {
        say = onMessage;
        crash = onCrash;
      },
      terminate() {
        state.ended = true;
      },
    };
  };
  return fake;
}

const plan = (repeats: number, ...names: Workload[]): DevicePlan => ({
  runId: "f".repeat(32),
  startedAt: STARTED_AT,
  code: { version: "0.1.0", commit: null, modified: true },
  engine: { name: "snarkjs", version: "0.7.6" },
  calibration: { sliceMs: 1_000, slices: 10 },
  machine: { model: null, system: null, cores: 8, memoryMiB: null },
  runtime: "Chrome 141",
  workloads: (names.length === 0 ? (["ballot-compact-20"] as const) : names).map(planned),
  repeats,
});

async function measure(
  fake: Fake,
  what: DevicePlan,
  { signal = new AbortController().signal }: { signal?: AbortSignal } = {},
): Promise<{ run: DeviceRun; lines: MeasurementLine[]; told: DeviceProgress[] }> {
  const told: DeviceProgress[] = [];
  const run = await runDevice(fake.page, what, { signal, onProgress: (progress) => told.push(progress) });
  return { run, lines: linesOf(run), told };
}

const counts = (lines: readonly MeasurementLine[]) =>
  lines.map(({ workload: name, start, status, samples, failures }) => [
    name,
    start,
    status,
    samples.length,
    ...failures.map(({ reason, count }) => `${count} ${reason}`),
  ]);

describe("a run on a device", () => {
  test("calibrates, then makes one cold proof in a new worker and its repeats in the same", async () => {
    const fake = fakePage();
    const { run, lines } = await measure(fake, plan(3));
    expect(counts(lines)).toEqual([
      ["ballot-compact-20", "cold", "complete", 1],
      ["ballot-compact-20", "warm", "complete", 3],
    ]);
    expect(run.ended).toBe(true);
    expect(fake.workers.map(({ asked }) => asked.map(({ kind }) => kind))).toEqual([
      ["calibrate"],
      ["open", "prove", "prove", "prove", "prove"],
    ]);
    expect(fake.workers.every(({ ended }) => ended)).toBe(true);
  });

  test("gives a cold proof the time of its fetching, and a warm one its own", async () => {
    const { lines } = await measure(fakePage(), plan(1));
    const [cold, warm] = lines.map(({ samples }) => samples[0]);
    expect(cold).toMatchObject({
      totalMs: FETCH_MS + PROOF_MS,
      phasesMs: { load: FETCH_MS, witness: 100, proof: 900 },
      downloadedBytes: 3_000,
    });
    expect(warm).toMatchObject({ totalMs: PROOF_MS, downloadedBytes: null, atMs: FETCH_MS + PROOF_MS });
  });

  test("has all lines of a run say the same of device, calibration and battery", async () => {
    const { lines } = await measure(fakePage(), plan(1, "hours-1", "semaphore-10"));
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      expect(line.calibration?.scores).toEqual(new Array(10).fill(50));
      expect(line.battery).toEqual({ before: 0.8, after: 0.78, charging: false });
      expect(line.environment).toEqual({ kind: "device", runtime: "Chrome 141", limits: null });
    }
  });

  test.each([
    ["invalid", "proof-invalid"],
    ["failed", "failed"],
    ["out-of-memory", "out-of-memory"],
    ["crash", "crashed"],
  ] as const)("counts a proof that is %s as a failure, never as a sample", async (act, reason) => {
    const cold = await measure(fakePage([act]), plan(3));
    expect(counts(cold.lines)).toEqual([["ballot-compact-20", "cold", "complete", 0, `1 ${reason}`]]);
    const warm = await measure(fakePage(["good", "good", act]), plan(3));
    expect(counts(warm.lines)).toEqual([
      ["ballot-compact-20", "cold", "complete", 1],
      ["ballot-compact-20", "warm", "incomplete", 1, `1 ${reason}`],
    ]);
  });

  test("goes on with the next workload, in a new worker, after one that failed", async () => {
    const fake = fakePage(["crash"]);
    const { lines } = await measure(fake, plan(1, "ballot-wide-20", "semaphore-10"));
    expect(counts(lines)).toEqual([
      ["ballot-wide-20", "cold", "complete", 0, "1 crashed"],
      ["semaphore-10", "cold", "complete", 1],
      ["semaphore-10", "warm", "complete", 1],
    ]);
    expect(fake.workers).toHaveLength(3);
  });

  test("measures without a calibration where the device cannot calibrate", async () => {
    const { lines } = await measure(fakePage([], "failed"), plan(1));
    expect(lines.map(({ calibration }) => calibration)).toEqual([null, null]);
  });

  test("calibrates again where the page was out of sight meanwhile", async () => {
    const fake = fakePage([], "hidden");
    const { lines } = await measure(fake, plan(1));
    expect(fake.workers.map(({ asked }) => asked[0]!.kind)).toEqual(["calibrate", "calibrate", "open"]);
    expect(lines[0]!.calibration!.scores).toHaveLength(10);
  });

  test("makes a proof again that was made while the page was out of sight", async () => {
    const fake = fakePage(["hidden", "good", "hidden", "hidden", "good"]);
    const { lines, told } = await measure(fake, plan(1));
    expect(counts(lines)).toEqual([
      ["ballot-compact-20", "cold", "complete", 1],
      ["ballot-compact-20", "warm", "complete", 1],
    ]);
    expect(told.some((progress) => progress.at === "proving" && progress.again)).toBe(true);
    // The cold one again from nothing.
    expect(fake.workers).toHaveLength(3);
  });

  test("gives a workload up that is always out of sight", async () => {
    const { lines } = await measure(fakePage(new Array<Act>(100).fill("hidden")), plan(1));
    expect(counts(lines)).toEqual([["ballot-compact-20", "cold", "incomplete", 0, "1 stopped"]]);
  });
});

describe("stopping a run", () => {
  test("ends the worker at once, keeps what was measured, and marks what was not finished", async () => {
    const fake = fakePage(["good", "good", "silent"]);
    const stop = new AbortController();
    const endedAtStop: boolean[] = [];
    fake.onSilence = () => {
      stop.abort();
      endedAtStop.push(fake.workers.at(-1)!.ended);
    };
    const { run, lines } = await measure(fake, plan(5, "ballot-compact-20", "hours-1"), stop);
    expect(endedAtStop).toEqual([true]);
    expect(run.ended).toBe(true);
    expect(counts(lines)).toEqual([
      ["ballot-compact-20", "cold", "complete", 1],
      ["ballot-compact-20", "warm", "incomplete", 1, "1 stopped"],
    ]);
  });

  test("while calibrating leaves nothing to tell", async () => {
    const fake = fakePage([], "silent");
    const stop = new AbortController();
    fake.onSilence = () => stop.abort();
    const { run, lines } = await measure(fake, plan(5), stop);
    expect(lines).toEqual([]);
    expect(run.ended).toBe(true);
    expect(fake.workers).toHaveLength(1);
  });
});

describe("a kept run", () => {
  const storage = (): KeyValueStore & { readonly map: Map<string, string> } => {
    const map = new Map<string, string>();
    return {
      map,
      getItem: (key) => map.get(key) ?? null,
      setItem: (key, value) => void map.set(key, value),
      removeItem: (key) => void map.delete(key),
    };
  };
  /** What was kept by the time of the last proof but one. */
  const midway = async (): Promise<DeviceRun> => {
    const fake = fakePage();
    await measure(fake, plan(3));
    return fake.kept.findLast(({ underWay }) => underWay !== null)!;
  };

  test("has the samples until the page went, and the proof under way as crashed", async () => {
    const keeper = runKeeper(storage());
    keeper.keep(await midway());
    const lines = linesOf(keeper.take()!);
    expect(counts(lines)).toEqual([
      ["ballot-compact-20", "cold", "complete", 1],
      ["ballot-compact-20", "warm", "incomplete", 2, "1 crashed"],
    ]);
  });

  test("says stopped where somebody left the page", async () => {
    const keeper = runKeeper(storage());
    keeper.keep(await midway());
    keeper.leave();
    expect(counts(linesOf(keeper.take()!))[1]).toEqual([
      "ballot-compact-20",
      "warm",
      "incomplete",
      2,
      "1 stopped",
    ]);
  });

  test("gives the same bytes after every reload", async () => {
    const store = storage();
    const keeper = runKeeper(store);
    keeper.keep(await midway());
    const first = postText(linesOf(keeper.take()!));
    keeper.leave();
    const second = postText(linesOf(runKeeper(store).take()!));
    expect(second).toBe(first);
  });

  test("is none where nothing was measured, or where it was forgotten, damaged or of another version", async () => {
    const keeper = runKeeper(storage());
    expect(keeper.take()).toBeUndefined();
    const run = await midway();
    keeper.keep({ ...run, workloads: [], underWay: null });
    expect(keeper.take()).toBeUndefined();
    keeper.keep({ ...run, runtime: "" });
    expect(keeper.take()).toBeUndefined();
    keeper.keep(run);
    keeper.forget();
    expect(keeper.take()).toBeUndefined();
    const store = storage();
    store.setItem("commune-zk/device-run", "{");
    expect(runKeeper(store).take()).toBeUndefined();
  });

  test("stays where the next run is stopped before its first proof", async () => {
    const keeper = runKeeper(storage());
    const earlier = await midway();
    keeper.keep(earlier);
    keeper.keep({ ...earlier, runId: "e".repeat(32), workloads: [], underWay: null });
    expect(keeper.take()!.runId).toBe(earlier.runId);
  });

  test("is lost, and nothing else, where the browser keeps nothing", async () => {
    const refuse = (): never => {
      throw new Error("forbidden");
    };
    const keeper = runKeeper({ getItem: refuse, setItem: refuse, removeItem: refuse });
    keeper.keep(await midway());
    keeper.leave();
    keeper.forget();
    expect(keeper.take()).toBeUndefined();
  });
});

describe("a verdict", () => {
  test("is the median of the warm proofs, with the drift from the first to the last", async () => {
    const { run } = await measure(fakePage(), plan(3));
    const [measured] = run.workloads;
    const samples = [1_000, 1_100, 1_120].map((totalMs, i) => ({
      ...measured!.warm.samples[i]!,
      totalMs,
      atMs: 10_000 * (i + 1),
    }));
    const slower = { ...run, workloads: [{ ...measured!, warm: { samples, failures: [] } }] };
    expect(verdictsOf(slower, linesOf(slower))).toMatchObject([
      {
        typicalMs: 1_100,
        cold: { totalMs: FETCH_MS + PROOF_MS },
        drift: { firstMs: 1_000, lastMs: 1_120, proofs: 3 },
        complete: true,
      },
    ]);
    expect(verdictsOf(slower, linesOf(slower))[0]!.drift!.change).toBeCloseTo(0.12);
  });

  test("says of what failed that it failed, and gives no time", async () => {
    const { run, lines } = await measure(fakePage(["out-of-memory"]), plan(3));
    expect(verdictsOf(run, lines)).toEqual([
      {
        workload: "ballot-compact-20",
        typicalMs: null,
        cold: null,
        drift: null,
        failures: ["out-of-memory"],
        complete: false,
      },
    ]);
  });

  test("an ended run cannot be ended again with another reason", async () => {
    const { run } = await measure(fakePage(), plan(1));
    expect(endRun(run, "crashed")).toEqual(run);
  });
});

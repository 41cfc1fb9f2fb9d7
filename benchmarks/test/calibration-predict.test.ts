// Prediction from the calibration score, on lines made up so that the right answer is known.
import { describe, expect, test } from "@jest/globals";
import {
  fitPrediction,
  LEAST_ENVIRONMENTS,
  predictableQueries,
  predictProofMs,
} from "../src/calibration/predict.ts";
import type { MeasurementLine } from "../src/results/schema.ts";
import { measurementLine } from "./device-lines.ts";

const engine = { name: "snarkjs", version: "0.7.6" };
const query = { workload: "ballot-compact-20", engine } as const;

/** A device with a model of its own. */
function device(
  model: string | null,
  score: number,
  times: readonly number[],
  change: Partial<MeasurementLine> = {},
) {
  const base = measurementLine("warm", times);
  return {
    ...base,
    machine: { ...base.machine, model },
    calibration: { kernel: "bn254-v1", scores: [score * 0.9, score, score * 5] },
    ...change,
  } satisfies MeasurementLine;
}

describe("prediction of proof time", () => {
  test("is exact where time times score is the same everywhere", () => {
    const lines = [device("A", 50, [2_000]), device("B", 10, [10_000]), device("C", 5, [20_000])];
    const prediction = fitPrediction(lines, query);
    expect(prediction).toMatchObject({ fitted: true, unitsPerProof: 100, medianError: 0, worstError: 0 });
    expect(predictProofMs(prediction, 20)).toBe(5_000);
  });

  test("predicts each environment without itself", () => {
    // B takes twice as long as A and C say that it should; nobody else is predicted from B alone.
    const lines = [device("A", 50, [2_000]), device("B", 10, [20_000]), device("C", 5, [20_000])];
    const prediction = fitPrediction(lines, query);
    if (!prediction.fitted) throw new Error("no fit");
    const [a, b, c] = prediction.environments;
    expect(b).toMatchObject({ measuredMs: 20_000, predictedMs: 10_000, error: -0.5 });
    // Of A: the median of B (200 units) and C (100).
    expect(a).toMatchObject({ measuredMs: 2_000, predictedMs: 3_000, error: 0.5 });
    expect(c!.error).toBe(0.5);
    expect(prediction.worstError).toBe(0.5);
  });

  test("is not moved by one environment that is far off", () => {
    const good = ["A", "B", "C", "D"].map((model, i) => device(model, 10 * (i + 1), [10_000 / (i + 1)]));
    const prediction = fitPrediction([...good, device("hot", 10, [3_000_000])], query);
    expect(prediction).toMatchObject({ fitted: true, unitsPerProof: 100 });
  });

  test.each([0, 1, 2])("with %d environments says that they are too few, and invents nothing", (count) => {
    const lines = ["A", "B"].slice(0, count).map((model) => device(model, 10, [10_000]));
    const prediction = fitPrediction(lines, query);
    expect(prediction).toEqual({
      fitted: false,
      reason: "too-few-environments",
      environments: count,
      needed: LEAST_ENVIRONMENTS,
    });
    expect(predictProofMs(prediction, 10)).toBeUndefined();
  });

  test("counts an environment once, however often it was measured", () => {
    const again = (runId: string) => device("A", 10, [10_000], { runId });
    const lines = [
      again("1".repeat(32)),
      again("2".repeat(32)),
      again("3".repeat(32)),
      device("B", 10, [9_000]),
    ];
    expect(fitPrediction(lines, query)).toMatchObject({ fitted: false, environments: 2 });
  });

  test("takes devices that do not tell what they are for different ones, run by run", () => {
    const lines = ["1", "2", "3"].map((digit) => device(null, 10, [10_000], { runId: digit.repeat(32) }));
    expect(fitPrediction(lines, query)).toMatchObject({ fitted: true });
  });

  test("takes only warm proofs of this workload, engine and version, with a calibration", () => {
    const others: Partial<MeasurementLine>[] = [
      { workload: "ballot-wide-20" },
      { engine: { name: "other", version: "0.7.6" } },
      { engine: { name: "snarkjs", version: "0.7.7" } },
      { start: "cold" },
      { calibration: null },
      { samples: [], failures: [{ reason: "crashed", count: 1 }] },
    ];
    const lines = others.map((change, i) => device(`other ${i}`, 10, [1_000], change));
    expect(fitPrediction(lines, query)).toMatchObject({ fitted: false, environments: 0 });
  });

  test("over one kind of environment leaves the others out", () => {
    const lines = ["A", "B", "C"].map((model) => device(model, 10, [10_000]));
    const node = device("server", 10, [1_000], {
      environment: { kind: "node", runtime: "Node 20.20.2", limits: null },
    });
    const all = fitPrediction([...lines, node], query);
    const devices = fitPrediction([...lines, node], { ...query, kind: "device" });
    expect(all).toMatchObject({ fitted: true, worstError: 9 });
    expect(devices).toMatchObject({ fitted: true, worstError: 0 });
  });

  test("names what can be predicted, each once", () => {
    const lines = [
      device("A", 1, [9]),
      device("B", 1, [9]),
      device("C", 1, [9], { calibration: null, workload: "hours-1" }),
    ];
    expect(predictableQueries(lines)).toEqual([query]);
  });

  test("refuses a score that is none", () => {
    const prediction = fitPrediction([], query);
    for (const score of [0, -1, Number.NaN])
      expect(() => predictProofMs(prediction, score)).toThrow(RangeError);
  });
});

// The one shape of a measurement: what cannot be is refused, and the field is named.

import { InputError } from "@commune-zk/prover";
import { describe, expect, test } from "@jest/globals";
import { limitsName, type MeasurementLine, parseMeasurement } from "../../src/results/schema.ts";
import { lineWith } from "../support/lines.ts";

/** A line with one field, `a.b.0.c`, set to something else. */
function withField(path: string, value: unknown): unknown {
  const line = structuredClone(lineWith()) as unknown as Record<string, unknown>;
  const steps = path.split(".");
  const last = steps.pop()!;
  const parent = steps.reduce<Record<string, unknown>>(
    (at, step) => at[step] as Record<string, unknown>,
    line,
  );
  parent[last] = value;
  return line;
}

function refusal(value: unknown): { code: string; place: string | undefined } {
  try {
    parseMeasurement(value, "line 1");
  } catch (error) {
    if (error instanceof InputError) return { code: error.code, place: error.place };
    throw error;
  }
  throw new Error("it was accepted");
}

test("a line in shape is accepted as it is", () => {
  expect(parseMeasurement(lineWith())).toEqual(lineWith());
});

describe("numbers that cannot be are refused, with the field's name", () => {
  test.each([
    ["samples.0.totalMs", 4.9],
    ["samples.0.totalMs", 3_600_001],
    ["samples.0.totalMs", Number.NaN],
    ["samples.0.totalMs", Number.POSITIVE_INFINITY],
    ["samples.0.totalMs", "2000"],
    ["samples.0.atMs", -1],
    ["samples.0.atMs", 86_400_001],
    ["samples.0.phasesMs.proof", -1],
    ["samples.0.peakMemoryBytes", 0],
    ["samples.0.peakMemoryBytes", 1.5],
    ["samples.0.peakMemoryBytes", 2 ** 36 + 1],
    ["samples.0.downloadedBytes", 0],
    ["samples.0.downloadedBytes", -5],
    ["startedAt", 1_700_000_000],
    ["startedAt", 1_800_000_000.5],
    ["machine.cores", 0],
    ["machine.cores", 1_025],
    ["machine.memoryMiB", 63],
    ["environment.limits.cpuShare", 0],
    ["environment.limits.cpuShare", 1.01],
    ["environment.limits.memoryMiB", 15],
    ["environment.limits.network.downKbps", 0],
    ["environment.limits.network.latencyMs", -1],
    ["failures.0.count", 0],
    ["failures.0.count", 1_001],
    ["calibration.scores.1", 0],
    ["calibration.scores.1", 1_000_001],
    ["battery.before", 1.01],
    ["battery.after", -0.01],
  ])("%s = %s", (path, value) => {
    expect(refusal(withField(path, value))).toEqual({
      code: "measurement-malformed",
      place: `line 1: ${path}`,
    });
  });
});

describe("words that are none are refused, with the field's name", () => {
  test.each([
    ["type", "commune-zk/measurement/v2"],
    ["runId", "0123"],
    ["runId", "G".repeat(32)],
    ["status", "stopped"],
    ["code.version", "1.0"],
    ["code.commit", "A".repeat(40)],
    ["machine.model", "two\nlines"],
    ["machine.model", "x".repeat(101)],
    ["environment.kind", "phone"],
    ["environment.runtime", ""],
    ["workload", "ballot-compact-99"],
    ["engine.name", "Snark JS"],
    ["engine.version", "0.7.6 beta"],
    ["artifacts.wasm", "b".repeat(63)],
    ["artifacts.provingKey", null],
    ["start", "hot"],
    ["failures.0.reason", "bored"],
    ["calibration.kernel", "bn254-v2"],
  ])("%s = %j", (path, value) => {
    expect(refusal(withField(path, value)).place).toBe(`line 1: ${path}`);
  });
});

describe("a field too many or too few is refused", () => {
  test.each(["member", "userAgent"])("%s in the line", (name) => {
    expect(refusal({ ...lineWith(), [name]: 1 }).code).toBe("measurement-malformed");
  });

  test("an address in the machine", () => {
    expect(refusal(withField("machine.address", "10.0.0.1")).place).toBe("line 1: machine");
  });

  test.each(Object.keys(lineWith()))("no %s", (name) => {
    const { [name as keyof MeasurementLine]: _left, ...rest } = lineWith();
    expect(refusal(rest).place).toBe(`line 1: ${name}`);
  });
});

describe("what contradicts itself is refused", () => {
  const [first, second] = lineWith().samples as [
    MeasurementLine["samples"][number],
    MeasurementLine["samples"][number],
  ];

  test("phases longer than the whole, beyond rounding", () => {
    const sample = (proof: number) => ({ ...first, totalMs: 2_000, phasesMs: { load: 500, proof } });
    expect(parseMeasurement(lineWith({ samples: [sample(1_505)] })).samples).toHaveLength(1);
    expect(refusal(lineWith({ samples: [sample(1_506)] }))).toEqual({
      code: "measurement-malformed",
      place: "line 1: samples.0",
    });
  });

  test("samples in another order than that of time", () => {
    expect(refusal(lineWith({ samples: [second, first] })).code).toBe("measurement-malformed");
  });

  test("nothing that was measured", () => {
    expect(refusal(lineWith({ samples: [], failures: [] })).code).toBe("measurement-malformed");
    expect(parseMeasurement(lineWith({ samples: [] })).failures).toHaveLength(1);
  });

  test("a warm proof that fetched something", () => {
    expect(refusal(lineWith({ start: "warm" })).code).toBe("measurement-malformed");
    expect(parseMeasurement(lineWith({ start: "warm", samples: [second] })).start).toBe("warm");
  });

  test("more samples than a line holds", () => {
    const samples = Array.from({ length: 1_001 }, () => first);
    expect(refusal(lineWith({ samples })).place).toBe("line 1: samples");
  });
});

test("limits are named by what they limit", () => {
  const { limits } = lineWith().environment;
  expect(limitsName(limits)).toBe("25 % of one core, 512 MiB, 1.6 Mbit/s down, 0.75 up, 150 ms");
  expect(limitsName({ cpuShare: 0.5, memoryMiB: null, network: null })).toBe("50 % of one core");
  expect(limitsName(null)).toBe("unlimited");
});

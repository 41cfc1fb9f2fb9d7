// The calibration kernel: its work against slow arithmetic, and what it does with wrong work and a stop.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { bn254 } from "@noble/curves/bn254.js";
import { concatBytes, FIELD_ORDER, uintBytes } from "../../prover/src/index.ts";
import {
  CALIBRATION,
  digestOf,
  KERNEL_NAME,
  KERNEL_SIZES,
  type KernelWork,
  kernelWork,
  MULTIPLIER,
  runKernel,
  timeSlices,
} from "../src/calibration/kernel.ts";

/** One unit's work with nothing of the kernel's own: one multiplication by noble, the transform by its definition. */
function slowUnit() {
  const powers: bigint[] = [];
  for (
    let value = MULTIPLIER;
    powers.length < KERNEL_SIZES.field;
    value = (value * MULTIPLIER) % FIELD_ORDER
  ) {
    powers.push(value);
  }
  const scalar = (count: number): bigint =>
    powers.slice(0, count).reduce((sum, power, i) => (sum + power * BigInt(i + 1)) % FIELD_ORDER, 0n);
  const g1 = bn254.G1.Point.BASE.multiply(scalar(KERNEL_SIZES.g1)).toAffine();
  const g2 = bn254.G2.Point.BASE.multiply(scalar(KERNEL_SIZES.g2)).toAffine();
  const numbers = (...parts: bigint[]): Uint8Array =>
    concatBytes(...parts.map((part) => uintBytes(part, 32)));
  return {
    g1: numbers(g1.x, g1.y),
    g2: numbers(g2.x.c0, g2.x.c1, g2.y.c0, g2.y.c1),
    field: concatBytes(...slowTransform(powers).map((value) => uintBytes(value, 32).reverse())),
  };
}

/** Σⱼ xⱼ·ωⁱʲ for each i; ω of order `values.length`, from 5, which is no square. */
function slowTransform(values: readonly bigint[]): bigint[] {
  const root = power(5n, (FIELD_ORDER - 1n) / BigInt(values.length));
  const transform = (part: readonly bigint[], omega: bigint): bigint[] => {
    if (part.length === 1) return [...part];
    const half = (odd: number): bigint[] =>
      transform(
        part.filter((_, i) => i % 2 === odd),
        (omega * omega) % FIELD_ORDER,
      );
    const [even, odd] = [half(0), half(1)];
    let twiddle = 1n;
    const out: bigint[] = new Array(part.length);
    for (let i = 0; i < even.length; i++) {
      const turned = (twiddle * odd[i]!) % FIELD_ORDER;
      out[i] = (even[i]! + turned) % FIELD_ORDER;
      out[i + even.length] = (even[i]! - turned + FIELD_ORDER) % FIELD_ORDER;
      twiddle = (twiddle * omega) % FIELD_ORDER;
    }
    return out;
  };
  return transform(values, root);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % FIELD_ORDER) {
    if (rest & 1n) result = (result * square) % FIELD_ORDER;
  }
  return result;
}

describe("the calibration kernel", () => {
  test("does the work that it says, always the same", async () => {
    const work = await kernelWork();
    const slow = slowUnit();
    for (const unit of [await work(), await work()]) {
      expect({ g1: toText(unit.g1), g2: toText(unit.g2) }).toEqual({
        g1: toText(slow.g1),
        g2: toText(slow.g2),
      });
      expect(digestOf(unit)).toBe(digestOf(slow));
    }
  });

  test("computes with the version of ffjavascript that its name stands for", async () => {
    const require = createRequire(new URL("../src/calibration/kernel.ts", import.meta.url));
    const { version } = JSON.parse(
      await readFile(new URL("../package.json", pathToFileURL(require.resolve("ffjavascript"))), "utf8"),
    );
    // Whoever raises it measures whether scores stay the same, or names another kernel.
    expect({ kernel: KERNEL_NAME, version }).toEqual({ kernel: "bn254-v1", version: "0.3.1" });
  });

  test("gives one score a slice, each told as it ends, of work that passes its own check", async () => {
    const told: number[] = [];
    const scores = await runKernel({ sliceMs: 30, slices: 3, onSlice: (score) => told.push(score) });
    expect(scores).toHaveLength(3);
    expect(told).toEqual(scores);
    for (const score of scores) expect(score).toBeGreaterThan(0);
  });

  test("takes as long on a slow device: slices are bounded by time, not by work", async () => {
    const work = await kernelWork();
    let units = 0;
    const slow: KernelWork = async () => {
      units++;
      const until = performance.now() + 200;
      const result = await work();
      while (performance.now() < until);
      return result;
    };
    const scores = await timeSlices(slow, { sliceMs: 250, slices: 1 });
    // One before the clock, two in the slice: the second goes past its end and counts whole.
    expect(units).toBe(3);
    expect(scores[0]).toBeLessThanOrEqual(5);
    expect(CALIBRATION.sliceMs * CALIBRATION.slices).toBe(10_000);
  });

  test.each(["g1", "g2", "field"] as const)(
    "counts nothing where %s is wrong from the start",
    async (part) => {
      const told: number[] = [];
      const wrong = spoil(await kernelWork(), part, 1);
      await expect(
        timeSlices(wrong, { sliceMs: 20, slices: 1, onSlice: (s) => told.push(s) }),
      ).rejects.toThrow(/computed something else/);
      expect(told).toEqual([]);
    },
  );

  test("ends where a later unit is wrong: a device that errs when it is warm has no score", async () => {
    const wrong = spoil(await kernelWork(), "field", 3);
    await expect(timeSlices(wrong, { sliceMs: 10_000, slices: 1 })).rejects.toThrow(
      /computed something else/,
    );
  });

  test("stops within a slice", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const start = performance.now();
    const running = runKernel({ sliceMs: 60_000, slices: 1, signal: stop.signal });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test.each([
    [{ sliceMs: 0, slices: 1 }, /sliceMs is 0/],
    [{ sliceMs: Number.NaN, slices: 1 }, /sliceMs is NaN/],
    [{ sliceMs: 10, slices: 1.5 }, /slices is 1.5/],
  ])("refuses %j", async (options, message) => {
    await expect(runKernel(options)).rejects.toThrow(message);
  });
});

const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** The same work with one bit turned, from the n-th unit on. */
function spoil(work: KernelWork, part: "g1" | "g2" | "field", from: number): KernelWork {
  let unit = 0;
  return async () => {
    const result = await work();
    unit++;
    if (unit < from) return result;
    const bytes = result[part].slice();
    bytes[bytes.length - 1]! ^= 1;
    return { ...result, [part]: bytes };
  };
}

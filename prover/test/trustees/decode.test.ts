// Counters from m·Base8. docs/spec/trustees.md §3.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { SUBGROUP_ORDER } from "../../src/formats/field.ts";
import { BASE8, IDENTITY, multiply, type Point, randomScalar } from "../../src/formats/point.ts";
import { type DecodeTask, decodeSlot } from "../../src/protocol/decode.ts";
import { type SlotRange, searchSpace, usedSlots } from "../../src/protocol/layout.ts";
import { inputRejection, SINGLE_CHOICE } from "./support.ts";

/** Σ Vⱼ·2^(b·j) · Base8. */
function pointOf(values: readonly number[], valueBits: number): Point {
  const m = values.reduce((sum, value, j) => sum + (BigInt(value) << BigInt(j * valueBits)), 0n);
  return multiply(BASE8, m);
}

/** Fewest bits in which no counter overflows. */
const bitsFor = (maxima: readonly number[], ballots: number): number =>
  Math.max(1, (Math.max(...maxima) * ballots).toString(2).length);

function taskOf(values: readonly number[], range: SlotRange, ballots: number): DecodeTask {
  const valueBits = bitsFor(range.maxima, ballots);
  return { point: pointOf(values, valueBits), valueBits, ballots, range };
}

interface Sum {
  readonly range: SlotRange;
  readonly ballots: number;
  readonly values: readonly number[];
}

/** Sums over random ranges of one to four counters, small enough to be decoded in milliseconds. */
const freeSum: fc.Arbitrary<Sum> = fc
  .record({
    maxima: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 4 }),
    ballots: fc.integer({ min: 1, max: 8 }),
  })
  .filter(({ maxima, ballots }) => searchSpace({ maxima }, ballots) <= 2n ** 20n)
  .chain(({ maxima, ballots }) =>
    fc.record({
      range: fc.constant({ maxima }),
      ballots: fc.constant(ballots),
      values: fc.tuple(...maxima.map((maximum) => fc.integer({ min: 0, max: maximum * ballots }))),
    }),
  );

/** Sums of ballots that all give the same total. */
const fixedSum: fc.Arbitrary<Sum> = fc
  .record({
    maxima: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
    ballots: fc.integer({ min: 1, max: 8 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    picks: fc.array(fc.nat(), { minLength: 300, maxLength: 300 }),
  })
  .map(({ maxima, ballots, part, picks }) => {
    const total = Math.round(part * maxima.reduce((sum, maximum) => sum + maximum, 0));
    const values = maxima.map(() => 0);
    for (let ballot = 0; ballot < ballots; ballot++) {
      const own = maxima.map(() => 0);
      for (let unit = 0; unit < total; unit++) {
        const open = maxima.flatMap((maximum, j) => (own[j]! < maximum ? [j] : []));
        own[open[picks[(ballot * total + unit) % picks.length]! % open.length]!]!++;
      }
      for (const [j, value] of own.entries()) values[j]! += value;
    }
    return { range: { maxima, total }, ballots, values };
  })
  .filter(({ range, ballots }) => searchSpace(range, ballots) <= 2n ** 20n);

describe("decodeSlot finds the counters", () => {
  test("of random sums in random ranges", async () => {
    await fc.assert(
      fc.asyncProperty(freeSum, async ({ range, ballots, values }) => {
        expect(await decodeSlot(taskOf(values, range, ballots))).toEqual(values);
      }),
      { numRuns: 80 },
    );
  });

  test("of random sums whose total the rules fix", async () => {
    await fc.assert(
      fc.asyncProperty(fixedSum, async ({ range, ballots, values }) => {
        expect(await decodeSlot(taskOf(values, range, ballots))).toEqual(values);
      }),
      { numRuns: 80 },
    );
  });

  const corners: readonly (readonly [string, SlotRange, number])[] = [
    ["four small counters", { maxima: [1, 2, 3, 4] }, 5],
    ["four equal counters of 4 bits, full to the last", { maxima: [15, 15, 15, 15] }, 1],
    ["one large and one small", { maxima: [255, 1] }, 40],
    ["one small and one large", { maxima: [1, 255] }, 40],
    ["three, one of them always 0", { maxima: [3, 0, 3] }, 7],
  ];

  test.each(corners)("where each is 0 or its maximum: %s", async (_, range, ballots) => {
    for (let bits = 0; bits < 2 ** range.maxima.length; bits++) {
      const values = range.maxima.map((maximum, j) => (bits & (1 << j) ? maximum * ballots : 0));
      expect(await decodeSlot(taskOf(values, range, ballots))).toEqual(values);
    }
  });

  test.each([0, 1, 99, 100])("of one counter that is %i of 100", async (value) => {
    expect(await decodeSlot(taskOf([value], { maxima: [10] }, 10))).toEqual([value]);
  });

  test("of one counter that is known: nothing is searched", async () => {
    expect(await decodeSlot(taskOf([30], { maxima: [3], total: 3 }, 10))).toEqual([30]);
  });

  test.each([0, 3])("of a known total in which one counter takes all: counter %i", async (winner) => {
    const values = [0, 1, 2, 3].map((j) => (j === winner ? 100 : 0));
    expect(await decodeSlot(taskOf(values, { maxima: [1, 1, 1, 1], total: 1 }, 100))).toEqual(values);
  });

  test("of the identity: all zero", async () => {
    const task = { point: IDENTITY, valueBits: 8, ballots: 10, range: { maxima: [5, 5, 5] } };
    expect(await decodeSlot(task)).toEqual([0, 0, 0]);
    expect(await decodeSlot({ ...task, range: { maxima: [5, 5], total: 0 } })).toEqual([0, 0]);
  });

  test("of a point with other projective coordinates", async () => {
    const values = [7, 3];
    const task = taskOf(values, { maxima: [1, 1] }, 10);
    const mask = multiply(BASE8, randomScalar());
    expect(await decodeSlot({ ...task, point: task.point.add(mask).subtract(mask) })).toEqual(values);
  });

  test("of a space of 2³⁰, at its far end", async () => {
    const range = { maxima: [1, 1] };
    const ballots = 2 ** 15 - 1;
    const task = taskOf([ballots, ballots], range, ballots);
    expect(searchSpace(range, ballots)).toBe(2n ** 30n);
    const progress: number[] = [];
    expect(await decodeSlot(task, { onProgress: (done) => progress.push(done) })).toEqual([ballots, ballots]);
    expect(progress[0]).toBe(0);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.length).toBeGreaterThan(4);
    expect(progress.at(-1)).toBeLessThan(1);
  });
});

describe("decodeSlot refuses with tally-out-of-range", () => {
  const refusal = (task: DecodeTask) => decodeSlot(task, { place: "shard 1, slot 2" });

  test("a counter just above its maximum", async () => {
    await fc.assert(
      fc.asyncProperty(freeSum, fc.nat(3), async ({ range, ballots, values }, at) => {
        const j = at % values.length;
        const above = values.map((value, k) => (k === j ? range.maxima[j]! * ballots + 1 : value));
        // One bit more, so that the counter does not run into the next one, which may be in range.
        const valueBits = bitsFor(range.maxima, ballots) + 1;
        const error = await inputRejection(
          refusal({ point: pointOf(above, valueBits), valueBits, ballots, range }),
        );
        expect(error).toMatchObject({ code: "tally-out-of-range", place: "shard 1, slot 2" });
      }),
      { numRuns: 30 },
    );
  });

  test("counters in range whose sum is not the known one", async () => {
    await fc.assert(
      fc.asyncProperty(fixedSum, fc.nat(3), async ({ range, ballots, values }, at) => {
        const j = at % values.length;
        const other = values.map((value, k) => (k === j ? (value > 0 ? value - 1 : value + 1) : value));
        const error = await inputRejection(refusal(taskOf(other, range, ballots)));
        expect(error.code).toBe("tally-out-of-range");
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ["−1", multiply(BASE8, -1n)],
    ["the negative of a sum in range", multiply(BASE8, SUBGROUP_ORDER - 258n)],
    ["a random point", multiply(BASE8, randomScalar())],
  ])("%s", async (_, point) => {
    const error = await inputRejection(
      refusal({ point, valueBits: 8, ballots: 20, range: { maxima: [5, 5] } }),
    );
    expect(error.code).toBe("tally-out-of-range");
  });

  test("anything but its one value where nothing is unknown", async () => {
    const task = { point: IDENTITY, valueBits: 8, ballots: 10, range: { maxima: [3], total: 3 } };
    expect((await inputRejection(refusal(task))).code).toBe("tally-out-of-range");
  });
});

describe("decodeSlot stops", () => {
  // Not in range: without the signal all 2³⁰ would be tried.
  const endless: DecodeTask = {
    point: multiply(BASE8, -1n),
    valueBits: 16,
    ballots: 2 ** 15 - 1,
    range: { maxima: [1, 1] },
  };

  test("before it starts, where the signal has fired", async () => {
    const reason = new Error("stopped by the test");
    await expect(decodeSlot(endless, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(decodeSlot(endless, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
  });

  test("in the baby steps", async () => {
    const controller = new AbortController();
    const progress: number[] = [];
    const decoding = decodeSlot(endless, {
      signal: controller.signal,
      onProgress: (done) => progress.push(done),
    });
    setTimeout(() => controller.abort(), 0);
    await expect(decoding).rejects.toMatchObject({ name: "AbortError" });
    expect(progress).toEqual([]);
  });

  test("in the giant steps", async () => {
    const controller = new AbortController();
    const progress: number[] = [];
    const onProgress = (done: number) => {
      progress.push(done);
      if (done > 0) controller.abort();
    };
    await expect(decodeSlot(endless, { signal: controller.signal, onProgress })).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(progress).toHaveLength(2);
  });
});

describe("usedSlots", () => {
  test("cuts the options into slots", () => {
    const rules = {
      ...SINGLE_CHOICE,
      countersPerSlot: 3,
      maxima: [1, 2, 3, 4, 5, 6, 7],
      minTotal: 0,
      maxTotal: 100,
    };
    expect(usedSlots({ rules })).toEqual([{ maxima: [1, 2, 3] }, { maxima: [4, 5, 6] }, { maxima: [7] }]);
  });

  test("knows the total of one slot where linear rules fix it", () => {
    expect(usedSlots({ rules: SINGLE_CHOICE })).toEqual([{ maxima: [1, 1, 1, 1], total: 1 }]);
  });

  test.each([
    ["over two slots", { ...SINGLE_CHOICE, countersPerSlot: 2 }],
    ["with a quadratic cost", { ...SINGLE_CHOICE, cost: "quadratic" as const }],
    ["with a range of totals", { ...SINGLE_CHOICE, minTotal: 0 }],
  ])("knows none %s", (_, rules) => {
    expect(usedSlots({ rules }).every(({ total }) => total === undefined)).toBe(true);
  });

  test.each([
    ["linear" as const, 6, [3, 6, 6]],
    ["quadratic" as const, 24, [3, 4, 4]],
    ["quadratic" as const, 25, [3, 5, 5]],
  ])("limits the maxima by what a ballot can spend: %s, %i", (cost, maxTotal, maxima) => {
    const rules = { ...SINGLE_CHOICE, maxima: [3, 9, 200], minTotal: 0, maxTotal, cost };
    expect(usedSlots({ rules })).toEqual([{ maxima }]);
  });
});

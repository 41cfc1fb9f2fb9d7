// Decoding a sum at the bound that polls may reach, in its worst case.
import { BASE8, type DecodeTask, decodeSlot } from "@commune-zk/prover";
import { expect, type Measurement, measure } from "./measure.ts";

const BOUND = 2 ** 40;
const COUNTERS = 4;
/** Four counters of 0 … 1022 have 1023^4 values, 0.4 % below 2^40. */
const BALLOTS = 1022;
const VALUE_BITS = 10;

/** Four counters whose sum nobody knows: 1,022 ballots that may each approve of all four. */
export async function* measureDecoding({ runs }: { runs: number }): AsyncGenerator<Measurement> {
  const samples = await timesOfDecoding({ runs });
  yield { name: "decoding, 1023^4 ≈ 2^40 sums, worst case", unit: "ms", samples };
}

/** Milliseconds of the worst case. */
export async function timesOfDecoding({ runs }: { runs: number }): Promise<number[]> {
  const space = (BALLOTS + 1) ** COUNTERS;
  expect(space < BOUND && BOUND < (BALLOTS + 2) ** COUNTERS + 1, "the task is not just below the bound");
  // The giant steps begin at 0: everybody approves of everything is found last.
  const worst = new Array<number>(COUNTERS).fill(BALLOTS);
  const any = [17, 1022, 0, 511];
  expectCounters(await decodeSlot(taskOf(any)), any);
  const task = taskOf(worst);
  return measure({
    runs,
    work: () => decodeSlot(task),
    check: (counters) => expectCounters(counters, worst),
  });
}

function taskOf(counters: readonly number[]): DecodeTask {
  const m = counters.reduce((sum, value, j) => sum + (BigInt(value) << BigInt(j * VALUE_BITS)), 0n);
  return {
    point: BASE8.multiply(m),
    valueBits: VALUE_BITS,
    ballots: BALLOTS,
    range: { maxima: new Array<number>(COUNTERS).fill(1) },
  };
}

function expectCounters(found: readonly number[], expected: readonly number[]): void {
  expect(found.join() === expected.join(), `decoded ${found.join()} instead of ${expected.join()}`);
}

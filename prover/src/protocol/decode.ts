// Counters from m·Base8: baby steps and giant steps over mixed-radix sums. docs/spec/trustees.md §3;
// Shanks 1971.
import { InputError } from "../formats/errors.ts";
import { BASE8, IDENTITY, multiply, type Point } from "../formats/point.ts";
import type { SlotRange } from "./layout.ts";
import { PointIndex } from "./point-index.ts";

/** A sum to decode. */
export interface DecodeTask {
  /** m·Base8; may be the identity. */
  readonly point: Point;
  /** b: counter j stands at 2^(b·j) of m. */
  readonly valueBits: number;
  /** How many ballots the sum is over. */
  readonly ballots: number;
  readonly range: SlotRange;
}

/** Progress, place in errors, cancellation. */
export interface DecodeOptions {
  readonly place?: string;
  readonly signal?: AbortSignal;
  /** Part of the worst case that is done, 0 … 1. */
  readonly onProgress?: (done: number) => void;
}

/** One unknown of the search: `value · step`, 0 ≤ value < size. */
interface Digit {
  readonly counter: number;
  /** Weight of one unit of this digit in its counter. */
  readonly unit: number;
  readonly size: number;
  readonly step: Point;
}

const CHUNK = 4096;

/**
 * The counters of a sum, one for each of the slot's.
 *
 * The counters that are not fixed by the rules are split in two halves of about √N values each: every sum of
 * the first half is put into a table, and the sums of the second are subtracted one by one.
 *
 * @returns counters V with `Σ Vⱼ·2^(b·j) = m`, `0 ≤ Vⱼ ≤ ballots·maximaⱼ`.
 * @throws InputError `tally-out-of-range` - no counters in range give this point.
 * @throws DOMException `AbortError`.
 */
export async function decodeSlot(task: DecodeTask, options: DecodeOptions = {}): Promise<number[]> {
  const { point, valueBits, ballots, range } = task;
  const { place, signal, onProgress } = options;
  const maxima = range.maxima.map((maximum) => maximum * ballots);
  const weights = maxima.map((_, j) => 1n << BigInt(j * valueBits));
  // Where the sum of all counters is known, the one with the largest range follows from the others.
  const known = range.total === undefined ? -1 : maxima.indexOf(Math.max(...maxima));
  const sum = (range.total ?? 0) * ballots;
  const offset = known < 0 ? 0n : BigInt(sum) * weights[known]!;
  const target = point.subtract(multiply(BASE8, offset));
  const unknown = maxima
    .map((maximum, counter) => ({ maximum, counter }))
    .filter(({ counter }) => counter !== known);
  const stepOf = (counter: number): Point => multiply(BASE8, weights[counter]! - (weights[known] ?? 0n));
  const { baby, giant } = split(unknown, stepOf);

  const table = await babyTable(baby, signal);
  const giants = sizeOf(giant);
  for (let start = 0; start < giants; start += CHUNK) {
    await breathe(signal);
    onProgress?.(start / giants);
    const points = sums(giant, start, Math.min(CHUNK, giants - start)).map((giantSum) =>
      target.subtract(giantSum),
    );
    for (const { query, index } of table.find(points)) {
      const values = valuesOf(maxima.length, [
        { digits: baby, index },
        { digits: giant, index: start + query },
      ]);
      if (known >= 0) values[known] = sum - values.reduce((a, b) => a + b, 0);
      if (isSolution(values, maxima, weights, point)) return values;
    }
  }
  throw new InputError("tally-out-of-range", "no counters in range give this sum", place);
}

/** Lets other work run, and stops where the signal fired. */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  signal?.throwIfAborted();
}

/** Divides the unknowns so that both halves have about √N values; one counter may stand in both. */
function split(
  unknown: readonly { maximum: number; counter: number }[],
  stepOf: (counter: number) => Point,
): { baby: Digit[]; giant: Digit[] } {
  const space = unknown.reduce((product, { maximum }) => product * (maximum + 1), 1);
  const wanted = Math.ceil(Math.sqrt(space));
  const baby: Digit[] = [];
  const giant: Digit[] = [];
  for (const { maximum, counter } of unknown) {
    const size = maximum + 1;
    const step = stepOf(counter);
    const room = Math.floor(wanted / sizeOf(baby));
    if (room >= size) baby.push({ counter, unit: 1, size, step });
    else if (room <= 1) giant.push({ counter, unit: 1, size, step });
    else {
      // value = low + room · high
      baby.push({ counter, unit: 1, size: room, step });
      giant.push({ counter, unit: room, size: Math.ceil(size / room), step: multiply(step, BigInt(room)) });
    }
  }
  return { baby, giant };
}

function sizeOf(digits: readonly Digit[]): number {
  return digits.reduce((product, { size }) => product * size, 1);
}

/** Points of the mixed-radix numbers start … start + n − 1; the first digit is the least significant. */
function sums(digits: readonly Digit[], start: number, n: number): Point[] {
  const values = digitsOf(digits, start);
  let point = digits.reduce((sum, { step }, i) => sum.add(multiply(step, BigInt(values[i]!))), IDENTITY);
  const wraps = digits.map(({ step, size }) => multiply(step, BigInt(size - 1)));
  const points: Point[] = [];
  for (let k = 0; k < n; k++) {
    points.push(point);
    for (const [i, { size, step }] of digits.entries()) {
      values[i]!++;
      if (values[i]! < size) {
        point = point.add(step);
        break;
      }
      values[i] = 0;
      point = point.subtract(wraps[i]!);
    }
  }
  return points;
}

function digitsOf(digits: readonly Digit[], index: number): number[] {
  let rest = index;
  return digits.map(({ size }) => {
    const value = rest % size;
    rest = Math.floor(rest / size);
    return value;
  });
}

async function babyTable(digits: readonly Digit[], signal: AbortSignal | undefined): Promise<PointIndex> {
  const size = sizeOf(digits);
  const table = new PointIndex(size);
  for (let start = 0; start < size; start += CHUNK) {
    await breathe(signal);
    table.add(sums(digits, start, Math.min(CHUNK, size - start)));
  }
  return table;
}

function valuesOf(n: number, parts: readonly { digits: readonly Digit[]; index: number }[]): number[] {
  const values = new Array<number>(n).fill(0);
  for (const { digits, index } of parts) {
    for (const [i, value] of digitsOf(digits, index).entries()) {
      values[digits[i]!.counter]! += value * digits[i]!.unit;
    }
  }
  return values;
}

function isSolution(
  values: readonly number[],
  maxima: readonly number[],
  weights: readonly bigint[],
  point: Point,
): boolean {
  if (values.some((value, j) => value < 0 || value > maxima[j]!)) return false;
  const m = values.reduce((sum, value, j) => sum + BigInt(value) * weights[j]!, 0n);
  return multiply(BASE8, m).equals(point);
}

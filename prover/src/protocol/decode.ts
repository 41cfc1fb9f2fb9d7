// Counters from m·Base8: baby steps and giant steps over mixed-radix sums. docs/spec/trustees.md §3;
// Shanks 1971.
import { InputError } from "../formats/errors.ts";
import { BASE8, IDENTITY, multiply, type Point } from "../formats/point.ts";
import { Turns } from "../groth16/turns.ts";
import { compileKernels } from "../wasm/code.ts";
import { Workspace } from "../wasm/kernels.ts";
import { type Digit, digitsOf, sizeOf, splitDigit } from "./digits.ts";
import { KeyIndex } from "./key-index.ts";
import type { SlotRange } from "./layout.ts";
import { inTiles, keyTiles, type Tiled } from "./sum-keys.ts";

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

  const turns = new Turns(signal);
  await turns.yield();
  const workspace = await Workspace.start(await compileKernels({ relaxedSimd: false }));
  const table = new KeyIndex(tiledSize(baby));
  for (const { keys } of keyTiles(workspace, baby, IDENTITY, false)) {
    await turns.between();
    table.add(keys);
  }
  const giants = tiledSize(giant);
  for (const { start, keys } of keyTiles(workspace, giant, target, true)) {
    await turns.between();
    onProgress?.(start / giants);
    for (const { query, index } of table.find(keys)) {
      const values = valuesOf(maxima.length, [
        { tiled: baby, index },
        { tiled: giant, index: start + query },
      ]);
      if (known >= 0) values[known] = sum - values.reduce((a, b) => a + b, 0);
      if (isSolution(values, maxima, weights, point)) return values;
    }
  }
  throw new InputError("tally-out-of-range", "no counters in range give this sum", place);
}

/** Divides the unknowns so that both halves have about √N values; one counter may stand in both. */
function split(
  unknown: readonly { maximum: number; counter: number }[],
  stepOf: (counter: number) => Point,
): { baby: Tiled; giant: Tiled } {
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
      const [low, high] = splitDigit({ counter, unit: 1, size, step }, room);
      baby.push(low);
      giant.push(high);
    }
  }
  return { baby: inTiles(baby), giant: inTiles(giant) };
}

function tiledSize({ inner, outer }: Tiled): number {
  return sizeOf(inner) * sizeOf(outer);
}

function valuesOf(n: number, parts: readonly { tiled: Tiled; index: number }[]): number[] {
  const values = new Array<number>(n).fill(0);
  for (const { tiled, index } of parts) {
    const digits = [...tiled.inner, ...tiled.outer];
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

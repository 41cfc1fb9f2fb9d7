// How everything here is timed: one warm-up whose result is checked, then the runs that count.

/** Samples of one quantity. */
export interface Measurement {
  readonly name: string;
  /** Milliseconds, bytes, or how often one quantity holds another. */
  readonly unit: "ms" | "bytes" | "ratio";
  /** In the order in which they were taken. */
  readonly samples: readonly number[];
}

/** Something that could not be measured here, and what to do about it. */
export interface NotMeasured {
  readonly name: string;
  readonly notMeasured: string;
}

/** What a benchmark yields. */
export type Outcome = Measurement | NotMeasured;

/**
 * Times a piece of work.
 *
 * The warm-up's result is checked before anything is timed, and every timed result after its clock stopped.
 *
 * @param runs - how many samples.
 * @param check - throws where a result is wrong.
 * @param repeat - how often one run does the work; a sample is the mean.
 * @returns milliseconds.
 * @throws Error - what `work` or `check` throws.
 */
export async function measure<T>({
  runs,
  work,
  check,
  repeat = 1,
}: {
  runs: number;
  work: () => T | Promise<T>;
  check: (result: T) => void | Promise<void>;
  repeat?: number;
}): Promise<number[]> {
  const once = async (): Promise<number> => {
    const results: T[] = [];
    const start = performance.now();
    for (let i = 0; i < repeat; i++) results.push(await work());
    const elapsed = performance.now() - start;
    for (const result of results) await check(result);
    return elapsed / repeat;
  };
  // The warm-up: a run like the others, whose time is thrown away.
  await once();
  const samples: number[] = [];
  for (let run = 0; run < runs; run++) samples.push(await once());
  return samples;
}

/**
 * The middle sample; of an even number the mean of the two in the middle.
 *
 * @throws RangeError - no samples.
 */
export function median(samples: readonly number[]): number {
  if (samples.length === 0) throw new RangeError("the median of no samples");
  const sorted = [...samples].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)]!;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]!;
  return (lower + upper) / 2;
}

/** @throws Error - a benchmark's result is not what it has to be. */
export function expect(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`a benchmark went wrong: ${message}`);
}

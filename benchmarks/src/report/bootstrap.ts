// How much slower one run is than another, and how sure that is.
import { median } from "../measure.ts";
import { uniform } from "../uniform.ts";

/** The later run's median over the earlier one's, and where it may really lie. */
export interface MedianRatio {
  readonly ratio: number;
  /** Ends of the interval at {@link CONFIDENCE}. */
  readonly low: number;
  readonly high: number;
}

/** Probability that an interval holds the true ratio of these two runs. */
export const CONFIDENCE = 0.95;
const RESAMPLES = 2_000;
const SEED = 20_261_127;

/**
 * Ratio of medians with its interval: percentile bootstrap, both runs drawn anew independently, with a fixed seed. The
 * gate compares pairs (`compare/statistics.ts`); runs of a history were made on different days and have none.
 *
 * @param before - times of the earlier run, in any unit.
 * @param now - of the later one, in the same.
 * @throws RangeError - no times, or one that is not positive.
 */
export function medianRatio(before: readonly number[], now: readonly number[]): MedianRatio {
  if (before.length === 0 || now.length === 0) throw new RangeError("a ratio of no times");
  if (![...before, ...now].every((time) => time > 0 && Number.isFinite(time))) {
    throw new RangeError("a time is not a positive number");
  }
  const random = uniform(SEED);
  const drawn = (times: readonly number[]): number =>
    median(times.map(() => times[Math.floor(random() * times.length)]!));
  const ratios = Array.from({ length: RESAMPLES }, () => {
    const denominator = drawn(before);
    return drawn(now) / denominator;
  }).sort((a, b) => a - b);
  const tail = Math.floor((RESAMPLES * (1 - CONFIDENCE)) / 2);
  return {
    ratio: median(now) / median(before),
    low: ratios[tail]!,
    high: ratios[RESAMPLES - 1 - tail]!,
  };
}

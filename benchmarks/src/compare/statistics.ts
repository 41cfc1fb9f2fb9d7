// Whether one side is slower than the other, from the times of pairs. Pure. docs/design/compare.md says why so.
import { median } from "../measure.ts";
import { uniform } from "../uniform.ts";

/** Times of one pair, in one unit. */
export interface Pair {
  readonly base: number;
  readonly head: number;
}

/** The head's time over the base's, and where it may really lie. */
export interface RatioInterval {
  /** exp of the median of ln(head ÷ base). */
  readonly ratio: number;
  /** The interval's ends, at {@link CONFIDENCE}. */
  readonly low: number;
  readonly high: number;
}

/**
 * `slower`: the whole interval lies above the limit, and the gate fails. `within`: all of it lies below. `undecided`:
 * the limit lies in the interval; nobody has shown a slowdown, and more pairs would tell.
 */
export type Verdict = "slower" | "within" | "undecided";

/** Pairs of a block A B B A. */
export const PAIRS_PER_BLOCK = 2;
/** Probability that an interval holds the true ratio. */
export const CONFIDENCE = 0.99;
/** Ten of them lie beyond each end. */
const RESAMPLES = 2_000;
const SEED = 20_261_127;

/**
 * The ratio and its interval: percentile bootstrap over whole blocks, with a fixed seed. The pairs of a block share
 * what the machine did meanwhile, and have opposite orders: they are drawn together.
 *
 * @param pairs - in the order of measurement, the pairs of a block side by side.
 * @throws RangeError - no pairs, half a block, or a time that is none.
 */
export function ratioInterval(pairs: readonly Pair[]): RatioInterval {
  if (pairs.length === 0 || pairs.length % PAIRS_PER_BLOCK !== 0) {
    throw new RangeError(`${pairs.length} pairs, expected whole blocks of ${PAIRS_PER_BLOCK}`);
  }
  const logs = pairs.map(({ base, head }) => Math.log(head / base));
  if (!logs.every(Number.isFinite)) throw new RangeError("a time is not a positive number");
  const blocks = logs.length / PAIRS_PER_BLOCK;
  const random = uniform(SEED);
  // Sorted in place: of all draws, this is what takes time.
  const sample = new Float64Array(logs.length);
  const middle = logs.length / 2;
  const medians = Float64Array.from({ length: RESAMPLES }, () => {
    for (let at = 0; at < sample.length; at += PAIRS_PER_BLOCK) {
      const from = Math.floor(random() * blocks) * PAIRS_PER_BLOCK;
      for (let i = 0; i < PAIRS_PER_BLOCK; i++) sample[at + i] = logs[from + i]!;
    }
    sample.sort();
    return (sample[middle - 1]! + sample[middle]!) / 2;
  }).sort();
  const tail = Math.round((RESAMPLES * (1 - CONFIDENCE)) / 2);
  return {
    ratio: Math.exp(median(logs)),
    low: Math.exp(medians[tail]!),
    high: Math.exp(medians[RESAMPLES - 1 - tail]!),
  };
}

/**
 * What an interval says about a limit.
 *
 * @param limit - the slowdown that is still accepted: 0.1 is a tenth.
 */
export function verdictOf({ low, high }: RatioInterval, limit: number): Verdict {
  if (low > 1 + limit) return "slower";
  return high <= 1 + limit ? "within" : "undecided";
}

/** Whether an interval says that the two sides differ at all. */
export function excludesOne({ low, high }: RatioInterval): boolean {
  return low > 1 || high < 1;
}

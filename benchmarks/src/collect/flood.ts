// How many posts there may be. Nobody is told apart by address: one bucket for all, one for each open connection,
// which is forgotten with the connection.
import { InputError } from "@commune-zk/prover";

/** Too much at once. */
export class FloodError extends InputError {
  readonly retryAfterSeconds: number;

  /**
   * A refusal for now.
   *
   * @param message - a sentence for a person.
   * @param retryAfterSeconds - after which the same may be sent again.
   */
  constructor(message: string, retryAfterSeconds: number) {
    super("too-many-posts", message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** How full a bucket can be, and how fast it fills. */
export interface BucketSize {
  readonly capacity: number;
  readonly perSecond: number;
}

/** Ten phones that finish at once, and one every two seconds from then on. */
export const ALL_POSTS: BucketSize = { capacity: 20, perSecond: 0.5 };
/** One phone: a run, and somebody who presses again. */
export const POSTS_OF_A_CONNECTION: BucketSize = { capacity: 5, perSecond: 0.1 };

/** Lets through as many as it holds, and fills again. */
export class TokenBucket {
  readonly #size: BucketSize;
  readonly #nowMs: () => number;
  #tokens: number;
  #filledAt: number;

  /**
   * A full one.
   *
   * @param size - capacity and rate.
   * @param nowMs - a clock in milliseconds that never goes back.
   */
  constructor(size: BucketSize, nowMs: () => number) {
    this.#size = size;
    this.#nowMs = nowMs;
    this.#tokens = size.capacity;
    this.#filledAt = nowMs();
  }

  /** Takes one. @throws FloodError - there is none; it says when there will be. */
  take(): void {
    const { capacity, perSecond } = this.#size;
    const now = this.#nowMs();
    this.#tokens = Math.min(capacity, this.#tokens + ((now - this.#filledAt) / 1_000) * perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) {
      throw new FloodError("too many results at once", Math.ceil((1 - this.#tokens) / perSecond));
    }
    this.#tokens--;
  }
}

/**
 * One bucket for all and one for each connection.
 *
 * @param nowMs - as of {@link TokenBucket}.
 */
export function floodGate(nowMs: () => number) {
  const all = new TokenBucket(ALL_POSTS, nowMs);
  const own = new WeakMap<object, TokenBucket>();
  return {
    /**
     * Lets one post of a connection through; one that floods takes nothing from the others.
     *
     * @throws FloodError - for now not.
     */
    pass(connection: object): void {
      const bucket = own.get(connection) ?? new TokenBucket(POSTS_OF_A_CONNECTION, nowMs);
      own.set(connection, bucket);
      bucket.take();
      all.take();
    },
  };
}

// Challenges of sign-ins: in memory only, good once and for a short time.
import { randomBytes } from "node:crypto";

/** How long a challenge is good. */
export const CHALLENGE_SECONDS = 300;
/** How many are kept; the oldest is dropped for one more. */
export const MOST_CHALLENGES = 10_000;

/** The challenges that were given and not yet answered. */
export class Challenges {
  // In the order in which they were given, so that of their ends.
  readonly #ends = new Map<string, number>();
  readonly #now: () => number;

  /** @param now - seconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A fresh one: 32 bytes of the platform's CSPRNG, hexadecimal. */
  give(): string {
    const [oldest] = this.#ends.keys();
    if (oldest !== undefined && this.#ends.size >= MOST_CHALLENGES) this.#ends.delete(oldest);
    const nonce = randomBytes(32).toString("hex");
    this.#ends.set(nonce, this.#now() + CHALLENGE_SECONDS);
    return nonce;
  }

  /** Spends one. @returns whether it was given, not spent, and in time. */
  take(nonce: string): boolean {
    const end = this.#ends.get(nonce);
    this.#ends.delete(nonce);
    return end !== undefined && this.#now() < end;
  }
}

// Sending until there is an answer, with waits that can be seen and hurried. Ballots and claims go out this way.
import type { CastState } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";

/** Wait after the first attempt without an answer; doubled up to the second. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** How often a wait that is shown is shown anew. */
const TICK_MS = 1_000;

/** Statuses of proxies and overloaded servers: no answer to what was sent. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429]);

/** Whether a refusal came from something in between, and not from the service. */
export function isTransient({
  reason,
  status,
}: {
  readonly reason: string;
  readonly status: number;
}): boolean {
  return reason === "unexpected-answer" && TRANSIENT.has(status);
}

/** One thing on its way. */
export class Sending {
  readonly #surroundings: Surroundings;
  readonly #onChange: () => void;
  readonly #stop = new AbortController();
  #state: CastState = { at: "sending", attempt: 1 };
  #wake: (() => void) | null = null;

  /** @param onChange - called after every change of `state`. */
  constructor(surroundings: Surroundings, onChange: () => void) {
    this.#surroundings = surroundings;
    this.#onChange = onChange;
  }

  /** Where the sending stands. */
  get state(): CastState {
    return this.#state;
  }

  /** Fires on {@link stop}. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Ends a delay. */
  skipDelay(): void {
    if (this.#state.at === "delayed") this.#wake?.();
  }

  /** Sends at once, whatever the device says about its network. */
  retryNow(): void {
    if (this.#state.at === "waiting") this.#wake?.();
  }

  /** Ends it here. */
  stop(): void {
    this.#stop.abort();
    this.#wake?.();
  }

  /** The service said no. */
  refused(code: string): void {
    this.#set({ at: "refused", code });
  }

  /** Waits so long before anything is sent. @throws DOMException `AbortError` - {@link stop} was called. */
  async delay(milliseconds: number): Promise<void> {
    if (milliseconds > 0) {
      await this.#wait(milliseconds, (left) => ({ at: "delayed", remainingMs: left ?? 0 }));
    }
    this.#stop.signal.throwIfAborted();
  }

  /**
   * Tries until there is an answer.
   *
   * @param attempt - sends once; null: no answer.
   * @throws DOMException `AbortError` - {@link stop} was called; what `attempt` threw.
   */
  async untilAnswered<T>(attempt: () => Promise<T | null>): Promise<T> {
    const { network } = this.#surroundings;
    let forced = false;
    for (let count = 1; ; count++) {
      this.#stop.signal.throwIfAborted();
      if (!network.isOnline() && !forced) {
        await this.#wait(null, () => ({ at: "waiting", because: "offline", retryInMs: null }));
        this.#stop.signal.throwIfAborted();
      }
      this.#set({ at: "sending", attempt: count });
      const answer = await attempt();
      if (answer !== null) return answer;
      const because = network.isOnline() ? "no-answer" : "offline";
      const wait = because === "offline" ? null : this.#backoff(count);
      forced = await this.#wait(wait, (retryInMs) => ({ at: "waiting", because, retryInMs }));
    }
  }

  /** Doubled each time; a random half of it is left out, so that a service that comes back is not overrun. */
  #backoff(attempt: number): number {
    const longest = Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 16), LONGEST_WAIT_MS);
    return Math.ceil(longest * (0.5 + fractionOf(this.#surroundings.random) / 2));
  }

  /**
   * Waits; null: until there is a network. What is waited for can come early: a network, or the member.
   *
   * @returns whether it was woken by hand.
   */
  #wait(milliseconds: number | null, show: (remaining: number | null) => CastState): Promise<boolean> {
    const { timers, network, now } = this.#surroundings;
    if (this.#stop.signal.aborted) return Promise.resolve(false);
    const until = milliseconds === null ? null : now() + milliseconds;
    const isDelay = show(milliseconds).at === "delayed";
    return new Promise((resolve) => {
      let cancel: (() => void) | undefined;
      const end = (byHand: boolean): void => {
        cancel?.();
        unwatch?.();
        this.#wake = null;
        resolve(byHand);
      };
      // A delay is not cut short by a network that comes back.
      const unwatch = isDelay ? undefined : network.onOnline(() => end(false));
      this.#wake = () => end(true);
      const tick = (): void => {
        const remaining = until === null ? null : until - now();
        if (remaining !== null && remaining <= 0) {
          end(false);
          return;
        }
        this.#set(show(remaining));
        if (remaining !== null) cancel = timers.after(Math.min(remaining, TICK_MS), tick);
      };
      tick();
    });
  }

  #set(state: CastState): void {
    this.#state = state;
    this.#onChange();
  }
}

/** Uniform in [0, 1). */
export function fractionOf(random: Surroundings["random"]): number {
  return random(4).reduce((sum, byte) => (sum + byte) / 256, 0);
}

// What one part of the booth shows, step by step: of two steps only the later one's outcome is seen.
import { faultOf } from "./faults.ts";
import { RefusedError } from "./polls.ts";
import type { Fault } from "./state.ts";
import type { Timers } from "./surroundings.ts";

/** Longest that a browser's timer can wait. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What a {@link Stage} works with. */
export interface StageOptions<S> {
  readonly timers: Timers;
  /** Shows a state; not called after {@link Stage.leave} until a step is begun again. */
  readonly show: (state: S) => void;
  /** Milliseconds until the state turns by itself, because something opens or closes; null: it does not. */
  readonly turnsIn: (state: S) => number | null;
  /** The same as it is now. */
  readonly turned: (state: S) => S;
}

/** One part of the booth. */
export class Stage<S> {
  readonly #options: StageOptions<S>;
  #step = 0;
  #state: S | null = null;
  #cancelTurn: () => void = () => undefined;

  /** Nothing is shown yet. */
  constructor(options: StageOptions<S>) {
    this.#options = options;
  }

  /** What is shown; null where another part is. */
  get state(): S | null {
    return this.#state;
  }

  /** Shows a state, whatever step is under way. */
  show(state: S): void {
    const { timers, show, turnsIn, turned } = this.#options;
    this.#cancelTurn();
    this.#state = state;
    const wait = turnsIn(state);
    if (wait !== null) {
      this.#cancelTurn = timers.after(Math.min(wait, LONGEST_TIMER_MS), () => this.show(turned(state)));
    }
    show(state);
  }

  /** What is under way is not shown any more. */
  interrupt(): void {
    this.#step++;
  }

  /** Another part takes over. */
  leave(): void {
    this.interrupt();
    this.#cancelTurn();
    this.#state = null;
  }

  /**
   * A step whose outcome is shown only as long as no later one was begun.
   *
   * @param faulty - the state that shows what went wrong.
   */
  async step(
    work: (show: (state: S) => void, isCurrent: () => boolean) => Promise<void>,
    faulty: (fault: Fault) => S,
  ): Promise<void> {
    const step = ++this.#step;
    const isCurrent = (): boolean => step === this.#step;
    const show = (state: S): void => {
      if (isCurrent()) this.show(state);
    };
    try {
      await work(show, isCurrent);
    } catch (error) {
      show(faulty(error instanceof RefusedError ? error.fault : faultOf(error)));
    }
  }
}

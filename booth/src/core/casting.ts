// Sending a sealed ballot, for as long as it takes: always the same bytes, never "cast" without a receipt that
// was verified and stored. docs/design/booth.md, Casting.
import {
  BadReceiptError,
  type Receipt,
  type SealedBallot,
  type SubmitOutcome,
  submitBallot,
  utf8,
  type ValidPoll,
} from "@commune-zk/prover";
import { ballotKey, sealedOf } from "./ballots.ts";
import { faultOf, faultWithEvidence } from "./faults.ts";
import { patientFetch } from "./patient-fetch.ts";
import type { CastState, Fault } from "./state.ts";
import { StorageError, type StoredBallot } from "./storage.ts";
import type { Surroundings } from "./surroundings.ts";

/** Longest random delay. */
export const MAX_DELAY_MS = 15 * 60_000;
/** A delayed ballot leaves at least this long before the poll closes, by this device's clock. */
const CLOSING_MARGIN_MS = 5 * 60_000;
/** Wait after the first attempt without an answer; doubled up to the second. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** How often a wait that is shown is shown anew. */
const TICK_MS = 1_000;

/** Codes that later may turn into a receipt: the ballot stays as it is, and the member may send it again. */
const LATER: ReadonlySet<string> = new Set(["poll-not-open", "poll-unknown", "unexpected-answer"]);
/** Statuses of proxies and overloaded servers: no answer to this ballot. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429]);

/** How it ended. */
export type CastOutcome =
  | { readonly kind: "cast"; readonly receipt: Receipt }
  | { readonly kind: "refused"; readonly code: string }
  /** The receipt proves nothing, or could not be stored. The ballot may be on the board; it is not called cast. */
  | { readonly kind: "fault"; readonly fault: Fault };

/** What {@link Casting} is given. */
export interface CastingOptions {
  readonly surroundings: Surroundings;
  readonly poll: ValidPoll;
  /** As it is stored already: storing comes before the first byte. */
  readonly stored: StoredBallot;
  /** The same, where it has just been sealed; else it is read from what is stored. */
  readonly sealed?: SealedBallot;
  /** Called after every change of `state`. */
  readonly onChange: () => void;
}

/** One ballot on its way. */
export class Casting {
  readonly #options: CastingOptions;
  readonly #ballot: SealedBallot;
  readonly #stop = new AbortController();
  #state: CastState = { at: "sending", attempt: 1 };
  #wake: (() => void) | null = null;

  /** @throws InputError - the stored record is not one of this poll. */
  constructor(options: CastingOptions) {
    this.#options = options;
    this.#ballot = options.sealed ?? sealedOf(options.poll, options.stored.record);
  }

  /** Where the sending stands. */
  get state(): CastState {
    return this.#state;
  }

  /** Sends at once, although a delay was asked for. */
  skipDelay(): void {
    if (this.#state.at === "delayed") this.#wake?.();
  }

  /** Sends at once, whatever the device says about its network. */
  retryNow(): void {
    if (this.#state.at === "waiting") this.#wake?.();
  }

  /** Ends it here; what is stored stays, and a new Casting goes on. */
  stop(): void {
    this.#stop.abort();
    this.#wake?.();
  }

  /**
   * Sends until there is an answer.
   *
   * @throws DOMException `AbortError` - {@link stop} was called.
   */
  async run(): Promise<CastOutcome> {
    const { network } = this.#options.surroundings;
    await this.#waitOutDelay();
    let forced = false;
    for (let attempt = 1; ; attempt++) {
      this.#stop.signal.throwIfAborted();
      if (!network.isOnline() && !forced) {
        await this.#wait(null, () => ({ at: "waiting", because: "offline", retryInMs: null }));
        this.#stop.signal.throwIfAborted();
      }
      this.#set({ at: "sending", attempt });
      const outcome = await this.#attempt();
      if (outcome !== null) return outcome;
      const because = network.isOnline() ? "no-answer" : "offline";
      const wait = because === "offline" ? null : this.#backoff(attempt);
      forced = await this.#wait(wait, (retryInMs) => ({ at: "waiting", because, retryInMs }));
    }
  }

  /** One attempt; null: no answer. */
  async #attempt(): Promise<CastOutcome | null> {
    const { surroundings, poll } = this.#options;
    const { signal } = this.#stop;
    let outcome: SubmitOutcome;
    try {
      // Repeating is done here, where it can be seen and hurried.
      outcome = await submitBallot(
        { poll, ballot: this.#ballot },
        {
          baseUrl: surroundings.config.baseUrl,
          fetch: patientFetch(surroundings),
          retries: 0,
          signal,
        },
      );
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BadReceiptError) return { kind: "fault", fault: await this.#badReceipt(error) };
      // submitBallot has no other refusal to throw: this is "no answer".
      return null;
    }
    if (outcome.accepted) return this.#store(outcome.receipt);
    const { reason: code, status } = outcome;
    if (code === "unexpected-answer" && TRANSIENT.has(status)) return null;
    if (!LATER.has(code)) await this.#update({ refusal: code });
    this.#set({ at: "refused", code });
    return { kind: "refused", code };
  }

  async #store(receipt: Receipt): Promise<CastOutcome> {
    const { stored, surroundings } = this.#options;
    const { storage } = surroundings;
    try {
      await storage.write([
        { store: "ballots", key: ballotKey(stored), value: { ...stored, receipt, sendAfter: null } },
      ]);
    } catch (error) {
      return { kind: "fault", fault: faultOf(error) };
    }
    return { kind: "cast", receipt };
  }

  #badReceipt(error: BadReceiptError): Promise<Fault> {
    const { surroundings, poll } = this.#options;
    const items = [
      { name: "answer", bytes: utf8(error.answer) },
      { name: "record", bytes: this.#ballot.record },
    ];
    return faultWithEvidence(error, { storage: surroundings.storage, pollId: poll.pollId, items });
  }

  async #update(changes: Partial<StoredBallot>): Promise<void> {
    const { stored, surroundings } = this.#options;
    const value = { ...stored, sendAfter: null, ...changes };
    try {
      await surroundings.storage.write([{ store: "ballots", key: ballotKey(stored), value }]);
    } catch (error) {
      // After a reload the same bytes get the same answer: nothing is lost.
      if (!(error instanceof StorageError)) throw error;
    }
  }

  async #waitOutDelay(): Promise<void> {
    const { stored, surroundings } = this.#options;
    if (stored.sendAfter === null) return;
    // A clock that was set back must not hold the ballot for longer than it was ever meant to wait.
    const remaining = Math.min(stored.sendAfter - surroundings.now(), MAX_DELAY_MS);
    if (remaining > 0) await this.#wait(remaining, (left) => ({ at: "delayed", remainingMs: left ?? 0 }));
    this.#stop.signal.throwIfAborted();
    await this.#update({ sendAfter: null });
  }

  /** Doubled each time; a random half of it is left out, so that a service that comes back is not overrun. */
  #backoff(attempt: number): number {
    const longest = Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 16), LONGEST_WAIT_MS);
    return Math.ceil(longest * (0.5 + fractionOf(this.#options.surroundings.random) / 2));
  }

  /**
   * Waits; null: until there is a network. What is waited for can come early: a network, or the member.
   *
   * @returns whether it was woken by hand.
   */
  #wait(milliseconds: number | null, show: (remaining: number | null) => CastState): Promise<boolean> {
    const { timers, network, now } = this.#options.surroundings;
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
    this.#options.onChange();
  }
}

/** Uniform in [0, 1). */
function fractionOf(random: Surroundings["random"]): number {
  return random(4).reduce((sum, byte) => (sum + byte) / 256, 0);
}

/** When a ballot that shall wait a random time leaves: within 15 minutes, and well before the poll closes. */
export function randomSendAfter({ now, random }: Surroundings, { poll }: ValidPoll): number {
  const untilClosing = poll.closesAt * 1_000 - CLOSING_MARGIN_MS - now();
  const longest = Math.max(0, Math.min(MAX_DELAY_MS, untilClosing));
  return now() + Math.floor(longest * fractionOf(random));
}

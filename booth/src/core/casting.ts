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
import { fractionOf, isTransient, Sending } from "./sending.ts";
import type { CastState, Fault } from "./state.ts";
import { StorageError, type StoredBallot } from "./storage.ts";
import type { Surroundings } from "./surroundings.ts";

/** Longest random delay. */
export const MAX_DELAY_MS = 15 * 60_000;
/** A delayed ballot leaves at least this long before the poll closes, by this device's clock. */
const CLOSING_MARGIN_MS = 5 * 60_000;
/** Codes that later may turn into a receipt: the ballot stays as it is, and the member may send it again. */
const LATER: ReadonlySet<string> = new Set(["poll-not-open", "poll-unknown", "unexpected-answer"]);
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
  readonly #sending: Sending;

  /** @throws InputError - the stored record is not one of this poll. */
  constructor(options: CastingOptions) {
    this.#options = options;
    this.#sending = new Sending(options.surroundings, options.onChange);
    this.#ballot = options.sealed ?? sealedOf(options.poll, options.stored.record);
  }

  /** Where the sending stands. */
  get state(): CastState {
    return this.#sending.state;
  }

  /** Sends at once, although a delay was asked for. */
  skipDelay(): void {
    this.#sending.skipDelay();
  }

  /** Sends at once, whatever the device says about its network. */
  retryNow(): void {
    this.#sending.retryNow();
  }

  /** Ends it here; what is stored stays, and a new Casting goes on. */
  stop(): void {
    this.#sending.stop();
  }

  /**
   * Sends until there is an answer.
   *
   * @throws DOMException `AbortError` - {@link stop} was called.
   */
  async run(): Promise<CastOutcome> {
    await this.#waitOutDelay();
    return this.#sending.untilAnswered(() => this.#attempt());
  }

  /** One attempt; null: no answer. */
  async #attempt(): Promise<CastOutcome | null> {
    const { surroundings, poll } = this.#options;
    const { signal } = this.#sending;
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
    const { reason: code } = outcome;
    if (isTransient(outcome)) return null;
    if (!LATER.has(code)) await this.#update({ refusal: code });
    this.#sending.refused(code);
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
    await this.#sending.delay(remaining);
    await this.#update({ sendAfter: null });
  }
}

/** When a ballot that shall wait a random time leaves: within 15 minutes, and well before the poll closes. */
export function randomSendAfter({ now, random }: Surroundings, { poll }: ValidPoll): number {
  const untilClosing = poll.closesAt * 1_000 - CLOSING_MARGIN_MS - now();
  const longest = Math.max(0, Math.min(MAX_DELAY_MS, untilClosing));
  return now() + Math.floor(longest * fractionOf(random));
}

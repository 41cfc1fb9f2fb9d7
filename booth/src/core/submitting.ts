// Sending a sealed claim or signature: as a ballot, stored first, always the same bytes, never "recorded" without a
// receipt that was verified.
import { BadReceiptError, type ClientOptions, type Outcome, utf8 } from "@commune-zk/prover";
import { faultOf, faultWithEvidence } from "./faults.ts";
import { patientFetch } from "./patient-fetch.ts";
import { isTransient, Sending } from "./sending.ts";
import type { CastState, Fault } from "./state.ts";
import { StorageError } from "./storage.ts";
import type { Surroundings } from "./surroundings.ts";

/** How it ended. */
export type SubmitEnd<R> =
  | { readonly kind: "recorded"; readonly receipt: R }
  | { readonly kind: "refused"; readonly code: string }
  /** The receipt proves nothing, or could not be stored: it is not called recorded. */
  | { readonly kind: "fault"; readonly fault: Fault };

/** Whether something stored still waits for an answer that settles it. */
export function isOpen({ receipt, refusal }: { receipt: unknown; refusal: string | null }): boolean {
  return receipt === null && refusal === null;
}

/** What is sent, as it is stored already. */
export interface SubmittingOptions<R> {
  readonly surroundings: Surroundings;
  /** Of the policy or petition, for evidence. */
  readonly scope: string;
  /** For evidence. */
  readonly record: Uint8Array;
  /** Sends once. @throws as the prover's `submit…`. */
  readonly submit: (options: ClientOptions) => Promise<Outcome<R>>;
  /** Codes that later may turn into a receipt: what is stored stays as it is. */
  readonly later: ReadonlySet<string>;
  /** Stores what became of it. @throws StorageError */
  readonly settle: (change: { readonly receipt: R } | { readonly refusal: string }) => Promise<void>;
  /** Called after every change of `state`. */
  readonly onChange: () => void;
}

/** One thing on its way. */
export class Submitting<R> {
  readonly #options: SubmittingOptions<R>;
  readonly #sending: Sending;

  /** Nothing is sent yet. */
  constructor(options: SubmittingOptions<R>) {
    this.#options = options;
    this.#sending = new Sending(options.surroundings, options.onChange);
  }

  /** Where the sending stands. */
  get state(): CastState {
    return this.#sending.state;
  }

  /** Sends at once. */
  retryNow(): void {
    this.#sending.retryNow();
  }

  /** Ends it here; what is stored stays. */
  stop(): void {
    this.#sending.stop();
  }

  /** Sends until there is an answer. @throws DOMException `AbortError` - {@link stop} was called. */
  run(): Promise<SubmitEnd<R>> {
    return this.#sending.untilAnswered(() => this.#attempt());
  }

  async #attempt(): Promise<SubmitEnd<R> | null> {
    const { signal } = this.#sending;
    const { surroundings, submit, later, settle } = this.#options;
    let outcome: Outcome<R>;
    try {
      const { baseUrl } = surroundings.config;
      outcome = await submit({ baseUrl, fetch: patientFetch(surroundings), retries: 0, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BadReceiptError) return { kind: "fault", fault: await this.#badReceipt(error) };
      return null;
    }
    if (outcome.accepted) {
      const { receipt } = outcome;
      try {
        await settle({ receipt });
      } catch (error) {
        return { kind: "fault", fault: faultOf(error) };
      }
      return { kind: "recorded", receipt };
    }
    if (isTransient(outcome)) return null;
    const { reason: code } = outcome;
    if (!later.has(code)) {
      await settle({ refusal: code }).catch((error: unknown) => {
        // After a reload the same bytes get the same answer.
        if (!(error instanceof StorageError)) throw error;
      });
    }
    this.#sending.refused(code);
    return { kind: "refused", code };
  }

  #badReceipt(error: BadReceiptError): Promise<Fault> {
    const { surroundings, scope, record } = this.#options;
    const items = [
      { name: "answer", bytes: utf8(error.answer) },
      { name: "record", bytes: record },
    ];
    return faultWithEvidence(error, { storage: surroundings.storage, pollId: scope, items });
  }
}

/** What is on its way, at most one for each policy or petition. */
export class Ways<R> {
  readonly #ways = new Map<string, Submitting<R>>();

  /** What is on its way for this scope. */
  get(scope: string): Submitting<R> | undefined {
    return this.#ways.get(scope);
  }

  /** Sends it in the background. `onEnd` is not called where it was stopped. */
  send(scope: string, way: Submitting<R>, onEnd: (end: SubmitEnd<R>) => void): Submitting<R> {
    this.#ways.set(scope, way);
    const ended = (): void => {
      if (this.#ways.get(scope) === way) this.#ways.delete(scope);
    };
    way.run().then(
      (end) => {
        ended();
        onEnd(end);
      },
      (error: unknown) => {
        ended();
        const isStopped = error instanceof DOMException && error.name === "AbortError";
        if (!isStopped) onEnd({ kind: "fault", fault: faultOf(error) });
      },
    );
    return way;
  }

  /** Ends them all here; what is stored stays. */
  stop(): void {
    for (const way of this.#ways.values()) way.stop();
    this.#ways.clear();
  }
}

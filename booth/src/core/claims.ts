// Sending a sealed claim: as a ballot, stored first, always the same bytes, never "recorded" without a receipt.
import {
  BadReceiptError,
  type ClaimReceipt,
  decodeRecord,
  proofToJson,
  type SealedClaim,
  utf8,
  type ValidPolicy,
} from "@commune-zk/prover";
import { type ClaimOutcome, submitClaim } from "./claim-client.ts";
import { faultOf, faultWithEvidence } from "./faults.ts";
import { patientFetch } from "./patient-fetch.ts";
import { isTransient, Sending } from "./sending.ts";
import type { CastState, Fault } from "./state.ts";
import { StorageError, type StoredClaim } from "./storage.ts";
import type { Surroundings } from "./surroundings.ts";

/** Codes that later may turn into a receipt: the claim stays as it is. */
const LATER: ReadonlySet<string> = new Set([
  "policy-not-open",
  "policy-unknown",
  "ledger-root-unknown",
  "unexpected-answer",
]);

/** How it ended. */
export type ClaimEnd =
  | { readonly kind: "recorded"; readonly receipt: ClaimReceipt }
  | { readonly kind: "refused"; readonly code: string }
  /** The receipt proves nothing, or could not be stored: the claim is not called recorded. */
  | { readonly kind: "fault"; readonly fault: Fault };

/** Whether a claim still waits for an answer that settles it. */
export function isOpenClaim({ receipt, refusal }: StoredClaim): boolean {
  return receipt === null && refusal === null;
}

/** One claim on its way. */
export class Claiming {
  readonly stored: StoredClaim;
  readonly #surroundings: Surroundings;
  readonly #policy: ValidPolicy;
  readonly #claim: Pick<SealedClaim, "record" | "submission">;
  readonly #sending: Sending;

  /** @throws InputError - the stored record cannot be read. */
  constructor({
    surroundings,
    policy,
    stored,
    onChange,
  }: {
    surroundings: Surroundings;
    policy: ValidPolicy;
    /** As it is stored already. */
    stored: StoredClaim;
    /** Called after every change of `state`. */
    onChange: () => void;
  }) {
    this.stored = stored;
    this.#surroundings = surroundings;
    this.#policy = policy;
    this.#claim = claimOf(policy, stored.record);
    this.#sending = new Sending(surroundings, onChange);
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
  run(): Promise<ClaimEnd> {
    return this.#sending.untilAnswered(() => this.#attempt());
  }

  async #attempt(): Promise<ClaimEnd | null> {
    const { signal } = this.#sending;
    let outcome: ClaimOutcome;
    try {
      outcome = await submitClaim(
        { policy: this.#policy, claim: this.#claim },
        { baseUrl: this.#surroundings.config.baseUrl, fetch: patientFetch(this.#surroundings), signal },
      );
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BadReceiptError) return { kind: "fault", fault: await this.#badReceipt(error) };
      return null;
    }
    if (outcome.accepted) {
      try {
        await this.#store({ receipt: outcome.receipt });
      } catch (error) {
        return { kind: "fault", fault: faultOf(error) };
      }
      return { kind: "recorded", receipt: outcome.receipt };
    }
    if (isTransient(outcome)) return null;
    const { reason: code } = outcome;
    if (!LATER.has(code)) {
      await this.#store({ refusal: code }).catch((error: unknown) => {
        // After a reload the same bytes get the same answer.
        if (!(error instanceof StorageError)) throw error;
      });
    }
    this.#sending.refused(code);
    return { kind: "refused", code };
  }

  async #store(changes: Partial<StoredClaim>): Promise<void> {
    const value = { ...this.stored, ...changes };
    await this.#surroundings.storage.write([{ store: "claims", key: value.claimScope, value }]);
  }

  #badReceipt(error: BadReceiptError): Promise<Fault> {
    const { storage } = this.#surroundings;
    const items = [
      { name: "answer", bytes: utf8(error.answer) },
      { name: "record", bytes: this.stored.record },
    ];
    return faultWithEvidence(error, { storage, pollId: this.#policy.claimScope, items });
  }
}

/** A claim as it is sent, from the stored record alone: before and after a reload the same bytes. */
function claimOf(
  { claimScope }: ValidPolicy,
  record: Uint8Array,
): Pick<SealedClaim, "record" | "submission"> {
  const { publicSignals, proof } = decodeRecord(record, "own claim");
  return {
    record,
    submission: {
      type: "commune-zk/claim/v1",
      claimScope,
      publicSignals: publicSignals.map(String),
      proof: proofToJson(proof),
    },
  };
}

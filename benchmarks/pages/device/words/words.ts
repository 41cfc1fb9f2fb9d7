// The one type of everything the device page says: a language that lacks a sentence does not compile.
import type { FailureReason, Workload } from "../../../src/results/schema.ts";

/** The languages there are; BCP 47. */
export type Language = "en" | "es";

/** What a workload is for, which decides the sentence about its time. */
export type Purpose = "ballot" | "hours" | "membership";

/** Everything the page says, in one language; gaps in sentences are `{named}`. */
export interface Words {
  readonly title: string;
  readonly language: string;
  readonly loading: string;
  readonly noService: string;
  readonly noWorkers: string;
  readonly tryAgain: string;
  readonly start: {
    readonly lead: string;
    readonly what: string;
    readonly recordedTitle: string;
    readonly recorded: string;
    readonly never: string;
    readonly kept: string;
    readonly before: string;
    readonly workloads: string;
    readonly workloadsHint: string;
    readonly repeats: string;
    readonly repeatsHint: string;
    readonly none: string;
    readonly wrongRepeats: string;
    readonly start: string;
    readonly insecure: string;
    readonly earlierTitle: string;
    readonly earlier: string;
    readonly earlierShow: string;
    readonly earlierForget: string;
  };
  readonly run: {
    readonly title: string;
    readonly calibrating: string;
    readonly cold: string;
    readonly repeat: string;
    readonly phase: Readonly<Record<"load" | "witness" | "proof" | "verify", string>>;
    readonly again: string;
    readonly seconds: string;
    readonly stay: string;
    readonly awake: string;
    readonly notAwake: string;
    readonly progress: string;
    readonly stop: string;
  };
  readonly result: {
    readonly title: string;
    readonly incomplete: string;
    readonly nothing: string;
    /** By purpose, with {time}. */
    readonly makes: Readonly<Record<Purpose, string>>;
    readonly failed: string;
    readonly reasons: Readonly<Record<FailureReason, string>>;
    readonly longer: string;
    readonly shorter: string;
    readonly same: string;
    readonly cold: string;
    readonly battery: string;
    readonly charging: string;
    readonly details: string;
    readonly proof: string;
    readonly coldProof: string;
    readonly time: string;
    readonly score: string;
    readonly sendTitle: string;
    readonly send: string;
    readonly exact: string;
    readonly consent: string;
    readonly consentMissing: string;
    readonly post: string;
    readonly posting: string;
    readonly recorded: string;
    readonly refused: string;
    readonly refusedLater: string;
    readonly unreachable: string;
    readonly keepTitle: string;
    readonly save: string;
    readonly share: string;
    readonly shareFailed: string;
    readonly another: string;
  };
  readonly workloads: Readonly<Record<Workload, string>>;
}

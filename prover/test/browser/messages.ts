// What the test, its page and its worker say to each other. Bytes are hexadecimal: they cross three borders.
import type { ManifestFile, ProofProgress } from "../../src/index.ts";

/** What the worker is asked to do. */
export type Request =
  /** Reads a file of the key set below a URL, as `provingArtifacts` does. */
  | { readonly kind: "artifact"; readonly baseUrl: string; readonly file: ManifestFile }
  /** Reads a poll and its roll below a URL, and proves a ballot in it. */
  | {
      readonly kind: "vote";
      readonly pollUrl: string;
      readonly artifactsUrl: string;
      readonly pollId: string;
      readonly privateKey: string;
      readonly votes: readonly number[];
      /** Of the proof, the worker included. */
      readonly threads: number;
    }
  /** Which of these globals there are. */
  | { readonly kind: "globals"; readonly names: readonly string[] }
  /** Runs code from a string, which the policy forbids. */
  | { readonly kind: "eval" };

/** What comes of a vote. */
export interface Vote {
  readonly record: string;
  /** Of each part of a sum that another thread computed: whether its scalars were in shared memory. */
  readonly sums: readonly boolean[];
}

/** What came of it. */
export interface Answer {
  /** The code of an InputError, or the name of another error; absent where all went well. */
  readonly refused?: string;
  readonly value?: unknown;
  readonly progress: readonly ProofProgress[];
}

/** What the worker posts. */
export type Posted =
  | { readonly kind: "progress"; readonly progress: ProofProgress }
  | { readonly kind: "violation"; readonly directive: string }
  | { readonly kind: "done"; readonly refused?: string; readonly value?: unknown };

/** What the page offers to the test as globals. */
export interface Page {
  ask(request: Request): Promise<Answer>;
  /** Directives of the Content-Security-Policy that page or worker broke. */
  readonly violations: readonly string[];
}

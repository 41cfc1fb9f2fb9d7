// Options of `npm run bench:compare`, as it was asked.
import { parseArgs } from "node:util";
import { chosen } from "../harness/choice.ts";
import { WORKLOADS, type Workload } from "../results/schema.ts";
import { PAIRS_PER_BLOCK } from "./statistics.ts";
import { UsageError } from "./usage.ts";

/** What is to be compared. */
export interface CompareOptions {
  /** A commit, as it was typed. */
  readonly base: string;
  /** The same; null: the working tree. */
  readonly head: string | null;
  readonly circuit: Workload;
  readonly pairs: number;
  /** The slowdown that is still accepted, as a fraction. */
  readonly limit: number;
  /** Whether the result is one JSON object instead of a table. */
  readonly json: boolean;
  /** Whether checkouts are left for the next run. */
  readonly keep: boolean;
}

/** How to ask. */
export const USAGE =
  "npm run bench:compare -- BASE [--head COMMIT] [--circuit NAME] [--pairs N] [--limit PERCENT] [--json] [--keep]";

const DEFAULT_CIRCUIT = "ballot-compact-10";
const DEFAULT_PAIRS = 40;
/** Fewer make an interval of nothing. */
const LEAST_PAIRS = 10;
const MOST_PAIRS = 1_000;
const DEFAULT_LIMIT_PERCENT = "10";
const MOST_LIMIT_PERCENT = 1_000;

/**
 * Reads the command's arguments.
 *
 * @throws UsageError - it cannot be understood, or cannot be done.
 */
export function parseCompareOptions(args: readonly string[]): CompareOptions {
  const { values, positionals } = parsed(args);
  const [base, ...others] = positionals;
  if (base === undefined || others.length > 0) {
    throw new UsageError(`expected one commit to compare with, not ${positionals.length}`);
  }
  return {
    base,
    head: values.head ?? null,
    circuit: circuitOf(values.circuit),
    pairs: parsePairs(values.pairs),
    limit: limitOf(values.limit),
    json: values.json,
    keep: values.keep,
  };
}

/**
 * How many pairs are measured, from an option.
 *
 * @throws UsageError - not whole blocks, too few or too many.
 */
export function parsePairs(text: string | undefined): number {
  const pairs = text === undefined ? DEFAULT_PAIRS : wholeNumber(text);
  if (!(pairs >= LEAST_PAIRS && pairs <= MOST_PAIRS) || pairs % PAIRS_PER_BLOCK !== 0) {
    throw new UsageError(`--pairs ${text}: expected an even number from ${LEAST_PAIRS} to ${MOST_PAIRS}`);
  }
  return pairs;
}

/** A number of digits alone; NaN for any other text. */
export function wholeNumber(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        head: { type: "string" },
        circuit: { type: "string", default: DEFAULT_CIRCUIT },
        pairs: { type: "string" },
        limit: { type: "string", default: DEFAULT_LIMIT_PERCENT },
        json: { type: "boolean", default: false },
        keep: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function circuitOf(name: string): Workload {
  try {
    return chosen("--circuit", [name], WORKLOADS)[0]!;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function limitOf(text: string): number {
  const percent = /^\d{1,4}(?:\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(percent > 0 && percent <= MOST_LIMIT_PERCENT)) {
    throw new UsageError(`--limit ${text}: expected a percentage above 0, at most ${MOST_LIMIT_PERCENT}`);
  }
  return percent / 100;
}

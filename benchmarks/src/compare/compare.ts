// Compares two built trees: opens a side of each, takes their times in turns, and judges.
import { inputsFromJson } from "../captured-inputs.ts";
import type { PreparedWorkload } from "../harness/workloads.ts";
import { median } from "../measure.ts";
import type { BuiltTree } from "./checkouts.ts";
import { measurePairs, type ProofTimes, type TimedPair } from "./measure-pairs.ts";
import { openSide, type Side } from "./side.ts";
import { type RatioInterval, ratioInterval, type Verdict, verdictOf } from "./statistics.ts";

/** A clock of {@link ProofTimes}. */
export type Clock = keyof ProofTimes;

/** The clock whose interval decides. docs/design/compare.md says why. */
export const GATE_CLOCK: Clock = "cpuMs";

/** What one clock says. */
export interface ClockResult extends RatioInterval {
  /** Medians, in milliseconds. */
  readonly base: number;
  readonly head: number;
}

/** A judged comparison. */
export interface Comparison {
  /** The functions that made the engines. */
  readonly engines: { readonly base: string; readonly head: string };
  readonly pairs: readonly TimedPair[];
  readonly clocks: Readonly<Record<Clock, ClockResult>>;
  /** The limit that was asked for, as a fraction. */
  readonly limit: number;
  readonly verdict: Verdict;
}

/** What is compared. */
export interface ComparePlan {
  readonly base: Pick<BuiltTree, "proverPath">;
  readonly head: Pick<BuiltTree, "proverPath">;
  readonly workload: Pick<PreparedWorkload, "wasm" | "provingKey" | "inputs" | "verify">;
  readonly pairs: number;
  readonly limit: number;
  /** Path of a script that calls `serveSide`. */
  readonly entry: string;
  readonly onPair?: (done: number) => void;
}

/**
 * Compares. Both processes have ended when it returns or throws.
 *
 * @throws SideError, ProofInvalidError - a side did not prove.
 * @throws DOMException - the reason of the signal, after it fired.
 */
export async function compareTrees(plan: ComparePlan, signal: AbortSignal): Promise<Comparison> {
  const { workload, entry, onPair } = plan;
  const files = {
    entry,
    wasmPath: workload.wasm.path,
    provingKeyPath: workload.provingKey.path,
    inputs: inputsFromJson(workload.inputs),
  };
  const open: Side[] = [];
  try {
    for (const { proverPath } of [plan.base, plan.head]) {
      open.push(await openSide({ ...files, proverPath }, signal));
    }
    const [base, head] = open as [Side, Side];
    const pairs = await measurePairs(
      {
        base,
        head,
        pairs: plan.pairs,
        verify: (made) => workload.verify(made),
        ...(onPair === undefined ? {} : { onPair }),
      },
      signal,
    );
    return { engines: { base: base.engine, head: head.engine }, ...judge(pairs, plan.limit) };
  } finally {
    await Promise.all(open.map((side) => side.close()));
  }
}

/** Intervals of both clocks, and the verdict of {@link GATE_CLOCK}. */
export function judge(pairs: readonly TimedPair[], limit: number): Omit<Comparison, "engines"> {
  const result = (clock: Clock): ClockResult => {
    const times = pairs.map(({ base, head }) => ({ base: base[clock], head: head[clock] }));
    return {
      base: median(times.map(({ base }) => base)),
      head: median(times.map(({ head }) => head)),
      ...ratioInterval(times),
    };
  };
  const clocks = { cpuMs: result("cpuMs"), wallMs: result("wallMs") };
  return { pairs, clocks, limit, verdict: verdictOf(clocks[GATE_CLOCK], limit) };
}

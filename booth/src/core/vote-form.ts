// How the votes of a poll are asked for, read off its rules.
import { brokenRule, type Poll } from "@commune-zk/prover";
import type { VoteForm } from "./state.ts";

/** The simplest form that lets every ballot be cast which the rules allow. */
export function voteFormOf({ rules, options }: Pick<Poll, "rules" | "options">): VoteForm {
  const { maxima, minTotal, maxTotal, cost, distinct } = rules;
  const n = options.length;
  // n different values of 0 … n−1: a ranking, whatever it costs.
  if (distinct && maxima.every((maximum) => maximum === n - 1)) return { kind: "ranked" };
  // 0 and 1 cost the same either way; with three options they cannot all be different.
  if (!distinct && maxima.every((maximum) => maximum === 1)) {
    if (maxTotal === 1) return { kind: "single", optional: minTotal === 0 };
    return { kind: "approval", min: minTotal, max: Math.min(maxTotal, n) };
  }
  return {
    kind: "points",
    maxima,
    min: minTotal,
    max: maxTotal,
    quadratic: cost === "quadratic",
    distinct,
  };
}

/** Whether votes, one number for each option, obey the rules: by the model that the circuit agrees with. */
export function isComplete({ rules }: Pick<Poll, "rules">, votes: readonly number[]): boolean {
  const { maxima, minTotal, maxTotal, cost, distinct } = rules;
  const active = maxima.map(() => 1 as const);
  const quadratic = cost === "quadratic";
  return brokenRule({ active, maxima, minTotal, maxTotal, quadratic, distinct }, votes) === null;
}

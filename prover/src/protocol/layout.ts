// How a poll's options lie in the circuit's counters. docs/spec/poll.md §4, §5.
import { CIRCUITS } from "../formats/manifest.ts";
import type { Poll } from "./poll.ts";

/** The circuit's view of a poll. Arrays have four counters for each slot of the circuit. */
export interface Layout {
  readonly depth: number;
  /** Slots of the circuit, used or not. */
  readonly slots: number;
  /** Circuit counter of each option. */
  readonly counterOf: readonly number[];
  readonly active: readonly (0 | 1)[];
  readonly maxima: readonly number[];
  /** 2^valueBits. */
  readonly base: bigint;
}

/** Counters of a slot in the circuit. */
export const COUNTERS = 4;

/**
 * The layout of a poll whose options fit the circuit.
 *
 * @throws RangeError - they do not: `validatePoll` has refused such a poll.
 */
export function layoutOf({ rules, options }: Pick<Poll, "rules" | "options">): Layout {
  const { depth, slots } = CIRCUITS[rules.circuit];
  const counterOf = options.map(
    (_, i) => COUNTERS * Math.floor(i / rules.countersPerSlot) + (i % rules.countersPerSlot),
  );
  const active = new Array<0 | 1>(COUNTERS * slots).fill(0);
  const maxima = new Array<number>(COUNTERS * slots).fill(0);
  for (const [i, counter] of counterOf.entries()) {
    if (counter >= active.length) throw new RangeError("more options than counters");
    active[counter] = 1;
    maxima[counter] = rules.maxima[i]!;
  }
  return { depth, slots, counterOf, active, maxima, base: 1n << BigInt(rules.valueBits) };
}

/** What one ballot can at most give to each counter of a slot, and whether their sum is known. */
export interface SlotRange {
  /** Largest value of each used counter in one ballot. */
  readonly maxima: readonly number[];
  /** What every ballot gives to all counters together, where the rules fix it and all are in this slot. */
  readonly total?: number;
}

/** The used slots of a poll, in order. */
export function usedSlots({ rules }: Pick<Poll, "rules">): SlotRange[] {
  const { maxima, maxTotal, minTotal, cost, countersPerSlot } = rules;
  const most = cost === "quadratic" ? Math.floor(Math.sqrt(maxTotal)) : maxTotal;
  const effective = maxima.map((maximum) => Math.min(maximum, most));
  const slots: SlotRange[] = [];
  for (let i = 0; i < effective.length; i += countersPerSlot) {
    slots.push({ maxima: effective.slice(i, i + countersPerSlot) });
  }
  const known = cost === "linear" && minTotal === maxTotal && slots.length === 1;
  return known ? [{ maxima: effective, total: maxTotal }] : slots;
}

/** How many values the counters of a slot can take over `ballots` ballots, counting only what is unknown. */
export function searchSpace({ maxima, total }: SlotRange, ballots: number): bigint {
  const ranges = maxima.map((maximum) => BigInt(ballots) * BigInt(maximum) + 1n);
  const product = ranges.reduce((a, b) => a * b, 1n);
  const largest = ranges.reduce((a, b) => (b > a ? b : a), 1n);
  return total === undefined ? product : product / largest;
}

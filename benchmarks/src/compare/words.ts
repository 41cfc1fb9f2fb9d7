// A comparison in words, and as JSON.
import { describeMachine } from "../machine.ts";
import { type Comparison, GATE_CLOCK } from "./compare.ts";
import { WARM_UPS } from "./measure-pairs.ts";
import { CONFIDENCE, type RatioInterval } from "./statistics.ts";

/** What was compared. */
export interface Compared {
  /** A full commit id. */
  readonly base: string;
  /** A full commit id, and whether it is that commit or a working tree that differs from it. */
  readonly head: { readonly commit: string; readonly modified: boolean };
  readonly circuit: string;
}

const CLOCK_NAMES = { cpuMs: "processor", wallMs: "wall" } as const;

const CONFIDENCE_TEXT = `${(100 * CONFIDENCE).toFixed(0)} %`;

/** Ends of an interval as text. */
export function intervalText({ low, high }: RatioInterval): string {
  return `${low.toFixed(3)}–${high.toFixed(3)}`;
}

/** The table, and the verdict in words. */
export function comparisonText(compared: Compared, comparison: Comparison): string {
  const { engines, pairs, clocks, limit } = comparison;
  const { base, head, circuit } = compared;
  const row = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(10)}${cells.map((cell) => cell.padStart(14)).join("")}`;
  const rows = (["cpuMs", "wallMs"] as const).map((clock) => {
    const result = clocks[clock];
    const cells = [`${result.base.toFixed(1)} ms`, `${result.head.toFixed(1)} ms`, result.ratio.toFixed(3)];
    return row(CLOCK_NAMES[clock], [...cells, intervalText(result)]);
  });
  return [
    `machine   ${describeMachine()}`,
    `base      ${base}, ${engines.base}`,
    `head      ${head.commit}${head.modified ? ", with uncommitted changes" : ""}, ${engines.head}`,
    `circuit   ${circuit}: ${pairs.length} pairs in blocks A B B A, after ${WARM_UPS} proofs of each side`,
    `gate      ${gateText(limit)}`,
    "",
    row("time", ["base", "head", "head ÷ base", `${CONFIDENCE_TEXT} interval`]),
    ...rows,
    "",
    verdictText(comparison),
  ].join("\n");
}

/** The rule of the gate. */
export function gateText(limit: number): string {
  return `fails where the whole ${CONFIDENCE_TEXT} interval of ${CLOCK_NAMES[GATE_CLOCK]} time, head ÷ base, is above ${1 + limit}`;
}

/** What the gate says, in a sentence. */
export function verdictText({ verdict, clocks, limit }: Comparison): string {
  const { low, high } = clocks[GATE_CLOCK];
  const sure = `with ${CONFIDENCE_TEXT} confidence`;
  switch (verdict) {
    case "slower":
      return `FAILED: the head is slower: it takes ${change(low)} to ${change(high)}, ${sure}; the limit is ${percent(limit)}.`;
    case "within":
      return `PASSED: the head takes ${change(low)} to ${change(high)}, ${sure}; the limit is ${percent(limit)}.`;
    case "undecided":
      return `PASSED, undecided: the head takes ${change(low)} to ${change(high)}, ${sure}; the limit of ${percent(limit)} lies between. More pairs would tell.`;
  }
}

/** All of it, for a program. */
export function comparisonJson(compared: Compared, comparison: Comparison): string {
  const { engines, pairs, clocks, limit, verdict } = comparison;
  return JSON.stringify({
    ...compared,
    machine: describeMachine(),
    engines,
    limit,
    confidence: CONFIDENCE,
    gate: GATE_CLOCK,
    verdict,
    clocks,
    pairs,
  });
}

function percent(fraction: number): string {
  return `${Number((100 * fraction).toFixed(3))} %`;
}

/** A ratio as what it adds or takes away. */
function change(ratio: number): string {
  const text = Math.abs(100 * (ratio - 1)).toFixed(1);
  return `${text} % ${ratio >= 1 ? "more" : "less"}`;
}

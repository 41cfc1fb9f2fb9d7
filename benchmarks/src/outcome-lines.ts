// Figures as lines of text.
import { type Measurement, median, type Outcome } from "./measure.ts";
import { significant } from "./numbers.ts";

const NAME_WIDTH = 52;
const FIGURE_WIDTH = 10;

/** One line: name, median, least and greatest sample, all samples. */
export function outcomeLine(outcome: Outcome): string {
  const name = outcome.name.padEnd(NAME_WIDTH);
  if ("notMeasured" in outcome) return `${name}  not measured: ${outcome.notMeasured}`;
  const { samples } = outcome;
  const { unit, divisor } = scaleOf(outcome);
  const text = (value: number) => significant(value / divisor);
  const middle = `${text(median(samples))} ${unit}`.padStart(FIGURE_WIDTH);
  const spread = `${text(Math.min(...samples))}–${text(Math.max(...samples))}`;
  return `${name}${middle}   ${spread.padEnd(2 * FIGURE_WIDTH)}  ${samples.map(text).join(" ")}`;
}

/** What the columns of {@link outcomeLine} are. */
export function headLine(): string {
  const middle = "median".padStart(FIGURE_WIDTH);
  return `${"".padEnd(NAME_WIDTH)}${middle}   ${"min–max".padEnd(2 * FIGURE_WIDTH)}  samples`;
}

function scaleOf({ unit, samples }: Measurement): { unit: string; divisor: number } {
  if (unit === "bytes") return { unit: "MiB", divisor: 2 ** 20 };
  if (unit === "ratio") return { unit: "×", divisor: 1 };
  return median(samples) < 1000 ? { unit: "ms", divisor: 1 } : { unit: "s", divisor: 1000 };
}

// The result as a table.
import type { Poll, Result } from "@commune-zk/prover";

const WIDTH = 40;

/** The result as lines: one for each option, with a bar. */
export function resultTable({ title, options }: Pick<Poll, "title" | "options">, result: Result): string[] {
  const lines = [title, ""];
  if (result.outcome === "too-few-ballots") {
    return [
      ...lines,
      `${result.countedBallots} ballots were counted: too few for a tally. Nothing was decrypted.`,
    ];
  }
  const total = result.options.reduce((sum, value) => sum + value, 0);
  const most = Math.max(1, ...result.options);
  const nameWidth = Math.max(...options.map((option) => [...option].length));
  const numberWidth = String(most).length;
  for (const [i, option] of options.entries()) {
    const value = result.options[i]!;
    const bar = "█".repeat(Math.round((WIDTH * value) / most)).padEnd(WIDTH);
    const share = total === 0 ? "" : `${((100 * value) / total).toFixed(1).padStart(5)} %`;
    const name = option + " ".repeat(nameWidth - [...option].length);
    lines.push(`  ${name}  ${String(value).padStart(numberWidth)}  ${bar}  ${share}`);
  }
  lines.push("", `${result.countedBallots} ballots counted.`);
  if (result.keyKind === "development") {
    lines.push("Proving keys of kind development: good for rehearsals, not for a real vote.");
  }
  return lines;
}

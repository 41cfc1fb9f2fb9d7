// Rewrites our templates so that one input, `fault`, adds 1 to the signal assigned at a chosen line: every
// later signal is recomputed from the edited one, as a cheating prover would.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { templateFiles, templates } from "./templates.ts";

/** A line of a template that assigns signals. */
export interface AssignmentLine {
  readonly file: string;
  readonly line: number;
  /** Left-hand side. */
  readonly signal: string;
  /** False for a hint (`<--`). */
  readonly constrained: boolean;
  /** Value of `fault` that edits it. */
  readonly fault: number;
}

const ASSIGNMENT = /^(\s*)([\w.[\]\s+*-]+?) (<==|<--) (.+);(\s*\/\/.*)?$/;

/** Lengths of the arrays that are assigned as a whole. */
const ARRAYS: Readonly<Record<string, string>> = {
  out: "251",
  "hash.inputs": "2",
  "publicKey.e": "251",
  "tree.siblings": "depth",
  "rules.active": "n",
  "rules.maxima": "n",
  "rules.values": "n",
  c1: "2",
  "ephemeral.e": "251",
  "shared.e": "251",
  "shared.p": "2",
  "encoded.e": "messageBits",
  "encrypt[s].publicKey": "2",
  "credit[s].siblings": "depth",
};

/**
 * Instruments every template of a folder, keeping line numbers.
 *
 * @returns the assignments, in order.
 */
export async function instrument(from: string, to: string): Promise<AssignmentLine[]> {
  await mkdir(to, { recursive: true });
  const lines: AssignmentLine[] = [];
  const own = [...(await templates(from)).keys()].join("|");
  const ownComponent = new RegExp(`(?:component )?([\\w[\\]]+) = (?:${own})\\(`);
  for (const [i, file] of (await templateFiles(from)).entries()) {
    const source = await readFile(join(from, file), "utf8");
    const rewritten = source.split("\n").map((text, n) => {
      const fault = 1000 * (i + 1) + n + 1;
      if (/^template /.test(text)) return `${text} signal input fault;`;
      const component = ownComponent.exec(text);
      if (component !== null) return `${text} ${component[1]}.fault <== fault;`;
      const assignment = ASSIGNMENT.exec(text);
      if (assignment === null || text.trimStart().startsWith("//")) return text;
      const [, , left, operator, right] = assignment as unknown as [string, string, string, string, string];
      const constrained = operator === "<==";
      lines.push({ file, line: n + 1, signal: left, constrained, fault });
      return assign(left, right, constrained, fault);
    });
    await writeFile(join(to, file), rewritten.join("\n"));
  }
  return lines;
}

function assign(left: string, right: string, constrained: boolean, fault: number): string {
  const length = ARRAYS[left];
  if (length === undefined) {
    return `${left} <-- (${right}) + (fault == ${fault} ? 1 : 0);${constrained ? ` ${left} === ${right};` : ""}`;
  }
  const value = `${right}[z] + ((z == 0 && fault == ${fault}) ? 1 : 0)`;
  const constraint = constrained ? ` ${left}[z] === ${right}[z];` : "";
  return `for (var z = 0; z < ${length}; z++) { ${left}[z] <-- ${value};${constraint} }`;
}

// Deletes each constraint of ours in turn, and sees which named test then fails.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "../compile.ts";
import { readR1cs } from "../r1cs.ts";
import { type EditCase, openHarness } from "./edits.ts";
import type { Oracle } from "./oracle.ts";
import { isSatisfied } from "./satisfied.ts";
import type { Subject } from "./subjects.ts";
import { SOURCES } from "./templates.ts";

/** What became of one deleted constraint. */
export interface MutantOutcome {
  readonly file: string;
  readonly line: number;
  /** The line as it stands. */
  readonly source: string;
  readonly outcome: "killed" | "survived" | "did not compile";
  /** Name of the test that fails. */
  readonly killedBy: string;
  /** Whether the edited witness satisfies all that is left: then the deletion alone makes the circuit unsound. */
  readonly forged: boolean;
}

const WORK = "build/mutants";

/** A line that holds a constraint of ours, and the test that must kill its deletion. */
export interface ConstraintLine {
  readonly file: string;
  readonly line: number;
  /** The line as it stands. */
  readonly source: string;
  readonly test: EditCase;
}

/** Lines that hold a constraint of ours. */
export async function constraintLines(cases: readonly EditCase[]): Promise<ConstraintLine[]> {
  const found = new Map<string, ConstraintLine>();
  for (const test of cases) {
    const source = (await readFile(join(SOURCES, test.file), "utf8")).split("\n")[test.line - 1]!;
    if (source.includes("<--")) continue;
    found.set(`${test.file}:${test.line}`, { file: test.file, line: test.line, source: source.trim(), test });
  }
  return [...found.values()];
}

/** Deletes the constraint of a line; an assignment keeps its value as a mere hint. */
export function deleteConstraint(source: string): string {
  if (source.includes("<==")) return source.replace("<==", "<--");
  return source.replace(/\S.*===.*;/, "");
}

/** Tries one deletion in a circuit. */
export async function tryMutant(
  subject: Subject,
  { file, line, source, test }: ConstraintLine,
  oracle: Oracle,
): Promise<MutantOutcome> {
  const folder = join(REPOSITORY_ROOT, WORK, "sources");
  await rm(join(REPOSITORY_ROOT, WORK), { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(SOURCES, folder, { recursive: true, filter: (path) => !path.endsWith(".ts") });
  const lines = (await readFile(join(folder, file), "utf8")).split("\n");
  lines[line - 1] = deleteConstraint(lines[line - 1]!);
  await writeFile(join(folder, file), lines.join("\n"));
  const result = { file, line, source, killedBy: "", forged: false };
  let harness: Awaited<ReturnType<typeof openHarness>>;
  try {
    harness = await openHarness(subject, { sources: folder, work: join(WORK, "instrumented") });
  } catch {
    return { ...result, outcome: "did not compile" };
  }
  const attempt = await harness.attempt(test.edit(harness.valid(oracle)));
  if ("witness" in attempt) {
    const forged = isSatisfied(readR1cs(await readFile(harness.r1cs)), attempt.witness);
    return { ...result, outcome: "killed", killedBy: test.name, forged };
  }
  const same = attempt.violation.file === test.file && attempt.violation.line === test.line;
  return { ...result, outcome: same ? "survived" : "killed", killedBy: same ? "" : test.name };
}

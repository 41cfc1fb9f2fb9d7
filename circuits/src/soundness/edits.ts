// One edit for every constraint of ours: what a cheating prover would try, and the line that must stop it.
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { compileCircuit, REPOSITORY_ROOT } from "../compile.ts";
import { type Attempt, openCircuit } from "./calculator.ts";
import { type AssignmentLine, instrument } from "./instrument.ts";
import type { CircuitInputs, Oracle } from "./oracle.ts";
import type { AssertionBreach, Subject } from "./subjects.ts";
import { lineOf, SOURCES } from "./templates.ts";

/** An edited witness and the line of ours that must refuse it. */
export interface EditCase {
  /** Name of the test. */
  readonly name: string;
  readonly file: string;
  /** Line of the constraint. */
  readonly line: number;
  /** Changes a valid assignment into the edited one. */
  readonly edit: (valid: CircuitInputs) => CircuitInputs;
}

/** A compiled, instrumented circuit. */
export interface Harness {
  /** Every assignment of our templates. */
  readonly lines: readonly AssignmentLine[];
  readonly attempt: (inputs: CircuitInputs) => Promise<Attempt>;
  /** A fresh valid assignment, without a fault. */
  readonly valid: (oracle: Oracle) => CircuitInputs;
  readonly r1cs: string;
}

/** Where {@link openHarness} reads and works. */
export interface HarnessFolders {
  /** Folder of our templates, perhaps with a constraint deleted. */
  readonly sources?: string;
  /** Folder below the repository's root. */
  readonly work: string;
}

/** Instruments and compiles a circuit, every signal kept (`--O0` keeps linear constraints too). */
export async function openHarness(
  subject: Subject,
  { sources = SOURCES, work }: HarnessFolders,
): Promise<Harness> {
  const folder = join(REPOSITORY_ROOT, work);
  await mkdir(folder, { recursive: true });
  const lines = await instrument(sources, folder);
  const main = join(folder, "main.circom");
  await writeFile(
    main,
    `pragma circom 2.1.6;\ninclude "${subject.file}";\ncomponent main = ${subject.component};\n`,
  );
  const compiled = await compileCircuit(main, relative(REPOSITORY_ROOT, folder), ["--O0"]);
  return {
    lines,
    attempt: await openCircuit(compiled.wasm),
    valid: (oracle) => ({ ...subject.valid(oracle), fault: 0n }),
    r1cs: compiled.r1cs,
  };
}

/**
 * The edits of a circuit: one for each assignment, then one for each pure assertion.
 *
 * @param lines - of the subject's harness.
 */
export async function editCases(subject: Subject, lines: readonly AssignmentLine[]): Promise<EditCase[]> {
  const assignments = lines.filter(({ file }) => subject.covers.includes(file)).map(assignmentCase);
  return [...assignments, ...(await Promise.all(subject.breaches.map(breachCase)))];
}

function assignmentCase({ file, line, signal, fault, constrained }: AssignmentLine): EditCase {
  // A hint is fixed by the constraint on the next line.
  const at = constrained ? line : line + 1;
  return {
    name: `rejects an edited ${signal} (${file}:${at})`,
    file,
    line: at,
    edit: (valid) => ({ ...valid, fault: BigInt(fault) }),
  };
}

async function breachCase({ file, text, what, change }: AssertionBreach): Promise<EditCase> {
  const line = await lineOf(file, text);
  return {
    name: `rejects ${what} (${file}:${line})`,
    file,
    line,
    edit: (valid) => ({ ...valid, ...change }),
  };
}

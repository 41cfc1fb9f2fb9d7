// One edit for every constraint of ours: what a cheating prover would try, and the line that must stop it.

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { compileCircuit, REPOSITORY_ROOT } from "../compile.ts";
import { type Attempt, openCircuit } from "./calculator.ts";
import { type BallotInputs, type Oracle, validBallot } from "./fixtures.ts";
import { type AssignmentLine, instrument } from "./instrument.ts";

/** An edited witness and the line of ours that must refuse it. */
export interface EditCase {
  /** Name of the test. */
  readonly name: string;
  readonly file: string;
  /** Line of the constraint. */
  readonly line: number;
  /** Changes a valid ballot into the edited one. */
  readonly edit: (valid: BallotInputs) => BallotInputs;
}

/** Path of the harness: the smallest ballot, with every signal kept (`--O0` keeps linear constraints too). */
const HARNESS_DEPTH = 2;

/** A compiled, instrumented ballot circuit. */
export interface Harness {
  readonly cases: readonly EditCase[];
  readonly attempt: (inputs: BallotInputs) => Promise<Attempt>;
  readonly r1cs: string;
}

/**
 * Instruments and compiles the templates of a folder.
 *
 * @param sources - folder of our templates, perhaps with a constraint deleted.
 * @param work - folder below the repository's root.
 */
export async function openHarness(sources: string, work: string): Promise<Harness> {
  const folder = join(REPOSITORY_ROOT, work);
  await mkdir(folder, { recursive: true });
  const lines = await instrument(sources, folder);
  const main = join(folder, "main.circom");
  await writeFile(
    main,
    `pragma circom 2.1.6;\ninclude "ballot.circom";\ncomponent main = Ballot(${HARNESS_DEPTH}, 1);\n`,
  );
  const compiled = await compileCircuit(main, relative(REPOSITORY_ROOT, folder), ["--O0"]);
  const calculate = await openCircuit(compiled.wasm);
  return {
    cases: [...lines.map(assignmentCase), ...(await assertionCases(sources))],
    attempt: calculate,
    r1cs: compiled.r1cs,
  };
}

/** A valid ballot for the harness. */
export function harnessBallot(oracle: Oracle): BallotInputs {
  return { ...validBallot(oracle, HARNESS_DEPTH), fault: 0n };
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

/** Inputs that break each pure assertion, and nothing else. */
const ASSERTIONS: readonly { readonly text: string; readonly what: string; readonly change: BallotInputs }[] =
  [
    { text: "rollRoot === tree.root;", what: "a root that is not the path's", change: { rollRoot: 1n } },
    {
      text: "values[i] * (1 - active[i]) === 0;",
      what: "a vote in an inactive counter",
      change: { maxima: [2n, 2n, 2n, 2n], values: [1n, 0n, 0n, 1n] },
    },
    {
      text: "(values[i] - values[j]) * inverses[p] === compared[p];",
      what: "equal counters where they must differ",
      change: { distinct: 1n },
    },
  ];

async function assertionCases(sources: string): Promise<EditCase[]> {
  const cases: EditCase[] = [];
  for (const file of (await readdir(sources)).filter((name) => name.endsWith(".circom")).sort()) {
    const lines = (await readFile(join(sources, file), "utf8")).split("\n");
    for (const [i, text] of lines.entries()) {
      const known = ASSERTIONS.find((assertion) => text.includes(assertion.text));
      if (known === undefined) continue;
      const edit = (valid: BallotInputs): BallotInputs => ({ ...valid, ...known.change });
      cases.push({ name: `rejects ${known.what} (${file}:${i + 1})`, file, line: i + 1, edit });
    }
  }
  return cases;
}

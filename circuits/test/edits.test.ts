// Soundness (a): every signal that our templates assign, edited with all its dependents recomputed, is refused
// by the constraint on its own line.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_ROOT, readR1cs } from "../src/index.ts";
import {
  constraintLines,
  editCases,
  isSatisfied,
  openHarness,
  openOracle,
  SUBJECTS,
  templateFiles,
} from "../src/soundness.ts";

const oracle = await openOracle();
const circuits = await Promise.all(
  SUBJECTS.map(async (subject) => {
    const harness = await openHarness(subject, { work: `build/test/edits/${subject.name}` });
    return { name: subject.name, harness, cases: await editCases(subject, harness.lines) };
  }),
);
const cases = circuits.flatMap((circuit) => circuit.cases);

test("covers every line of ours that holds a constraint", async () => {
  const covered = cases.map(({ file, line }) => `${file}:${line}`);
  const held: string[] = [];
  for (const file of await templateFiles()) {
    const lines = (await readFile(join(REPOSITORY_ROOT, "circuits/src", file), "utf8")).split("\n");
    for (const [i, text] of lines.entries()) {
      if (/<==|===/.test(text.replace(/\/\/.*/, ""))) held.push(`${file}:${i + 1}`);
    }
  }
  expect([...new Set(covered)].sort()).toEqual(held.sort());
});

test("mutants.md has every constraint of ours as it stands now, and each is killed", async () => {
  const table = await readFile(join(REPOSITORY_ROOT, "circuits/mutants.md"), "utf8");
  const rows = table
    .split("\n")
    .filter((row) => row.includes(".circom:"))
    .map((row) => row.slice(2, -2).split(" | "));
  const expected = (await constraintLines(cases)).map(({ file, line, source }) => [
    `${file}:${line}`,
    `\`${source}\``,
    "killed",
  ]);
  expect(rows.map((row) => row.slice(0, 3))).toEqual(expected);
});

describe.each(circuits)("$name", ({ harness, cases }) => {
  test("accepts the valid assignment that every edit starts from, also by the bare constraint system", async () => {
    const attempt = await harness.attempt(harness.valid(oracle));
    if (!("witness" in attempt))
      throw new Error(`refused at ${attempt.violation.template}:${attempt.violation.line}`);
    const r1cs = readR1cs(await readFile(harness.r1cs));
    expect(isSatisfied(r1cs, attempt.witness)).toBe(true);
    const edited = attempt.witness.map((value, i) => (i === 1 ? value + 1n : value));
    expect(isSatisfied(r1cs, edited)).toBe(false);
  });

  test.each(cases.map((edit) => [edit.name, edit] as const))("%s", async (_name, { file, line, edit }) => {
    const attempt = await harness.attempt(edit(harness.valid(oracle)));
    expect(attempt).toMatchObject({ violation: { file, line } });
  });
});

// Soundness (a): every signal that our templates assign, edited with all its dependents recomputed, is refused
// by the constraint on its own line.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_ROOT, readR1cs } from "../src/index.ts";
import { constraintLines, harnessBallot, isSatisfied, openHarness, openOracle } from "../src/soundness.ts";

const harness = await openHarness(join(REPOSITORY_ROOT, "circuits/src"), "build/test/edits");
const oracle = await openOracle();

test("accepts the valid ballot that every edit starts from, also by the bare constraint system", async () => {
  const attempt = await harness.attempt(harnessBallot(oracle));
  if (!("witness" in attempt))
    throw new Error(`refused at ${attempt.violation.template}:${attempt.violation.line}`);
  const r1cs = readR1cs(await readFile(harness.r1cs));
  expect(isSatisfied(r1cs, attempt.witness)).toBe(true);
  const edited = attempt.witness.map((value, i) => (i === 1 ? value + 1n : value));
  expect(isSatisfied(r1cs, edited)).toBe(false);
});

test("covers every line of ours that holds a constraint", async () => {
  const covered = new Set(harness.cases.map(({ file, line }) => `${file}:${line}`));
  for (const file of new Set(harness.cases.map((edit) => edit.file))) {
    const lines = (await readFile(join(REPOSITORY_ROOT, "circuits/src", file), "utf8")).split("\n");
    for (const [i, text] of lines.entries()) {
      const code = text.replace(/\/\/.*/, "");
      if (/<==|===/.test(code)) expect(covered).toContain(`${file}:${i + 1}`);
    }
  }
});

test("mutants.md has every constraint of ours as it stands now, and each is killed", async () => {
  const table = await readFile(join(REPOSITORY_ROOT, "circuits/mutants.md"), "utf8");
  const rows = table
    .split("\n")
    .filter((row) => row.includes(".circom:"))
    .map((row) => row.slice(2, -2).split(" | "));
  const expected = (await constraintLines(harness.cases)).map(({ file, line, source }) => [
    `${file}:${line}`,
    `\`${source}\``,
    "killed",
  ]);
  expect(rows.map((row) => row.slice(0, 3))).toEqual(expected);
});

test.each(harness.cases.map((edit) => [edit.name, edit] as const))("%s", async (_name, { line, edit }) => {
  const attempt = await harness.attempt(edit(harnessBallot(oracle)));
  expect(attempt).toMatchObject({ violation: { line } });
});

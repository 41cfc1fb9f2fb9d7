// npm run circuits:mutate: deletes each constraint of ours in turn and writes circuits/mutants.md.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import {
  constraintLines,
  editCases,
  type MutantOutcome,
  openHarness,
  openOracle,
  SUBJECTS,
  tryMutant,
} from "@commune-zk/circuits/soundness";
import { endThreads } from "./end-threads.ts";

/** Why a mutant that survives is no defect, by `file:line`. None does today. */
const EXPLAINED: Readonly<Record<string, string>> = {};

function row({ file, line, source, outcome, killedBy, forged }: MutantOutcome): string {
  const code = `\`${source.replaceAll("|", "\\|")}\``;
  const explanation = EXPLAINED[`${file}:${line}`] ?? "";
  const rest = outcome !== "killed" ? explanation : forged ? "accepted" : "refused elsewhere";
  return `| ${file}:${line} | ${code} | ${outcome} | ${killedBy} | ${rest} |`;
}

const oracle = await openOracle();
const rows: string[] = [];
const counts = { killed: 0, survived: 0, "did not compile": 0 };
for (const subject of SUBJECTS) {
  const { lines: assignments } = await openHarness(subject, { work: "build/mutants-original" });
  const lines = await constraintLines(await editCases(subject, assignments));
  for (const [i, line] of lines.entries()) {
    const outcome = await tryMutant(subject, line, oracle);
    counts[outcome.outcome]++;
    rows.push(row(outcome));
    console.log(
      `${subject.name} ${i + 1}/${lines.length} ${outcome.file}:${outcome.line} ${outcome.outcome}`,
    );
  }
}
await writeFile(
  join(REPOSITORY_ROOT, "circuits/mutants.md"),
  `# Deleted constraints

Written by \`npm run circuits:mutate\`. Each line of ours that holds a constraint is deleted in turn (\`<==\`
becomes \`<--\`, \`===\` goes), the circuit is compiled anew, and the test named in circuits/test/edits.test.ts is
run against it. *Edited witness*: whether the witness of that test satisfies every constraint that is left.

${counts.killed} killed, ${counts.survived} survived, ${counts["did not compile"]} did not compile.

| line | constraint | outcome | killed by the test | edited witness |
|---|---|---|---|---|
${rows.join("\n")}
`,
);
process.exitCode = counts.survived > Object.keys(EXPLAINED).length || counts["did not compile"] > 0 ? 1 : 0;
await endThreads();

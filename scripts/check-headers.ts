// Each template's header names exactly its signals, in the right banner, and its numbered steps stand beside
// the constraints.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";

const FOLDER = join(REPOSITORY_ROOT, "circuits/src");

/** What is wrong with a template's header; empty where nothing is. */
export function headerFaults(source: string): string[] {
  const start = source.search(/^template /m);
  const header = source
    .slice(0, start)
    .split("\n")
    .filter((line) => line.startsWith("//"))
    .join("\n");
  const body = source.slice(start);
  const name = /^template (\w+)\(/m.exec(body)?.[1] ?? "?";
  const faults: string[] = [];
  if (!header.startsWith(`// ${name}(`)) faults.push("the header does not open with the template");
  for (const word of ["Source:", "Enforces", "Caller"]) {
    if (!header.includes(word)) faults.push(`no "${word}" in the header`);
  }
  const banner = header.slice(0, header.indexOf("// Enforces"));
  const signals = [...body.matchAll(/^ {4}signal (input|output) (\w+)/gm)].map(([, kind, signal]) => ({
    kind,
    signal: signal!,
  }));
  for (const { signal } of signals) {
    if (!new RegExp(`\\b${signal}\\b`).test(banner)) faults.push(`signal ${signal} is not in the header`);
  }
  const outputs = banner.slice(Math.max(0, banner.indexOf("// Output")));
  for (const { kind, signal } of signals) {
    if (kind === "output" && !new RegExp(`\\b${signal}\\b`).test(outputs))
      faults.push(`output ${signal} is not under Output`);
  }
  const claimed = new Set(header.match(/\(\d\)/g));
  const beside = new Set([...body.matchAll(/\/\/ (\(\d\))/g)].map(([, number]) => number!));
  for (const number of claimed) if (!beside.has(number)) faults.push(`${number} stands beside no constraint`);
  for (const number of beside) if (!claimed.has(number)) faults.push(`${number} is not in the header`);
  return faults;
}

let bad = 0;
for (const file of (await readdir(FOLDER)).filter((name) => name.endsWith(".circom"))) {
  for (const fault of headerFaults(await readFile(join(FOLDER, file), "utf8"))) {
    console.error(`${file}: ${fault}`);
    bad++;
  }
}
// A check that cannot fail is none: a header without one of its signals must be reported.
const planted =
  "// Planted(): a plant.\n// Source: none\n// Private  a  first\n// Enforces (1) nothing\n// Caller none\n\ntemplate Planted() {\n    signal input a;\n    signal input b;\n    // (1)\n}\n";
if (!headerFaults(planted).includes("signal b is not in the header")) {
  console.error("the planted header was not reported");
  bad++;
}
process.exitCode = bad === 0 ? 0 : 1;

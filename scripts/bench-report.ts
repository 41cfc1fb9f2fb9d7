// npm run bench:report [-- --history FILE]... [--out FILE]: writes the history of measurements as one static page.
// docs/design/devices.md, Report.
import { access } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { readHistory, reportPage } from "@commune-zk/benchmarks";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { replaceFile } from "@commune-zk/prover/node";

/** Of the harness, and of the service that collects what phones hand in. Either may not be there yet. */
const HISTORIES = ["measurements.jsonl", "devices.jsonl"].map((name) =>
  join(REPOSITORY_ROOT, "benchmarks/history", name),
);
const OUT = join(REPOSITORY_ROOT, "docs/benchmarks/index.html");

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { history: { type: "string", multiple: true }, out: { type: "string", default: OUT } },
  });
  // A mistyped name would give an empty page.
  for (const path of values.history ?? []) {
    await access(path).catch((cause: unknown) => {
      throw new Error(`--history ${path}: it cannot be read`, { cause });
    });
  }
  const lines = [];
  for (const path of values.history ?? HISTORIES) lines.push(...(await readHistory(path)));
  await replaceFile(values.out, reportPage(lines));
  console.log(`${relative(process.cwd(), values.out)}: ${lines.length} lines of the history`);
}

await main();

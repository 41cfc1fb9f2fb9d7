// npm run bench:compare -- BASE [--head COMMIT] [--circuit NAME] [--pairs N] [--limit PERCENT] [--json] [--keep]: the
// gate. Proves with two commits in turns; exit code 1 where the later one is slower. docs/design/compare.md.
import { fileURLToPath } from "node:url";
import { compareCommand, stopOnRequest } from "@commune-zk/benchmarks";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { prepareStored } from "./shared/stored-workload.ts";

const tell = (line: string): void => console.error(line);
process.exitCode = await compareCommand(
  process.argv.slice(2),
  {
    root: REPOSITORY_ROOT,
    prepare: prepareStored,
    entry: fileURLToPath(new URL("./bench-compare-side.js", import.meta.url)),
    print: (text) => console.log(text),
    tell,
  },
  stopOnRequest(() => tell("stopping. Again: ends at once")),
);

// npm run bench:fixtures [-- --ballots N]: makes the election that `npm run bench` tallies and audits.
// A thousand proofs take long. Interrupt it at will: it goes on where it stopped.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeFixture } from "@commune-zk/benchmarks";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { loadKeys } from "./shared/keys.ts";

const LINE_EVERY = 50;

const { values } = parseArgs({ options: { ballots: { type: "string", default: "1000" } } });
const ballots = Number(values.ballots);
if (!Number.isInteger(ballots) || ballots < 1 || ballots > 1024) {
  throw new Error("--ballots wants a number from 1 to 1024");
}
const start = performance.now();
await makeFixture({
  root: join(REPOSITORY_ROOT, "build/bench-fixtures"),
  ballots,
  keys: await loadKeys(),
  entry: fileURLToPath(new URL("./bench-prover.js", import.meta.url)),
  log: (line) => console.log(line),
  onProgress: (step, done, total) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const line = `ballots ${step}: ${done} of ${total} (${seconds} s)`;
    if (process.stdout.isTTY) process.stdout.write(`\r${line}${done === total ? "\n" : ""}`);
    else if (done % LINE_EVERY === 0 || done === total) console.log(line);
  },
});
console.log(`the election of ${ballots} ballots is complete`);

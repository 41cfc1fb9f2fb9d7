// npm run bench:profile: where the time of a proof goes, by the functions of WebAssembly. One thread, so that all is seen.
import { parseArgs } from "node:util";
import { describeCommit, describeLoad, describeMachine, profileProofs } from "@commune-zk/benchmarks";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { wasmEngine } from "@commune-zk/prover";
import { allowRelaxedSimd } from "@commune-zk/prover/node";
import { positiveOption } from "./shared/run.ts";
import { prepareStored } from "./shared/stored-workload.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "20" } } });
const runs = positiveOption(values.runs, "--runs");

allowRelaxedSimd();
console.log(`machine   ${describeMachine()}`);
console.log(`load      ${describeLoad()} over 1, 5 and 15 minutes, at the start`);
console.log(`commit    ${describeCommit(REPOSITORY_ROOT)}`);
const workload = await prepareStored("semaphore-20");
for (const [kernels, relaxedSimd] of [
  ["relaxed SIMD", true],
  ["scalar kernels", false],
] as const) {
  const rows = await profileProofs(() => wasmEngine({ relaxedSimd }), workload, runs);
  const total = rows.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  console.log(`\nsemaphore-20, one thread, ${kernels}, mean of ${runs} warm proofs: ${total.toFixed(0)} ms`);
  for (const { name, calls, milliseconds } of rows) {
    if (milliseconds < total / 200) continue;
    const share = `${((100 * milliseconds) / total).toFixed(1)} %`.padStart(8);
    console.log(
      `${name.padEnd(34)}${milliseconds.toFixed(1).padStart(8)} ms${share}${calls.toFixed(0).padStart(8)} calls`,
    );
  }
}

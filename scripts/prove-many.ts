// npm run test:proofs: proves random statements of every circuit, has each judged by our verifier, by snarkjs and by
// noble, and prints a line for each block of cases. docs/design/logs/proofs.log is such a run.
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { describeCommit, describeMachine, stopOnRequest } from "@commune-zk/benchmarks";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { wasmEngine } from "@commune-zk/prover";
import { allowRelaxedSimd } from "@commune-zk/prover/node";
import { endThreads } from "./end-threads.ts";
import { KIND_NAMES, openKinds, proveCase } from "./proofs/kinds.ts";
import { blockLine } from "./proofs/log.ts";
import { positiveOption } from "./shared/run.ts";

const BLOCK = 100;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Date.now() / 1000)) },
    count: { type: "string", default: "1000" },
    only: { type: "string", multiple: true },
  },
});
const seed = positiveOption(values.seed, "--seed");
const count = positiveOption(values.count, "--count");
const names = values.only ?? KIND_NAMES;
for (const name of names) {
  if (!KIND_NAMES.includes(name)) throw new Error(`--only ${name}: expected one of ${KIND_NAMES.join(", ")}`);
}

const signal = stopOnRequest(() => console.error("stopping"));
const only = (values.only ?? []).map((name) => ` --only ${name}`).join("");
console.log(`command npm run test:proofs -- --seed ${seed} --count ${count}${only}`);
console.log(`machine ${describeMachine()}`);
console.log(`commit  ${describeCommit(REPOSITORY_ROOT)}`);
console.log(`began   ${new Date().toISOString()}`);
allowRelaxedSimd();
const simd = wasmEngine();
const scalar = wasmEngine({ relaxedSimd: false });
/** One block of so many is proven by the scalar kernels. */
const SCALAR_EACH = 5;
let proofs = 0;
for await (const kind of openKinds(names)) {
  for (let from = 0; from < count; from += BLOCK) {
    const to = Math.min(count, from + BLOCK) - 1;
    const engine = (from / BLOCK) % SCALAR_EACH === SCALAR_EACH - 1 ? scalar : simd;
    const digests: string[] = [];
    for (let number = from; number <= to; number++) {
      signal.throwIfAborted();
      digests.push(await proveCase(engine, kind, seed, number));
      proofs++;
    }
    const all = createHash("sha256").update(digests.join("")).digest("hex");
    console.log(blockLine({ kind: kind.name, seed, from, to, first: digests[0]!, all }));
  }
}
console.log(`ended   ${new Date().toISOString()}`);
console.log(
  `${proofs} proofs: each good by commune-zk, snarkjs and noble; of every tenth another statement refused by all`,
);
await simd.dispose();
await scalar.dispose();
await endThreads();

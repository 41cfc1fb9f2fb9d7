// Each package, built, is imported in a plain `node` process that then ends by itself within ten seconds.
import { spawnSync } from "node:child_process";

const PACKAGES = [
  "@commune-zk/circuits",
  "@commune-zk/prover",
  "@commune-zk/prover/node",
  "@commune-zk/prover/rehearsal",
  "@commune-zk/keys",
  "@commune-zk/verifier",
  "@commune-zk/benchmarks",
  "@commune-zk/benchmarks/serve-proofs",
  "@commune-zk/benchmarks/serve-side",
];

let ok = true;
for (const name of PACKAGES) {
  const source = `const all = await import(${JSON.stringify(name)}); if (typeof all !== "object") process.exit(1);`;
  const run = spawnSync("node", ["--input-type=module", "--eval", source], {
    encoding: "utf8",
    timeout: 10_000,
  });
  if (run.status !== 0) {
    ok = false;
    console.error(`${name}: ${run.error?.message ?? run.stderr}`);
  }
}
process.exitCode = ok ? 0 : 1;

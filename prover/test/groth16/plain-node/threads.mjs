// A script as an integrator writes one, with the package as it is built: node threads.mjs <threads> <dispose|leave>.
// Proves a sign-in twice by several threads, aborts a third proof, says what came of it, and runs out of work.
import { readFile } from "node:fs/promises";
import {
  createIdentity,
  createVerifier,
  parseSemaphoreManifest,
  parseVerificationKey,
  readArtifact,
  semaphoreProvingArtifacts,
  wasmEngine,
} from "@commune-zk/prover";
import { directoryArtifactSource, nodeThreads, semaphorePackageDirectory } from "@commune-zk/prover/node";

const [count, end] = process.argv.slice(2);
const manifest = parseSemaphoreManifest(
  await readFile(new URL("../../../../keys/semaphore.json", import.meta.url)),
);
const source = directoryArtifactSource(semaphorePackageDirectory());
const verifier = await createVerifier(
  parseVerificationKey(await readArtifact(source, manifest.circuits[1].verificationKey)),
);
let started = 0;
const { start, ...threads } = nodeThreads(Number(count));
const engine = wasmEngine({
  threads: {
    ...threads,
    start() {
      started++;
      return start();
    },
  },
});
const options = {
  artifacts: await semaphoreProvingArtifacts(source, manifest, 2),
  inputs: {
    secret: createIdentity().secret,
    merkleProofLength: 2n,
    merkleProofIndex: 1n,
    merkleProofSiblings: [1000n, 1001n],
    scope: 5n,
    message: 6n,
  },
};
for (let i = 0; i < 2; i++) {
  const { publicSignals, proof } = await engine.prove(options);
  console.log(`verified: ${await verifier.verify(publicSignals, proof)}`);
}
const controller = new AbortController();
const third = engine.prove({ ...options, signal: controller.signal });
setTimeout(() => controller.abort(), 5);
console.log(
  `aborted: ${await third.then(
    () => "no",
    ({ name }) => name,
  )}`,
);
console.log(`threads: ${started}`);
if (end === "dispose") await engine.dispose();

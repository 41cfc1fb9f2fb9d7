// npm run keys:semaphore: pins the public ceremony's keys, as npm installed them, in keys/semaphore.json.
// With --check it writes nothing and says whether the file is what the installed package gives.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import {
  canonicalBytes,
  equalBytes,
  MAX_MEMBERSHIP_DEPTH,
  readSemaphoreManifest,
  SEMAPHORE_MANIFEST_DIGEST,
  type SemaphoreManifest,
} from "@commune-zk/prover";
import { semaphorePackageDirectory } from "@commune-zk/prover/node";
import { phase2Contributions } from "./semaphore-manifest/zkey.ts";

const PROVENANCE =
  "Semaphore V4 circuit as corrected in 2025 (semaphore-protocol/semaphore issue 999, pull request 1012: in " +
  "earlier keys an under-constrained path lets anybody prove membership). Phase 2 by the public ceremony " +
  "'Semaphore Binary Merkle Root Fix' of Privacy & Scaling Explorations, published as version 4.13.0 in August " +
  "2025 (pull request 1037). 'contributions' counts what the contribution section of each proving key lists, the " +
  "closing beacon among them. Neither phase 1 nor the chain of contributions was verified here: the package " +
  "carries neither the r1cs nor the powers of tau.";

const target = join(REPOSITORY_ROOT, "keys/semaphore.json");
const directory = semaphorePackageDirectory();
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function circuit(depth: number): Promise<SemaphoreManifest["circuits"][number]> {
  const file = async (extension: string) => {
    const path = `semaphore-${depth}.${extension}`;
    const bytes = await readFile(join(directory, path));
    return { bytes, entry: { path, sha256: sha256(bytes), size: bytes.length } };
  };
  const provingKey = await file("zkey");
  return {
    depth,
    contributions: phase2Contributions(provingKey.bytes),
    wasm: (await file("wasm")).entry,
    provingKey: provingKey.entry,
    verificationKey: (await file("json")).entry,
  };
}

const { version } = JSON.parse(await readFile(join(directory, "package.json"), "utf8")) as {
  version: string;
};
const circuits: SemaphoreManifest["circuits"] = [];
for (let depth = 1; depth <= MAX_MEMBERSHIP_DEPTH; depth++) circuits.push(await circuit(depth));
const bytes = canonicalBytes({
  type: "commune-zk/semaphore-manifest/v1",
  package: { name: "@zk-kit/semaphore-artifacts", version },
  provenance: PROVENANCE,
  circuits,
} satisfies SemaphoreManifest);
readSemaphoreManifest(bytes, "semaphore.json");

if (process.argv.includes("--check")) {
  const same = equalBytes(await readFile(target), bytes);
  console.log(same ? "keys/semaphore.json is what the package gives" : "keys/semaphore.json is out of date");
  process.exitCode = same ? 0 : 1;
} else {
  await writeFile(target, bytes);
  console.log(`keys/semaphore.json: ${circuits.length} depths of version ${version}`);
}
if (sha256(bytes) !== SEMAPHORE_MANIFEST_DIGEST) {
  console.error(`the library pins another digest: SEMAPHORE_MANIFEST_DIGEST has to be ${sha256(bytes)}`);
  process.exitCode = 1;
}

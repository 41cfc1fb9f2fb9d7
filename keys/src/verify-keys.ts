// Checks the stored keys against circuits and phase 1, as anybody can.
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { compileCircuit, REPOSITORY_ROOT, readR1csHeader } from "@commune-zk/circuits";
import {
  type CircuitEntry,
  type KeyedCircuitName,
  type KeyManifest,
  parseManifest,
  parseVerificationKey,
} from "@commune-zk/prover";
import { type Logger, powersOfTau, zKey } from "snarkjs";
import { KEY_SET_NAMES, KEY_SETS, type KeySetName, layout } from "./layout.ts";
import { unpackPhase1 } from "./phase1.ts";

/** Where {@link verifyKeys} reads and works. */
export interface VerifyKeysOptions {
  /** The key sets to check; all unless told. */
  readonly sets?: readonly KeySetName[];
  /** Folder of the stored keys. */
  readonly artifacts: string;
  /** Scratch files of some 100 MB. */
  readonly work: string;
  readonly log: (line: string) => void;
}

/**
 * Checks every file's digest and size; compiles each circuit and compares wasm and r1cs; verifies phase 1, and
 * each proving key against circuit and phase 1 with all its contributions. Takes tens of minutes.
 *
 * @throws Error - the first thing that is not as it must be.
 */
export async function verifyKeys({
  artifacts,
  work,
  sets = KEY_SET_NAMES,
  log,
}: VerifyKeysOptions): Promise<void> {
  await mkdir(work, { recursive: true });
  const manifests: { set: KeySetName; manifest: KeyManifest }[] = [];
  for (const set of sets) manifests.push({ set, manifest: await checkFiles(artifacts, set) });
  log("digests and sizes agree with the manifests");
  const phase1 = join(work, "verify-phase1.ptau");
  await unpackPhase1(join(artifacts, layout.phase1), phase1);
  if (!(await powersOfTau.verify(phase1))) throw new Error("phase 1 does not verify");
  log("phase 1 verifies; preparing it for phase 2 …");
  const prepared = join(work, "verify-prepared.ptau");
  await powersOfTau.preparePhase2(phase1, prepared);
  for (const { set, manifest } of manifests) {
    const { folder, circuits } = KEY_SETS[set];
    for (const name of circuits) {
      await checkCircuit(name, manifest, { artifacts: join(artifacts, folder), prepared });
      log(`${name}: circuit, proving key and verification key agree`);
    }
  }
}

/**
 * Digests and sizes of all stored files of a key set, against its manifest.
 *
 * @param artifacts - folder of all stored keys.
 * @throws Error - a file or circuit that is not as the manifest says.
 * @throws InputError - the manifest or a verification key is malformed.
 */
export async function checkFiles(artifacts: string, set: KeySetName): Promise<KeyManifest> {
  const { folder, circuits } = KEY_SETS[set];
  const directory = join(artifacts, folder);
  const { manifest } = parseManifest(await readFile(join(directory, layout.manifest)));
  const named = Object.keys(manifest.circuits).sort();
  if (!isDeepStrictEqual(named, [...circuits].sort())) {
    throw new Error(`the manifest of ${set} is for ${named.join(", ")}`);
  }
  for (const name of circuits) {
    const entry = manifest.circuits[name]!;
    for (const file of [entry.wasm, entry.provingKey, entry.verificationKey, entry.transcript]) {
      const bytes = await readFile(join(directory, file.path));
      if (bytes.length !== file.size || sha256(bytes) !== file.sha256) {
        throw new Error(`${file.path} is not the file of the manifest`);
      }
    }
    parseVerificationKey(await readFile(join(directory, entry.verificationKey.path)));
    await checkTranscript(name, entry, directory);
  }
  return manifest;
}

/** The transcript says what the manifest says. */
async function checkTranscript(
  name: KeyedCircuitName,
  { r1csSha256, constraints, contributions, transcript: file }: CircuitEntry,
  artifacts: string,
): Promise<void> {
  const { beacon: _, ...transcript } = JSON.parse(await readFile(join(artifacts, file.path), "utf8"));
  if (!isDeepStrictEqual(transcript, { circuit: name, r1csSha256, constraints, contributions })) {
    throw new Error(`${file.path} does not say what the manifest says`);
  }
}

async function checkCircuit(
  name: KeyedCircuitName,
  manifest: KeyManifest,
  { artifacts, prepared }: { artifacts: string; prepared: string },
): Promise<void> {
  const entry = manifest.circuits[name]!;
  const source = join(REPOSITORY_ROOT, `circuits/main/${name}.circom`);
  const compiled = await compileCircuit(source, join(REPOSITORY_ROOT, "build/keys-verify"));
  const r1cs = await readFile(compiled.r1cs);
  if (sha256(r1cs) !== entry.r1csSha256) throw new Error(`${name}: another circuit`);
  if (readR1csHeader(r1cs).constraints !== entry.constraints) throw new Error(`${name}: another size`);
  if (sha256(await readFile(compiled.wasm)) !== entry.wasm.sha256) throw new Error(`${name}: another wasm`);
  const provingKey = join(artifacts, entry.provingKey.path);
  const lines: string[] = [];
  if (!(await zKey.verifyFromR1cs(compiled.r1cs, prepared, provingKey, collect(lines)))) {
    throw new Error(`${name}: the proving key does not verify:\n${lines.join("\n")}`);
  }
  const said = lines.join("\n").replace(/\s/g, "");
  for (const { hash } of entry.contributions) {
    if (!said.includes(hash)) throw new Error(`${name}: the proving key lacks contribution ${hash}`);
  }
  const exported = `${JSON.stringify(await zKey.exportVerificationKey(provingKey))}\n`;
  if (exported !== (await readFile(join(artifacts, entry.verificationKey.path), "utf8"))) {
    throw new Error(`${name}: the verification key is not that of the proving key`);
  }
}

function collect(lines: string[]): Logger {
  const add = (line: string): void => {
    lines.push(line);
  };
  return { debug: () => undefined, info: add, warn: add, error: add };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

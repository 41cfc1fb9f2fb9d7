// Checks the stored keys against circuits and phase 1, as anybody can.
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { compileCircuit, REPOSITORY_ROOT, readR1csHeader } from "@commune-zk/circuits";
import {
  CIRCUIT_NAMES,
  type CircuitName,
  type KeyManifest,
  parseManifest,
  parseVerificationKey,
} from "@commune-zk/prover";
import { type Logger, powersOfTau, zKey } from "snarkjs";
import { layout } from "./layout.ts";
import { unpackPhase1 } from "./phase1.ts";

type CircuitEntry = NonNullable<KeyManifest["circuits"][CircuitName]>;

/** Where {@link verifyKeys} reads and works. */
export interface VerifyKeysOptions {
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
export async function verifyKeys({ artifacts, work, log }: VerifyKeysOptions): Promise<void> {
  await mkdir(work, { recursive: true });
  const { manifest } = await checkFiles(artifacts);
  log("digests and sizes agree with the manifest");
  const phase1 = join(work, "verify-phase1.ptau");
  await unpackPhase1(join(artifacts, layout.phase1), phase1);
  if (!(await powersOfTau.verify(phase1))) throw new Error("phase 1 does not verify");
  log("phase 1 verifies; preparing it for phase 2 …");
  const prepared = join(work, "verify-prepared.ptau");
  await powersOfTau.preparePhase2(phase1, prepared);
  for (const name of CIRCUIT_NAMES) {
    await checkCircuit(name, manifest, { artifacts, prepared });
    log(`${name}: circuit, proving key and verification key agree`);
  }
}

/** Digests and sizes of all stored files, against the manifest. */
export async function checkFiles(artifacts: string): Promise<{ manifest: KeyManifest }> {
  const { manifest } = parseManifest(await readFile(join(artifacts, layout.manifest)));
  for (const name of CIRCUIT_NAMES) {
    const entry = manifest.circuits[name];
    if (entry === undefined) throw new Error(`the manifest has no ${name}`);
    for (const file of [entry.wasm, entry.provingKey, entry.verificationKey, entry.transcript]) {
      const bytes = await readFile(join(artifacts, file.path));
      if (bytes.length !== file.size || sha256(bytes) !== file.sha256) {
        throw new Error(`${file.path} is not the file of the manifest`);
      }
    }
    parseVerificationKey(await readFile(join(artifacts, entry.verificationKey.path)));
    await checkTranscript(name, entry, artifacts);
  }
  return { manifest };
}

/** The transcript says what the manifest says. */
async function checkTranscript(
  name: CircuitName,
  { r1csSha256, constraints, contributions, transcript: file }: CircuitEntry,
  artifacts: string,
): Promise<void> {
  const { beacon: _, ...transcript } = JSON.parse(await readFile(join(artifacts, file.path), "utf8"));
  if (!isDeepStrictEqual(transcript, { circuit: name, r1csSha256, constraints, contributions })) {
    throw new Error(`${file.path} does not say what the manifest says`);
  }
}

async function checkCircuit(
  name: CircuitName,
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

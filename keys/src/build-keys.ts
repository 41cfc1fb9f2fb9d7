// Makes keys anew: phase 1, phase 2 of every circuit, manifests.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compileCircuit, REPOSITORY_ROOT, readR1csHeader } from "@commune-zk/circuits";
import {
  type CircuitEntry,
  canonicalBytes,
  type KeyedCircuitName,
  type KeyManifest,
  type ManifestFile,
} from "@commune-zk/prover";
import { powersOfTau, zKey } from "snarkjs";
import { KEY_SET_NAMES, KEY_SETS, type KeySetName, layout } from "./layout.ts";
import { BEACON_ITERATIONS_EXP, entropy, makePhase1, packPhase1, unpackPhase1 } from "./phase1.ts";

/** Where {@link buildKeys} works and writes, and what it may take as given. */
export interface BuildKeysOptions {
  /** Finished keys: a folder as `layout` says. */
  readonly output: string;
  /** Scratch files of some 100 MB. */
  readonly work: string;
  /**
   * The one key set to make, from the phase 1 that `output` holds: the other sets stay as they are. Without it
   * all are made, from a new phase 1.
   */
  readonly set?: KeySetName;
  /** The finished, unprepared phase 1 file (`.ptau`) to make all sets from, instead of a new one. */
  readonly phase1?: string;
  /** That phase 1, prepared for phase 2; made where absent. */
  readonly prepared?: string;
  readonly log: (line: string) => void;
}

const CONTRIBUTIONS = ["development 1", "development 2", "development 3"];
const BEACON_NAME = "development beacon";

/**
 * Makes key sets of kind "development" and their manifests. Takes tens of minutes.
 *
 * @throws RangeError - one set, and a phase 1 that may not be the other set's.
 */
export async function buildKeys(options: BuildKeysOptions): Promise<void> {
  const { output, work, set, log } = options;
  if (set !== undefined && options.phase1 !== undefined) {
    throw new RangeError("phase1: a single set is made from the stored phase 1");
  }
  await mkdir(output, { recursive: true });
  await mkdir(work, { recursive: true });
  const prepared = await preparedPhase1(options);
  for (const name of set === undefined ? KEY_SET_NAMES : [set]) {
    const { folder, circuits } = KEY_SETS[name];
    const manifest: KeyManifest = { type: "commune-zk/key-manifest/v1", kind: "development", circuits: {} };
    for (const circuit of circuits) {
      log(`${circuit} …`);
      manifest.circuits[circuit] = await buildCircuit(circuit, {
        output: join(output, folder),
        work,
        prepared,
      });
    }
    await writeFile(join(output, folder, layout.manifest), canonicalBytes(manifest));
  }
}

/** Phase 1, prepared; where all sets are made, it is stored in `output` too. */
async function preparedPhase1({ output, work, set, log, ...given }: BuildKeysOptions): Promise<string> {
  let { phase1 } = given;
  const stored = join(output, layout.phase1);
  if (set === undefined) {
    if (phase1 === undefined) {
      log("phase 1 …");
      phase1 = await makePhase1(work);
    }
    await packPhase1(phase1, stored);
  }
  if (given.prepared !== undefined) return given.prepared;
  if (phase1 === undefined) {
    phase1 = join(work, "phase1.ptau");
    await unpackPhase1(stored, phase1);
  }
  log("preparing phase 2 …");
  const prepared = join(work, "prepared.ptau");
  await powersOfTau.preparePhase2(phase1, prepared);
  return prepared;
}

async function buildCircuit(
  name: KeyedCircuitName,
  { output, work, prepared }: { output: string; work: string; prepared: string },
): Promise<CircuitEntry> {
  await mkdir(join(output, name), { recursive: true });
  const compiled = await compileCircuit(
    join(REPOSITORY_ROOT, `circuits/main/${name}.circom`),
    join(REPOSITORY_ROOT, "build/keys"),
  );
  const step = (i: number): string => join(work, `${name}-${i}.zkey`);
  await zKey.newZKey(compiled.r1cs, prepared, step(0));
  const contributions: { name: string; hash: string }[] = [];
  for (const [i, contributor] of CONTRIBUTIONS.entries()) {
    const hash = await zKey.contribute(step(i), step(i + 1), contributor, entropy());
    contributions.push({ name: contributor, hash: hex(hash) });
  }
  const beacon = { value: entropy(32), iterationsExp: BEACON_ITERATIONS_EXP };
  const final = join(output, layout.provingKey(name));
  const last = step(CONTRIBUTIONS.length);
  const beaconHash = await zKey.beacon(last, final, BEACON_NAME, beacon.value, beacon.iterationsExp);
  contributions.push({ name: BEACON_NAME, hash: hex(beaconHash) });
  await copyFile(compiled.wasm, join(output, layout.wasm(name)));
  const verificationKey = await zKey.exportVerificationKey(final);
  await writeFile(join(output, layout.verificationKey(name)), `${JSON.stringify(verificationKey)}\n`);

  const r1cs = await readFile(compiled.r1cs);
  const { constraints } = readR1csHeader(r1cs);
  const transcript = { circuit: name, r1csSha256: sha256(r1cs), constraints, contributions, beacon };
  await writeFile(join(output, layout.transcript(name)), `${JSON.stringify(transcript, null, 2)}\n`);
  return {
    r1csSha256: transcript.r1csSha256,
    constraints,
    contributions,
    wasm: await describe(output, layout.wasm(name)),
    provingKey: await describe(output, layout.provingKey(name)),
    verificationKey: await describe(output, layout.verificationKey(name)),
    transcript: await describe(output, layout.transcript(name)),
  };
}

async function describe(output: string, path: string): Promise<ManifestFile> {
  const bytes = await readFile(join(output, path));
  return { path, sha256: sha256(bytes), size: bytes.length };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

// What is proven in long runs: each kind of statement with its keys, and a judge of three implementations.
import { createHash } from "node:crypto";
import { snarkjsVerifier } from "@commune-zk/benchmarks";
import { openOracle } from "@commune-zk/circuits/soundness";
import {
  CIRCUIT_NAMES,
  type CircuitInputs,
  circuitEntry,
  createVerifier,
  type Engine,
  HOURS_CIRCUIT_NAMES,
  type KeyedCircuitName,
  type ProvenStatement,
  type ProvingArtifacts,
  parseSemaphoreManifest,
  parseVerificationKey,
  provingArtifacts,
  readArtifact,
  semaphoreProvingArtifacts,
} from "@commune-zk/prover";
import { type KeySet, loadKeys } from "../shared/keys.ts";
import { loadSemaphoreKeys } from "../shared/semaphore-keys.ts";
import { nobleAccepts } from "./noble-verifier.ts";
import { ballotInputs, claimInputs, SEMAPHORE_DEPTHS, signInInputs } from "./statements.ts";

/** A kind of statement, ready to be proven. */
export interface Kind {
  readonly name: string;
  readonly artifacts: ProvingArtifacts;
  /** Inputs of a case. */
  inputs(seed: number, number: number): CircuitInputs;
  /**
   * That all three accept a statement.
   *
   * @throws Error - one does not.
   */
  accept(statement: ProvenStatement): Promise<void>;
  /**
   * That all three refuse the same with another first public signal.
   *
   * @throws Error - one does not.
   */
  refuseOther(statement: ProvenStatement): Promise<void>;
}

/** Names of all kinds. */
export const KIND_NAMES: readonly string[] = [
  ...CIRCUIT_NAMES,
  ...HOURS_CIRCUIT_NAMES,
  ...SEMAPHORE_DEPTHS.map((depth) => `semaphore-${depth}`),
];

/** Kinds, one after the other: each one's keys are read when it is asked for. */
export async function* openKinds(names: readonly string[] = KIND_NAMES): AsyncGenerator<Kind> {
  const oracle = await openOracle();
  const wanted = <T extends string>(all: readonly T[]): readonly T[] =>
    all.filter((name) => names.includes(name));
  const ballots = await loadKeys();
  for (const name of wanted(CIRCUIT_NAMES)) {
    yield await keyedKind(ballots, name, (id) => ballotInputs(oracle, name, id));
  }
  const hours = await loadKeys("hours");
  for (const name of wanted(HOURS_CIRCUIT_NAMES)) {
    yield await keyedKind(hours, name, (id) => claimInputs(oracle, name, id));
  }
  const { manifestBytes, artifacts: source } = await loadSemaphoreKeys();
  const manifest = parseSemaphoreManifest(manifestBytes);
  for (const depth of SEMAPHORE_DEPTHS) {
    const name = `semaphore-${depth}`;
    if (!names.includes(name)) continue;
    yield kindOf(name, {
      artifacts: await semaphoreProvingArtifacts(source, manifest, depth),
      key: await readArtifact(source, manifest.circuits[depth - 1]!.verificationKey),
      inputs: (id) => signInInputs(depth, id),
    });
  }
}

async function keyedKind(
  { manifest: { manifest }, artifacts: source }: KeySet,
  name: KeyedCircuitName,
  inputs: (id: string) => CircuitInputs,
): Promise<Kind> {
  return kindOf(name, {
    artifacts: await provingArtifacts(source, manifest, name),
    key: await readArtifact(source, circuitEntry(manifest, name).verificationKey),
    inputs,
  });
}

async function kindOf(
  name: string,
  {
    artifacts,
    key,
    inputs,
  }: { artifacts: ProvingArtifacts; key: Uint8Array; inputs: (id: string) => CircuitInputs },
): Promise<Kind> {
  const parsed = parseVerificationKey(key);
  const ours = await createVerifier(parsed);
  const snarkjs = snarkjsVerifier(JSON.parse(new TextDecoder().decode(key)));
  const verdicts = async (statement: ProvenStatement): Promise<string> =>
    [
      await ours.verify(statement.publicSignals, statement.proof),
      await snarkjs(statement),
      nobleAccepts(parsed, statement),
    ].join();
  return {
    name,
    artifacts,
    inputs: (seed, number) => inputs(`${seed}/${name}/${number}`),
    async accept(statement) {
      const good = await verdicts(statement);
      if (good !== "true,true,true") throw new Error(`commune-zk, snarkjs, noble: ${good} of a good proof`);
    },
    async refuseOther(statement) {
      const { publicSignals } = statement;
      const other = { ...statement, publicSignals: publicSignals.with(0, publicSignals[0]! ^ 1n) };
      const bad = await verdicts(other);
      if (bad !== "false,false,false") throw new Error(`commune-zk, snarkjs, noble: ${bad} of a bad proof`);
    },
  };
}

/** SHA-256 of a statement's public signals, in decimals with commas between. */
export function digestOf({ publicSignals }: ProvenStatement): string {
  return createHash("sha256").update(publicSignals.join()).digest("hex");
}

/**
 * Proves a case and has all judge it; of every tenth also what they must refuse.
 *
 * @returns the digest of its public signals.
 * @throws Error - what went wrong, with kind and number.
 */
export async function proveCase(engine: Engine, kind: Kind, seed: number, number: number): Promise<string> {
  try {
    const statement = await engine.prove({ artifacts: kind.artifacts, inputs: kind.inputs(seed, number) });
    await kind.accept(statement);
    if (number % 10 === 0) await kind.refuseOther(statement);
    return digestOf(statement);
  } catch (error) {
    throw new Error(`${kind.name}, case ${number} of seed ${seed}`, { cause: error });
  }
}

// Each statement that is measured, ready for any engine: files, inputs, and what tells whether it was proven.
import { join } from "node:path";
import {
  CIRCUIT_NAMES,
  type CircuitInput,
  type CircuitName,
  checkStatement,
  circuitEntry,
  createVerifier,
  fromHex,
  type Groth16Proof,
  HOURS_CIRCUIT_NAMES,
  type HoursCircuitName,
  hashFramed,
  type KeyedCircuitName,
  type ManifestFile,
  membershipVerifier,
  type ProvingArtifacts,
  parseProof,
  parseSemaphoreManifest,
  proveClaim,
  proveSignIn,
  provingArtifacts,
  semaphoreProvingArtifacts,
  toHex,
  utf8,
  validateSnapshot,
  verificationKeyOf,
  verifyClaim,
} from "@commune-zk/prover";
import { randomHex } from "@commune-zk/prover/rehearsal";
import { capturedInputs, inputsToJson } from "../captured-inputs.ts";
import { expect } from "../measure.ts";
import { makeSampleRoll, type SemaphoreKeys } from "../membership.ts";
import { MEMBERSHIP_DEPTHS, type Workload } from "../results/schema.ts";
import { makeSampleClaim } from "../sample-policy.ts";
import { type BenchKeys, makeSamplePoll, sampleInputs } from "../sample-poll.ts";
import type { MembershipStatement } from "./engines.ts";
import type { TimedProof } from "./timed-proof.ts";

const MEMBERS = 3;
const ORIGIN = "https://commune.example";

/** The keys of everything that is measured. */
export interface WorkloadKeys {
  readonly ballot: BenchKeys;
  readonly hours: BenchKeys;
  readonly semaphore: SemaphoreKeys;
}

/** A file that engines read: bytes, where they lie, and their SHA-256. */
export interface ArtifactFile {
  readonly bytes: Uint8Array;
  readonly path: string;
  readonly sha256: string;
}

/** A statement of a made-up member that any engine can prove. */
export interface PreparedWorkload {
  readonly name: Workload;
  readonly wasm: ArtifactFile;
  readonly provingKey: ArtifactFile;
  /** Of `inputsToJson`. */
  readonly inputs: string;
  readonly membership: MembershipStatement | null;
  /**
   * Checks statement and proof.
   *
   * @throws Error - another thing was proven, or nothing.
   */
  verify(made: Pick<TimedProof, "proof" | "publicSignals">): Promise<void>;
}

/**
 * Makes up an election, a ledger or a roll, and what one of its members has to prove.
 *
 * @throws InputError - as `readArtifact`.
 */
export async function prepareWorkload(name: Workload, keys: WorkloadKeys): Promise<PreparedWorkload> {
  if (isOneOf(CIRCUIT_NAMES, name)) return prepareBallot(name, keys.ballot);
  if (isOneOf(HOURS_CIRCUIT_NAMES, name)) return prepareClaimOf(name, keys.hours);
  const depth = MEMBERSHIP_DEPTHS.find((each) => name === `semaphore-${each}`);
  if (depth === undefined) throw new RangeError(`no workload is named ${name}`);
  return prepareSignIn(name, depth, keys.semaphore);
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name);
}

async function prepareBallot(name: CircuitName, keys: BenchKeys): Promise<PreparedWorkload> {
  const sample = makeSamplePoll({ circuit: name, members: MEMBERS, keys });
  const { files, artifacts, verifier } = await keyedCircuit(name, keys);
  const inputs = await sampleInputs(sample, artifacts);
  return {
    name,
    ...files,
    inputs: inputsToJson(inputs),
    membership: null,
    async verify(made) {
      const { publicSignals, proof } = read(made);
      checkStatement(sample.poll, publicSignals, "ballot");
      expect(await verifier.verify(publicSignals, proof), "a ballot's proof does not verify");
    },
  };
}

async function prepareClaimOf(name: HoursCircuitName, keys: BenchKeys): Promise<PreparedWorkload> {
  const { policy, ledger, now, claim } = await makeSampleClaim(name, keys);
  const { files, artifacts, verifier } = await keyedCircuit(name, keys);
  const inputs = await capturedInputs((engine) => proveClaim({ claim, artifacts, engine }));
  return {
    name,
    ...files,
    inputs: inputsToJson(inputs),
    membership: null,
    async verify(made) {
      await verifyClaim({ policy, ledger, claim: read(made), now, verifier });
    },
  };
}

async function prepareSignIn(
  name: Workload,
  depth: (typeof MEMBERSHIP_DEPTHS)[number],
  { manifestBytes, artifacts: source, directory }: SemaphoreKeys,
): Promise<PreparedWorkload> {
  const manifest = parseSemaphoreManifest(manifestBytes);
  const { snapshotBytes, identity, path } = makeSampleRoll(depth);
  const { roll } = validateSnapshot(snapshotBytes, { kind: "none" });
  const challenge = { origin: ORIGIN, nonce: randomHex() };
  const artifacts = await semaphoreProvingArtifacts(source, manifest, depth);
  const inputs = await capturedInputs((engine) =>
    proveSignIn({ ...challenge, identity, roll, path, artifacts, engine }),
  );
  const verifier = membershipVerifier(source, manifest);
  const { wasm, provingKey } = manifest.circuits[depth - 1]!;
  return {
    name,
    ...filesOf({ wasm, provingKey }, artifacts, directory),
    inputs: inputsToJson(inputs),
    membership: {
      privateKey: toHex(identity.privateKey),
      root: String(roll.root),
      index: path.index,
      siblings: path.siblings.map(String),
      scope: signInScope("scope", challenge),
      message: signInScope("message", challenge),
    },
    async verify(made) {
      const { publicSignals, proof } = read(made);
      const [root, , message, scope] = publicSignals;
      // The nullifier follows from scope and secret; the circuit sees to that.
      expect(root === roll.root, "a sign-in was proven on another roll");
      expect(isInput(inputs.message, message) && isInput(inputs.scope, scope), "another sign-in was proven");
      expect(await verifier.verify(depth, publicSignals, proof), "a sign-in's proof does not verify");
    },
  };
}

/** What a stock client is given for this sign-in: docs/spec/membership.md §7. A wrong one would not verify. */
function signInScope(
  kind: "scope" | "message",
  { origin, nonce }: { origin: string; nonce: string },
): string {
  const hash = hashFramed(`${kind}/sign-in`, [utf8(origin), fromHex(nonce, 32)]);
  return BigInt(`0x${toHex(hash.subarray(0, 31))}`).toString();
}

function isInput(input: CircuitInput | undefined, value: bigint | undefined): boolean {
  return typeof input === "bigint" && input === value;
}

async function keyedCircuit(name: KeyedCircuitName, { manifest, artifacts: source, directory }: BenchKeys) {
  const artifacts = await provingArtifacts(source, manifest.manifest, name);
  return {
    artifacts,
    files: filesOf(circuitEntry(manifest.manifest, name), artifacts, directory),
    verifier: await createVerifier(await verificationKeyOf(source, manifest.manifest, name)),
  };
}

/** @param directory - to which the paths of the manifest are relative. */
function filesOf(
  entry: Readonly<Record<"wasm" | "provingKey", ManifestFile>>,
  artifacts: ProvingArtifacts,
  directory: string,
): Pick<PreparedWorkload, "wasm" | "provingKey"> {
  const file = (kind: "wasm" | "provingKey"): ArtifactFile => ({
    bytes: artifacts[kind],
    path: join(directory, entry[kind].path),
    sha256: entry[kind].sha256,
  });
  return { wasm: file("wasm"), provingKey: file("provingKey") };
}

function read({ proof, publicSignals }: Pick<TimedProof, "proof" | "publicSignals">): {
  readonly proof: Groth16Proof;
  readonly publicSignals: readonly bigint[];
} {
  return { proof: parseProof(JSON.parse(proof)), publicSignals: publicSignals.map(BigInt) };
}

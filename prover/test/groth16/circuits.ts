// A statement for each circuit, with what proves and verifies it: made-up members who vote, claim hours and sign in.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { capturedInputs } from "../../../benchmarks/src/captured-inputs.ts";
import { parseZkey } from "../../src/formats/zkey.ts";
import { readArtifact } from "../../src/groth16/artifacts.ts";
import {
  type ArtifactSource,
  type CircuitInputs,
  createIdentity,
  createVerifier,
  type ProofVerifier,
  type ProvingArtifacts,
  parseSemaphoreManifest,
  parseVerificationKey,
  prepareClaim,
  proveBallot,
  proveClaim,
  semaphoreProvingArtifacts,
  type VerificationKey,
  verificationKeyOf,
} from "../../src/index.ts";
import { directoryArtifactSource, semaphorePackageDirectory } from "../../src/node.ts";
import { ballotOptions, openBooth, rulesOf } from "../ballots/support.ts";
import { claimOptions, communeOf, policyFor } from "../hours/support.ts";
import { hoursArtifacts, hoursKeys, hoursManifest } from "../support/hours-keys.ts";
import { artifacts as ballotArtifacts, manifest as ballotManifest } from "../support/keys.ts";
import { makePoll } from "../support/polls.ts";

const BALLOTS = ["ballot-compact-10", "ballot-compact-16", "ballot-compact-20", "ballot-wide-20"] as const;
const HOURS = ["hours-1", "hours-4"] as const;
const SEMAPHORES = ["semaphore-10", "semaphore-20"] as const;

/** Circuits that are proven here; the first two are the smallest there are. */
export type ProvenCircuitName =
  | "semaphore-1"
  | "semaphore-2"
  | (typeof BALLOTS | typeof HOURS | typeof SEMAPHORES)[number];
/** One of each kind and size that people use. */
export const PROVEN_CIRCUITS: readonly ProvenCircuitName[] = [...BALLOTS, ...HOURS, ...SEMAPHORES];

/** A statement that holds, of one circuit. */
export interface ProvenCircuit {
  readonly artifacts: ProvingArtifacts;
  readonly verificationKey: VerificationKey;
  readonly verifier: ProofVerifier;
  readonly inputs: CircuitInputs;
  /** That of the inputs which nothing may keep. */
  readonly secret: bigint;
}

/** Makes up a statement; keys are read anew each time. */
export async function provenCircuit(name: ProvenCircuitName): Promise<ProvenCircuit> {
  const { verificationKey, ...made } = await statementOf(name);
  return {
    ...made,
    verificationKey,
    verifier: await createVerifier(verificationKey),
    secret: made.inputs.secret as bigint,
  };
}

/** A statement whose proving key takes two of the quotient's points for each other: its proofs do not verify. */
export function withBrokenKey(circuit: ProvenCircuit): ProvenCircuit {
  const { provingKey } = circuit.artifacts;
  const copy = Uint8Array.from(provingKey);
  const { h } = parseZkey(copy);
  const [first, second] = [h.slice(0, 64), h.slice(64, 128)];
  h.set(second);
  h.set(first, 64);
  return { ...circuit, artifacts: { ...circuit.artifacts, provingKey: copy } };
}

type Statement = Pick<ProvenCircuit, "artifacts" | "inputs" | "verificationKey">;

async function statementOf(name: ProvenCircuitName): Promise<Statement> {
  if (isOneOf(BALLOTS, name)) return ballot(name);
  if (isOneOf(HOURS, name)) return claim(name);
  return signIn(Number(name.split("-")[1]));
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name);
}

async function ballot(circuit: (typeof BALLOTS)[number]): Promise<Statement> {
  // Few of everything: it is the circuit that matters.
  const plan = { rules: rulesOf({ circuit }), trustees: ["A", "B"], threshold: 2 };
  const booth = await openBooth(makePoll(plan, 2));
  const options = ballotOptions(booth, { votes: [0, 1, 0] });
  return {
    artifacts: booth.artifacts,
    inputs: await capturedInputs((engine) => proveBallot({ ...options, engine })),
    verificationKey: await verificationKeyOf(ballotArtifacts, ballotManifest.manifest, circuit),
  };
}

async function claim(circuit: (typeof HOURS)[number]): Promise<Statement> {
  const credits = circuit === "hours-1" ? 1 : 4;
  const commune = await communeOf(1, [
    { member: 0, amount: 700 },
    { member: 0, amount: 600, issuer: 1 },
  ]);
  const { policy } = policyFor(commune, { credits, thresholds: [600] }, hoursManifest);
  const prepared = prepareClaim(await claimOptions(commune, policy, { member: 0, threshold: 600 }));
  const { artifacts } = await hoursKeys(circuit);
  return {
    artifacts,
    inputs: await capturedInputs((engine) => proveClaim({ claim: prepared, artifacts, engine })),
    verificationKey: await verificationKeyOf(hoursArtifacts, hoursManifest.manifest, circuit),
  };
}

async function signIn(depth: number): Promise<Statement> {
  const { source, manifest } = await semaphoreKeys();
  const { verificationKey } = manifest.circuits[depth - 1]!;
  return {
    artifacts: await semaphoreProvingArtifacts(source, manifest, depth),
    // Any path leads to some root, which is a public signal.
    inputs: {
      secret: createIdentity().secret,
      merkleProofLength: BigInt(depth),
      merkleProofIndex: 1n,
      merkleProofSiblings: Array.from({ length: depth }, (_, i) => BigInt(1000 + i)),
      scope: 5n,
      message: 6n,
    },
    verificationKey: parseVerificationKey(await readArtifact(source, verificationKey)),
  };
}

async function semaphoreKeys(): Promise<{
  source: ArtifactSource;
  manifest: ReturnType<typeof parseSemaphoreManifest>;
}> {
  const path = fileURLToPath(new URL("../../../keys/semaphore.json", import.meta.url));
  return {
    source: directoryArtifactSource(semaphorePackageDirectory()),
    manifest: parseSemaphoreManifest(await readFile(path)),
  };
}

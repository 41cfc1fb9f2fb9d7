// Rolls of made-up members and what proves and verifies on them: ours, and the stock Semaphore client as an oracle.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Group } from "@semaphore-protocol/group";
import { Identity as StockIdentity } from "@semaphore-protocol/identity";
import { generateProof, type SemaphoreProof as StockProof } from "@semaphore-protocol/proof";
import {
  type Ed25519KeyPair,
  type Engine,
  ed25519KeyPair,
  type Identity,
  type LeanRoll,
  type LeanTree,
  leanPath,
  leanRollOf,
  type MembershipProver,
  membershipDepth,
  membershipVerifier,
  type Petition,
  parseSemaphoreManifest,
  type RollSnapshot,
  type RollState,
  type SemaphoreProof,
  semaphoreProvingArtifacts,
  signPetition,
  signSnapshot,
  type ValidPetition,
  validatePetition,
  validateSnapshot,
  wasmEngine,
} from "../../src/index.ts";
import { directoryArtifactSource, semaphorePackageDirectory } from "../../src/node.ts";
import type { Purpose } from "../../src/protocol/membership/statement.ts";
import { type RehearsedRoll, randomHex, rehearseRoll } from "../../src/rehearsal.ts";
import { boardKeys } from "../support/polls.ts";

/** `keys/semaphore.json`. */
export const manifestBytes: Uint8Array = await readFile(
  fileURLToPath(new URL("../../../keys/semaphore.json", import.meta.url)),
);
export const manifest = parseSemaphoreManifest(manifestBytes);
/** Where npm installed the ceremony's files. */
export const packageDirectory = semaphorePackageDirectory();
export const artifacts = directoryArtifactSource(packageDirectory);
export const verifier = membershipVerifier(artifacts, manifest);
export const engine: Engine = wasmEngine();

/** A roll with everybody's secrets. */
export interface Members extends RehearsedRoll {
  readonly registrar: Ed25519KeyPair;
}

/** A roll of these tiers: as many members of tier `member` where a number is given. */
export function makeMembers(tiers: number | readonly string[]): Members {
  const registrar = ed25519KeyPair();
  const list = typeof tiers === "number" ? new Array<string>(tiers).fill("member") : tiers;
  return { ...rehearseRoll(list, registrar), registrar };
}

/** A snapshot of the tier `member`, with changes. */
export function snapshotOf(roll: RollState, changes: Partial<RollSnapshot> = {}): RollSnapshot {
  return {
    type: "commune-zk/roll-snapshot/v1",
    organisation: { name: "Test commune", key: roll.registrarKey },
    nonce: randomHex(),
    roll: leanRollOf(roll, ["member"]).roll,
    takenAt: 1_000_000,
    ...changes,
  };
}

/** A petition to the tier `member`, with changes. */
export function petitionOf(roll: RollState, changes: Partial<Petition> = {}): Petition {
  return {
    type: "commune-zk/petition/v1",
    organisation: { name: "Test commune", key: roll.registrarKey },
    nonce: randomHex(),
    title: "A second oven",
    text: ["We want a second oven.", "It pays for itself in a year."],
    roll: leanRollOf(roll, ["member"]).roll,
    opensAt: 1_000_000,
    closesAt: 2_000_000,
    board: { name: "board.test", key: boardKeys.publicKey },
    ...changes,
  };
}

/** A snapshot's roll, as a client takes it, and its tree. */
export function frozen(
  { registrar }: Pick<Members, "registrar">,
  roll: RollState,
): { roll: LeanRoll; tree: LeanTree } {
  const bytes = signSnapshot(snapshotOf(roll), registrar.secretKey);
  const { tree } = leanRollOf(roll, ["member"]);
  return { roll: validateSnapshot(bytes, { kind: "registrar", key: registrar.publicKey }).roll, tree };
}

/** A petition on a roll, as anybody reads it. */
export function openPetition(
  { registrar }: Pick<Members, "registrar">,
  roll: RollState,
  changes: Partial<Petition> = {},
): ValidPetition {
  const bytes = signPetition(petitionOf(roll, changes), registrar.secretKey);
  return validatePetition(bytes, { kind: "registrar", key: registrar.publicKey });
}

/** What a member needs to prove on a roll. */
export async function proverOf(
  identity: Identity,
  { roll, tree }: { roll: LeanRoll; tree: LeanTree },
): Promise<MembershipProver> {
  const path = leanPath(tree, tree.layers[0]!.indexOf(identity.commitment));
  const depth = membershipDepth(roll);
  return {
    identity,
    roll,
    path,
    engine,
    artifacts: await semaphoreProvingArtifacts(artifacts, manifest, depth),
  };
}

/** The stock client's group: members in the order of the roll. */
export const stockGroup = (leaves: readonly bigint[]): Group => new Group([...leaves]);

/**
 * A proof by the stock client. It chooses the depth itself; only where it reads the files is told, for it would
 * fetch them from the network.
 */
export function stockProof(
  { privateKey, commitment }: Identity,
  group: Group,
  { scope, message }: Purpose,
): Promise<StockProof> {
  const depth = group.generateMerkleProof(group.indexOf(commitment)).siblings.length || 1;
  const file = `${packageDirectory}/semaphore-${depth}`;
  const files = { wasm: `${file}.wasm`, zkey: `${file}.zkey` };
  return generateProof(new StockIdentity(privateKey), group, message, scope, undefined, files);
}

/** One of our proofs as the stock client's type. */
export function asStock(proof: SemaphoreProof): StockProof {
  return { ...proof, points: [...proof.points] as StockProof["points"] };
}

/** The curve of the stock client's snarkjs, with its worker threads. */
interface StockCurve {
  readonly tm: { readonly workers: readonly EventTarget[] };
  terminate(): Promise<void>;
}

/** Ends the threads that the stock client leaves behind, and waits until they have ended. */
export async function endStockThreads(): Promise<void> {
  const { curve_bn128: curve } = globalThis as { curve_bn128?: StockCurve };
  if (curve === undefined) return;
  // Its own `terminate` waits 200 ms, whatever the threads do: too short for a busy machine.
  const ended = curve.tm.workers.map(
    (worker) => new Promise((resolve) => worker.addEventListener("close", resolve)),
  );
  await curve.terminate();
  await Promise.all(ended);
}

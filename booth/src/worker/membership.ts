// Membership in the worker: where a member stands among the leaves of a roll, a petition's signature, the answer to a
// challenge. docs/spec/membership.md.
import {
  type ArtifactSource,
  type Engine,
  type Identity,
  InputError,
  type LeanPath,
  type LeanRoll,
  leanTree,
  type MembershipProver,
  membershipDepth,
  membershipPath,
  type ProofPhase,
  type PublicFiles,
  parseSemaphoreManifest,
  provePetitionSignature,
  proveSignIn,
  type SemaphoreProof,
  semaphoreProvingArtifacts,
  validatePetition,
  validateSnapshot,
} from "@commune-zk/prover";
import { leavesOf } from "./find-on-roll.ts";
import type { MembershipMaterial, PetitionMaterial, SnapshotMaterial } from "./protocol.ts";

function judgePetition({ document, petitionId }: PetitionMaterial) {
  return validatePetition(document, { kind: "petition-id", petitionId });
}

function judgeSnapshot({ document, registrarKey }: SnapshotMaterial) {
  return validateSnapshot(document, { kind: "registrar", key: registrarKey });
}

/**
 * Where a commitment stands on the roll of a petition or snapshot; null where it does not, and all leaves were hashed
 * to be sure: a server that leaves a member's out must not make the page say that the member is not on the roll.
 *
 * @throws InputError `petition-…`, `snapshot-…`, `roll-root-mismatch`, `roll-files-malformed`, `file-missing`.
 */
export async function findMember(
  material: MembershipMaterial,
  { commitment, files }: { readonly commitment: bigint; readonly files: PublicFiles },
): Promise<LeanPath | null> {
  const { roll } = material.kind === "petition" ? judgePetition(material) : judgeSnapshot(material);
  try {
    return await membershipPath({ files, roll, commitment });
  } catch (error) {
    if (!(error instanceof InputError && error.code === "not-on-roll")) throw error;
    const leaves = await leavesOf(files, roll.members);
    if (leaves.length !== roll.members || leaves.includes(0n) || leanTree(leaves).root !== roll.root) {
      throw new InputError("roll-root-mismatch", "the leaves are not those of the roll", "roll");
    }
    return null;
  }
}

/** Who proves, with what. */
interface Work {
  /** `keys/semaphore.json`. */
  readonly manifest: Uint8Array;
  readonly identity: Identity;
  readonly path: LeanPath;
  readonly artifacts: ArtifactSource;
  readonly engine: () => Engine;
  readonly report: (progress: { readonly phase: "artifacts" | ProofPhase }) => void;
}

/** The member's signature of a petition. @throws InputError `petition-…`, `artifact-…`, `not-on-roll`. */
export function signOne(material: PetitionMaterial, work: Work): Promise<SemaphoreProof> {
  const petition = judgePetition(material);
  return proving(petition.roll, work, (prover) => provePetitionSignature({ petition, ...prover }));
}

/**
 * The member's answer to a challenge at this origin.
 *
 * @throws InputError `snapshot-…`, `artifact-…`, `not-on-roll`, `origin-malformed`, `bad-hex`.
 */
export function answerOne(
  material: SnapshotMaterial,
  challenge: { readonly origin: string; readonly nonce: string },
  work: Work,
): Promise<SemaphoreProof> {
  const { roll } = judgeSnapshot(material);
  return proving(roll, work, (prover) => proveSignIn({ ...challenge, ...prover }));
}

async function proving(
  roll: LeanRoll,
  { manifest, identity, path, artifacts, engine, report }: Work,
  prove: (prover: MembershipProver) => Promise<SemaphoreProof>,
): Promise<SemaphoreProof> {
  report({ phase: "artifacts" });
  const keys = parseSemaphoreManifest(manifest);
  const circuit = await semaphoreProvingArtifacts(artifacts, keys, membershipDepth(roll));
  const prover = engine();
  try {
    return await prove({
      identity,
      roll,
      path,
      artifacts: circuit,
      engine: prover,
      onProgress: ({ phase }) => report({ phase }),
    });
  } finally {
    await prover.dispose();
  }
}

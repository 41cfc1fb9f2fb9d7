// Time and memory of a sign-in with the Semaphore V4 statement, and of its verification.
import {
  type ArtifactSource,
  ed25519KeyPair,
  type Identity,
  InputError,
  type LeanPath,
  membershipDepth,
  membershipVerifier,
  merklePath,
  parseSemaphoreManifest,
  pollLeaves,
  proveSignIn,
  rollHead,
  rollTree,
  type SemaphoreProof,
  semaphoreProvingArtifacts,
  signSnapshot,
  validateSnapshot,
  verifySignIn,
  wasmEngine,
} from "@commune-zk/prover";
import { randomHex, rehearseRoll } from "@commune-zk/prover/rehearsal";
import { expect, type Measurement, measure } from "./measure.ts";
import { measureProof } from "./proof-task.ts";
import { MEMBERSHIP_DEPTHS } from "./results/schema.ts";

const SIGN_INS_PER_RUN = 20;

/** The public ceremony's keys. */
export interface SemaphoreKeys {
  /** `keys/semaphore.json`. */
  readonly manifestBytes: Uint8Array;
  readonly artifacts: ArtifactSource;
  /** Where they lie, for processes that read them themselves. */
  readonly directory: string;
}

/**
 * For each depth: time and peak memory of answering a challenge as of {@link measureProof}, and the time of all
 * that a verifier does, from JSON.
 *
 * @param entry - path of a script that calls `serveProofs`.
 */
export async function* measureMembership({
  keys,
  runs,
  entry,
}: {
  keys: SemaphoreKeys;
  runs: number;
  entry: string;
}): AsyncGenerator<Measurement> {
  const { manifestBytes, artifacts, directory } = keys;
  const manifest = parseSemaphoreManifest(manifestBytes);
  const verifier = membershipVerifier(artifacts, manifest);
  for (const depth of MEMBERSHIP_DEPTHS) {
    const { snapshotBytes, identity, path } = makeSampleRoll(depth);
    const { roll } = validateSnapshot(snapshotBytes, { kind: "none" });
    expect(membershipDepth(roll) === depth, "the sample roll has another depth");
    const challenge = { origin: "https://commune.example", nonce: randomHex() };
    const verify = (proof: SemaphoreProof) => verifySignIn({ ...challenge, rolls: [roll], proof, verifier });
    const name = `membership, depth ${depth}`;
    yield* measureProof(
      name,
      {
        kind: "sign-in",
        setup: { manifestBytes, artifactsDirectory: directory, depth, snapshotBytes },
        job: { ...challenge, privateKey: identity.privateKey, path },
        check: async (proof) => void (await verify(proof)),
      },
      { runs, entry },
    );

    const engine = wasmEngine();
    try {
      const proving = await semaphoreProvingArtifacts(artifacts, manifest, depth);
      const proof = await proveSignIn({ ...challenge, identity, roll, path, artifacts: proving, engine });
      const forged = { ...proof, nullifier: (BigInt(proof.nullifier) + 1n).toString() };
      const refused = await verify(forged).then(
        () => false,
        (error: unknown) => error instanceof InputError && error.code === "proof-invalid",
      );
      expect(refused, "a proof was good for another nullifier");
      yield {
        name: `verification from JSON, ${name}`,
        unit: "ms",
        samples: await measure({
          runs,
          repeat: SIGN_INS_PER_RUN,
          work: () => verify(proof),
          check: ({ nullifier }) =>
            expect(nullifier.toString() === proof.nullifier, "another sign-in was verified"),
        }),
      };
    } finally {
      await engine.dispose();
    }
  }
}

/**
 * A snapshot of a roll whose tree has this depth, signed. All but a few of its members are invented: the nodes
 * beside the member's path stand for them, for a million hashes would change nothing that is measured.
 */
export function makeSampleRoll(depth: number): {
  snapshotBytes: Uint8Array;
  identity: Identity;
  path: LeanPath;
} {
  const registrar = ed25519KeyPair();
  const { roll, identities } = rehearseRoll(["member", "member"], registrar);
  const [identity] = identities as [Identity];
  const tree = rollTree(pollLeaves(roll, ["member"]), depth);
  const { leafIndex, siblings } = merklePath(tree, 0);
  const snapshot = {
    type: "commune-zk/roll-snapshot/v1" as const,
    organisation: { name: "Commune of the stopwatch", key: registrar.publicKey },
    nonce: randomHex(),
    roll: {
      id: roll.rollId,
      head: rollHead(roll),
      batches: roll.batches,
      tiers: ["member"],
      members: 2 ** depth,
      leanRoot: tree.root.toString(),
    },
    takenAt: Math.floor(Date.now() / 1000),
  };
  return {
    snapshotBytes: signSnapshot(snapshot, registrar.secretKey),
    identity,
    path: { index: leafIndex, siblings },
  };
}

// The values of docs/spec/examples/membership.json, made by the code under test on the roll of roll.md.
import { fromUtf8, toHex } from "../../../src/formats/bytes.ts";
import { wasmEngine } from "../../../src/groth16/wasm-engine.ts";
import { directoryArtifactSource } from "../../../src/node/artifacts.ts";
import { semaphorePackageDirectory } from "../../../src/node/semaphore-artifacts.ts";
import { gatePurpose } from "../../../src/protocol/membership/gate.ts";
import {
  leanPath,
  leanRollOf,
  membershipDepth,
  type Petition,
  petitionNullifier,
  petitionRecord,
  provePetitionSignature,
  type RollSnapshot,
  type SemaphoreProof,
  semaphoreProvingArtifacts,
  signPetition,
  signSnapshot,
  type ValidPetition,
  validatePetition,
} from "../../../src/protocol/membership/index.ts";
import { petitionPurpose } from "../../../src/protocol/membership/petition.ts";
import { signInPurpose } from "../../../src/protocol/membership/sign-in.ts";
import { type Purpose, signalHash } from "../../../src/protocol/membership/statement.ts";
import { manifest } from "../../membership/support.ts";
import { boardKey, CLOSES, exampleRoll, OPENS, registrar, repeated } from "./election.ts";
import type { Example } from "./examples.ts";

const TIERS = ["member", "guest"];
/** Among the leaves: who signs. */
const SIGNER = 2;

const { roll: state, identities } = exampleRoll();
const { roll, tree } = leanRollOf(state, TIERS);
const organisation = { name: "Example commune", key: registrar.publicKey };

const SNAPSHOT: RollSnapshot = {
  type: "commune-zk/roll-snapshot/v1",
  organisation,
  nonce: toHex(repeated(0xf0)),
  roll,
  takenAt: OPENS,
};
const PETITION: Petition = {
  type: "commune-zk/petition/v1",
  organisation,
  nonce: toHex(repeated(0xf1)),
  title: "A second oven",
  text: ["We want a second oven.", "It pays for itself in a year."],
  roll,
  opensAt: OPENS,
  closesAt: CLOSES,
  board: { name: "board.example", key: boardKey.publicKey },
};
const WHERE = { origin: "https://commune.example", nonce: toHex(repeated(0xf2)) };
const GATE = { ...WHERE, gate: "Tool shed", epoch: "2026-W14" };

function examplePetition(): { bytes: Uint8Array; valid: ValidPetition } {
  const bytes = signPetition(PETITION, registrar.secretKey);
  return { bytes, valid: validatePetition(bytes, { kind: "registrar", key: registrar.publicKey }) };
}

/** The signer's proof: made with fresh randomness, so another one each time. */
export async function exampleSignature(): Promise<SemaphoreProof> {
  const { valid: petition } = examplePetition();
  const source = directoryArtifactSource(semaphorePackageDirectory());
  return provePetitionSignature({
    petition,
    identity: identities[3]!,
    path: leanPath(tree, SIGNER),
    engine: wasmEngine(),
    artifacts: await semaphoreProvingArtifacts(source, manifest, membershipDepth(petition.roll)),
  });
}

const numbers = ({ scope, message }: Purpose) => ({ scope: scope.toString(), message: message.toString() });

/**
 * membership.md §10.
 *
 * @param proof - of {@link exampleSignature}.
 */
export function membershipExample(proof: SemaphoreProof): Example {
  const { bytes, valid } = examplePetition();
  const purpose = petitionPurpose(valid);
  const signals = [
    valid.roll.root,
    petitionNullifier(identities[3]!, valid),
    signalHash(purpose.message),
    signalHash(purpose.scope),
  ];
  return {
    tiers: TIERS,
    leaves: tree.layers[0]!.map(String),
    root: tree.root.toString(),
    paths: [0, 1, 2].map((i) => {
      const { index, siblings } = leanPath(tree, i);
      return { index, siblings: siblings.map(String) };
    }),
    snapshot: fromUtf8(signSnapshot(SNAPSHOT, registrar.secretKey)),
    petition: fromUtf8(bytes),
    petitionId: valid.petitionId,
    signature: { ...numbers(purpose), publicSignals: signals.map(String) },
    signIn: { ...WHERE, ...numbers(signInPurpose(WHERE)) },
    gate: { ...GATE, ...numbers(gatePurpose(GATE)) },
    proof: { ...proof, points: [...proof.points] },
    record: toHex(petitionRecord(proof)),
  };
}

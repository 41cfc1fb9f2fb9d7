// What the service answers about the ledger, policy, petition and snapshot of the other pages' examples.
import { problemOf } from "../../../../verifier/src/http/problem.ts";
import { fromUtf8 } from "../../../src/formats/bytes.ts";
import { checkpointOrigin, signCheckpoint } from "../../../src/formats/checkpoint.ts";
import type { LoadedManifest } from "../../../src/formats/manifest.ts";
import {
  BoardTree,
  claimReceiptBytes,
  makeClaimReceipt,
  makePetitionReceipt,
  petitionReceiptBytes,
  petitionRecord,
  type SemaphoreProof,
  validatePetition,
  validateSnapshot,
} from "../../../src/index.ts";
import { boardKey } from "./election.ts";
import type { Example } from "./examples.ts";
import { exampleLedger, examplePolicy } from "./hours.ts";

/** Where a record stands that is the only one of its board. */
function alone(record: Uint8Array, boardName: string, scope: string) {
  const tree = new BoardTree();
  tree.append(record);
  const head = { size: 1, root: tree.root() };
  const checkpoint = signCheckpoint(checkpointOrigin(boardName, scope), head, boardKey.secretKey);
  return { record, index: 0, checkpoint, inclusion: tree.inclusion(0) };
}

/**
 * http.md §7, the part on §8 to §11.
 *
 * @param claim - record of the example of hours.md.
 * @param petitionText - `petition` of the example of membership.md. `proof`: its `proof`.
 * @param snapshotText - `snapshot` of the same.
 */
export async function httpHoursExample({
  claim,
  manifest,
  petitionText,
  snapshotText,
  proof,
}: {
  claim: Uint8Array;
  manifest: LoadedManifest;
  petitionText: string;
  snapshotText: string;
  proof: SemaphoreProof;
}): Promise<Example> {
  const ledger = await exampleLedger();
  const { ledgerId, registryKey } = ledger.state;
  const { valid: policy } = examplePolicy(ledger, manifest);
  const { claimScope } = policy;
  const petition = validatePetition(Buffer.from(petitionText), { kind: "none" });
  const { petitionId } = petition;
  const claimed = alone(claim, policy.policy.board.name, claimScope);
  const signed = alone(petitionRecord(proof), petition.petition.board.name, petitionId);
  const snapshot = validateSnapshot(Buffer.from(snapshotText), { kind: "none" });
  return {
    ledger: JSON.stringify({ ledgerId, registryKey }),
    entered: ledger.lines.map((_, serial) => JSON.stringify({ serial })),
    reused: JSON.stringify(problemOf("credit-serial-reused", "batch: this serial was used before")),
    policy: JSON.stringify({ claimScope }),
    claimReceipt: fromUtf8(claimReceiptBytes(makeClaimReceipt({ policy, ...claimed }))),
    claimed: JSON.stringify(problemOf("nullifier-used", "another claim with this nullifier is recorded")),
    petition: JSON.stringify({ petitionId }),
    petitionReceipt: fromUtf8(petitionReceiptBytes(makePetitionReceipt({ petition, ...signed }))),
    snapshot: JSON.stringify({ rollId: snapshot.roll.rollId }),
    unanswered: JSON.stringify(problemOf("sign-in-nonce-unknown", "never given, used before, or too old")),
  };
}

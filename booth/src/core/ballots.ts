// Ballots that this device sealed.
import {
  checkStatement,
  decodeRecord,
  MAX_REVISION,
  proofToJson,
  type SealedBallot,
  statementHash,
  type ValidPoll,
} from "@commune-zk/prover";
import type { OwnBallot } from "./state.ts";
import type { BoothStorage, StoredBallot } from "./storage.ts";

/** Key of a ballot in its store; ascending by revision. */
export function ballotKey({ pollId, revision }: Pick<StoredBallot, "pollId" | "revision">): string {
  return `${pollId}/${String(revision).padStart(5, "0")}`;
}

/** A poll's ballots, by ascending revision. @throws StorageError */
export async function ballotsOf(storage: BoothStorage, pollId: string): Promise<readonly StoredBallot[]> {
  return (await storage.list("ballots")).map(([, ballot]) => ballot).filter((each) => each.pollId === pollId);
}

/** Whether a ballot still waits for an answer that settles it. */
export function isPending({ receipt, refusal }: StoredBallot): boolean {
  return receipt === null && refusal === null;
}

/** The member's ballot as it stands: the newest that was not refused. */
export function ownBallotOf(ballots: readonly StoredBallot[]): OwnBallot | null {
  const newest = ballots.filter(({ refusal }) => refusal === null).at(-1);
  if (newest === undefined) return null;
  const { revision, statementHash: hash, receipt } = newest;
  return { revision, statementHash: hash, receipt };
}

/** A revision, or the code that says why there is none. */
export type NextRevision = { readonly revision: number } | { readonly code: string };

/**
 * The revision of the next ballot: one above every one that was sealed here, whatever became of it, where the
 * poll allows revisions. Where it does not, 0, as long as no ballot of this member can be on the board.
 */
export function nextRevision(poll: ValidPoll, ballots: readonly StoredBallot[]): NextRevision {
  const newest = ballots.at(-1);
  if (newest === undefined) return { revision: 0 };
  if (poll.poll.rules.revisions) {
    const revision = newest.revision + 1;
    return revision <= MAX_REVISION ? { revision } : { code: "revisions-exhausted" };
  }
  const isRecordedNowhere = newest.refusal !== null && newest.refusal !== "nullifier-used";
  return isRecordedNowhere ? { revision: 0 } : { code: "nullifier-used" };
}

/**
 * A ballot as it is sent, from the stored record alone: before and after a reload the same bytes.
 *
 * @throws InputError - the record is not one of this poll.
 */
export function sealedOf(poll: ValidPoll, record: Uint8Array): SealedBallot {
  const { publicSignals, proof } = decodeRecord(record, "own ballot");
  const { nullifier, revision } = checkStatement(poll, publicSignals, "own ballot");
  return {
    pollId: poll.pollId,
    record,
    submission: {
      type: "commune-zk/ballot/v1",
      pollId: poll.pollId,
      publicSignals: publicSignals.map(String),
      proof: proofToJson(proof),
    },
    nullifier,
    revision,
    statementHash: statementHash(publicSignals),
  };
}

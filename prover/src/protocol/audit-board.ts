// What trustees, witnesses and auditors each do with a board: check every record themselves.
// docs/spec/board.md, docs/spec/closing.md §1.

import { toHex } from "../formats/bytes.ts";
import type { PublicFiles } from "../formats/public-files.ts";
import { decodeRecord, statementHash } from "../formats/record.ts";
import type { ProofVerifier } from "../groth16/verify.ts";
import { checkStatement } from "./ballot.ts";
import { readBoard } from "./board-files.ts";
import { checkRecords } from "./check-records.ts";
import { type BoardView, type CountedBallot, countedSet } from "./counted-set.ts";
import type { ValidPoll } from "./validate-poll.ts";

/** A board whose every record has been checked. */
export interface BoardAudit extends BoardView {
  /** The signed note as served. */
  readonly checkpoint: string;
  /** Root of the first n records, 0 ≤ n ≤ size, lowercase hex. */
  readonly rootAt: (size: number) => string;
  /** In the order of the board. */
  readonly ballots: readonly CountedBallot[];
}

/** What {@link auditBoard} reads and reports to. */
export interface AuditBoardOptions {
  readonly poll: ValidPoll;
  readonly files: PublicFiles;
  readonly verifier: ProofVerifier;
  readonly signal?: AbortSignal;
  /** Called after each record, with the number checked and the number there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Reads a whole board and checks checkpoint, tree, tiles, and every record: encoding, statement, points,
 * uniqueness of (nullifier, revision), proof.
 *
 * @throws InputError - the first bad item; `place` is a file's path or `board entry i`.
 */
export async function auditBoard(options: AuditBoardOptions): Promise<BoardAudit> {
  const { poll, files, ...checking } = options;
  const { checkpoint, size, root, tree, entries } = await readBoard({
    files,
    board: poll.poll.board,
    scope: poll.pollId,
  });
  const ballots = await checkRecords<CountedBallot>({
    ...checking,
    entries,
    read(entry, place) {
      const { publicSignals, proof } = decodeRecord(entry, place);
      const statement = checkStatement(poll, publicSignals, place);
      return { publicSignals, proof, content: { ...statement, statementHash: statementHash(publicSignals) } };
    },
  });
  const counted = countedSet({ pollId: poll.pollId, ballots });
  return { checkpoint, size, root: toHex(root), counted, rootAt: (n) => toHex(tree.root(n)), ballots };
}

/**
 * A board as it was at an earlier size: records that came after a closing are on it, and do not count.
 *
 * @throws RangeError - the board is smaller.
 */
export function boardAt(
  poll: ValidPoll,
  board: Pick<BoardAudit, "ballots" | "rootAt">,
  size: number,
): BoardView {
  if (size > board.ballots.length) throw new RangeError(`the board has fewer than ${size} records`);
  const ballots = board.ballots.slice(0, size);
  return { size, root: board.rootAt(size), counted: countedSet({ pollId: poll.pollId, ballots }) };
}

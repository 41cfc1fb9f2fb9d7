// Boards whose records nobody proved: what the service does after the proof check does not ask again.
import {
  fieldToBytes,
  fromHex,
  leafHash,
  makeReceipt,
  type ProofVerifier,
  publicSignalCount,
  type Receipt,
  type SealedBallot,
} from "@commune-zk/prover";
import { boardKeys } from "../../../prover/test/support/polls.ts";
import { verifierOf } from "../../../prover/test/support/verifiers.ts";
import { Board } from "../../src/service/board.ts";
import type { NewRecord, Store } from "../../src/service/store.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import type { TestPoll } from "./ballots.ts";
import type { TestService } from "./service.ts";

/** The record of a ballot, as the service makes it when the proof has been checked. */
export function recordOf({ nullifier, revision, statementHash, record }: SealedBallot): NewRecord {
  return {
    nullifier: fieldToBytes(nullifier),
    revision,
    statementHash: fromHex(statementHash, 32),
    record,
    leafHash: leafHash(record),
  };
}

/** A poll's board on a store that holds the poll. */
export function openBoard({ valid }: TestPoll, store: Store, commitDelayMs = 0): Promise<Board<Receipt>> {
  return Board.open({
    scope: valid.pollId,
    boardName: valid.poll.board.name,
    receipt: (standing) => makeReceipt({ poll: valid, ...standing }),
    store,
    boardKey: boardKeys.secretKey,
    commitDelayMs,
  });
}

/**
 * Records ballots past the proof check: the service is stopped, and started again on what it finds.
 *
 * @returns the receipts, in order.
 */
export function recordUnchecked(
  service: TestService,
  poll: TestPoll,
  ballots: readonly SealedBallot[],
): Promise<Receipt[]> {
  return service.whileStopped(async (databasePath) => {
    const store = await openSqliteStore(databasePath);
    try {
      const board = await openBoard(poll, store);
      const receipts: Receipt[] = [];
      for (const ballot of ballots) {
        const outcome = await board.record(recordOf(ballot));
        if (!outcome.recorded) throw new Error(`not recorded: ${outcome.reason}`);
        receipts.push(outcome.receipt);
      }
      await board.close();
      return receipts;
    } finally {
      await store.close();
    }
  });
}

/** Takes every proof: for auditing a board that {@link recordUnchecked} made. */
export function acceptingVerifier({ valid }: TestPoll): ProofVerifier {
  return verifierOf(publicSignalCount(valid), async () => true);
}

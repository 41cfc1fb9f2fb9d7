// The whole audit of a ledger, from public files and the names of registry and board alone.
// docs/spec/ledger.md §8.
import { equalBytes, fromUtf8 } from "../../formats/bytes.ts";
import { InputError } from "../../formats/errors.ts";
import type { PublicFiles } from "../../formats/public-files.ts";
import { ledgerPaths } from "../../formats/public-paths.ts";
import type { BoardIdentity } from "../scope-document.ts";
import type { LedgerName } from "./ledger-entry.ts";
import { ledgerTreeFiles } from "./ledger-files.ts";
import { type LedgerState, replayLedger } from "./ledger-log.ts";
import { checkLedgerCheckpoint } from "./ledger-view.ts";

/** Which ledger, and which board serves it: given out of band, or by a valid policy. */
export interface LedgerAnchor extends LedgerName {
  readonly board: BoardIdentity;
}

/** What an audit found good. */
export interface LedgerAudit {
  readonly ledger: LedgerState;
  /** The signed note as served, for comparison with others'. */
  readonly checkpoint: string;
}

/**
 * Checks every public file of a ledger: replays the log, and compares tree files and checkpoint with it.
 *
 * @throws InputError - the first bad item: `ledger entry n`, or a file's path.
 */
export async function auditLedger(
  files: PublicFiles,
  { board, ...name }: LedgerAnchor,
): Promise<LedgerAudit> {
  const entries = await files.read(ledgerPaths.entries);
  const ledger = replayLedger(entries, name);
  for (const [path, expected] of ledgerTreeFiles(ledger.tree)) {
    if (!equalBytes(await files.read(path), expected)) {
      throw new InputError("ledger-files-malformed", "not what the ledger's log gives", path);
    }
  }
  const checkpoint = fromUtf8(await files.read(ledgerPaths.checkpoint), ledgerPaths.checkpoint);
  checkLedgerCheckpoint(entries, { checkpoint, ledgerId: name.ledgerId, board });
  return { ledger, checkpoint };
}

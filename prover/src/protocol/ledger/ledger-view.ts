// A ledger as a member reads it: the log under a checkpoint, no tree. docs/spec/ledger.md §6, §7.
//
// One signature is checked: the last entry's links bind everything before it. Whether the registry kept its own
// rules is the auditor's question (`auditLedger`); a member only has to prove against what everybody sees.
import { equalBytes, fromUtf8 } from "../../formats/bytes.ts";
import { checkpointOrigin, type TreeHead, verifyCheckpoint } from "../../formats/checkpoint.ts";
import { InputError } from "../../formats/errors.ts";
import { parseFieldElement } from "../../formats/field.ts";
import type { PublicFiles } from "../../formats/public-files.ts";
import { ledgerPaths } from "../../formats/public-paths.ts";
import { BoardTree } from "../board-tree.ts";
import type { BoardIdentity } from "../scope-document.ts";
import type { CreditBatch } from "./credit-batch.ts";
import { type LedgerName, ledgerGenesis, ledgerLines, type ReadEntry, readEntry } from "./ledger-entry.ts";
import type { LedgerRoot } from "./roots.ts";

/** A ledger's log, read. */
export interface LedgerView extends LedgerName {
  /** Number of positions. */
  readonly size: number;
  /** One for each entry; the last is the newest. */
  readonly roots: readonly LedgerRoot[];
  /** Batches with the position of their first credit, by `x,y serial` of the issuer. */
  readonly batches: ReadonlyMap<string, { readonly start: number; readonly batch: CreditBatch }>;
  /** Positions that were revoked. */
  readonly revoked: ReadonlySet<number>;
}

/** How {@link LedgerView.batches} names a batch. */
export function batchKey(header: { readonly issuer: readonly string[]; readonly serial: number }): string {
  return `${header.issuer.join()} ${header.serial}`;
}

/**
 * Reads a log: chain, sizes, and the signature of the last entry.
 *
 * @param ndjson - untrusted, `entries.ndjson`.
 * @throws InputError - as `readEntry`; `ledger-truncated`, `ledger-wrong-size`, `ledger-bad-signature`.
 */
export function readLedgerLog(ndjson: Uint8Array, name: LedgerName): LedgerView {
  let cursor = ledgerGenesis(name);
  let last: ReadEntry | undefined;
  let size = 0;
  const roots: LedgerRoot[] = [];
  const batches = new Map<string, { start: number; batch: CreditBatch }>();
  const revoked = new Set<number>();
  for (const line of ledgerLines(ndjson)) {
    last = readEntry(cursor, line);
    const { entry, link, place } = last;
    const { change, at } = entry;
    if (change.kind === "credits") {
      batches.set(batchKey(change.batch.header), { start: size, batch: change.batch });
      size += change.batch.inner.length;
    } else if (change.kind === "revoke") {
      for (const position of change.positions) revoked.add(position);
    }
    if (entry.size !== size) {
      throw new InputError("ledger-wrong-size", "not as many positions as the entries give", place);
    }
    const root = parseFieldElement(entry.root, `${place} root`);
    roots.push({ root, at, revokes: change.kind === "revoke" });
    cursor = { ...cursor, entries: cursor.entries + 1, link, at };
  }
  last?.checkSignature();
  return { ledgerId: name.ledgerId, registryKey: name.registryKey, size, roots, batches, revoked };
}

/** Head of the RFC 6962 tree over a log's lines. */
export function ledgerHead(ndjson: Uint8Array): TreeHead {
  const tree = new BoardTree();
  for (const line of ledgerLines(ndjson)) tree.append(line);
  return { size: tree.size, root: tree.root() };
}

/**
 * Checks that a log is exactly the one under its checkpoint, which members can compare.
 *
 * @param checkpoint - untrusted, signed by the board that serves the ledger.
 * @throws InputError `checkpoint-…`, `ledger-checkpoint-mismatch`, `ledger-truncated`.
 */
export function checkLedgerCheckpoint(
  ndjson: Uint8Array,
  { checkpoint, ledgerId, board }: { checkpoint: string; ledgerId: string; board: BoardIdentity },
): void {
  const expected = { origin: checkpointOrigin(board.name, ledgerId), publicKey: board.key };
  const signed = verifyCheckpoint(checkpoint, expected, ledgerPaths.checkpoint);
  const { size, root } = ledgerHead(ndjson);
  if (signed.size !== size || !equalBytes(signed.root, root)) {
    throw new InputError(
      "ledger-checkpoint-mismatch",
      "the log is not the one under the checkpoint: it has grown since, or is another",
      ledgerPaths.checkpoint,
    );
  }
}

/**
 * Reads a ledger's log from its public files, under its checkpoint.
 *
 * @throws InputError - as {@link readLedgerLog} and {@link checkLedgerCheckpoint}; `file-missing`.
 */
export async function readLedger(
  files: PublicFiles,
  { board, ...name }: LedgerName & { board: BoardIdentity },
): Promise<LedgerView> {
  const checkpoint = fromUtf8(await files.read(ledgerPaths.checkpoint), ledgerPaths.checkpoint);
  const entries = await files.read(ledgerPaths.entries);
  checkLedgerCheckpoint(entries, { checkpoint, ledgerId: name.ledgerId, board });
  return readLedgerLog(entries, name);
}

// The audit of an hours policy, its claims and its ledger, and what a person reads of it.
import {
  auditPolicy,
  BoardTree,
  checkLedgerCheckpoint,
  checkpointOrigin,
  InputError,
  ledgerHead,
  ledgerPaths,
  type PolicyAnchor,
  type PolicyAudit,
  type PublicFiles,
  parsePolicy,
  policyPaths,
  publicPaths,
  readEntries,
  toHex,
} from "@commune-zk/prover";
import { nodeThreads } from "@commune-zk/prover/node";
import { claimsTable, ledgerSummary } from "../hours/report.ts";
import { loadKeys } from "../shared/keys.ts";
import { ledgerBeside, publicFilesAt } from "./place.ts";
import { checkSeen } from "./seen.ts";

const NEWLINE = 0x0a;

/**
 * Audits a policy, its claims and its ledger, and prints what was found.
 *
 * @param options - `place` is a directory or URL, and so is `ledgerPlace` (beside the policy unless told); the
 *   checkpoints are signed notes that were seen elsewhere.
 * @returns whether a trust anchor was given.
 * @throws InputError - the first bad item.
 */
export async function auditHoursPolicy({
  place,
  ledgerPlace,
  anchor,
  checkpoint,
  ledgerCheckpoint,
  allowDevelopmentKeys,
}: {
  place: string;
  ledgerPlace: string | undefined;
  anchor: PolicyAnchor;
  checkpoint: string | undefined;
  ledgerCheckpoint: string | undefined;
  allowDevelopmentKeys: boolean;
}): Promise<boolean> {
  const files = publicFilesAt(place);
  const { ledger } = parsePolicy(await files.read(policyPaths.policy));
  const ledgerFiles = publicFilesAt(ledgerPlace ?? ledgerBeside(place, ledger.id));
  const { artifacts } = await loadKeys("hours");
  const threads = nodeThreads();
  const report = await auditPolicy({
    files,
    ledgerFiles,
    artifacts,
    anchor,
    allowDevelopmentKeys,
    threads,
  });
  if (checkpoint !== undefined) await checkSeenClaims(report, files, checkpoint);
  if (ledgerCheckpoint !== undefined) await checkSeenLedger(report, ledgerFiles, ledgerCheckpoint);
  print(report);
  return report.policy.anchored;
}

async function checkSeenClaims(
  { policy, board }: PolicyAudit,
  files: PublicFiles,
  checkpoint: string,
): Promise<void> {
  const tree = new BoardTree();
  for (const entry of await readEntries(files, board.size)) tree.append(entry);
  if (toHex(tree.root()) !== board.root) {
    const place = publicPaths.checkpoint;
    throw new InputError("board-root-mismatch", "the entries changed while they were audited", place);
  }
  const { name, key } = policy.policy.board;
  const origin = checkpointOrigin(name, policy.claimScope);
  const rootAt = (size: number): string => toHex(tree.root(size));
  checkSeen(checkpoint, { origin, publicKey: key, size: board.size, rootAt }, "--checkpoint");
}

async function checkSeenLedger(
  { policy, ledger }: PolicyAudit,
  files: PublicFiles,
  seen: string,
): Promise<void> {
  const { board } = policy.policy;
  const { ledgerId, entries: size } = ledger.ledger;
  const entries = await files.read(ledgerPaths.entries);
  // Read once more: these are the lines that were audited only where the audited checkpoint says so.
  checkLedgerCheckpoint(entries, { checkpoint: ledger.checkpoint, ledgerId, board });
  const rootAt = (lines: number): string => toHex(ledgerHead(firstLines(entries, lines)).root);
  const origin = checkpointOrigin(board.name, ledgerId);
  checkSeen(seen, { origin, publicKey: board.key, size, rootAt }, "--ledger-checkpoint");
}

function firstLines(text: Uint8Array, lines: number): Uint8Array {
  let end = 0;
  for (let line = 0; line < lines; line++) end = text.indexOf(NEWLINE, end) + 1;
  return text.subarray(0, end);
}

function print({ policy, ledger, board }: PolicyAudit): void {
  const { roll, keySet } = policy.policy;
  console.log(`policy    ${policy.claimScope}, signed by the registrar`);
  console.log(`roll      ${roll.batches} batches, ${roll.size} positions; counts: ${roll.tiers.join(", ")}`);
  console.log(`ledger    ${ledgerSummary(ledger.ledger)}`);
  console.log(`board     ${board.size} claims, root ${board.root}`);
  console.log(`\n${claimsTable(policy.policy, board.claims).join("\n")}`);
  if (keySet.kind === "development") {
    console.log("\nProving keys of kind development: good for rehearsals, not for real claims.");
  }
}

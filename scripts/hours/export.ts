// Copies the public files of a policy and of its ledger from the service into a directory.
import { join } from "node:path";
import {
  boardFiles,
  ledgerPaths,
  ledgerTreeFiles,
  type PolicyAudit,
  policyPaths,
  pollLeaves,
  publicPaths,
  readEntries,
  replayRoll,
  rollFiles,
  rollTree,
  urlPublicFiles,
} from "@commune-zk/prover";
import { copyFiles } from "../shared/copy.ts";

/** Where the files went. */
export interface ExportedPolicy {
  /** `policies/<claimScope>`; the ledger lies in `ledgers/<ledgerId>` beside it. */
  readonly policyDirectory: string;
  /** How many files. */
  readonly files: number;
}

/**
 * Copies every public file, in the tree that the service serves.
 *
 * @param report - of an audit at the service, which says what there is.
 */
export async function exportPolicy(
  baseUrl: string,
  { policy, ledger, board }: PolicyAudit,
  directory: string,
): Promise<ExportedPolicy> {
  const policyDirectory = `policies/${policy.claimScope}`;
  const ledgerDirectory = `ledgers/${ledger.ledger.ledgerId}`;
  const served = urlPublicFiles(`${baseUrl}/${policyDirectory}`);
  const events = await served.read(publicPaths.rollEvents);
  const roll = replayRoll(events, { rollId: policy.roll.id, registrarKey: policy.registrarKey });
  const tree = rollTree(pollLeaves(roll, policy.roll.tiers), policy.depth);
  const entries = await readEntries(served, board.size);
  const policyFiles = [
    ...Object.values(policyPaths),
    publicPaths.rollEvents,
    ...rollFiles(tree).keys(),
    publicPaths.checkpoint,
    ...[...boardFiles(entries)].map(([path]) => path),
  ];
  const ledgerFiles = [
    ledgerPaths.entries,
    ...ledgerTreeFiles(ledger.ledger.tree).keys(),
    ledgerPaths.checkpoint,
  ];
  await copyFiles(served, policyFiles, join(directory, policyDirectory));
  await copyFiles(
    urlPublicFiles(`${baseUrl}/${ledgerDirectory}`),
    ledgerFiles,
    join(directory, ledgerDirectory),
  );
  return {
    policyDirectory: join(directory, policyDirectory),
    files: policyFiles.length + ledgerFiles.length,
  };
}

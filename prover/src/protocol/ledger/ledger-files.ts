// Public files of a ledger: made by whoever serves it, read by members. docs/spec/ledger.md §6.
import { utf8 } from "../../formats/bytes.ts";
import { InputError } from "../../formats/errors.ts";
import type { PublicFiles } from "../../formats/public-files.ts";
import { ledgerPaths } from "../../formats/public-paths.ts";
import {
  type MerklePath,
  type PoseidonTree,
  pathsFromFiles,
  type TreePaths,
  treeFiles,
} from "../poseidon-tree.ts";
import type { LocatedCredit } from "./attestation.ts";
import { LEDGER_DEPTH } from "./leaf.ts";
import type { LedgerView } from "./ledger-view.ts";

const paths: TreePaths = { leaves: ledgerPaths.leaves, level10: ledgerPaths.level10 };

/**
 * Every public file of a ledger.
 *
 * @param entries - `entries.ndjson`.
 * `tree`: that the log gives, of `LedgerState`.
 * `checkpoint`: signed note over {@link ledgerHead} of the log, by the board that serves it.
 */
export function ledgerFiles({
  entries,
  tree,
  checkpoint,
}: {
  entries: Uint8Array;
  tree: PoseidonTree;
  checkpoint: string;
}): Map<string, Uint8Array> {
  return new Map([
    [ledgerPaths.entries, entries],
    ...ledgerTreeFiles(tree),
    [ledgerPaths.checkpoint, utf8(checkpoint)],
  ]);
}

/** `leaves/…` and `level-10`. */
export function ledgerTreeFiles(tree: PoseidonTree): Map<string, Uint8Array> {
  return treeFiles(tree, paths);
}

/** A credit with its path to the ledger's newest root. Secret as its attestation is. */
export interface ProvableCredit extends LocatedCredit {
  readonly path: MerklePath;
}

/**
 * Paths of a member's credits, from files that tell the server nothing about which leaves they are.
 *
 * @param view - the ledger's log.
 * `credits`: as `locateCredit` found them in this view.
 * @throws InputError `ledger-files-malformed`, `ledger-root-mismatch` - the files are not those of the log's
 *   newest root: it may have grown in between, so that log and files are to be read again; `file-missing`.
 */
export async function creditPaths(
  files: PublicFiles,
  { view, credits }: { view: LedgerView; credits: readonly LocatedCredit[] },
): Promise<ProvableCredit[]> {
  const newest = view.roots.at(-1);
  if (newest === undefined || credits.length === 0) return [];
  const mismatch = (message: string) => new InputError("ledger-root-mismatch", message, "ledger");
  const refusal = {
    malformed: (message: string, place: string) => new InputError("ledger-files-malformed", message, place),
    otherRoot: mismatch,
  };
  const tree = { size: view.size, root: newest.root, depth: LEDGER_DEPTH };
  const found = await pathsFromFiles({ files, paths, tree, refusal }, (leaves, start) => {
    const here = credits.filter(({ position }) => position >= start && position < start + leaves.length);
    if (here.some(({ position, leaf }) => leaves[position - start] !== leaf)) {
      throw mismatch("a leaf is not the one that the log gives");
    }
    return here.map(({ position }) => position);
  });
  const byPosition = new Map(found.map((path) => [path.leafIndex, path]));
  return credits.map((credit) => ({ ...credit, path: byPosition.get(credit.position)! }));
}

// A document's roll tree: leaves, root, and the files that members download. docs/spec/roll.md §2–§4.
import { InputError } from "../formats/errors.ts";
import type { PublicFiles } from "../formats/public-files.ts";
import { publicPaths } from "../formats/public-paths.ts";
import {
  type MerklePath,
  type PoseidonTree,
  pathsFromFiles,
  poseidonTree,
  type TreePaths,
  treeFiles,
} from "./poseidon-tree.ts";
import type { RollState } from "./roll-log.ts";

/** The tree over the leaves of a roll. */
export type RollTree = PoseidonTree;

const paths: TreePaths = { leaves: publicPaths.rollLeaves, level10: publicPaths.rollLevel10 };

/** The leaves for a poll: commitments of those tiers, 0 for everybody else. */
export function pollLeaves({ positions }: RollState, tiers: readonly string[]): bigint[] {
  return positions.map((position) =>
    position !== null && tiers.includes(position.tier) ? position.commitment : 0n,
  );
}

/**
 * The tree over leaves.
 *
 * @throws InputError `roll-too-large` - more than 2^depth leaves.
 */
export function rollTree(leaves: readonly bigint[], depth: number): RollTree {
  if (leaves.length > 2 ** depth) {
    throw new InputError("roll-too-large", `${leaves.length} positions do not fit depth ${depth}`);
  }
  return poseidonTree(leaves, depth);
}

/** `roll/leaves/…` and `roll/level-10`. */
export function rollFiles(tree: RollTree): Map<string, Uint8Array> {
  return treeFiles(tree, paths);
}

/**
 * A member's own path, from files that tell the server nothing about which leaf it is.
 *
 * @param roll - size and root as a valid document names them, and the circuit's depth.
 * @throws InputError `not-on-roll` - the commitment is no leaf; `roll-files-malformed`;
 *   `roll-root-mismatch` - the files are not those of the document's root; `file-missing`.
 */
export async function pathFromFiles({
  files,
  roll,
  commitment,
}: {
  files: PublicFiles;
  roll: { readonly size: number; readonly root: bigint; readonly depth: number };
  commitment: bigint;
}): Promise<MerklePath> {
  const notOnRoll = () => new InputError("not-on-roll", "the commitment is not on this roll");
  if (commitment === 0n) throw notOnRoll();
  const refusal = {
    malformed: (message: string, place: string) => new InputError("roll-files-malformed", message, place),
    otherRoot: (message: string) => new InputError("roll-root-mismatch", message, "roll"),
  };
  const [found] = await pathsFromFiles({ files, paths, tree: roll, refusal }, (leaves, start) => {
    const at = leaves.indexOf(commitment);
    return at < 0 ? [] : [start + at];
  });
  if (found === undefined) throw notOnRoll();
  return found;
}

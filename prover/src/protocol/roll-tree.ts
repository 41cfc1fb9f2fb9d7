// A document's roll tree: leaves, root, and the files that members download. docs/spec/roll.md §2–§4.
import { InputError } from "../formats/errors.ts";
import { scalarsFromBytes, scalarsToBytes } from "../formats/kernel-points.ts";
import type { PublicFiles } from "../formats/public-files.ts";
import { publicPaths } from "../formats/public-paths.ts";
import { Hashers } from "../groth16/threads/hashers.ts";
import { checkThreads, type ThreadOptions } from "../groth16/threads/port.ts";
import { Turns } from "../groth16/turns.ts";
import {
  growPoseidonTree,
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
 * The tree over leaves, at once: 100,000 take seconds, in which the thread does nothing else.
 *
 * @throws InputError `roll-too-large` - more than 2^depth leaves.
 */
export function rollTree(leaves: readonly bigint[], depth: number): RollTree {
  checkSize(leaves, depth);
  return poseidonTree(leaves, depth);
}

/** How a tree is grown. */
export interface GrowOptions {
  /** Beside the calling thread; without them it hashes alone. They end with the tree, and small trees start none. */
  readonly threads?: ThreadOptions | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hashes that are done, of about so many: nodes above empty leaves are not hashed. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * The same tree, by several threads and with turns for other work in the calling one.
 *
 * @throws InputError `roll-too-large` - more than 2^depth leaves.
 * @throws RangeError - threads that are not 1 … 16.
 * @throws unknown - the reason with which the signal fired.
 */
export async function growRollTree(
  leaves: readonly bigint[],
  depth: number,
  { threads, signal, onProgress }: GrowOptions = {},
): Promise<RollTree> {
  checkSize(leaves, depth);
  if (threads !== undefined) checkThreads(threads);
  const turns = new Turns(signal);
  await turns.yield();
  const hashers = await Hashers.start(leaves.length < WORTH_THREADS ? undefined : threads);
  let done = 0;
  const onHashed = (count: number): void => {
    done += count;
    onProgress?.(done, Math.max(done, leaves.length));
  };
  try {
    return await growPoseidonTree(leaves, depth, async (nodes) =>
      scalarsFromBytes(await hashers.hashPairs(scalarsToBytes(nodes), turns, onHashed)),
    );
  } finally {
    hashers.end();
  }
}

/** Leaves from which on threads save more than their start takes. */
const WORTH_THREADS = 8192;

function checkSize(leaves: readonly bigint[], depth: number): void {
  if (leaves.length > 2 ** depth) {
    throw new InputError("roll-too-large", `${leaves.length} positions do not fit depth ${depth}`);
  }
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

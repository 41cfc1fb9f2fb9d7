// The LeanIMT, the tree of a Semaphore group: root, paths, and the files from which a member makes its own path.
// docs/spec/membership.md §2. Source: LeanIMT paper (PSE 2024) and `@zk-kit/lean-imt` 2.2, which tests compare.
//
// Layer 0 is the leaves; a node with two children is Poseidon(left, right), and one with a left child alone *is*
// that child. There are no zero leaves, and depth grows with the leaves: ⌈log₂ n⌉.

import { InputError } from "../../formats/errors.ts";
import { poseidonOfPairs } from "../../formats/poseidon.ts";
import type { PublicFiles } from "../../formats/public-files.ts";
import { BUCKET_DEPTH, chunksOf, decodeNodes, rootOfPath, type TreePaths } from "../poseidon-tree.ts";

/** A LeanIMT over one leaf or more. */
export interface LeanTree {
  readonly depth: number;
  readonly root: bigint;
  /** `layers[h]`: nodes at height h, left to right. */
  readonly layers: readonly (readonly bigint[])[];
}

/** Path from a leaf to the root of a LeanIMT. */
export interface LeanPath {
  /** Bit i says on which side sibling i's brother stands (1: on the right). Not the leaf's position. */
  readonly index: number;
  /** Leaf to root; at most the tree's depth of them: heights at which the node is its child have none. */
  readonly siblings: readonly bigint[];
}

/** Depth of a LeanIMT of `leaves` leaves: ⌈log₂ leaves⌉, 0 for one. */
export function leanDepth(leaves: number): number {
  let depth = 0;
  while (2 ** depth < leaves) depth++;
  return depth;
}

/** The layer above. */
function above(nodes: readonly bigint[]): bigint[] {
  const alone = nodes.length % 2 === 1 ? nodes.slice(-1) : [];
  return [...poseidonOfPairs(nodes.slice(0, nodes.length - alone.length)), ...alone];
}

/** The layer given, and `height` layers above it. */
function layersOver(nodes: readonly bigint[], height: number): (readonly bigint[])[] {
  const layers = [nodes];
  for (let h = 0; h < height; h++) layers.push(above(layers[h]!));
  return layers;
}

/**
 * The tree over leaves.
 *
 * @param leaves - none of them 0.
 * @throws RangeError - no leaf, or a leaf that is 0.
 */
export function leanTree(leaves: readonly bigint[]): LeanTree {
  if (leaves.length === 0) throw new RangeError("a LeanIMT has one leaf or more");
  if (leaves.includes(0n)) throw new RangeError("a leaf is 0");
  const depth = leanDepth(leaves.length);
  const layers = layersOver([...leaves], depth);
  return { depth, root: layers[depth]![0]!, layers };
}

/**
 * The path of a leaf.
 *
 * @param position - of the leaf among all, from 0.
 * @throws RangeError - no such leaf.
 */
export function leanPath({ layers }: LeanTree, position: number): LeanPath {
  if (!Number.isInteger(position) || position < 0 || position >= layers[0]!.length) {
    throw new RangeError(`no leaf ${position}`);
  }
  return pathThrough(layers.slice(0, -1).map((layer, h) => ({ layer, at: position >> h })));
}

/** The path of a node that stands at `at` in each of these layers, leaf to root. */
function pathThrough(steps: readonly { readonly layer: readonly bigint[]; readonly at: number }[]): LeanPath {
  const siblings: bigint[] = [];
  let index = 0;
  for (const { layer, at } of steps) {
    const sibling = layer[at ^ 1];
    if (sibling === undefined) continue;
    index += (at & 1) * 2 ** siblings.length;
    siblings.push(sibling);
  }
  return { index, siblings };
}

/** The root that a path gives for a leaf: what the circuit computes. */
export function rootOfLeanPath(leaf: bigint, { index, siblings }: LeanPath): bigint {
  return rootOfPath(leaf, { leafIndex: index, siblings });
}

/**
 * A member's own path, from files that tell the server nothing about which leaf it is: every chunk of leaves, and
 * the nodes at height 10. The member hashes its own 1,024 leaves and climbs from there.
 *
 * @param roll - leaves and root as a signed document names them.
 * @throws InputError `not-on-roll` - the commitment is no leaf; `roll-files-malformed`; `not-canonical`;
 *   `roll-root-mismatch` - the files are not those of the root; `file-missing`.
 */
export async function leanPathFromFiles({
  files,
  paths,
  roll,
  commitment,
}: {
  files: PublicFiles;
  paths: TreePaths;
  roll: { readonly members: number; readonly root: bigint };
  commitment: bigint;
}): Promise<LeanPath> {
  const { members, root } = roll;
  const nodesOf = async (path: string, expected: number): Promise<bigint[]> => {
    const bytes = await files.read(path);
    if (bytes.length !== 32 * expected) {
      throw new InputError("roll-files-malformed", `expected ${expected} nodes of 32 bytes`, path);
    }
    return decodeNodes(bytes, path);
  };
  const depth = leanDepth(members);
  const bucketDepth = Math.min(depth, BUCKET_DEPTH);
  const level = await nodesOf(paths.level10, Math.ceil(members / 2 ** bucketDepth));
  const upper = layersOver(level, depth - bucketDepth);
  const otherRoot = (): InputError =>
    new InputError("roll-root-mismatch", "the files are not those of the roll's root", "roll");
  // For everybody alike: were it seen only by members below a changed node, the host would learn who they are.
  if (upper.at(-1)![0] !== root) throw otherRoot();
  let found: LeanPath | undefined;
  for (const [n, { start, length }] of chunksOf(members).entries()) {
    const leaves = await nodesOf(paths.leaves(n), length);
    const at = leaves.indexOf(commitment);
    // Every chunk is read, wherever the leaf is: requests must not depend on the member.
    if (at < 0 || found !== undefined) continue;
    const bucket = Math.floor((start + at) / 2 ** bucketDepth);
    const first = bucket * 2 ** bucketDepth - start;
    const lower = layersOver(leaves.slice(first, first + 2 ** bucketDepth), bucketDepth);
    found = pathThrough([
      ...lower.slice(0, -1).map((layer, h) => ({ layer, at: (at - first) >> h })),
      ...upper.slice(0, -1).map((layer, h) => ({ layer, at: bucket >> h })),
    ]);
  }
  if (found === undefined) throw new InputError("not-on-roll", "the commitment is not on this roll");
  if (rootOfLeanPath(commitment, found) !== root) throw otherRoot();
  return found;
}

// Binary Poseidon trees of fixed depth, of rolls and ledgers: root, paths, and the files from which a member
// makes its own path. docs/spec/roll.md §3, §4; docs/spec/ledger.md §6.

import { joinBytes } from "../formats/bytes.ts";
import type { InputError } from "../formats/errors.ts";
import { fieldFromBytes, fieldToBytes } from "../formats/field.ts";
import { poseidon, poseidonOfPairs } from "../formats/poseidon.ts";
import type { PublicFiles } from "../formats/public-files.ts";

/** A binary Poseidon tree of fixed depth; missing leaves are 0. */
export interface PoseidonTree {
  readonly depth: number;
  readonly root: bigint;
  /** `layers[h]`: nodes at height h, left to right, without the empty ones at the end. */
  readonly layers: readonly (readonly bigint[])[];
}

/** Path from a leaf to the root. */
export interface MerklePath {
  /** 0 … 2^depth − 1. */
  readonly leafIndex: number;
  /** Leaf to root, `depth` of them. */
  readonly siblings: readonly bigint[];
}

/** Height of the nodes in the level file, and of the subtree a member hashes itself. */
export const BUCKET_DEPTH = 10;
const BUCKET_LEAVES = 2 ** BUCKET_DEPTH;
/** Leaves in a chunk file. */
const CHUNK_LEAVES = 2 ** 17;

/** Grown as far as it was asked for: a log of a thousand entries asks a thousand times. */
const zeros = [0n];

/** Roots of empty trees: `emptyRoots(depth)[h]` has height h. */
function emptyRoots(depth: number): readonly bigint[] {
  for (let h = zeros.length - 1; h < depth; h++) zeros.push(poseidon([zeros[h]!, zeros[h]!]));
  return zeros;
}

/**
 * The tree over leaves.
 *
 * @throws RangeError - more than 2^depth leaves.
 */
export function poseidonTree(leaves: readonly bigint[], depth: number): PoseidonTree {
  const layers = [firstLayer(leaves, depth)];
  const empty = emptyRoots(depth);
  for (let h = 0; h < depth; h++) layers.push(parents(layers[h]!, empty[h]!, empty[h + 1]!));
  return { depth, root: layers[depth]![0] ?? empty[depth]!, layers };
}

/** Hashes of neighbours, two and two. */
export type PairHasher = (nodes: readonly bigint[]) => Promise<readonly bigint[]>;

/**
 * The same by a hasher of the caller's.
 *
 * @throws RangeError - more than 2^depth leaves.
 * @throws unknown - what the hasher throws.
 */
export async function growPoseidonTree(
  leaves: readonly bigint[],
  depth: number,
  hash: PairHasher,
): Promise<PoseidonTree> {
  const layers = [firstLayer(leaves, depth)];
  const empty = emptyRoots(depth);
  for (let h = 0; h < depth; h++) {
    const { toHash, parentsOf } = layerAbove(layers[h]!, empty[h]!, empty[h + 1]!);
    layers.push(parentsOf(await hash(toHash)));
  }
  return { depth, root: layers[depth]![0] ?? empty[depth]!, layers };
}

function firstLayer(leaves: readonly bigint[], depth: number): bigint[] {
  if (leaves.length > 2 ** depth) throw new RangeError(`${leaves.length} leaves do not fit depth ${depth}`);
  return [...leaves];
}

function parents(nodes: readonly bigint[], zero: bigint, parentOfZeros: bigint): bigint[] {
  const { toHash, parentsOf } = layerAbove(nodes, zero, parentOfZeros);
  return parentsOf(poseidonOfPairs(toHash));
}

/** What has to be hashed for the layer above, and that layer from the hashes. */
function layerAbove(
  nodes: readonly bigint[],
  zero: bigint,
  parentOfZeros: bigint,
): { toHash: bigint[]; parentsOf: (hashes: readonly bigint[]) => bigint[] } {
  const complete = nodes.length % 2 === 0 ? nodes : [...nodes, zero];
  // Most nodes of a large tree may be empty: those are not hashed.
  const isEmpty = (i: number): boolean => complete[2 * i] === zero && complete[2 * i + 1] === zero;
  const pairs = Array.from({ length: complete.length / 2 }, (_, i) => i);
  const toHash = pairs.filter((i) => !isEmpty(i)).flatMap((i) => [complete[2 * i]!, complete[2 * i + 1]!]);
  return {
    toHash,
    parentsOf(hashes) {
      let next = 0;
      return pairs.map((i) => (isEmpty(i) ? parentOfZeros : hashes[next++]!));
    },
  };
}

/**
 * The tree with some leaves set or appended: only what lies above them is hashed again.
 *
 * @param leaves - by position; positions beyond the last leaf leave no gap.
 * @throws RangeError - a gap, or more than 2^depth leaves.
 */
export function withLeaves(
  { depth, layers }: PoseidonTree,
  leaves: ReadonlyMap<number, bigint>,
): PoseidonTree {
  const empty = emptyRoots(depth);
  const changed = layers.map((layer) => [...layer]);
  let touched = [...leaves.keys()].sort((a, b) => a - b);
  for (const position of touched) {
    const isNext = position <= changed[0]!.length && position < 2 ** depth;
    if (!Number.isInteger(position) || position < 0 || !isNext) throw new RangeError(`no leaf ${position}`);
    changed[0]![position] = leaves.get(position)!;
  }
  for (let h = 0; h < depth; h++) {
    const nodes = changed[h]!;
    touched = [...new Set(touched.map((position) => Math.floor(position / 2)))];
    for (const i of touched) {
      const [parent] = parents(nodes.slice(2 * i, 2 * i + 2), empty[h]!, empty[h + 1]!);
      changed[h + 1]![i] = parent!;
    }
  }
  return { depth, root: changed[depth]![0] ?? empty[depth]!, layers: changed };
}

/**
 * The path of a position.
 *
 * @throws RangeError - no such position.
 */
export function merklePath({ depth, layers }: PoseidonTree, leafIndex: number): MerklePath {
  if (!Number.isInteger(leafIndex) || leafIndex < 0 || leafIndex >= layers[0]!.length) {
    throw new RangeError(`no leaf ${leafIndex}`);
  }
  const empty = emptyRoots(depth);
  const siblings = Array.from({ length: depth }, (_, h) => layers[h]![(leafIndex >> h) ^ 1] ?? empty[h]!);
  return { leafIndex, siblings };
}

/** The root that a path gives for a leaf: what the circuit computes. */
export function rootOfPath(leaf: bigint, { leafIndex, siblings }: MerklePath): bigint {
  return siblings.reduce(
    (node, sibling, h) =>
      Math.floor(leafIndex / 2 ** h) % 2 === 0 ? poseidon([node, sibling]) : poseidon([sibling, node]),
    leaf,
  );
}

/** First leaf and number of leaves of each chunk file of a tree of `size` leaves. */
export function chunksOf(size: number): { start: number; length: number }[] {
  const chunks: { start: number; length: number }[] = [];
  for (let start = 0; start < size; start += CHUNK_LEAVES) {
    chunks.push({ start, length: Math.min(CHUNK_LEAVES, size - start) });
  }
  const last = chunks.at(-1);
  const neighbour = chunks.at(-2);
  if (last !== undefined && neighbour !== undefined && last.length < BUCKET_LEAVES) {
    chunks.splice(-2, 2, { start: neighbour.start, length: neighbour.length + last.length });
  }
  return chunks;
}

/** Where a tree's files lie. */
export interface TreePaths {
  /** Chunk of leaves, from 0. */
  readonly leaves: (chunk: number) => string;
  /** Nodes at height 10. */
  readonly level10: string;
}

/** Files of a tree: its leaves in chunks, and the nodes at height 10. */
export function treeFiles({ depth, layers }: PoseidonTree, paths: TreePaths): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const [n, { start, length }] of chunksOf(layers[0]!.length).entries()) {
    files.set(paths.leaves(n), encodeNodes(layers[0]!.slice(start, start + length)));
  }
  files.set(paths.level10, encodeNodes(layers[Math.min(depth, BUCKET_DEPTH)]!));
  return files;
}

/** Files of a tree that somebody else made, and what they must give. */
export interface ForeignTree {
  readonly files: PublicFiles;
  readonly paths: TreePaths;
  readonly tree: { readonly size: number; readonly root: bigint; readonly depth: number };
  /** How this tree's owner refuses: with codes of its own. */
  readonly refusal: {
    /** Not the right number of whole nodes. */
    readonly malformed: (message: string, place: string) => InputError;
    /** Nodes or leaves of another tree. */
    readonly otherRoot: (message: string) => InputError;
  };
}

/**
 * A member's own paths, from files that tell the server nothing about which leaves they are: whole chunks and
 * the level file. The member hashes the 1,024 leaves around each of its own and climbs from there.
 *
 * @param find - positions of the member's leaves in a chunk whose first leaf has position `start`.
 * @returns paths in the order in which they were found.
 * @throws InputError - as `refusal` says; `file-missing`, `not-canonical`.
 */
export async function pathsFromFiles(
  { files, paths, tree, refusal }: ForeignTree,
  find: (leaves: readonly bigint[], start: number) => readonly number[],
): Promise<MerklePath[]> {
  const { size, root, depth } = tree;
  const nodesOf = async (path: string): Promise<bigint[]> => {
    const bytes = await files.read(path);
    if (bytes.length % 32 !== 0) throw refusal.malformed("not whole nodes", path);
    return decodeNodes(bytes, path);
  };
  const level = await nodesOf(paths.level10);
  const bucketDepth = Math.min(depth, BUCKET_DEPTH);
  const expectedNodes = Math.ceil(size / 2 ** bucketDepth);
  if (level.length !== expectedNodes) {
    throw refusal.malformed(`expected ${expectedNodes} nodes`, paths.level10);
  }
  const above = layersAbove(level, bucketDepth, depth);
  if ((above.at(-1)![0] ?? emptyRoots(depth)[depth]) !== root) {
    // For everybody alike: were it seen only by members below the changed node, the host would learn who they are.
    throw refusal.otherRoot("the level file is not that of the tree's root");
  }
  const found: MerklePath[] = [];
  for (const [n, { start, length }] of chunksOf(size).entries()) {
    const path = paths.leaves(n);
    const leaves = await nodesOf(path);
    if (leaves.length !== length) throw refusal.malformed(`expected ${length} leaves`, path);
    // Every chunk is read, wherever the leaves are: requests must not depend on the member.
    for (const leafIndex of find(leaves, start)) {
      const own = climb({ start, leaves, above, leafIndex, depth });
      if (rootOfPath(leaves[leafIndex - start]!, own) !== root) {
        throw refusal.otherRoot("the leaves are not those of the tree's root");
      }
      found.push(own);
    }
  }
  return found;
}

/** The nodes at each height from the level file's up to the root's. */
function layersAbove(level: readonly bigint[], from: number, depth: number): (readonly bigint[])[] {
  const empty = emptyRoots(depth);
  const layers = [level];
  for (let h = from; h < depth; h++) layers.push(parents(layers.at(-1)!, empty[h]!, empty[h + 1]!));
  return layers;
}

function climb({
  start,
  leaves,
  above,
  leafIndex,
  depth,
}: {
  start: number;
  leaves: readonly bigint[];
  /** From {@link layersAbove}. */
  above: readonly (readonly bigint[])[];
  leafIndex: number;
  depth: number;
}): MerklePath {
  const bucketDepth = Math.min(depth, BUCKET_DEPTH);
  const bucket = Math.floor(leafIndex / BUCKET_LEAVES);
  const first = bucket * BUCKET_LEAVES - start;
  const lower = poseidonTree(leaves.slice(first, first + 2 ** bucketDepth), bucketDepth);
  const empty = emptyRoots(depth);
  const siblings = [...merklePath(lower, leafIndex - bucket * BUCKET_LEAVES).siblings];
  for (let h = bucketDepth; h < depth; h++) {
    siblings.push(above[h - bucketDepth]![Math.floor(leafIndex / 2 ** h) ^ 1] ?? empty[h]!);
  }
  return { leafIndex, siblings };
}

function encodeNodes(nodes: readonly bigint[]): Uint8Array {
  // A full chunk has more nodes than a call may have arguments.
  return joinBytes(nodes.map(fieldToBytes));
}

/**
 * Nodes of 32 bytes each; bytes that make no whole node are left out.
 *
 * @throws InputError `not-canonical`.
 */
export function decodeNodes(bytes: Uint8Array, place: string): bigint[] {
  return Array.from({ length: bytes.length / 32 }, (_, i) =>
    fieldFromBytes(bytes.subarray(32 * i, 32 * i + 32), place),
  );
}

// A poll's roll tree: leaves, root, paths, and the files that members download. docs/spec/roll.md §2–§4.
import { poseidon2 } from "poseidon-lite/poseidon2";
import { joinBytes } from "../formats/bytes.ts";
import { InputError } from "../formats/errors.ts";
import { fieldFromBytes, fieldToBytes } from "../formats/field.ts";
import type { PublicFiles } from "../formats/public-files.ts";
import { publicPaths } from "../formats/public-paths.ts";
import type { RollState } from "./roll-log.ts";

/** A binary Poseidon tree of fixed depth; missing leaves are 0. */
export interface RollTree {
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

/** Height of the nodes in `roll/level-10`, and of the subtree a member hashes itself. */
const BUCKET_DEPTH = 10;
const BUCKET_LEAVES = 2 ** BUCKET_DEPTH;
/** Leaves in a chunk file. */
const CHUNK_LEAVES = 2 ** 17;

/** The leaves for a poll: commitments of those tiers, 0 for everybody else. */
export function pollLeaves({ positions }: RollState, tiers: readonly string[]): bigint[] {
  return positions.map((position) =>
    position !== null && tiers.includes(position.tier) ? position.commitment : 0n,
  );
}

/** Roots of empty trees: `zeros[h]` has height h. */
function emptyRoots(depth: number): bigint[] {
  const zeros = [0n];
  for (let h = 0; h < depth; h++) zeros.push(poseidon2([zeros[h]!, zeros[h]!]));
  return zeros;
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
  const zeros = emptyRoots(depth);
  const layers: bigint[][] = [[...leaves]];
  for (let h = 0; h < depth; h++) layers.push(parents(layers[h]!, zeros[h]!, zeros[h + 1]!));
  return { depth, root: layers[depth]![0] ?? zeros[depth]!, layers };
}

function parents(nodes: readonly bigint[], zero: bigint, parentOfZeros: bigint): bigint[] {
  return Array.from({ length: Math.ceil(nodes.length / 2) }, (_, i) => {
    const left = nodes[2 * i]!;
    const right = nodes[2 * i + 1] ?? zero;
    return left === zero && right === zero ? parentOfZeros : poseidon2([left, right]);
  });
}

/**
 * The path of a position.
 *
 * @throws RangeError - no such position.
 */
export function merklePath({ depth, layers }: RollTree, leafIndex: number): MerklePath {
  if (!Number.isInteger(leafIndex) || leafIndex < 0 || leafIndex >= layers[0]!.length) {
    throw new RangeError(`no leaf ${leafIndex}`);
  }
  const zeros = emptyRoots(depth);
  const siblings = Array.from({ length: depth }, (_, h) => layers[h]![(leafIndex >> h) ^ 1] ?? zeros[h]!);
  return { leafIndex, siblings };
}

/** The root that a path gives for a leaf: what the circuit computes. */
export function rootOfPath(leaf: bigint, { leafIndex, siblings }: MerklePath): bigint {
  return siblings.reduce(
    (node, sibling, h) =>
      Math.floor(leafIndex / 2 ** h) % 2 === 0 ? poseidon2([node, sibling]) : poseidon2([sibling, node]),
    leaf,
  );
}

/** First leaf and number of leaves of each chunk file of a roll of `size` positions. */
function chunksOf(size: number): { start: number; length: number }[] {
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

/** `roll/leaves/…` and `roll/level-10`. */
export function rollFiles({ depth, layers }: RollTree): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const [n, { start, length }] of chunksOf(layers[0]!.length).entries()) {
    files.set(publicPaths.rollLeaves(n), encodeNodes(layers[0]!.slice(start, start + length)));
  }
  files.set(publicPaths.rollLevel10, encodeNodes(layers[Math.min(depth, BUCKET_DEPTH)]!));
  return files;
}

/**
 * A member's own path, from files that tell the server nothing about which leaf it is: whole chunks and the
 * level file. The member hashes its own 1,024 leaves and climbs from there.
 *
 * @param roll - size and root as a valid poll names them, and the circuit's depth.
 * @throws InputError `not-on-roll` - the commitment is no leaf; `roll-files-malformed`;
 *   `roll-root-mismatch` - the files are not those of the poll's root; `file-missing`.
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
  const { size, root, depth } = roll;
  if (commitment === 0n) throw new InputError("not-on-roll", "the commitment is not on this roll");
  const level = decodeNodes(await files.read(publicPaths.rollLevel10), publicPaths.rollLevel10);
  const bucketDepth = Math.min(depth, BUCKET_DEPTH);
  const expectedNodes = Math.ceil(size / 2 ** bucketDepth);
  if (level.length !== expectedNodes) {
    throw new InputError("roll-files-malformed", `expected ${expectedNodes} nodes`, publicPaths.rollLevel10);
  }
  const above = layersAbove(level, bucketDepth, depth);
  if (above.at(-1)![0] !== root) {
    // For everybody alike: were it seen only by members below the changed node, the host would learn who they are.
    throw new InputError("roll-root-mismatch", "the level file is not that of the poll's roll", "roll");
  }
  let found: MerklePath | undefined;
  for (const [n, { start, length }] of chunksOf(size).entries()) {
    const path = publicPaths.rollLeaves(n);
    const leaves = decodeNodes(await files.read(path), path);
    if (leaves.length !== length)
      throw new InputError("roll-files-malformed", `expected ${length} leaves`, path);
    const at = leaves.indexOf(commitment);
    // Every chunk is read, wherever the leaf is: requests must not depend on the member.
    if (at >= 0 && found === undefined) found = climb({ start, leaves, above, leafIndex: start + at, depth });
  }
  if (found === undefined) throw new InputError("not-on-roll", "the commitment is not on this roll");
  if (rootOfPath(commitment, found) !== root) {
    throw new InputError("roll-root-mismatch", "the files are not those of the poll's roll", "roll");
  }
  return found;
}

/** The nodes at each height from the level file's up to the root's. */
function layersAbove(level: readonly bigint[], from: number, depth: number): (readonly bigint[])[] {
  const zeros = emptyRoots(depth);
  const layers = [level];
  for (let h = from; h < depth; h++) layers.push(parents(layers.at(-1)!, zeros[h]!, zeros[h + 1]!));
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
  const lower = rollTree(leaves.slice(first, first + 2 ** bucketDepth), bucketDepth);
  const zeros = emptyRoots(depth);
  const siblings = [...merklePath(lower, leafIndex - bucket * BUCKET_LEAVES).siblings];
  for (let h = bucketDepth; h < depth; h++) {
    siblings.push(above[h - bucketDepth]![Math.floor(leafIndex / 2 ** h) ^ 1] ?? zeros[h]!);
  }
  return { leafIndex, siblings };
}

function encodeNodes(nodes: readonly bigint[]): Uint8Array {
  // A full chunk has more nodes than a call may have arguments.
  return joinBytes(nodes.map(fieldToBytes));
}

function decodeNodes(bytes: Uint8Array, place: string): bigint[] {
  if (bytes.length % 32 !== 0) throw new InputError("roll-files-malformed", "not whole nodes", place);
  return Array.from({ length: bytes.length / 32 }, (_, i) =>
    fieldFromBytes(bytes.subarray(32 * i, 32 * i + 32), place),
  );
}

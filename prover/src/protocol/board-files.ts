// A whole board from its public files: checkpoint, entries, tiles. docs/spec/board.md §2, §3.
import { equalBytes, fromUtf8 } from "../formats/bytes.ts";
import { checkpointOrigin, verifyCheckpoint } from "../formats/checkpoint.ts";
import { InputError } from "../formats/errors.ts";
import { leafHash } from "../formats/merkle-log.ts";
import { type PublicFiles, readOptional } from "../formats/public-files.ts";
import { publicPaths } from "../formats/public-paths.ts";
import { boardFiles, readEntries, tilesOf } from "../formats/tiles.ts";
import { BoardTree } from "./board-tree.ts";
import type { BoardIdentity } from "./scope-document.ts";

/** A board whose entries are those under its signed checkpoint. What they say has not been looked at. */
export interface ReadBoard {
  /** The signed note as served. */
  readonly checkpoint: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  readonly tree: BoardTree;
  readonly entries: readonly Uint8Array[];
}

/**
 * Reads a whole board and checks checkpoint, tree and tiles.
 *
 * @param scope - `pollId` or `claimScope`: whose board.
 * @throws InputError `checkpoint-…`, `tile-malformed`, `board-root-mismatch`, `board-tile-mismatch`,
 *   `file-missing`; the place is a file's path or `board entry i`.
 */
export async function readBoard({
  files,
  board,
  scope,
}: {
  files: PublicFiles;
  board: BoardIdentity;
  scope: string;
}): Promise<ReadBoard> {
  const checkpoint = fromUtf8(await files.read(publicPaths.checkpoint), publicPaths.checkpoint);
  const { size, root } = verifyCheckpoint(checkpoint, {
    origin: checkpointOrigin(board.name, scope),
    publicKey: board.key,
  });
  const entries = await readEntries(files, size);
  const tree = new BoardTree();
  for (const entry of entries) tree.append(entry);
  if (!equalBytes(tree.root(), root)) {
    throw new InputError(
      "board-root-mismatch",
      "entries do not hash to the checkpoint's root",
      await placeOfMismatch(files, entries, root),
    );
  }
  await compareTiles(files, entries);
  return { checkpoint, size, root, tree, entries };
}

/**
 * Which entry is not the one under the checkpoint, where the tiles of leaf hashes can tell; the checkpoint
 * itself where they cannot.
 */
async function placeOfMismatch(
  files: PublicFiles,
  entries: readonly Uint8Array[],
  root: Uint8Array,
): Promise<string> {
  const published: Uint8Array[] = [];
  for (const [index, width] of tilesOf(entries.length)) {
    const tile = await readOptional(files, publicPaths.tile(0, index, width));
    for (let i = 0; i < width; i++) published.push(tile?.slice(32 * i, 32 * i + 32) ?? new Uint8Array(0));
  }
  const tree = new BoardTree().with(published);
  if (!equalBytes(tree.root(), root)) return publicPaths.checkpoint;
  // Another root than theirs: some hash differs.
  return `board entry ${entries.findIndex((entry, i) => !equalBytes(leafHash(entry), published[i]!))}`;
}

/** Every tile that a reader could fetch is the one these entries give, so that no reader sees another board. */
async function compareTiles(files: PublicFiles, entries: readonly Uint8Array[]): Promise<void> {
  for (const [path, expected] of boardFiles(entries)) {
    if (!equalBytes(await files.read(path), expected)) {
      throw new InputError("board-tile-mismatch", "not the tile of these entries", path);
    }
  }
}

// The board as it is served now, from its checkpoint and its tiles of leaf hashes: 32 bytes a record.
import {
  BoardTree,
  checkpointOrigin,
  equalBytes,
  fromUtf8,
  InputError,
  publicPaths,
  type TreeHead,
  tilesOf,
  toHex,
  type ValidPoll,
  verifyCheckpoint,
} from "@commune-zk/prover";
import type { ScopeFiles } from "./files.ts";

/** A board whose leaf hashes give the root that its key has signed. */
export interface ServedBoard {
  /** The signed note as served. */
  readonly note: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly root: string;
  readonly leafHashes: readonly Uint8Array[];
  readonly tree: BoardTree;
}

/** The head of a note that the poll's board has signed. @throws InputError `checkpoint-…` */
export function headOf({ poll, pollId }: ValidPoll, note: string, place?: string): TreeHead {
  const origin = checkpointOrigin(poll.board.name, pollId);
  return verifyCheckpoint(note, { origin, publicKey: poll.board.key }, place);
}

/**
 * Reads the board.
 *
 * @throws InputError `checkpoint-…`, `tile-malformed`, `board-root-mismatch`, `file-missing`; NoAnswerError.
 */
export async function readBoard(
  poll: ValidPoll,
  files: ScopeFiles,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (fraction: number) => void },
): Promise<ServedBoard> {
  const path = publicPaths.checkpoint;
  const note = fromUtf8(await files.read(path, { signal }), path);
  const { size, root } = headOf(poll, note);
  const leafHashes: Uint8Array[] = [];
  for (const [index, width] of tilesOf(size)) {
    const tile = await tileOf(files, { index, width }, signal);
    for (let i = 0; i < width; i++) leafHashes.push(tile.slice(32 * i, 32 * i + 32));
    onProgress(leafHashes.length / size);
  }
  const tree = new BoardTree().with(leafHashes);
  if (!equalBytes(tree.root(), root)) {
    throw new InputError("board-root-mismatch", "the tiles do not give the checkpoint's root", path);
  }
  return { note, size, root: toHex(root), leafHashes, tree };
}

async function tileOf(
  files: ScopeFiles,
  { index, width }: { index: number; width: number },
  signal: AbortSignal,
): Promise<Uint8Array> {
  const path = publicPaths.tile(0, index, width);
  const tile = await files.read(path, { signal });
  if (tile.length !== 32 * width) throw new InputError("tile-malformed", `expected ${width} hashes`, path);
  return tile;
}

/**
 * Checks that a head is one of the board's past.
 *
 * @throws InputError `board-stale` - it is of a larger board: what is served is an earlier state;
 *   `board-inconsistent` - the board had another root at that size.
 */
export function checkPast({ size, tree }: ServedBoard, head: TreeHead, place: string): void {
  if (head.size > size) {
    throw new InputError("board-stale", `${size} records are served, ${head.size} were seen`, place);
  }
  if (!equalBytes(tree.root(head.size), head.root)) {
    throw new InputError("board-inconsistent", `another board of ${head.size} records was seen`, place);
  }
}

// What trustees, witnesses and auditors each do with a board: check every record themselves.
// docs/spec/board.md, docs/spec/closing.md §1.
import { decodeRecord, statementHash } from "../formats/ballot-record.ts";
import { equalBytes, fromUtf8, toHex } from "../formats/bytes.ts";
import { checkpointOrigin, verifyCheckpoint } from "../formats/checkpoint.ts";
import { InputError } from "../formats/errors.ts";
import { leafHash } from "../formats/merkle-log.ts";
import { type PublicFiles, readOptional } from "../formats/public-files.ts";
import { publicPaths } from "../formats/public-paths.ts";
import { boardFiles, readEntries, tilesOf } from "../formats/tiles.ts";
import type { ProofVerifier } from "../groth16/verify.ts";
import { checkStatement } from "./ballot.ts";
import { BoardTree } from "./board-tree.ts";
import { type BoardView, type CountedBallot, countedSet } from "./counted-set.ts";
import type { ValidPoll } from "./validate-poll.ts";

/** A board whose every record has been checked. */
export interface BoardAudit extends BoardView {
  /** The signed note as served. */
  readonly checkpoint: string;
  /** Root of the first n records, 0 ≤ n ≤ size, lowercase hex. */
  readonly rootAt: (size: number) => string;
  /** In the order of the board. */
  readonly ballots: readonly CountedBallot[];
}

/** What {@link auditBoard} reads and reports to. */
export interface AuditBoardOptions {
  readonly poll: ValidPoll;
  readonly files: PublicFiles;
  readonly verifier: ProofVerifier;
  readonly signal?: AbortSignal;
  /** Called after each record, with the number checked and the number there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Reads a whole board and checks checkpoint, tree, tiles, and every record: encoding, statement, points,
 * uniqueness of (nullifier, revision), proof.
 *
 * @throws InputError - the first bad item; `place` is a file's path or `board entry i`.
 */
export async function auditBoard(options: AuditBoardOptions): Promise<BoardAudit> {
  const { poll, files, verifier, signal, onProgress } = options;
  const checkpoint = fromUtf8(await files.read(publicPaths.checkpoint), publicPaths.checkpoint);
  const { size, root } = verifyCheckpoint(checkpoint, {
    origin: checkpointOrigin(poll.poll.board.name, poll.pollId),
    publicKey: poll.poll.board.key,
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

  const ballots: CountedBallot[] = [];
  for (const [index, entry] of entries.entries()) {
    signal?.throwIfAborted();
    const place = `board entry ${index}`;
    const { publicSignals, proof } = decodeRecord(entry, place);
    const statement = checkStatement(poll, publicSignals, place);
    if (!(await verifier.verify(publicSignals, proof))) {
      throw new InputError("proof-invalid", "the proof does not verify", place);
    }
    ballots.push({ ...statement, statementHash: statementHash(publicSignals) });
    onProgress?.(index + 1, size);
  }
  const counted = countedSet({ pollId: poll.pollId, ballots });
  return { checkpoint, size, root: toHex(root), counted, rootAt: (n) => toHex(tree.root(n)), ballots };
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

/**
 * A board as it was at an earlier size: records that came after a closing are on it, and do not count.
 *
 * @throws RangeError - the board is smaller.
 */
export function boardAt(
  poll: ValidPoll,
  board: Pick<BoardAudit, "ballots" | "rootAt">,
  size: number,
): BoardView {
  if (size > board.ballots.length) throw new RangeError(`the board has fewer than ${size} records`);
  const ballots = board.ballots.slice(0, size);
  return { size, root: board.rootAt(size), counted: countedSet({ pollId: poll.pollId, ballots }) };
}

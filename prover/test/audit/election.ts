// A whole small election in memory: real ballots, and every public file of it. Boards, closings and results can
// be put together again in other ways from the same ballots, as a dishonest operator would.
import {
  assembleClosing,
  auditBoard,
  BoardTree,
  type BoardView,
  boardAt,
  boardFiles,
  canonicalBytes,
  checkpointOrigin,
  memoryCloserStore,
  memoryPublicFiles,
  partialDecrypt,
  publicPaths,
  resultBytes,
  rollFiles,
  type SignedMessage,
  signCheckpoint,
  signClosing,
  tally,
  utf8,
  type VerifiedClosing,
  verifyClosing,
} from "../../src/index.ts";
import { type Booth, cast, openBooth } from "../ballots/support.ts";
import { manifest } from "../support/keys.ts";
import { boardKeys, CLOSES, makePoll } from "../support/polls.ts";

/** Public files by path. */
export type Files = Map<string, Uint8Array>;

/** Voters 0 … 3 of five members; the first one changes its mind. */
const BALLOTS: readonly { voter: number; option: number; revision: number }[] = [
  { voter: 0, option: 0, revision: 0 },
  { voter: 1, option: 1, revision: 0 },
  { voter: 2, option: 1, revision: 0 },
  { voter: 0, option: 2, revision: 1 },
  { voter: 3, option: 1, revision: 0 },
];

/** What counts of {@link Election.records}: nobody for the first option, which was revised. */
export const EXPECTED = [0, 3, 1];

/** A poll, and five records that were really proven for it. */
export interface Election extends Booth {
  /** In the order in which they arrived. */
  readonly records: readonly Uint8Array[];
}

/**
 * A poll of five members, 2-of-3 trustees and one witness, in shards of two ballots, and its five ballots. Three
 * of the four closers are a quorum.
 */
export async function holdElection(): Promise<Election> {
  const booth = await openBooth(makePoll({ minimumBallots: 1, shardBallots: 2, witnesses: ["W"] }));
  const records: Uint8Array[] = [];
  for (const { voter, option, revision } of BALLOTS) {
    const votes = [0, 0, 0].with(option, 1);
    records.push((await cast(booth, { voter, votes, revision })).record);
  }
  return { ...booth, records };
}

/** The files that are there before anybody votes. */
export function pollFiles({ rehearsed }: Pick<Election, "rehearsed">): Files {
  const { poll, signatures, rollEvents, dkg } = rehearsed.registration;
  return new Map<string, Uint8Array>([
    [publicPaths.poll, poll],
    [publicPaths.signatures, signatures],
    [publicPaths.keys, manifest.bytes],
    [publicPaths.rollEvents, rollEvents],
    ...rollFiles(rehearsed.tree),
    [publicPaths.dkg, dkg],
  ]);
}

/** The files of a board of these records, under a checkpoint that the board's key has signed. */
export function signedBoard({ poll }: Pick<Election, "poll">, records: readonly Uint8Array[]): Files {
  const tree = new BoardTree();
  for (const record of records) tree.append(record);
  const origin = checkpointOrigin(poll.poll.board.name, poll.pollId);
  const checkpoint = signCheckpoint(origin, { size: tree.size, root: tree.root() }, boardKeys.secretKey);
  return new Map([...boardFiles(records), [publicPaths.checkpoint, utf8(checkpoint)]]);
}

/**
 * A trustee's own audit of a board.
 *
 * @param size - of the first so many records alone; all of them unless told.
 */
export async function ownAudit(
  { poll, verifier }: Election,
  files: Files,
  size = Number.POSITIVE_INFINITY,
): Promise<BoardView> {
  const board = await auditBoard({ poll, files: memoryPublicFiles(files), verifier });
  return boardAt(poll, board, Math.min(size, board.size));
}

/** Ed25519 seeds of all closers: trustees, then witnesses. */
export function closerSecrets({ rehearsed: { trusteeKeys, witnessKeys } }: Election): Uint8Array[] {
  const trustees = trusteeKeys.map(({ signingSecret }) => signingSecret);
  return [...trustees, ...witnessKeys.map(({ secretKey }) => secretKey)];
}

/** `closing.json` with all closers' signatures over a view of the board, whatever it is worth. */
export async function closingOf(election: Election, board: BoardView): Promise<Uint8Array> {
  const { poll } = election;
  const signatures = await Promise.all(
    closerSecrets(election).map((secretKey, i) =>
      signClosing({
        poll,
        board,
        closerIndex: i + 1,
        secretKey,
        store: memoryCloserStore(),
        now: CLOSES,
      }),
    ),
  );
  return assembleClosing({ poll, signatures });
}

/** A trustee's decryption share. */
export function shareOf(
  { poll, rehearsed }: Election,
  trusteeIndex: number,
  { board, closing }: { board: BoardView; closing: VerifiedClosing },
): Promise<SignedMessage> {
  return partialDecrypt({
    poll,
    closing,
    board,
    trusteeIndex,
    share: rehearsed.ceremony.shares[trusteeIndex - 1]!,
    signingSecret: rehearsed.trusteeKeys[trusteeIndex - 1]!.signingSecret,
    store: memoryCloserStore(),
  });
}

/** Which board, closing and shares an election ends with. */
export interface Ending {
  readonly records?: readonly Uint8Array[];
  /** How many records there were at the close; all unless told. */
  readonly closedAt?: number;
  /** Trustees who decrypt; 1 and 2 unless told. The result is made of the first two. */
  readonly decrypting?: readonly number[];
}

/** All public files of an election that came to its result. */
export async function finish(election: Election, ending: Ending = {}): Promise<Files> {
  const { records = election.records, closedAt, decrypting = [1, 2] } = ending;
  const { poll } = election;
  const files = new Map([...pollFiles(election), ...signedBoard(election, records)]);
  const board = await ownAudit(election, files, closedAt);
  const closingBytes = await closingOf(election, board);
  files.set(publicPaths.closing, closingBytes);
  const closing = verifyClosing(poll, closingBytes);
  const shares: SignedMessage[] = [];
  for (const trustee of decrypting) {
    const share = await shareOf(election, trustee, { board, closing });
    shares.push(share);
    files.set(publicPaths.share(trustee), canonicalBytes(share));
  }
  const outcome = await tally({ poll, board, closing, shares });
  if (!outcome.complete) throw new Error(`only ${outcome.goodShares} shares`);
  return files.set(publicPaths.result, resultBytes(outcome.result));
}

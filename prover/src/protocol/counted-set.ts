// Which ballots of a board count, and the digest that a closing statement fixes. docs/spec/closing.md §1.
import { fromHex, toHex, uintBytes } from "../formats/bytes.ts";
import { InputError } from "../formats/errors.ts";
import { fieldToBytes } from "../formats/field.ts";
import { hashFramed } from "../formats/hash.ts";
import type { Point } from "../formats/point.ts";

/** One ballot of an audited board: its proof and every point have been checked. */
export interface CountedBallot {
  readonly nullifier: bigint;
  /** 0 … 2¹⁶−1. */
  readonly revision: number;
  /** 32 bytes, hexadecimal. */
  readonly statementHash: string;
  /** One for each slot of the circuit. */
  readonly ciphertexts: readonly { readonly c1: Point; readonly c2: Point }[];
}

/** The ballots that count, sorted by nullifier, with their digest. */
export interface CountedSet {
  readonly pollId: string;
  readonly ballots: readonly CountedBallot[];
  /** `countedDigest`, 32 bytes, hexadecimal. */
  readonly digest: string;
}

/** A board as somebody audited it for themselves: the ground on which closers and trustees act. */
export interface BoardView {
  /** Number of records. */
  readonly size: number;
  /** Root of the board's tree at that size, 32 bytes, hexadecimal. */
  readonly root: string;
  readonly counted: CountedSet;
}

/**
 * Of every nullifier the record with the highest revision, wherever it stands.
 *
 * @param ballots - every record of the board, audited.
 * @throws InputError `board-duplicate-ballot` - one (nullifier, revision) twice; the place is its index.
 */
export function countedSet({
  pollId,
  ballots,
}: {
  pollId: string;
  ballots: readonly CountedBallot[];
}): CountedSet {
  const seen = new Set<string>();
  const latest = new Map<bigint, CountedBallot>();
  for (const [i, ballot] of ballots.entries()) {
    const key = `${ballot.nullifier} ${ballot.revision}`;
    if (seen.has(key)) {
      throw new InputError(
        "board-duplicate-ballot",
        "nullifier and revision stand twice",
        `board entry ${i}`,
      );
    }
    seen.add(key);
    const known = latest.get(ballot.nullifier);
    if (known === undefined || known.revision < ballot.revision) latest.set(ballot.nullifier, ballot);
  }
  const counted = [...latest.values()].sort((a, b) => (a.nullifier < b.nullifier ? -1 : 1));
  return { pollId, ballots: counted, digest: countedDigest(pollId, counted) };
}

function countedDigest(pollId: string, ballots: readonly CountedBallot[]): string {
  const parts = [fromHex(pollId, 31, "pollId"), uintBytes(ballots.length, 4)];
  for (const { nullifier, revision, statementHash } of ballots) {
    parts.push(fieldToBytes(nullifier), uintBytes(revision, 4), fromHex(statementHash, 32, "statementHash"));
  }
  return toHex(hashFramed("counted-set", parts));
}

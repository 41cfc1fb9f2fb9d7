// Shards of the counted set and the sums that are decrypted. docs/spec/closing.md §3, §4.
import { InputError } from "../formats/errors.ts";
import { IDENTITY, type Point } from "../formats/point.ts";
import type { CountedBallot, CountedSet } from "./counted-set.ts";
import { usedSlots } from "./layout.ts";
import type { ValidPoll } from "./validate-poll.ts";

/** The sums of one slot over the ballots of a shard. Each may be the identity. */
export interface Aggregate {
  readonly c1: Point;
  readonly c2: Point;
}

/** A shard: ballots that are tallied as one, and their sums for each used slot. */
export interface ShardAggregate {
  /** How many ballots; at least the poll's minimum. */
  readonly ballots: number;
  readonly slots: readonly Aggregate[];
}

/**
 * The counted ballots, sorted by nullifier, in contiguous shards that differ by one ballot at most.
 *
 * @throws InputError `too-few-ballots` - fewer than the poll's `minimumBallots`: nothing is decrypted.
 */
export function shardsOf(poll: ValidPoll, counted: CountedSet): (readonly CountedBallot[])[] {
  const { minimumBallots, shardBallots } = poll.poll;
  const count = counted.ballots.length;
  if (count < minimumBallots || count === 0) {
    throw new InputError("too-few-ballots", `${count} ballots counted, the poll asks for ${minimumBallots}`);
  }
  const k = Math.ceil(count / shardBallots);
  const shards: (readonly CountedBallot[])[] = [];
  let start = 0;
  for (let d = 0; d < k; d++) {
    const size = Math.floor(count / k) + (d < count % k ? 1 : 0);
    // validatePoll has made this impossible; a trustee does not rest on it.
    if (size < minimumBallots) throw new InputError("too-few-ballots", `shard ${d} has only ${size} ballots`);
    shards.push(counted.ballots.slice(start, start + size));
    start += size;
  }
  return shards;
}

/** Σ c1 and Σ c2 of a slot over the ballots. */
export function aggregate(ballots: readonly CountedBallot[], slot: number): Aggregate {
  let c1 = IDENTITY;
  let c2 = IDENTITY;
  for (const { ciphertexts } of ballots) {
    const ciphertext = ciphertexts[slot];
    if (ciphertext === undefined) throw new RangeError(`ballot without slot ${slot}`);
    c1 = c1.add(ciphertext.c1);
    c2 = c2.add(ciphertext.c2);
  }
  return { c1, c2 };
}

/**
 * The sums of all shards and used slots.
 *
 * @throws InputError `too-few-ballots`.
 */
export function aggregateShards(poll: ValidPoll, counted: CountedSet): ShardAggregate[] {
  const slots = usedSlots(poll.poll);
  return shardsOf(poll, counted).map((ballots) => ({
    ballots: ballots.length,
    slots: slots.map((_, s) => aggregate(ballots, s)),
  }));
}

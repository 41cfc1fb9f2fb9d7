// From closing and shares to the result. docs/spec/trustees.md §3, docs/spec/closing.md §5.
import { canonicalBytes } from "../formats/canonical-json.ts";
import { aggregateShards } from "./aggregate.ts";
import { checkClosingBoard, type VerifiedClosing } from "./closing.ts";
import type { BoardView } from "./counted-set.ts";
import { decodeSlot } from "./decode.ts";
import { usedSlots } from "./layout.ts";
import { type Result, resultOf } from "./result.ts";
import { combine, type ShareCulprit, sortShares } from "./shares.ts";
import type { ValidPoll } from "./validate-poll.ts";

/** A tally, or how many good shares there are where they do not suffice. */
export type TallyOutcome =
  | { readonly complete: true; readonly result: Result; readonly culprits: readonly ShareCulprit[] }
  | {
      readonly complete: false;
      readonly goodShares: number;
      readonly neededShares: number;
      readonly culprits: readonly ShareCulprit[];
    };

/** Progress of a tally. */
export interface TallyOptions {
  /** Stops between steps. */
  readonly signal?: AbortSignal;
  /** Part of the decoding that is done, 0 … 1; the whole is its worst case. */
  readonly onProgress?: (done: number) => void;
}

/**
 * The result of a closed poll.
 *
 * Goes on with any t good shares; bad, repeated and missing ones are named. With fewer ballots than the
 * poll's minimum the outcome is `too-few-ballots` and shares are not looked at.
 *
 * @param input - what it works on:
 * @param input.board - the caller's own audit.
 * @param input.shares - untrusted JSON values, the wrapped share messages.
 * @throws InputError `closing-not-my-board`; `tally-out-of-range` - a sum that no valid ballots have, place
 *   naming shard and slot.
 * @throws DOMException `AbortError`.
 */
export async function tally(
  {
    poll,
    board,
    closing,
    shares: values,
  }: { poll: ValidPoll; board: BoardView; closing: VerifiedClosing; shares: readonly unknown[] },
  options: TallyOptions = {},
): Promise<TallyOutcome> {
  checkClosingBoard({ poll, closing, board });
  if (board.counted.ballots.length < poll.poll.minimumBallots) {
    return { complete: true, result: resultOf({ poll, closing, shards: null }), culprits: [] };
  }
  const shards = aggregateShards(poll, board.counted);
  const { good, culprits } = sortShares({ poll, closing, shards, values });
  const neededShares = poll.poll.threshold;
  if (good.length < neededShares) return { complete: false, goodShares: good.length, neededShares, culprits };
  const used = good.slice(0, neededShares);
  const slots = usedSlots(poll.poll);
  const steps = shards.length * slots.length;
  const counted: number[][][] = [];
  for (const [d, shard] of shards.entries()) {
    const values: number[][] = [];
    for (const [s, { c2 }] of shard.slots.entries()) {
      const step = d * slots.length + s;
      const point = combine(
        c2,
        used.map(({ trustee, points }) => ({ trustee, point: points[d]![s]! })),
      );
      values.push(
        await decodeSlot(
          { point, valueBits: poll.poll.rules.valueBits, ballots: shard.ballots, range: slots[s]! },
          {
            place: `shard ${d}, slot ${s}`,
            ...(options.signal && { signal: options.signal }),
            onProgress: (done) => options.onProgress?.((step + done) / steps),
          },
        ),
      );
    }
    counted.push(values);
  }
  const trustees = used.map(({ trustee }) => trustee);
  const tallied = shards.map(({ ballots }, d) => ({ ballots, slots: counted[d]!, trustees }));
  return { complete: true, result: resultOf({ poll, closing, shards: tallied }), culprits };
}

/** `result.json`. */
export function resultBytes(result: Result): Uint8Array {
  return canonicalBytes(result);
}

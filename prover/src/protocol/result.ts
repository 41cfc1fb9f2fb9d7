// The published result, and its check by anyone. docs/spec/closing.md §5.
import { z } from "zod";
import { equalBytes } from "../formats/bytes.ts";
import { canonicalBytes, parseCanonicalJson } from "../formats/canonical-json.ts";
import { InputError } from "../formats/errors.ts";
import { BASE8, multiply } from "../formats/point.ts";
import { hex, parseWith } from "../formats/schema.ts";
import { aggregateShards, type ShardAggregate } from "./aggregate.ts";
import { checkClosingBoard, type VerifiedClosing } from "./closing.ts";
import type { BoardView } from "./counted-set.ts";
import { usedSlots } from "./layout.ts";
import type { VerifiedShare } from "./partial-decrypt.ts";
import { combine, type ShareCulprit, sortShares } from "./shares.ts";
import type { ValidPoll } from "./validate-poll.ts";

const count = z.int().min(0);

const resultSchema = z.strictObject({
  type: z.literal("commune-zk/result/v1"),
  pollId: hex(31),
  closing: hex(32),
  outcome: z.enum(["tallied", "too-few-ballots"]),
  countedBallots: count,
  keyKind: z.enum(["development", "ceremony"]),
  options: z.array(count),
  shards: z.array(
    z.strictObject({ ballots: count, slots: z.array(z.array(count)), trustees: z.array(z.int().min(1)) }),
  ),
});

/** `result.json`. */
export type Result = z.infer<typeof resultSchema>;

/** The result of tallied shards; of a poll with too few ballots where `shards` is null. */
export function resultOf({
  poll,
  closing,
  shards,
}: {
  poll: ValidPoll;
  closing: VerifiedClosing;
  shards: Result["shards"] | null;
}): Result {
  return {
    type: "commune-zk/result/v1",
    pollId: poll.pollId,
    closing: closing.digest,
    outcome: shards === null ? "too-few-ballots" : "tallied",
    countedBallots: closing.statement.countedBallots,
    keyKind: poll.poll.keySet.kind,
    options: shards === null ? [] : optionTotals(poll, shards),
    shards: shards ?? [],
  };
}

/** Option i is counter i mod c of slot ⌊i / c⌋: the slots' counters in order, summed over the shards. */
function optionTotals({ poll }: ValidPoll, shards: Result["shards"]): number[] {
  const flat = shards.map(({ slots }) => slots.flat());
  return poll.options.map((_, i) => flat.reduce((sum, values) => sum + values[i]!, 0));
}

/**
 * `result.json` from outside, by its shape alone.
 *
 * @throws InputError `result-malformed`, `not-canonical-json`, `bad-json`.
 */
export function parseResult(bytes: Uint8Array): Result {
  const value = parseCanonicalJson(bytes, "result.json");
  return parseWith(resultSchema, value, "result-malformed", "result.json");
}

/**
 * Checks a published result against board, closing and shares: every sum is recombined from the shares of the
 * trustees it names, and `m·Base8` compared, so nothing has to be solved.
 *
 * @param input - what it works on:
 * @param input.board - the caller's own audit.
 * @param input.shares - untrusted JSON values, the wrapped share messages; bad ones are named.
 * @param input.bytes - untrusted, `result.json`.
 * @throws InputError `result-malformed`, `closing-not-my-board`, `result-wrong` (the place says what differs),
 *   `result-no-share` (it names a trustee without a good share, or not t of them).
 */
export function verifyResult({
  poll,
  board,
  closing,
  shares,
  bytes,
}: {
  poll: ValidPoll;
  board: BoardView;
  closing: VerifiedClosing;
  shares: readonly unknown[];
  bytes: Uint8Array;
}): { readonly result: Result; readonly culprits: readonly ShareCulprit[] } {
  const result = parseResult(bytes);
  checkClosingBoard({ poll, closing, board });
  if (board.counted.ballots.length < poll.poll.minimumBallots) {
    compareResult(bytes, resultOf({ poll, closing, shards: null }));
    return { result, culprits: [] };
  }
  const shards = aggregateShards(poll, board.counted);
  const { good, culprits } = sortShares({ poll, closing, shards, values: shares });
  checkTotals({ poll, closing, shards, good, result, bytes });
  return { result, culprits };
}

/**
 * The rest of {@link verifyResult}, for a poll with ballots enough, once it is known which shares are good.
 *
 * @param input - what it works on:
 * @param input.shards - from `aggregateShards` over the caller's own audit.
 * @param input.good - from `verifyShare`, one for each trustee at most.
 * @param input.result - `parseResult` of `bytes`.
 * @throws InputError `result-wrong`, `result-no-share`.
 */
export function checkTotals({
  poll,
  closing,
  shards,
  good,
  result,
  bytes,
}: {
  poll: ValidPoll;
  closing: VerifiedClosing;
  shards: readonly ShardAggregate[];
  good: readonly VerifiedShare[];
  result: Result;
  bytes: Uint8Array;
}): void {
  const slots = usedSlots(poll.poll);
  const wrong = (message: string, place: string) =>
    new InputError("result-wrong", message, `result.json ${place}`);
  if (result.shards.length !== shards.length) throw wrong("another number of shards", "shards");
  for (const [d, shard] of shards.entries()) {
    const published = result.shards[d]!;
    if (published.ballots !== shard.ballots) throw wrong("another number of ballots", `shard ${d}`);
    const used = published.trustees.map((trustee) => good.find((share) => share.trustee === trustee));
    const ascending = published.trustees.every(
      (trustee, i) => i === 0 || trustee > published.trustees[i - 1]!,
    );
    if (used.includes(undefined) || used.length !== poll.poll.threshold || !ascending) {
      throw new InputError("result-no-share", "not t trustees with good shares", `result.json shard ${d}`);
    }
    if (published.slots.length !== slots.length) throw wrong("another number of slots", `shard ${d}`);
    for (const [s, { c2 }] of shard.slots.entries()) {
      const place = `shard ${d} slot ${s}`;
      const values = published.slots[s]!;
      const { maxima, total } = slots[s]!;
      if (values.length !== maxima.length || values.some((value, j) => value > shard.ballots * maxima[j]!)) {
        throw wrong("a counter is out of range", place);
      }
      if (total !== undefined && values.reduce((sum, value) => sum + value, 0) !== total * shard.ballots) {
        throw wrong("the counters do not add up to what the rules fix", place);
      }
      const points = used.map((share) => ({ trustee: share!.trustee, point: share!.points[d]![s]! }));
      const m = values.reduce(
        (sum, value, j) => sum + (BigInt(value) << BigInt(j * poll.poll.rules.valueBits)),
        0n,
      );
      if (!multiply(BASE8, m).equals(combine(c2, points)))
        throw wrong("not what the shares decrypt to", place);
    }
  }
  compareResult(bytes, resultOf({ poll, closing, shards: result.shards }));
}

/**
 * Whether a result is, byte for byte, the expected one.
 *
 * @throws InputError `result-wrong`.
 */
export function compareResult(bytes: Uint8Array, expected: Result): void {
  if (!equalBytes(bytes, canonicalBytes(expected))) {
    throw new InputError("result-wrong", "differs from what board and closing say", "result.json");
  }
}

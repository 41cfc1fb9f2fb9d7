// A trustee's partial decryption, and anyone's check of it. docs/spec/trustees.md §2.
import { z } from "zod";
import { fromHex, uintBytes } from "../formats/bytes.ts";
import { ed25519PublicKey } from "../formats/ed25519.ts";
import { InputError } from "../formats/errors.ts";
import { BASE8, IDENTITY, multiplySecret, type Point, parsePoint, pointToJson } from "../formats/point.ts";
import { fieldText, hex, parseWith, pointJson } from "../formats/schema.ts";
import { aggregateShards, type ShardAggregate } from "./aggregate.ts";
import { equalityToJson, parseEquality, proveEquality, verifyEquality } from "./chaum-pedersen.ts";
import type { CloserStore } from "./closer-store.ts";
import { checkClosingBoard, recordStatement, type VerifiedClosing } from "./closing.ts";
import type { BoardView } from "./counted-set.ts";
import type { ProofContext } from "./schnorr.ts";
import { parseWrapper, type SignedMessage, signMessage, verifyMessage } from "./signed-message.ts";
import type { ValidPoll } from "./validate-poll.ts";

const index = z.int().min(0).max(0xffffffff);

/** Shape of a share message without its wrapper. */
export const shareSchema = z.strictObject({
  type: z.literal("commune-zk/share/v1"),
  pollId: hex(31),
  closing: hex(32),
  trustee: index,
  shares: z.array(
    z.strictObject({
      shard: index,
      slot: index,
      point: pointJson,
      equality: z.strictObject({ r1: pointJson, r2: pointJson, z: fieldText }),
    }),
  ),
});

/** A trustee's checked decryption shares. */
export interface VerifiedShare {
  readonly trustee: number;
  /** D of each shard, each used slot. */
  readonly points: readonly (readonly Point[])[];
}

function shareContext(
  { poll, closing, trustee }: { poll: ValidPoll; closing: VerifiedClosing; trustee: number },
  shard: number,
  slot: number,
): ProofContext {
  const ids = [fromHex(poll.pollId, 31, "pollId"), fromHex(closing.digest, 32, "closing")];
  return { purpose: "share", context: [...ids, ...[shard, slot, trustee].map((n) => uintBytes(n, 4))] };
}

/**
 * The trustee's decryption shares for a closed poll, signed.
 *
 * The trustee computes the sums itself, from the board that it audited itself, and only if a quorum of
 * closers signed exactly that board. It decrypts for one statement of a poll, ever: of two counted sets that
 * differ by one ballot the difference would be that ballot.
 *
 * @param input - what it works on:
 * @param input.closing - from `verifyClosing`, so under a quorum.
 * @param input.board - the trustee's own audit, never somebody else's word.
 * @param input.share - from `trusteeShare`; secret.
 * @param input.signingSecret - Ed25519 seed.
 * @param input.store - the trustee's own, the same as for `signClosing`.
 * @throws InputError `closing-not-my-board`, `too-few-ballots`, `closing-already-signed`. Nothing has been
 *   decrypted then.
 * @throws RangeError - keys that are not this trustee's.
 */
export async function partialDecrypt({
  poll,
  closing,
  board,
  trusteeIndex,
  share,
  signingSecret,
  store,
}: {
  poll: ValidPoll;
  closing: VerifiedClosing;
  board: BoardView;
  trusteeIndex: number;
  share: bigint;
  signingSecret: Uint8Array;
  store: CloserStore;
}): Promise<SignedMessage> {
  const verificationKey = poll.trusteeVerificationKeys[trusteeIndex - 1];
  if (verificationKey === undefined || !multiplySecret(BASE8, share).equals(verificationKey)) {
    throw new RangeError(`the share is not that of trustee ${trusteeIndex}`);
  }
  if (ed25519PublicKey(signingSecret) !== poll.poll.trustees[trusteeIndex - 1]?.signingKey) {
    throw new RangeError(`the signing key is not that of trustee ${trusteeIndex}`);
  }
  checkClosingBoard({ poll, closing, board });
  const shards = aggregateShards(poll, board.counted);
  await recordStatement(store, closing.statement);
  const shares = shards.flatMap(({ slots }, shard) =>
    slots.map(({ c1 }, slot) => {
      const image = c1.is0() ? IDENTITY : multiplySecret(c1, share);
      const proof = proveEquality(shareContext({ poll, closing, trustee: trusteeIndex }, shard, slot), {
        base: c1,
        publicPoint: verificationKey,
        image,
        secret: share,
      });
      return { shard, slot, point: pointToJson(image), equality: equalityToJson(proof) };
    }),
  );
  const head = { type: "commune-zk/share/v1", pollId: poll.pollId, closing: closing.digest };
  return signMessage("share", { ...head, trustee: trusteeIndex, shares }, signingSecret);
}

/**
 * A trustee's decryption shares, every proof checked against the sums that the caller computed.
 *
 * @param input - what it works on:
 * @param input.value - untrusted JSON, `{ message, signature }`.
 * @param input.shards - from `aggregateShards` over the caller's own audit.
 * @throws InputError `share-malformed` (also: not every shard and slot in order), `share-unknown-trustee`,
 *   `share-bad-signature`, `share-other-closing`, `share-bad-proof`, or as `parsePoint`; the place names the
 *   trustee.
 */
export function verifyShare({
  poll,
  closing,
  shards,
  value,
}: {
  poll: ValidPoll;
  closing: VerifiedClosing;
  shards: readonly ShardAggregate[];
  value: unknown;
}): VerifiedShare {
  const wrapper = parseWrapper(value, "share-malformed", "share");
  const claimed = wrapper.message.trustee;
  const place = `share of trustee ${typeof claimed === "number" ? claimed : "unknown"}`;
  const sender = typeof claimed === "number" ? poll.poll.trustees[claimed - 1] : undefined;
  if (sender === undefined) throw new InputError("share-unknown-trustee", "no such trustee", place);
  if (!verifyMessage("share", wrapper, sender.signingKey)) {
    throw new InputError("share-bad-signature", "not signed by the trustee it names", place);
  }
  const message = parseWith(shareSchema, wrapper.message, "share-malformed", place);
  const { trustee, shares } = message;
  if (message.pollId !== poll.pollId || message.closing !== closing.digest) {
    throw new InputError("share-other-closing", "made for another poll or closing", place);
  }
  const expected = shards.flatMap(({ slots }, shard) =>
    slots.map((sums, slot) => ({ shard, slot, ...sums })),
  );
  if (
    shares.length !== expected.length ||
    shares.some(({ shard, slot }, i) => shard !== expected[i]!.shard || slot !== expected[i]!.slot)
  ) {
    throw new InputError("share-malformed", "not every shard and slot in order", place);
  }
  const publicPoint = poll.trusteeVerificationKeys[trustee - 1]!;
  const points = shards.map((): Point[] => []);
  for (const [i, { shard, slot, c1 }] of expected.entries()) {
    const where = `${place}, shard ${shard}, slot ${slot}`;
    const allowIdentity = c1.is0();
    const image = parsePoint(shares[i]!.point, where, { allowIdentity });
    const proof = parseEquality(shares[i]!.equality, where, { allowIdentity });
    const context = shareContext({ poll, closing, trustee }, shard, slot);
    if (!verifyEquality(context, { base: c1, publicPoint, image, proof })) {
      throw new InputError("share-bad-proof", "not the trustee's share of this sum", where);
    }
    points[shard]!.push(image);
  }
  return { trustee, points };
}

/** Shape of a share as it is sent; the service's API description uses it. */
export const shareBodySchema = z.strictObject({ message: shareSchema, signature: hex(64) });

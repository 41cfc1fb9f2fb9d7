// Partial decryption, combination, result. docs/spec/trustees.md §2, §3; docs/spec/closing.md §3 … §5.
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { fromHex, utf8 } from "../../src/formats/bytes.ts";
import { canonicalBytes } from "../../src/formats/canonical-json.ts";
import { FIELD_ORDER, SUBGROUP_ORDER } from "../../src/formats/field.ts";
import {
  BASE8,
  multiply,
  type PointJson,
  parsePoint,
  pointToJson,
  randomScalar,
} from "../../src/formats/point.ts";
import { aggregateShards, shardsOf } from "../../src/protocol/aggregate.ts";
import { type EqualityJson, parseEquality, verifyEquality } from "../../src/protocol/chaum-pedersen.ts";
import { memoryCloserStore } from "../../src/protocol/closer-store.ts";
import type { VerifiedClosing } from "../../src/protocol/closing.ts";
import { type BoardView, type CountedBallot, countedSet } from "../../src/protocol/counted-set.ts";
import { partialDecrypt, verifyShare } from "../../src/protocol/partial-decrypt.ts";
import type { PollRules } from "../../src/protocol/poll.ts";
import { type Result, verifyResult } from "../../src/protocol/result.ts";
import { type SignedMessage, signMessage } from "../../src/protocol/signed-message.ts";
import { resultBytes, type TallyOutcome, tally } from "../../src/protocol/tally.ts";
import {
  boardOf,
  closeBoard,
  decryptionShares,
  inputError,
  inputRejection,
  makeBallot,
  makeBallots,
  makePoll,
  type PollFixture,
  replaced,
  SINGLE_CHOICE,
  u32,
  type Votes,
} from "./support.ts";

/** Five options in two slots, any number of them. */
const APPROVAL: PollRules = {
  ...SINGLE_CHOICE,
  circuit: "ballot-wide-20",
  countersPerSlot: 3,
  maxima: [1, 1, 1, 1, 1],
  minTotal: 0,
  maxTotal: 5,
};

function resultOf(outcome: TallyOutcome): Result {
  if (!outcome.complete)
    throw new Error(`only ${outcome.goodShares} good shares: ${JSON.stringify(outcome.culprits)}`);
  return outcome.result;
}

const sumsOf = (votes: readonly Votes[], options: number): number[] =>
  Array.from({ length: options }, (_, i) => votes.reduce((sum, own) => sum + own[i]!, 0));

describe("the tally of random ballots is their plain sum, and verifies:", () => {
  const score: PollRules = {
    ...SINGLE_CHOICE,
    countersPerSlot: 3,
    maxima: [5, 5, 5],
    minTotal: 0,
    maxTotal: 15,
  };
  const budget: PollRules = { ...SINGLE_CHOICE, maxima: [10, 10, 10], minTotal: 10, maxTotal: 10 };
  const quadratic: PollRules = {
    ...SINGLE_CHOICE,
    maxima: [3, 3, 3, 3],
    minTotal: 0,
    maxTotal: 16,
    cost: "quadratic",
  };
  const borda: PollRules = {
    ...SINGLE_CHOICE,
    maxima: [3, 3, 3, 3],
    minTotal: 6,
    maxTotal: 6,
    distinct: true,
  };

  const upTo = (max: number, options: number) =>
    fc.array(fc.integer({ min: 0, max }), { minLength: options, maxLength: options });
  const spend = (total: number) =>
    fc
      .tuple(fc.integer({ min: 0, max: total }), fc.integer({ min: 0, max: total }))
      .map(([a, b]) => [Math.min(a, b), Math.abs(a - b), total - Math.max(a, b)]);
  const kinds: readonly (readonly [string, PollRules, fc.Arbitrary<Votes>])[] = [
    [
      "single choice",
      SINGLE_CHOICE,
      fc.nat(3).map((choice) => [0, 1, 2, 3].map((i) => Number(i === choice))),
    ],
    ["approval", APPROVAL, upTo(1, 5)],
    ["score", score, upTo(5, 3)],
    ["budget", budget, spend(10)],
    ["quadratic", quadratic, upTo(3, 4).filter((votes) => votes.reduce((sum, v) => sum + v * v, 0) <= 16)],
    ["Borda", borda, fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 })],
  ];

  test.each(kinds)("%s", async (_, rules, ballot) => {
    const fixture = makePoll({ rules });
    const poll = fixture.valid;
    const trustees: fc.Arbitrary<number[]> = fc.constantFrom([1, 2], [1, 3], [2, 3], [1, 2, 3]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(ballot, { minLength: 1, maxLength: 12 }),
        trustees,
        async (votes, present) => {
          const board = boardOf(poll, makeBallots(poll, votes));
          const closing = await closeBoard(fixture, board);
          const shares = await decryptionShares(fixture, { board, closing, trustees: present });
          const outcome = await tally({ poll, board, closing, shares });
          const result = resultOf(outcome);
          const sums = sumsOf(votes, rules.maxima.length);
          expect(result).toMatchObject({ outcome: "tallied", countedBallots: votes.length, options: sums });
          expect(result.shards.map(({ ballots, slots }) => [ballots, slots.flat()])).toEqual([
            [votes.length, sums],
          ]);
          expect(result.shards[0]!.trustees).toEqual(present.slice(0, 2));
          const absent = [1, 2, 3].filter((trustee) => !present.includes(trustee));
          const missing = absent.map((trustee) => ({ trustee, reason: "share-missing" }));
          expect(outcome.culprits).toEqual(missing);
          expect(verifyResult({ poll, board, closing, shares, bytes: resultBytes(result) })).toEqual({
            result,
            culprits: missing,
          });
        },
      ),
      // On failure fast-check prints seed and path.
      { numRuns: 4 },
    );
  });

  test("a ballot's last revision alone counts", async () => {
    const fixture = makePoll({ rules: SINGLE_CHOICE });
    const poll = fixture.valid;
    const cast = (voter: number, revision: number, choice: number) =>
      makeBallot(poll, { voter, revision, votes: [0, 1, 2, 3].map((i) => Number(i === choice)) });
    const board = boardOf(poll, [cast(0, 2, 3), cast(0, 0, 0), cast(1, 0, 1), cast(0, 1, 2)]);
    const closing = await closeBoard(fixture, board);
    const shares = await decryptionShares(fixture, { board, closing, trustees: [1, 2] });
    const result = resultOf(await tally({ poll, board, closing, shares }));
    expect(result).toMatchObject({ countedBallots: 2, options: [0, 1, 0, 1] });
  });
});

// ---- one poll for the rest: approval in two slots, shards of four ballots, at least two

let fixture: PollFixture;
let closed: Closed;

interface Closed {
  readonly board: BoardView;
  readonly closing: VerifiedClosing;
  /** Of trustees 1, 2, 3. */
  readonly shares: SignedMessage[];
}

const VOTES: readonly Votes[] = [
  [1, 0, 0, 0, 1],
  [1, 1, 0, 0, 1],
  [0, 1, 0, 0, 1],
  [1, 0, 0, 0, 0],
];
const SUMS = [3, 2, 0, 0, 3];

beforeAll(async () => {
  fixture = makePoll({ rules: APPROVAL, minimumBallots: 2, shardBallots: 4 });
  closed = await close(makeBallots(fixture.valid, VOTES));
});

async function close(
  ballots: readonly CountedBallot[],
  trustees: readonly number[] = [1, 2, 3],
): Promise<Closed> {
  const board = boardOf(fixture.valid, ballots);
  const closing = await closeBoard(fixture, board);
  return { board, closing, shares: await decryptionShares(fixture, { board, closing, trustees }) };
}

/** The closed board of {@link VOTES} with the honest shares of all three trustees, copied. */
function fresh(): Closed & { readonly poll: PollFixture["valid"] } {
  return { poll: fixture.valid, ...closed, shares: structuredClone(closed.shares) };
}

/** A share message with fields replaced, signed anew by trustee 2. */
function resigned({ message }: SignedMessage, changes: Record<string, unknown>): SignedMessage {
  return signMessage("share", { ...message, ...changes }, fixture.trusteeKeys[1]!.signingSecret);
}

interface SharePart {
  shard: number;
  slot: number;
  point: PointJson;
  equality: EqualityJson;
}

const partsOf = ({ message }: SignedMessage): SharePart[] => message.shares as SharePart[];

const flipDigit = (text: string): string => (text.startsWith("0") ? "1" : "0") + text.slice(1);

describe("too few ballots", () => {
  const tooFew = { outcome: "too-few-ballots", keyKind: "development", options: [], shards: [] };

  test.each([0, 1])("decrypts nothing of %i, and says so in a result that verifies", async (n) => {
    const { valid: poll } = fixture;
    const board = boardOf(poll, makeBallots(poll, VOTES.slice(0, n)));
    const closing = await closeBoard(fixture, board);
    const refused = await inputRejection(decryptionShares(fixture, { board, closing, trustees: [1] }));
    expect(refused.code).toBe("too-few-ballots");
    const outcome = await tally({ poll, board, closing, shares: ["never looked at"] });
    const result = resultOf(outcome);
    expect(result).toEqual({
      ...tooFew,
      type: "commune-zk/result/v1",
      pollId: poll.pollId,
      closing: closing.digest,
      countedBallots: n,
    });
    expect(outcome.culprits).toEqual([]);
    expect(verifyResult({ poll, board, closing, shares: [], bytes: resultBytes(result) })).toEqual({
      result,
      culprits: [],
    });
  });

  test.each<readonly [string, Partial<Result>]>([
    ["outcome", { outcome: "tallied" }],
    ["number of ballots", { countedBallots: 2 }],
    ["options", { options: [0, 0, 0, 0, 0] }],
    ["shards", { shards: [{ ballots: 1, slots: [[1, 0, 0]], trustees: [1, 2] }] }],
    ["closing", { closing: "00".repeat(32) }],
  ])("is no excuse for another %s", async (_, changes) => {
    const { valid: poll } = fixture;
    const board = boardOf(poll, makeBallots(poll, VOTES.slice(0, 1)));
    const closing = await closeBoard(fixture, board);
    const result = resultOf(await tally({ poll, board, closing, shares: [] }));
    const bytes = resultBytes({ ...result, ...changes });
    expect(inputError(() => verifyResult({ poll, board, closing, shares: [], bytes })).code).toBe(
      "result-wrong",
    );
  });

  test("cannot be pretended where there are enough", () => {
    const { poll, board, closing, shares } = fresh();
    const head = { type: "commune-zk/result/v1" as const, pollId: poll.pollId, closing: closing.digest };
    const bytes = resultBytes({ ...head, countedBallots: 4, ...tooFew } as Result);
    expect(inputError(() => verifyResult({ poll, board, closing, shares, bytes })).code).toBe("result-wrong");
  });
});

describe("shards", () => {
  test.each(Array.from({ length: 11 }, (_, i) => i + 2))(
    "%i ballots: contiguous, as even as can be",
    (count) => {
      const { valid: poll } = fixture;
      const ballots = Array.from({ length: count }, (_, i): CountedBallot => {
        return {
          nullifier: BigInt((i * 7) % 13),
          revision: 0,
          statementHash: "00".repeat(32),
          ciphertexts: [],
        };
      });
      const counted = countedSet({ pollId: poll.pollId, ballots });
      const shards = shardsOf(poll, counted);
      const k = Math.ceil(count / 4);
      expect(shards.flat()).toEqual(counted.ballots);
      expect(shards.map(({ length }) => length)).toEqual(
        Array.from({ length: k }, (_, d) => Math.floor(count / k) + Number(d < count % k)),
      );
      expect(Math.max(...shards.map(({ length }) => length))).toBeLessThanOrEqual(4);
      expect(Math.min(...shards.map(({ length }) => length))).toBeGreaterThanOrEqual(2);
    },
  );

  test("ten ballots are tallied as three, and add up", async () => {
    const { valid: poll } = fixture;
    const votes = Array.from({ length: 10 }, (_, i): Votes => VOTES[(i * 3) % 4]!);
    const { board, closing, shares } = await close(makeBallots(poll, votes), [1, 3]);
    const result = resultOf(await tally({ poll, board, closing, shares }));
    expect(result.options).toEqual(sumsOf(votes, 5));
    expect(result.shards.map(({ ballots }) => ballots)).toEqual([4, 3, 3]);
    const voterOf = new Map(makeBallots(poll, votes).map(({ nullifier }, voter) => [nullifier, voter]));
    for (const [d, shard] of shardsOf(poll, board.counted).entries()) {
      const own = shard.map(({ nullifier }) => votes[voterOf.get(nullifier)!]!);
      expect(result.shards[d]!.slots.flat()).toEqual(sumsOf(own, 5));
    }
    expect(verifyResult({ poll, board, closing, shares, bytes: resultBytes(result) }).result).toEqual(result);
    const [first, second, ...rest] = result.shards;
    const swapped = resultBytes({ ...result, shards: [second!, first!, ...rest] });
    expect(inputError(() => verifyResult({ poll, board, closing, shares, bytes: swapped }))).toMatchObject({
      code: "result-wrong",
      place: "result.json shard 0",
    });
  });
});

test("a share message is that of the spec", () => {
  const { poll, board, closing, shares } = fresh();
  const { shares: parts, ...head } = shares[1]!.message;
  expect(head).toEqual({
    type: "commune-zk/share/v1",
    pollId: poll.pollId,
    closing: closing.digest,
    trustee: 2,
  });
  expect((parts as SharePart[]).map(({ shard, slot }) => [shard, slot])).toEqual([
    [0, 0],
    [0, 1],
  ]);
  const secret = fixture.ceremony.shares[1]!;
  for (const { shard, slot, point, equality } of parts as SharePart[]) {
    const base = board.counted.ballots
      .map(({ ciphertexts }) => ciphertexts[slot]!.c1)
      .reduce((sum, c1) => sum.add(c1));
    const image = parsePoint(point);
    expect(image.equals(multiply(base, secret))).toBe(true);
    const ids = [fromHex(poll.pollId, 31), fromHex(closing.digest, 32)];
    const context = [...ids, ...[shard, slot, 2].map((value) => fromHex(u32(value), 4))];
    const statement = { base, publicPoint: multiply(BASE8, secret), image };
    const proof = parseEquality(equality, "proof");
    expect(verifyEquality({ purpose: "share", context }, { ...statement, proof })).toBe(true);
  }
});

describe("shares that do not count are named, and t good ones go on:", () => {
  async function withShares(shares: readonly unknown[]): Promise<TallyOutcome> {
    const { poll, board, closing } = fresh();
    return tally({ poll, board, closing, shares });
  }

  test.each([1, 2, 3])("trustee %i is absent", async (absent) => {
    const outcome = await withShares(fresh().shares.filter((_, i) => i !== absent - 1));
    expect(resultOf(outcome).options).toEqual(SUMS);
    expect(outcome.culprits).toEqual([{ trustee: absent, reason: "share-missing" }]);
  });

  test("trustee 2's share comes twice", async () => {
    const { shares } = fresh();
    const outcome = await withShares([...shares, shares[1]]);
    expect(resultOf(outcome).options).toEqual(SUMS);
    expect(outcome.culprits).toEqual([{ trustee: 2, reason: "share-duplicate" }]);
  });

  test("trustee 2 sends a second one with other proofs", async () => {
    const { board, closing, shares } = fresh();
    const [second] = await decryptionShares(fixture, { board, closing, trustees: [2] });
    expect(second).not.toEqual(shares[1]);
    const outcome = await withShares([...shares, second]);
    expect(outcome.culprits).toEqual([{ trustee: 2, reason: "share-duplicate" }]);
  });

  test("trustee 1's share comes twice, trustee 2's is bad", async () => {
    const { shares } = fresh();
    const bad = resigned(shares[1]!, { closing: "00".repeat(32) });
    const outcome = await withShares([shares[0], bad, shares[0], shares[2]]);
    expect(resultOf(outcome).shards[0]!.trustees).toEqual([1, 3]);
    expect(outcome.culprits).toEqual([
      { trustee: 2, reason: "share-other-closing" },
      { trustee: 1, reason: "share-duplicate" },
    ]);
  });

  test("something that names no trustee", async () => {
    const { shares } = fresh();
    const outcome = await withShares([null, 5, { message: {} }, ...shares]);
    expect(resultOf(outcome).options).toEqual(SUMS);
    expect(outcome.culprits).toEqual([
      { trustee: null, reason: "share-malformed" },
      { trustee: null, reason: "share-malformed" },
      { trustee: null, reason: "share-malformed" },
    ]);
  });

  const changedPart = (
    share: SignedMessage,
    change: (part: SharePart) => Partial<SharePart>,
  ): SignedMessage => {
    const [first, ...rest] = partsOf(share);
    return resigned(share, { shares: [{ ...first!, ...change(first!) }, ...rest] });
  };

  const bad: readonly (readonly [string, string, (share: SignedMessage, all: Closed) => unknown])[] = [
    [
      "share-bad-proof",
      "another point",
      (share) => changedPart(share, ({ point }) => ({ point: pointToJson(parsePoint(point).add(BASE8)) })),
    ],
    [
      "share-bad-proof",
      "another z",
      (share) =>
        changedPart(share, ({ equality }) => ({
          equality: { ...equality, z: ((BigInt(equality.z) + 1n) % SUBGROUP_ORDER).toString() },
        })),
    ],
    [
      "share-bad-proof",
      "another R₁",
      (share) => changedPart(share, ({ equality }) => ({ equality: { ...equality, r1: equality.r2 } })),
    ],
    [
      "share-bad-proof",
      "the slots' points and proofs swapped",
      (share) => {
        const [a, b] = partsOf(share) as [SharePart, SharePart];
        return resigned(share, {
          shares: [
            { ...b, slot: 0 },
            { ...a, slot: 1 },
          ],
        });
      },
    ],
    [
      "share-bad-proof",
      "trustee 1's points and proofs",
      (share, { shares }) => resigned(share, { shares: partsOf(shares[0]!) }),
    ],
    [
      "point-off-curve",
      "a point off the curve",
      (share) => changedPart(share, () => ({ point: ["1", "1"] })),
    ],
    [
      "point-is-identity",
      "the identity where C1 is another point",
      (share) => changedPart(share, () => ({ point: ["0", "1"] })),
    ],
    [
      "point-outside-subgroup",
      "a point with a part of order 2",
      (share) =>
        changedPart(share, ({ point: [x, y] }) => ({
          point: [(FIELD_ORDER - BigInt(x)).toString(), (FIELD_ORDER - BigInt(y)).toString()],
        })),
    ],
    [
      "not-canonical",
      "z not below l",
      (share) =>
        changedPart(share, ({ equality }) => ({
          equality: { ...equality, z: (BigInt(equality.z) + SUBGROUP_ORDER).toString() },
        })),
    ],
    ["share-malformed", "a field more", (share) => resigned(share, { extra: 1 })],
    ["share-malformed", "another type", (share) => resigned(share, { type: "commune-zk/share/v2" })],
    ["share-malformed", "a slot less", (share) => resigned(share, { shares: partsOf(share).slice(1) })],
    [
      "share-malformed",
      "a slot more",
      (share) => resigned(share, { shares: [...partsOf(share), partsOf(share)[1]] }),
    ],
    [
      "share-malformed",
      "slots in another order",
      (share) => resigned(share, { shares: partsOf(share).toReversed() }),
    ],
    [
      "share-malformed",
      "one slot twice",
      (share) => resigned(share, { shares: [partsOf(share)[0], partsOf(share)[0]] }),
    ],
    ["share-malformed", "another shard", (share) => changedPart(share, () => ({ shard: 1 }))],
    ["share-malformed", "a wrapper with a field more", (share) => ({ ...share, extra: 1 })],
    ["share-malformed", "no signature", ({ message }) => ({ message })],
    ["share-other-closing", "another closing", (share) => resigned(share, { closing: "00".repeat(32) })],
    ["share-other-closing", "another poll", (share) => resigned(share, { pollId: "00".repeat(31) })],
    [
      "share-bad-signature",
      "a changed signature",
      ({ message, signature }) => ({ message, signature: flipDigit(signature) }),
    ],
    [
      "share-bad-signature",
      "trustee 1's signature",
      ({ message }) => signMessage("share", message, fixture.trusteeKeys[0]!.signingSecret),
    ],
    [
      "share-bad-signature",
      "a signature in another role",
      ({ message }) => signMessage("dkg", message, fixture.trusteeKeys[1]!.signingSecret),
    ],
    [
      "share-bad-signature",
      "content changed after it was signed",
      ({ message, signature }) => ({ message: { ...message, closing: "00".repeat(32) }, signature }),
    ],
  ];

  test.each(bad)("%s: %s", async (reason, _, change) => {
    const all = fresh();
    const { poll, board, closing, shares } = all;
    const value = change(shares[1]!, all);
    const error = inputError(() =>
      verifyShare({ poll, closing, shards: aggregateShards(poll, board.counted), value }),
    );
    expect(error.code).toBe(reason);
    expect(error.message).toMatch(/^share/);
    const outcome = await withShares(replaced<unknown>(shares, 2, value));
    expect(resultOf(outcome)).toMatchObject({ options: SUMS, shards: [{ trustees: [1, 3] }] });
    expect(outcome.culprits).toEqual([{ trustee: 2, reason }]);
  });

  test.each([0, 4, 2.5])("share-unknown-trustee: trustee %d of 3", async (trustee) => {
    const { shares } = fresh();
    const outcome = await withShares(replaced(shares, 2, resigned(shares[1]!, { trustee })));
    expect(resultOf(outcome).options).toEqual(SUMS);
    expect(outcome.culprits).toEqual([
      { trustee, reason: "share-unknown-trustee" },
      { trustee: 2, reason: "share-missing" },
    ]);
  });

  test("a share that was made for the same poll with a ballot less", async () => {
    const { valid: poll } = fixture;
    const before = await close(makeBallots(poll, VOTES.slice(0, 3)), [2]);
    const { shares } = fresh();
    const outcome = await withShares(replaced(shares, 2, before.shares[0]!));
    expect(outcome.culprits).toEqual([{ trustee: 2, reason: "share-other-closing" }]);
  });

  test("fewer than t good ones make no result", async () => {
    const { shares } = fresh();
    const outcome = await withShares([shares[0], shares[0], resigned(shares[1]!, { extra: 1 })]);
    expect(outcome).toEqual({
      complete: false,
      goodShares: 1,
      neededShares: 2,
      culprits: [
        { trustee: 1, reason: "share-duplicate" },
        { trustee: 2, reason: "share-malformed" },
        { trustee: 3, reason: "share-missing" },
      ],
    });
    expect(await withShares([])).toMatchObject({ complete: false, goodShares: 0 });
  });
});

describe("sums that are the identity", () => {
  // Two ballots whose nonces cancel: nobody can make such for others, two colluding voters can.
  async function cancelled(): Promise<Closed> {
    const { valid: poll } = fixture;
    const [first, second] = makeBallots(poll, [
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
    ]);
    const ciphertexts = first!.ciphertexts.map(({ c1, c2 }) => ({ c1: c1.negate(), c2: c2.negate() }));
    const board = boardOf(poll, [first!, { ...second!, ciphertexts }]);
    const closing = await closeBoard(fixture, board);
    return {
      board,
      closing,
      shares: await decryptionShares(fixture, { board, closing, trustees: [1, 2, 3] }),
    };
  }

  test("are decrypted to the identity, with a proof, and tallied as zero", async () => {
    const { valid: poll } = fixture;
    const { board, closing, shares } = await cancelled();
    expect(aggregateShards(poll, board.counted)[0]!.slots.every(({ c1, c2 }) => c1.is0() && c2.is0())).toBe(
      true,
    );
    expect(partsOf(shares[0]!)[0]).toMatchObject({ point: ["0", "1"], equality: { r2: ["0", "1"] } });
    const result = resultOf(await tally({ poll, board, closing, shares }));
    expect(result.options).toEqual([0, 0, 0, 0, 0]);
    expect(verifyResult({ poll, board, closing, shares, bytes: resultBytes(result) }).culprits).toEqual([]);
  });

  test("admit no other share than the identity", async () => {
    const { valid: poll } = fixture;
    const { board, closing, shares } = await cancelled();
    const [first, ...rest] = partsOf(shares[1]!);
    const forged = resigned(shares[1]!, { shares: [{ ...first, point: pointToJson(BASE8) }, ...rest] });
    const outcome = await tally({ poll, board, closing, shares: replaced(shares, 2, forged) });
    expect(outcome.culprits).toEqual([{ trustee: 2, reason: "share-bad-proof" }]);
  });

  test("of plaintexts alone are zero counters", async () => {
    const { valid: poll } = fixture;
    const { board, closing, shares } = await close(
      makeBallots(poll, [VOTES[0]!.map(() => 0), VOTES[0]!.map(() => 0)]),
    );
    expect(resultOf(await tally({ poll, board, closing, shares })).options).toEqual([0, 0, 0, 0, 0]);
  });
});

describe("a sum that valid ballots cannot have is an error", () => {
  test("naming shard and slot: a counter above its maximum", async () => {
    const { valid: poll } = fixture;
    const votes = Array.from({ length: 6 }, (): Votes => [1, 1, 1, 1, 1]);
    const ballots = makeBallots(poll, votes);
    const last = boardOf(poll, ballots).counted.ballots.at(-1)!;
    const forged = ballots.map((ballot, voter) =>
      ballot.nullifier === last.nullifier ? makeBallot(poll, { voter, votes: [1, 1, 1, 1, 2] }) : ballot,
    );
    const { board, closing, shares } = await close(forged, [1, 2]);
    const error = await inputRejection(tally({ poll, board, closing, shares }));
    expect(error).toMatchObject({ code: "tally-out-of-range", place: "shard 1, slot 1" });
  });

  test("a ciphertext that encrypts no counters at all", async () => {
    const { valid: poll } = fixture;
    const [first, ...rest] = makeBallots(poll, VOTES);
    const [slot, ...others] = first!.ciphertexts;
    const noise = multiply(BASE8, randomScalar());
    const forged = { ...first!, ciphertexts: [{ ...slot!, c2: slot!.c2.add(noise) }, ...others] };
    const { board, closing, shares } = await close([forged, ...rest], [1, 2]);
    const error = await inputRejection(tally({ poll, board, closing, shares }));
    expect(error).toMatchObject({ code: "tally-out-of-range", place: "shard 0, slot 0" });
  });

  test("counters in range whose sum the rules exclude", async () => {
    const single = makePoll({ rules: SINGLE_CHOICE, trustees: 1, threshold: 1 });
    const { valid: poll } = single;
    const votes: Votes[] = [
      [1, 1, 0, 0],
      [1, 0, 0, 0],
    ];
    const board = boardOf(poll, makeBallots(poll, votes));
    const closing = await closeBoard(single, board);
    const shares = await decryptionShares(single, { board, closing, trustees: [1] });
    const error = await inputRejection(tally({ poll, board, closing, shares }));
    expect(error).toMatchObject({ code: "tally-out-of-range", place: "shard 0, slot 0" });
    const bytes = resultBytes({
      type: "commune-zk/result/v1",
      pollId: poll.pollId,
      closing: closing.digest,
      outcome: "tallied",
      countedBallots: 2,
      keyKind: "development",
      options: [2, 1, 0, 0],
      shards: [{ ballots: 2, slots: [[2, 1, 0, 0]], trustees: [1] }],
    });
    expect(inputError(() => verifyResult({ poll, board, closing, shares, bytes }))).toMatchObject({
      code: "result-wrong",
      place: "result.json shard 0 slot 0",
      message: expect.stringMatching(/do not add up/),
    });
  });
});

describe("tally", () => {
  test("refuses a closing of another board", async () => {
    const { poll, board, closing, shares } = fresh();
    const other = { ...board, root: "00".repeat(32) };
    expect((await inputRejection(tally({ poll, board: other, closing, shares }))).code).toBe(
      "closing-not-my-board",
    );
  });

  test("reports progress from 0 up, below 1", async () => {
    const { poll, board, closing, shares } = fresh();
    const done: number[] = [];
    await tally({ poll, board, closing, shares }, { onProgress: (part) => done.push(part) });
    expect(done[0]).toBe(0);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.at(-1)).toBeLessThan(1);
  });

  test("stops where its signal fired", async () => {
    const { poll, board, closing, shares } = fresh();
    const stopped = tally({ poll, board, closing, shares }, { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  });

  test("needs a ciphertext of each used slot in every ballot", async () => {
    const { valid: poll } = fixture;
    const [first, ...rest] = makeBallots(poll, VOTES);
    const board = boardOf(poll, [{ ...first!, ciphertexts: first!.ciphertexts.slice(0, 1) }, ...rest]);
    const closing = await closeBoard(fixture, board);
    const decrypting = partialDecrypt({
      poll,
      closing,
      board,
      trusteeIndex: 1,
      share: fixture.ceremony.shares[0]!,
      signingSecret: fixture.trusteeKeys[0]!.signingSecret,
      store: memoryCloserStore(),
    });
    await expect(decrypting).rejects.toThrow(RangeError);
  });
});

describe("verifyResult", () => {
  let result: Result;

  beforeAll(async () => {
    result = resultOf(await tally(fresh()));
  });

  const check = (bytes: Uint8Array, changes: Partial<ReturnType<typeof fresh>> = {}) =>
    verifyResult({ ...fresh(), ...changes, bytes });
  const shard = (changes: Partial<Result["shards"][number]>): Partial<Result> => ({
    shards: [{ ...result.shards[0]!, ...changes }],
  });

  test("accepts the result of the tally", () => {
    expect(check(resultBytes(result))).toEqual({ result, culprits: [] });
    expect(result).toMatchObject({
      options: SUMS,
      shards: [
        {
          ballots: 4,
          slots: [
            [3, 2, 0],
            [0, 3],
          ],
          trustees: [1, 2],
        },
      ],
    });
  });

  test.each([[[1, 3]], [[2, 3]]])("accepts it from the shares of trustees %j too", (trustees) => {
    expect(check(resultBytes({ ...result, ...shard({ trustees }) })).culprits).toEqual([]);
  });

  test("names shares that do not count and accepts it from those that do", () => {
    const { shares } = fresh();
    const { culprits } = check(resultBytes(result), {
      shares: replaced(shares, 3, resigned(shares[2]!, {})),
    });
    expect(culprits).toEqual([{ trustee: 3, reason: "share-bad-signature" }]);
  });

  const WRONG = "result.json";
  test.each<readonly [string, string, string, () => Record<string, unknown>]>([
    ["another poll", "result-wrong", WRONG, () => ({ pollId: "00".repeat(31) })],
    ["another closing", "result-wrong", WRONG, () => ({ closing: "00".repeat(32) })],
    ["another outcome", "result-wrong", WRONG, () => ({ outcome: "too-few-ballots" })],
    ["another number of ballots", "result-wrong", WRONG, () => ({ countedBallots: 5 })],
    ["another kind of keys", "result-wrong", WRONG, () => ({ keyKind: "ceremony" })],
    ["another total", "result-wrong", WRONG, () => ({ options: replaced(result.options, 1, 4) })],
    ["two totals swapped", "result-wrong", WRONG, () => ({ options: [2, 3, 0, 0, 3] })],
    ["a total less", "result-wrong", WRONG, () => ({ options: result.options.slice(1) })],
    ["a total more", "result-wrong", WRONG, () => ({ options: [...result.options, 0] })],
    ["no shards", "result-wrong", `${WRONG} shards`, () => ({ shards: [] })],
    [
      "a shard twice",
      "result-wrong",
      `${WRONG} shards`,
      () => ({ shards: [...result.shards, ...result.shards] }),
    ],
    ["another number of ballots in a shard", "result-wrong", `${WRONG} shard 0`, () => shard({ ballots: 5 })],
    ["a slot less", "result-wrong", `${WRONG} shard 0`, () => shard({ slots: [[3, 2, 0]] })],
    ["a slot more", "result-wrong", `${WRONG} shard 0`, () => shard({ slots: [[3, 2, 0], [0, 3], [0]] })],
    [
      "slots swapped",
      "result-wrong",
      `${WRONG} shard 0 slot 0`,
      () =>
        shard({
          slots: [
            [0, 3],
            [3, 2, 0],
          ],
        }),
    ],
    [
      "a counter less",
      "result-wrong",
      `${WRONG} shard 0 slot 0`,
      () =>
        shard({
          slots: [
            [3, 2],
            [0, 3],
          ],
        }),
    ],
    [
      "a counter more",
      "result-wrong",
      `${WRONG} shard 0 slot 1`,
      () =>
        shard({
          slots: [
            [3, 2, 0],
            [0, 3, 0],
          ],
        }),
    ],
    [
      "a vote more, also in the total",
      "result-wrong",
      `${WRONG} shard 0 slot 0`,
      () => ({
        options: [4, 2, 0, 0, 3],
        ...shard({
          slots: [
            [4, 2, 0],
            [0, 3],
          ],
        }),
      }),
    ],
    [
      "a vote moved, also in the totals",
      "result-wrong",
      `${WRONG} shard 0 slot 1`,
      () => ({
        options: [3, 2, 0, 1, 2],
        ...shard({
          slots: [
            [3, 2, 0],
            [1, 2],
          ],
        }),
      }),
    ],
    [
      "a carry between counters, which leaves m as it is",
      "result-wrong",
      `${WRONG} shard 0 slot 0`,
      () => ({
        options: [259, 1, 0, 0, 3],
        ...shard({
          slots: [
            [259, 1, 0],
            [0, 3],
          ],
        }),
      }),
    ],
    ["a trustee less", "result-no-share", `${WRONG} shard 0`, () => shard({ trustees: [1] })],
    ["a trustee more", "result-no-share", `${WRONG} shard 0`, () => shard({ trustees: [1, 2, 3] })],
    ["no trustees", "result-no-share", `${WRONG} shard 0`, () => shard({ trustees: [] })],
    ["a trustee twice", "result-no-share", `${WRONG} shard 0`, () => shard({ trustees: [1, 1] })],
    ["trustees not ascending", "result-no-share", `${WRONG} shard 0`, () => shard({ trustees: [2, 1] })],
    ["an unknown trustee", "result-no-share", `${WRONG} shard 0`, () => shard({ trustees: [1, 4] })],
    ["another type", "result-malformed", `${WRONG}: type`, () => ({ type: "commune-zk/result/v2" })],
    ["an outcome that there is not", "result-malformed", `${WRONG}: outcome`, () => ({ outcome: "" })],
    ["a negative total", "result-malformed", `${WRONG}: options.0`, () => ({ options: [-1] })],
    ["half a vote", "result-malformed", `${WRONG}: options.0`, () => ({ options: [0.5] })],
    [
      "a negative counter",
      "result-malformed",
      `${WRONG}: shards.0.slots.0.0`,
      () => shard({ slots: [[-1]] }),
    ],
    ["trustee 0", "result-malformed", `${WRONG}: shards.0.trustees.0`, () => shard({ trustees: [0, 1] })],
    ["a field more", "result-malformed", WRONG, () => ({ extra: 1 })],
  ])("refuses %s", (_, code, place, changes) => {
    const bytes = canonicalBytes({ ...result, ...changes() });
    expect(inputError(() => check(bytes))).toMatchObject({ code, place });
  });

  test.each(["type", "pollId", "closing", "outcome", "countedBallots", "keyKind", "options", "shards"])(
    "refuses a result without %s",
    (name) => {
      const { [name as keyof Result]: _, ...rest } = result;
      expect(inputError(() => check(canonicalBytes(rest))).code).toBe("result-malformed");
    },
  );

  test.each<readonly [string, string, (honest: Uint8Array) => Uint8Array]>([
    ["not-canonical-json", "a newline after it", (honest) => Uint8Array.of(...honest, 10)],
    ["bad-json", "half of it", (honest) => honest.slice(0, 100)],
    ["result-malformed", "null", () => utf8("null")],
  ])("refuses with %s: %s", (code, _, change) => {
    expect(inputError(() => check(change(resultBytes(result)))).code).toBe(code);
  });

  test("refuses it without the share of a trustee it names", () => {
    const { shares } = fresh();
    const error = inputError(() => check(resultBytes(result), { shares: shares.slice(1) }));
    expect(error).toMatchObject({ code: "result-no-share", place: "result.json shard 0" });
  });

  test("refuses it with a bad share of a trustee it names", () => {
    const { shares } = fresh();
    const bad = replaced(shares, 2, resigned(shares[1]!, { closing: "00".repeat(32) }));
    expect(inputError(() => check(resultBytes(result), { shares: bad })).code).toBe("result-no-share");
  });

  test("refuses it for another board than the auditor's", () => {
    const { board } = fresh();
    const error = inputError(() => check(resultBytes(result), { board: { ...board, size: 5 } }));
    expect(error.code).toBe("closing-not-my-board");
  });

  test("refuses the result of another closing of the same poll", async () => {
    const { valid: poll } = fixture;
    const before = await close(makeBallots(poll, VOTES.slice(0, 3)), [1, 2]);
    const earlier = resultOf(await tally({ poll, ...before }));
    expect(inputError(() => check(resultBytes(earlier))).code).toBe("result-wrong");
    expect(inputError(() => check(resultBytes(earlier), { shares: before.shares })).code).toBe(
      "result-wrong",
    );
  });
});

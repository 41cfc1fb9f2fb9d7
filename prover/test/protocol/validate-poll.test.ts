// validatePoll, the one judge of polls: good polls of every kind pass, and each fault is refused by its own check.
// docs/spec/poll.md.
import { beforeAll, describe, expect, test } from "@jest/globals";
import { concatBytes, fromUtf8, toHex, uintBytes, utf8 } from "../../src/formats/bytes.ts";
import { canonicalBytes } from "../../src/formats/canonical-json.ts";
import { ed25519KeyPair, signDocument } from "../../src/formats/ed25519.ts";
import { InputError } from "../../src/formats/errors.ts";
import { FIELD_ORDER } from "../../src/formats/field.ts";
import { CIRCUITS, type LoadedManifest, parseManifest } from "../../src/formats/manifest.ts";
import { BASE8, multiply, type PointJson, pointToJson, randomScalar } from "../../src/formats/point.ts";
import { type TrusteeKeys, trusteeKeys } from "../../src/protocol/dkg.ts";
import { type Poll, type PollRules, pollSignaturesBytes, signPoll } from "../../src/protocol/poll.ts";
import { type TrustAnchor, type ValidPoll, validatePoll } from "../../src/protocol/validate-poll.ts";
import { type RehearsedPoll, randomHex, signedPoll } from "../../src/rehearsal.ts";
import { manifest } from "../support/keys.ts";
import { badPoints } from "../support/points.ts";
import { alteredPoll, judge, makePoll, type SignedPoll } from "../support/polls.ts";
import { hashBySpec, inputError, seededRandom } from "../trustees/support.ts";
import { LOW_ORDER } from "./low-order.ts";

/** Three options, single choice, five members, trustees A, B and C of whom two decrypt, one witness. */
let fixture: RehearsedPoll;

beforeAll(() => {
  fixture = makePoll({ witnesses: ["W"] });
});

type Change = (poll: Poll) => void;

/** The poll with one change, as its signers together could put it up; judged without an anchor. */
function judged(change: Change): ValidPoll {
  return judge(alteredPoll(fixture, change).files);
}

/** Code, place and message with which the changed poll is refused. */
function refusal(change: Change): { code: string; place: string | undefined; message: string } {
  const { files } = alteredPoll(fixture, change);
  const { code, place, message } = inputError(() => judge(files));
  return { code, place, message };
}

const rules =
  (changes: Partial<PollRules>, roll: { size?: number } = {}): Change =>
  (poll) => {
    Object.assign(poll.rules, changes);
    Object.assign(poll.roll, roll);
    poll.options = poll.rules.maxima.map((_, i) => `option ${i + 1}`);
    poll.shardBallots = poll.roll.size;
  };

const repeat = (n: number, value = 1): number[] => new Array<number>(n).fill(value);
const borda = (n: number): Partial<PollRules> => ({
  maxima: repeat(n, n - 1),
  minTotal: (n * (n - 1)) / 2,
  maxTotal: (n * (n - 1)) / 2,
  distinct: true,
});

describe("a good poll", () => {
  test("passes, and says what readers need", () => {
    const { poll, pollId, registration, ceremony, trusteeKeys: keys } = fixture;
    const valid = judge(registration);
    expect(valid.pollId).toBe(hashBySpec("scope/poll", [toHex(registration.poll)]).slice(0, 62));
    expect(valid.pollId).toBe(pollId);
    expect(valid.poll).toEqual(poll);
    expect(valid.bytes).toEqual(registration.poll);
    expect(valid.circuit).toBe("ballot-compact-10");
    expect(valid.rollRoot).toBe(fixture.tree.root);
    expect(valid.publicKey.equals(ceremony.key.publicKey)).toBe(true);
    expect(valid.commitments.map(pointToJson)).toEqual(ceremony.key.commitments.map(pointToJson));
    expect(valid.encryptionKeys.map(pointToJson)).toEqual(
      keys.map(({ encryptionKey }) => pointToJson(encryptionKey)),
    );
    expect(valid.trusteeVerificationKeys.map(pointToJson)).toEqual(
      ceremony.shares.map((share) => pointToJson(multiply(BASE8, share))),
    );
  });

  test("names the ceremony of the document without its key", () => {
    const { encryption, ...rest } = fixture.poll;
    const hash = hashBySpec("scope/ceremony", [toHex(canonicalBytes(rest))]);
    expect(encryption.ceremonyId).toBe(hash.slice(0, 62));
  });

  test("keeps its own bytes when the caller's change", () => {
    const pollBytes = fixture.registration.poll.slice();
    const valid = judge({ poll: pollBytes, signatures: fixture.registration.signatures });
    pollBytes.fill(0);
    expect(valid.bytes).toEqual(fixture.registration.poll);
  });

  test.each<[string, Partial<PollRules>]>([
    ["single choice of 2", { maxima: repeat(2), minTotal: 1, maxTotal: 1 }],
    ["single choice of 4 with abstention", { maxima: repeat(4), minTotal: 0, maxTotal: 1 }],
    ["approval of 4", { maxima: repeat(4), minTotal: 0, maxTotal: 4 }],
    ["score of 3, up to 9", { maxima: repeat(3, 9), minTotal: 0, maxTotal: 27 }],
    ["budget of 20 points", { maxima: repeat(4, 20), minTotal: 20, maxTotal: 20 }],
    ["quadratic of 25 credits", { maxima: repeat(4, 5), minTotal: 0, maxTotal: 25, cost: "quadratic" }],
    ["ranking of 2", borda(2)],
    ["ranking of 4", borda(4)],
    ["unequal maxima", { maxima: [1, 7, 255], minTotal: 2, maxTotal: 200 }],
    ["no revisions", { maxima: repeat(2), minTotal: 1, maxTotal: 1, revisions: false }],
  ])("of %s passes on every compact circuit and on the wide one", (_name, changes) => {
    for (const circuit of [
      "ballot-compact-10",
      "ballot-compact-16",
      "ballot-compact-20",
      "ballot-wide-20",
    ] as const) {
      const valid = judged(rules({ ...changes, circuit }));
      expect(valid.circuit).toBe(circuit);
      expect(valid.layout).toEqual(layoutBySpec(valid.poll));
    }
  });

  test.each([5, 8, 9, 13, 16])("of %i ranked options passes on the wide circuit", (n) => {
    const valid = judged(rules({ ...borda(n), circuit: "ballot-wide-20" }));
    expect(valid.layout).toEqual(layoutBySpec(valid.poll));
  });

  test.each([
    [1, 4],
    [2, 7],
    [3, 12],
    [3, 10],
  ])("with %i counters a slot passes with %i options on the wide circuit", (countersPerSlot, n) => {
    const valid = judged(
      rules({ circuit: "ballot-wide-20", countersPerSlot, maxima: repeat(n, 2), minTotal: 0, maxTotal: n }),
    );
    expect(valid.layout).toEqual(layoutBySpec(valid.poll));
  });
});

/** docs/spec/poll.md §5, written again: option by option into slots of four. */
function layoutBySpec({ rules: { circuit, countersPerSlot: c, maxima, valueBits }, options }: Poll) {
  const { depth, slots } = CIRCUITS[circuit];
  const active = repeat(4 * slots, 0);
  const limits = repeat(4 * slots, 0);
  const counterOf = options.map((_, i) => {
    const counter = 4 * Math.floor(i / c) + (i % c);
    active[counter] = 1;
    limits[counter] = maxima[i]!;
    return counter;
  });
  return { depth, slots, counterOf, active, maxima: limits, base: 2n ** BigInt(valueBits) };
}

describe("a poll is refused for", () => {
  test.each<[string, Change, string, RegExp]>([
    ["closing when it opens", (p) => (p.closesAt = p.opensAt), "poll-bad-times", /opensAt/],
    ["closing before it opens", (p) => (p.closesAt = p.opensAt - 1), "poll-bad-times", /opensAt/],
    ["an option twice", (p) => (p.options[2] = p.options[0]!), "poll-duplicate", /options/],
    ["a tier twice", (p) => p.roll.tiers.push(p.roll.tiers[0]!), "poll-duplicate", /tiers/],
    ["two trustees of one name", (p) => (p.trustees[1]!.name = "A"), "poll-duplicate", /names/],
    ["a trustee and a witness of one name", (p) => (p.witnesses[0]!.name = "C"), "poll-duplicate", /names/],
    [
      "two trustees with one signing key",
      (p) => (p.trustees[1]!.signingKey = p.trustees[0]!.signingKey),
      "poll-duplicate",
      /signing keys/,
    ],
    [
      "a witness with a trustee's signing key",
      (p) => (p.witnesses[0]!.signingKey = p.trustees[2]!.signingKey),
      "poll-duplicate",
      /signing keys/,
    ],
    [
      "two trustees with one encryption key",
      (p) => (p.trustees[2]!.encryptionKey = p.trustees[0]!.encryptionKey),
      "poll-duplicate",
      /encryption keys/,
    ],
    ["five options on a compact circuit", rules({ maxima: repeat(5) }), "poll-too-many-options", /counters/],
    [
      "two options with one counter a slot on a compact circuit",
      rules({ maxima: repeat(2), countersPerSlot: 1 }),
      "poll-too-many-options",
      /counters/,
    ],
    [
      "13 options with three counters a slot on the wide circuit",
      rules({ maxima: repeat(13), countersPerSlot: 3, circuit: "ballot-wide-20" }),
      "poll-too-many-options",
      /counters/,
    ],
    ["a maximum less", (p) => p.rules.maxima.pop(), "poll-bad-rules", /maximum for each/],
    ["a maximum more", (p) => p.rules.maxima.push(1), "poll-bad-rules", /maximum for each/],
    ["totals upside down", rules({ minTotal: 2, maxTotal: 1 }), "poll-bad-rules", /minTotal/],
    ["a total of 2^24", rules({ minTotal: 0, maxTotal: 2 ** 24 }), "poll-bad-rules", /2\^24/],
    ["a minimum that nobody reaches", rules({ minTotal: 4, maxTotal: 4 }), "poll-unsatisfiable", /no ballot/],
    ["too few distinct values", rules({ distinct: true, minTotal: 0 }), "poll-unsatisfiable", /no ballot/],
    [
      "a total between the squares",
      rules({ maxima: [2, 2], minTotal: 3, maxTotal: 3, cost: "quadratic" }),
      "poll-unsatisfiable",
      /no ballot/,
    ],
    [
      "a total that distinct values jump over",
      rules({ maxima: [2, 2], minTotal: 4, maxTotal: 4, distinct: true }),
      "poll-unsatisfiable",
      /no ballot/,
    ],
    [
      "more positions than the tree has leaves",
      rules({}, { size: 1025 }),
      "poll-roll-too-large",
      /more positions/,
    ],
    ["a minimum above the roll", (p) => (p.minimumBallots = 6), "poll-minimum-too-large", /minimumBallots/],
    ["a threshold of half the trustees", (p) => (p.threshold = 1), "poll-bad-threshold", /majority/],
    ["a threshold above the trustees", (p) => (p.threshold = 4), "poll-bad-threshold", /majority/],
    [
      "a commitment less than the threshold",
      (p) => p.encryption.commitments.pop(),
      "poll-bad-commitments",
      /as many/,
    ],
    [
      "a commitment more than the threshold",
      (p) => p.encryption.commitments.push([...pointToJson(BASE8)]),
      "poll-bad-commitments",
      /as many/,
    ],
    [
      "a joint key that is not commitments[0]",
      (p) => (p.encryption.publicKey = [...pointToJson(BASE8)]),
      "poll-bad-commitments",
      /not the public key/,
    ],
    [
      "a commitments[0] that is not the joint key",
      (p) => (p.encryption.commitments[0] = [...pointToJson(BASE8)]),
      "poll-bad-commitments",
      /not the public key/,
    ],
    [
      "the ceremony of another document",
      (p) => (p.encryption.ceremonyId = randomHex().slice(2)),
      "poll-other-ceremony",
      /ceremonyId/,
    ],
    ["another key set", (p) => (p.keySet.digest = randomHex()), "key-set-digest-mismatch", /another key set/],
    [
      "development keys called those of a ceremony",
      (p) => (p.keySet.kind = "ceremony"),
      "poll-bad-key-set",
      /another kind/,
    ],
  ])("%s", (_name, change, code, message) => {
    expect(refusal(change)).toEqual({
      code,
      place: "poll.json",
      message: expect.stringMatching(message),
    });
  });

  test("a change after its key generation: the ceremony is that of the old document", () => {
    const { poll, trusteeKeys: keys, registrar } = fixture;
    const retitled = { ...poll, title: "What shall we break?" };
    const { files } = signedPoll(retitled, keys, registrar);
    expect(inputError(() => judge(files))).toMatchObject({ code: "poll-other-ceremony", place: "poll.json" });
  });

  test.each(["1".repeat(78), FIELD_ORDER.toString(), "01", "-1", "0x1", ""])("the roll root %j", (root) => {
    expect(refusal((poll) => (poll.roll.root = root))).toMatchObject({
      code: "not-canonical",
      place: "poll.json roll.root",
    });
  });

  test("a verification key that is the identity", () => {
    // f(x) = a − (a/2)·x is 0 for trustee 2: its share would be public, and its decryptions proofs of nothing.
    const a = 2n * randomScalar();
    const commitments = [multiply(BASE8, a), multiply(BASE8, -(a / 2n))].map(pointToJson);
    const change: Change = (poll) => {
      poll.encryption.commitments = commitments.map((point) => [...point]);
      poll.encryption.publicKey = [...commitments[0]!];
    };
    expect(refusal(change)).toMatchObject({
      code: "poll-bad-commitments",
      message: expect.stringMatching(/verification key/),
    });
  });

  const points: [string, PointJson, string][] = [
    ...badPoints,
    ["a point of order 8", pointToJson(LOW_ORDER.get(8)!), "point-outside-subgroup"],
  ];
  const slots: [string, (poll: Poll, point: [string, string]) => void][] = [
    ["encryption.publicKey", (poll, point) => (poll.encryption.publicKey = point)],
    ["encryption.commitments.0", (poll, point) => (poll.encryption.commitments[0] = point)],
    ["encryption.commitments.1", (poll, point) => (poll.encryption.commitments[1] = point)],
    ["trustees.0.encryptionKey", (poll, point) => (poll.trustees[0]!.encryptionKey = point)],
    ["trustees.2.encryptionKey", (poll, point) => (poll.trustees[2]!.encryptionKey = point)],
  ];
  test.each(
    slots.flatMap(([slot, set]) => points.map(([name, point, code]) => ({ slot, set, name, point, code }))),
  )("$name as $slot", ({ slot, set, point, code }) => {
    expect(refusal((poll) => set(poll, [...point]))).toMatchObject({ code, place: `poll.json ${slot}` });
  });
});

describe("thresholds", () => {
  const keys = Array.from({ length: 7 }, () => trusteeKeys());
  const commitments = Array.from({ length: 8 }, () => pointToJson(multiply(BASE8, randomScalar())));

  test.each([1, 2, 3, 4, 5, 6, 7])("of %i trustees are above half of them and at most all", (n) => {
    for (const t of new Set([1, Math.floor(n / 2), Math.floor(n / 2) + 1, n, n + 1])) {
      if (t === 0) continue;
      const { files } = alteredPoll({ ...fixture, trusteeKeys: keys.slice(0, n) }, (poll) => {
        poll.trustees = keys.slice(0, n).map(({ signingKey, encryptionKey }, i) => ({
          name: `trustee ${i + 1}`,
          signingKey,
          encryptionKey: [...pointToJson(encryptionKey)],
        }));
        poll.threshold = t;
        poll.encryption.commitments = commitments.slice(0, t).map((point) => [...point]);
        poll.encryption.publicKey = [...commitments[0]!];
      });
      if (n / 2 < t && t <= n) expect(judge(files).trusteeVerificationKeys).toHaveLength(n);
      else expect([t, inputError(() => judge(files)).code]).toEqual([t, "poll-bad-threshold"]);
    }
  });
});

/** "accepted", or code and the slot that the message names. */
function outcome(change: Change): string {
  try {
    judged(change);
    return "accepted";
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `${error.code}${/ slot \d/.exec(error.message)?.[0] ?? ""}`;
  }
}

describe("packing: the largest aggregate of a counter stays below 2^valueBits", () => {
  const overflow = "poll-packing-overflow slot 0";

  test.each<[string, number, (n: number) => Change]>([
    ["ballots", 1023, (size) => rules({ valueBits: 10 }, { size })],
    [
      "ballots, a counter's maximum cut down by maxTotal",
      341,
      (size) => rules({ valueBits: 10, maxima: repeat(3, 255), minTotal: 0, maxTotal: 3 }, { size }),
    ],
    [
      "maxTotal, by the root of which quadratic counters are cut down",
      15,
      (maxTotal) =>
        rules(
          { valueBits: 10, maxima: repeat(3, 255), minTotal: 0, maxTotal, cost: "quadratic" },
          { size: 341 },
        ),
    ],
    [
      "maxTotal of linear counters",
      3,
      (maxTotal) => rules({ valueBits: 10, maxima: repeat(3, 255), minTotal: 0, maxTotal }, { size: 341 }),
    ],
    [
      "a counter's maximum",
      3,
      (most) => rules({ valueBits: 10, maxima: [1, most], minTotal: 0, maxTotal: 255 }, { size: 341 }),
    ],
    [
      "ballots of a shard",
      1023,
      (shard) => (poll) => {
        rules({ valueBits: 10 }, { size: 1024 })(poll);
        poll.shardBallots = shard;
      },
    ],
    [
      "ballots at the widest value",
      65_793,
      (size) =>
        rules(
          { circuit: "ballot-compact-20", valueBits: 24, maxima: [255, 255], minTotal: 255, maxTotal: 255 },
          { size },
        ),
    ],
  ])("in %s: %i passes, one more overflows", (_name, limit, change) => {
    expect(outcome(change(limit))).toBe("accepted");
    expect(outcome(change(limit + 1))).toBe(overflow);
  });

  test("in valueBits: the narrowest that passes, and one less", () => {
    expect(outcome(rules({ valueBits: 10 }, { size: 1023 }))).toBe("accepted");
    expect(outcome(rules({ valueBits: 9 }, { size: 1023 }))).toBe(overflow);
  });

  test("in a later slot, which is named", () => {
    const maxima = [...repeat(4, 1), ...repeat(4, 2)];
    const change = (size: number) =>
      rules({ circuit: "ballot-wide-20", valueBits: 10, maxima, minTotal: 0, maxTotal: 12 }, { size });
    expect(outcome(change(511))).toBe("accepted");
    expect(outcome(change(512))).toBe("poll-packing-overflow slot 1");
  });
});

describe("decoding: at most 2^40 sums of a slot are possible", () => {
  const tooLarge = "poll-decoding-too-large slot 0";
  const large = { circuit: "ballot-compact-20", valueBits: 24 } as const;

  test("exactly 2^40 passes: four counters of 1,023 ballots", () => {
    const approval = (size: number) =>
      rules({ valueBits: 11, maxima: repeat(4), minTotal: 0, maxTotal: 4 }, { size });
    expect(1024n ** 4n).toBe(2n ** 40n);
    expect(outcome(approval(1023))).toBe("accepted");
    expect(outcome(approval(1024))).toBe(tooLarge);
  });

  test("exactly 2^40 passes with the largest of three counters known from the others", () => {
    const budget = (size: number) =>
      rules({ ...large, maxima: [1, 15, 1], minTotal: 15, maxTotal: 15 }, { size });
    expect(outcome(budget(2 ** 20 - 1))).toBe("accepted");
    expect(outcome(budget(2 ** 20))).toBe(tooLarge);
  });

  test("one counter of four is known where every ballot gives the same total", () => {
    const single = (size: number, changes: Partial<PollRules> = {}) =>
      rules({ ...large, maxima: repeat(4), ...changes }, { size });
    expect(10_321n ** 3n <= 2n ** 40n && 10_322n ** 3n > 2n ** 40n).toBe(true);
    expect(outcome(single(10_320))).toBe("accepted");
    expect(outcome(single(10_321))).toBe(tooLarge);
    // Not where ballots may abstain, where squares are counted, or where another slot holds an option.
    expect(outcome(single(10_320, { minTotal: 0 }))).toBe(tooLarge);
    expect(outcome(single(10_320, { cost: "quadratic" }))).toBe(tooLarge);
    expect(outcome(single(10_320, { circuit: "ballot-wide-20", maxima: repeat(5) }))).toBe(tooLarge);
  });

  test("every slot has its own bound, and fewer counters a slot pass", () => {
    const wide = (countersPerSlot: number) =>
      rules(
        {
          circuit: "ballot-wide-20",
          valueBits: 13,
          countersPerSlot,
          maxima: [...repeat(4, 1), ...repeat(4, 2)],
          minTotal: 0,
          maxTotal: 12,
        },
        { size: 1023 },
      );
    expect(outcome(wide(4))).toBe("poll-decoding-too-large slot 1");
    expect(outcome(wide(2))).toBe("accepted");
  });

  test("shards bring the bound down to their own ballots", () => {
    const sharded =
      (shardBallots: number): Change =>
      (poll) => {
        rules({ ...large, maxima: repeat(4), minTotal: 0, maxTotal: 4 }, { size: 100_000 })(poll);
        poll.shardBallots = shardBallots;
        poll.minimumBallots = 500;
      };
    expect(outcome(sharded(1023))).toBe("accepted");
    expect(outcome(sharded(1024))).toBe(tooLarge);
  });
});

describe("roll and shards", () => {
  test.each([
    ["ballot-compact-10", 2 ** 10],
    ["ballot-compact-16", 2 ** 16],
    ["ballot-compact-20", 2 ** 20],
    ["ballot-wide-20", 2 ** 20],
  ] as const)("%s takes a roll of %i and not one more", (circuit, most) => {
    const change = (size: number) => rules({ circuit, valueBits: 24, maxima: repeat(2) }, { size });
    expect(outcome(change(most))).toBe("accepted");
    expect(outcome(change(most + 1))).toBe("poll-roll-too-large");
  });

  test("the minimum anonymity set may be the whole roll", () => {
    const change =
      (minimumBallots: number): Change =>
      (poll) => {
        poll.minimumBallots = minimumBallots;
      };
    expect(outcome(change(5))).toBe("accepted");
    expect(outcome(change(6))).toBe("poll-minimum-too-large");
  });

  test.each([
    [5, 5, 5, "accepted"],
    [5, 4, 2, "accepted"],
    [5, 4, 3, "poll-shard-too-small"],
    [5, 3, 1, "accepted"],
    [5, 3, 2, "poll-shard-too-small"],
    [5, 1, 1, "poll-shard-too-small"],
    [5, 1000, 5, "accepted"],
  ])("size %i, shards of %i, minimum %i: %s", (size, shardBallots, minimumBallots, expected) => {
    expect(
      outcome((poll) => {
        poll.roll.size = size;
        poll.shardBallots = shardBallots;
        poll.minimumBallots = minimumBallots;
      }),
    ).toBe(expected);
  });
});

describe("documents of another shape", () => {
  /** Sets, or where undefined deletes, what lies at a path. */
  function put(target: unknown, path: string, value: unknown): void {
    const keys = path.split(".");
    const last = keys.pop()!;
    const parent = keys.reduce((node, key) => (node as Record<string, unknown>)[key], target);
    if (value === undefined) delete (parent as Record<string, unknown>)[last];
    else (parent as Record<string, unknown>)[last] = value;
  }

  /** The path that the refusal names where it is not the one that was changed. */
  const cases: [path: string, value: unknown, named?: string][] = [
    ["type", "commune-zk/poll/v2"],
    ["extra", 1, ""],
    ["organisation.extra", 1, "organisation"],
    ["organisation.name", ""],
    ["organisation.name", "x".repeat(201)],
    ["organisation.key", "AB".repeat(32)],
    ["nonce", "ab".repeat(31)],
    ["title", "x".repeat(501)],
    ["title", "cafe\u0301"],
    ["title", "two\nlines"],
    ["title", " padded"],
    ["title", 5],
    ["options", ["one"]],
    ["options", Array.from({ length: 17 }, (_, i) => `option ${i}`)],
    ["options.1", "tab\there"],
    ["options.1", "bell\u0007"],
    ["rules.extra", 1, "rules"],
    ["rules.circuit", "ballot-compact-12"],
    ["rules.countersPerSlot", 0],
    ["rules.countersPerSlot", 5],
    ["rules.valueBits", 0],
    ["rules.valueBits", 25],
    ["rules.maxima.0", 0],
    ["rules.maxima.0", 256],
    ["rules.maxima.0", 1.5],
    ["rules.maxima.0", "1"],
    ["rules.maxima", repeat(17)],
    ["rules.minTotal", -1],
    ["rules.maxTotal", 2 ** 53],
    ["rules.cost", "cubic"],
    ["rules.distinct", 1],
    ["rules.revisions", null],
    ["roll.id", "00"],
    ["roll.head", "00"],
    ["roll.batches", 0],
    ["roll.size", 0],
    ["roll.root", 5],
    ["roll.root", "1".repeat(79)],
    ["roll.tiers", []],
    ["roll.tiers.0", "Member"],
    ["roll.extra", 1, "roll"],
    ["opensAt", -1],
    ["closesAt", 1.5],
    ["closesAt", "2000000"],
    ["minimumBallots", 0],
    ["shardBallots", 0],
    ["trustees", []],
    ["trustees.0.signingKey", "00"],
    ["trustees.0.encryptionKey", ["0"]],
    ["trustees.0.encryptionKey.0", 0],
    ["trustees.0.extra", 1, "trustees.0"],
    ["threshold", 0],
    ["witnesses.0.signingKey", "zz".repeat(32)],
    ["witnesses.0.encryptionKey", ["0", "1"], "witnesses.0"],
    ["board.name", "Board.Test"],
    ["board.name", "a".repeat(65)],
    ["board.name", ""],
    ["board.key", "00"],
    ["keySet.kind", "rehearsal"],
    ["keySet.digest", "00"],
    ["encryption.ceremonyId", "00".repeat(32)],
    ["encryption.commitments", []],
    ["encryption.publicKey", "0,1"],
    ["encryption.extra", 1, "encryption"],
  ];
  test.each(cases)("%s = %j is refused", (path, value, named = path) => {
    const { code, place } = refusal((poll) => put(poll, path, value));
    expect({ code, place }).toEqual({
      code: "poll-malformed",
      place: named === "" ? "poll.json" : `poll.json: ${named}`,
    });
  });

  test("every field is needed", () => {
    const paths = (value: unknown, prefix = ""): string[] =>
      typeof value !== "object" || value === null || Array.isArray(value)
        ? []
        : Object.entries(value).flatMap(([key, child]) => [
            `${prefix}${key}`,
            ...paths(child, `${prefix}${key}.`),
          ]);
    const all = paths(fixture.poll);
    expect(all).toHaveLength(41);
    for (const path of all) {
      const { code, place } = refusal((poll) => put(poll, path, undefined));
      expect({ code, place }).toEqual({ code: "poll-malformed", place: `poll.json: ${path}` });
    }
  });

  test("a fault is placed where it is, without the value", () => {
    const { message } = refusal((poll) => put(poll, "rules.maxima.1", "secret-value"));
    expect(message).not.toMatch(/secret-value/);
  });

  test.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
    ["white space at the end", (bytes) => concatBytes(bytes, utf8("\n")), "not-canonical-json"],
    ["white space within", (bytes) => utf8(fromUtf8(bytes).replace(":", ": ")), "not-canonical-json"],
    [
      "another order of keys",
      (bytes) => utf8(JSON.stringify(JSON.parse(fromUtf8(bytes), reorder))),
      "not-canonical-json",
    ],
    ["no bytes", () => new Uint8Array(0), "bad-json"],
    ["half its bytes", (bytes) => bytes.slice(0, bytes.length / 2), "bad-json"],
    ["a byte that is not UTF-8", (bytes) => concatBytes(bytes, Uint8Array.of(0xff)), "bad-utf8"],
  ])("with %s is refused", (_name, change, code) => {
    const { poll, signatures } = fixture.registration;
    expect(inputError(() => judge({ poll: change(poll), signatures }))).toMatchObject({
      code,
      place: "poll.json",
    });
  });

  function reorder(_key: string, value: unknown): unknown {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).reverse());
  }
});

describe("key sets", () => {
  const other = (
    change: (value: { kind: string; circuits: Record<string, unknown> }) => void,
  ): LoadedManifest => {
    const value = JSON.parse(fromUtf8(manifest.bytes));
    change(value);
    return parseManifest(canonicalBytes(value));
  };

  /** Judged by a caller with this key set. */
  function withKeySet(own: LoadedManifest, { allowDevelopmentKeys }: { allowDevelopmentKeys: boolean }) {
    const { files } = alteredPoll(fixture, (poll) => {
      poll.keySet = { digest: own.digest, kind: own.manifest.kind };
    });
    return validatePoll({
      pollBytes: files.poll,
      signaturesBytes: files.signatures,
      manifest: own,
      anchor: { kind: "none" },
      allowDevelopmentKeys,
    });
  }

  test("of development are refused unless the caller allows them", () => {
    expect(withKeySet(manifest, { allowDevelopmentKeys: true }).circuit).toBe("ballot-compact-10");
    expect(inputError(() => withKeySet(manifest, { allowDevelopmentKeys: false }))).toMatchObject({
      code: "development-keys-refused",
      place: "poll.json",
    });
  });

  test("of a ceremony pass either way", () => {
    const ceremony = other((value) => {
      value.kind = "ceremony";
    });
    for (const allowDevelopmentKeys of [true, false]) {
      expect(withKeySet(ceremony, { allowDevelopmentKeys }).poll.keySet.kind).toBe("ceremony");
    }
  });

  test("without the poll's circuit are refused", () => {
    const lacking = other((value) => {
      delete value.circuits["ballot-compact-10"];
    });
    expect(inputError(() => withKeySet(lacking, { allowDevelopmentKeys: true }))).toMatchObject({
      code: "circuit-not-in-key-set",
      place: "poll.json",
    });
  });
});

describe("signatures", () => {
  let signed: SignedPoll;

  beforeAll(() => {
    signed = alteredPoll(fixture, () => {});
  });

  const own = () => ({
    pollId: signed.pollId,
    registrar: signPoll(signed.pollId, fixture.registrar.secretKey),
    trustees: fixture.trusteeKeys.map(({ signingSecret }) => signPoll(signed.pollId, signingSecret)),
  });
  const refused = (signatures: Uint8Array) => {
    const { code, place, message } = inputError(() => judge({ poll: signed.files.poll, signatures }));
    return { code, place, message };
  };

  test("of registrar and all trustees pass", () => {
    expect(judge({ poll: signed.files.poll, signatures: pollSignaturesBytes(own()) }).pollId).toBe(
      signed.pollId,
    );
  });

  type Signatures = ReturnType<typeof own>;
  const stranger = ed25519KeyPair();
  const otherPoll = randomHex().slice(2);

  test.each<[string, (value: Signatures) => Signatures, RegExp]>([
    ["of another poll", (s) => ({ ...s, pollId: otherPoll }), /another poll/],
    [
      "made for another poll and renamed",
      (s) => ({ ...s, registrar: signPoll(otherPoll, fixture.registrar.secretKey) }),
      /registrar/,
    ],
    [
      "with a stranger for the registrar",
      (s) => ({ ...s, registrar: signPoll(s.pollId, stranger.secretKey) }),
      /registrar/,
    ],
    ["with a trustee for the registrar", (s) => ({ ...s, registrar: s.trustees[0]! }), /registrar/],
    ["with zeros for the registrar", (s) => ({ ...s, registrar: "00".repeat(64) }), /registrar/],
    [
      "of the registrar in another role",
      (s) => ({ ...s, registrar: inRole("closing", s.pollId, fixture.registrar.secretKey) }),
      /registrar/,
    ],
    ["without the last trustee", (s) => ({ ...s, trustees: s.trustees.slice(0, -1) }), /each trustee/],
    ["without any trustee", (s) => ({ ...s, trustees: [] }), /each trustee/],
    ["of a trustee more", (s) => ({ ...s, trustees: [...s.trustees, s.registrar] }), /each trustee/],
    [
      "of two trustees swapped",
      ({ trustees: [a, b, c], ...s }) => ({ ...s, trustees: [b!, a!, c!] }),
      /trustee 1/,
    ],
    [
      "of one trustee twice",
      ({ trustees: [a, , c], ...s }) => ({ ...s, trustees: [a!, a!, c!] }),
      /trustee 2/,
    ],
    [
      "with a stranger for a trustee",
      (s) => ({ ...s, trustees: s.trustees.with(2, signPoll(s.pollId, stranger.secretKey)) }),
      /trustee 3/,
    ],
    [
      "of a trustee on another poll",
      (s) => ({
        ...s,
        trustees: s.trustees.with(1, signPoll(otherPoll, fixture.trusteeKeys[1]!.signingSecret)),
      }),
      /trustee 2/,
    ],
    [
      "of a trustee in another role",
      (s) => ({
        ...s,
        trustees: s.trustees.with(1, inRole("dkg", s.pollId, fixture.trusteeKeys[1]!.signingSecret)),
      }),
      /trustee 2/,
    ],
    [
      "with zeros for a trustee",
      (s) => ({ ...s, trustees: s.trustees.with(0, "00".repeat(64)) }),
      /trustee 1/,
    ],
  ])("%s are refused", (_name, change, message) => {
    expect(refused(pollSignaturesBytes(change(own())))).toEqual({
      code: "poll-bad-signature",
      place: "signatures.json",
      message: expect.stringMatching(message),
    });
  });

  function inRole(role: "closing" | "dkg", pollId: string, secretKey: Uint8Array): string {
    return signDocument(role, uintBytes(BigInt(`0x${pollId}`), 31), secretKey);
  }

  test("under a key of small order, for which anybody can sign, are refused", () => {
    // The identity as key, R = identity, S = 0: the equation S·B = R + h·A holds for every message.
    const identity = `01${"00".repeat(31)}`;
    const { poll, pollId, files } = alteredPoll(fixture, (value) => {
      value.trustees[1]!.signingKey = identity;
    });
    const trustees = fixture.trusteeKeys.map(({ signingSecret }) => signPoll(pollId, signingSecret));
    const signatures = pollSignaturesBytes({
      pollId,
      registrar: signPoll(pollId, fixture.registrar.secretKey),
      trustees: trustees.with(1, identity + "00".repeat(32)),
    });
    expect(poll.trustees[1]!.signingKey).toBe(identity);
    expect(inputError(() => judge({ poll: files.poll, signatures }))).toMatchObject({
      code: "poll-bad-signature",
      message: expect.stringMatching(/trustee 2/),
    });
  });

  test.each<[string, (value: Record<string, unknown>) => unknown, string]>([
    ["no registrar", ({ registrar: _, ...rest }) => rest, "registrar"],
    ["no trustees", ({ trustees: _, ...rest }) => rest, "trustees"],
    ["no pollId", ({ pollId: _, ...rest }) => rest, "pollId"],
    ["another type", (value) => ({ ...value, type: "commune-zk/poll/v1" }), "type"],
    ["a field more", (value) => ({ ...value, extra: 1 }), ""],
    ["a short signature", (value) => ({ ...value, registrar: "00".repeat(63) }), "registrar"],
    ["null for a trustee", (value) => ({ ...value, trustees: [null, null, null] }), "trustees.0"],
  ])("with %s are malformed", (_name, change, path) => {
    const value = { type: "commune-zk/poll-signatures/v1", ...own() };
    const { code, place } = refused(canonicalBytes(change(value)));
    expect({ code, place }).toEqual({
      code: "poll-signatures-malformed",
      place: path === "" ? "signatures.json" : `signatures.json: ${path}`,
    });
  });

  test("not in canonical form are refused", () => {
    const value = JSON.stringify(JSON.parse(fromUtf8(pollSignaturesBytes(own()))), null, 1);
    expect(refused(utf8(value))).toMatchObject({ code: "not-canonical-json", place: "signatures.json" });
    expect(refused(new Uint8Array(0))).toMatchObject({ code: "bad-json", place: "signatures.json" });
  });
});

describe("trust anchors", () => {
  const refused = (files: SignedPoll["files"], anchor: TrustAnchor) => {
    const { code, place } = inputError(() => judge(files, anchor));
    return { code, place };
  };
  const notAnchored = { code: "poll-not-anchored", place: "poll.json" };

  test("pollId and registrar's key authenticate; no anchor is said to be none", () => {
    const { registration, pollId, registrar } = fixture;
    expect(judge(registration, { kind: "poll-id", pollId }).anchored).toBe(true);
    expect(judge(registration, { kind: "registrar", key: registrar.publicKey }).anchored).toBe(true);
    expect(judge(registration, { kind: "none" }).anchored).toBe(false);
  });

  test("another pollId or registrar is refused", () => {
    const { registration, pollId, registrar } = fixture;
    const other = pollId.slice(0, -1) + (pollId.endsWith("0") ? "1" : "0");
    expect(refused(registration, { kind: "poll-id", pollId: other })).toEqual(notAnchored);
    expect(refused(registration, { kind: "poll-id", pollId: pollId.toUpperCase() })).toEqual(notAnchored);
    expect(refused(registration, { kind: "poll-id", pollId: "" })).toEqual(notAnchored);
    expect(refused(registration, { kind: "registrar", key: randomHex() })).toEqual(notAnchored);
    const trustee = fixture.trusteeKeys[0]!.signingKey;
    expect(refused(registration, { kind: "registrar", key: trustee })).toEqual(notAnchored);
    expect(registrar.publicKey).not.toBe(trustee);
  });

  test("whoever signs a changed poll with keys of their own is refused by either anchor alone", () => {
    const attacker = ed25519KeyPair();
    const own: TrusteeKeys[] = fixture.trusteeKeys.map(() => trusteeKeys());
    const { files } = alteredPoll({ ...fixture, registrar: attacker, trusteeKeys: own }, (poll) => {
      poll.organisation.key = attacker.publicKey;
      for (const [i, trustee] of poll.trustees.entries()) trustee.signingKey = own[i]!.signingKey;
    });
    // Nothing within the files is wrong: only the anchor tells.
    expect(judge(files).anchored).toBe(false);
    expect(refused(files, { kind: "registrar", key: fixture.registrar.publicKey })).toEqual(notAnchored);
    expect(refused(files, { kind: "poll-id", pollId: fixture.pollId })).toEqual(notAnchored);
  });

  test("whoever holds every trustee's key and not the registrar's cannot change the poll", () => {
    const attacker = ed25519KeyPair();
    const { files } = alteredPoll({ ...fixture, registrar: attacker }, (poll) => {
      poll.title = "What shall we break?";
    });
    expect(refused(files, { kind: "registrar", key: fixture.registrar.publicKey })).toEqual({
      code: "poll-bad-signature",
      place: "signatures.json",
    });
  });

  test("the registrar alone cannot change the poll that its trustees signed", () => {
    const others = fixture.trusteeKeys.map(() => trusteeKeys());
    const { files } = alteredPoll({ ...fixture, trusteeKeys: others }, (poll) => {
      poll.title = "What shall we break?";
    });
    expect(refused(files, { kind: "registrar", key: fixture.registrar.publicKey })).toEqual({
      code: "poll-bad-signature",
      place: "signatures.json",
    });
  });
});

describe("one bit flipped", () => {
  function flipped(honest: Uint8Array, runs: number, judgeOf: (bytes: Uint8Array) => unknown): void {
    const seed = Date.now();
    const random = seededRandom(seed);
    for (let i = 0; i < runs; i++) {
      const at = Math.floor(random() * honest.length);
      const bit = Math.floor(random() * 8);
      const bytes = honest.slice();
      bytes[at]! ^= 1 << bit;
      let result = "accepted";
      try {
        judgeOf(bytes);
      } catch (error) {
        result = error instanceof InputError ? "refused" : String(error);
      }
      const where = `seed ${seed}, byte ${at}, bit ${bit}`;
      expect([where, result]).toEqual([where, "refused"]);
    }
  }

  test("anywhere in poll.json makes it no poll", () => {
    const { poll, signatures } = fixture.registration;
    flipped(poll, 600, (bytes) => judge({ poll: bytes, signatures }));
  });

  test("anywhere in signatures.json makes it no poll", () => {
    const { poll, signatures } = fixture.registration;
    flipped(signatures, 120, (bytes) => judge({ poll, signatures: bytes }));
  });
});

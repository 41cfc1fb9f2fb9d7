// The joint key generation of the trustees: success, and whom each bad message convicts. docs/spec/trustees.md §1.

import { beforeAll, describe, expect, test } from "@jest/globals";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import fc from "fast-check";
import { concatBytes, fromHex, fromUtf8, toHex, utf8 } from "../../src/formats/bytes.ts";
import { canonicalBytes } from "../../src/formats/canonical-json.ts";
import { InputError } from "../../src/formats/errors.ts";
import { FIELD_ORDER, SUBGROUP_ORDER } from "../../src/formats/field.ts";
import {
  BASE8,
  IDENTITY,
  multiply,
  type Point,
  type PointJson,
  parsePoint,
  pointToBytes,
  pointToJson,
  randomScalar,
} from "../../src/formats/point.ts";
import {
  equalityToJson,
  parseEquality,
  proveEquality,
  verifyEquality,
} from "../../src/protocol/chaum-pedersen.ts";
import { revealDkg, startDkg, trusteeKeys, trusteeShare, verdictDkg } from "../../src/protocol/dkg.ts";
import {
  type DkgCulprit,
  type DkgKey,
  finishDkg,
  samePoints,
  verifyDkgTranscript,
} from "../../src/protocol/dkg-judge.ts";
import {
  complaintContext,
  DKG_TYPES,
  encodeDkgTranscript,
  readDkgMessage,
} from "../../src/protocol/dkg-messages.ts";
import { evaluatePolynomial, lagrangeAtZero } from "../../src/protocol/polynomial.ts";
import { parseSchnorr, verifySchnorr } from "../../src/protocol/schnorr.ts";
import { type SignedMessage, signMessage } from "../../src/protocol/signed-message.ts";
import {
  type HonestCeremony,
  hashBySpec,
  inputError,
  playCeremony,
  replaced,
  resigned,
  revealFields,
  seededRandom,
  sent,
  u32,
  withReveal,
} from "./support.ts";

let played: HonestCeremony;

beforeAll(() => {
  played = playCeremony({ n: 3, t: 2 });
});

/** The honest 2-of-3 ceremony, its messages copied. */
function fresh(): HonestCeremony {
  const { commits, reveals, verdicts } = played;
  return { ...played, ...structuredClone({ commits, reveals, verdicts }) };
}

function messagesOf({ commits, reveals, verdicts }: Partial<HonestCeremony>): SignedMessage[] {
  return [...(commits ?? []), ...(reveals ?? []), ...(verdicts ?? [])];
}

function keyOf({ ceremony, ...rounds }: HonestCeremony): DkgKey {
  const outcome = finishDkg({ ceremony, messages: messagesOf(rounds) });
  if (outcome.aborted) throw new Error(`aborted: ${JSON.stringify(outcome.culprits)}`);
  return outcome;
}

/** Whom the messages convict. */
function culprits(messages: readonly unknown[], { ceremony } = played): readonly DkgCulprit[] {
  const outcome = finishDkg({ ceremony, messages });
  if (!outcome.aborted) throw new Error("the ceremony succeeded");
  return outcome.culprits;
}

/** The verdicts that all trustees give about these commits and reveals. */
function verdictsOn(
  { states }: HonestCeremony,
  { commits, reveals }: Pick<HonestCeremony, "commits" | "reveals">,
): SignedMessage[] {
  // A trustee that cheats in this test has changed its own messages; its state would show the first ones.
  return states.map((state, i) =>
    sent(verdictDkg({ ...state, commit: commits[i]!, reveal: reveals[i]! }, commits, reveals)),
  );
}

const field = (message: SignedMessage, name: string): string[] => [...(message.message[name] as string[])];

describe("3 of 5 honest trustees", () => {
  let five: HonestCeremony;
  let key: DkgKey;
  let shares: bigint[];

  beforeAll(() => {
    five = playCeremony({ n: 5, t: 3 });
    key = keyOf(five);
    shares = five.states.map((state) => trusteeShare(state, messagesOf(five)));
  });

  test("get one key with commitments of degree 2", () => {
    expect(key.commitments).toHaveLength(3);
    expect(key.publicKey.equals(key.commitments[0]!)).toBe(true);
    expect(key.verificationKeys).toHaveLength(5);
  });

  test("get shares that fit their verification keys", () => {
    for (const [i, share] of shares.entries()) {
      expect(multiply(BASE8, share).equals(key.verificationKeys[i]!)).toBe(true);
    }
    expect(new Set(shares).size).toBe(5);
  });

  test("any three of them hold the key", () => {
    const all = subsets([1, 2, 3, 4, 5], 3);
    expect(all).toHaveLength(10);
    for (const nodes of all) expect(combined(shares, nodes).equals(key.publicKey)).toBe(true);
    expect(combined(shares, [1, 2, 3, 4, 5]).equals(key.publicKey)).toBe(true);
  });

  test("no two of them hold the key", () => {
    for (const nodes of subsets([1, 2, 3, 4, 5], 2)) {
      expect(combined(shares, nodes).equals(key.publicKey)).toBe(false);
    }
  });

  test("leave a transcript that verifies to the same key", () => {
    const verified = verifyDkgTranscript(encodeDkgTranscript(messagesOf(five)), five.ceremony);
    expect(samePoints(verified.commitments, key.commitments)).toBe(true);
    expect(samePoints(verified.verificationKeys, key.verificationKeys)).toBe(true);
  });
});

describe("honest trustees", () => {
  test("get the same key from messages in any order, also repeated", () => {
    const honest = fresh();
    const messages = messagesOf(honest);
    const outcome = finishDkg({
      ceremony: honest.ceremony,
      messages: [...messages.toReversed(), ...messages],
    });
    expect(outcome.aborted ? [] : samePoints(outcome.commitments, keyOf(honest).commitments)).toBe(true);
  });

  test("get a key also alone", () => {
    const alone = playCeremony({ n: 1, t: 1 });
    const share = trusteeShare(alone.states[0]!, messagesOf(alone));
    expect(multiply(BASE8, share).equals(keyOf(alone).publicKey)).toBe(true);
  });

  test.each([
    [4, 2],
    [3, 1],
    [3, 4],
  ])("do not start with %i trustees and threshold %i", (n, threshold) => {
    const keys = Array.from({ length: n }, () => trusteeKeys());
    const ceremony = { ceremonyId: "00".repeat(31), threshold, trustees: keys };
    expect(() => startDkg({ ceremony, trusteeIndex: 1, keys: keys[0]! })).toThrow(/majority/);
  });

  test.each(["signingKey", "encryptionKey"] as const)("do not start under another's %s", (name) => {
    const { ceremony, keys } = fresh();
    const wrong = { ...keys[0]!, [name]: keys[1]![name] };
    expect(() => startDkg({ ceremony, trusteeIndex: 1, keys: wrong })).toThrow(RangeError);
    expect(() => startDkg({ ceremony, trusteeIndex: 4, keys: keys[0]! })).toThrow(RangeError);
  });

  test("have no share of a ceremony that was aborted", () => {
    const { states, commits, reveals, verdicts } = fresh();
    const messages = messagesOf({ commits, reveals, verdicts: verdicts.slice(1) });
    expect(() => trusteeShare(states[0]!, messages)).toThrow(/aborted/);
  });
});

describe("messages are those of the spec", () => {
  const hexOf = (message: unknown): string => toHex(canonicalBytes(message));
  const bound = (purpose: string, parts: readonly string[]) => ({
    purpose,
    context: parts.map((part) => fromHex(part, part.length / 2)),
  });

  test("commitment", () => {
    const { ceremony, commits, reveals } = fresh();
    for (const [i, { message }] of commits.entries()) {
      const expected = hashBySpec("dkg-commit", [
        ceremony.ceremonyId,
        u32(i + 1),
        hexOf(reveals[i]!.message),
      ]);
      expect(message).toEqual({
        type: "commune-zk/dkg-commit/v1",
        ceremonyId: ceremony.ceremonyId,
        trustee: i + 1,
        commitment: expected,
      });
    }
  });

  test("proofs of possession", () => {
    const { ceremony, reveals } = fresh();
    const { commitments, possession, ephemeral, ephemeralPossession } = reveals[1]!.message;
    const claims = (possession as unknown[]).map((proof, k) => {
      const binding = bound("dkg-possession", [ceremony.ceremonyId, u32(2), u32(k)]);
      return [binding, (commitments as PointJson[])[k], proof] as const;
    });
    const own = [
      bound("dkg-ephemeral", [ceremony.ceremonyId, u32(2)]),
      ephemeral,
      ephemeralPossession,
    ] as const;
    expect(claims).toHaveLength(2);
    for (const [binding, point, proof] of [...claims, own]) {
      const parsed = parseSchnorr(proof as { r: unknown; z: unknown }, "proof");
      expect(verifySchnorr(binding, { publicPoint: parsePoint(point), proof: parsed })).toBe(true);
    }
  });

  test("encrypted shares", () => {
    const { ceremony, keys, reveals } = fresh();
    const { shares, ephemeral, commitments } = reveals[1]!.message;
    const [a0, a1] = (commitments as PointJson[]).map((point) => parsePoint(point));
    for (const [k, { encryptionSecret }] of keys.entries()) {
      const parties = [ceremony.ceremonyId, u32(2), u32(k + 1)];
      const shared = toHex(pointToBytes(multiply(parsePoint(ephemeral), encryptionSecret)));
      const key = fromHex(hashBySpec("dkg-share-key", [...parties, shared]), 32);
      const associated = fromHex(parties.join(""), 39);
      const cipher = xchacha20poly1305(key, new Uint8Array(24), associated);
      const plain = cipher.decrypt(fromHex((shares as string[])[k]!, 48));
      const share = multiply(BASE8, BigInt(`0x${toHex(plain)}`));
      expect(share.equals(a0!.add(multiply(a1!, BigInt(k + 1))))).toBe(true);
    }
  });

  test("transcript", () => {
    const { ceremony, reveals, verdicts } = fresh();
    const digests = reveals.map(({ message }) => hashBySpec("dkg-reveal", [hexOf(message)]));
    const transcript = hashBySpec("dkg-transcript", [ceremony.ceremonyId, u32(3), ...digests]);
    const head = { type: "commune-zk/dkg-verdict/v1", ceremonyId: ceremony.ceremonyId };
    expect(verdicts.map(({ message }) => message)).toEqual(
      [1, 2, 3].map((trustee) => ({ ...head, trustee, accept: true, transcript })),
    );
  });

  test("equality proof of a complaint", () => {
    const honest = fresh();
    const bad = withReveal(honest, 3, { shares: honest.keys.map(() => "00".repeat(48)) });
    const { opening, equality, transcript } = sent(
      verdictDkg(honest.states[0]!, bad.commits, bad.reveals),
    ).message;
    const parts = [honest.ceremony.ceremonyId, u32(1), u32(3), transcript as string];
    const statement = {
      base: parsePoint(bad.reveals[2]!.message.ephemeral),
      publicPoint: honest.keys[0]!.encryptionKey,
      image: parsePoint(opening),
    };
    const proof = parseEquality(equality as { r1: unknown; r2: unknown; z: unknown }, "proof");
    expect(verifyEquality(bound("dkg-complaint", parts), { ...statement, proof })).toBe(true);
  });
});

describe("a missing message names the absent", () => {
  test("commit", () => {
    const { states, commits } = fresh();
    const others = commits.filter((_, i) => i !== 1);
    expect(revealDkg(states[0]!, others)).toEqual({
      aborted: true,
      culprits: [{ trustee: 2, reason: "dkg-missing" }],
    });
    expect(culprits(others)).toEqual([{ trustee: 2, reason: "dkg-missing" }]);
  });

  test("reveal", () => {
    const { states, commits, reveals } = fresh();
    const others = reveals.filter((_, i) => i !== 2);
    const expected = [{ trustee: 3, reason: "dkg-missing" }];
    expect(verdictDkg(states[0]!, commits, others)).toEqual({ aborted: true, culprits: expected });
    expect(culprits([...commits, ...others])).toEqual(expected);
  });

  test("verdict", () => {
    const { commits, reveals, verdicts } = fresh();
    const others = verdicts.filter((_, i) => i !== 0);
    expect(culprits(messagesOf({ commits, reveals, verdicts: others }))).toEqual([
      { trustee: 1, reason: "dkg-missing" },
    ]);
  });

  test("everything", () => {
    expect(culprits([])).toEqual([1, 2, 3].map((trustee) => ({ trustee, reason: "dkg-missing" })));
  });

  test("but not those who stopped because of a culprit", () => {
    const honest = fresh();
    const bad = withReveal(honest, 2, { shares: [] });
    expect(culprits(messagesOf(bad))).toEqual([{ trustee: 2, reason: "dkg-malformed" }]);
  });
});

describe("two signed messages in one round convict of equivocation", () => {
  const other = { commitment: "00".repeat(32) };

  test("commits", () => {
    const { states, keys, commits, reveals, verdicts } = fresh();
    const second = resigned(commits[1]!, other, keys[1]!);
    const expected = [{ trustee: 2, reason: "dkg-equivocation" }];
    expect(revealDkg(states[0]!, [...commits, second])).toEqual({ aborted: true, culprits: expected });
    expect(culprits([...messagesOf({ commits, reveals, verdicts }), second])).toEqual(expected);
  });

  test("commits, also where one of them is malformed", () => {
    const { keys, commits } = fresh();
    const second = resigned(commits[1]!, { commitment: 5 }, keys[1]!);
    expect(culprits([second, ...commits])).toEqual([{ trustee: 2, reason: "dkg-equivocation" }]);
  });

  test("reveals, as each was shown to others", () => {
    const { ceremony, keys, states, commits, reveals } = fresh();
    const second = resigned(reveals[1]!, revealFields(ceremony, 2, {}), keys[1]!);
    const expected = [{ trustee: 2, reason: "dkg-equivocation" }];
    expect(verdictDkg(states[0]!, commits, [...reveals, second])).toEqual({
      aborted: true,
      culprits: expected,
    });
    expect(culprits([...commits, ...reveals, second])).toEqual(expected);
  });

  test("verdicts", () => {
    const { keys, commits, reveals, verdicts } = fresh();
    const second = resigned(verdicts[1]!, { transcript: "00".repeat(32) }, keys[1]!);
    expect(culprits([...commits, ...reveals, ...verdicts, second])).toEqual([
      { trustee: 2, reason: "dkg-equivocation" },
    ]);
  });

  test("in a later round, before faults of the rounds until then", () => {
    const honest = fresh();
    const malformed = replaced(
      honest.commits,
      3,
      resigned(honest.commits[2]!, { extra: 1 }, honest.keys[2]!),
    );
    const second = resigned(honest.verdicts[1]!, { transcript: "00".repeat(32) }, honest.keys[1]!);
    expect(culprits([...messagesOf({ ...honest, commits: malformed }), second])).toEqual([
      { trustee: 2, reason: "dkg-equivocation" },
    ]);
  });

  test("before other faults of other trustees, which may follow from it", () => {
    const honest = fresh();
    const { commits, reveals } = withReveal(honest, 3, { shares: [] });
    const second = resigned(honest.commits[1]!, other, honest.keys[1]!);
    expect(culprits([...commits, ...reveals, second])).toEqual([{ trustee: 2, reason: "dkg-equivocation" }]);
  });
});

describe("a malformed message convicts its sender", () => {
  test.each<readonly [string, Record<string, unknown>]>([
    ["a field more", { extra: 1 }],
    ["a field less", { commitment: undefined }],
    ["31 bytes", { commitment: "00".repeat(31) }],
    ["capital digits", { commitment: "AB".repeat(32) }],
  ])("commit with %s", (_, changes) => {
    const { states, keys, commits } = fresh();
    const bad = replaced(commits, 2, resigned(commits[1]!, changes, keys[1]!));
    const expected = [{ trustee: 2, reason: "dkg-malformed" }];
    expect(culprits(bad)).toEqual(expected);
    expect(revealDkg(states[0]!, bad)).toEqual({ aborted: true, culprits: expected });
  });

  test.each<readonly [string, (reveal: SignedMessage) => Record<string, unknown>]>([
    ["a field more", () => ({ extra: 1 })],
    ["a field less", () => ({ ephemeral: undefined })],
    ["a share less", (reveal) => ({ shares: field(reveal, "shares").slice(1) })],
    ["a share more", (reveal) => ({ shares: [...field(reveal, "shares"), "00".repeat(48)] })],
    ["a share of 47 bytes", (reveal) => ({ shares: replaced(field(reveal, "shares"), 1, "00".repeat(47)) })],
    ["a point of three coordinates", () => ({ ephemeral: ["0", "1", "1"] })],
    ["a coordinate that is a number", () => ({ ephemeral: [0, 1] })],
    ["a coordinate of 79 digits", () => ({ ephemeral: ["1".repeat(79), "1"] })],
    ["a proof without z", () => ({ ephemeralPossession: { r: ["0", "1"] } })],
  ])("reveal with %s", (_, changes) => {
    const honest = fresh();
    const bad = withReveal(honest, 2, changes(honest.reveals[1]!));
    const expected = [{ trustee: 2, reason: "dkg-malformed" }];
    expect(culprits(messagesOf(bad))).toEqual(expected);
    expect(verdictDkg(honest.states[0]!, bad.commits, bad.reveals)).toEqual({
      aborted: true,
      culprits: expected,
    });
  });

  test.each<readonly [string, Record<string, unknown>]>([
    ["a field more", { extra: 1 }],
    ["no transcript", { transcript: undefined }],
    ["accept that is no boolean", { accept: 1 }],
    ["acceptance and an accused", { against: 1 }],
    ["a complaint without evidence", { accept: false, against: 1 }],
  ])("verdict with %s", (_, changes) => {
    const { keys, commits, reveals, verdicts } = fresh();
    const bad = replaced(verdicts, 2, resigned(verdicts[1]!, changes, keys[1]!));
    expect(culprits(messagesOf({ commits, reveals, verdicts: bad }))).toEqual([
      { trustee: 2, reason: "dkg-malformed" },
    ]);
  });
});

describe("a bad point convicts its sender", () => {
  const BAD: readonly (readonly [string, (honest: PointJson) => readonly [string, string]])[] = [
    ["the identity", () => ["0", "1"]],
    ["off the curve", () => ["1", "1"]],
    ["of order 2", () => ["0", (FIELD_ORDER - 1n).toString()]],
    // (x, y) + (0, −1) = (−x, −y)
    [
      "with a part of order 2",
      ([x, y]) => [(FIELD_ORDER - BigInt(x)).toString(), (FIELD_ORDER - BigInt(y)).toString()],
    ],
    ["with x not below r", ([x, y]) => [(FIELD_ORDER + BigInt(x)).toString(), y]],
    ["with y not below r", ([x, y]) => [x, (FIELD_ORDER + BigInt(y)).toString()]],
    ["with a leading zero", ([x, y]) => [`0${x}`.slice(0, 78), y]],
    ["with a sign", ([x, y]) => [`-${x}`, y]],
  ];

  const places: readonly (readonly [
    string,
    (message: SignedMessage["message"], change: Change) => object,
  ])[] = [
    [
      "constant coefficient",
      ({ commitments }, change) => ({
        commitments: replaced(commitments as PointJson[], 1, change((commitments as PointJson[])[0]!)),
      }),
    ],
    [
      "leading coefficient",
      ({ commitments }, change) => ({
        commitments: replaced(commitments as PointJson[], 2, change((commitments as PointJson[])[1]!)),
      }),
    ],
    ["ephemeral key", ({ ephemeral }, change) => ({ ephemeral: change(ephemeral as PointJson) })],
    [
      "nonce point",
      ({ ephemeralPossession }, change) => {
        const proof = ephemeralPossession as { r: PointJson; z: string };
        return { ephemeralPossession: { ...proof, r: change(proof.r) } };
      },
    ],
  ];

  type Change = (honest: PointJson) => readonly [string, string];

  const cases = places.flatMap(([place, at]) =>
    BAD.map(([what, change]) => [place, what, at, change] as const),
  );

  test.each(cases)("%s %s", (_, __, at, change) => {
    const honest = fresh();
    const bad = withReveal(honest, 2, at(honest.reveals[1]!.message, change) as Record<string, unknown>);
    expect(culprits(messagesOf(bad))).toEqual([{ trustee: 2, reason: "dkg-bad-point" }]);
  });

  test.each(BAD)("opening of a complaint %s", (_, change) => {
    const honest = fresh();
    const complaint = complaintOf(honest, { accuser: 2, against: 1 });
    const opening = change(complaint.message.opening as PointJson);
    const verdicts = replaced(honest.verdicts, 2, resigned(complaint, { opening }, honest.keys[1]!));
    expect(culprits(messagesOf({ ...honest, verdicts }))).toEqual([{ trustee: 2, reason: "dkg-bad-point" }]);
  });
});

describe("another degree than t − 1 convicts the dealer", () => {
  test.each([
    ["higher", 3],
    ["lower", 1],
  ])("%s", (_, terms) => {
    const honest = fresh();
    const coefficients = Array.from({ length: terms }, () => randomScalar());
    const bad = withReveal(honest, 3, revealFields(honest.ceremony, 3, { coefficients }));
    const expected = [{ trustee: 3, reason: "dkg-wrong-degree" }];
    expect(culprits(messagesOf(bad))).toEqual(expected);
    expect(verdictDkg(honest.states[0]!, bad.commits, bad.reveals)).toEqual({
      aborted: true,
      culprits: expected,
    });
  });

  test("a commitment more, without a proof", () => {
    const honest = fresh();
    const commitments = [...field(honest.reveals[2]!, "commitments"), pointToJson(BASE8)];
    expect(culprits(messagesOf(withReveal(honest, 3, { commitments })))).toEqual([
      { trustee: 3, reason: "dkg-wrong-degree" },
    ]);
  });

  test("a proof of possession left out", () => {
    const honest = fresh();
    const possession = field(honest.reveals[2]!, "possession").slice(1);
    expect(culprits(messagesOf(withReveal(honest, 3, { possession })))).toEqual([
      { trustee: 3, reason: "dkg-wrong-degree" },
    ]);
  });
});

describe("a reveal that its sender did not commit to convicts it", () => {
  test("chosen after the others were seen", () => {
    const { ceremony, keys, states, commits, reveals } = fresh();
    const bad = replaced(reveals, 3, resigned(reveals[2]!, revealFields(ceremony, 3, {}), keys[2]!));
    const expected = [{ trustee: 3, reason: "dkg-bad-commitment" }];
    expect(culprits([...commits, ...bad])).toEqual(expected);
    expect(verdictDkg(states[0]!, commits, bad)).toEqual({ aborted: true, culprits: expected });
  });

  test("another's commitment copied, and its reveal with it", () => {
    const { keys, commits, reveals } = fresh();
    const copiedCommit = signMessage("dkg", { ...commits[0]!.message, trustee: 3 }, keys[2]!.signingSecret);
    const copiedReveal = signMessage("dkg", { ...reveals[0]!.message, trustee: 3 }, keys[2]!.signingSecret);
    expect(culprits([...replaced(commits, 3, copiedCommit), ...replaced(reveals, 3, copiedReveal)])).toEqual([
      { trustee: 3, reason: "dkg-bad-commitment" },
    ]);
  });
});

describe("a proof of possession that fails convicts its sender", () => {
  type Proof = { r: PointJson; z: string };
  const bump = ({ r, z }: Proof): Proof => ({ r, z: ((BigInt(z) + 1n) % SUBGROUP_ORDER).toString() });

  test.each<
    readonly [string, (reveal: SignedMessage["message"], honest: HonestCeremony) => Record<string, unknown>]
  >([
    [
      "constant coefficient",
      ({ possession }) => ({
        possession: replaced(possession as Proof[], 1, bump((possession as Proof[])[0]!)),
      }),
    ],
    [
      "leading coefficient",
      ({ possession }) => ({
        possession: replaced(possession as Proof[], 2, bump((possession as Proof[])[1]!)),
      }),
    ],
    [
      "ephemeral key",
      ({ ephemeralPossession }) => ({ ephemeralPossession: bump(ephemeralPossession as Proof) }),
    ],
    ["proofs in another order", ({ possession }) => ({ possession: (possession as Proof[]).toReversed() })],
    [
      "constant and leading coefficient swapped with their proofs",
      ({ commitments, possession }) => ({
        commitments: (commitments as PointJson[]).toReversed(),
        possession: (possession as Proof[]).toReversed(),
      }),
    ],
    [
      "another trustee's key replayed with its proofs",
      (_, { reveals }) => {
        const { commitments, possession } = reveals[0]!.message;
        return { commitments, possession };
      },
    ],
    [
      "another trustee's ephemeral key replayed with its proof",
      (_, { reveals }) => {
        const { ephemeral, ephemeralPossession } = reveals[0]!.message;
        return { ephemeral, ephemeralPossession };
      },
    ],
    [
      "rogue key: the negative of what the others have committed to, so that H would be of the dealer's choice",
      ({ commitments }, { reveals }) => {
        const others = reveals
          .slice(0, 2)
          .map(({ message }) => parsePoint((message.commitments as PointJson[])[0]));
        const rogue = multiply(BASE8, 5n).subtract(others[0]!.add(others[1]!));
        return { commitments: replaced(commitments as PointJson[], 1, pointToJson(rogue)) };
      },
    ],
    [
      "proofs of another ceremony",
      (_, { ceremony }) => revealFields({ ...ceremony, ceremonyId: "00".repeat(31) }, 3, {}),
    ],
    ["proofs of another trustee's index", (_, { ceremony }) => revealFields(ceremony, 2, {})],
  ])("%s", (_, changes) => {
    const honest = fresh();
    const bad = withReveal(honest, 3, changes(honest.reveals[2]!.message, honest));
    const expected = [{ trustee: 3, reason: "dkg-bad-possession" }];
    expect(culprits(messagesOf(bad))).toEqual(expected);
    expect(verdictDkg(honest.states[0]!, bad.commits, bad.reveals)).toEqual({
      aborted: true,
      culprits: expected,
    });
  });
});

/** A complaint whose opening is true, whatever the share is. */
function complaintOf(
  { ceremony, keys, reveals, verdicts }: HonestCeremony,
  { accuser, against, about = against }: { accuser: number; against: number; about?: number },
): SignedMessage {
  const { encryptionSecret, encryptionKey, signingSecret } = keys[accuser - 1]!;
  const transcript = verdicts[accuser - 1]!.message.transcript as string;
  const base = parsePoint(reveals[about - 1]!.message.ephemeral);
  const opening = multiply(base, encryptionSecret);
  const equality = proveEquality(complaintContext(ceremony, { accuser, against, transcript }), {
    base,
    publicPoint: encryptionKey,
    image: opening,
    secret: encryptionSecret,
  });
  const head = { type: DKG_TYPES.verdict, ceremonyId: ceremony.ceremonyId, trustee: accuser };
  const evidence = { opening: pointToJson(opening), equality: equalityToJson(equality) };
  return signMessage("dkg", { ...head, accept: false, transcript, against, ...evidence }, signingSecret);
}

describe("a bad share convicts its dealer, once its victim complains", () => {
  const flipped = (text: string): string => (text.startsWith("0") ? "1" : "0") + text.slice(1);

  test.each<readonly [string, (honest: HonestCeremony) => Record<string, unknown>]>([
    [
      "of another polynomial",
      ({ ceremony }) =>
        revealFields(ceremony, 3, {
          shareOf: (j, share) => (j === 1 ? (share + 1n) % SUBGROUP_ORDER : share),
        }),
    ],
    [
      "not below l",
      ({ ceremony }) =>
        revealFields(ceremony, 3, { shareOf: (j, share) => (j === 1 ? share + SUBGROUP_ORDER : share) }),
    ],
    ["zero", ({ ceremony }) => revealFields(ceremony, 3, { shareOf: (j, share) => (j === 1 ? 0n : share) })],
    [
      "that does not decrypt",
      ({ reveals }) => {
        const shares = field(reveals[2]!, "shares");
        return { shares: replaced(shares, 1, flipped(shares[0]!)) };
      },
    ],
    [
      "that is encrypted to another trustee",
      ({ reveals }) => {
        const shares = field(reveals[2]!, "shares");
        return { shares: replaced(shares, 1, shares[1]!) };
      },
    ],
  ])("%s", (_, changes) => {
    const honest = fresh();
    const bad = withReveal(honest, 3, changes(honest));
    const verdicts = verdictsOn(honest, bad);
    expect(verdicts.map(({ message }) => message.accept)).toEqual([false, true, true]);
    expect(verdicts[0]!.message.against).toBe(3);
    const expected = [{ trustee: 3, reason: "dkg-bad-share" }];
    expect(culprits(messagesOf({ ...bad, verdicts }))).toEqual(expected);
    // The others need not have answered.
    expect(culprits(messagesOf({ ...bad, verdicts: verdicts.slice(0, 1) }))).toEqual(expected);
  });

  test("named once where all its shares are bad", () => {
    const honest = fresh();
    const bad = withReveal(honest, 3, { shares: honest.keys.map(() => "00".repeat(48)) });
    const verdicts = verdictsOn(honest, bad);
    expect(verdicts.map(({ message }) => message.accept)).toEqual([false, false, false]);
    // The dealer complains about itself, which proves nothing: that it is named anyway is the others' doing.
    const expected = [{ trustee: 3, reason: "dkg-bad-share" }];
    expect(culprits(messagesOf({ ...bad, verdicts: verdicts.slice(0, 2) }))).toEqual(expected);
    // For that complaint it could be named too: whoever judges, in whatever order, gives the same reason.
    expect(culprits(messagesOf({ ...bad, verdicts }))).toEqual(expected);
    expect(culprits(messagesOf({ ...bad, verdicts: [...verdicts].reverse() }))).toEqual(expected);
  });
});

describe("a complaint convicts the accuser where", () => {
  function judged(complaint: SignedMessage, honest: HonestCeremony): readonly DkgCulprit[] {
    return culprits(messagesOf({ ...honest, verdicts: replaced(honest.verdicts, 2, complaint) }));
  }

  test("the share it opens is good", () => {
    const honest = fresh();
    expect(judged(complaintOf(honest, { accuser: 2, against: 1 }), honest)).toEqual([
      { trustee: 2, reason: "dkg-false-complaint" },
    ]);
  });

  const bad: readonly (readonly [string, (honest: HonestCeremony) => SignedMessage])[] = [
    [
      "its opening is another point",
      (honest) => {
        const complaint = complaintOf(honest, { accuser: 2, against: 1 });
        const opening = parsePoint(complaint.message.opening).add(BASE8);
        return resigned(complaint, { opening: pointToJson(opening) }, honest.keys[1]!);
      },
    ],
    [
      "its equality proof fails",
      (honest) => {
        const complaint = complaintOf(honest, { accuser: 2, against: 1 });
        const equality = complaint.message.equality as { z: string };
        const z = ((BigInt(equality.z) + 1n) % SUBGROUP_ORDER).toString();
        return resigned(complaint, { equality: { ...equality, z } }, honest.keys[1]!);
      },
    ],
    [
      "it redirects evidence to another dealer",
      (honest) => resigned(complaintOf(honest, { accuser: 2, against: 1 }), { against: 3 }, honest.keys[1]!),
    ],
    [
      "it opens another dealer's point, so that the share seems not to decrypt",
      (honest) => complaintOf(honest, { accuser: 2, against: 1, about: 3 }),
    ],
    [
      "it replays another accuser's evidence",
      (honest) => {
        const { opening, equality } = complaintOf(honest, { accuser: 3, against: 1 }).message;
        return resigned(
          complaintOf(honest, { accuser: 2, against: 1 }),
          { opening, equality },
          honest.keys[1]!,
        );
      },
    ],
    [
      "it uses another secret than that of its encryption key",
      (honest) => {
        const secret = randomScalar();
        const own = { ...honest.keys[1]!, encryptionSecret: secret, encryptionKey: multiply(BASE8, secret) };
        return complaintOf({ ...honest, keys: replaced(honest.keys, 2, own) }, { accuser: 2, against: 1 });
      },
    ],
    ["it is against itself", (honest) => complaintOf(honest, { accuser: 2, against: 2 })],
    [
      "it is against trustee 0",
      (honest) => resigned(complaintOf(honest, { accuser: 2, against: 1 }), { against: 0 }, honest.keys[1]!),
    ],
    [
      "it is against nobody",
      (honest) => resigned(complaintOf(honest, { accuser: 2, against: 1 }), { against: 99 }, honest.keys[1]!),
    ],
    [
      "it is against trustee −1",
      (honest) => resigned(complaintOf(honest, { accuser: 2, against: 1 }), { against: -1 }, honest.keys[1]!),
    ],
    [
      "its proof is of another ceremony",
      (honest) => {
        const ceremony = { ...honest.ceremony, ceremonyId: "00".repeat(31) };
        const complaint = complaintOf({ ...honest, ceremony }, { accuser: 2, against: 1 });
        return resigned(complaint, { ceremonyId: honest.ceremony.ceremonyId }, honest.keys[1]!);
      },
    ],
    [
      "its proof is about another transcript",
      (honest) => {
        const { transcript } = honest.verdicts[1]!.message;
        const other = replaced(
          honest.verdicts,
          2,
          resigned(honest.verdicts[1]!, { transcript: "00".repeat(32) }, honest.keys[1]!),
        );
        return resigned(
          complaintOf({ ...honest, verdicts: other }, { accuser: 2, against: 1 }),
          { transcript },
          honest.keys[1]!,
        );
      },
    ],
  ];

  test.each(bad)("%s", (_, make) => {
    const honest = fresh();
    expect(judged(make(honest), honest)).toEqual([{ trustee: 2, reason: "dkg-bad-complaint" }]);
  });
});

describe("a verdict about other reveals convicts its sender", () => {
  test("acceptance", () => {
    const honest = fresh();
    const verdict = resigned(honest.verdicts[1]!, { transcript: "00".repeat(32) }, honest.keys[1]!);
    expect(culprits(messagesOf({ ...honest, verdicts: replaced(honest.verdicts, 2, verdict) }))).toEqual([
      { trustee: 2, reason: "dkg-transcript-differs" },
    ]);
  });

  test("complaint", () => {
    const honest = fresh();
    const other = resigned(honest.verdicts[1]!, { transcript: "00".repeat(32) }, honest.keys[1]!);
    const complaint = complaintOf(
      { ...honest, verdicts: replaced(honest.verdicts, 2, other) },
      { accuser: 2, against: 1 },
    );
    expect(culprits(messagesOf({ ...honest, verdicts: replaced(honest.verdicts, 2, complaint) }))).toEqual([
      { trustee: 2, reason: "dkg-transcript-differs" },
    ]);
  });
});

test("all culprits of a round are named, in order", () => {
  const honest = fresh();
  const verdicts = [
    complaintOf(honest, { accuser: 1, against: 2 }),
    resigned(honest.verdicts[1]!, { extra: 1 }, honest.keys[1]!),
    resigned(honest.verdicts[2]!, { transcript: "00".repeat(32) }, honest.keys[2]!),
  ];
  expect(culprits(messagesOf({ ...honest, verdicts }))).toEqual([
    { trustee: 1, reason: "dkg-false-complaint" },
    { trustee: 2, reason: "dkg-malformed" },
    { trustee: 3, reason: "dkg-transcript-differs" },
  ]);
});

describe("H = identity", () => {
  // All trustees together can reach it; nobody alone.
  let cancelled: HonestCeremony;

  beforeAll(() => {
    const honest = fresh();
    const [a, b] = [randomScalar(), randomScalar()];
    const last = (2n * SUBGROUP_ORDER - a - b) % SUBGROUP_ORDER;
    let rounds: Pick<HonestCeremony, "commits" | "reveals"> = honest;
    for (const [i, constant] of [a, b, last].entries()) {
      const coefficients = [constant, randomScalar()];
      rounds = withReveal(
        { ...honest, ...rounds },
        i + 1,
        revealFields(honest.ceremony, i + 1, { coefficients }),
      );
    }
    cancelled = { ...honest, ...rounds, verdicts: verdictsOn(honest, rounds) };
  });

  test("aborts and convicts nobody", () => {
    expect(cancelled.verdicts.map(({ message }) => message.accept)).toEqual([true, true, true]);
    expect(culprits(messagesOf(cancelled))).toEqual([]);
  });

  test("makes no key of a transcript", () => {
    const ndjson = encodeDkgTranscript(messagesOf(cancelled));
    expect(inputError(() => verifyDkgTranscript(ndjson, cancelled.ceremony)).code).toBe("dkg-failed");
  });
});

describe("what anybody could have sent is thrown and convicts nobody:", () => {
  type Made = (honest: HonestCeremony) => unknown;
  const signed = (message: Record<string, unknown>, { keys }: HonestCeremony) =>
    signMessage("dkg", message, keys[1]!.signingSecret);

  const cases: readonly (readonly [string, string, string, Made])[] = [
    ["dkg-unattributable", "no object", "dkg", () => 5],
    ["dkg-unattributable", "null", "dkg", () => null],
    [
      "dkg-unattributable",
      "no signature",
      "dkg: signature",
      ({ commits }) => ({ message: commits[1]!.message }),
    ],
    [
      "dkg-unattributable",
      "a field beside the wrapper's",
      "dkg",
      ({ commits }) => ({ ...commits[1]!, extra: 1 }),
    ],
    [
      "dkg-unattributable",
      "a short signature",
      "dkg: signature",
      ({ commits }) => ({ ...commits[1]!, signature: "00".repeat(63) }),
    ],
    [
      "dkg-unattributable",
      "no type",
      "dkg: type",
      (honest) => signed({ ...honest.commits[1]!.message, type: "" }, honest),
    ],
    [
      "dkg-unattributable",
      "a type of another protocol",
      "dkg: type",
      (honest) => signed({ ...honest.commits[1]!.message, type: "commune-zk/share/v1" }, honest),
    ],
    [
      "dkg-unattributable",
      "trustee 0",
      "dkg: trustee",
      (honest) => signed({ ...honest.commits[1]!.message, trustee: 0 }, honest),
    ],
    [
      "dkg-unattributable",
      "trustee '2'",
      "dkg: trustee",
      (honest) => signed({ ...honest.commits[1]!.message, trustee: "2" }, honest),
    ],
    [
      "dkg-unattributable",
      "no ceremony",
      "dkg: ceremonyId",
      (honest) => signed({ ...honest.commits[1]!.message, ceremonyId: null }, honest),
    ],
    [
      "dkg-other-ceremony",
      "a good message of another ceremony",
      "dkg trustee 2",
      (honest) => signed({ ...honest.commits[1]!.message, ceremonyId: "00".repeat(31) }, honest),
    ],
    [
      "dkg-unknown-trustee",
      "trustee 4 of 3",
      "dkg trustee 4",
      (honest) => signed({ ...honest.commits[1]!.message, trustee: 4 }, honest),
    ],
    [
      "dkg-bad-signature",
      "signed by another trustee",
      "dkg trustee 2",
      ({ keys, commits }) => signMessage("dkg", commits[1]!.message, keys[0]!.signingSecret),
    ],
    [
      "dkg-bad-signature",
      "signed in another role",
      "dkg trustee 2",
      ({ keys, commits }) => signMessage("share", commits[1]!.message, keys[1]!.signingSecret),
    ],
    [
      "dkg-bad-signature",
      "a signature of the round before",
      "dkg trustee 2",
      ({ commits, reveals }) => ({ message: reveals[1]!.message, signature: commits[1]!.signature }),
    ],
    [
      "dkg-bad-signature",
      "content changed after it was signed",
      "dkg trustee 2",
      ({ commits }) => ({ ...commits[1]!, message: { ...commits[1]!.message, commitment: "00".repeat(32) } }),
    ],
    [
      "dkg-bad-signature",
      "malformed content that the trustee did not sign",
      "dkg trustee 2",
      ({ commits }) => ({ ...commits[1]!, message: { ...commits[1]!.message, extra: 1 } }),
    ],
  ];

  test.each(cases)("%s: %s", (code, _, place, make) => {
    const honest = fresh();
    const value = make(honest);
    const { ceremony, states, commits, reveals, verdicts } = honest;
    const error = inputError(() => readDkgMessage(value, ceremony));
    expect(error).toMatchObject({ code, place });
    const messages = [value, ...messagesOf({ commits, reveals, verdicts })];
    expect(inputError(() => finishDkg({ ceremony, messages })).code).toBe(code);
    expect(inputError(() => revealDkg(states[0]!, [value, ...commits])).code).toBe(code);
    expect(inputError(() => verdictDkg(states[0]!, [value, ...commits], reveals)).code).toBe(code);
  });
});

describe("verifyDkgTranscript", () => {
  const ndjson = (messages = messagesOf(fresh())): Uint8Array => encodeDkgTranscript(messages);
  const linesOf = (bytes: Uint8Array): string[] => fromUtf8(bytes).split("\n").slice(0, -1);
  const joined = (lines: readonly string[]): Uint8Array => utf8(lines.map((line) => `${line}\n`).join(""));
  const refusal = (bytes: Uint8Array): InputError =>
    inputError(() => verifyDkgTranscript(bytes, played.ceremony));

  test("accepts the honest transcript, one message a line", () => {
    expect(linesOf(ndjson())).toHaveLength(9);
    expect(verifyDkgTranscript(ndjson(), played.ceremony).publicKey.equals(keyOf(played).publicKey)).toBe(
      true,
    );
  });

  test.each<readonly [string, string, (lines: string[]) => Uint8Array]>([
    ["dkg-bad-transcript", "without the last newline", (lines) => joined(lines).slice(0, -1)],
    ["dkg-bad-transcript", "a line less", (lines) => joined(lines.slice(0, -1))],
    ["dkg-bad-transcript", "a line twice", (lines) => joined([...lines, lines[8]!])],
    [
      "dkg-bad-transcript",
      "a line in the place of another",
      (lines) => joined(replaced(lines, 9, lines[7]!)),
    ],
    ["dkg-bad-transcript", "two trustees swapped", ([a, b, ...rest]) => joined([b!, a!, ...rest])],
    [
      "dkg-bad-transcript",
      "two rounds swapped",
      (lines) => joined([...lines.slice(3, 6), ...lines.slice(0, 3), ...lines.slice(6)]),
    ],
    ["dkg-bad-transcript", "empty", () => new Uint8Array()],
    ["bad-json", "an empty line", (lines) => joined([...lines, ""])],
    ["not-canonical-json", "a space after a line", (lines) => joined(replaced(lines, 3, `${lines[2]} `))],
    ["not-canonical-json", "a carriage return", (lines) => joined(replaced(lines, 3, `${lines[2]}\r`))],
    ["bad-utf8", "a byte that is no text", (lines) => concatBytes(joined(lines), Uint8Array.of(0xff))],
    ["bad-json", "a byte order mark", (lines) => utf8(`\ufeff${fromUtf8(joined(lines))}`)],
  ])("refuses with %s: %s", (code, _, change) => {
    expect(refusal(change(linesOf(ndjson()))).code).toBe(code);
  });

  test("refuses the whole transcript of a ceremony that failed, and names the culprit", () => {
    const honest = fresh();
    const verdicts = replaced(honest.verdicts, 2, complaintOf(honest, { accuser: 2, against: 1 }));
    const error = refusal(ndjson(messagesOf({ ...honest, verdicts })));
    expect(error.code).toBe("dkg-failed");
    expect(error.message).toMatch(/trustee 2: dkg-false-complaint$/);
  });

  test("refuses the transcript of another ceremony", () => {
    const ceremony = { ...played.ceremony, ceremonyId: "00".repeat(31) };
    expect(inputError(() => verifyDkgTranscript(ndjson(), ceremony)).code).toBe("dkg-other-ceremony");
  });

  test("refuses it under another threshold", () => {
    const ceremony = { ...played.ceremony, threshold: 3 };
    expect(refusalUnder(ceremony)).toMatchObject({ code: "dkg-failed" });
    expect(refusalUnder(ceremony).message).toMatch(/trustee 1: dkg-wrong-degree$/);
  });

  function refusalUnder(ceremony: HonestCeremony["ceremony"]): InputError {
    return inputError(() => verifyDkgTranscript(ndjson(), ceremony));
  }

  test("refuses every flipped bit", () => {
    const seed = Date.now();
    const random = seededRandom(seed);
    const honest = ndjson();
    const allowed = [
      "bad-json",
      "bad-utf8",
      "dkg-bad-signature",
      "dkg-bad-transcript",
      "dkg-other-ceremony",
      "dkg-unattributable",
      "dkg-unknown-trustee",
      "not-canonical-json",
    ];
    for (let i = 0; i < 80; i++) {
      const at = Math.floor(random() * honest.length);
      const bit = Math.floor(random() * 8);
      const changed = honest.slice();
      changed[at]! ^= 1 << bit;
      const where = `seed ${seed}, byte ${at}, bit ${bit}`;
      let outcome = "accepted";
      try {
        verifyDkgTranscript(changed, played.ceremony);
      } catch (error) {
        outcome = error instanceof InputError ? error.code : String(error);
      }
      expect([where, allowed.includes(outcome) ? "refused" : outcome]).toEqual([where, "refused"]);
    }
  });
});

describe("lagrangeAtZero", () => {
  test("interpolates f(0) of any polynomial of degree below the number of nodes", () => {
    const scalar = fc.bigInt({ min: 0n, max: SUBGROUP_ORDER - 1n });
    const nodes = fc.uniqueArray(fc.integer({ min: 1, max: 0xffffffff }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(nodes, fc.array(scalar, { minLength: 1, maxLength: 8 }), (xs, coefficients) => {
        const f = coefficients.slice(0, xs.length);
        const value = lagrangeAtZero(xs).reduce(
          (sum, lambda, i) => sum + lambda * evaluatePolynomial(f, xs[i]!),
          0n,
        );
        expect(value % SUBGROUP_ORDER).toBe(f[0]);
      }),
    );
  });

  test.each([[[1, 1]], [[0, 1]], [[-1]], [[1.5]]])("refuses the nodes %j", (nodes) => {
    expect(() => lagrangeAtZero(nodes)).toThrow(RangeError);
  });
});

function subsets(items: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => subsets(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));
}

/** Σ λᵢ·sᵢ·Base8. */
function combined(shares: readonly bigint[], nodes: readonly number[]): Point {
  const lambdas = lagrangeAtZero(nodes);
  return nodes.reduce((sum, node, i) => sum.add(multiply(BASE8, lambdas[i]! * shares[node - 1]!)), IDENTITY);
}

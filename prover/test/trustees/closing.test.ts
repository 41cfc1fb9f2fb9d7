// Closing a poll: quorum, one statement per closer, refusal to decrypt anything else. docs/spec/closing.md §1, §2.
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { toHex, utf8 } from "../../src/formats/bytes.ts";
import { canonicalBytes } from "../../src/formats/canonical-json.ts";
import { ed25519KeyPair, signDocument } from "../../src/formats/ed25519.ts";
import { fileCloserStore } from "../../src/node/closer-store.ts";
import { type CloserStore, memoryCloserStore } from "../../src/protocol/closer-store.ts";
import {
  assembleClosing,
  type BadClosingSignature,
  type ClosingSignature,
  type ClosingStatement,
  checkClosingBoard,
  closingDigest,
  closingQuorum,
  closingStatement,
  closingStatementBytes,
  quorumOf,
  signClosing,
  type VerifiedClosing,
  verifyClosing,
  verifyClosingSignature,
} from "../../src/protocol/closing.ts";
import { type BoardView, type CountedBallot, countedSet } from "../../src/protocol/counted-set.ts";
import { partialDecrypt } from "../../src/protocol/partial-decrypt.ts";
import {
  allSignatures,
  boardOf,
  CLOSES_AT,
  closeBoard,
  closerSecret,
  closerSignature,
  hashBySpec,
  inputError,
  inputRejection,
  makeBallot,
  makeBallots,
  makePoll,
  type PollFixture,
  replaced,
  SINGLE_CHOICE,
} from "./support.ts";

// Closers 1 … 3 are trustees, 4 and 5 witnesses; t = 2, so a quorum is 4 of 5.
let fixture: PollFixture;
let other: PollFixture;
let ballots: readonly CountedBallot[];
let directory: string;

beforeAll(async () => {
  fixture = makePoll({ rules: SINGLE_CHOICE, members: 4, witnesses: 2 });
  other = makePoll({ rules: SINGLE_CHOICE, members: 2, trustees: 1, threshold: 1 });
  ballots = makeBallots(fixture.valid, [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 1, 0, 0],
  ]);
  directory = await mkdtemp(join(tmpdir(), "closing-test-"));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** The board of all three ballots. */
const wholeBoard = (): BoardView => boardOf(fixture.valid, ballots);
/** The same board with the last ballot withheld. */
const shortBoard = (): BoardView => boardOf(fixture.valid, ballots.slice(0, 2));

const closingBytes = (statement: unknown, signatures: readonly unknown[]): Uint8Array =>
  canonicalBytes({ statement, signatures });

const bare = ({ closer, signature }: ClosingSignature) => ({ closer, signature });

function signed(statement: ClosingStatement, closer: number, secretKey = closerSecret(fixture, closer)) {
  return { closer, signature: signDocument("closing", closingStatementBytes(statement), secretKey) };
}

describe("closingQuorum", () => {
  const cases = Array.from({ length: 8 }, (_, i) => i + 1).flatMap((closers) =>
    Array.from({ length: closers }, (_, i) => [closers, i + 1] as const),
  );

  test.each(cases)(
    "of %i closers with threshold %i: any two quorums share t closers",
    (closers, threshold) => {
      const quorum = closingQuorum({ closers, threshold });
      expect(quorum).toBeLessThanOrEqual(closers);
      const sets = Array.from({ length: 2 ** closers }, (_, bits) => bits);
      expect(leastShared(sets.filter((bits) => ones(bits) >= quorum))).toBeGreaterThanOrEqual(threshold);
      // One closer fewer would not do.
      expect(leastShared(sets.filter((bits) => ones(bits) >= quorum - 1))).toBeLessThan(threshold);
    },
  );

  test("holds for any size", () => {
    const sizes = fc
      .integer({ min: 1, max: 128 })
      .chain((closers) =>
        fc.record({ closers: fc.constant(closers), threshold: fc.integer({ min: 1, max: closers }) }),
      );
    fc.assert(
      fc.property(sizes, ({ closers, threshold }) => {
        const quorum = closingQuorum({ closers, threshold });
        // |A ∩ B| ≥ |A| + |B| − N, and some A and B reach it.
        expect(2 * quorum - closers).toBeGreaterThanOrEqual(threshold);
        expect(2 * (quorum - 1) - closers).toBeLessThan(threshold);
        expect(quorum).toBeLessThanOrEqual(closers);
      }),
    );
  });

  test("is 4 of this poll's 5", () => {
    expect(quorumOf(fixture.valid)).toBe(4);
  });
});

describe("countedSet", () => {
  test("counts of every nullifier the highest revision, wherever it stands, sorted by nullifier", () => {
    const poll = fixture.valid;
    const make = (voter: number, revision: number) =>
      makeBallot(poll, { voter, votes: [1, 0, 0, 0], revision });
    const entries = [make(2, 1), make(1, 0), make(2, 3), make(3, 0), make(2, 2), make(1, 1)];
    const { ballots: counted } = countedSet({ pollId: poll.pollId, ballots: entries });
    const expected = [entries[2]!, entries[3]!, entries[5]!].sort((a, b) =>
      a.nullifier < b.nullifier ? -1 : 1,
    );
    expect(counted).toEqual(expected);
  });

  test("refuses one revision of one nullifier twice, and names the second", () => {
    const { pollId } = fixture.valid;
    const repeated = [...ballots, { ...ballots[0]!, statementHash: "00".repeat(32) }];
    const error = inputError(() => countedSet({ pollId, ballots: repeated }));
    expect(error).toMatchObject({ code: "board-duplicate-ballot", place: "board entry 3" });
  });

  test("has the digest of the spec", () => {
    const { pollId } = fixture.valid;
    const counted = countedSet({ pollId, ballots });
    const parts = counted.ballots.flatMap(({ nullifier, revision, statementHash }) => [
      nullifier.toString(16).padStart(64, "0"),
      revision.toString(16).padStart(8, "0"),
      statementHash,
    ]);
    expect(counted.digest).toBe(hashBySpec("counted-set", [pollId, "00000003", ...parts]));
  });

  test.each<readonly [string, (ballot: CountedBallot) => Partial<CountedBallot>]>([
    ["nullifier", ({ nullifier }) => ({ nullifier: nullifier + 1n })],
    ["revision", () => ({ revision: 1 })],
    ["statement hash", () => ({ statementHash: "00".repeat(32) })],
  ])("has another digest with another %s", (_, change) => {
    const { pollId } = fixture.valid;
    const changed = replaced(ballots, 2, { ...ballots[1]!, ...change(ballots[1]!) });
    expect(countedSet({ pollId, ballots: changed }).digest).not.toBe(countedSet({ pollId, ballots }).digest);
  });
});

describe("signClosing", () => {
  test("makes a signature that anyone can check, over the statement of the spec", async () => {
    const board = wholeBoard();
    const signature = await closerSignature(fixture, board, 4);
    expect(verifyClosingSignature(fixture.valid, signature)).toEqual(signature);
    expect(signature.statement).toEqual({
      type: "commune-zk/closing/v1",
      pollId: fixture.pollId,
      boardSize: 3,
      boardRoot: board.root,
      countedBallots: 3,
      countedDigest: board.counted.digest,
    });
    const bytes = toHex(closingStatementBytes(signature.statement));
    expect(closingDigest(signature.statement)).toBe(hashBySpec("closing", [bytes]));
  });

  test.each([CLOSES_AT - 1, 0, Number.NaN, Number.NEGATIVE_INFINITY])(
    "refuses while the closer's clock says %d, and remembers nothing",
    async (now) => {
      const store = memoryCloserStore();
      const error = await inputRejection(closerSignature(fixture, wholeBoard(), 1, { store, now }));
      expect(error.code).toBe("closing-too-early");
      expect(await store.recordOnce(fixture.pollId, "00".repeat(32))).toBe("recorded");
    },
  );

  test.each([CLOSES_AT, CLOSES_AT + 1e6])(
    "signs from the second in which the poll closes: %d",
    async (now) => {
      expect((await closerSignature(fixture, wholeBoard(), 1, { now })).closer).toBe(1);
    },
  );

  test.each([0, 2, 6, 1.5, -1])("refuses closer 1's key for closer %d", async (closerIndex) => {
    const { valid: poll } = fixture;
    const [secretKey, store] = [closerSecret(fixture, 1), memoryCloserStore()];
    const signing = signClosing({ poll, board: wholeBoard(), closerIndex, secretKey, store, now: CLOSES_AT });
    await expect(signing).rejects.toThrow(RangeError);
  });

  test("refuses the counted set of another poll", async () => {
    const board = boardOf(other.valid, []);
    await expect(closerSignature(fixture, board, 1)).rejects.toThrow(RangeError);
  });

  test("makes no signature where the store fails", async () => {
    const store: CloserStore = { recordOnce: () => Promise.reject(new Error("disk full")) };
    await expect(closerSignature(fixture, wholeBoard(), 1, { store })).rejects.toThrow("disk full");
  });

  test("has the statement in the store before it signs", async () => {
    const memory = memoryCloserStore();
    const recorded: string[] = [];
    const store: CloserStore = {
      recordOnce: (pollId, digest) => {
        recorded.push(pollId, digest);
        return memory.recordOnce(pollId, digest);
      },
    };
    const { statement } = await closerSignature(fixture, wholeBoard(), 1, { store });
    expect(recorded).toEqual([fixture.pollId, closingDigest(statement)]);
  });
});

// ---- what a closer remembers: every store shares this suite

let directories = 0;
const freshDirectory = (): string => join(directory, `closer-${directories++}`);

describe.each<readonly [string, () => CloserStore]>([
  ["memory", memoryCloserStore],
  ["file", () => fileCloserStore(freshDirectory())],
])("one statement per poll, ever: %s store", (_, make) => {
  const [first, second] = ["11".repeat(32), "22".repeat(32)];
  const pollId = "ab".repeat(31);

  test("records the first digest, knows it again, and refuses every other for ever", async () => {
    const store = make();
    expect(await store.recordOnce(pollId, first)).toBe("recorded");
    expect(await store.recordOnce(pollId, first)).toBe("same");
    expect(await store.recordOnce(pollId, second)).toBe("different");
    expect(await store.recordOnce(pollId, second)).toBe("different");
    expect(await store.recordOnce(pollId, first)).toBe("same");
  });

  test("keeps polls apart", async () => {
    const store = make();
    await store.recordOnce(pollId, first);
    expect(await store.recordOnce("cd".repeat(31), second)).toBe("recorded");
    expect(await store.recordOnce(pollId, first)).toBe("same");
  });

  test("records one of many concurrent digests", async () => {
    const store = make();
    const digests = Array.from({ length: 16 }, (_, i) => i.toString(16).padStart(2, "0").repeat(32));
    const answers = await Promise.all(digests.map((digest) => store.recordOnce(pollId, digest)));
    expect(answers.filter((answer) => answer === "recorded")).toHaveLength(1);
    expect(answers.filter((answer) => answer === "different")).toHaveLength(15);
    const again = await Promise.all(digests.map((digest) => store.recordOnce(pollId, digest)));
    expect(again.map((answer) => answer === "same")).toEqual(answers.map((answer) => answer === "recorded"));
  });

  test("records one digest once, however many ask at the same time", async () => {
    const store = make();
    const answers = await Promise.all(Array.from({ length: 8 }, () => store.recordOnce(pollId, first)));
    expect(answers.toSorted()).toEqual(["recorded", ...Array<string>(7).fill("same")]);
  });

  test("lets a closer sign the same statement again, and no other", async () => {
    const store = make();
    const signature = await closerSignature(fixture, wholeBoard(), 1, { store });
    expect(await closerSignature(fixture, wholeBoard(), 1, { store })).toEqual(signature);
    const error = await inputRejection(closerSignature(fixture, shortBoard(), 1, { store }));
    expect(error.code).toBe("closing-already-signed");
    const later = { store, now: CLOSES_AT + 1e6 };
    expect((await inputRejection(closerSignature(fixture, shortBoard(), 1, later))).code).toBe(
      "closing-already-signed",
    );
  });

  test("lets one of two concurrent signings of different boards through", async () => {
    const store = make();
    const signings = [wholeBoard(), shortBoard()].map((board) =>
      closerSignature(fixture, board, 1, { store }),
    );
    const settled = await Promise.allSettled(signings);
    expect(settled.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(settled.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "closing-already-signed" },
    });
  });
});

describe("file store", () => {
  const [first, second] = ["11".repeat(32), "22".repeat(32)];
  const pollId = "ab".repeat(31);

  test("remembers when it is opened again", async () => {
    const path = freshDirectory();
    await fileCloserStore(path).recordOnce(pollId, first);
    expect(await fileCloserStore(path).recordOnce(pollId, second)).toBe("different");
    expect(await fileCloserStore(path).recordOnce(pollId, first)).toBe("same");
  });

  test("records one of many digests that several stores on one directory bring at the same time", async () => {
    const path = freshDirectory();
    const digests = Array.from({ length: 16 }, (_, i) => i.toString(16).padStart(2, "0").repeat(32));
    const answers = await Promise.all(
      digests.map((digest) => fileCloserStore(path).recordOnce(pollId, digest)),
    );
    expect(answers.toSorted()).toEqual([...Array<string>(15).fill("different"), "recorded"]);
    expect(await readdir(path)).toEqual([`${pollId}.closing`]);
  });

  test("is not confused by what a crash left behind before the name was given", async () => {
    const path = freshDirectory();
    const store = fileCloserStore(path);
    await store.recordOnce("cd".repeat(31), first);
    await writeFile(join(path, ".0123456789abcdef.tmp"), second.slice(0, 20));
    expect(await store.recordOnce(pollId, first)).toBe("recorded");
  });

  test.each(["", "11".repeat(32), `${"11".repeat(31)}\n`, `${"11".repeat(32)}\n\n`])(
    "throws where the file holds no digest, and changes nothing: %j",
    async (text) => {
      const path = freshDirectory();
      const store = fileCloserStore(path);
      await store.recordOnce("cd".repeat(31), first);
      await writeFile(join(path, `${pollId}.closing`), text);
      await expect(store.recordOnce(pollId, first)).rejects.toThrow(/holds no digest/);
      await expect(store.recordOnce(pollId, first)).rejects.toThrow(/holds no digest/);
    },
  );

  test("throws where its directory cannot be made", async () => {
    const path = freshDirectory();
    await writeFile(path, "a file");
    await expect(fileCloserStore(path).recordOnce(pollId, first)).rejects.toThrow();
    await expect(
      closerSignature(fixture, wholeBoard(), 1, { store: fileCloserStore(path) }),
    ).rejects.toThrow();
  });

  test.each([
    ["poll", `../../${"a".repeat(56)}`, first],
    ["poll", "AB".repeat(31), first],
    ["digest", pollId, "11".repeat(31)],
  ])("refuses a malformed %s: %s %s", async (_, id, digest) => {
    const store = fileCloserStore(freshDirectory());
    expect((await inputRejection(store.recordOnce(id, digest))).code).toBe("bad-hex");
  });
});

describe("verifyClosingSignature", () => {
  test.each<readonly [string, string, (honest: ClosingSignature) => unknown]>([
    ["closing-malformed", "no object", () => 5],
    ["closing-malformed", "a field more", (honest) => ({ ...honest, extra: 1 })],
    [
      "closing-malformed",
      "a field more in the statement",
      ({ statement, ...rest }) => ({ ...rest, statement: { ...statement, extra: 1 } }),
    ],
    ["closing-malformed", "closer 0", (honest) => ({ ...honest, closer: 0 })],
    [
      "closing-malformed",
      "a short signature",
      ({ signature, ...rest }) => ({ ...rest, signature: signature.slice(2) }),
    ],
    [
      "closing-malformed",
      "a negative count",
      ({ statement, ...rest }) => ({ ...rest, statement: { ...statement, boardSize: -1 } }),
    ],
    [
      "closing-other-poll",
      "another poll",
      ({ statement, ...rest }) => ({ ...rest, statement: { ...statement, pollId: other.pollId } }),
    ],
    ["closing-unknown-closer", "closer 6 of 5", (honest) => ({ ...honest, closer: 6 })],
    ["closing-bad-signature", "another closer's signature", (honest) => ({ ...honest, closer: 3 })],
    [
      "closing-bad-signature",
      "another size",
      ({ statement, ...rest }) => ({ ...rest, statement: { ...statement, boardSize: 4 } }),
    ],
    [
      "closing-bad-signature",
      "another root",
      ({ statement, ...rest }) => ({ ...rest, statement: { ...statement, boardRoot: "00".repeat(32) } }),
    ],
    [
      "closing-bad-signature",
      "another count",
      ({ statement, ...rest }) => ({ ...rest, statement: { ...statement, countedBallots: 2 } }),
    ],
    [
      "closing-bad-signature",
      "another counted set",
      ({ statement, ...rest }) => ({ ...rest, statement: { ...statement, countedDigest: "00".repeat(32) } }),
    ],
    [
      "closing-bad-signature",
      "a signature in another role",
      ({ statement, ...rest }) => ({
        ...rest,
        statement,
        signature: signDocument("share", closingStatementBytes(statement), closerSecret(fixture, 2)),
      }),
    ],
  ])("refuses with %s: %s", async (code, _, change) => {
    const honest = await closerSignature(fixture, wholeBoard(), 2);
    expect(inputError(() => verifyClosingSignature(fixture.valid, change(honest))).code).toBe(code);
  });
});

describe("verifyClosing", () => {
  interface Honest {
    readonly statement: ClosingStatement;
    /** Of all five closers. */
    readonly signatures: { closer: number; signature: string }[];
  }

  async function honestClosing(): Promise<Honest> {
    const signatures = await allSignatures(fixture, wholeBoard());
    return { statement: signatures[0]!.statement, signatures: signatures.map(bare) };
  }

  test("accepts the signatures of all", async () => {
    const { statement, signatures } = await honestClosing();
    const closing = verifyClosing(fixture.valid, closingBytes(statement, signatures));
    expect(closing).toMatchObject({ statement, good: [1, 2, 3, 4, 5], bad: [] });
    expect(closing.digest).toBe(closingDigest(statement));
  });

  test.each([1, 2, 3, 4, 5])("goes on without closer %i", async (absent) => {
    const { statement, signatures } = await honestClosing();
    const present = signatures.filter(({ closer }) => closer !== absent);
    const { good } = verifyClosing(fixture.valid, closingBytes(statement, present));
    expect(good).toEqual([1, 2, 3, 4, 5].filter((closer) => closer !== absent));
  });

  test("does not go on without two", async () => {
    const { statement, signatures } = await honestClosing();
    const error = inputError(() =>
      verifyClosing(fixture.valid, closingBytes(statement, signatures.slice(2))),
    );
    expect(error).toMatchObject({ code: "closing-no-quorum", place: "closing.json" });
  });

  const faults: readonly (readonly [
    BadClosingSignature["reason"],
    string,
    number,
    (honest: Honest) => unknown[],
  ])[] = [
    [
      "closing-bad-signature",
      "a changed signature",
      5,
      ({ signatures }) => {
        const { signature } = signatures[4]!;
        return replaced(signatures, 5, {
          closer: 5,
          signature: (signature.startsWith("0") ? "1" : "0") + signature.slice(1),
        });
      },
    ],
    [
      "closing-bad-signature",
      "another closer's signature",
      5,
      ({ signatures }) => replaced(signatures, 5, { ...signatures[3]!, closer: 5 }),
    ],
    [
      "closing-bad-signature",
      "a signature of another statement",
      5,
      ({ statement, signatures }) => replaced(signatures, 5, signed({ ...statement, boardSize: 2 }, 5)),
    ],
    [
      "closing-bad-signature",
      "a signature by an unknown key",
      5,
      ({ statement, signatures }) =>
        replaced(signatures, 5, signed(statement, 5, ed25519KeyPair().secretKey)),
    ],
    [
      "closing-bad-signature",
      "a signature of zeros",
      5,
      ({ signatures }) => replaced(signatures, 5, { closer: 5, signature: "00".repeat(64) }),
    ],
    ["closing-duplicate", "a closer twice", 4, ({ signatures }) => replaced(signatures, 5, signatures[3]!)],
    [
      "closing-unknown-closer",
      "closer 6 of 5",
      6,
      ({ statement, signatures }) => replaced(signatures, 5, signed(statement, 6, closerSecret(fixture, 5))),
    ],
  ];

  test.each(faults)("names %s (%s) and goes on with a quorum", async (reason, _, closer, change) => {
    const honest = await honestClosing();
    const closing = verifyClosing(fixture.valid, closingBytes(honest.statement, change(honest)));
    expect(closing.good).toEqual([1, 2, 3, 4]);
    expect(closing.bad).toEqual([{ closer, reason }]);
  });

  test.each(faults)("names %s (%s) where it leaves no quorum", async (reason, _, closer, change) => {
    const honest = await honestClosing();
    const signatures = change(honest).slice(1);
    const error = inputError(() => verifyClosing(fixture.valid, closingBytes(honest.statement, signatures)));
    expect(error).toMatchObject({
      code: "closing-no-quorum",
      place: `closing.json closer ${closer}: ${reason}`,
    });
  });

  test("counts a closer who repeats itself once, however often", async () => {
    const { statement, signatures } = await honestClosing();
    const repeated = [...signatures.slice(0, 2), ...Array<unknown>(20).fill(signatures[2])];
    expect(inputError(() => verifyClosing(fixture.valid, closingBytes(statement, repeated))).code).toBe(
      "closing-no-quorum",
    );
  });

  test.each<readonly [string, string, (honest: Honest) => Uint8Array]>([
    [
      "closing-malformed",
      "signatures not ascending",
      ({ statement, signatures }) => closingBytes(statement, signatures.toReversed()),
    ],
    ["closing-malformed", "no signatures", ({ statement }) => canonicalBytes({ statement })],
    [
      "closing-malformed",
      "a field more",
      ({ statement, signatures }) => canonicalBytes({ statement, signatures, extra: 1 }),
    ],
    [
      "closing-malformed",
      "another type",
      ({ statement, signatures }) => closingBytes({ ...statement, type: "x" }, signatures),
    ],
    [
      "closing-malformed",
      "more than 1024 signatures",
      ({ statement, signatures }) => closingBytes(statement, Array<unknown>(1025).fill(signatures[0])),
    ],
    ["closing-malformed", "no object", () => canonicalBytes([])],
    [
      "closing-other-poll",
      "another poll",
      ({ statement, signatures }) => closingBytes({ ...statement, pollId: other.pollId }, signatures),
    ],
    [
      "closing-no-quorum",
      "a statement that nobody signed",
      ({ statement, signatures }) => closingBytes({ ...statement, boardSize: 2 }, signatures),
    ],
    ["closing-no-quorum", "an empty list of signatures", ({ statement }) => closingBytes(statement, [])],
    ["not-canonical-json", "white space", (honest) => utf8(JSON.stringify(honest, null, 1))],
    ["bad-json", "no JSON", () => utf8("{")],
    ["bad-utf8", "no text", () => Uint8Array.of(0xff)],
  ])("refuses with %s: %s", async (code, _, change) => {
    const honest = await honestClosing();
    expect(inputError(() => verifyClosing(fixture.valid, change(honest))).code).toBe(code);
  });

  test("refuses the good closing of another poll", async () => {
    const signature = await closerSignature(other, boardOf(other.valid, []), 1);
    const bytes = assembleClosing({ poll: other.valid, signatures: [signature] });
    expect(verifyClosing(other.valid, bytes).good).toEqual([1]);
    expect(inputError(() => verifyClosing(fixture.valid, bytes)).code).toBe("closing-other-poll");
  });
});

describe("assembleClosing", () => {
  test("writes the signatures in order, from any order, with bad ones and those of other statements left out", async () => {
    const good = await allSignatures(fixture, wholeBoard());
    const stray = await closerSignature(fixture, shortBoard(), 5);
    const forged = { ...good[4]!, signature: "00".repeat(64) };
    const bytes = assembleClosing({
      poll: fixture.valid,
      signatures: [stray, 5, forged, ...good.slice(0, 4).toReversed(), good[0], { ...good[1]!, closer: 9 }],
    });
    expect(verifyClosing(fixture.valid, bytes)).toMatchObject({ good: [1, 2, 3, 4], bad: [] });
  });

  test("names each signature it refused where there is no quorum", async () => {
    const good = await allSignatures(fixture, wholeBoard());
    const forged = { ...good[3]!, signature: "00".repeat(64) };
    const signatures = [...good.slice(0, 3), forged, { ...good[4]!, closer: 9 }];
    const error = inputError(() => assembleClosing({ poll: fixture.valid, signatures }));
    expect(error).toMatchObject({
      code: "closing-no-quorum",
      place: "closing (closer 4: closing-bad-signature; closer 9: closing-unknown-closer)",
    });
  });
});

describe("a board that shows different records to different closers", () => {
  // Each honest closer signs the board it was shown; a dishonest one signs both.
  async function closings(
    shownWhole: readonly number[],
    dishonest: readonly number[],
  ): Promise<VerifiedClosing[]> {
    const statements = [wholeBoard(), shortBoard()].map((board) =>
      closingStatement({ poll: fixture.valid, board }),
    );
    return statements.flatMap((statement, side) => {
      const signers = [1, 2, 3, 4, 5].filter(
        (closer) => dishonest.includes(closer) || shownWhole.includes(closer) === (side === 0),
      );
      const signatures = signers.map((closer) => ({ statement, ...signed(statement, closer) }));
      try {
        return [verifyClosing(fixture.valid, assembleClosing({ poll: fixture.valid, signatures }))];
      } catch (error) {
        expect(error).toMatchObject({ code: "closing-no-quorum" });
        return [];
      }
    });
  }

  test("gets no quorum for either where two trustees saw two boards, so nothing is decrypted", async () => {
    // Also the signatures under the other statement do not help.
    const [first, second] = [wholeBoard(), shortBoard()];
    const signatures = [
      await closerSignature(fixture, first, 1),
      await closerSignature(fixture, second, 2),
      await closerSignature(fixture, first, 3),
      await closerSignature(fixture, second, 4),
      await closerSignature(fixture, first, 5),
    ];
    expect(inputError(() => assembleClosing({ poll: fixture.valid, signatures })).code).toBe(
      "closing-no-quorum",
    );
    for (const { statement } of signatures.slice(0, 2)) {
      const bytes = closingBytes(statement, signatures.map(bare));
      expect(inputError(() => verifyClosing(fixture.valid, bytes)).code).toBe("closing-no-quorum");
    }
  });

  test("never gets two quorums with fewer than t dishonest closers, however it splits the others", async () => {
    for (const dishonest of [[], [1], [5]]) {
      for (let bits = 0; bits < 32; bits++) {
        const shownWhole = [1, 2, 3, 4, 5].filter((closer) => bits & (1 << (closer - 1)));
        expect((await closings(shownWhole, dishonest)).length).toBeLessThanOrEqual(1);
      }
    }
  });

  test("gets no second decryption from an honest trustee even where enough closers signed twice", async () => {
    const [whole, short] = (await closings([2], [1, 4, 5])) as [VerifiedClosing, VerifiedClosing];
    expect([whole.good, short.good]).toEqual([
      [1, 2, 4, 5],
      [1, 3, 4, 5],
    ]);
    const store = memoryCloserStore();
    await closerSignature(fixture, wholeBoard(), 2, { store });
    const error = await inputRejection(decrypt({ closing: short, board: shortBoard(), store }));
    expect(error.code).toBe("closing-already-signed");
    expect((await decrypt({ closing: whole, board: wholeBoard(), store })).message.trustee).toBe(2);
  });

  test("gets no second decryption from a trustee that signed no closing but has decrypted", async () => {
    const [whole, short] = (await closings([2], [1, 4, 5])) as [VerifiedClosing, VerifiedClosing];
    const store = memoryCloserStore();
    await decrypt({ closing: whole, board: wholeBoard(), store });
    const error = await inputRejection(decrypt({ closing: short, board: shortBoard(), store }));
    expect(error.code).toBe("closing-already-signed");
    const signing = await inputRejection(closerSignature(fixture, shortBoard(), 2, { store }));
    expect(signing.code).toBe("closing-already-signed");
  });
});

/** Trustee 2's partial decryption. */
function decrypt(
  given: { closing: VerifiedClosing; board: BoardView } & Partial<Parameters<typeof partialDecrypt>[0]>,
): ReturnType<typeof partialDecrypt> {
  return partialDecrypt({
    poll: fixture.valid,
    trusteeIndex: 2,
    share: fixture.ceremony.shares[1]!,
    signingSecret: closerSecret(fixture, 2),
    store: memoryCloserStore(),
    ...given,
  });
}

describe("partialDecrypt", () => {
  test.each<readonly [string, (board: BoardView) => BoardView]>([
    ["a ballot withheld", () => shortBoard()],
    ["another size", (board) => ({ ...board, size: board.size + 1 })],
    ["another root", (board) => ({ ...board, root: "00".repeat(32) })],
    [
      "another counted set",
      (board) => ({ ...board, counted: { ...board.counted, digest: "00".repeat(32) } }),
    ],
    [
      "another ballot counted",
      (board) => ({
        ...board,
        counted: boardOf(fixture.valid, [
          ...ballots.slice(0, 2),
          makeBallot(fixture.valid, { voter: 9, votes: [1, 0, 0, 0] }),
        ]).counted,
      }),
    ],
  ])("refuses a closing of another board than the trustee's: %s", async (_, change) => {
    const closing = await closeBoard(fixture, wholeBoard());
    const board = change(wholeBoard());
    const store = memoryCloserStore();
    expect((await inputRejection(decrypt({ closing, board, store }))).code).toBe("closing-not-my-board");
    expect(inputError(() => checkClosingBoard({ poll: fixture.valid, closing, board })).code).toBe(
      "closing-not-my-board",
    );
    // It has not committed itself to that statement either.
    expect(await store.recordOnce(fixture.pollId, "00".repeat(32))).toBe("recorded");
  });

  test("refuses a trustee's share or key that is another's", async () => {
    const board = wholeBoard();
    const closing = await closeBoard(fixture, board);
    await expect(decrypt({ closing, board, share: fixture.ceremony.shares[0]! })).rejects.toThrow(RangeError);
    await expect(decrypt({ closing, board, signingSecret: closerSecret(fixture, 1) })).rejects.toThrow(
      RangeError,
    );
    await expect(decrypt({ closing, board, trusteeIndex: 4 })).rejects.toThrow(RangeError);
  });

  test("decrypts nothing where the store fails", async () => {
    const board = wholeBoard();
    const closing = await closeBoard(fixture, board);
    const store: CloserStore = { recordOnce: () => Promise.reject(new Error("disk full")) };
    await expect(decrypt({ closing, board, store })).rejects.toThrow("disk full");
  });
});

const ones = (bits: number): number => bits.toString(2).replaceAll("0", "").length;

/** The smallest number of members that two of the sets share. */
function leastShared(sets: readonly number[]): number {
  return sets.reduce(
    (least, a) => sets.reduce((inner, b) => Math.min(inner, ones(a & b)), least),
    Number.POSITIVE_INFINITY,
  );
}

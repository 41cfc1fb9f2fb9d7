// The audit of a whole election with real proofs, from public files alone: what passes, and the first bad item
// of what does not. docs/spec/public-files.md.
import { describe, expect, test } from "@jest/globals";
import type { AuditReport, AuditStep, LoadedManifest, Result, TrustAnchor } from "../../src/index.ts";
import type { SignedMessage } from "../../src/protocol/signed-message.ts";
import type { Files } from "./election.ts";
import { rememberVerdicts } from "./remembered.ts";

await rememberVerdicts();
const { canonicalBytes, parseCanonicalJson } = await import("../../src/formats/canonical-json.ts");
const {
  audit,
  ed25519KeyPair,
  memoryPublicFiles,
  parseManifest,
  parseResult,
  publicPaths,
  resultBytes,
  utf8,
  verifyClosing,
} = await import("../../src/index.ts");
const { resultOf } = await import("../../src/protocol/result.ts");
const { signMessage } = await import("../../src/protocol/signed-message.ts");
const { cast, openBooth } = await import("../ballots/support.ts");
const { artifacts, manifest } = await import("../support/keys.ts");
const { makePoll } = await import("../support/polls.ts");
const { inputRejection } = await import("../trustees/support.ts");
const { closingOf, EXPECTED, finish, holdElection, ownAudit, pollFiles, shareOf, signedBoard } = await import(
  "./election.ts"
);

const election = await holdElection();
const { poll } = election;
const published = await finish(election);

const registrar: TrustAnchor = { kind: "registrar", key: election.rehearsed.registrar.publicKey };

/** An audit as the command runs it. */
function auditOf(files: Files, changes: Partial<Parameters<typeof audit>[0]> = {}): Promise<AuditReport> {
  const options = {
    files: memoryPublicFiles(files),
    artifacts,
    anchor: registrar,
    allowDevelopmentKeys: true,
  };
  return audit({ ...options, ...changes });
}

/** Code and place of the first bad item. */
async function faultOf(files: Files, changes: Partial<Parameters<typeof audit>[0]> = {}) {
  const { code, place } = await inputRejection(auditOf(files, changes));
  return { code, place };
}

/** The published files with changes; undefined takes a file away. */
function changed(changes: Readonly<Record<string, Uint8Array | undefined>>, base = published): Files {
  const files = new Map(base);
  for (const [path, content] of Object.entries(changes)) {
    if (content === undefined) files.delete(path);
    else files.set(path, content);
  }
  return files;
}

/** A file with its last byte changed. */
function spoilt(path: string): Uint8Array {
  const copy = Uint8Array.from(published.get(path)!);
  copy[copy.length - 1] = copy.at(-1)! ^ 1;
  return copy;
}

const share = (trustee: number): SignedMessage =>
  parseCanonicalJson(published.get(publicPaths.share(trustee))!) as SignedMessage;

describe("an audit of a whole election passes", () => {
  test.each<[string, TrustAnchor, boolean]>([
    ["a pollId", { kind: "poll-id", pollId: poll.pollId }, true],
    ["a registrar's key", registrar, true],
    ["no anchor at all, and says that nothing is authenticated", { kind: "none" }, false],
  ])("under %s", async (_what, anchor, anchored) => {
    const report = await auditOf(published, { anchor });
    expect(report.anchored).toBe(anchored);
    expect(report.result).toMatchObject({ outcome: "tallied", options: EXPECTED, countedBallots: 4 });
    expect(report.result?.shards.map(({ ballots }) => ballots)).toEqual([2, 2]);
    expect(report.board.size).toBe(5);
    expect(report.board.counted.ballots).toHaveLength(4);
    expect(report.closing?.good).toEqual([1, 2, 3, 4]);
    expect(report.roll.positions).toHaveLength(5);
    expect(report.tree.root).toBe(poll.rollRoot);
    expect(report.poll.pollId).toBe(poll.pollId);
    expect(report.absent).toEqual([3]);
  });

  test("step by step, in order, with every ballot told", async () => {
    const steps: [AuditStep, number, number][] = [];
    await auditOf(published, { onProgress: (...step) => steps.push(step) });
    expect(steps).toEqual([
      ["poll", 0, 1],
      ["roll", 0, 1],
      ["trustees", 0, 1],
      ["board", 0, 1],
      ...[1, 2, 3, 4, 5].map((n) => ["board", n, 5]),
      ["closing", 0, 1],
      ["result", 0, 1],
      ["result", 1, 1],
    ]);
  });

  test("with a key set of the auditor's own that is the poll's", async () => {
    expect((await auditOf(published, { manifest })).result?.options).toEqual(EXPECTED);
  });

  test("with all three trustees' shares, whichever two the result is made of", async () => {
    const files = await finish(election, { decrypting: [2, 3, 1] });
    const report = await auditOf(files);
    expect(report.absent).toEqual([]);
    expect(report.result?.options).toEqual(EXPECTED);
  });

  test("as far as the poll has come: nobody voted, open, closed, decrypted", async () => {
    const noVote = await auditOf(new Map([...pollFiles(election), ...signedBoard(election, [])]));
    expect(noVote).toMatchObject({ board: { size: 0 }, closing: undefined, result: undefined });
    const { share: path } = publicPaths;
    const decrypted = changed({ [publicPaths.result]: undefined });
    const closed = changed({ [path(1)]: undefined, [path(2)]: undefined }, decrypted);
    const open = changed({ [publicPaths.closing]: undefined }, closed);
    expect(await auditOf(open)).toMatchObject({ board: { size: 5 }, closing: undefined, absent: [1, 2, 3] });
    const signed = { good: [1, 2, 3, 4] };
    expect(await auditOf(closed)).toMatchObject({ closing: signed, result: undefined, absent: [1, 2, 3] });
    expect(await auditOf(decrypted)).toMatchObject({ closing: signed, result: undefined, absent: [3] });
  });

  test("where an older revision stands after a newer one: the newer one counts", async () => {
    const [first, second, third, revision, last] = election.records as Uint8Array[];
    const records = [revision!, second!, third!, first!, last!];
    expect((await auditOf(await finish(election, { records }))).result?.options).toEqual(EXPECTED);
  });

  test("where records came after the closing: they do not count", async () => {
    const report = await auditOf(await finish(election, { closedAt: 4 }));
    expect(report.board.size).toBe(5);
    expect(report.closing?.statement).toMatchObject({ boardSize: 4, countedBallots: 3 });
    expect(report.result?.options).toEqual([0, 2, 1]);
  });

  test("where a revision came after the closing: the ballot that it would replace counts", async () => {
    const [first, second, third, revision, last] = election.records as Uint8Array[];
    const records = [first!, second!, third!, last!, revision!];
    const report = await auditOf(await finish(election, { records, closedAt: 4 }));
    expect(report.result?.options).toEqual([1, 3, 0]);
  });
});

describe("an audit is refused", () => {
  const other = makePoll();

  test.each<[string, TrustAnchor]>([
    ["another pollId", { kind: "poll-id", pollId: other.pollId }],
    ["another registrar", { kind: "registrar", key: other.registrar.publicKey }],
  ])("under %s", async (_what, anchor) => {
    expect(await faultOf(published, { anchor })).toEqual({ code: "poll-not-anchored", place: "poll.json" });
  });

  test("of development keys where those are not good enough", async () => {
    const fault = await faultOf(published, { allowDevelopmentKeys: false });
    expect(fault.code).toBe("development-keys-refused");
  });

  test("with a key set of the auditor's own that is another: the poll is at fault", async () => {
    const fault = await faultOf(published, { manifest: otherManifest() });
    expect(fault).toEqual({ code: "key-set-digest-mismatch", place: "poll.json" });
  });

  test("with a good key set that the poll does not name: keys.json is at fault", async () => {
    const files = changed({ [publicPaths.keys]: otherManifest().bytes });
    const expected = { code: "key-set-digest-mismatch", place: "keys.json" };
    expect(await faultOf(files)).toEqual(expected);
    expect(await faultOf(files, { manifest })).toEqual(expected);
  });

  test("where there are no files at all", async () => {
    expect(await faultOf(new Map())).toEqual({ code: "file-missing", place: "keys.json" });
  });

  test("by an abort", async () => {
    const controller = new AbortController();
    const onProgress = (step: AuditStep, done: number): void => {
      if (step === "board" && done === 2) controller.abort();
    };
    const work = auditOf(published, { signal: controller.signal, onProgress });
    await expect(work).rejects.toMatchObject({ name: "AbortError" });
  });

  function otherManifest(): LoadedManifest {
    const { "ballot-compact-16": _, ...circuits } = manifest.manifest.circuits;
    return parseManifest(canonicalBytes({ ...manifest.manifest, circuits }));
  }
});

describe("of two faults the one of the earlier step is named", () => {
  // One fault of each step, in the order of steps.
  const faults: readonly (readonly [path: string, code: string, place: string])[] = [
    [publicPaths.signatures, "bad-json", "signatures.json"],
    [publicPaths.rollLevel10, "roll-files-malformed", "roll/level-10"],
    [publicPaths.dkg, "dkg-bad-transcript", "trustees/dkg.ndjson"],
    [publicPaths.tile(0, 0, 5), "board-tile-mismatch", "board/tile/0/000.p/5"],
    [publicPaths.closing, "bad-json", "closing.json"],
    [publicPaths.share(1), "bad-json", "trustees/shares/1.json"],
    [publicPaths.result, "bad-json", "result.json"],
  ];
  const pairs = faults.flatMap((first, i) => faults.slice(i + 1).map((second) => [first, second] as const));

  test.each(faults)("%s alone: %s", async (path, code, place) => {
    expect(await faultOf(changed({ [path]: spoilt(path) }))).toEqual({ code, place });
  });

  test.each(pairs.map(([first, second]) => [first[0], second[0], first] as const))(
    "%s before %s",
    async (first, second, [, code, place]) => {
      const files = changed({ [first]: spoilt(first), [second]: spoilt(second) });
      expect(await faultOf(files)).toEqual({ code, place });
    },
  );
});

describe("a board that was changed after the closing", () => {
  const [first, second, third, revision, last] = election.records as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];

  test.each<[string, readonly Uint8Array[], string]>([
    ["a ballot removed from the end", [first, second, third, revision], "boardSize"],
    ["a ballot removed from the middle", [first, third, revision, last], "boardSize"],
    ["two ballots exchanged", [second, first, third, revision, last], "boardRoot"],
    ["a ballot in the place of another", [first, second, third, last, revision], "boardRoot"],
  ])("%s: the closing is about another board", async (_what, records, field) => {
    const files = new Map([...published, ...signedBoard(election, records)]);
    expect(await faultOf(files)).toEqual({
      code: "closing-not-my-board",
      place: `closing.json statement.${field}`,
    });
  });
});

describe("a closing whose quorum is good without it", () => {
  const { statement, signatures } = parseCanonicalJson(published.get(publicPaths.closing)!) as {
    statement: unknown;
    signatures: readonly { closer: number; signature: string }[];
  };
  const closingWith = (own: readonly object[]) =>
    changed({ [publicPaths.closing]: canonicalBytes({ statement, signatures: own }) });
  const [first, second, third, witness] = signatures;

  test("passes with three of four signatures", async () => {
    expect((await auditOf(closingWith([first!, second!, witness!]))).closing?.good).toEqual([1, 2, 4]);
  });

  test.each<[string, readonly object[], string, number]>([
    [
      "a wrong signature",
      [first!, second!, third!, { ...witness!, signature: first!.signature }],
      "bad-signature",
      4,
    ],
    ["a signature of nobody", [first!, second!, third!, { ...witness!, closer: 5 }], "unknown-closer", 5],
    ["a signature twice", [first!, second!, second!, third!], "duplicate", 2],
  ])("%s is named all the same", async (_what, own, code, closer) => {
    const place = `closing.json closer ${closer}`;
    expect(await faultOf(closingWith(own))).toEqual({ code: `closing-${code}`, place });
  });

  test("two of four signatures are no quorum", async () => {
    const fault = await faultOf(closingWith([first!, witness!]));
    expect(fault).toEqual({ code: "closing-no-quorum", place: "closing.json" });
  });
});

describe("an operator that holds the board's key cannot make another result", () => {
  const result = (): Result => structuredClone(parseResult(published.get(publicPaths.result)!));
  const shardWith = (d: number, changes: Partial<Result["shards"][number]>): Result["shards"] =>
    result().shards.map((shard, i) => (i === d ? { ...shard, ...changes } : shard));
  /** A result whose option totals are those of its shards. */
  const consistent = (shards: Result["shards"]): Result => {
    const closing = verifyClosing(poll, published.get(publicPaths.closing)!);
    return resultOf({ poll, closing, shards });
  };
  const cases: [string, () => Result, string, string][] = [
    ["other totals", () => ({ ...result(), options: [1, 2, 1] }), "result-wrong", "result.json"],
    [
      "a vote moved within a shard, in totals and shard",
      () => {
        const [values] = result().shards[0]!.slots as [number[]];
        const from = values.findIndex((n) => n > 0);
        const slots = [values.map((n, i) => n + (i === (from + 1) % 3 ? 1 : 0) - (i === from ? 1 : 0))];
        return consistent(shardWith(0, { slots }));
      },
      "result-wrong",
      "result.json shard 0 slot 0",
    ],
    [
      "the votes of one shard in both",
      () => consistent(shardWith(1, { slots: [[0, 0, 0]] })),
      "result-wrong",
      "result.json shard 1 slot 0",
    ],
    [
      "another size of a shard",
      () => consistent(shardWith(1, { ballots: 3 })),
      "result-wrong",
      "result.json shard 1",
    ],
    ["a shard less", () => consistent(result().shards.slice(1)), "result-wrong", "result.json shards"],
    [
      "a shard more",
      () => consistent([...result().shards, result().shards[0]!]),
      "result-wrong",
      "result.json shards",
    ],
    [
      "no result, as if there were too few ballots",
      () => ({ ...result(), outcome: "too-few-ballots", options: [], shards: [] }),
      "result-wrong",
      "result.json shards",
    ],
    [
      "another number of counted ballots",
      () => ({ ...result(), countedBallots: 5 }),
      "result-wrong",
      "result.json",
    ],
    ["another kind of keys", () => ({ ...result(), keyKind: "ceremony" }), "result-wrong", "result.json"],
    ["another closing", () => ({ ...result(), closing: "00".repeat(32) }), "result-wrong", "result.json"],
    ["another poll", () => ({ ...result(), pollId: "00".repeat(31) }), "result-wrong", "result.json"],
    [
      "a trustee whose share is missing",
      () => consistent(shardWith(0, { trustees: [1, 3] })),
      "result-no-share",
      "trustees/shares/3.json",
    ],
    [
      "one trustee less than t",
      () => consistent(shardWith(0, { trustees: [1] })),
      "result-no-share",
      "result.json shard 0",
    ],
  ];

  test.each(cases)("%s", async (_what, change, code, place) => {
    const bytes = resultBytes(change());
    expect(bytes).not.toEqual(published.get(publicPaths.result));
    expect(await faultOf(changed({ [publicPaths.result]: bytes }))).toEqual({ code, place });
  });

  test("nor publish one without a closing, or a share", async () => {
    const expected = { code: "file-missing", place: "closing.json" };
    const without = changed({ [publicPaths.closing]: undefined });
    expect(await faultOf(without)).toEqual(expected);
    without.delete(publicPaths.result);
    expect(await faultOf(without)).toEqual(expected);
  });
});

describe("a decryption share is named by its file", () => {
  const { share: path } = publicPaths;
  /** A share message signed by a trustee who is dishonest now. */
  const signedBy = (trustee: number, message: SignedMessage["message"]): Uint8Array =>
    canonicalBytes(signMessage("share", message, election.rehearsed.trusteeKeys[trustee - 1]!.signingSecret));
  const resigned = (trustee: number, changes: object): Uint8Array =>
    signedBy(trustee, { ...share(trustee).message, ...changes });
  const parts = (trustee: number) => share(trustee).message.shares as readonly object[];

  test.each<[string, () => Record<string, Uint8Array | undefined>, string, number]>([
    [
      "where two trustees' files are exchanged",
      () => ({ [path(1)]: published.get(path(2))!, [path(2)]: published.get(path(1))! }),
      "share-other-trustee",
      1,
    ],
    [
      "where one trustee's stands twice",
      () => ({ [path(3)]: published.get(path(1))! }),
      "share-other-trustee",
      3,
    ],
    ["where it is missing and was used", () => ({ [path(2)]: undefined }), "result-no-share", 2],
    [
      "where its shards are exchanged",
      () => ({ [path(2)]: resigned(2, { shares: [...parts(2)].reverse() }) }),
      "share-malformed",
      2,
    ],
    [
      "where a point is another's",
      () => ({
        [path(2)]: resigned(2, {
          shares: parts(2).map((part, i) => ({ ...part, point: (parts(1)[i] as { point: unknown }).point })),
        }),
      }),
      "share-bad-proof",
      2,
    ],
    [
      "where it was made for another closing",
      () => ({ [path(1)]: resigned(1, { closing: "00".repeat(32) }) }),
      "share-other-closing",
      1,
    ],
    [
      "where another signed it",
      () => ({
        [path(1)]: canonicalBytes(signMessage("share", share(1).message, ed25519KeyPair().secretKey)),
      }),
      "share-bad-signature",
      1,
    ],
    [
      "where it claims to be nobody's",
      () => ({ [path(1)]: resigned(1, { trustee: 4 }) }),
      "share-unknown-trustee",
      1,
    ],
    ["where it is no share", () => ({ [path(1)]: utf8("{}") }), "share-malformed", 1],
  ])("%s", async (_what, changes, code, trustee) => {
    expect(await faultOf(changed(changes()))).toEqual({ code, place: path(trustee) });
  });

  test("where it is bad, before there is a result, and where the result does without it", async () => {
    const bad = signedBy(3, { ...share(1).message, trustee: 3 });
    const expected = { code: "share-bad-proof", place: path(3) };
    expect(await faultOf(changed({ [path(3)]: bad }))).toEqual(expected);
    expect(await faultOf(changed({ [path(3)]: bad, [publicPaths.result]: undefined }))).toEqual(expected);
  });
});

describe("a poll with fewer ballots than its minimum", () => {
  test("passes without a tally; a share or another result is named", async () => {
    const booth = await openBooth(makePoll({ minimumBallots: 2 }));
    const { record } = await cast(booth, { votes: [1, 0, 0] });
    const few = { ...booth, records: [record] };
    const files = new Map([...pollFiles(few), ...signedBoard(few, few.records)]);
    const board = await ownAudit(few, files);
    const closingBytes = await closingOf(few, board);
    const closing = verifyClosing(booth.poll, closingBytes);
    expect((await inputRejection(shareOf(few, 1, { board, closing }))).code).toBe("too-few-ballots");
    const result = resultOf({ poll: booth.poll, closing, shards: null });
    files.set(publicPaths.closing, closingBytes).set(publicPaths.result, resultBytes(result));
    const anchor: TrustAnchor = { kind: "poll-id", pollId: booth.poll.pollId };
    const report = await auditOf(files, { anchor });
    expect(report.result).toMatchObject({ outcome: "too-few-ballots", options: [], shards: [] });
    const leaked = changed({ [publicPaths.share(1)]: published.get(publicPaths.share(1))! }, files);
    expect(await faultOf(leaked, { anchor })).toEqual({
      code: "too-few-ballots",
      place: "trustees/shares/1.json",
    });
    const invented = changed({ [publicPaths.result]: resultBytes({ ...result, options: [1, 0, 0] }) }, files);
    expect(await faultOf(invented, { anchor })).toEqual({ code: "result-wrong", place: "result.json" });
  });
});

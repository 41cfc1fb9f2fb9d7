// After the poll: closing signatures and shares over HTTP. Bad ones are refused and leave nothing; with a
// quorum and t good ones the service goes on and publishes closing and result.
import {
  auditBoard,
  type BoardAudit,
  boardAt,
  type ClosingSignature,
  type ClosingStatement,
  canonicalBytes,
  closingStatement,
  closingStatementBytes,
  ed25519KeyPair,
  memoryCloserStore,
  partialDecrypt,
  publicPaths,
  readOptional,
  registerPoll,
  resultBytes,
  type SignedMessage,
  signClosing,
  signDocument,
  tally,
  urlPublicFiles,
  verifyClosing,
  verifyResult,
} from "@commune-zk/prover";
import { badPoints } from "../../prover/test/support/points.ts";
import { CLOSES } from "../../prover/test/support/polls.ts";
import { openSqliteStore } from "../src/index.ts";
import { type TestPoll, testPoll, unprovenBallot } from "./support/ballots.ts";
import { acceptingVerifier, recordUnchecked } from "./support/boards.ts";
import { type Expected, expectRefusal } from "./support/refusals.ts";
import { recorded, type Sent, startTestService, type TestService } from "./support/service.ts";

// Four closers, t = 2: three signatures are a quorum.
const poll = testPoll({ witnesses: ["W"] });
const fewer = testPoll({ minimumBallots: 2 });
const polls = [poll, fewer];

let service: TestService;
let board: BoardAudit;
/** The statement about that board. */
let statement: ClosingStatement;

beforeAll(async () => {
  service = await startTestService();
  for (const { registration } of polls) {
    await registerPoll({ registration, operatorToken: service.operatorToken }, service);
  }
  const votes = [
    [1, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
    [0, 0, 1],
  ];
  const ballots = await Promise.all(votes.map((own, voter) => unprovenBallot(poll, { voter, votes: own })));
  const revised = await unprovenBallot(poll, { voter: 3, votes: [1, 0, 0], revision: 1 });
  await recordUnchecked(service, poll, [...ballots, revised]);
  await recordUnchecked(service, fewer, [await unprovenBallot(fewer, { voter: 0 })]);
  board = await auditOf(poll);
  statement = closingStatement({ poll: poll.valid, board });
}, 60_000);
afterAll(() => service.remove());

const filesOf = ({ pollId }: TestPoll) => urlPublicFiles(`${service.baseUrl}/polls/${pollId}`);
const auditOf = (of: TestPoll) =>
  auditBoard({ poll: of.valid, files: filesOf(of), verifier: acceptingVerifier(of) });
const fileOf = (of: TestPoll, path: string) => readOptional(filesOf(of), path);

/** Ed25519 seed of a closer, from 1. */
function seedOf({ trusteeKeys, witnessKeys }: TestPoll, closer: number): Uint8Array {
  const seeds = [
    ...trusteeKeys.map(({ signingSecret }) => signingSecret),
    ...witnessKeys.map(({ secretKey }) => secretKey),
  ];
  return seeds[closer - 1]!;
}

/** A closer's signature of any statement at all. */
function signatureOf(closer: number, changes: Partial<ClosingStatement> = {}, of = poll): ClosingSignature {
  const changed = { ...statement, ...changes };
  const signature = signDocument("closing", closingStatementBytes(changed), seedOf(of, closer));
  return { statement: changed, closer, signature };
}

const closing = (body: unknown, of = poll): Sent => ({
  path: `/v1/polls/${of.pollId}/closings`,
  body: JSON.stringify(body),
});
const share = (body: unknown, of = poll): Sent => ({
  path: `/v1/polls/${of.pollId}/shares`,
  body: JSON.stringify(body),
});
const refused = (request: Sent, status: number, code: string, title = "") =>
  expectRefusal(service, request, { status, code, title } satisfies Expected, polls);
const accepted = async (request: Sent): Promise<void> => {
  const { status, text } = await service.send(request);
  expect({ status, text }).toEqual({ status: 201, text: "{}" });
};
const acceptedAgain = async (request: Sent): Promise<void> => {
  const before = recorded(service);
  await accepted(request);
  expect(recorded(service)).toEqual(before);
};

describe("while the poll is open", () => {
  test("a closing is refused, even a good one", () =>
    refused(closing(signatureOf(1)), 403, "poll-still-open"));
  test("a share is refused", () => refused(share(shareLike()), 409, "closing-missing"));
});

describe("a closing signature is refused", () => {
  beforeAll(() => {
    service.clock.now = CLOSES;
  });

  test.each(["statement", "closer", "signature"])("without its %s", (field) => {
    const { [field]: _, ...rest } = signatureOf(1) as unknown as Record<string, unknown>;
    return refused(closing(rest), 400, "closing-malformed");
  });
  test("of another shape", async () => {
    for (const changes of [
      { closer: 0 },
      { closer: "1" },
      { closer: 1.5 },
      { time: 1 },
      { signature: "00" },
    ]) {
      await refused(closing({ ...signatureOf(1), ...changes }), 400, "closing-malformed");
    }
    await refused(closing([signatureOf(1)]), 400, "closing-malformed");
    await refused(closing("x".repeat(2 ** 20)), 413, "submission-too-large");
    await refused(
      { ...closing(0), headers: { "content-type": "text/plain" } },
      415,
      "unsupported-media-type",
    );
    await refused({ ...closing(0), body: "{" }, 400, "bad-json");
  });
  test("of a closer that there is not", async () => {
    const { signature } = signatureOf(1);
    await refused(closing({ statement, closer: 5, signature }), 422, "closing-unknown-closer", "closer 5");
  });
  test("by somebody else, or made in another role", async () => {
    const { signature } = signatureOf(2);
    await refused(closing({ statement, closer: 1, signature }), 422, "closing-bad-signature", "closer 1");
    const stranger = signDocument("closing", closingStatementBytes(statement), ed25519KeyPair().secretKey);
    await refused(closing({ statement, closer: 1, signature: stranger }), 422, "closing-bad-signature");
    const role = signDocument("share", closingStatementBytes(statement), seedOf(poll, 1));
    await refused(closing({ statement, closer: 1, signature: role }), 422, "closing-bad-signature");
  });
  test("of another poll", async () => {
    await refused(closing(signatureOf(1, { pollId: fewer.pollId })), 422, "closing-other-poll");
    await refused(closing(signatureOf(1), fewer), 422, "closing-other-poll");
    await refused(closing(signatureOf(1), { ...poll, pollId: "ab".repeat(31) }), 404, "poll-unknown");
  });
  test.each([
    ["another root", { boardRoot: "00".repeat(32) }],
    ["the root of fewer records", { boardSize: 4 }],
    ["more records than there are", { boardSize: 6 }],
    ["another number of counted ballots", { countedBallots: 3 }],
    ["another digest of the counted set", { countedDigest: "00".repeat(32) }],
  ])("about another board: %s", (_name, changes) =>
    refused(closing(signatureOf(1, changes)), 422, "closing-not-my-board"),
  );
});

describe("closing signatures", () => {
  test("are recorded once each; a closer's second statement is refused", async () => {
    await accepted(closing(signatureOf(1)));
    await acceptedAgain(closing(signatureOf(1)));
    const earlier = boardAt(poll.valid, board, 2);
    const second = closingStatement({ poll: poll.valid, board: earlier });
    await refused(closing(signatureOf(1, second)), 409, "closing-duplicate");
  });

  test("make no closing below a quorum, and no share is taken", async () => {
    await accepted(closing(signatureOf(4)));
    expect(await fileOf(poll, publicPaths.closing)).toBeUndefined();
    await refused(share(shareLike()), 409, "closing-missing");
  });

  test("make the closing with a quorum, although bad and repeated ones came with it", async () => {
    const { signature } = signatureOf(1);
    await Promise.all([
      service.send(closing({ statement, closer: 3, signature })),
      accepted(closing(signatureOf(2))),
      service.send(closing(signatureOf(4))),
    ]);
    const bytes = (await fileOf(poll, publicPaths.closing))!;
    const verified = verifyClosing(poll.valid, bytes);
    expect(verified.statement).toEqual(statement);
    expect([verified.good, verified.bad]).toEqual([[1, 2, 4], []]);
    await accepted(closing(signatureOf(3)));
    expect(await fileOf(poll, publicPaths.closing)).toEqual(bytes);
  });
});

/** A share in shape: for refusals that come before anybody looks into it. */
function shareLike(): SignedMessage {
  const message = { type: "commune-zk/share/v1", pollId: poll.pollId, closing: "00".repeat(32), trustee: 1 };
  return { message: { ...message, shares: [] }, signature: "00".repeat(64) };
}

/** A trustee's honest share; a fresh proof at every call. */
async function shareOf(trusteeIndex: number, of = poll, audited = board): Promise<SignedMessage> {
  return partialDecrypt({
    poll: of.valid,
    closing: verifyClosing(of.valid, (await fileOf(of, publicPaths.closing))!),
    board: audited,
    trusteeIndex,
    share: of.ceremony.shares[trusteeIndex - 1]!,
    signingSecret: seedOf(of, trusteeIndex),
    store: memoryCloserStore(),
  });
}

interface ShareFields {
  point: unknown;
  equality: { r1: unknown; r2: unknown; z: string };
}

/** A share with other fields, signed anew by a trustee. */
function resigned(
  { message }: SignedMessage,
  changes: Record<string, unknown>,
  trustee: number,
): SignedMessage {
  const changed = { ...message, ...changes };
  return {
    message: changed,
    signature: signDocument("share", canonicalBytes(changed), seedOf(poll, trustee)),
  };
}

describe("a share is refused", () => {
  let good: SignedMessage;
  let only: ShareFields & Record<string, unknown>;
  beforeAll(async () => {
    await service.restart();
    good = await shareOf(1);
    only = (good.message.shares as [typeof only])[0];
  });

  test("of another shape", async () => {
    await refused(share({ message: good.message }), 400, "share-malformed");
    await refused(share({ ...good, time: 1 }), 400, "share-malformed");
    await refused(share([]), 400, "share-malformed");
    await refused(share(resigned(good, { time: 1 }, 1)), 400, "share-malformed");
    await refused(share(resigned(good, { shares: [] }, 1)), 400, "share-malformed");
    await refused(share(resigned(good, { shares: [only, only] }, 1)), 400, "share-malformed");
    await refused(share(resigned(good, { shares: [{ ...only, slot: 1 }] }, 1)), 400, "share-malformed");
    await refused({ ...share(0), body: `{"message":${"[".repeat(400_000)}` }, 400, "bad-json");
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const body = `{"message":{"trustee":1,"x":${deep}},"signature":"${good.signature}"}`;
    await refused({ ...share(0), body }, 400, "share-malformed");
  });
  test("with a field that its signature would not cover", async () => {
    const text = JSON.stringify(good);
    for (const before of ['{"message":{', '"equality":{', "{"]) {
      expect(text).toContain(before);
      const body = text.replace(before, `${before}"__proto__":{"note":1},`);
      await refused({ ...share(0), body }, 400, "share-malformed");
    }
  });
  test("of a trustee that there is not, the witness among them", async () => {
    for (const trustee of [0, 4]) {
      await refused(share(resigned(good, { trustee }, 1)), 422, "share-unknown-trustee");
    }
    for (const trustee of [1.5, -1, "1", null]) {
      await refused(share(resigned(good, { trustee }, 1)), 400, "share-malformed");
    }
  });
  test("signed by somebody else", async () => {
    await refused(share({ ...good, signature: "00".repeat(64) }), 422, "share-bad-signature", "trustee 1");
    await refused(share(resigned(good, {}, 2)), 422, "share-bad-signature", "trustee 1");
    await refused(share({ ...good, message: { ...good.message, trustee: 2 } }), 422, "share-bad-signature");
  });
  test("for another closing or poll", async () => {
    await refused(share(resigned(good, { closing: "00".repeat(32) }, 1)), 422, "share-other-closing");
    await refused(share(resigned(good, { pollId: fewer.pollId }, 1)), 422, "share-other-closing");
  });
  test("another trustee's, signed as one's own", async () => {
    const copied = resigned(await shareOf(2), { trustee: 1 }, 1);
    await refused(share(copied), 422, "share-bad-proof", "share of trustee 1, shard 0, slot 0");
  });
  test("with another point, or a proof of another", async () => {
    const [second] = (await shareOf(2)).message.shares as [ShareFields];
    const BAD = [422, "share-bad-proof", "trustee 1"] as const;
    await refused(share(resigned(good, { shares: [{ ...only, point: second.point }] }, 1)), ...BAD);
    await refused(share(resigned(good, { shares: [{ ...only, equality: second.equality }] }, 1)), ...BAD);
    const equality = { ...only.equality, z: "1" };
    await refused(share(resigned(good, { shares: [{ ...only, equality }] }, 1)), ...BAD);
  });
  test.each(badPoints)("with %s for a point", async (_name, point, code) => {
    const status = code === "not-canonical" ? 400 : 422;
    const { equality } = only;
    for (const changes of [
      { point },
      { equality: { ...equality, r1: point } },
      { equality: { ...equality, r2: point } },
    ]) {
      const bad = resigned(good, { shares: [{ ...only, ...changes }] }, 1);
      await refused(share(bad), status, code, "share of trustee 1, shard 0, slot 0");
    }
  });
});

describe("shares", () => {
  test("are recorded once each; a trustee's second one is refused", async () => {
    const first = await shareOf(1);
    await accepted(share(first));
    await acceptedAgain(share(first));
    await refused(share(await shareOf(1)), 409, "share-duplicate");
    expect(await fileOf(poll, publicPaths.share(1))).toEqual(canonicalBytes(first));
    expect(await fileOf(poll, publicPaths.result)).toBeUndefined();
  });

  test("make the result with t good ones, although a bad one was sent", async () => {
    const bad = resigned(await shareOf(1), { trustee: 3 }, 3);
    await refused(share(bad), 422, "share-bad-proof", "trustee 3");
    const second = await shareOf(2);
    await accepted(share(second));

    const bytes = (await fileOf(poll, publicPaths.result))!;
    const verified = verifyClosing(poll.valid, (await fileOf(poll, publicPaths.closing))!);
    const shares = await Promise.all(
      [1, 2].map(async (trustee) =>
        JSON.parse(Buffer.from((await fileOf(poll, publicPaths.share(trustee)))!).toString()),
      ),
    );
    const { result } = verifyResult({ poll: poll.valid, board, closing: verified, shares, bytes });
    expect(result).toMatchObject({ outcome: "tallied", countedBallots: 4, options: [3, 1, 0] });
    expect(result.shards.map(({ trustees }) => trustees)).toEqual([[1, 2]]);
    const own = await tally({ poll: poll.valid, board, closing: verified, shares });
    expect(own.complete && resultBytes(own.result)).toEqual(bytes);

    await accepted(share(await shareOf(3)));
    expect(await fileOf(poll, publicPaths.result)).toEqual(bytes);
  });
});

test("of too few ballots nothing is decrypted: the quorum publishes that, and shares are refused", async () => {
  const audited = await auditOf(fewer);
  const signatures = await Promise.all(
    [1, 2, 3].map((closerIndex) =>
      signClosing({
        poll: fewer.valid,
        board: audited,
        closerIndex,
        secretKey: seedOf(fewer, closerIndex),
        store: memoryCloserStore(),
        now: CLOSES,
      }),
    ),
  );
  for (const signature of signatures) await accepted(closing(signature, fewer));
  const result = JSON.parse(Buffer.from((await fileOf(fewer, publicPaths.result))!).toString());
  expect(result).toMatchObject({ outcome: "too-few-ballots", countedBallots: 1, options: [], shards: [] });
  await refused(share(shareLike(), fewer), 422, "too-few-ballots");
});

describe("where the service stopped between a record and what it completes", () => {
  test("the last closing signature, sent again, makes the closing; the last share the result", async () => {
    const stopped = testPoll({ minimumBallots: 1 });
    await registerPoll({ registration: stopped.registration, operatorToken: service.operatorToken }, service);
    await recordUnchecked(service, stopped, [await unprovenBallot(stopped, { voter: 0 })]);
    const audited = await auditOf(stopped);
    const own = closingStatement({ poll: stopped.valid, board: audited });
    const signatures = [1, 2, 3].map((closer) => signatureOf(closer, own, stopped));
    await service.whileStopped(async (path) => {
      const store = await openSqliteStore(path);
      for (const { closer, signature } of signatures) {
        const entry = { closer, statement: closingStatementBytes(own), signature };
        expect(await store.insertClosing(stopped.pollId, entry)).toBe(true);
      }
      await store.close();
    });
    expect(await fileOf(stopped, publicPaths.closing)).toBeUndefined();
    await accepted(closing(signatures[2], stopped));
    const verified = verifyClosing(stopped.valid, (await fileOf(stopped, publicPaths.closing))!);
    expect(verified.good).toEqual([1, 2, 3]);

    const shares = await Promise.all([1, 2].map((trustee) => shareOf(trustee, stopped, audited)));
    await service.whileStopped(async (path) => {
      const store = await openSqliteStore(path);
      for (const [i, content] of shares.map(canonicalBytes).entries()) {
        const trustee = i + 1;
        await store.insertShare(stopped.pollId, { trustee, content }, publicPaths.share(trustee));
      }
      await store.close();
    });
    expect(await fileOf(stopped, publicPaths.result)).toBeUndefined();
    await accepted(share(shares[1], stopped));
    const result = JSON.parse(Buffer.from((await fileOf(stopped, publicPaths.result))!).toString());
    expect(result).toMatchObject({ outcome: "tallied", countedBallots: 1, options: [1, 0, 0] });
  });
});

test("nothing failed on the way", () => {
  expect(service.log.filter((line) => line.includes("failed"))).toEqual([]);
});

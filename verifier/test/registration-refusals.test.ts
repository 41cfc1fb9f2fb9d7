// What a bad registration gets: a typed refusal, nothing recorded, and the service up.
import {
  appendBatch,
  canonicalBytes,
  ceremonyIdOf,
  concatBytes,
  ed25519KeyPair,
  fromUtf8,
  type Poll,
  type PollRegistration,
  pollSignaturesBytes,
  publicPaths,
  signPoll,
  utf8,
} from "@commune-zk/prover";
import { rehearseCeremony, signedPoll } from "@commune-zk/prover/rehearsal";
import { badPoints } from "../../prover/test/support/points.ts";
import { statusOf } from "../src/http/problem.ts";
import { testPoll, unprovenBallot } from "./support/ballots.ts";
import { ballotRequest, type Expected, expectRefusal } from "./support/refusals.ts";
import { type Answer, recorded, type Sent, startTestService, type TestService } from "./support/service.ts";

const good = testPoll();
const { registrar, trusteeKeys, poll } = good;
const otherPoll = testPoll();

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.remove());

/** The body of a registration, some of its files exchanged. */
function bodyOf(changes: Partial<PollRegistration> = {}): Record<keyof PollRegistration, string> {
  const { poll, signatures, rollEvents, dkg } = { ...good.registration, ...changes };
  return {
    poll: fromUtf8(poll),
    signatures: fromUtf8(signatures),
    rollEvents: fromUtf8(rollEvents),
    dkg: fromUtf8(dkg),
  };
}

const registration = (body: unknown, headers: Record<string, string> = {}): Sent => ({
  path: "/v1/polls",
  body: typeof body === "string" ? body : JSON.stringify(body),
  headers: { authorization: `Bearer ${service.operatorToken}`, ...headers },
});
const refused = (request: Sent, expected: Expected): Promise<Answer> =>
  expectRefusal(service, request, expected, [good, otherPoll]);
const refusedFiles = (changes: Partial<PollRegistration>, expected: Expected) =>
  refused(registration(bodyOf(changes)), expected);
const semantic = (code: string): Expected => ({ status: 422, code });
const malformed = (code: string): Expected => ({ status: 400, code });

/** The good poll with other fields, its ceremony's id to match, signed by registrar and trustees. */
function everybodySigned(changes: Partial<Poll>): Pick<PollRegistration, "poll" | "signatures"> {
  const changed: Poll = { ...poll, ...changes };
  const encryption = { ...changed.encryption, ceremonyId: ceremonyIdOf(changed) };
  return signedPoll({ ...changed, encryption }, trusteeKeys, registrar).files;
}

describe("without the operator's token nothing is looked at", () => {
  test.each([
    ["no token", ""],
    ["another token", "Bearer another-token-of-the-same-length!!"],
    ["the token without its scheme", "TOKEN"],
    ["another scheme", "Basic TOKEN"],
    ["half the token", "Bearer an-operators-token"],
    ["the token and more", "Bearer TOKENS"],
    ["the token twice", "Bearer TOKEN TOKEN"],
  ])("%s", async (_name, authorization) => {
    const header = authorization.replace(/TOKEN/g, service.operatorToken);
    const answer = await refused(registration(bodyOf(), { authorization: header }), {
      status: 401,
      code: "unauthorized",
    });
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    await refused(registration("not JSON", { authorization: header }), { status: 401, code: "unauthorized" });
  });
});

describe("bodies that are no registration are refused", () => {
  const BODY = malformed("registration-body-malformed");
  test.each(["poll", "signatures", "rollEvents", "dkg"] as const)("%s missing, or no text", async (field) => {
    const { [field]: _, ...rest } = bodyOf();
    await refused(registration(rest), BODY);
    await refused(registration({ ...rest, [field]: 1 }), BODY);
  });
  test("an unknown field", () => refused(registration({ ...bodyOf(), note: "" }), BODY));
  test("a list", () => refused(registration([bodyOf()]), BODY));
  test("not JSON", () => refused(registration("poll"), malformed("bad-json")));
  test("invalid UTF-8", () =>
    refused({ ...registration(""), body: Buffer.of(0x22, 0xff, 0x22) }, malformed("bad-utf8")));
  test("another media type", () =>
    refused(registration(bodyOf(), { "content-type": "text/plain" }), {
      status: 415,
      code: "unsupported-media-type",
    }));
});

describe("polls without every good signature are refused", () => {
  const own = {
    pollId: good.pollId,
    registrar: signPoll(good.pollId, registrar.secretKey),
    trustees: trusteeKeys.map(({ signingSecret }) => signPoll(good.pollId, signingSecret)),
  };
  const stranger = signPoll(good.pollId, ed25519KeyPair().secretKey);
  const withSignatures = (changes: Partial<typeof own>) => ({
    signatures: pollSignaturesBytes({ ...own, ...changes }),
  });
  const BAD = (title: string): Expected => ({ ...semantic("poll-bad-signature"), title });

  test("the registrar's by somebody else, or for another poll", async () => {
    await refusedFiles(withSignatures({ registrar: stranger }), BAD("not signed by the registrar"));
    const other = signPoll(otherPoll.pollId, registrar.secretKey);
    await refusedFiles(withSignatures({ registrar: other }), BAD("not signed by the registrar"));
  });
  test.each([1, 2, 3])("trustee %d's by somebody else, or missing", async (trustee) => {
    const wrong = own.trustees.with(trustee - 1, stranger);
    await refusedFiles(withSignatures({ trustees: wrong }), BAD(`not signed by trustee ${trustee}`));
    const fewer = own.trustees.toSpliced(trustee - 1, 1);
    await refusedFiles(withSignatures({ trustees: fewer }), BAD("not one signature of each trustee"));
  });
  test("two exchanged", () => {
    const [first, second, third] = own.trustees as [string, string, string];
    return refusedFiles(withSignatures({ trustees: [second, first, third] }), BAD("trustee 1"));
  });
  test("one more than there are trustees", () =>
    refusedFiles(withSignatures({ trustees: [...own.trustees, stranger] }), BAD("each trustee")));
  test("those of another poll", () =>
    refusedFiles({ signatures: otherPoll.registration.signatures }, BAD("signatures of another poll")));
  test("the registrar's missing", () => {
    const { registrar: _, ...rest } = { type: "commune-zk/poll-signatures/v1", ...own };
    return refusedFiles({ signatures: canonicalBytes(rest) }, malformed("poll-signatures-malformed"));
  });
});

describe("polls that were changed are refused", () => {
  test("in a word of the title", async () => {
    const changed = canonicalBytes({ ...poll, title: "What shall we rest?" });
    await refusedFiles({ poll: changed }, semantic("poll-other-ceremony"));
  });

  test("in a word of the title, although everybody signed it again", () =>
    refusedFiles(everybodySigned({ title: "What shall we rest?" }), semantic("dkg-other-ceremony")));

  test("by white space", () =>
    refusedFiles({ poll: utf8(`${fromUtf8(good.registration.poll)}\n`) }, malformed("not-canonical-json")));

  test.each(["poll", "signatures", "rollEvents", "dkg"] as const)(
    "in one bit of %s, at two dozen places",
    async (file) => {
      const before = recorded(service);
      const bytes = good.registration[file];
      const step = Math.ceil(bytes.length / 24);
      for (let i = 0; i < bytes.length; i += step) {
        const flipped = Uint8Array.from(bytes);
        flipped[i] = flipped[i]! ^ 1;
        const { status, text } = await service.send(registration(bodyOf({ [file]: flipped })));
        const { code } = JSON.parse(text) as { code: string };
        expect({ i, status }).toEqual({ i, status: statusOf(code) });
        expect([400, 422]).toContain(status);
      }
      expect(recorded(service)).toEqual(before);
    },
  );
});

describe("rolls that are not the poll's are refused", () => {
  const events = good.registration.rollEvents;
  test("cut short, at a line or within one", async () => {
    await refusedFiles({ rollEvents: new Uint8Array(0) }, semantic("roll-not-of-poll"));
    await refusedFiles({ rollEvents: events.slice(0, -1) }, semantic("roll-truncated"));
  });
  test("with one batch more, signed by the registrar", async () => {
    const { line } = appendBatch(good.roll, [{ kind: "leave", position: 0 }], registrar.secretKey);
    await refusedFiles({ rollEvents: concatBytes(events, line) }, semantic("roll-not-of-poll"));
  });
  test("with a batch twice", () =>
    refusedFiles({ rollEvents: concatBytes(events, events) }, semantic("roll-out-of-order")));
  test("another organisation's", () =>
    refusedFiles({ rollEvents: otherPoll.registration.rollEvents }, semantic("roll-other-roll")));
  test("with other members than its batch was signed for", async () => {
    const line = JSON.parse(fromUtf8(events)) as { batch: { events: unknown[] } };
    const other = JSON.parse(fromUtf8(otherPoll.registration.rollEvents)) as typeof line;
    const stuffed = { ...line, batch: { ...line.batch, events: other.batch.events } };
    const rollEvents = concatBytes(canonicalBytes(stuffed), utf8("\n"));
    await refusedFiles({ rollEvents }, semantic("roll-bad-signature"));
  });
});

describe("records of another key generation are refused", () => {
  const lines = fromUtf8(good.registration.dkg).trimEnd().split("\n");
  const joined = (changed: readonly string[]) => ({ dkg: utf8(`${changed.join("\n")}\n`) });
  test("a message missing", () => refusedFiles(joined(lines.slice(1)), semantic("dkg-bad-transcript")));
  test("two messages exchanged", () => {
    const [first, second, ...rest] = lines as [string, string, ...string[]];
    return refusedFiles(joined([second, first, ...rest]), semantic("dkg-bad-transcript"));
  });
  test("a message signed by somebody else", () => {
    const message = JSON.parse(lines[0]!) as { signature: string };
    const other = JSON.parse(lines[1]!) as { signature: string };
    const forged = JSON.stringify({ ...message, signature: other.signature });
    return refusedFiles(joined([forged, ...lines.slice(1)]), semantic("dkg-bad-signature"));
  });
  test("with a field that nobody signed and parsers like to drop", () => {
    const text = fromUtf8(good.registration.dkg);
    const planted = text.replace('{"message":{', '{"message":{"__proto__":{"note":1},');
    expect(planted).not.toBe(text);
    return refusedFiles({ dkg: utf8(planted) }, semantic("dkg-bad-signature"));
  });
  test("another poll's", () =>
    refusedFiles({ dkg: otherPoll.registration.dkg }, semantic("dkg-other-ceremony")));
  test("a second run of the same ceremony, which made another key", () => {
    const again = rehearseCeremony(
      {
        ceremonyId: poll.encryption.ceremonyId,
        threshold: poll.threshold,
        trustees: trusteeKeys,
      },
      trusteeKeys,
    );
    return refusedFiles({ dkg: again.transcript }, semantic("dkg-not-of-poll"));
  });
});

describe("polls that this service cannot hold are refused", () => {
  const { rules, keySet } = poll;
  const cases: [name: string, changes: Partial<Poll>, code: string][] = [
    [
      "one of another board's key",
      { board: { name: "board.test", key: ed25519KeyPair().publicKey } },
      "poll-other-board",
    ],
    ["one of another key set", { keySet: { ...keySet, digest: "00".repeat(32) } }, "key-set-digest-mismatch"],
    [
      "one of the key set under another kind",
      { keySet: { ...keySet, kind: "ceremony" } },
      "poll-bad-key-set",
    ],
    ["one whose counters could overflow", { rules: { ...rules, valueBits: 2 } }, "poll-packing-overflow"],
    [
      "one whose sums could not be decoded",
      {
        options: ["a", "b", "c", "d"],
        rules: { ...rules, maxima: [255, 255, 255, 255], minTotal: 0, maxTotal: 1020 },
      },
      "poll-decoding-too-large",
    ],
    ["one that no ballot obeys", { rules: { ...rules, minTotal: 4, maxTotal: 4 } }, "poll-unsatisfiable"],
    ["one that closes as it opens", { opensAt: 2, closesAt: 2 }, "poll-bad-times"],
    ["one whose tally could name a member", { minimumBallots: 2, shardBallots: 3 }, "poll-shard-too-small"],
    ["one that half of the trustees could decrypt", { threshold: 1 }, "poll-bad-threshold"],
    ["one of another joint key", { encryption: otherPoll.poll.encryption }, "dkg-not-of-poll"],
    ["one of another roll", { roll: otherPoll.poll.roll }, "roll-other-roll"],
  ];
  test.each(cases)("%s", (_name, changes, code) => refusedFiles(everybodySigned(changes), semantic(code)));

  test("one made with development keys, where they are not allowed", async () => {
    await service.restart({ allowDevelopmentKeys: false });
    try {
      await refused(registration(bodyOf()), semantic("development-keys-refused"));
    } finally {
      await service.restart();
    }
  });
});

describe("keys that are no points of the subgroup are refused in every place", () => {
  const codeAt = (code: string, title: string): Expected =>
    code === "not-canonical" ? { ...malformed(code), title } : { ...semantic(code), title };
  const { encryption, trustees } = poll;

  test.each(badPoints)("%s", async (_name, point, code) => {
    const places: [Poll, string][] = [
      [{ ...poll, encryption: { ...encryption, publicKey: point } }, "encryption.publicKey"],
      ...encryption.commitments.map((_, k): [Poll, string] => [
        { ...poll, encryption: { ...encryption, commitments: encryption.commitments.with(k, point) } },
        `encryption.commitments.${k}`,
      ]),
      ...trustees.map((trustee, i): [Poll, string] => [
        { ...poll, trustees: trustees.with(i, { ...trustee, encryptionKey: point }) },
        `trustees.${i}.encryptionKey`,
      ]),
    ];
    for (const [changed, place] of places) {
      await refusedFiles(signedPoll(changed, trusteeKeys, registrar).files, codeAt(code, place));
    }
  });
});

test("after all this the service takes the good poll, once", async () => {
  const first = await service.send(registration(bodyOf()));
  expect([first.status, JSON.parse(first.text)]).toEqual([201, { pollId: good.pollId }]);
  const before = recorded(service);
  const second = await service.send(registration(bodyOf()));
  expect([second.status, JSON.parse(second.text)]).toEqual([200, { pollId: good.pollId }]);
  expect(recorded(service)).toEqual(before);
  expect(before.board).toMatch(/^1 rows/);
  for (const [path, content] of [
    [publicPaths.poll, good.registration.poll],
    [publicPaths.signatures, good.registration.signatures],
    [publicPaths.rollEvents, good.registration.rollEvents],
    [publicPaths.dkg, good.registration.dkg],
  ] as const) {
    const { text } = await service.send({ path: `/polls/${good.pollId}/${path}` });
    expect(text).toBe(fromUtf8(content));
  }
  expect(service.log.filter((line) => line.includes("failed"))).toEqual([]);
});

test("a registered poll of development keys takes no ballot where they are not allowed any more: no fault of the ballot's", async () => {
  await service.restart({ allowDevelopmentKeys: false });
  const { submission } = await unprovenBallot(good, { voter: 0 });
  await refused(ballotRequest(good.pollId, submission), { status: 500, code: "internal" });
});

// What a bad ballot gets, over HTTP: a typed refusal, nothing recorded, and the service up.
//
// Every case changes one thing of a ballot that would be accepted: the last test sends it unchanged.
import { gzipSync } from "node:zlib";
import {
  auditBoard,
  ballotNullifier,
  checkStatement,
  countedSet,
  createIdentity,
  createVerifier,
  FIELD_ORDER,
  MAX_SUBMISSION_BYTES,
  type ProofVerifier,
  parseProof,
  parseReceipt,
  publicPaths,
  registerPoll,
  rollTree,
  type SealedBallot,
  type Submission,
  urlPublicFiles,
  type VerificationKey,
  verificationKeyOf,
  verifyReceipt,
} from "@commune-zk/prover";
import { artifacts, manifest } from "../../prover/test/support/keys.ts";
import { badPoints, outsideSubgroup } from "../../prover/test/support/points.ts";
import { CLOSES, OPENS, planOf } from "../../prover/test/support/polls.ts";
import {
  changed,
  negated,
  provenBallot,
  rerandomised,
  testPoll,
  unprovenBallot,
  withSignal,
} from "./support/ballots.ts";
import { ballotRequest, type Expected, expectRefusal } from "./support/refusals.ts";
import { recorded, type Sent, startTestService, type TestService } from "./support/service.ts";

/** q: coordinates of proofs lie below it. */
const BASE_FIELD_ORDER = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

const { rules } = planOf();
const poll = testPoll();
const once = testPoll({ rules: { ...rules, revisions: false } });
const sixteen = Array.from({ length: 16 }, (_, i) => `option ${i + 1}`);
const wide = testPoll({
  options: sixteen,
  rules: { ...rules, circuit: "ballot-wide-20", maxima: sixteen.map(() => 1) },
});
const polls = [poll, once, wide];

let service: TestService;
let verificationKey: VerificationKey;
let verifier: ProofVerifier;
/** On the board from the start, with the receipt that it got. */
let cast: SealedBallot;
let receipt: string;
/** Never recorded before the last test. */
let good: SealedBallot;
/** Two ballots of one member. */
let older: SealedBallot;
let newer: SealedBallot;

beforeAll(async () => {
  service = await startTestService();
  for (const { registration } of polls) {
    await registerPoll({ registration, operatorToken: service.operatorToken }, service);
  }
  verificationKey = await verificationKeyOf(artifacts, manifest.manifest, poll.valid.circuit);
  verifier = await createVerifier(verificationKey);
  cast = await provenBallot(poll, { voter: 0 });
  good = await provenBallot(poll, { voter: 1 });
  older = await provenBallot(poll, { voter: 2, revision: 1 });
  newer = await provenBallot(poll, { voter: 2, revision: 2 });
  const answer = await service.send(ballotRequest(poll.pollId, cast.submission));
  expect(answer.status).toBe(201);
  receipt = answer.text;
}, 120_000);
afterAll(() => service.remove());
afterEach(() => {
  service.clock.now = OPENS + 1;
});

const refused = (request: Sent, expected: Expected) => expectRefusal(service, request, expected, polls);
const refusedBallot = (submission: Parameters<typeof ballotRequest>[1], expected: Expected) =>
  refused(ballotRequest(poll.pollId, submission), expected);

const MALFORMED = { status: 400, code: "submission-malformed" };
const NOT_CANONICAL = { status: 400, code: "not-canonical" };
const NOT_OF_POLL = { status: 422, code: "signals-not-of-poll" };

// Indices of public signals of a compact ballot, docs/spec/ballot.md §2.
const NULLIFIER = 0;
const REVISION = 7;
/** `distinct`, the last signal: 0 in these polls. */
const LAST = 22;

describe("signals in another encoding are refused", () => {
  type Case = [name: string, change: (ballot: Submission) => Record<string, unknown>, expected: Expected];
  const last = (value: unknown) => (ballot: Submission) => withSignal(ballot, LAST, value);
  const listed = (change: (signals: readonly string[]) => unknown) => (ballot: Submission) =>
    changed(ballot, { publicSignals: change(ballot.publicSignals) });
  const cases: Case[] = [
    ["the trailing zero dropped", listed((signals) => signals.slice(0, -1)), NOT_OF_POLL],
    ["both trailing zeros dropped", listed((signals) => signals.slice(0, -2)), NOT_OF_POLL],
    ["one signal more", listed((signals) => [...signals, "0"]), NOT_OF_POLL],
    ["forty more", listed((signals) => [...signals, ...new Array<string>(42).fill("0")]), MALFORMED],
    ["none", listed(() => []), MALFORMED],
    ["no list", listed((signals) => ({ ...signals })), MALFORMED],
    ['"" for 0', last(""), NOT_CANONICAL],
    ['["0"] for 0', last(["0"]), MALFORMED],
    ["[0] for 0", last([0]), MALFORMED],
    ["[] for 0", last([]), MALFORMED],
    ["a number for 0", last(0), MALFORMED],
    ["false for 0", last(false), MALFORMED],
    ["null for 0", last(null), MALFORMED],
    ["hexadecimal for 0", last("0x0"), NOT_CANONICAL],
    ["00 for 0", last("00"), NOT_CANONICAL],
    ["-0 for 0", last("-0"), NOT_CANONICAL],
    ["+0 for 0", last("+0"), NOT_CANONICAL],
    ["0.0 for 0", last("0.0"), NOT_CANONICAL],
    ["0e0 for 0", last("0e0"), NOT_CANONICAL],
    ["a space before 0", last(" 0"), NOT_CANONICAL],
    ["a line feed after 0", last("0\n"), NOT_CANONICAL],
    ["r for 0", last(FIELD_ORDER.toString()), NOT_CANONICAL],
    ["79 digits", last("1".repeat(79)), MALFORMED],
    ["sixty thousand digits", last("1".repeat(60_000)), MALFORMED],
    [
      "a leading zero before the nullifier",
      (ballot) => withSignal(ballot, NULLIFIER, `0${ballot.publicSignals[NULLIFIER]}`),
      NOT_CANONICAL,
    ],
    [
      "the nullifier in hexadecimal",
      (ballot) => withSignal(ballot, NULLIFIER, `0x${BigInt(ballot.publicSignals[NULLIFIER]!).toString(16)}`),
      NOT_CANONICAL,
    ],
  ];
  test.each(cases)("%s", (_name, change, expected) => refusedBallot(change(good.submission), expected));

  test("any of them + r, the nullifier foremost", async () => {
    for (const [i, text] of good.submission.publicSignals.entries()) {
      const value = (BigInt(text) + FIELD_ORDER).toString();
      await refusedBallot(withSignal(good.submission, i, value), {
        ...NOT_CANONICAL,
        title: `publicSignals.${i}`,
      });
    }
  });
});

describe("proofs in another encoding are refused", () => {
  type Proof = Submission["proof"];
  type Case = [name: string, change: (proof: Proof) => unknown, expected: Expected];
  const plus = (text: string, order: bigint): string => (BigInt(text) + order).toString();
  const cases: Case[] = [
    ["a.x + q", ({ a, ...rest }) => ({ ...rest, a: [plus(a[0], BASE_FIELD_ORDER), a[1]] }), NOT_CANONICAL],
    ["a.y + q", ({ a, ...rest }) => ({ ...rest, a: [a[0], plus(a[1], BASE_FIELD_ORDER)] }), NOT_CANONICAL],
    ["c.x + q", ({ c, ...rest }) => ({ ...rest, c: [plus(c[0], BASE_FIELD_ORDER), c[1]] }), NOT_CANONICAL],
    [
      "b.x + q",
      ({ b, ...rest }) => ({ ...rest, b: [[plus(b[0][0], BASE_FIELD_ORDER), b[0][1]], b[1]] }),
      NOT_CANONICAL,
    ],
    ["a.x with a leading zero", ({ a, ...rest }) => ({ ...rest, a: [`0${a[0]}`, a[1]] }), NOT_CANONICAL],
    ["a.x empty", ({ a, ...rest }) => ({ ...rest, a: ["", a[1]] }), NOT_CANONICAL],
    [
      "a.x in hexadecimal",
      ({ a, ...rest }) => ({ ...rest, a: [`0x${BigInt(a[0]).toString(16)}`, a[1]] }),
      NOT_CANONICAL,
    ],
    ["a.x as a number", ({ a, ...rest }) => ({ ...rest, a: [1, a[1]] }), MALFORMED],
    ["a with a third coordinate", ({ a, ...rest }) => ({ ...rest, a: [...a, "1"] }), MALFORMED],
    ["b with one coordinate", ({ b, ...rest }) => ({ ...rest, b: [b[0]] }), MALFORMED],
    ["c missing", ({ a, b }) => ({ a, b }), MALFORMED],
    ["c null", ({ a, b }) => ({ a, b, c: null }), MALFORMED],
    ["a protocol label", (proof) => ({ ...proof, protocol: "groth16" }), MALFORMED],
    ["snarkjs' own names", ({ a, b, c }) => ({ pi_a: a, pi_b: b, pi_c: c }), MALFORMED],
    ["no object", () => "proof", MALFORMED],
  ];
  test.each(cases)("%s", (_name, change, expected) =>
    refusedBallot(changed(good.submission, { proof: change(good.submission.proof) }), expected),
  );
});

describe("proof points that are none are refused", () => {
  const zero = "0";
  type Case = [name: string, change: Partial<Record<"a" | "b" | "c", unknown>>, expected: Expected];
  const at = (place: string, code: string): Expected => ({ status: 422, code, title: `proof.${place}` });
  const cases: Case[] = [
    ["a at infinity", { a: [zero, zero] }, at("a", "point-is-identity")],
    [
      "b at infinity",
      {
        b: [
          [zero, zero],
          [zero, zero],
        ],
      },
      at("b", "point-is-identity"),
    ],
    ["c at infinity", { c: [zero, zero] }, at("c", "point-is-identity")],
    ["a off the curve", { a: ["1", "3"] }, at("a", "point-off-curve")],
    [
      "b off the twist",
      {
        b: [
          ["1", "2"],
          ["3", "4"],
        ],
      },
      at("b", "point-off-curve"),
    ],
    ["c off the curve", { c: ["1", "3"] }, at("c", "point-off-curve")],
    ["b outside the subgroup", { b: outsideSubgroup() }, at("b", "point-outside-subgroup")],
  ];
  test.each(cases)("%s", (_name, change, expected) =>
    refusedBallot(changed(good.submission, { proof: { ...good.submission.proof, ...change } }), expected),
  );
});

describe("ciphertext points that are none are refused in every slot", () => {
  const places = (slots: number) =>
    Array.from({ length: slots }, (_, slot) => [1, 2].map((half) => ({ slot, half }))).flat();
  const withPoint = (
    ballot: SealedBallot,
    { slot, half }: { slot: number; half: number },
    [x, y]: readonly [string, string],
  ) => {
    const index = 1 + 4 * slot + 2 * (half - 1);
    return withSignal(withSignal(ballot.submission, index, x) as unknown as Submission, index + 1, y);
  };
  const expected = (code: string, { slot, half }: { slot: number; half: number }): Expected =>
    code === "not-canonical"
      ? { status: 400, code, title: `publicSignals.${1 + 4 * slot + 2 * (half - 1)}` }
      : { status: 422, code, title: `slot ${slot} c${half}` };

  test.each(badPoints)("%s, in a compact ballot", async (_name, point, code) => {
    for (const place of places(1)) {
      await refusedBallot(withPoint(good, place, point), expected(code, place));
    }
  });
  test.each(badPoints)("%s, in a wide ballot", async (_name, point, code) => {
    const ballot = await unprovenBallot(wide, { voter: 1 });
    for (const place of places(4)) {
      const request = ballotRequest(wide.pollId, withPoint(ballot, place, point));
      await refused(request, expected(code, place));
    }
  });
});

describe("bodies that are no submission are refused", () => {
  const path = `/v1/polls/${poll.pollId}/ballots`;
  const bytes = (text: string) => Buffer.from(text);
  const TOO_LARGE = { status: 413, code: "submission-too-large" };
  const WRONG_TYPE = { status: 415, code: "unsupported-media-type" };
  const BAD_JSON = { status: 400, code: "bad-json" };
  const BAD_UTF8 = { status: 400, code: "bad-utf8" };
  const padded = (size: number) => JSON.stringify(good.submission).padEnd(size);
  type Case = [name: string, request: () => Omit<Sent, "path">, expected: Expected];
  const cases: Case[] = [
    ["64 KiB and one byte", () => ({ body: padded(MAX_SUBMISSION_BYTES + 1) }), TOO_LARGE],
    [
      "64 KiB and one byte, in chunks of undeclared length",
      () => ({ body: new Blob([padded(MAX_SUBMISSION_BYTES + 1)]).stream() }),
      TOO_LARGE,
    ],
    [
      "a signal of a million digits",
      () => ({ body: JSON.stringify(withSignal(good.submission, NULLIFIER, "1".repeat(1_000_000))) }),
      TOO_LARGE,
    ],
    [
      "text/plain",
      () => ({ body: padded(0), headers: { "content-type": "text/plain;charset=UTF-8" } }),
      WRONG_TYPE,
    ],
    [
      "a form",
      () => ({ body: padded(0), headers: { "content-type": "application/x-www-form-urlencoded" } }),
      WRONG_TYPE,
    ],
    [
      "application/jsonp",
      () => ({ body: padded(0), headers: { "content-type": "application/jsonp" } }),
      WRONG_TYPE,
    ],
    ["no content type", () => ({ body: bytes(padded(0)), headers: { "content-type": "" } }), WRONG_TYPE],
    ["gzip", () => ({ body: gzipSync(padded(0)), headers: { "content-encoding": "gzip" } }), WRONG_TYPE],
    ["an unknown encoding", () => ({ body: padded(0), headers: { "content-encoding": "x" } }), WRONG_TYPE],
    ["no body", () => ({ body: "" }), BAD_JSON],
    ["not JSON", () => ({ body: "ballot" }), BAD_JSON],
    ["cut short", () => ({ body: padded(0).slice(0, -1) }), BAD_JSON],
    ["a byte order mark", () => ({ body: `\u{feff}${padded(0)}` }), BAD_JSON],
    ["invalid UTF-8", () => ({ body: Buffer.concat([bytes(padded(0)), Buffer.of(0xff)]) }), BAD_UTF8],
    ["an overlong UTF-8 quote", () => ({ body: Buffer.of(0xc0, 0xa2, 0xc0, 0xa2) }), BAD_UTF8],
    ["null", () => ({ body: "null" }), MALFORMED],
    ["a list", () => ({ body: JSON.stringify([good.submission]) }), MALFORMED],
    ["thirty thousand brackets", () => ({ body: "[".repeat(30_000) + "]".repeat(30_000) }), MALFORMED],
    ["an unknown field", () => ({ body: JSON.stringify({ ...good.submission, voter: 1 }) }), MALFORMED],
    [
      "a field named __proto__",
      () => ({ body: JSON.stringify(good.submission).replace("{", '{"__proto__":{},') }),
      MALFORMED,
    ],
    [
      "another type",
      () => ({ body: JSON.stringify({ ...good.submission, type: "commune-zk/ballot/v2" }) }),
      MALFORMED,
    ],
    [
      "a pollId in capitals",
      () => ({ body: JSON.stringify({ ...good.submission, pollId: poll.pollId.toUpperCase() }) }),
      MALFORMED,
    ],
  ];
  test.each(cases)("%s", (_name, request, expected) => refused({ path, ...request() }, expected));

  test.each(["type", "pollId", "publicSignals", "proof"])("%s missing", (field) => {
    const { [field]: _, ...rest } = good.submission as unknown as Record<string, unknown>;
    return refusedBallot(rest, MALFORMED);
  });

  test("but 64 KiB are not too many", async () => {
    const body = JSON.stringify(cast.submission).padEnd(MAX_SUBMISSION_BYTES);
    expect((await service.send({ path, body })).status).toBe(200);
  });
});

describe("statements that are not this poll's are refused", () => {
  test("a ballot of another poll", async () => {
    const { submission } = await unprovenBallot(once, { voter: 1 });
    await refusedBallot(submission, { status: 422, code: "submission-other-poll" });
    await refusedBallot({ ...submission, pollId: poll.pollId }, NOT_OF_POLL);
  });

  test("a ballot that is sent to another poll", () =>
    refused(ballotRequest(once.pollId, good.submission), { status: 422, code: "submission-other-poll" }));

  test("a ballot for a roll of the outsider's own", async () => {
    const outsider = createIdentity();
    const tree = rollTree([outsider.commitment], poll.valid.layout.depth);
    const forged = { ...poll, tree, identities: [outsider], valid: { ...poll.valid, rollRoot: tree.root } };
    const { submission } = await unprovenBallot(forged, { voter: 0 });
    await refusedBallot(submission, NOT_OF_POLL);
  });

  test("a ballot of another circuit, with more signals or fewer", async () => {
    const { submission } = await unprovenBallot(wide, { voter: 1 });
    await refusedBallot({ ...submission, pollId: poll.pollId }, NOT_OF_POLL);
    const other = { ...good.submission, pollId: wide.pollId };
    await refused(ballotRequest(wide.pollId, other), NOT_OF_POLL);
  });

  test("any signal that the poll fixes, raised by one", async () => {
    for (const [i, text] of good.submission.publicSignals.entries()) {
      if (i <= 4 || i === REVISION) continue;
      const value = ((BigInt(text) + 1n) % FIELD_ORDER).toString();
      await refusedBallot(withSignal(good.submission, i, value), NOT_OF_POLL);
    }
  });

  test("a revision above the highest, or above 0 where the poll forbids another ballot", async () => {
    const INVALID = { status: 422, code: "revision-invalid" };
    for (const value of ["65536", (FIELD_ORDER - 1n).toString()]) {
      await refusedBallot(withSignal(good.submission, REVISION, value), INVALID);
    }
    const { submission } = await unprovenBallot(once, { voter: 1 });
    await refused(ballotRequest(once.pollId, withSignal(submission, REVISION, "1")), INVALID);
  });
});

describe("proofs that prove something else are refused", () => {
  const INVALID = { status: 422, code: "proof-invalid" };

  test("ciphertexts copied under another nullifier", async () => {
    const thief = ballotNullifier(poll.identities[5]!, poll.pollId).toString();
    await refusedBallot(withSignal(good.submission, NULLIFIER, thief), INVALID);
    await refusedBallot(withSignal(cast.submission, NULLIFIER, thief), INVALID);
  });

  test("another member's ciphertexts under one's own nullifier", async () => {
    const copied = [
      good.submission.publicSignals[NULLIFIER],
      ...cast.submission.publicSignals.slice(1, 5),
      ...good.submission.publicSignals.slice(5),
    ];
    await refusedBallot(changed(good.submission, { publicSignals: copied }), INVALID);
  });

  test("the same ballot under another revision", () =>
    refusedBallot(withSignal(good.submission, REVISION, "1"), INVALID));

  test("another ballot's proof", () =>
    refusedBallot({ ...good.submission, proof: cast.submission.proof }, INVALID));

  test("good points that prove nothing", async () => {
    const { submission } = await unprovenBallot(poll, { voter: 1 });
    await refusedBallot(submission, INVALID);
  });

  test("a and c exchanged, or only one of a and b negated", async () => {
    const { a, b, c } = good.submission.proof;
    await refusedBallot({ ...good.submission, proof: { a: c, b, c: a } }, INVALID);
    await refusedBallot(
      { ...good.submission, proof: { ...good.submission.proof, a: negated(good.submission).proof.a } },
      INVALID,
    );
  });
});

describe("polls that do not take ballots", () => {
  test("one that has not opened", async () => {
    service.clock.now = OPENS - 1;
    await refusedBallot(good.submission, { status: 403, code: "poll-not-open" });
  });

  test("one that is closed, also for a ballot with a bad proof", async () => {
    service.clock.now = CLOSES;
    const CLOSED = { status: 403, code: "poll-closed" };
    await refusedBallot(good.submission, CLOSED);
    await refusedBallot((await unprovenBallot(poll, { voter: 1 })).submission, CLOSED);
  });

  test.each([
    ["one that nobody registered", "ab".repeat(31)],
    ["one in capitals", poll.pollId.toUpperCase()],
    ["one of 30 bytes", poll.pollId.slice(2)],
    ["a path", "..%2f..%2fpolls"],
    ["a bad escape", "%e0%a4%a"],
  ])("%s", async (name, pollId) => {
    const request = ballotRequest(pollId, { ...good.submission, pollId: poll.pollId });
    const BAD_URL = { status: 400, code: "bad-request" };
    await refused(request, name === "a bad escape" ? BAD_URL : { status: 404, code: "poll-unknown" });
  });

  test.each([
    ["POST", "/v1/polls/POLL/y/ballots"],
    ["PUT", "/v1/polls/POLL/ballots"],
    ["DELETE", "/polls/POLL/poll.json"],
    ["GET", "/v1/polls/POLL/ballots"],
    ["GET", "/"],
  ])("no route for %s %s", (method, path) =>
    refused({ method, path: path.replace("POLL", poll.pollId) }, { status: 404, code: "route-unknown" }),
  );

  test.each([
    ["result.json", "file-missing"],
    ["board/tile/0/001", "file-missing"],
    ["board/tile/0/000.p/9", "file-missing"],
    ["board/tile/0/0", "file-missing"],
    ["..%2f..%2fboard.sqlite", "file-missing"],
    ["roll%00", "file-missing"],
  ])("no public file %s", (path, code) =>
    refused({ path: `/polls/${poll.pollId}/${path}` }, { status: 404, code }),
  );
});

describe("a ballot that is recorded", () => {
  const sendAgain = async (submission: Submission): Promise<void> => {
    const before = recorded(service);
    const { status, contentType, text } = await service.send(ballotRequest(poll.pollId, submission));
    expect({ status, contentType, text }).toEqual({
      status: 200,
      contentType: expect.stringMatching(/^application\/json/),
      text: receipt,
    });
    expect(recorded(service)).toEqual(before);
  };

  test("gets its receipt again, byte for byte, also when the poll is closed", async () => {
    await sendAgain(cast.submission);
    service.clock.now = CLOSES + 1;
    await sendAgain(cast.submission);
  });

  test("gets it for every other valid proof of the same statement", async () => {
    for (const other of [negated(cast.submission), rerandomised(cast.submission, verificationKey.delta)]) {
      expect(other.proof).not.toEqual(cast.submission.proof);
      const signals = other.publicSignals.map(BigInt);
      expect(await verifier.verify(signals, parseProof(other.proof))).toBe(true);
      await sendAgain(other);
    }
  });

  test("keeps others out of its nullifier and revision, whatever their proof", async () => {
    const { submission } = await unprovenBallot(poll, { voter: 0, votes: [0, 1, 0] });
    await refusedBallot(submission, { status: 409, code: "nullifier-used" });
  });
});

test("of a member's ballots the highest revision counts, also where the older one came after it", async () => {
  for (const [ballot, now] of [
    [newer, OPENS],
    [older, CLOSES - 1],
  ] as const) {
    service.clock.now = now;
    const answer = await service.send(ballotRequest(poll.pollId, ballot.submission));
    expect(answer.status).toBe(201);
    const given = parseReceipt(JSON.parse(answer.text));
    verifyReceipt({ receipt: given, record: ballot.record, poll: poll.valid });
  }
  const files = urlPublicFiles(`${service.baseUrl}/polls/${poll.pollId}`);
  const { ballots, counted, size } = await auditBoard({ poll: poll.valid, files, verifier });
  expect(size).toBe(3);
  expect(countedSet({ pollId: poll.pollId, ballots }).digest).toBe(counted.digest);
  const byMember = counted.ballots.filter(({ nullifier }) => nullifier === newer.nullifier);
  expect(byMember.map(({ revision }) => revision)).toEqual([2]);
  expect(counted.ballots).toHaveLength(2);
});

test("after all this the service takes the good ballot", async () => {
  expect((await service.send({ path: "/healthz" })).status).toBe(200);
  const answer = await service.send(ballotRequest(poll.pollId, good.submission));
  expect(answer.status).toBe(201);
  verifyReceipt({ receipt: parseReceipt(JSON.parse(answer.text)), record: good.record, poll: poll.valid });
  const checkpoint = await service.send({ path: `/polls/${poll.pollId}/${publicPaths.checkpoint}` });
  expect(checkpoint.text.split("\n")[1]).toBe("4");
  expect(checkStatement(poll.valid, good.submission.publicSignals.map(BigInt), "good").revision).toBe(0);
  // Nothing failed on the way: refusals leave no line, failures would.
  expect(service.log.filter((line) => line.includes("failed"))).toEqual([]);
});

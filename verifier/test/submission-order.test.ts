// What is checked first, and what a slow, racing or failing part of the service may not change.
//
// The pairing check is replaced by one that counts its calls and says what the test wants: so ballots here
// need no proof, and "before any pairing" is a number.
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { ArtifactSource, SealedBallot } from "@commune-zk/prover";
import { jest } from "@jest/globals";
import type { Store } from "../src/service/store.ts";
import type { TestService } from "./support/service.ts";

let pairings = 0;
let verdict: () => boolean | Promise<boolean> = () => true;
jest.unstable_mockModule("../../prover/src/groth16/verify.ts", () => ({
  createVerifier: async () => ({
    publicCount: 23,
    async verify() {
      pairings++;
      return verdict();
    },
  }),
}));

const { parseReceipt, registerPoll, submitBallot, verifyReceipt } = await import("@commune-zk/prover");
const { artifacts, manifest } = await import("../../prover/test/support/keys.ts");
const { badPoints } = await import("../../prover/test/support/points.ts");
const { boardKeys, CLOSES, OPENS } = await import("../../prover/test/support/polls.ts");
const { pino } = await import("pino");
const { createApp } = await import("../src/http/app.ts");
const { createMetrics } = await import("../src/http/metrics.ts");
const { ElectionService, openSqliteStore } = await import("../src/index.ts");
const { changed, testPoll, unprovenBallot, withSignal } = await import("./support/ballots.ts");
const { ballotRequest, expectProblem, expectRefusal } = await import("./support/refusals.ts");
const { OPERATOR_TOKEN, readTables, sendTo, startTestService } = await import("./support/service.ts");

const poll = testPoll({}, 12);
const other = testPoll();
const polls = [poll, other];

/** The stored artifacts, with a note of every file that was read, and what becomes of them on the way. */
let read: string[] = [];
let damage: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes;
const watched: ArtifactSource = {
  bytes: async (file, options) => {
    read.push(file.path);
    return damage(await artifacts.bytes(file, options));
  },
};

/** Another file of the key set. */
const wasm = await artifacts.bytes(manifest.manifest.circuits["ballot-compact-10"]!.wasm);
let nextVoter = 0;

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ artifacts: watched });
  for (const { registration } of polls) {
    await registerPoll({ registration, operatorToken: OPERATOR_TOKEN }, service);
  }
});
afterAll(() => service.remove());
beforeEach(() => {
  pairings = 0;
  read = [];
  verdict = () => true;
  service.clock.now = OPENS + 1;
});

const send = ({ submission }: Pick<SealedBallot, "submission">) =>
  service.send(ballotRequest(poll.pollId, submission));
const rowsOf = (table: string): number => readTables(service.databasePath)[table]!.length;

describe("of two faults the cheaper check speaks, and no pairing is made", () => {
  const [, [, order2]] = badPoints as unknown as [unknown, [string, [string, string]]];
  type Fault = (submission: Record<string, unknown>) => Record<string, unknown>;
  const signal =
    (index: number, value: string): Fault =>
    (submission) =>
      withSignal(submission as never, index, value);
  const proof =
    (part: string, value: unknown): Fault =>
    (submission) =>
      changed(submission as never, { proof: { ...(submission.proof as object), [part]: value } });

  // From cheap to dear. Each fault comes with every dearer one.
  const faults: [name: string, status: number, code: string, fault: Fault][] = [
    ["the size", 413, "submission-too-large", (s) => ({ ...s, padding: " ".repeat(70_000) })],
    ["the shape", 400, "submission-malformed", (s) => ({ ...s, extra: 1 })],
    ["an encoding", 400, "not-canonical", signal(22, "00")],
    ["the poll's name", 422, "submission-other-poll", (s) => ({ ...s, pollId: other.pollId })],
    [
      "the hour",
      403,
      "poll-closed",
      (s) => {
        service.clock.now = CLOSES;
        return s;
      },
    ],
    ["the poll's signals", 422, "signals-not-of-poll", signal(21, "1")],
    [
      "a ciphertext's point",
      422,
      "point-outside-subgroup",
      (s) => signal(4, order2[1])(signal(3, order2[0])(s)),
    ],
    ["the nullifier", 409, "nullifier-used", (s) => s],
    ["a point of the proof", 422, "point-off-curve", proof("a", ["1", "3"])],
  ];

  beforeAll(async () => {
    // Whose nullifier is used; its proof check is the only one in this block.
    expect((await send(await unprovenBallot(poll, { voter: 0 }))).status).toBe(201);
  });

  test.each(faults.map(([name, status, code], i) => ({ name, status, code, i })))(
    "$name: $code",
    async ({ status, code, i }) => {
      verdict = () => false;
      // Voter 0 has used its nullifier; for faults dearer than that, voter 1 has not.
      const voter = i > faults.findIndex(([name]) => name === "the nullifier") ? 1 : 0;
      const fresh = await unprovenBallot(poll, { voter, votes: [0, 1, 0] });
      const faulty = faults
        .slice(i)
        .reduce<Record<string, unknown>>(
          (submission, [, , , fault]) => fault(submission),
          changed(fresh.submission, {}),
        );
      await expectRefusal(service, ballotRequest(poll.pollId, faulty), { status, code }, polls);
      expect(pairings).toBe(0);
    },
  );

  test("an unknown poll, of a ballot with any other fault but shape and encoding", async () => {
    const { submission } = await unprovenBallot(poll, { voter: 0 });
    const faulty = proof("a", ["1", "3"])(signal(21, "1")(changed(submission, {})));
    const request = ballotRequest("ab".repeat(31), faulty);
    await expectRefusal(service, request, { status: 404, code: "poll-unknown" }, polls);
    expect(pairings).toBe(0);
  });

  test("only a ballot that is good in everything else costs a pairing: one", async () => {
    verdict = () => false;
    const { submission } = await unprovenBallot(poll, { voter: 1 });
    const request = ballotRequest(poll.pollId, submission);
    await expectRefusal(service, request, { status: 422, code: "proof-invalid" }, polls);
    expect(pairings).toBe(1);
  });
});

test("a ballot that is sent again costs no pairing, whatever proof came with it", async () => {
  const ballot = await unprovenBallot(poll, { voter: 1 });
  const first = await send(ballot);
  expect([first.status, pairings]).toEqual([201, 1]);
  verdict = () => false;
  const { a, b, c } = ballot.submission.proof;
  for (const proof of [ballot.submission.proof, { a: c, b, c: a }, { a: ["1", "3"], b, c }]) {
    const again = await service.send(ballotRequest(poll.pollId, { ...ballot.submission, proof }));
    expect([again.status, again.text]).toEqual([200, first.text]);
  }
  expect(pairings).toBe(1);
});

test("a ballot whose proof was still being checked when the poll closed is refused", async () => {
  const { submission } = await unprovenBallot(poll, { voter: 2 });
  verdict = () => {
    service.clock.now = CLOSES;
    return true;
  };
  const request = ballotRequest(poll.pollId, submission);
  await expectRefusal(service, request, { status: 403, code: "poll-closed" }, polls);
  expect(pairings).toBe(1);
});

test("of two ballots of one member at once, both proven, one is recorded and one refused", async () => {
  const size = rowsOf("record");
  const rivals = await Promise.all(
    [
      [1, 0, 0],
      [0, 1, 0],
    ].map((votes) => unprovenBallot(poll, { voter: 3, votes })),
  );
  // Both are past the look at the nullifier before either is recorded.
  let arrived = 0;
  let release: () => void = () => undefined;
  const both = new Promise<void>((resolve) => {
    release = resolve;
  });
  verdict = async () => {
    if (++arrived === 2) release();
    await both;
    return true;
  };
  const answers = await Promise.all(rivals.map(send));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  const refused = answers.find(({ status }) => status === 409)!;
  expectProblem(refused, { status: 409, code: "nullifier-used" });
  expect(rowsOf("record")).toBe(size + 1);
});

test("of one ballot sent twice at once one record and one receipt are made", async () => {
  const size = rowsOf("record");
  const ballot = await unprovenBallot(poll, { voter: 4 });
  const answers = await Promise.all([send(ballot), send(ballot)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
  expect(answers[0]!.text).toBe(answers[1]!.text);
  expect(rowsOf("record")).toBe(size + 1);
});

test("a service that is told to stop answers what has begun, and records it", async () => {
  const ballot = await unprovenBallot(poll, { voter: 10 });
  let begun: () => void = () => undefined;
  const isChecking = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let finish: () => void = () => undefined;
  const isStopping = new Promise<void>((resolve) => {
    finish = resolve;
  });
  verdict = async () => {
    begun();
    await isStopping;
    return true;
  };
  // A client that keeps its connection for ever: after five seconds of silence the service would close it.
  const body = JSON.stringify(ballot.submission);
  const socket = connect(Number(new URL(service.baseUrl).port), "127.0.0.1");
  const head = `POST /v1/polls/${poll.pollId}/ballots HTTP/1.1\r\nhost: board.test\r\n`;
  socket.write(`${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  let answer = "";
  socket.on("data", (chunk: Buffer) => {
    answer += chunk.toString();
  });
  await isChecking;
  const start = performance.now();
  const restarted = service.restart();
  finish();
  await restarted;
  expect(performance.now() - start).toBeLessThan(4000);
  expect(answer).toMatch(/^HTTP\/1.1 201 /);
  const again = await send(ballot);
  expect(again.status).toBe(200);
  expect(answer.endsWith(`\r\n\r\n${again.text}`)).toBe(true);
});

test("ballots of many members at once get receipts that verify", async () => {
  const ballots = await Promise.all([5, 6, 7, 8, 9].map((voter) => unprovenBallot(poll, { voter })));
  const answers = await Promise.all(ballots.map(send));
  for (const [i, { status, text }] of answers.entries()) {
    expect(status).toBe(201);
    verifyReceipt({
      receipt: parseReceipt(JSON.parse(text)),
      record: ballots[i]!.record,
      poll: poll.valid,
    });
  }
});

test.each<[string, typeof damage]>([
  [
    "cannot be read",
    () => {
      throw new Error("EIO: the disk is gone");
    },
  ],
  ["is cut short", (bytes) => bytes.slice(0, -1)],
  ["is another file", () => wasm],
  ["is damaged in one bit", (bytes) => bytes.with(100, bytes[100]! ^ 1)],
])("a verification key that %s is a failure of the service, no fault of the ballot", async (_name, how) => {
  const ballot = await unprovenBallot(other, { voter: nextVoter++ });
  const request = ballotRequest(other.pollId, ballot.submission);
  await service.restart();
  damage = how;
  const lines = service.log.length;
  await expectRefusal(service, request, { status: 500, code: "internal" }, polls);
  damage = (bytes) => bytes;
  // Who asked, for what, and what went wrong in which words is nobody's business.
  expect(service.log.slice(lines)).toEqual(['{"level":50,"name":"Error","msg":"request failed"}\n']);
  expect(pairings).toBe(0);

  expect((await service.send(request)).status).toBe(201);
  expect(read).toHaveLength(2);
});

describe("a store that is slow or fails", () => {
  type Append = Store["appendRecords"];
  /** How the next commits go; by default as they should. */
  let commit: (append: () => ReturnType<Append>) => ReturnType<Append> = (append) => append();
  let own: { readonly baseUrl: string; readonly log: string[]; close(): Promise<void> };

  beforeAll(async () => {
    const store = await openSqliteStore(`${service.directory}/own.sqlite`);
    const log: string[] = [];
    const keys = { manifest, artifacts };
    const elections = new ElectionService({
      ...keys,
      allowDevelopmentKeys: true,
      store: { ...store, appendRecords: (...given) => commit(() => store.appendRecords(...given)) },
      boardKey: boardKeys.secretKey,
      now: () => OPENS,
    });
    const logger = pino({ base: null, timestamp: false }, { write: (line: string) => void log.push(line) });
    const app = createApp({
      ...keys,
      service: elections,
      operatorToken: OPERATOR_TOKEN,
      logger,
      metrics: createMetrics(),
    });
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    own = {
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      log,
      async close() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        await elections.close();
      },
    };
    await registerPoll({ registration: poll.registration, operatorToken: OPERATOR_TOKEN }, own);
  });
  afterAll(() => own.close());
  afterEach(() => {
    commit = (append) => append();
  });

  const sendOwn = ({ submission }: SealedBallot) =>
    sendTo(own.baseUrl, ballotRequest(poll.pollId, submission));

  test("no receipt leaves before the commit is done", async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isCommitted = false;
    commit = async (append) => {
      const outcomes = await append();
      isCommitted = true;
      await gate;
      return outcomes;
    };
    let isAnswered = false;
    const answer = sendOwn(await unprovenBallot(poll, { voter: 0 })).finally(() => {
      isAnswered = true;
    });
    while (!isCommitted) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isAnswered).toBe(false);
    release();
    expect((await answer).status).toBe(201);
  });

  test.each([
    ["before it is done", 201],
    ["after it is done, its answer lost", 200],
  ])("a commit that fails %s is a 500, and the same ballot may come again", async (when, status) => {
    const ballot = await unprovenBallot(poll, { voter: status === 201 ? 1 : 2 });
    const lines = own.log.length;
    commit = async (append) => {
      if (status === 200) await append();
      throw new Error(`SQLITE_FULL ${when}`);
    };
    const failed = await sendOwn(ballot);
    expectProblem(failed, { status: 500, code: "internal", title: "may be sent again" });
    expect(failed.text).not.toContain("SQLITE_FULL");
    expect(own.log.slice(lines)).toEqual(['{"level":50,"name":"Error","msg":"request failed"}\n']);

    commit = (append) => append();
    const again = await sendOwn(ballot);
    expect(again.status).toBe(status);
    const receipt = parseReceipt(JSON.parse(again.text));
    verifyReceipt({ receipt, record: ballot.record, poll: poll.valid });
  });

  test("a client that repeats its bytes gets through failures, and casts one ballot", async () => {
    const ballot = await unprovenBallot(poll, { voter: 3 });
    let failures = 0;
    commit = async (append) => {
      failures++;
      if (failures === 1) throw new Error("not yet");
      const outcomes = await append();
      if (failures === 2) throw new Error("done, and nobody heard");
      return outcomes;
    };
    const outcome = await submitBallot({ poll: poll.valid, ballot }, { baseUrl: own.baseUrl, backoffMs: 1 });
    expect(outcome.accepted).toBe(true);
    const rows = readTables(`${service.directory}/own.sqlite`).record as { statement_hash: Uint8Array }[];
    const same = rows.filter(
      (row) => Buffer.from(row.statement_hash).toString("hex") === ballot.statementHash,
    );
    expect(same).toHaveLength(1);
    expect(failures).toBe(2);
  });
});

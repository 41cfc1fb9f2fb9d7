// The client of the service: always the same bytes, never "accepted" without a receipt that proves inclusion.
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { utf8 } from "../../src/formats/bytes.ts";
import { InputError } from "../../src/formats/errors.ts";
import { proofToJson } from "../../src/formats/groth16-proof.ts";
import { decodeRecord, statementHash } from "../../src/formats/record.ts";
import type { SealedBallot } from "../../src/protocol/ballot.ts";
import {
  postClosing,
  postShare,
  registerPoll,
  type SubmitOutcome,
  submitBallot,
} from "../../src/protocol/client.ts";
import type { Receipt } from "../../src/protocol/receipt.ts";
import { BadReceiptError, type ClientOptions } from "../../src/protocol/request.ts";
import type { ValidPoll } from "../../src/protocol/validate-poll.ts";
import { judge, makePoll, receiptOf, recordOf } from "../support/polls.ts";

const BASE_URL = "http://service.test";

let poll: ValidPoll;
let records: Uint8Array[];
let ballot: SealedBallot;
let receipt: Receipt;

beforeAll(() => {
  poll = judge(makePoll().registration);
  records = [recordOf(poll), recordOf(poll), recordOf(poll)];
  receipt = receiptOf(poll, records, 1);
  const record = records[1]!;
  const { publicSignals, proof } = decodeRecord(record);
  ballot = {
    pollId: poll.pollId,
    record,
    submission: {
      type: "commune-zk/ballot/v1",
      pollId: poll.pollId,
      publicSignals: publicSignals.map(String),
      proof: proofToJson(proof),
    },
    nullifier: publicSignals[0]!,
    revision: 0,
    statementHash: statementHash(publicSignals),
  };
});

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask", "performance", "Date"] });
});

afterEach(() => {
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

/** One request as the service saw it. */
interface Request {
  readonly url: string;
  readonly init: RequestInit;
}

type Answer = (request: Request) => Response | Promise<Response>;

/** A service that gives these answers one after another, the last for ever, and the requests that it saw. */
function service(...answers: readonly Answer[]): { requests: Request[]; fetch: typeof fetch } {
  const requests: Request[] = [];
  return {
    requests,
    async fetch(input, init) {
      const request = { url: String(input), init: init ?? {} };
      const answer = answers[Math.min(requests.length, answers.length - 1)]!;
      requests.push(request);
      return answer(request);
    },
  };
}

const json =
  (status: number, value: unknown): Answer =>
  () =>
    new Response(JSON.stringify(value), { status });
const problem = (status: number, code: string): Answer => json(status, { type: "about:blank", status, code });
const offline: Answer = () => Promise.reject(new TypeError("fetch failed"));
const interrupted: Answer = () =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(utf8('{"type":'));
        controller.error(new TypeError("terminated"));
      },
    }),
    { status: 201 },
  );

function submit(
  fetch: typeof globalThis.fetch,
  options: Partial<ClientOptions> = {},
): Promise<SubmitOutcome> {
  return submitBallot({ poll, ballot }, { baseUrl: BASE_URL, fetch, ...options });
}

/** Lets all waits pass. */
async function settled<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const result = Promise.allSettled([promise]);
  await jest.runAllTimersAsync();
  return (await result)[0];
}

async function value<T>(promise: Promise<T>): Promise<T> {
  const result = await settled(promise);
  if (result.status === "rejected") throw result.reason;
  return result.value;
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  const result = await settled(promise);
  if (result.status === "fulfilled") throw new Error(`not refused: ${JSON.stringify(result.value)}`);
  return result.reason;
}

describe("a submission", () => {
  test.each([200, 201])("answered %i with its receipt is accepted", async (status) => {
    const { fetch, requests } = service(json(status, receipt));
    expect(await value(submit(fetch))).toEqual({ accepted: true, receipt });
    expect(requests).toHaveLength(1);
  });

  test("is one POST of the sealed ballot to the poll, and of nothing else", async () => {
    const { fetch, requests } = service(json(201, receipt));
    await value(submit(fetch));
    const [{ url, init }] = requests as [Request];
    expect(url).toBe(`${BASE_URL}/v1/polls/${poll.pollId}/ballots`);
    expect(init).toEqual({
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(ballot.submission),
    });
  });

  test.each<[string, Answer]>([
    ["no connection", offline],
    ["an answer that breaks off", interrupted],
    ["500", problem(500, "internal-error")],
    ["502 from a proxy", () => new Response("<html>Bad Gateway</html>", { status: 502 })],
    ["503 with a receipt in its body", (request) => json(503, receipt)(request)],
  ])("is sent again after %s, always the same bytes", async (_name, answer) => {
    const { fetch, requests } = service(answer, answer, json(201, receipt));
    expect(await value(submit(fetch))).toEqual({ accepted: true, receipt });
    expect(requests).toHaveLength(3);
    expect(new Set(requests.map(({ init }) => init.body)).size).toBe(1);
    expect(new Set(requests.map(({ url }) => url)).size).toBe(1);
  });

  test("waits 250 ms before the first repetition and twice as long before each next, up to 8 s", async () => {
    const { fetch, requests } = service(offline);
    const result = Promise.allSettled([submit(fetch, { retries: 8 })]);
    await jest.advanceTimersByTimeAsync(0);
    expect(requests).toHaveLength(1);
    for (const [i, wait] of [250, 500, 1000, 2000, 4000, 8000, 8000, 8000].entries()) {
      await jest.advanceTimersByTimeAsync(wait - 1);
      expect([wait, requests.length]).toEqual([wait, i + 1]);
      await jest.advanceTimersByTimeAsync(1);
      expect([wait, requests.length]).toEqual([wait, i + 2]);
    }
    expect((await result)[0].status).toBe("rejected");
  });

  test("waits as the caller says", async () => {
    const { fetch, requests } = service(offline);
    const result = Promise.allSettled([submit(fetch, { retries: 2, backoffMs: 10 })]);
    await jest.advanceTimersByTimeAsync(10);
    expect(requests).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(20);
    expect(requests).toHaveLength(3);
    await result;
  });

  test.each([
    [undefined, 6],
    [0, 1],
    [3, 4],
  ])("with retries %p is given up after %i requests, with the cause", async (retries, count) => {
    const { fetch, requests } = service(offline);
    const error = await failure(submit(fetch, retries === undefined ? {} : { retries }));
    expect(error).toMatchObject({
      message: expect.stringMatching(/same bytes may be sent again/),
      cause: expect.objectContaining({ message: "fetch failed" }),
    });
    expect(error).not.toBeInstanceOf(InputError);
    expect(requests).toHaveLength(count);
  });

  test("given up after 5xx names the status", async () => {
    const error = await failure(submit(service(problem(503, "shutting-down")).fetch, { retries: 1 }));
    expect(error).toMatchObject({ cause: expect.objectContaining({ message: "status 503" }) });
  });
});

describe("a refusal is final, and a value", () => {
  test.each([
    [400, "not-canonical"],
    [401, "unauthorised"],
    [404, "poll-unknown"],
    [409, "nullifier-used"],
    [413, "submission-too-large"],
    [422, "proof-invalid"],
    [429, "too-many-requests"],
  ])("%i %s", async (status, reason) => {
    const { fetch, requests } = service(problem(status, reason), json(201, receipt));
    expect(await value(submit(fetch))).toEqual({ accepted: false, reason, status });
    expect(requests).toHaveLength(1);
  });

  test("also after a repetition", async () => {
    const { fetch, requests } = service(offline, problem(409, "nullifier-used"));
    expect(await value(submit(fetch))).toEqual({ accepted: false, reason: "nullifier-used", status: 409 });
    expect(requests).toHaveLength(2);
  });

  test.each<[string, Answer]>([
    ["no JSON", () => new Response("<html></html>", { status: 403 })],
    ["no body", () => new Response(null, { status: 403 })],
    ["no code", json(403, { title: "Forbidden" })],
    ["a code that is none", json(403, { code: "<script>alert(1)</script>" })],
    ["a code that is too long", json(403, { code: "a".repeat(65) })],
    ["a number for a code", json(403, { code: 7 })],
    ["null", json(403, null)],
  ])("with %s it has the reason unexpected-answer", async (_name, answer) => {
    expect(await value(submit(service(answer).fetch))).toEqual({
      accepted: false,
      reason: "unexpected-answer",
      status: 403,
    });
  });

  test.each([202, 204, 301, 304])("status %i, even with a good receipt, accepts nothing", async (status) => {
    const body = status === 204 || status === 304 ? null : JSON.stringify(receipt);
    const outcome = await value(submit(service(() => new Response(body, { status })).fetch));
    expect(outcome).toEqual({ accepted: false, reason: "unexpected-answer", status });
  });
});

describe("a receipt that does not prove inclusion is thrown, kept, and not asked for again", () => {
  test.each<[string, () => unknown, string]>([
    ["of another record of the board", () => receiptOf(poll, records, 2), "receipt-other-record"],
    ["with another poll's id", () => ({ ...receipt, pollId: "00".repeat(31) }), "receipt-other-poll"],
    ["with another index", () => ({ ...receipt, index: 0 }), "receipt-not-included"],
    ["with no path", () => ({ ...receipt, inclusion: [] }), "receipt-not-included"],
    [
      "under the checkpoint of a board without the record",
      () => ({ ...receipt, checkpoint: receiptOf(poll, records.toSpliced(1, 1), 0).checkpoint }),
      "receipt-not-included",
    ],
    [
      "under a checkpoint that nobody signed",
      () => ({ ...receipt, checkpoint: receipt.checkpoint.replace("\n3\n", "\n4\n") }),
      "checkpoint-bad-signature",
    ],
    ["with a field more", () => ({ ...receipt, accepted: true }), "receipt-malformed"],
    ["that is empty", () => ({}), "receipt-malformed"],
    ["that is null", () => null, "receipt-malformed"],
  ])("%s", async (_name, make, code) => {
    const answer = JSON.stringify(make());
    const { fetch, requests } = service(() => new Response(answer, { status: 201 }));
    const error = await failure(submit(fetch));
    expect(error).toBeInstanceOf(BadReceiptError);
    expect(error).toMatchObject({ code, answer, cause: expect.objectContaining({ code }) });
    expect(requests).toHaveLength(1);
  });

  test("that is no JSON", async () => {
    const error = await failure(submit(service(() => new Response("thank you", { status: 200 })).fetch));
    expect(error).toBeInstanceOf(BadReceiptError);
    expect(error).toMatchObject({ code: "receipt-malformed", place: "receipt", answer: "thank you" });
  });
});

describe("an abort", () => {
  test("before the start sends nothing", async () => {
    const { fetch, requests } = service(json(201, receipt));
    const error = await failure(submit(fetch, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ name: "AbortError" });
    expect(requests).toHaveLength(0);
  });

  test.each([
    ["the first", 5],
    ["the last", 0],
  ])("reaches %s request under way, and nothing is sent after it", async (_name, retries) => {
    const controller = new AbortController();
    const { fetch, requests } = service(
      ({ init }) =>
        new Promise((_resolve, reject) => {
          init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        }),
    );
    const result = failure(submit(fetch, { signal: controller.signal, retries }));
    await jest.advanceTimersByTimeAsync(0);
    controller.abort();
    expect(await result).toMatchObject({ name: "AbortError" });
    expect(requests).toHaveLength(1);
  });

  test("ends a wait at once", async () => {
    const controller = new AbortController();
    const { fetch, requests } = service(offline);
    let error: unknown;
    void submit(fetch, { signal: controller.signal }).catch((reason: unknown) => {
      error = reason;
    });
    await jest.advanceTimersByTimeAsync(100);
    expect(error).toBeUndefined();
    controller.abort();
    await jest.advanceTimersByTimeAsync(0);
    expect(error).toMatchObject({ name: "AbortError" });
    expect(requests).toHaveLength(1);
  });

  test("after the answer changes nothing, and leaves no listener behind", async () => {
    const controller = new AbortController();
    const remove = jest.spyOn(controller.signal, "removeEventListener");
    const add = jest.spyOn(controller.signal, "addEventListener");
    const { fetch } = service(offline, json(201, receipt));
    const outcome = await value(submit(fetch, { signal: controller.signal }));
    expect(add).toHaveBeenCalledTimes(1);
    expect(remove).toHaveBeenCalledTimes(1);
    controller.abort();
    expect(outcome).toEqual({ accepted: true, receipt });
  });
});

describe("what operators, closers and trustees hand in", () => {
  const registration = {
    poll: utf8('{"type":"p"}'),
    signatures: utf8('{"type":"s"}'),
    rollEvents: utf8('{"é":1}\n'),
    dkg: utf8("{}\n"),
  };
  const options = (fetch: typeof globalThis.fetch): ClientOptions => ({
    baseUrl: BASE_URL,
    fetch,
    retries: 1,
  });

  const posts: [string, (options: ClientOptions) => Promise<void>, { url: string; body: unknown }][] = [
    [
      "registerPoll",
      (o) => registerPoll({ registration, operatorToken: "token" }, o),
      {
        url: "/v1/polls",
        body: { poll: '{"type":"p"}', signatures: '{"type":"s"}', rollEvents: '{"é":1}\n', dkg: "{}\n" },
      },
    ],
    [
      "postClosing",
      (o) => postClosing("aa", { closer: 1 }, o),
      { url: "/v1/polls/aa/closings", body: { closer: 1 } },
    ],
    [
      "postShare",
      (o) => postShare("aa", { trustee: 1 }, o),
      { url: "/v1/polls/aa/shares", body: { trustee: 1 } },
    ],
  ];

  test.each(posts)("%s posts its JSON, again after no answer", async (_name, post, { url, body }) => {
    const { fetch, requests } = service(offline, json(201, {}));
    await value(post(options(fetch)));
    expect(requests.map((request) => request.url)).toEqual([BASE_URL + url, BASE_URL + url]);
    for (const { init } of requests) {
      expect(init.method).toBe("POST");
      expect(JSON.parse(String(init.body))).toEqual(body);
    }
  });

  test.each(posts)("%s throws the service's code", async (_name, post) => {
    for (const status of [202, 400, 409]) {
      const error = await failure(post(options(service(problem(status, "some-code")).fetch)));
      expect(error).toBeInstanceOf(InputError);
      expect(error).toMatchObject({ code: "some-code", message: expect.stringMatching(`${status}`) });
    }
    expect(await value(post(options(service(json(200, {})).fetch)))).toBeUndefined();
  });

  test("the operator's token is in the Authorization header alone, and never in an error", async () => {
    const operatorToken = "a-token-that-nobody-prints";
    const { fetch, requests } = service(problem(401, "unauthorised"));
    const error = await failure(registerPoll({ registration, operatorToken }, options(fetch)));
    const [{ url, init }] = requests as [Request];
    expect(init.headers).toEqual({
      "content-type": "application/json",
      authorization: `Bearer ${operatorToken}`,
    });
    expect(`${url} ${String(init.body)} ${String(error)}`).not.toContain(operatorToken);
    const { fetch: ballots, requests: seen } = service(json(201, receipt));
    await value(submit(ballots));
    expect(JSON.stringify(seen)).not.toMatch(/authorization/i);
  });
});

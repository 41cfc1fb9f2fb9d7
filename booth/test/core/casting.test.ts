// From a choice to a receipt, and every way in which that is interrupted. docs/design/booth.md, Casting.
import { serialize } from "node:v8";
import { fieldToBytes, toHex } from "@commune-zk/prover";
import { describe, expect, test } from "@jest/globals";
import { unprovenBallot } from "../../../verifier/test/support/ballots.ts";
import { sealDraft } from "../../src/core/drafts.ts";
import type { BoothState } from "../../src/core/state.ts";
import { rest } from "./support/clock.ts";
import { Device, engineOf, memberPoll, PASSPHRASE, problem, Service } from "./support/world.ts";

const poll = memberPoll();
const final = memberPoll({ rules: { ...poll.poll.rules, revisions: false } }, { member: poll.member });
const { member } = poll;
const VOTES = [0, 1, 0];

async function deviceAt(which = poll): Promise<Device> {
  const service = new Service([which]);
  return Device.atPoll({ service, member, engine: engineOf(which) }, which);
}

describe("a ballot", () => {
  test("is stored, then sent, and called cast with a verified receipt that is stored", async () => {
    const device = await deviceAt();
    const order: string[] = [];
    device.onWrite = (stores, when) => void order.push(`${when} writing ${stores.join()}`);
    device.onFetch = (path, when) => void (path.endsWith("/ballots") && order.push(`${when} sending`));
    await device.choose(VOTES);
    order.length = 0;
    device.booth.review();
    await device.booth.cast({ randomDelay: false });
    const { own } = await device.untilAt("receipt");
    expect(order).toEqual([
      "before writing ballots,drafts",
      "after writing ballots,drafts",
      "before sending",
      "after sending",
      "before writing ballots",
      "after writing ballots",
    ]);
    expect(own).toMatchObject({ revision: 0, receipt: { index: 0 } });
    const [stored] = await device.storedBallots();
    expect(stored!.receipt).toEqual(own.receipt);
    expect(device.service.recordsOf(poll)).toHaveLength(1);
  });

  test("leaves nothing of vote or key behind: not in storage, not in any request", async () => {
    const votes = [3, 1, 4, 1, 5, 9, 2, 6];
    const points = memberPoll(
      {
        options: votes.map((_, i) => `option ${i}`),
        rules: {
          ...poll.poll.rules,
          circuit: "ballot-wide-20",
          valueBits: 8,
          maxima: votes.map(() => 9),
          maxTotal: 40,
        },
      },
      { member },
    );
    const device = await deviceAt(points);
    await device.choose(votes);
    const hidden = {
      "votes as bytes": Buffer.from(votes).toString("latin1"),
      "votes as text": votes.join(),
      "votes as JSON": JSON.stringify(votes),
      "votes as stored numbers": serialize(votes).subarray(4, -2).toString("latin1"),
      "private key": Buffer.from(member.privateKey).toString("latin1"),
      "private key in hexadecimal": toHex(member.privateKey),
      secret: String(member.secret),
      "secret as bytes": Buffer.from(fieldToBytes(member.secret)).toString("latin1"),
      passphrase: PASSPHRASE,
    };
    const during = await device.storedBytes();
    expect(await device.storage.keys("drafts")).toEqual([points.pollId]);
    device.booth.review();
    await device.booth.cast({ randomDelay: false });
    await device.untilAt("receipt");
    const after = await device.storedBytes();
    expect(await device.storage.list("drafts")).toEqual([]);
    const requests = JSON.stringify(device.service.seen);
    // The search finds what is there.
    expect(serialize([votes]).toString("latin1")).toContain(hidden["votes as stored numbers"]);
    expect(after).toContain(Buffer.from(device.service.recordsOf(points)[0]!).toString("latin1"));
    for (const [name, secret] of Object.entries(hidden)) {
      for (const text of [during, after, requests])
        expect([name, text.includes(secret)]).toEqual([name, false]);
    }
    // And what is shown from here on does not know them either.
    const { session: _, ...shown } = device.expectAt("receipt");
    expect(JSON.stringify(shown)).not.toMatch(/votes|proof/);
  });

  test("is changed where the poll allows it, by the next revision", async () => {
    const device = await deviceAt();
    await device.vote(VOTES);
    await device.untilAt("receipt");
    await device.vote([1, 0, 0]);
    const { own } = await device.untilAt("receipt");
    expect(own).toMatchObject({ revision: 1, receipt: { index: 1, revision: 1 } });
  });

  test("is not changed where the poll forbids it", async () => {
    const device = await deviceAt(final);
    await device.vote(VOTES);
    await device.untilAt("receipt");
    await device.booth.startChoosing();
    expect(device.expectAt("casting").cast).toEqual({ at: "refused", code: "nullifier-used" });
    expect(device.service.sent).toHaveLength(1);
  });

  test("waits a random time if the member wants it, and no longer than the member wants", async () => {
    const device = await deviceAt();
    device.random = (length) => new Uint8Array(length).fill(0x80);
    await device.vote(VOTES, { randomDelay: true });
    const half = device.expectAt("casting").cast;
    expect(half.at === "delayed" && Math.round(half.remainingMs / 1_000)).toBe(Math.round(0.50196 * 900));
    await device.clock.advance(400_000);
    expect(device.service.sent).toEqual([]);
    await device.clock.advance(60_000);
    await device.untilAt("receipt");
    await device.vote([0, 0, 1], { randomDelay: true });
    device.booth.skipDelay();
    await device.untilAt("receipt");
    expect(device.service.sent).toHaveLength(2);
  });

  test("waits on after a reload, not from the start", async () => {
    const device = await deviceAt();
    device.random = (length) => new Uint8Array(length).fill(0x80);
    await device.vote(VOTES, { randomDelay: true });
    await device.clock.advance(400_000);
    await device.reload();
    const { cast } = device.expectAt("casting");
    expect(cast.at === "delayed" && cast.remainingMs).toBeLessThan(60_000);
    expect(device.service.sent).toEqual([]);
    await device.clock.advance(60_000);
    await device.untilAt("receipt");
  });

  test("does not wait beyond the closing of the poll", async () => {
    const device = await deviceAt();
    await device.clock.advance(poll.poll.closesAt * 1_000 - device.clock.now - 60_000);
    await device.vote(VOTES, { randomDelay: true });
    await device.untilAt("receipt");
  });
});

describe("without an answer", () => {
  test("the same bytes go again, later and later, until there is a receipt", async () => {
    const device = await deviceAt();
    device.random = (length) => new Uint8Array(length).fill(0xff);
    device.service.trick = ({ method }) =>
      method === "POST" && device.service.sent.length <= 8 ? problem(503, "internal") : undefined;
    await device.vote(VOTES);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt++) {
      await device.until(({ ...state }) => state.at === "casting" && state.cast.at === "waiting", "waiting");
      const { cast } = device.expectAt("casting");
      if (cast.at !== "waiting") throw new Error("not waiting");
      expect(cast.because).toBe("no-answer");
      waits.push(Math.round(cast.retryInMs! / 1_000));
      await device.clock.advance(cast.retryInMs! - 1);
      expect(device.service.sent).toHaveLength(attempt);
      await device.clock.advance(1);
    }
    await device.untilAt("receipt");
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(device.service.sent).toHaveLength(9);
    expect(new Set(device.service.sent).size).toBe(1);
    expect(device.service.recordsOf(poll)).toHaveLength(1);
  });

  test("an answer that was lost on its way is got again, and the ballot stands once", async () => {
    const device = await deviceAt();
    let isLost = false;
    device.onFetch = (path, when) => {
      if (path.endsWith("/ballots") && when === "after" && !isLost) {
        isLost = true;
        throw new TypeError("connection reset");
      }
    };
    await device.vote(VOTES);
    await device.until(isWaiting("no-answer"), "waiting");
    expect(device.service.recordsOf(poll)).toHaveLength(1);
    device.booth.retryNow();
    await device.untilAt("receipt");
    expect(device.service.recordsOf(poll)).toHaveLength(1);
    expect(new Set(device.service.sent).size).toBe(1);
  });

  test("a service that says nothing is given up on after half a minute, and asked again", async () => {
    const device = await deviceAt();
    device.service.trick = ({ method }) =>
      method === "POST" && device.service.sent.length === 1 ? new Promise(() => undefined) : undefined;
    await device.vote(VOTES);
    await rest();
    expect(device.expectAt("casting").cast).toEqual({ at: "sending", attempt: 1 });
    await device.clock.advance(30_000);
    await device.until(isWaiting("no-answer"), "waiting");
    await device.clock.advance(1_000);
    await device.untilAt("receipt");
  });

  test("a ballot is never called cast by a service that drops it", async () => {
    const device = await deviceAt();
    device.service.trick = ({ method }) => (method === "POST" ? problem(500, "internal") : undefined);
    await device.vote(VOTES);
    for (let hours = 0; hours < 3; hours++) await device.clock.advance(3_600_000);
    expect(device.expectAt("casting").cast.at).toBe("waiting");
    device.booth.backToPoll();
    expect((await device.untilAt("poll")).own).toMatchObject({ revision: 0, receipt: null });
    await device.reload();
    expect(device.expectAt("casting").session.poll.pollId).toBe(poll.pollId);
  });

  test.each([408, 425, 429])("status %i is no answer", async (status) => {
    const device = await deviceAt();
    device.service.trick = ({ method }) =>
      method === "POST" && device.service.sent.length === 1 ? new Response("busy", { status }) : undefined;
    await device.vote(VOTES);
    await device.until(isWaiting("no-answer"), "waiting");
    device.booth.retryNow();
    await device.untilAt("receipt");
  });
});

describe("offline", () => {
  test("a ballot is proven, stored, and sent as soon as there is a network", async () => {
    const device = await deviceAt();
    await device.choose([1, 0, 0]);
    device.isOnline = false;
    await device.choose(VOTES);
    device.booth.review();
    await device.booth.cast({ randomDelay: false });
    await device.until(isWaiting("offline"), "waiting");
    await device.clock.advance(3_600_000);
    expect(device.service.sent).toEqual([]);
    device.isOnline = true;
    await device.untilAt("receipt");
    expect(device.service.sent).toHaveLength(1);
  });

  test("the member may send all the same: devices are wrong about their network", async () => {
    const device = await deviceAt();
    await device.choose(VOTES);
    device.isOnline = false;
    device.booth.review();
    await device.booth.cast({ randomDelay: false });
    await device.until(isWaiting("offline"), "waiting");
    const seen: string[] = [];
    const unsubscribe = device.booth.subscribe(() => seen.push(device.expectAt("casting").cast.at));
    device.booth.retryNow();
    await device.until(() => seen.length > 1, "an attempt");
    unsubscribe();
    expect(seen).toEqual(["sending", "waiting"]);
    await device.until(isWaiting("offline"), "waiting again");
    device.isOnline = true;
    await device.untilAt("receipt");
  });

  test("a page that opens without a network goes on with its ballot, locked", async () => {
    const device = await deviceAt();
    await device.choose(VOTES);
    device.isOnline = false;
    device.booth.review();
    await device.booth.cast({ randomDelay: false });
    await device.until(isWaiting("offline"), "waiting");
    await device.reload();
    await device.until(isWaiting("offline"), "waiting");
    device.isOnline = true;
    await device.untilAt("receipt");
    expect(device.service.recordsOf(poll)).toHaveLength(1);
  });

  test("a poll that was opened before opens, says so, and can be voted in", async () => {
    const device = await deviceAt();
    await device.choose([1, 0, 0]);
    device.booth.backToPoll();
    await device.untilAt("poll");
    await device.reload();
    device.isOnline = false;
    await device.booth.unlock(PASSPHRASE);
    // The draft leads back to the choice.
    const state = device.expectAt("choose");
    expect(state.session).toMatchObject({ offline: true, onRoll: true });
    expect(state.votes).toEqual([1, 0, 0]);
    await device.choose(VOTES);
    expect(device.expectAt("choose").proof.at).toBe("ready");
  });

  test("a poll that was never opened is asked for again later", async () => {
    const service = new Service([poll]);
    const device = await Device.open({ service, member, engine: engineOf(poll) });
    await device.booth.unlock(PASSPHRASE);
    device.isOnline = false;
    await device.booth.openPoll(poll.pollId);
    expect(device.expectAt("refused").fault).toEqual({
      code: "no-answer",
      place: null,
      evidence: null,
      retry: true,
    });
    device.isOnline = true;
    device.booth.retryNow();
    await device.untilAt("poll");
  });
});

describe("a page that goes between two steps, and comes back", () => {
  /** Where it goes: what must have happened by then. */
  const moments: readonly [string, (device: Device) => void, { records: number; stored: number }][] = [
    ["before the ballot is stored", closeAt("before writing ballots,drafts"), { records: 0, stored: 0 }],
    ["after it is stored", closeAt("after writing ballots,drafts"), { records: 0, stored: 1 }],
    ["before it leaves", closeAt("before sending"), { records: 0, stored: 1 }],
    ["before the answer is here", closeAt("after sending"), { records: 1, stored: 1 }],
    ["before the receipt is stored", closeAt("before writing ballots"), { records: 1, stored: 1 }],
    ["after the receipt is stored", closeAt("after writing ballots"), { records: 1, stored: 1 }],
  ];

  test.each(moments)("%s", async (_name, arrange, { records, stored }) => {
    const device = await deviceAt();
    await device.choose(VOTES);
    const closed = new Promise<void>((resolve) => {
      const close = device.close.bind(device);
      device.close = () => {
        device.close = close;
        close();
        resolve();
      };
    });
    arrange(device);
    device.booth.review();
    void device.booth.cast({ randomDelay: false });
    await closed;
    await rest();
    expect(device.service.recordsOf(poll)).toHaveLength(records);
    expect(await device.storage.list("ballots")).toHaveLength(stored);
    const before = device.service.sent.length;
    device.onWrite = () => undefined;
    device.onFetch = () => undefined;
    await device.reload();
    if (stored === 0) {
      // Nothing was sealed for good: the same votes are there again.
      await device.booth.unlock(PASSPHRASE);
      expect(device.expectAt("choose").votes).toEqual(VOTES);
      await device.vote(VOTES);
      await device.untilAt("receipt");
    } else if (_name === "after the receipt is stored") {
      device.expectAt("locked");
      expect(device.service.sent).toHaveLength(before);
    } else {
      // Neither passphrase nor vote is needed to go on.
      const { own } = await device.untilAt("receipt");
      expect(own.receipt).toMatchObject({ index: 0 });
    }
    expect(device.service.recordsOf(poll)).toHaveLength(1);
    expect(new Set(device.service.sent).size).toBe(1);
    expect(await device.storage.list("drafts")).toEqual([]);
  });

  test("comes back to the votes that were chosen, and proves them anew", async () => {
    const device = await deviceAt();
    await device.choose(VOTES);
    await device.reload();
    device.expectAt("locked");
    await device.booth.unlock(PASSPHRASE);
    expect(device.expectAt("choose")).toMatchObject({ votes: VOTES, complete: true });
    await device.until((state) => state.at === "choose" && state.proof.at === "ready", "a proof");
  });

  test("goes on with every ballot that waits, not only with the one that is shown", async () => {
    const other = memberPoll({}, { member });
    const service = new Service([poll, other]);
    // Each poll has its own engine: the one of the poll that is proven for.
    let current = poll;
    const device = await Device.open({ service, member, engine: () => engineOf(current)() });
    await device.booth.unlock(PASSPHRASE);
    service.trick = ({ method }) => (method === "POST" ? problem(503, "internal") : undefined);
    for (const each of [poll, other]) {
      current = each;
      await device.booth.openPoll(each.pollId);
      await device.vote(VOTES);
      device.booth.backToPoll();
      await device.untilAt("poll");
    }
    service.trick = () => undefined;
    await device.reload();
    await device.untilAt("receipt");
    for (const each of [poll, other]) {
      while (service.recordsOf(each).length === 0) await rest();
    }
    const ballots = await device.storage.list("ballots");
    expect(ballots).toHaveLength(2);
  });
});

describe("a ballot of the same revision from another device", () => {
  const elsewhere = unprovenBallot(poll, { voter: 4, votes: [1, 0, 0] });

  test("is met with the service's code, and the next one goes above it", async () => {
    const device = await deviceAt();
    device.service.record(poll.pollId, JSON.stringify((await elsewhere).submission));
    await device.vote(VOTES);
    await device.until((state) => state.at === "casting" && state.cast.at === "refused", "refused");
    expect(device.expectAt("casting").cast).toEqual({ at: "refused", code: "nullifier-used" });
    device.booth.backToPoll();
    expect((await device.untilAt("poll")).own).toBeNull();
    await device.vote(VOTES);
    expect((await device.untilAt("receipt")).own.revision).toBe(1);
    // The refused one is not sent again, now or later.
    await device.reload();
    expect(device.service.sent).toHaveLength(2);
  });

  test("ends it where the poll forbids revisions", async () => {
    const device = await deviceAt(final);
    const { submission } = await unprovenBallot(final, { voter: 4, votes: [1, 0, 0] });
    device.service.record(final.pollId, JSON.stringify(submission));
    await device.vote(VOTES);
    await device.until((state) => state.at === "casting" && state.cast.at === "refused", "refused");
    device.booth.backToPoll();
    await device.untilAt("poll");
    await device.booth.startChoosing();
    expect(device.expectAt("casting").cast).toEqual({ at: "refused", code: "nullifier-used" });
    expect(device.service.sent).toHaveLength(1);
  });
});

describe("a refusal", () => {
  test("for good leaves the place free where nothing was recorded", async () => {
    const device = await deviceAt(final);
    device.service.trick = ({ method }) => (method === "POST" ? problem(422, "proof-invalid") : undefined);
    await device.vote(VOTES);
    await device.until((state) => state.at === "casting" && state.cast.at === "refused", "refused");
    expect(device.expectAt("casting").cast).toEqual({ at: "refused", code: "proof-invalid" });
    device.service.trick = () => undefined;
    device.booth.backToPoll();
    await device.untilAt("poll");
    await device.vote(VOTES);
    expect((await device.untilAt("receipt")).own.revision).toBe(0);
    expect(new Set(device.service.sent).size).toBe(2);
  });

  test.each([
    [403, "poll-not-open"],
    [404, "poll-unknown"],
    [301, "unexpected-answer"],
  ])("of status %i that time can mend keeps the ballot: the same bytes go again", async (status, code) => {
    const device = await deviceAt();
    device.service.trick = ({ method }) => (method === "POST" ? problem(status, code) : undefined);
    await device.vote(VOTES);
    await device.until((state) => state.at === "casting" && state.cast.at === "refused", "refused");
    expect(device.expectAt("casting").cast).toEqual({ at: "refused", code });
    device.service.trick = () => undefined;
    device.booth.retryNow();
    await device.untilAt("receipt");
    expect(device.service.sent).toHaveLength(2);
    expect(new Set(device.service.sent).size).toBe(1);
  });

  test("because the poll has closed is final", async () => {
    const device = await deviceAt();
    device.service.clock = poll.poll.closesAt;
    await device.vote(VOTES);
    await device.until((state) => state.at === "casting" && state.cast.at === "refused", "refused");
    expect(device.expectAt("casting").cast).toEqual({ at: "refused", code: "poll-closed" });
    await device.reload();
    device.expectAt("locked");
  });
});

test("a device that cannot store does not send", async () => {
  const device = await deviceAt();
  await device.choose(VOTES);
  device.isFull = true;
  device.booth.review();
  await device.booth.cast({ randomDelay: false });
  expect(device.expectAt("refused").fault).toMatchObject({ code: "storage-failed", retry: true });
  expect(device.service.sent).toEqual([]);
});

test("two pages of one device do not send two ballots of one revision", async () => {
  const device = await deviceAt();
  await device.choose(VOTES);
  // The other page sealed its ballot in between.
  const other = await unprovenBallot(poll, { voter: 4, votes: [1, 0, 0] });
  const { pollId, revision, statementHash, record } = other;
  const value = { pollId, revision, statementHash, record, receipt: null, refusal: null, sendAfter: null };
  await device.storage.write([{ store: "ballots", key: `${pollId}/00000`, value }]);
  device.booth.review();
  await device.booth.cast({ randomDelay: false });
  const { own } = await device.untilAt("receipt");
  expect(own.statementHash).toBe(statementHash);
  expect(device.service.recordsOf(poll)).toHaveLength(1);
  expect(await device.storage.keys("drafts")).toEqual([]);
});

test("a draft of a ballot that is sealed is gone when the page opens", async () => {
  const device = await deviceAt();
  await device.vote(VOTES);
  await device.untilAt("receipt");
  const void0 = sealDraft(device, { identity: member, pollId: poll.pollId }, { revision: 0, votes: VOTES });
  const next = sealDraft(device, { identity: member, pollId: final.pollId }, { revision: 0, votes: VOTES });
  await device.storage.write([
    { store: "drafts", key: poll.pollId, value: void0 },
    { store: "drafts", key: final.pollId, value: next },
  ]);
  await device.reload();
  expect(await device.storage.keys("drafts")).toEqual([final.pollId]);
});

test("a poll that closes while it is looked at is shown closed", async () => {
  const device = await deviceAt();
  expect(device.expectAt("poll").session.phase).toBe("open");
  await device.clock.advance(poll.poll.closesAt * 1_000 - device.clock.now - 1);
  expect(device.expectAt("poll").session.phase).toBe("open");
  await device.clock.advance(1);
  expect(device.expectAt("poll").session.phase).toBe("closed");
});

function isWaiting(because: "offline" | "no-answer") {
  return (state: BoothState): boolean =>
    state.at === "casting" && state.cast.at === "waiting" && state.cast.because === because;
}

/** Closes the page at a moment of casting. */
function closeAt(moment: string): (device: Device) => void {
  return (device) => {
    device.onWrite = (stores, when) => {
      if (`${when} writing ${stores.join()}` === moment) device.close();
    };
    device.onFetch = (path, when) => {
      if (path.endsWith("/ballots") && `${when} sending` === moment) device.close();
    };
  };
}

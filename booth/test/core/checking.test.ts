// What the check page finds on honest and on dishonest boards.
import {
  canonicalBytes,
  checkpointOrigin,
  publicPaths,
  type Result,
  type SealedBallot,
  signCheckpoint,
  utf8,
} from "@commune-zk/prover";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { boardKeys, receiptOf } from "../../../prover/test/support/polls.ts";
import { unprovenBallot } from "../../../verifier/test/support/ballots.ts";
import { MAX_AUDITED_BALLOTS } from "../../src/core/checking.ts";
import type { CheckState, Fault } from "../../src/core/state.ts";
import { rest } from "./support/clock.ts";
import { Device, engineOf, memberPoll, ok, problem, Service } from "./support/world.ts";

const poll = memberPoll();
const { member } = poll;
const other = memberPoll({}, { member });
const origin = checkpointOrigin(poll.poll.board.name, poll.pollId);

/** Ballots of the four other members. */
let others: SealedBallot[];
beforeAll(async () => {
  others = await Promise.all([0, 1, 2, 3].map((voter) => unprovenBallot(poll, { voter })));
});

/** Others vote, then the member, then more others. */
async function votedDevice({ before = 2, after = 1 } = {}): Promise<Device> {
  const service = new Service([poll]);
  const device = await Device.atPoll({ service, member, engine: engineOf(poll) }, poll);
  for (const ballot of others.slice(0, before)) arrive(service, ballot);
  await device.vote([0, 1, 0]);
  await device.untilAt("receipt");
  for (const ballot of others.slice(before, before + after)) arrive(service, ballot);
  return device;
}

function arrive(service: Service, { submission }: SealedBallot): void {
  void service.record(poll.pollId, JSON.stringify(submission));
}

/** Opens the check page, and waits until nothing is looked at any more. */
async function look(device: Device): Promise<CheckState> {
  await device.booth.openCheck();
  return device.expectAt("check").check;
}

const badOf = (finding: CheckState[keyof CheckState]): Fault => {
  if (finding.at !== "bad") throw new Error(`not bad: ${JSON.stringify(finding)}`);
  return finding.fault;
};

async function evidenceText(device: Device, { evidence }: Fault): Promise<string> {
  const { items } = JSON.parse(new TextDecoder().decode((await device.booth.evidence(evidence!))!)) as {
    items: { name: string; base64: string }[];
  };
  return items.map(({ name, base64 }) => `${name}: ${Buffer.from(base64, "base64").toString()}`).join("\n");
}

const noteOf = (records: readonly Uint8Array[]): string =>
  receiptOf(poll.valid, records, records.length - 1).checkpoint;

describe("my ballot", () => {
  test("is found on the board that is served now, under a checkpoint of the same past", async () => {
    const device = await votedDevice();
    const { ballot, checkpoint } = await look(device);
    expect(ballot).toEqual({ at: "good", value: { index: 2, boardSize: 4 } });
    expect(checkpoint).toMatchObject({ at: "good", value: { size: 4 } });
    expect(checkpoint.at === "good" && checkpoint.value.text).toBe(noteOf(device.service.recordsOf(poll)));
  });

  test("is found again when the board has grown", async () => {
    const device = await votedDevice();
    await look(device);
    arrive(device.service, others[3]!);
    expect((await look(device)).ballot).toEqual({ at: "good", value: { index: 2, boardSize: 5 } });
  });

  test("is missed on a board from which it was dropped, with receipt and checkpoint as evidence", async () => {
    const device = await votedDevice();
    const records = device.service.recordsOf(poll);
    const { receipt } = (await device.storage.list("ballots"))[0]![1];
    records.splice(2, 1);
    records.push(others[3]!.record);
    const { ballot, checkpoint } = await look(device);
    expect(checkpoint.at).toBe("good");
    const fault = badOf(ballot);
    expect(fault).toMatchObject({ code: "ballot-not-on-board", place: "board entry 2", retry: false });
    const evidence = await evidenceText(device, fault);
    expect(evidence).toContain(JSON.stringify(receipt));
  });

  test("is missed on a board that was cut short", async () => {
    const device = await votedDevice();
    device.service.recordsOf(poll).splice(2);
    expect(badOf((await look(device)).ballot)).toMatchObject({ code: "board-stale", retry: true });
  });

  test("on a board with another past shows that past", async () => {
    const device = await votedDevice();
    device.service.recordsOf(poll)[0] = others[3]!.record;
    const fault = badOf((await look(device)).ballot);
    expect(fault).toMatchObject({ code: "board-inconsistent", place: "receipt" });
    expect(fault.evidence).not.toBeNull();
  });

  test("is followed by a later one from elsewhere: it is said, and the next one goes above it", async () => {
    const device = await votedDevice();
    arrive(device.service, await unprovenBallot(poll, { voter: 4, revision: 7 }));
    const fault = badOf((await look(device)).ballot);
    expect(fault).toMatchObject({ code: "ballot-superseded", place: "board entry 4" });
    device.booth.backToPoll();
    await device.untilAt("poll");
    await device.vote([1, 0, 0]);
    expect((await device.untilAt("receipt")).own.revision).toBe(8);
    expect((await look(device)).ballot.at).toBe("good");
  });

  test("is not superseded by an earlier one, nor by another member's", async () => {
    const device = await votedDevice();
    await device.vote([1, 0, 0]);
    await device.untilAt("receipt");
    arrive(device.service, await unprovenBallot(poll, { voter: 3, revision: 9 }));
    expect((await look(device)).ballot).toEqual({ at: "good", value: { index: 4, boardSize: 6 } });
  });

  test("is open while there is none, and while it waits for its receipt", async () => {
    const service = new Service([poll]);
    const device = await Device.atPoll({ service, member, engine: engineOf(poll) }, poll);
    expect((await look(device)).ballot).toEqual({ at: "open", because: "no-ballot" });
    device.booth.backToPoll();
    await device.untilAt("poll");
    service.trick = ({ method }) => (method === "POST" ? problem(503, "internal") : undefined);
    await device.vote([0, 1, 0]);
    expect((await look(device)).ballot).toEqual({ at: "open", because: "not-yet" });
  });
});

describe("the board", () => {
  test("that differs from the one that was seen here before is named with both", async () => {
    const device = await votedDevice();
    const seen = await look(device);
    const text = seen.checkpoint.at === "good" ? seen.checkpoint.value.text : "";
    device.service.recordsOf(poll)[3] = others[3]!.record;
    const { checkpoint, ballot } = await look(device);
    const fault = badOf(checkpoint);
    expect(fault).toMatchObject({ code: "board-inconsistent", place: publicPaths.checkpoint });
    expect(ballot).toEqual({ at: "unknown" });
    const evidence = await evidenceText(device, fault);
    expect(evidence).toContain(`seen: ${text.slice(0, 40)}`);
    expect(evidence).toContain("board/checkpoint: ");
    // What was seen stays what was seen.
    expect(await device.storage.read("checkpoints", poll.pollId)).toBe(text);
  });

  test("that is an earlier one than was seen here is said to be one", async () => {
    const device = await votedDevice();
    await look(device);
    device.service.recordsOf(poll).pop();
    expect(badOf((await look(device)).checkpoint)).toMatchObject({ code: "board-stale", retry: true });
  });

  test.each<[string, (device: Device) => Record<string, Uint8Array>, string]>([
    [
      "with a checkpoint that its key has not signed",
      (device) => ({
        [publicPaths.checkpoint]: utf8(noteOf(device.service.recordsOf(poll)).replace("\n4\n", "\n3\n")),
      }),
      "checkpoint-bad-signature",
    ],
    [
      "with another poll's checkpoint",
      () => ({ [publicPaths.checkpoint]: new Service([other]).filesOf(other).get(publicPaths.checkpoint)! }),
      "checkpoint-other-board",
    ],
    [
      "with a checkpoint that is none",
      () => ({ [publicPaths.checkpoint]: utf8("4") }),
      "checkpoint-malformed",
    ],
    [
      "with other hashes",
      () => ({ [publicPaths.tile(0, 0, 4)]: new Uint8Array(128) }),
      "board-root-mismatch",
    ],
    ["with a hash too few", () => ({ [publicPaths.tile(0, 0, 4)]: new Uint8Array(96) }), "tile-malformed"],
  ])("%s is bad", async (_name, files, code) => {
    const device = await votedDevice();
    const served = files(device);
    device.service.trick = ({ path }) => {
      const bytes = served[path.replace(`/polls/${poll.pollId}/`, "")];
      return bytes === undefined ? undefined : ok(bytes);
    };
    const { checkpoint, ballot } = await look(device);
    expect(badOf(checkpoint)).toMatchObject({ code });
    expect(badOf(checkpoint).evidence).not.toBeNull();
    expect(ballot).toEqual({ at: "unknown" });
  });

  test("with entries that are not the ones under the checkpoint is bad", async () => {
    const device = await votedDevice();
    const entries = device.service.filesOf(poll).get(publicPaths.entries(0, 4))!;
    device.service.trick = ({ path }) =>
      path.includes("/tile/entries/")
        ? ok(entries.with(-1 + entries.length, entries.at(-1)! ^ 1))
        : undefined;
    expect(badOf((await look(device)).ballot)).toMatchObject({
      code: "board-tile-mismatch",
      place: "board entry 3",
    });
  });
});

describe("a checkpoint from somebody else", () => {
  test("agrees where the board had that past, whatever its line ends", async () => {
    const device = await votedDevice();
    await look(device);
    const records = device.service.recordsOf(poll);
    const notes = [
      noteOf(records),
      noteOf(records.slice(0, 2)),
      `\n ${noteOf(records).replaceAll("\n", "\r\n")} `,
    ];
    for (const [i, note] of notes.entries()) {
      await device.booth.compareCheckpoint(note);
      expect(device.expectAt("check").check.comparison).toEqual({
        at: "good",
        value: { otherSize: [4, 2, 4][i] },
      });
    }
  });

  test("of a board that has grown meanwhile is compared with what is served then", async () => {
    const device = await votedDevice();
    await look(device);
    arrive(device.service, others[3]!);
    await device.booth.compareCheckpoint(noteOf(device.service.recordsOf(poll)));
    expect(device.expectAt("check").check.comparison).toEqual({ at: "good", value: { otherSize: 5 } });
  });

  test("of a larger board than is served shows that an earlier one is served", async () => {
    const device = await votedDevice();
    await look(device);
    const larger = noteOf([...device.service.recordsOf(poll), others[3]!.record]);
    await device.booth.compareCheckpoint(larger);
    expect(badOf(device.expectAt("check").check.comparison).code).toBe("board-stale");
  });

  test("of another board under the same key proves that there are two, and both are kept", async () => {
    const device = await votedDevice();
    await look(device);
    const records = device.service.recordsOf(poll);
    const forked = noteOf(records.with(0, others[3]!.record));
    await device.booth.compareCheckpoint(forked);
    const fault = badOf(device.expectAt("check").check.comparison);
    expect(fault).toMatchObject({ code: "board-inconsistent", place: "pasted checkpoint" });
    const evidence = await evidenceText(device, fault);
    expect(evidence).toContain("pasted: ");
    expect(evidence.match(/\n4\n/g)).toHaveLength(2);
  });

  test.each<[string, () => string, string]>([
    ["that is none", () => "hello", "checkpoint-malformed"],
    [
      "of another poll",
      () => signCheckpoint(`${origin}0`, { size: 0, root: new Uint8Array(32) }, boardKeys.secretKey),
      "checkpoint-other-board",
    ],
    [
      "that nobody signed",
      () => noteOf([others[0]!.record]).replace("\n1\n", "\n2\n"),
      "checkpoint-bad-signature",
    ],
  ])("%s is refused", async (_name, note, code) => {
    const device = await votedDevice();
    await look(device);
    await device.booth.compareCheckpoint(note());
    expect(badOf(device.expectAt("check").check.comparison)).toMatchObject({
      code,
      place: "pasted checkpoint",
    });
  });
});

describe("the result", () => {
  const result: Result = {
    type: "commune-zk/result/v1",
    pollId: poll.pollId,
    closing: "00".repeat(32),
    outcome: "tallied",
    countedBallots: 4,
    keyKind: "development",
    options: [3, 1, 0],
    shards: [],
  };

  test("is not there yet, and then is shown", async () => {
    const device = await votedDevice();
    expect((await look(device)).result).toEqual({ at: "open", because: "not-yet" });
    device.service.extra.set(`${poll.pollId}/${publicPaths.result}`, canonicalBytes(result));
    expect((await look(device)).result).toEqual({ at: "good", value: result });
  });

  test.each<[string, Uint8Array, string]>([
    ["of another poll", canonicalBytes({ ...result, pollId: other.pollId }), "result-wrong"],
    ["that is none", canonicalBytes({ ...result, type: "x" }), "result-malformed"],
    ["that is no JSON", utf8("{"), "bad-json"],
  ])("%s is bad", async (_name, bytes, code) => {
    const device = await votedDevice();
    device.service.extra.set(`${poll.pollId}/${publicPaths.result}`, bytes);
    const { result: finding } = await look(device);
    expect(badOf(finding)).toMatchObject({ code, place: expect.stringContaining("result.json") });
  });

  test("that was seen can be read without a network", async () => {
    const device = await votedDevice();
    device.service.extra.set(`${poll.pollId}/${publicPaths.result}`, canonicalBytes(result));
    await look(device);
    device.isOnline = false;
    expect((await look(device)).result).toEqual({ at: "good", value: result });
  });
});

describe("without a network", () => {
  test("nothing is said about the board: a copy of one's own is no evidence of what is served", async () => {
    const device = await votedDevice();
    await look(device);
    device.isOnline = false;
    const { ballot, checkpoint, result } = await look(device);
    const open = { at: "open", because: "offline" };
    expect([ballot, checkpoint, result]).toEqual([open, open, open]);
    await device.booth.compareCheckpoint(noteOf(device.service.recordsOf(poll)));
    expect(device.expectAt("check").check.comparison).toEqual(open);
    await device.booth.runAudit();
    expect(device.expectAt("check").check.audit).toEqual(open);
  });
});

describe("the audit", () => {
  test("names the first bad item: here the proofs that nobody made", async () => {
    const device = await votedDevice();
    await look(device);
    const steps: string[] = [];
    device.booth.subscribe(() => {
      const { state } = device.booth;
      if (state.at !== "check" || state.check.audit.at !== "looking") return;
      const { step } = state.check.audit;
      if (step !== undefined && steps.at(-1) !== step) steps.push(step);
    });
    await device.booth.runAudit();
    const fault = badOf(device.expectAt("check").check.audit);
    expect(fault).toMatchObject({ code: "proof-invalid", place: "board entry 0", retry: false });
    expect(fault.evidence).not.toBeNull();
    expect(steps).toEqual(["poll", "roll", "trustees", "board"]);
  });

  test("is ended by leaving the page", async () => {
    const device = await votedDevice();
    await look(device);
    device.service.trick = ({ path }) =>
      path.endsWith(publicPaths.dkg) ? new Promise<never>(() => undefined) : undefined;
    const audit = device.booth.runAudit();
    await device.until(() => device.service.seen.some(({ path }) => path.endsWith(publicPaths.dkg)), "asked");
    device.booth.backToPoll();
    await device.untilAt("poll");
    await audit;
    await rest();
    expect(device.workers.filter(({ task }) => task === "audit").map(({ ended }) => ended)).toEqual([true]);
    device.expectAt("poll");
  });

  test("is left to the command where the board is too large", async () => {
    const device = await votedDevice();
    const root = new Uint8Array(32);
    const size = MAX_AUDITED_BALLOTS + 1;
    const note = signCheckpoint(origin, { size, root }, boardKeys.secretKey);
    device.service.trick = ({ path }) => (path.endsWith("/board/checkpoint") ? ok(utf8(note)) : undefined);
    await look(device);
    await device.booth.runAudit();
    expect(device.expectAt("check").check.audit).toEqual({ at: "open", because: "too-large" });
  });
});

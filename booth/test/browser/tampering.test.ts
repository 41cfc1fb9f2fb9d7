// A server that swaps poll, roll, artifact, receipt or checkpoint, or drops the ballot, before a real browser: the
// page refuses, says what happened, and keeps what the server said. One device goes the whole way; at each step
// the server lies first.

import {
  checkpointOrigin,
  circuitEntry,
  ed25519KeyPair,
  type PollSignatures,
  pollSignaturesBytes,
  publicPaths,
  receiptBytes,
  signCheckpoint,
  utf8,
  type ValidPoll,
  verifyCheckpoint,
} from "@commune-zk/prover";
import type { RehearsedPoll } from "@commune-zk/prover/rehearsal";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import { launchChromium } from "../../../benchmarks/src/browser/chromium.ts";
import { signedBoard } from "../../../prover/test/audit/election.ts";
import { manifest } from "../../../prover/test/support/keys.ts";
import { judge, receiptOf, recordOf } from "../../../prover/test/support/polls.ts";
import { type BoothService, keyOf, linkTo, OPTIONS, startBooth } from "./support/election.ts";
import { itemOf, Member, type Profile } from "./support/member.ts";
import { type Interference, replacing, type Wire } from "./support/wire.ts";

const MINUTES = 60_000;
const PROFILES: readonly Profile[] = ["phone", "desktop"];

let booth: BoothService;
let browser: Browser;

beforeAll(async () => {
  booth = await startBooth("tampering");
  browser = await launchChromium();
}, 2 * MINUTES);

afterAll(async () => {
  await browser?.close();
  await booth?.close();
});

describe.each(PROFILES)("on a %s, the page refuses", (profile) => {
  let poll: RehearsedPoll;
  let other: RehearsedPoll;
  let valid: ValidPoll;
  let wire: Wire;
  let member: Member;

  beforeAll(async () => {
    poll = await booth.openPoll();
    other = await booth.openPoll();
    valid = judge(poll.registration);
    wire = await booth.wire();
    member = await Member.arrive(browser, wire.origin, { profile });
    await member.open();
    await member.restoreIdentity(keyOf(poll, 0));
  }, MINUTES);

  beforeEach(() => wire.mend());

  afterAll(async () => {
    await member?.context.close();
  });

  /** Bytes of this poll's public files are replaced. */
  const serving = (files: ReadonlyMap<string, Uint8Array>): Interference => {
    const prefix = `/polls/${poll.pollId}/`;
    return async (request, pass) => {
      const answer = await pass();
      if (!request.path.startsWith(prefix)) return answer;
      const body = files.get(request.path.slice(prefix.length));
      return body === undefined ? answer : { ...answer, status: 200, body };
    };
  };

  /** The link is opened; the page does not show the poll. */
  async function refusedAtOpening(what: string): Promise<ReturnType<Member["evidence"]>> {
    await member.follow(linkTo(wire, poll));
    const evidence = await member.evidence(what);
    expect(await member.text()).not.toContain(poll.poll.title);
    expect(evidence.pollId).toBe(poll.pollId);
    await member.press(member.m.app.back);
    return evidence;
  }

  const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
    Uint8Array.from(bytes).with(at, bytes[at]! ^ 1);

  test("another poll, good in itself", async () => {
    const { registration } = other;
    wire.interfere = serving(
      new Map([
        [publicPaths.poll, registration.poll],
        [publicPaths.signatures, registration.signatures],
      ]),
    );
    const evidence = await refusedAtOpening(member.m.faults.pollNotAnchored.what);
    expect(evidence.code).toBe("poll-not-anchored");
    expect(itemOf(evidence, publicPaths.poll)).toEqual(Buffer.from(registration.poll));
  });

  test("a poll that one trustee has not signed", async () => {
    const { type: _, ...signatures } = JSON.parse(
      new TextDecoder().decode(poll.registration.signatures),
    ) as PollSignatures;
    const trustees = signatures.trustees.with(1, signatures.trustees[0]!);
    const bytes = pollSignaturesBytes({ ...signatures, trustees });
    wire.interfere = serving(new Map([[publicPaths.signatures, bytes]]));
    const evidence = await refusedAtOpening(member.m.faults.pollUnsigned.what);
    expect(evidence.code).toBe("poll-bad-signature");
    expect(itemOf(evidence, publicPaths.signatures)).toEqual(Buffer.from(bytes));
  });

  test("other keys than the poll names", async () => {
    const keys = utf8(new TextDecoder().decode(manifest.bytes).replace(/"size":(\d)/, '"size":1$1'));
    wire.interfere = serving(new Map([[publicPaths.keys, keys]]));
    const evidence = await refusedAtOpening(member.m.faults.keySet.what);
    expect(evidence.code).toBe("key-set-digest-mismatch");
    expect(itemOf(evidence, publicPaths.keys)).toEqual(Buffer.from(keys));
  });

  test("a roll on which another member's leaf was changed", async () => {
    const path = publicPaths.rollLeaves(0);
    wire.interfere = replacing(`/${path}`, (leaves) => flipped(leaves, 11 * 32 + 31));
    const evidence = await refusedAtOpening(member.m.faults.roll.what);
    expect(evidence.code).toBe("roll-root-mismatch");
    expect(itemOf(evidence, path)).toHaveLength(12 * 32);
  });

  test("a roll from which this member was left out", async () => {
    const path = publicPaths.rollLeaves(0);
    wire.interfere = replacing(`/${path}`, (leaves) => leaves.slice(32));
    const evidence = await refusedAtOpening(member.m.faults.roll.what);
    expect(itemOf(evidence, path)).toHaveLength(11 * 32);
  });

  test(
    "a proving key that was altered, and goes on with a good one",
    async () => {
      const { m } = member;
      await member.follow(linkTo(wire, poll));
      await member.at(poll.poll.title);
      const { provingKey } = circuitEntry(manifest.manifest, poll.poll.rules.circuit);
      wire.interfere = replacing(`/artifacts/${provingKey.sha256}`, (bytes) =>
        flipped(bytes, bytes.length - 1),
      );
      await member.press(m.poll.vote);
      await member.mark(OPTIONS[1]);
      const evidence = await member.evidence(m.faults.artifact.what);
      expect(evidence.code).toBe("artifact-digest-mismatch");
      expect(evidence.items.map(({ name }) => name)).toContain(provingKey.path);
      expect(
        Object.keys((await member.stored()).database).filter((key) => key.startsWith("artifacts/")),
      ).toEqual([]);
      wire.mend();
      await member.press(m.app.tryAgain);
      await member.reads(m.proof.ready);
      await member.press(m.choose.next);
      await member.at(m.review.title);
    },
    MINUTES,
  );

  test("a receipt of another ballot", async () => {
    const { m } = member;
    const foreign = receiptBytes(receiptOf(valid, [recordOf(valid)], 0));
    wire.interfere = async (request, pass) => {
      const answer = await pass();
      return request.method === "POST" ? { ...answer, body: foreign } : answer;
    };
    await member.cast();
    const evidence = await member.evidence(m.faults.receipt.what);
    expect(evidence.code).toBe("receipt-other-record");
    expect(itemOf(evidence, "answer")).toEqual(Buffer.from(foreign));
    expect(await member.text()).not.toContain(m.receipt.title);
  });

  test("a receipt whose checkpoint is not signed by the board, and then takes the good one of the same bytes", async () => {
    const { m } = member;
    const { secretKey } = ed25519KeyPair();
    const origin = checkpointOrigin(poll.poll.board.name, poll.pollId);
    wire.interfere = async (request, pass) => {
      const answer = await pass();
      if (request.method !== "POST") return answer;
      const receipt = JSON.parse(Buffer.from(answer.body).toString()) as { checkpoint: string };
      const root = Buffer.from(receipt.checkpoint.split("\n")[2]!, "base64");
      const checkpoint = signCheckpoint(origin, { size: 1, root: new Uint8Array(root) }, secretKey);
      return { ...answer, body: utf8(JSON.stringify({ ...receipt, checkpoint })) };
    };
    await member.press(m.app.back);
    await member.press(m.poll.goOn);
    const evidence = await member.evidence(m.faults.checkpoint.what);
    expect(itemOf(evidence, "record")).toBeDefined();
    expect(await member.text()).not.toContain(m.receipt.title);
    wire.mend();
    await member.press(m.app.back);
    await member.press(m.poll.goOn);
    await member.at(m.receipt.title);
    expect(wire.ballots.length).toBeGreaterThanOrEqual(3);
    expect(new Set(wire.ballots).size).toBe(1);
  });

  test("a board on which another ballot stands in its place", async () => {
    const { m } = member;
    wire.interfere = serving(signedBoard({ poll: valid }, [recordOf(valid)]));
    await member.press(m.receipt.check);
    const evidence = await member.evidence(m.faults.ballotMissing.what);
    expect(evidence.code).toBe("ballot-not-on-board");
    expect(itemOf(evidence, "receipt")?.toString()).toContain(poll.pollId);
    expect(await member.text()).toContain(m.check.bad);
  });

  test("a board that an unknown key signed", async () => {
    const { m } = member;
    const origin = checkpointOrigin(poll.poll.board.name, poll.pollId);
    const note = signCheckpoint(origin, { size: 1, root: new Uint8Array(32) }, ed25519KeyPair().secretKey);
    wire.interfere = serving(new Map([[publicPaths.checkpoint, utf8(note)]]));
    await member.press(m.receipt.poll);
    await member.press(m.poll.check);
    const evidence = await member.evidence(m.faults.checkpoint.what);
    expect(evidence.code).toBe("checkpoint-bad-signature");
    expect(itemOf(evidence, publicPaths.checkpoint)?.toString()).toBe(note);
  });

  test("a board that is older than the receipt", async () => {
    const { m } = member;
    wire.interfere = serving(signedBoard({ poll: valid }, []));
    await member.press(m.receipt.poll);
    await member.press(m.poll.check);
    const evidence = await member.evidence(m.faults.boardStale.what);
    expect(evidence.code).toBe("board-stale");
  });

  test("two boards under one key: the honest one is not believed after the other was seen, and both are kept", async () => {
    const { m } = member;
    await member.press(m.receipt.poll);
    await member.press(m.poll.check);
    const evidence = await member.evidence(m.faults.boardInconsistent.what);
    const notes = ["seen", publicPaths.checkpoint].map((name) => itemOf(evidence, name)!.toString());
    const { name, key: publicKey } = poll.poll.board;
    const origin = checkpointOrigin(name, poll.pollId);
    for (const note of notes) expect(verifyCheckpoint(note, { origin, publicKey }).size).toBe(1);
    expect(notes[0]).not.toBe(notes[1]);
  });

  test("nothing that it kept goes before the member says so", async () => {
    const { m } = member;
    const kept = Object.keys((await member.stored()).database).filter((key) => key.startsWith("evidence/"));
    expect(kept.length).toBeGreaterThanOrEqual(10);
    await member.press(m.app.forget);
    await member.press(m.forget.confirm);
    await member.at(m.welcome.title);
    expect((await member.stored()).database).toEqual({});
    expect(member.faults).toEqual([]);
  });
});

test(
  "a server that takes ballots and says nothing gets the same bytes again, and none is called cast",
  async () => {
    const poll = await booth.openPoll();
    const wire = await booth.wire();
    const member = await Member.arrive(browser, wire.origin);
    const { m } = member;
    await member.open(linkTo(wire, poll));
    await member.restoreIdentity(keyOf(poll, 0));
    await member.at(poll.poll.title);
    await member.choose(OPTIONS[0]);
    wire.interfere = async (request, pass) => (request.method === "POST" ? "cut" : pass());
    await member.cast();
    await member.reads(m.casting.noAnswer);
    await member.press(m.casting.retry);
    expect(await member.text()).toContain(m.casting.notCast);
    await member.press(m.casting.leave);
    await member.reads(m.poll.sealed);
    expect(await member.text()).not.toContain(m.poll.cast);
    expect(new Set(wire.ballots).size).toBe(1);
    const [ballot] = Object.entries((await member.stored()).database).filter(([key]) =>
      key.startsWith("ballots/"),
    );
    expect(ballot![1]).toContain("receipt:null");
    await member.context.close();
    expect(member.faults).toEqual([]);
  },
  2 * MINUTES,
);

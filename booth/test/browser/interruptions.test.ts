// Reload, crash and no network, at every step of a member's way, in a real browser: nothing is lost, nothing is
// sent twice in two forms, and nothing is called cast that is not.

import { setTimeout } from "node:timers/promises";
import type { RehearsedPoll } from "@commune-zk/prover/rehearsal";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import { launchChromium } from "../../../benchmarks/src/browser/chromium.ts";
import { type BoothService, keyOf, linkTo, OPTIONS, startBooth } from "./support/election.ts";
import { Member, type Profile } from "./support/member.ts";
import type { Wire } from "./support/wire.ts";

const [ROOF, BICYCLE] = OPTIONS;
const MINUTES = 60_000;

let booth: BoothService;
let poll: RehearsedPoll;
let browser: Browser;
let wire: Wire;
let members = 0;

beforeAll(async () => {
  booth = await startBooth("interruptions");
  [poll, browser, wire] = await Promise.all([booth.openPoll(), launchChromium(), booth.wire()]);
}, 2 * MINUTES);

afterAll(async () => {
  await browser?.close();
  await booth?.close();
});

/** The next member of the roll, unlocked, with the poll open. */
async function atPoll(profile: Profile): Promise<Member> {
  wire.mend();
  wire.seen.length = 0;
  const member = await Member.arrive(browser, wire.origin, { profile });
  await member.open(linkTo(wire, poll));
  await member.restoreIdentity(keyOf(poll, members++));
  await member.at(poll.poll.title);
  return member;
}

const boardSize = async (): Promise<number> => {
  const note = await booth.service.send({ path: `/polls/${poll.pollId}/board/checkpoint` });
  return Number(note.text.split("\n")[1]);
};

/** Ends a test: the device did nothing that it should not have. */
async function leave(member: Member): Promise<void> {
  await member.context.close();
  expect(member.faults).toEqual([]);
}

const radio = (member: Member, option: string) => member.tab.getByRole("radio", { name: option });

/**
 * Marks an option and sees the prover at work on it. A machine may paint the page only when that phase is over: then the
 * choice is changed and made anew, which starts another proof.
 */
async function markAndProve(member: Member, option: string, other: string): Promise<void> {
  const text = (words: string) => member.tab.locator("main").getByText(words).first();
  const seen = async (words: string): Promise<string> => {
    await text(words).waitFor();
    return words;
  };
  const { proof, ready } = member.m.proof;
  await member.mark(option);
  for (let tries = 1; ; tries++) {
    const first = seen(proof);
    first.catch(() => undefined);
    const last = seen(ready);
    last.catch(() => undefined);
    if ((await Promise.race([first, last])) === proof) return;
    if (tries === 10) throw new Error("no proof was seen at work");
    await member.mark(other);
    await member.mark(option);
  }
}

describe("while the ballot is being proven", () => {
  test.each<[string, Profile, (member: Member) => Promise<unknown>]>([
    ["a reload", "phone", (member) => member.tab.reload()],
    [
      "a crash",
      "desktop",
      async (member) => {
        await member.crash();
        await member.open();
      },
    ],
  ])(
    "%s on a %s comes back to the marks, after unlocking, and proves them anew",
    async (_name, profile, interrupt) => {
      const member = await atPoll(profile);
      const { m } = member;
      await member.press(m.poll.vote);
      await markAndProve(member, BICYCLE, ROOF);
      await interrupt(member);
      await member.unlock();
      await member.at(m.choose.title);
      expect(await radio(member, BICYCLE).isChecked()).toBe(true);
      expect(await radio(member, ROOF).isChecked()).toBe(false);
      expect(wire.ballots).toEqual([]);
      const before = await boardSize();
      await member.press(m.choose.next);
      await member.cast();
      await member.at(m.receipt.title);
      expect(wire.ballots).toHaveLength(1);
      expect(await boardSize()).toBe(before + 1);
      await leave(member);
    },
    3 * MINUTES,
  );
});

test(
  "a crash while the answer is under way goes on with the same bytes, locked, to one ballot and its receipt",
  async () => {
    const member = await atPoll("phone");
    const { m } = member;
    const before = await boardSize();
    await member.choose(ROOF);
    let recorded = false;
    // The ballot arrives; the answer never does.
    wire.interfere = async (request, pass) => {
      const answer = await pass();
      if (request.method !== "POST") return answer;
      recorded ||= answer.status === 201;
      return "cut";
    };
    await member.cast();
    await member.reads(m.casting.noAnswer);
    expect(recorded).toBe(true);
    expect(await member.text()).toContain(m.casting.notCast);
    await member.crash();
    wire.mend();
    await member.open();
    await member.at(m.receipt.title);
    expect(await boardSize()).toBe(before + 1);
    expect(wire.ballots.length).toBeGreaterThan(1);
    expect(new Set(wire.ballots).size).toBe(1);
    await leave(member);
  },
  3 * MINUTES,
);

test(
  "on a slow connection the welcome is there before the rest, and what is done meanwhile is not lost",
  async () => {
    wire.seen.length = 0;
    let isHere = false;
    wire.interfere = async (request, pass) => {
      const answer = await pass();
      if (/browser-booth/.test(request.path)) {
        await setTimeout(4_000);
        isHere = true;
      }
      return answer;
    };
    const member = await Member.arrive(browser, wire.origin, { profile: "phone" });
    const { m } = member;
    await member.open(linkTo(wire, poll));
    await member.at(m.welcome.title);
    expect(new URL(member.tab.url()).hash).toBe("");
    await member.beginIdentity();
    expect(isHere).toBe(false);
    await member.at(m.words.title);
    expect(isHere).toBe(true);
    await member.writeDownWords();
    // The link was opened as well: this member is not on the roll of its poll.
    await member.at(poll.poll.title);
    await member.reads(m.poll.notOnRoll);
    await leave(member);
  },
  MINUTES,
);

describe.each(["phone", "desktop"] as const)("on a %s without a network", (profile) => {
  test(
    "every step says so, goes as far as it can, and goes on when the network is back",
    async () => {
      wire.mend();
      const before = await boardSize();
      const member = await Member.arrive(browser, wire.origin, { profile });
      const { m } = member;
      const network = async (isOn: boolean): Promise<void> => {
        // What the browser knows, and what is true.
        await member.context.setOffline(!isOn);
        wire.interfere = isOn ? (_request, pass) => pass() : async () => "cut";
      };
      await member.open();
      await member.keptOffline();

      // Joining needs none.
      await network(false);
      await member.restoreIdentity(keyOf(poll, members++));
      await member.at(m.membership.noneTitle);

      // A poll that was never opened here does: that is said, and trying again helps.
      await member.follow(linkTo(wire, poll));
      await member.reads(m.faults.noAnswer.what);
      await network(true);
      await member.press(m.app.tryAgain);
      await member.at(poll.poll.title);
      expect(await member.text()).not.toContain(m.app.offline);

      // What is needed for sealing has to come once.
      await member.press(m.poll.vote);
      await member.mark(ROOF);
      await member.reads(m.proof.ready);

      // The page itself, the poll and the roll were kept.
      await network(false);
      await member.tab.reload();
      await member.unlock();
      await member.at(m.choose.title);
      await member.reads(m.app.offline);

      // Sealing is done on the device.
      await member.mark(BICYCLE);
      await member.press(m.choose.next);
      await member.cast();
      await member.reads(m.casting.offline);
      expect(await member.text()).toContain(m.casting.notCast);

      // Nor does a new page call it cast.
      await member.tab.close();
      await member.open();
      await member.reads(m.casting.offline);
      expect(await boardSize()).toBe(before);

      // It leaves by itself.
      await network(true);
      await member.at(m.receipt.title);
      expect(await boardSize()).toBe(before + 1);

      // Of the board a device's own copy says nothing.
      await network(false);
      await member.press(m.receipt.check);
      await member.reads(m.check.offline);
      await network(true);
      await member.press(m.receipt.poll);
      await member.press(m.poll.check);
      await member.reads(member.say(m.check.ballot.good, { position: before + 1, size: before + 1 }));
      await leave(member);
    },
    4 * MINUTES,
  );
});

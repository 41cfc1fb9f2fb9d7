// An assembly of three, each at a browser of its own, with the registrar's command, three trustees and the service:
// from the invitation to the result that everybody has checked.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openSecret, pollLink, registerPoll, type ValidPoll, validatePoll } from "@commune-zk/prover";
import { type RehearsedPoll, rehearsePoll } from "@commune-zk/prover/rehearsal";
import type { RunningServer } from "@commune-zk/verifier";
import type { Browser } from "playwright-core";
import { readSite } from "../../benchmarks/src/browser/bundle.ts";
import { launchChromium } from "../../benchmarks/src/browser/chromium.ts";
import { Member } from "../../booth/test/browser/support/member.ts";
import { Wire } from "../../booth/test/browser/support/wire.ts";
import { buildBooth, serveBooth } from "../../booth/test/support/site.ts";
import { planOf } from "../../prover/test/support/polls.ts";
import { auditAt, closePoll, exportFiles } from "../election/close.ts";
import { readOffice } from "../registrar/office.ts";
import { type KeySet, loadKeys } from "../shared/keys.ts";
import { SettableClock } from "../shared/run.ts";
import { startService } from "../shared/service.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MINUTES = 60_000;
const ORGANISATION = "Three Rivers commune";
const TITLE = "Where shall the spring surplus go?";
const [ROOF, BICYCLE, ROOM] = ["Repair the mill roof", "A second bicycle", "Reading room"] as const;
const OFFICE_PASSPHRASE = "a passphrase of the registrar";

let directory: string;
let keys: KeySet;
let browser: Browser;
let server: RunningServer;
let wire: Wire;
let poll: RehearsedPoll;
const clock = new SettableClock();
/** By name; Nerea reads Spanish. */
let members: Record<"ada" | "nerea" | "tom", Member>;
const words = new Map<Member, string>();

const built = "build/booth-election";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "commune-booth-election-"));
  await buildBooth("production", built);
  [keys, browser] = await Promise.all([loadKeys(), launchChromium()]);
}, 2 * MINUTES);

afterAll(async () => {
  await browser?.close();
  await wire?.close();
  await server?.close();
  await rm(directory, { recursive: true, force: true });
});

/** The registrar at its own machine. */
async function registrar(command: string, ...args: string[]): Promise<string> {
  const all = ["build/scripts/registrar.js", command, join(directory, "office"), ...args];
  const env = { ...process.env, COMMUNE_PASSPHRASE: OFFICE_PASSPHRASE };
  return (await promisify(execFile)(process.execPath, all, { cwd: ROOT, env })).stdout;
}

const everybody = (): Member[] => [members.ada, members.nerea, members.tom];

test(
  "the service opens with the booth, and the registrar invites three",
  async () => {
    const started = await startService(directory, keys, clock, { pages: join(ROOT, built) });
    server = started.server;
    wire = await Wire.open(server.baseUrl);
    await registrar("init", "--organisation", ORGANISATION);
    const invitations = await registrar("invite", "--page", `${wire.origin}/`, "--count", "3");
    const links = invitations.match(/^http:\S+#join=\S+$/gm)!;
    expect(links).toHaveLength(3);
    members = {
      ada: await Member.arrive(browser, wire.origin, { profile: "phone" }),
      nerea: await Member.arrive(browser, wire.origin, { profile: "phone", language: "es" }),
      tom: await Member.arrive(browser, wire.origin, { profile: "desktop" }),
    };
    for (const [i, member] of everybody().entries()) {
      await member.open(links[i]!);
      // The link is in the address bar no longer than it takes to read it.
      expect(new URL(member.tab.url()).hash).toBe("");
      await member.reads(ORGANISATION);
    }

    const requests: string[] = [];
    for (const member of everybody()) {
      const { m } = member;
      words.set(member, await member.createIdentity());
      await member.at(m.membership.title);
      expect(await member.tab.getByRole("img", { name: m.membership.qr }).count()).toBe(1);
      // One hands in a file, the others a link.
      if (member === members.tom) {
        const { name, text } = await member.saved(m.membership.save);
        expect(name).toMatch(/\.json$/);
        const path = join(directory, "request.json");
        await writeFile(path, text);
        requests.push(path);
      } else requests.push(await member.tab.getByLabel(m.membership.link, { exact: true }).inputValue());
    }
    expect(words.get(members.ada)!.split(" ")).toHaveLength(24);
    expect(await registrar("admit", "--tier", "member", ...requests)).toContain("positions 0, 1, 2");

    const office = join(directory, "office");
    const { record, roll } = await readOffice(office);
    const secretKey = await openSecret({
      kind: "registrar-key",
      bytes: await readFile(join(office, "registrar.secret.json")),
      passphrase: OFFICE_PASSPHRASE,
    });
    poll = rehearsePoll(
      planOf({
        organisation: ORGANISATION,
        title: TITLE,
        options: [ROOF, BICYCLE, ROOM],
        opensAt: clock.now() - 1,
        closesAt: clock.now() + 86_400,
        board: { name: "rivers.example", key: started.board.publicKey },
      }),
      { identities: [], roll, rollEvents: await readFile(join(office, "events.ndjson")) },
      { secretKey, publicKey: record.registrarKey },
    );
    const { operatorToken } = started;
    await registerPoll({ registration: poll.registration, operatorToken }, { baseUrl: server.baseUrl });
  },
  3 * MINUTES,
);

test(
  "each opens the poll, finds itself on the roll, and votes",
  async () => {
    const choices = new Map([
      [members.ada, ROOF],
      [members.nerea, BICYCLE],
      [members.tom, BICYCLE],
    ]);
    for (const [index, [member, option]] of [...choices].entries()) {
      const { m } = member;
      await member.follow(pollLink(`${wire.origin}/`, poll.pollId));
      await member.at(TITLE);
      expect(await member.text()).not.toContain(m.poll.unknownRegistrar);
      // The persistent notice of keys that one machine made.
      expect(await member.tab.locator(".rehearsal").innerText()).toContain(m.app.development.title);
      await member.vote(option);
      const { text } = await member.saved(m.receipt.save);
      expect(JSON.parse(text)).toMatchObject({ index, pollId: poll.pollId });
      expect(await member.tab.getByRole("img", { name: m.receipt.qr }).count()).toBe(1);
    }
  },
  3 * MINUTES,
);

test(
  "one changes her vote: a second ballot with her nullifier, and only the last counts",
  async () => {
    const { nerea } = members;
    const { m } = nerea;
    await nerea.press(m.receipt.poll);
    await nerea.reads(m.poll.castChangeable);
    await nerea.vote(ROOM);
    await nerea.reads(nerea.say(m.receipt.versionChanged.one, { count: 1 }));
  },
  2 * MINUTES,
);

test(
  "one votes twice, on another device as if for the first time: the service takes no second one, and the page says so",
  async () => {
    const other = await Member.arrive(browser, wire.origin, { profile: "phone" });
    const { m } = other;
    await other.open(pollLink(`${wire.origin}/`, poll.pollId));
    await other.reads(m.welcome.pollWaiting);
    await other.restoreIdentity({ words: words.get(members.tom)! });
    await other.at(TITLE);
    // Here nothing but the link vouches for the poll.
    await other.reads(m.poll.unknownRegistrar);
    await other.choose(ROOF);
    await other.cast();
    await other.reads(m.faults.nullifierUsed.what);
    expect(await other.text()).toContain(m.casting.notCast);
    const note = await (await fetch(`${server.baseUrl}/polls/${poll.pollId}/board/checkpoint`)).text();
    expect(note.split("\n")[1]).toBe("4");
    expect(other.faults).toEqual([]);
    await other.context.close();
  },
  2 * MINUTES,
);

test(
  "nothing about vote or secret stays in the address, the history, or storage; nothing of it was ever sent",
  async () => {
    for (const member of everybody()) {
      const stored = await member.stored();
      expect(stored).toMatchObject({ cookie: "", local: 0, session: 0, address: `${wire.origin}/` });
      const names = Object.keys(stored.database);
      expect(names.filter((name) => name.startsWith("drafts/"))).toEqual([]);
      // The control: what should be there is.
      expect(names).toContain("identity/identity");
      expect(names.filter((name) => name.startsWith("ballots/"))).toHaveLength(
        member === members.nerea ? 2 : 1,
      );
      const text = JSON.stringify(stored);
      expect(text).toContain(poll.pollId);
      for (const option of [ROOF, BICYCLE, ROOM]) expect(text).not.toContain(option);
      for (const phrase of [words.get(member)!, "seven plums"]) expect(text).not.toContain(phrase);
      for (const url of stored.cached) expect(new URL(url).pathname).not.toMatch(/^\/(polls|artifacts)\//);
    }
    const asked = wire.seen.map(({ method, path, body }) => `${method} ${path} ${body}`).join("\n");
    expect(wire.ballots).toHaveLength(5);
    for (const option of [ROOF, BICYCLE, ROOM]) expect(asked).not.toContain(option);
    for (const written of words.values())
      expect(asked).not.toContain(written.split(" ").slice(0, 3).join(" "));
    expect(wire.seen.filter(({ path }) => path.includes("join=") || path.includes("#"))).toEqual([]);
  },
  MINUTES,
);

describe("after the poll", () => {
  let valid: ValidPoll;

  beforeAll(async () => {
    valid = validatePoll({
      pollBytes: poll.registration.poll,
      signaturesBytes: poll.registration.signatures,
      manifest: keys.manifest,
      anchor: { kind: "poll-id", pollId: poll.pollId },
      allowDevelopmentKeys: true,
    });
    clock.setTo(poll.poll.closesAt);
    const trustees = poll.trusteeKeys.map((own, i) => ({
      index: i + 1,
      keys: own,
      share: poll.ceremony.shares[i]!,
    }));
    const { now } = clock;
    await closePoll({ baseUrl: server.baseUrl, poll: valid, trustees, decrypting: 2, keys, now });
  }, MINUTES);

  test(
    "each finds its ballot, compares the board with another's, reads the result, and checks everything",
    async () => {
      let checkpoint: string | null = null;
      for (const [i, member] of everybody().entries()) {
        const { m } = member;
        await member.press(m.receipt.check);
        // Ada's, Tom's, and the second one of Nerea.
        const position = [1, 4, 3][i]!;
        await member.reads(member.say(m.check.ballot.good, { position, size: 4 }));
        const rows = await member.tab.getByRole("row").allInnerTexts();
        for (const option of [ROOF, BICYCLE, ROOM]) {
          expect(rows.find((row) => row.includes(option))).toMatch(/\b1\b/);
        }
        await member.reads(member.say(m.check.result.counted.other, { count: 3 }));
        if (checkpoint !== null) {
          await member.tab.getByLabel(m.check.board.paste).fill(checkpoint);
          await member.press(m.check.board.compare);
          await member.reads(member.say(m.check.board.good.other, { count: 4 }));
        }
        checkpoint = await member.tab.getByLabel(m.check.board.checkpoint, { exact: true }).inputValue();
        await member.press(m.check.audit.run);
        await member.reads(m.check.audit.good);
      }
    },
    3 * MINUTES,
  );

  test(
    "a static host beside the public files serves the same page, which checks them as well",
    async () => {
      const report = await auditAt(
        { url: `${server.baseUrl}/polls/${poll.pollId}` },
        poll.registrar.publicKey,
        keys,
      );
      const exported = join(directory, "public");
      await exportFiles(server.baseUrl, valid, report, exported);
      const site = new Map(await readSite(join(ROOT, built)));
      site.set("/config.json", Buffer.from('{ "baseUrl": "", "allowDevelopmentKeys": true }'));
      for (const [path, bytes] of await readSite(exported)) site.set(`/polls/${poll.pollId}${path}`, bytes);
      const { verificationKey } = keys.manifest.manifest.circuits[valid.circuit]!;
      site.set(`/artifacts/${verificationKey.sha256}`, await keys.artifacts.bytes(verificationKey));
      const host = await serveBooth(site);
      try {
        const member = await Member.arrive(browser, host.origin, { profile: "desktop" });
        const { m } = member;
        await member.open(pollLink(`${host.origin}/`, poll.pollId));
        await member.restoreIdentity({ words: words.get(members.ada)! });
        await member.at(TITLE);
        await member.press(m.poll.check);
        await member.reads(member.say(m.check.result.counted.other, { count: 3 }));
        await member.press(m.check.audit.run);
        await member.reads(m.check.audit.good);
        expect(member.faults).toEqual([]);
        await member.context.close();
      } finally {
        await host.close();
      }
    },
    2 * MINUTES,
  );

  test("no page asked anybody else for anything, broke its policy, or printed an error", () => {
    for (const { faults } of everybody()) expect(faults).toEqual([]);
  });
});

// The main job and the auditor's command, as a newcomer runs them.
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareAudit, npmRun } from "./support/command.ts";

const MEMBERS = 12;
const VOTERS = 3;

let directory: string;
let election: ReturnType<typeof npmRun>;
let publicFiles: string;
let registrar: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "commune-zk-election-"));
  election = npmRun("election", directory, "--members", String(MEMBERS), "--voters", String(VOTERS));
  publicFiles = join(directory, "run-1/public");
  registrar = /--registrar ([0-9a-f]{64})/.exec(election.output)?.[1] ?? "";
}, 180_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

test("npm run election goes from roll to audited result and ends by itself", () => {
  expect(election.status).toBe(0);
  for (const line of [
    `a rehearsal with ${MEMBERS} invented members`,
    `ballots proven and receipted: ${VOTERS} of ${VOTERS}`,
    "a member votes twice: refused (409 nullifier-used)",
    "an outsider votes: refused by its client (not-on-roll), and by the service (422 signals-not-of-poll)",
    "4 trustees audit the board, sign and decrypt; Trustee of the hill farm is absent",
    "audit over HTTP, under the registrar's key",
    `${VOTERS} ballots counted.`,
    "Proving keys of kind development",
  ]) {
    expect(election.output).toContain(line);
  }
  const bars = election.output.match(/^ {2}.+ {2}\d {2}█* *.*%$/gm) ?? [];
  expect(bars).toHaveLength(4);
  const votes = bars.map((bar) => Number(/ {2}(\d) {2}/.exec(bar)![1]));
  expect(votes.reduce((sum, n) => sum + n, 0)).toBe(VOTERS);
});

test("no secret stands in the directory: no key, no share, no identity but public ones", async () => {
  const names = await readdir(join(directory, "run-1"), { recursive: true });
  expect(names.filter((name) => /secret|private|share|identity/.test(name))).toEqual([
    "public/trustees/shares",
    "public/trustees/shares/1.json",
    "public/trustees/shares/2.json",
    "public/trustees/shares/3.json",
  ]);
});

describe("npm run audit", () => {
  const audit = (...args: string[]) => bareAudit(...args, "--allow-development-keys");

  test("exits with 0 under the registrar's key, and under the pollId", async () => {
    const good = npmRun("audit", publicFiles, "--registrar", registrar, "--allow-development-keys");
    expect(good).toMatchObject({ status: 0, output: expect.stringContaining(`${VOTERS} ballots counted.`) });
    const { pollId } = JSON.parse(await readFile(join(publicFiles, "closing.json"), "utf8")).statement;
    expect(audit(publicFiles, "--poll-id", pollId).status).toBe(0);
  });

  test("exits with 3 without a trust anchor, and says what that means", () => {
    const run = audit(publicFiles);
    expect(run).toMatchObject({
      status: 3,
      output: expect.stringContaining("internally consistent, not authenticated"),
    });
  });

  test("exits with 2 for wrong use: no place, an unknown option, options of a policy with a poll's", () => {
    expect(bareAudit().status).toBe(2);
    expect(audit(publicFiles, "--poll", "1").status).toBe(2);
    expect(audit(publicFiles, "--poll-id", "00".repeat(31), "--ledger", publicFiles).status).toBe(2);
  });

  test("exits with 1 for another registrar, and for development keys that nobody allowed", () => {
    expect(audit(publicFiles, "--registrar", "00".repeat(32))).toMatchObject({
      status: 1,
      output: expect.stringContaining("poll-not-anchored"),
    });
    expect(bareAudit(publicFiles, "--registrar", registrar)).toMatchObject({
      status: 1,
      output: expect.stringContaining("development-keys-refused"),
    });
  });

  test("exits with 1 and names the file where a byte was changed", async () => {
    const copy = join(directory, "tampered");
    await cp(publicFiles, copy, { recursive: true });
    const path = join(copy, "trustees/shares/2.json");
    const text = await readFile(path, "utf8");
    const other = (_: string, head: string, last: string) => `"z":"${head}${(Number(last) + 1) % 10}"`;
    await writeFile(path, text.replace(/"z":"(\d+)(\d)"/, other));
    expect(await readFile(path, "utf8")).not.toBe(text);
    const run = audit(copy, "--registrar", registrar);
    expect(run).toMatchObject({ status: 1, output: expect.stringContaining("trustees/shares/2.json") });
  });

  test("compares the board with a checkpoint that was seen elsewhere", async () => {
    const seen = join(publicFiles, "board/checkpoint");
    expect(audit(publicFiles, "--registrar", registrar, "--checkpoint", seen).status).toBe(0);
    const other = join(directory, "other-checkpoint");
    await writeFile(other, (await readFile(seen, "utf8")).replace(/\n\d+\n/, "\n99\n"));
    expect(audit(publicFiles, "--registrar", registrar, "--checkpoint", other).status).toBe(1);
  });
});

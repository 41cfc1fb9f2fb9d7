// The main job of labour hours, as a newcomer runs it.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastQuarter, planCredits, THRESHOLDS } from "../hours/plan.ts";
import { bareAudit, type CommandRun, npmRun } from "./support/command.ts";

const MEMBERS = 6;

let directory: string;
let hours: CommandRun;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "commune-zk-hours-"));
  hours = npmRun("hours", directory, "--members", String(MEMBERS), "--claims", "1");
}, 180_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

test("npm run hours goes from credits to audited claims, shows each refusal, and ends by itself", () => {
  expect(hours.status).toBe(0);
  for (const line of [
    `rehearsed with ${MEMBERS} invented members`,
    "claims proven and receipted: 1 of 1",
    "a claim made with a credit that was then revoked  422 ledger-root-revoked",
    "the revoked credit, by the member's own client    attestation-revoked",
    "a member short of hours, by its own client        hours-not-enough, before proving",
    "a second claim of one member                      409 nullifier-used",
    "audit over HTTP, under the registrar's key",
    // The credits of six members in three months, of which one was revoked and given anew.
    "17 entries: 3 issuers, 3 periods, 22 credits of which 1 revoked",
    "  at least  600      0\n  at least 1200      1\n  at least 2400      0\n",
    "Proving keys of kind development",
  ]) {
    expect(hours.output).toContain(line);
  }
  expect(hours.output).toMatch(/^ {2}Bakery +4 in 2 +3 in 1 +3 in 1$/m);
});

test("the last line but one is the command that audits the exported files, and it finds them good", () => {
  const [, place, registrar] =
    /^audit them: {3}npm run audit -- (\S+) --registrar (\S+) --allow-development-keys$/m.exec(hours.output)!;
  expect(bareAudit(place!, "--registrar", registrar!, "--allow-development-keys")).toMatchObject({
    status: 0,
    output: expect.stringContaining("22 credits of which 1 revoked"),
  });
});

test("no secret stands in the run's folder: no attestation and no key, only public files and the database", async () => {
  const run = join(directory, "run-1");
  const entries = await readdir(run, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const outside = files.filter(({ parentPath }) => !parentPath.startsWith(join(run, "public")));
  expect(outside.map(({ name }) => name).filter((name) => !name.startsWith("board.sqlite"))).toEqual([]);
  const names = new Set(files.map(({ name }) => name));
  expect(names).toContain("entries.ndjson");
  for (const { parentPath, name } of files) {
    const text = await readFile(join(parentPath, name), "latin1");
    for (const word of ["attestation", '"amount"', '"salt"', "privateKey", "secretKey"]) {
      expect({ name, holds: text.includes(word) ? word : null }).toEqual({ name, holds: null });
    }
  }
});

describe("the plan of a quarter", () => {
  test("gives claimants twenty hours in three credits, and the next member less than ten", () => {
    const claimants = 4;
    const credits = planCredits(20, claimants);
    const sum = (member: number) =>
      credits.filter((credit) => credit.member === member).reduce((total, { amount }) => total + amount, 0);
    for (let member = 0; member < claimants; member++) {
      expect(sum(member)).toBeGreaterThanOrEqual(THRESHOLDS[1]);
      expect(credits.filter((credit) => credit.member === member)).toHaveLength(3);
    }
    expect(sum(claimants)).toBeLessThan(THRESHOLDS[0]);
  });

  test("is for the last quarter that is over, also in January", () => {
    const seconds = (text: string) => Date.parse(text) / 1000;
    expect(lastQuarter(seconds("2026-11-24T00:00:00Z"))).toEqual([202607, 202608, 202609]);
    expect(lastQuarter(seconds("2026-01-01T00:00:00Z"))).toEqual([202510, 202511, 202512]);
    expect(lastQuarter(seconds("2026-03-31T23:59:59Z"))).toEqual([202510, 202511, 202512]);
    expect(lastQuarter(seconds("2026-04-01T00:00:00Z"))).toEqual([202601, 202602, 202603]);
  });
});

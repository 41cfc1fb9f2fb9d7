// npm run hours [-- DIRECTORY] [--members N] [--claims M]: a quarter of labour hours, from credits to claims.
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import {
  auditPolicy,
  ed25519KeyPair,
  InputError,
  openPeriod,
  type PolicyAudit,
  type PublicFiles,
  pointToJson,
  postCreditBatch,
  postRevocation,
  registerIssuer,
  registerLedger,
  registerPolicy,
  type SealedClaim,
  submitClaim,
  urlPublicFiles,
  wasmEngine,
} from "@commune-zk/prover";
import { directoryPublicFiles, nodeThreads } from "@commune-zk/prover/node";
import { type RehearsedRoll, randomHex, rehearseRoll } from "@commune-zk/prover/rehearsal";
import { exportPolicy } from "./hours/export.ts";
import {
  type HoursClient,
  ledgerOf,
  locateCredits,
  makeClaim,
  openHoursClient,
  type Worker,
} from "./hours/member.ts";
import { CLAIMED, lastQuarter, planCredits, THRESHOLDS, WORKPLACES } from "./hours/plan.ts";
import { claimsTable, creditsTable, ledgerSummary, refusalsTable } from "./hours/report.ts";
import { draftPolicy, TIER } from "./hours/setup.ts";
import { type Mailboxes, Workplace } from "./hours/workplace.ts";
import { type KeySet, loadKeys } from "./shared/keys.ts";
import { progress, step } from "./shared/progress.ts";
import { positiveOption, runDirectory, SettableClock } from "./shared/run.ts";
import { startService } from "./shared/service.ts";

const DIRECTORY = join(REPOSITORY_ROOT, "samples/labour-hours");
const DEFAULT_MEMBERS = 50;
const DEFAULT_CLAIMS = 10;
const BOARD_NAME = "board.labour-hours.test";
const DAY = 86_400;

/** What was refused, and how: an event's name with a status and code, or a code. */
type Refusals = [what: string, how: string][];

/** Everything that the job's people share. The members' part is secret. */
interface Quarter {
  readonly baseUrl: string;
  readonly operatorToken: string;
  readonly ledgerId: string;
  readonly registryKey: string;
  readonly members: RehearsedRoll;
  readonly periods: readonly number[];
  readonly workplaces: readonly Workplace[];
  readonly mailboxes: Mailboxes;
}

function readOptions(): { directory: string; memberCount: number; claims: number } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { members: { type: "string" }, claims: { type: "string" } },
  });
  const memberCount = positiveOption(values.members ?? String(DEFAULT_MEMBERS), "--members");
  const claims = positiveOption(values.claims ?? String(DEFAULT_CLAIMS), "--claims");
  // Each workplace has a member of its own, and one member beyond the claimants is short of hours.
  const fewest = Math.max(WORKPLACES.length, claims + 1);
  if (memberCount < fewest) throw new Error(`--members wants at least ${fewest} for ${claims} claims`);
  return { directory: resolve(positionals[0] ?? DIRECTORY), memberCount, claims };
}

async function main(): Promise<void> {
  const start = performance.now();
  const { directory: parent, memberCount, claims } = readOptions();
  const keys = await loadKeys("hours");
  const directory = await runDirectory(parent);
  const clock = new SettableClock();
  const registrar = ed25519KeyPair();
  const engine = wasmEngine({ threads: nodeThreads() });

  console.log(`A quarter of labour hours, rehearsed with ${memberCount} invented members\n`);
  const { server, board, registry, operatorToken } = await startService(directory, await loadKeys(), clock, {
    hours: keys,
  });
  try {
    const { baseUrl } = server;
    console.log(`service on ${baseUrl}, database in ${relative(process.cwd(), directory)}`);
    const tiers = new Array<string>(memberCount).fill(TIER);
    const members = await step("registering members, each with a proof of possession", () =>
      rehearseRoll(tiers, registrar),
    );
    const ledgerId = randomHex();
    const quarter: Quarter = {
      baseUrl,
      operatorToken,
      ledgerId,
      registryKey: registry.publicKey,
      members,
      periods: lastQuarter(clock.now()),
      workplaces: WORKPLACES.map((name) => new Workplace(name, { roll: members.roll, ledgerId })),
      mailboxes: new Map(),
    };
    await step("opening the ledger, its issuers and the months of the quarter", () =>
      openLedger(quarter, clock.now()),
    );
    await step("the workplaces credit hours, month by month", () => creditMonths(quarter, claims));

    const registration = draftPolicy({
      members,
      registrar,
      ledger: { ledgerId, registryKey: registry.publicKey },
      board: { name: BOARD_NAME, key: board.publicKey },
      periods: quarter.periods,
      keys,
      now: clock.now(),
    });
    await step("registering the policy with the service", () =>
      registerPolicy(registration, { baseUrl, operatorToken }),
    );
    const { claimScope } = registration;
    const invitation = { baseUrl, claimScope, registrarKey: registrar.publicKey };
    const client = await step("a member's client reads and judges the policy", () =>
      openHoursClient(invitation, engine),
    );

    const refusals: Refusals = [];
    await step("a credit is revoked and issued anew; a claim from before is refused", async () => {
      refusals.push(...(await correctCredit(quarter, client)));
    });
    refusals.push(["a member short of hours, by its own client", await tryShort(quarter, client, claims)]);
    await claimAll(quarter, client, claims);
    refusals.push([
      "a second claim of one member",
      await step("a member claims twice", () => tryTwice(quarter, client)),
    ]);

    const audited = { registrarKey: registrar.publicKey, keys };
    const url = `${baseUrl}/policies/${claimScope}`;
    const report = await step("audit over HTTP, under the registrar's key", () =>
      auditAt(urlPublicFiles(url), urlPublicFiles(`${baseUrl}/ledgers/${ledgerId}`), audited),
    );
    const publicDirectory = join(directory, "public");
    const exported = await exportPolicy(baseUrl, report, publicDirectory);
    await step(`audit of the ${exported.files} exported files`, () =>
      auditAt(
        directoryPublicFiles(exported.policyDirectory),
        directoryPublicFiles(join(publicDirectory, "ledgers", ledgerId)),
        audited,
      ),
    );
    printReport(quarter, report, refusals);
    const shown = relative(process.cwd(), exported.policyDirectory);
    console.log(`\npublic files: ${relative(process.cwd(), publicDirectory)}`);
    console.log(
      `audit them:   npm run audit -- ${shown} --registrar ${registrar.publicKey} --allow-development-keys`,
    );
    console.log(`\n${((performance.now() - start) / 1000).toFixed(0)} s in all`);
  } finally {
    await engine.dispose();
    await server.close();
  }
}

async function openLedger(quarter: Quarter, now: number): Promise<void> {
  const { baseUrl, operatorToken, ledgerId, registryKey, periods, workplaces } = quarter;
  const options = { baseUrl, operatorToken };
  const served = await registerLedger({ ledgerId, boardName: BOARD_NAME }, options);
  if (served.registryKey !== registryKey) throw new Error("the service has another registry key");
  for (const { name, keys } of workplaces) {
    const key = [...pointToJson(keys.publicKey)] as [string, string];
    await registerIssuer({ ledgerId, key, name, until: now + 365 * DAY }, options);
  }
  for (const period of periods) {
    await openPeriod({ ledgerId, period, closes: now + 30 * DAY }, options);
  }
}

/** Every workplace sends one batch a month. */
async function creditMonths(quarter: Quarter, claims: number): Promise<void> {
  const { baseUrl, members, periods, workplaces, mailboxes } = quarter;
  const plan = planCredits(members.identities.length, claims);
  for (const [month, period] of periods.entries()) {
    for (const [index, workplace] of workplaces.entries()) {
      const credits = plan.filter((credit) => credit.month === month && credit.workplace === index);
      const batch = await workplace.credit(period, credits, mailboxes);
      await postCreditBatch(batch, { baseUrl });
    }
  }
}

function workerOf({ members, mailboxes }: Quarter, member: number): Worker {
  return { identity: members.identities[member]!, sealed: mailboxes.get(member) ?? [] };
}

/**
 * A member proves a claim; then its workplace finds that one of the credits in it was wrong, has it revoked and
 * credits anew. The claim from before is refused, and the member's client no longer counts the revoked credit.
 */
async function correctCredit(quarter: Quarter, client: HoursClient): Promise<Refusals> {
  const { baseUrl, periods, workplaces, mailboxes } = quarter;
  const [period] = periods as [number, ...number[]];
  const member = 0;
  const before = await makeClaim(client, workerOf(quarter, member), { threshold: CLAIMED });
  const ledger = ledgerOf(client);
  const { credits } = await locateCredits(await ledger.read(), workerOf(quarter, member));
  // The member shows its workplace the credit that is wrong: it alone knows which leaf it is.
  const wrong = credits.find(({ attestation }) => attestation.period === period)!;
  const workplace = workplaces[member % workplaces.length]!;
  const request = workplace.revoke(wrong.position);
  await postRevocation(request, { baseUrl });
  const stale = await refusalOf(client, before);
  const { revoked } = await locateCredits(await ledger.read(), workerOf(quarter, member));
  if (revoked !== 1) throw new Error("the member's client does not see that its credit was revoked");
  const batch = await workplace.credit(period, [{ member, amount: 480 }], mailboxes);
  await postCreditBatch(batch, { baseUrl });
  return [
    ["a claim made with a credit that was then revoked", stale],
    ["the revoked credit, by the member's own client", "attestation-revoked"],
  ];
}

/** A member with too few hours: its client fails before it proves anything. */
async function tryShort(quarter: Quarter, client: HoursClient, member: number): Promise<string> {
  let phases = 0;
  try {
    await makeClaim(client, workerOf(quarter, member), { threshold: CLAIMED, onPhase: () => phases++ });
  } catch (error) {
    if (!(error instanceof InputError) || phases > 0) throw error;
    return `${error.code}, before proving`;
  }
  throw new Error("a member short of hours made a claim");
}

async function claimAll(quarter: Quarter, client: HoursClient, claims: number): Promise<void> {
  const start = performance.now();
  for (let member = 0; member < claims; member++) {
    const claim = await makeClaim(client, workerOf(quarter, member), { threshold: CLAIMED });
    const outcome = await submitClaim({ policy: client.policy, claim }, { baseUrl: quarter.baseUrl });
    if (!outcome.accepted) throw new Error(`the service refused a good claim: ${outcome.reason}`);
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    progress(`claims proven and receipted: ${member + 1} of ${claims} (${seconds} s)`, member + 1 === claims);
  }
}

/** Another threshold is another statement of the same member: its own client can make it. */
async function tryTwice(quarter: Quarter, client: HoursClient): Promise<string> {
  return refusalOf(client, await makeClaim(client, workerOf(quarter, 0), { threshold: THRESHOLDS[0] }));
}

async function refusalOf({ policy, invitation }: HoursClient, claim: SealedClaim): Promise<string> {
  const outcome = await submitClaim({ policy, claim }, { baseUrl: invitation.baseUrl });
  if (outcome.accepted) throw new Error("the service accepted what it had to refuse");
  return `${outcome.status} ${outcome.reason}`;
}

function auditAt(
  files: PublicFiles,
  ledgerFiles: PublicFiles,
  { registrarKey, keys }: { registrarKey: string; keys: KeySet },
): Promise<PolicyAudit> {
  return auditPolicy({
    files,
    ledgerFiles,
    artifacts: keys.artifacts,
    anchor: { kind: "registrar", key: registrarKey },
    allowDevelopmentKeys: true,
  });
}

function printReport(quarter: Quarter, { policy, ledger, board }: PolicyAudit, refusals: Refusals): void {
  const parts = [
    creditsTable(quarter.periods, quarter.workplaces),
    [`Ledger: ${ledgerSummary(ledger.ledger)}.`],
    claimsTable(policy.policy, board.claims),
    refusalsTable(refusals),
  ];
  console.log(`\n${parts.map((lines) => lines.join("\n")).join("\n\n")}`);
  if (policy.policy.keySet.kind === "development") {
    console.log("\nProving keys of kind development: good for rehearsals, not for real claims.");
  }
}

await main();

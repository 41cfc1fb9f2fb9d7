// npm run election [-- DIRECTORY] [--members N] [--voters M]: one election from roll to audited result.
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import {
  ed25519KeyPair,
  type Identity,
  type MerklePath,
  merklePath,
  proveBallot,
  registerPoll,
  rollTree,
  type SealedBallot,
  type ValidPoll,
  wasmEngine,
} from "@commune-zk/prover";
import { nodeThreads } from "@commune-zk/prover/node";
import { rehearsePoll, rehearseRoll } from "@commune-zk/prover/rehearsal";
import { auditAt, closePoll, exportFiles } from "./election/close.ts";
import { type ElectionPlan, makePlan, readPlan } from "./election/plan.ts";
import { resultTable } from "./election/report.ts";
import { pollPlan } from "./election/setup.ts";
import {
  cast,
  type MemberClient,
  makeBallot,
  openClient,
  randomVotes,
  tryDoubleVote,
  tryOutsider,
} from "./election/vote.ts";
import { loadKeys } from "./shared/keys.ts";
import { progress, step } from "./shared/progress.ts";
import { positiveOption, runDirectory, SettableClock } from "./shared/run.ts";
import { startService } from "./shared/service.ts";

const SAMPLE = join(REPOSITORY_ROOT, "samples/spring-assembly");
const DEFAULT_VOTERS = 30;

function planOf(): ElectionPlan {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { members: { type: "string" }, voters: { type: "string" } },
  });
  const voters = positiveOption(values.voters ?? String(DEFAULT_VOTERS), "--voters");
  const [directory] = positionals;
  const plan =
    values.members === undefined
      ? readPlan(directory === undefined ? SAMPLE : resolve(directory), voters)
      : makePlan(
          resolve(directory ?? join(REPOSITORY_ROOT, `elections/${values.members}-members`)),
          SAMPLE,
          positiveOption(values.members, "--members"),
          voters,
        );
  if (voters > plan.roster.length)
    throw new Error(`${voters} voters, but only ${plan.roster.length} on the roster`);
  return plan;
}

async function main(): Promise<void> {
  const start = performance.now();
  const plan = planOf();
  const keys = await loadKeys();
  const directory = await runDirectory(plan.directory);
  const clock = new SettableClock();
  const registrar = ed25519KeyPair();
  const engine = wasmEngine({ threads: nodeThreads() });

  console.log(`${plan.draft.organisation.name}: a rehearsal with ${plan.roster.length} invented members\n`);
  const { server, board, operatorToken } = await startService(directory, keys, clock);
  try {
    const { baseUrl } = server;
    console.log(`service on ${baseUrl}, database in ${relative(process.cwd(), directory)}`);
    const members = await step("registering members, each with a proof of possession", () =>
      rehearseRoll(
        plan.roster.map(({ tier }) => tier),
        registrar,
      ),
    );
    const rehearsal = await step("key generation and signatures of registrar and trustees", () =>
      rehearsePoll(pollPlan(plan, keys, board, clock), members, registrar),
    );
    const { pollId, registration } = rehearsal;
    await step("registering the poll with the service", () =>
      registerPoll({ registration, operatorToken }, { baseUrl }),
    );

    const invitation = { baseUrl, pollId, registrarKey: registrar.publicKey };
    const client = await step("a member's client reads and judges the poll", () =>
      openClient(invitation, engine),
    );
    await castAll(client, members.identities.slice(0, plan.voters));

    console.log(`a member votes twice: refused (${await tryDoubleVote(client, members.identities[0]!)})`);
    const [own, service] = await tryOutsider(client, (outsider) => forgeBallot(client, outsider));
    console.log(`an outsider votes: refused by its client (${own}), and by the service (${service})`);

    const { poll } = client;
    clock.setTo(poll.poll.closesAt);
    console.log("the rehearsal's clock is set forward to the close of the poll");
    const present = poll.poll.trustees.map((_, i) => i + 1).slice(0, -1);
    const absent = poll.poll.trustees.at(-1)!.name;
    await step(`${present.length} trustees audit the board, sign and decrypt; ${absent} is absent`, () =>
      closePoll({
        baseUrl,
        poll,
        trustees: present.map((index) => ({
          index,
          keys: rehearsal.trusteeKeys[index - 1]!,
          share: rehearsal.ceremony.shares[index - 1]!,
        })),
        decrypting: poll.poll.threshold,
        keys,
        now: clock.now,
      }),
    );
    const url = `${baseUrl}/polls/${pollId}`;
    const report = await step("audit over HTTP, under the registrar's key", () =>
      auditAt({ url }, registrar.publicKey, keys),
    );
    const publicDirectory = join(directory, "public");
    const files = await exportFiles(baseUrl, poll, report, publicDirectory);
    await step(`audit of the ${files} exported files`, () =>
      auditAt({ directory: publicDirectory }, registrar.publicKey, keys),
    );
    if (report.result === undefined) throw new Error("the poll has no result");
    console.log(`\n${resultTable(poll.poll, report.result).join("\n")}`);
    const shown = relative(process.cwd(), publicDirectory);
    console.log(`\npublic files: ${shown}`);
    console.log(
      `audit them:   npm run audit -- ${shown} --registrar ${registrar.publicKey} --allow-development-keys`,
    );
    console.log(`\n${((performance.now() - start) / 1000).toFixed(0)} s in all`);
  } finally {
    await engine.dispose();
    await server.close();
  }
}

async function castAll(client: MemberClient, voters: readonly Identity[]): Promise<void> {
  const start = performance.now();
  for (const [i, identity] of voters.entries()) {
    const ballot = await makeBallot(client, identity, randomVotes(client.poll.poll));
    await cast(client, ballot);
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    progress(
      `ballots proven and receipted: ${i + 1} of ${voters.length} (${seconds} s)`,
      i + 1 === voters.length,
    );
  }
}

/** A ballot that is valid in every way but that its roll is the outsider's own. */
function forgeBallot({ poll, artifacts, engine }: MemberClient, outsider: Identity): Promise<SealedBallot> {
  const tree = rollTree([outsider.commitment], poll.layout.depth);
  const path: MerklePath = merklePath(tree, 0);
  const forged: ValidPoll = { ...poll, rollRoot: tree.root };
  return proveBallot({
    poll: forged,
    identity: outsider,
    merklePath: path,
    votes: randomVotes(poll.poll),
    artifacts,
    engine,
  });
}

await main();

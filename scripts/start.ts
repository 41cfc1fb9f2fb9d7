// npm start [-- --port N]: service and booth with the sample's poll open, for trying the page out. Everybody's
// secrets are made up here; Enter closes the poll and counts it, Ctrl-C ends.
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import {
  ed25519KeyPair,
  pollLink,
  registerPoll,
  toHex,
  type ValidPoll,
  validatePoll,
} from "@commune-zk/prover";
import { type RehearsedPoll, rehearsePoll, rehearseRoll } from "@commune-zk/prover/rehearsal";
import { auditAt, closePoll } from "./election/close.ts";
import { readPlan } from "./election/plan.ts";
import { resultTable } from "./election/report.ts";
import { pollPlan } from "./election/setup.ts";
import { type KeySet, loadKeys } from "./shared/keys.ts";
import { runDirectory, SettableClock } from "./shared/run.ts";
import { startService } from "./shared/service.ts";

const SAMPLE = join(REPOSITORY_ROOT, "samples/spring-assembly");
const BOOTH = join(REPOSITORY_ROOT, "booth/dist");
const DEFAULT_PORT = 8080;
const OPEN_DAYS = 7;
const MEMBERS_SHOWN = 3;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: "string", default: String(DEFAULT_PORT) } } });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error("--port wants a port's number");
  if (!existsSync(join(BOOTH, "index.html"))) throw new Error("the booth is not built: npm run build:booth");

  const plan = readPlan(SAMPLE, 1);
  const keys = await loadKeys();
  const directory = await runDirectory(SAMPLE);
  const clock = new SettableClock();
  const registrar = ed25519KeyPair();
  const { server, board, operatorToken } = await startService(directory, keys, clock, { port, pages: BOOTH });
  const members = rehearseRoll(
    plan.roster.map(({ tier }) => tier),
    registrar,
  );
  const draft = {
    ...pollPlan(plan, keys, board, clock),
    closesAt: clock.now() + OPEN_DAYS * 86_400,
    // Whoever tries the page is alone with it.
    minimumBallots: 1,
  };
  const rehearsal = rehearsePoll(draft, members, registrar);
  await registerPoll({ registration: rehearsal.registration, operatorToken }, { baseUrl: server.baseUrl });

  console.log(`booth   ${pollLink(`${server.baseUrl}/`, rehearsal.pollId)}`);
  console.log(`data    ${relative(process.cwd(), directory)}`);
  console.log(
    "\n--allow-development-keys: one machine made these proving keys; rehearse with them, never vote.",
  );
  console.log(`\nBe one of these ${MEMBERS_SHOWN} members: choose "restore", and enter the key`);
  for (const [i, { privateKey }] of members.identities.slice(0, MEMBERS_SHOWN).entries()) {
    console.log(`  ${plan.roster[i]!.role}: ${toHex(privateKey)}`);
  }
  console.log("\nEnter closes the poll and counts it; Ctrl-C ends.");

  const lines = createInterface({ input: process.stdin });
  lines.once("line", () => {
    count({ rehearsal, keys, clock, baseUrl: server.baseUrl }).catch((error: unknown) =>
      console.error(error),
    );
  });
  process.once("SIGINT", () => lines.close());
  // End of input is no wish to end: under a process manager there is none.
  await new Promise<void>((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
  lines.close();
  await server.close();
}

async function count({
  rehearsal,
  keys,
  clock,
  baseUrl,
}: {
  rehearsal: RehearsedPoll;
  keys: KeySet;
  clock: SettableClock;
  baseUrl: string;
}): Promise<void> {
  const poll = judge(rehearsal, keys);
  clock.setTo(poll.poll.closesAt);
  const trustees = rehearsal.trusteeKeys.map((own, i) => ({
    index: i + 1,
    keys: own,
    share: rehearsal.ceremony.shares[i]!,
  }));
  const decrypting = poll.poll.threshold;
  await closePoll({ baseUrl, poll, trustees, decrypting, keys, now: clock.now });
  const url = `${baseUrl}/polls/${poll.pollId}`;
  const { result } = await auditAt({ url }, rehearsal.registrar.publicKey, keys);
  if (result !== undefined) console.log(`\n${resultTable(poll.poll, result).join("\n")}`);
}

function judge({ registration, registrar }: RehearsedPoll, { manifest }: KeySet): ValidPoll {
  return validatePoll({
    pollBytes: registration.poll,
    signaturesBytes: registration.signatures,
    manifest,
    anchor: { kind: "registrar", key: registrar.publicKey },
    allowDevelopmentKeys: true,
  });
}

await main();

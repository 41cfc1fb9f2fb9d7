// npm run bench [-- --only NAME]... [--runs N] [--ballots N]: prints what everything costs on this machine.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  chosen,
  describeCommit,
  describeLoad,
  describeMachine,
  headLine,
  measureAudit,
  measureBooth,
  measureDecoding,
  measureHours,
  measureMembership,
  measureProofs,
  measureRegistration,
  measureRoll,
  measureRollLog,
  measureTally,
  measureVerification,
  type Outcome,
  outcomeLine,
} from "@commune-zk/benchmarks";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { loadKeys } from "./shared/keys.ts";
import { loadSemaphoreKeys } from "./shared/semaphore-keys.ts";

const DEFAULT_RUNS = 5;
const DEFAULT_BALLOTS = 1000;

function positive(text: string | undefined, option: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option} wants a positive number`);
  return value;
}

/** The benchmarks by name, in the order in which they run. */
async function benchmarks(runs: number, ballots: number): Promise<Map<string, AsyncIterable<Outcome>>> {
  const keys = await loadKeys();
  const semaphore = await loadSemaphoreKeys();
  const entry = fileURLToPath(new URL("./bench-prover.js", import.meta.url));
  const make = "npm run bench:fixtures";
  const count = {
    keys,
    runs,
    ballots,
    fixtures: join(REPOSITORY_ROOT, "build/bench-fixtures"),
    makeCommand: ballots === DEFAULT_BALLOTS ? make : `${make} -- --ballots ${ballots}`,
  };
  // Generators: none of them does anything before it is asked.
  return new Map<string, AsyncIterable<Outcome>>([
    ["proof", measureProofs({ keys, runs, entry })],
    ["verification", measureVerification({ keys, runs })],
    ["hours", measureHours({ keys: await loadKeys("hours"), runs, entry })],
    ["membership", measureMembership({ keys: semaphore, runs, entry })],
    ["roll", measureRoll({ runs })],
    ["roll-log", measureRollLog({ runs })],
    ["registration", measureRegistration({ runs })],
    ["decoding", measureDecoding({ runs })],
    ["tally", measureTally(count)],
    ["audit", measureAudit(count)],
    [
      "booth",
      measureBooth({
        keys,
        runs,
        boothDirectory: join(REPOSITORY_ROOT, "booth/dist"),
        bareProofPage: join(REPOSITORY_ROOT, "benchmarks/pages/bare-proof"),
      }),
    ],
  ]);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true },
      runs: { type: "string" },
      ballots: { type: "string" },
    },
  });
  const runs = positive(values.runs, "--runs", DEFAULT_RUNS);
  const all = await benchmarks(runs, positive(values.ballots, "--ballots", DEFAULT_BALLOTS));
  const names = chosen("--only", values.only, [...all.keys()]);
  console.log(`machine   ${describeMachine()}`);
  console.log(`load      ${describeLoad()} over 1, 5 and 15 minutes, at the start`);
  console.log(`commit    ${describeCommit(REPOSITORY_ROOT)}`);
  console.log(`samples   ${runs} of each, after one warm-up\n\n${headLine()}`);
  for (const [name, outcomes] of all) {
    if (!names.includes(name)) continue;
    for await (const outcome of outcomes) console.log(outcomeLine(outcome));
  }
}

await main();

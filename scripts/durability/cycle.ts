// One cycle: start on an image, vote, die, and look at what is left.
import { join } from "node:path";
import { leafHash, toHex } from "@commune-zk/prover";
import type { Scenario } from "./ballots.ts";
import { type Call, Disk, type Image } from "./disk.ts";
import { type BoardSeen, DATABASE, examine, type Finding, NOTHING_SEEN, type Promises } from "./examine.ts";
import type { CyclePlan, Kill } from "./plan.ts";
import type { Random } from "./random.ts";
import { ServerProcess } from "./server-process.ts";
import { OPERATOR_TOKEN, Voting, type VotingOutcome } from "./voting.ts";

/** What all cycles share. */
export interface Rig {
  /** Belongs to the run alone. */
  readonly directory: string;
  /** From `compileDisk`. */
  readonly library: string;
  /** From `bundleServer`. */
  readonly bundle: string;
  readonly scenario: Scenario;
}

/** Where a line of cycles stands: what is left of the disk, and what was promised on the way. */
export interface Line extends Promises {
  readonly image: Image;
  readonly seen: BoardSeen;
}

/** A disk with nothing on it, and nothing promised. */
export const EMPTY_LINE: Line = {
  image: new Map(),
  seen: NOTHING_SEEN,
  isRegistered: false,
  acknowledged: [],
  unanswered: [],
  published: new Set(),
};

/** What a cycle showed. */
export interface CycleOutcome {
  /** Where the next cycle goes on. */
  readonly line: Line;
  /** What it died of: "clock" also where the planned call never came. */
  readonly killedAt: Kill["at"];
  readonly calls: readonly Call[];
  /** Receipts for ballots that had none before. */
  readonly receipts: number;
  /** Ballots that were sent again and got the same receipt. */
  readonly repeated: number;
  /** Ballots that stand on the board though no receipt arrived. */
  readonly unacknowledged: number;
  readonly findings: readonly Finding[];
}

/** How many old ballots are sent again in each cycle. */
const SENT_AGAIN = 2;

/**
 * Runs one cycle.
 *
 * @param random - what the plan leaves open: which ballots are sent again, which sectors survive.
 * @throws Error - the service ended by itself, or answered what it never should.
 */
export async function runCycle(rig: Rig, line: Line, plan: CyclePlan, random: Random): Promise<CycleOutcome> {
  const { scenario } = rig;
  const disk = new Disk(join(rig.directory, "disk"), rig.library);
  disk.reset(line.image);
  const server = startServer(rig, disk, plan);
  const again = pickSome(line.acknowledged, random);
  let voting: VotingOutcome;
  try {
    voting = await new Voting({ scenario, server, plan, before: line, again }).run();
  } catch (cause) {
    throw new Error(`the service misbehaved; its log:\n${server.log}`, { cause });
  } finally {
    server.kill();
    await server.ended;
  }
  server.assertKilled();
  const { promises, receipts } = voting;
  const image = disk.image(plan.survival, random);
  const { seen, hasPoll, findings } = await examine({
    image,
    directory: join(rig.directory, "examined"),
    poll: scenario.poll,
    promises,
    before: line.seen,
  });
  const onBoard = new Set(seen.leaves.map(toHex));
  return {
    line: { ...promises, image, seen, isRegistered: hasPoll },
    killedAt: voting.isPlanned ? plan.kill.at : "clock",
    calls: disk.trace(),
    receipts,
    repeated: voting.repeated,
    unacknowledged: promises.unanswered.filter(({ record }) => onBoard.has(toHex(leafHash(record)))).length,
    findings: [...voting.findings, ...findings],
  };
}

function startServer({ bundle, scenario }: Rig, disk: Disk, { kill, synchronous }: CyclePlan): ServerProcess {
  const setup = {
    databasePath: join(disk.live, DATABASE),
    operatorToken: OPERATOR_TOKEN,
    boardKey: toHex(scenario.boardKey),
    keysDirectory: scenario.keysDirectory,
    now: scenario.openAt,
    ...(synchronous && { synchronous }),
  };
  const isCall = kill.at !== "clock" && kill.at !== "receipt";
  return new ServerProcess(bundle, setup, disk.environment(isCall ? { ...kill, at: kill.at } : undefined));
}

function pickSome<T>(values: readonly T[], random: Random): T[] {
  const picked = new Set<T>();
  for (let i = 0; i < SENT_AGAIN && values.length > 0; i++) picked.add(random.pick(values));
  return [...picked];
}

// When a process dies, and what its disk keeps.
import type { Call, Survival } from "./disk.ts";
import type { Random } from "./random.ts";

/**
 * When the process dies: some time after the first receipt, at the arrival of its n-th new receipt, or at its n-th
 * call of a kind.
 */
export type Kill =
  | { readonly at: "clock"; readonly afterMs: number }
  | { readonly at: "receipt"; readonly count: number }
  | { readonly at: Call; readonly count: number };

/** What happens in a cycle. */
export interface CyclePlan {
  readonly kill: Kill;
  readonly survival: Survival;
  /** How many ballots are under way at a time. */
  readonly inFlight: number;
  /** By when the process is killed whatever happens, in ms after the first receipt. */
  readonly limitMs: number;
  /** The control: see `ServerSetup`. */
  readonly synchronous?: "NORMAL" | "OFF";
}

/** Which writes survive; the ones that matter more often. */
export const SURVIVALS: readonly Survival[] = ["synced", "synced", "torn", "torn", "everything"];

/** Calls of a commit, and how many of each a cycle sees at least once it has gone on for a while. */
const COMMIT_CALLS: readonly [Call, number][] = [
  ["write-wal", 80],
  ["sync-wal", 6],
  ["synced-wal", 6],
];
/** Calls of a checkpoint, which copies the log into the database. */
const CHECKPOINT_CALLS: readonly [Call, number][] = [
  ["write-db", 40],
  ["sync-db", 1],
  ["synced-db", 1],
];
/** Calls that make a database and register a poll in it. */
const FIRST_CALLS: readonly [Call, number][] = [
  ["write-journal", 2],
  ["sync-journal", 2],
  ["synced-journal", 2],
  ["sync-dir", 2],
  ["synced-dir", 2],
  ["write-db", 1],
  ["sync-db", 1],
  ["synced-db", 1],
  ["write-wal", 40],
  ["sync-wal", 4],
  ["synced-wal", 4],
];

/** Every way to die that a long run has to have seen on its one line of cycles. */
export const DEATHS: readonly Kill["at"][] = [
  "clock",
  "receipt",
  ...[...COMMIT_CALLS, ...CHECKPOINT_CALLS].map(([call]) => call),
];

function killAt(random: Random, calls: readonly [Call, number][]): Kill {
  const [at, most] = random.pick(calls);
  return { at, count: 1 + random.below(most) };
}

/** The plan of a cycle on an empty disk. */
export function planFirst(random: Random): CyclePlan {
  const kill = killAt(random, FIRST_CALLS);
  return { kill, survival: random.pick(SURVIVALS), inFlight: 1, limitMs: 1_000 };
}

/** Whether a process died while it copied the log into the database. */
export function isCheckpoint(killedAt: Kill["at"]): boolean {
  return CHECKPOINT_CALLS.some(([call]) => call === killedAt);
}

/**
 * The plan of a cycle on a line.
 *
 * @param wasCheckpoint - whether the last process died while it copied the log into the database. The next one
 *   begins with that: it is tried at once.
 */
export function planNext(random: Random, wasCheckpoint: boolean): CyclePlan {
  const rest = { survival: random.pick(SURVIVALS), inFlight: 1 + random.below(8) };
  // The log is copied every thousand pages: after some hundred ballots.
  if (random.chance(wasCheckpoint ? 0.75 : 0.05)) {
    return { kill: killAt(random, CHECKPOINT_CALLS), ...rest, inFlight: 8, limitMs: 20_000 };
  }
  const limitMs = 10_000;
  const dice = random.below(10);
  if (dice < 2) return { kill: { at: "clock", afterMs: random.below(500) }, ...rest, limitMs };
  if (dice < 4) return { kill: { at: "receipt", count: 1 + random.below(10) }, ...rest, limitMs };
  return { kill: killAt(random, COMMIT_CALLS), ...rest, limitMs };
}

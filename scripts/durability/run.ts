// A durability run: many cycles, and the controls that have to lose. docs/design/durability.md.
import { join } from "node:path";
import type { LoadedManifest } from "@commune-zk/prover";
import { makeScenario } from "./ballots.ts";
import { type CycleOutcome, EMPTY_LINE, type Line, type Rig, runCycle } from "./cycle.ts";
import { compileDisk, newDirectory } from "./disk.ts";
import { type CyclePlan, isCheckpoint, planFirst, planNext } from "./plan.ts";
import { type Random, seededRandom } from "./random.ts";
import { bundleServer } from "./server-process.ts";

/**
 * Makes what all cycles share, in a folder of its own.
 *
 * @param stored - the manifest of this repository.
 * @throws Error - as `compileDisk` and `bundleServer`.
 */
export async function prepareRig(stored: LoadedManifest): Promise<Rig> {
  const directory = newDirectory();
  return {
    directory,
    library: compileDisk(directory),
    bundle: bundleServer(directory),
    scenario: await makeScenario(join(directory, "keys"), stored),
  };
}

/** Called after each cycle. */
export type OnCycle = (plan: CyclePlan, outcome: CycleOutcome) => void;

/**
 * Cycles on an empty disk each.
 *
 * @param until - no cycle begins after this instant of `performance.now()`.
 */
export async function runFirstCycles(
  rig: Rig,
  { seed, cycles, until, onCycle }: { seed: number; cycles: number; until: number; onCycle: OnCycle },
): Promise<void> {
  for (let i = 0; i < cycles && performance.now() < until; i++) {
    const random = seededRandom(`${seed}/first/${i}`);
    const plan = planFirst(random);
    onCycle(plan, await runCycle(rig, EMPTY_LINE, plan, random));
  }
}

/**
 * Cycles of which each goes on where the power failed in the one before. Ends early at the first finding.
 *
 * @param plans - the plan of each cycle; {@link planNext} unless told.
 * @returns where the line stands.
 */
export async function runLine(
  rig: Rig,
  {
    seed,
    cycles,
    until,
    onCycle,
    plans = planNext,
  }: {
    seed: number;
    cycles: number;
    until: number;
    onCycle: OnCycle;
    plans?: (random: Random, wasCheckpoint: boolean, cycle: number) => CyclePlan;
  },
): Promise<Line> {
  let line = EMPTY_LINE;
  let wasCheckpoint = false;
  for (let i = 0; i < cycles && performance.now() < until; i++) {
    const random = seededRandom(`${seed}/line/${i}`);
    const plan = plans(random, wasCheckpoint, i);
    const outcome = await runCycle(rig, line, plan, random);
    onCycle(plan, outcome);
    if (outcome.findings.length > 0) break;
    line = outcome.line;
    wasCheckpoint = isCheckpoint(outcome.killedAt);
  }
  return line;
}

/**
 * The control: the same with a database that does not sync its log. Has to find records lost.
 *
 * @param line - where a line stands; it stays as it is.
 */
export function runControl(
  rig: Rig,
  line: Line,
  synchronous: "NORMAL" | "OFF",
  seed: number,
): Promise<CycleOutcome> {
  const kill = { at: "receipt", count: 12 } as const;
  const plan: CyclePlan = { kill, survival: "synced", inFlight: 4, limitMs: 20_000, synchronous };
  return runCycle(rig, line, plan, seededRandom(`${seed}/${synchronous}`));
}

/** How many acknowledged records a cycle has lost. */
export function recordsLost({ findings }: CycleOutcome): number {
  return findings.filter(({ code }) => code === "record-lost").length;
}

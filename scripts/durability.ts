// npm run test:durability [-- --cycles N] [--seed N] [--minutes N]: kills the service again and again, throws away
// what it had not synced, and looks for a receipt whose record is gone. docs/design/durability.md.
import { rmSync } from "node:fs";
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { describeCommit, describeMachine } from "@commune-zk/benchmarks";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import type { CycleOutcome } from "./durability/cycle.ts";
import type { Call } from "./durability/disk.ts";
import { type CyclePlan, DEATHS } from "./durability/plan.ts";
import { prepareRig, recordsLost, runControl, runFirstCycles, runLine } from "./durability/run.ts";
import { loadKeys } from "./shared/keys.ts";

/** Below this many cycles nobody expects every way to die. */
const LONG_RUN = 200;
const CONTROLS = 3;

const SURVIVAL_KINDS = ["synced", "torn", "everything"] as const;
const HEADS = ["cycles", ...SURVIVAL_KINDS, "receipts", "repeated", "silent", "findings"];
const LEGEND = `
killed at    a write to a file (cut in half), a sync before it takes effect, or just after ("synced");
             wal: the log, where commits go; db: the database, into which a checkpoint copies the log;
             journal, dir: while the database is made; receipt: as one arrives; clock: at any time
synced, torn, everything   what survived: only what was synced; that and some sectors of the rest; all of it
receipts     for new ballots, verified as they arrived
repeated     ballots that were sent again, one more time at once or in a later cycle, and got the same receipt
silent       records that stand on the board though the power failed before their receipt arrived
findings     promises that were not kept`;

/** What the cycles that died in one way showed together. */
class Totals {
  readonly #rows = new Map<string, number[]>();
  readonly #calls = new Map<string, number>();

  add({ survival }: CyclePlan, outcome: CycleOutcome): void {
    const counts = [
      1,
      ...SURVIVAL_KINDS.map((kind) => (kind === survival ? 1 : 0)),
      outcome.receipts,
      outcome.repeated,
      outcome.unacknowledged,
      outcome.findings.length,
    ];
    for (const name of [outcome.killedAt, "all"]) {
      const row = this.#rows.get(name);
      this.#rows.set(
        name,
        counts.map((count, i) => count + (row?.[i] ?? 0)),
      );
    }
    for (const call of outcome.calls) this.#calls.set(call, (this.#calls.get(call) ?? 0) + 1);
  }

  has(killedAt: string): boolean {
    return this.#rows.has(killedAt);
  }

  print(title: string): void {
    const cells = (values: readonly (string | number)[]): string =>
      values.map((value) => String(value).padStart(11)).join("");
    console.log(`\n${title}\n\n${"killed at".padEnd(15)}${cells(HEADS)}`);
    const names = [...this.#rows.keys()].filter((name) => name !== "all").sort();
    for (const name of [...names, "all"]) {
      console.log(`${name.padEnd(15)}${cells(this.#rows.get(name) ?? [])}`);
    }
    const count = (call: Call): number => this.#calls.get(call) ?? 0;
    console.log(
      `\nThe log was synced ${count("synced-wal")} times (${count("write-wal")} writes), ` +
        `the database ${count("synced-db")} times (${count("write-db")} writes).`,
    );
  }
}

function wholeNumber(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${option} wants a whole number`);
  return value;
}

const { values } = parseArgs({
  options: {
    cycles: { type: "string", default: "300" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    minutes: { type: "string", default: "30" },
  },
});
const cycles = wholeNumber(values.cycles, "--cycles");
const seed = wholeNumber(values.seed, "--seed");
const minutes = wholeNumber(values.minutes, "--minutes");
const firstCycles = Math.ceil(cycles / 10);

console.log(`command  npm run test:durability -- --cycles ${cycles} --seed ${seed} --minutes ${minutes}`);
console.log(`commit   ${describeCommit(REPOSITORY_ROOT)}`);
console.log(`machine  ${describeMachine()}`);
console.log(LEGEND);

const start = performance.now();
const until = start + 60_000 * minutes;
const { manifest } = await loadKeys();
const rig = await prepareRig(manifest);
const faults: string[] = [];

let done = 0;
function record(totals: Totals) {
  return (plan: CyclePlan, outcome: CycleOutcome): void => {
    totals.add(plan, outcome);
    done++;
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${cycles + firstCycles} cycles`);
    for (const { code, detail } of outcome.findings) {
      const where = `${JSON.stringify(plan.kill)}, ${plan.survival} survived`;
      faults.push(`${code}: ${detail} (${where})`);
    }
  };
}

const first = new Totals();
await runFirstCycles(rig, { seed, cycles: firstCycles, until, onCycle: record(first) });
first.print("On an empty disk each: the database is made and the poll registered");
const later = new Totals();
const line = await runLine(rig, { seed, cycles, until, onCycle: record(later) });
later.print("On one disk: each cycle goes on where the power failed in the one before");
console.log(
  `${line.seen.leaves.length} records under ${line.seen.checkpoints.size} checkpoints stand at the end; ` +
    `${line.acknowledged.length} have a receipt.`,
);

console.log("\nControls, from there: the same service, told FULL, on a database that syncs less");
for (const synchronous of ["NORMAL", "OFF"] as const) {
  let lost = 0;
  let receipts = 0;
  let syncs = 0;
  for (let i = 0; i < CONTROLS; i++) {
    const outcome = await runControl(rig, line, synchronous, seed + i);
    lost += recordsLost(outcome);
    receipts += outcome.receipts;
    syncs += outcome.calls.filter((call) => call === "synced-wal").length;
  }
  console.log(
    `synchronous=${synchronous.padEnd(6)} ${receipts} receipts, ${lost} of their records lost, log synced ${syncs} times`,
  );
  if (lost === 0)
    faults.push(`the control at synchronous=${synchronous} lost nothing: this run shows nothing`);
}

if (done < firstCycles + cycles && faults.length === 0) {
  faults.push(`${minutes} minutes were enough for ${done} of ${firstCycles + cycles} cycles`);
}
const missing = cycles < LONG_RUN ? [] : DEATHS.filter((at) => !later.has(at));
for (const at of missing) faults.push(`no process died at ${at}`);
console.log(`\n${((performance.now() - start) / 1000).toFixed(0)} s`);
if (faults.length === 0) {
  rmSync(rig.directory, { recursive: true });
  console.log("No receipt lost its record.");
} else {
  for (const fault of faults) console.error(`FAULT ${fault}`);
  console.error(`The last disk lies in ${relative(REPOSITORY_ROOT, rig.directory)}.`);
  process.exitCode = 1;
}

// What a figure was measured on.
import { execFileSync, type StdioOptions } from "node:child_process";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import type { Machine, MeasurementLine } from "./results/schema.ts";

const GIB = 2 ** 30;
const MIB = 2 ** 20;
/** Results lie there: that one run has added lines makes the next one's code no other. */
const HISTORY = "benchmarks/history";

/** This machine, as a line of the history has it. */
export function thisMachine(): Machine {
  const processors = cpus();
  return {
    model: processors[0]?.model.trim() || null,
    system: `${type()} ${release()}`,
    cores: processors.length,
    memoryMiB: Math.floor(totalmem() / MIB),
  };
}

/** Processor, memory, system and Node, in one line. */
export function describeMachine(): string {
  const { model, system, cores } = thisMachine();
  const memory = (totalmem() / GIB).toFixed(0);
  return `${model ?? "unknown processor"}, ${cores} cores, ${memory} GiB, ${system}, Node ${process.version}`;
}

/** How busy the machine is with other work: load averages over 1, 5 and 15 minutes. */
export function describeLoad(): string {
  return loadavg()
    .map((load) => load.toFixed(2))
    .join(", ");
}

/**
 * The commit of a working tree, and whether the tree differs from it elsewhere than in the history of measurements.
 *
 * @param directory - any folder of the tree.
 * @returns null: no git, or not a working tree.
 */
export function commitOf(directory: string): Pick<MeasurementLine["code"], "commit" | "modified"> | null {
  // What git says where there is nothing is nobody's business.
  const stdio: StdioOptions = ["ignore", "pipe", "ignore"];
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: directory, encoding: "utf8", stdio }).trim();
  try {
    const changes = git("status", "--porcelain", "--", ":/", `:(top,exclude)${HISTORY}`);
    return { commit: git("rev-parse", "HEAD"), modified: changes !== "" };
  } catch {
    return null;
  }
}

/** {@link commitOf} in words. */
export function describeCommit(directory: string): string {
  const found = commitOf(directory);
  if (found === null) return "unknown: no git, or not a working tree";
  return `${found.commit}${found.modified ? ", with uncommitted changes" : ""}`;
}

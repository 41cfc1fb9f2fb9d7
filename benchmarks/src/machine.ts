// What a figure was measured on.
import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem, type } from "node:os";

const GIB = 2 ** 30;

/** Processor, memory, system and Node, in one line. */
export function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "unknown processor";
  const memory = (totalmem() / GIB).toFixed(0);
  return `${model}, ${processors.length} cores, ${memory} GiB, ${type()} ${release()}, Node ${process.version}`;
}

/** How busy the machine is with other work: load averages over 1, 5 and 15 minutes. */
export function describeLoad(): string {
  return loadavg()
    .map((load) => load.toFixed(2))
    .join(", ");
}

/**
 * The commit of a working tree, and whether the tree differs from it.
 *
 * @param directory - any folder of the tree.
 */
export function describeCommit(directory: string): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: directory, encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain") === "" ? "" : ", with uncommitted changes";
    return git("rev-parse", "HEAD") + changed;
  } catch {
    return "unknown: no git, or not a working tree";
  }
}

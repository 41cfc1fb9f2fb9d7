// Processes that together get a share of one core, or so much memory and no more, by the kernel's cgroups: v1
// (cpu.cfs_quota_us, cpuset.cpus, memory.limit_in_bytes) or v2 (cpu.max, cpuset.cpus, memory.max). DevTools'
// throttling slows the main thread alone, not workers: it would lie about proofs. docs/design/devices.md.
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Limits } from "../results/schema.ts";

const ROOT = "/sys/fs/cgroup";
/** The kernel's default. With a much shorter one, a share is cut finer than the scheduler's ticks, and less comes out. */
const PERIOD_US = 100_000;
const MIB = 2 ** 20;
/** Tries to remove a group, 100 ms apart; then what is left in it is killed. */
const PATIENT_TRIES = 30;
const TRIES = 60;

/** What a group takes away. The network is a server's affair: link.ts. */
export type GroupLimits = Pick<Limits, "cpuShare" | "memoryMiB">;

/** A group of processes with limits. */
export class LimitedGroup {
  readonly #directories: readonly string[];
  /** Of the scripts that {@link wrap} wrote. */
  readonly #scripts: string[] = [];

  private constructor(directories: readonly string[]) {
    this.#directories = directories;
  }

  /**
   * Makes a group. Processes with a share of a core run on that core alone: spread over two, with half of the share
   * on each, they would wait for one another's turn.
   *
   * @param root - where the kernel has its groups; tests give another folder.
   * @throws QuotaError - this machine lets nobody make one, and why.
   */
  static async open({ cpuShare, memoryMiB }: GroupLimits, root = ROOT): Promise<LimitedGroup> {
    const name = `commune-zk-bench-${process.pid}-${performance.now().toFixed(0)}`;
    const made: string[] = [];
    const group = async (controller: string, values: Record<string, string | number>): Promise<void> => {
      const directory = join(root, controller, name);
      if (!made.includes(directory)) {
        await mkdir(directory);
        made.push(directory);
      }
      for (const [file, value] of Object.entries(values)) {
        await writeFile(join(directory, file), String(value));
      }
    };
    const isV1 = ["cpu/cpu.cfs_quota_us", "cpuset", "memory/memory.limit_in_bytes"].every((path) =>
      existsSync(join(root, path)),
    );
    if (!isV1 && !existsSync(join(root, "cgroup.controllers"))) {
      throw new QuotaError("this machine has no cgroups with controllers for CPU time, cores and memory");
    }
    const quota = cpuShare === null ? null : Math.round(cpuShare * PERIOD_US);
    const memory = memoryMiB === null ? null : memoryMiB * MIB;
    try {
      if (isV1) {
        if (quota !== null) {
          await group("cpu", { "cpu.cfs_period_us": PERIOD_US, "cpu.cfs_quota_us": quota });
          await group("cpuset", { "cpuset.mems": 0, "cpuset.cpus": 0 });
        }
        if (memory !== null) {
          await group("memory", { "memory.limit_in_bytes": memory });
          // Memory and swap together: without it the kernel would swap where it can, and nothing would be limited.
          const both = "memory.memsw.limit_in_bytes";
          if (existsSync(join(root, "memory", both))) await group("memory", { [both]: memory });
        }
      } else {
        await writeFile(join(root, "cgroup.subtree_control"), "+cpu +cpuset +memory");
        await group("", {});
        if (quota !== null) await group("", { "cpu.max": `${quota} ${PERIOD_US}`, "cpuset.cpus": 0 });
        if (memory !== null) {
          await group("", { "memory.max": memory });
          if (existsSync(join(made[0]!, "memory.swap.max"))) await group("", { "memory.swap.max": 0 });
        }
      }
    } catch (cause) {
      for (const directory of made) await rmdir(directory);
      throw new QuotaError(
        "this user may not limit CPU time or memory: cgroups want root, or a delegated group",
        { cause },
      );
    }
    return new LimitedGroup(made);
  }

  /**
   * A script that becomes a program within the group, so that everything the program ever takes is counted: memory
   * that a process has before it is moved into a group stays outside.
   *
   * @param program - an absolute path; the script hands its arguments on.
   * @returns the script's path, good until {@link close}.
   */
  async wrap(program: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "commune-zk-limited-"));
    this.#scripts.push(folder);
    const path = join(folder, "enter");
    const enter = this.#directories.map(
      (each) => `echo $$ > ${quoted(join(each, "cgroup.procs"))} || exit 1`,
    );
    await writeFile(path, ["#!/bin/sh", ...enter, `exec ${quoted(program)} "$@"`, ""].join("\n"));
    await chmod(path, 0o700);
    return path;
  }

  /** How many of its processes the kernel has killed for want of memory. */
  async oomKills(): Promise<number> {
    for (const directory of this.#directories) {
      for (const file of ["memory.oom_control", "memory.events"]) {
        const text = await readFile(join(directory, file), "utf8").catch(() => "");
        const [, kills] = /^oom_kill (\d+)$/m.exec(text) ?? [];
        if (kills !== undefined) return Number(kills);
      }
    }
    return 0;
  }

  /** Removes the group, once its processes have ended; those that do not end are killed. */
  async close(): Promise<void> {
    for (const folder of this.#scripts) await rm(folder, { recursive: true, force: true });
    for (const directory of this.#directories) await removeGroup(directory);
  }
}

/** Limits cannot be had here. */
export class QuotaError extends Error {}

async function removeGroup(directory: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rmdir(directory);
    } catch (error) {
      if (attempt === TRIES) throw error;
      if (attempt >= PATIENT_TRIES) await killAll(directory);
      await setTimeout(100);
    }
  }
}

/** Whatever is in the group was started by us: nothing else is ever put there. */
async function killAll(directory: string): Promise<void> {
  const pids = await readFile(join(directory, "cgroup.procs"), "utf8").catch(() => "");
  for (const pid of pids.split("\n").filter((line) => line !== "")) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** A word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

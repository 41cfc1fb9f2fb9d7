// A share of one core for a process and everything that it starts, by the kernel's cgroups: v1 (cpu.cfs_quota_us,
// cpuset) or v2 (cpu.max, cpuset.cpus). DevTools' throttling slows the main thread alone, not workers: it would lie
// about proofs.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

const ROOT = "/sys/fs/cgroup";
/** The kernel's default. With a much shorter one, a share is cut finer than the scheduler's ticks, and less comes out. */
const PERIOD_US = 100_000;

/** A group of processes that together get a share of one core. */
export class CpuQuota {
  readonly #directories: readonly string[];

  private constructor(directories: readonly string[]) {
    this.#directories = directories;
  }

  /**
   * Makes a group.
   *
   * @param share - of one core: 0.25 is a quarter. The processes run on that core alone: spread over two, with half
   *   of the share on each, they would wait for one another's turn.
   * @throws QuotaError - this machine lets nobody make one, and why.
   */
  static async open(share: number): Promise<CpuQuota> {
    const quota = Math.round(share * PERIOD_US);
    const name = `commune-zk-bench-${process.pid}-${performance.now().toFixed(0)}`;
    const made: string[] = [];
    const group = async (controller: string, values: Record<string, string | number>): Promise<void> => {
      const directory = join(ROOT, controller, name);
      if (!made.includes(directory)) {
        await mkdir(directory);
        made.push(directory);
      }
      for (const [file, value] of Object.entries(values)) {
        await writeFile(join(directory, file), String(value));
      }
    };
    const isV1 = existsSync(join(ROOT, "cpu/cpu.cfs_quota_us")) && existsSync(join(ROOT, "cpuset"));
    if (!isV1 && !existsSync(join(ROOT, "cgroup.controllers"))) {
      throw new QuotaError("this machine has no cgroups with controllers for CPU time and cores");
    }
    try {
      if (isV1) {
        await group("cpu", { "cpu.cfs_period_us": PERIOD_US, "cpu.cfs_quota_us": quota });
        await group("cpuset", { "cpuset.mems": 0, "cpuset.cpus": 0 });
      } else {
        await writeFile(join(ROOT, "cgroup.subtree_control"), "+cpu +cpuset");
        await group("", { "cpu.max": `${quota} ${PERIOD_US}`, "cpuset.cpus": 0 });
      }
    } catch (cause) {
      for (const directory of made) await rmdir(directory);
      throw new QuotaError("this user may not set a CPU quota: cgroups want root, or a delegated group", {
        cause,
      });
    }
    return new CpuQuota(made);
  }

  /** Puts a process and all its descendants into the group. Those that they start later come in by themselves. */
  async add(pid: number): Promise<void> {
    // A process may fork between the look and the move: what it forked is seen the next time round.
    const moved = new Set<number>();
    for (let grown = true; grown; ) {
      grown = false;
      for (const each of await familyOf(pid)) {
        if (moved.has(each)) continue;
        moved.add(each);
        grown = true;
        for (const directory of this.#directories) {
          // It may have ended meanwhile.
          await writeFile(join(directory, "cgroup.procs"), String(each)).catch(() => undefined);
        }
      }
    }
  }

  /** Removes the group, once all its processes have ended. */
  async close(): Promise<void> {
    for (const directory of this.#directories) await removeGroup(directory);
  }
}

/** A quota cannot be had here. */
export class QuotaError extends Error {}

async function removeGroup(directory: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rmdir(directory);
    } catch (error) {
      if (attempt === 50) throw error;
      await setTimeout(100);
    }
  }
}

/** A process and its descendants. */
async function familyOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => null);
    // The program's name stands in brackets and may hold spaces.
    const parent = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isWithin = (own: number): boolean => {
    for (let at: number | undefined = own; at !== undefined && at > 0; at = parents.get(at)) {
      if (at === pid) return true;
    }
    return false;
  };
  return [...parents.keys()].filter(isWithin);
}

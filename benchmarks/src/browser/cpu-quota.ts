// A share of one core for a process and everything that it starts: docs of cgroup v1 (cpu.cfs_quota_us) and v2
// (cpu.max). DevTools' throttling slows the main thread alone, not workers: it would lie about proofs.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

const ROOT = "/sys/fs/cgroup";
/**
 * How often the share is granted anew. The kernel's default of 100 ms would let a process run at full speed for a
 * moment and then stand still for as long as an input takes: a slow processor is slow evenly.
 */
const PERIOD_US = 10_000;

/** A group of processes that together get a share of one core. */
export class CpuQuota {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Makes a group.
   *
   * @param share - of one core: 0.25 is a quarter.
   * @throws QuotaError - this machine lets nobody make one, and why.
   */
  static async open(share: number): Promise<CpuQuota> {
    const quota = Math.round(share * PERIOD_US);
    try {
      const name = `commune-zk-bench-${process.pid}-${performance.now().toFixed(0)}`;
      const v1 = join(ROOT, "cpu");
      if (existsSync(join(v1, "cpu.cfs_quota_us"))) {
        const directory = join(v1, name);
        await mkdir(directory);
        await writeFile(join(directory, "cpu.cfs_period_us"), String(PERIOD_US));
        await writeFile(join(directory, "cpu.cfs_quota_us"), String(quota));
        return new CpuQuota(directory);
      }
      if (existsSync(join(ROOT, "cgroup.controllers"))) {
        await writeFile(join(ROOT, "cgroup.subtree_control"), "+cpu");
        const directory = join(ROOT, name);
        await mkdir(directory);
        await writeFile(join(directory, "cpu.max"), `${quota} ${PERIOD_US}`);
        return new CpuQuota(directory);
      }
    } catch (cause) {
      throw new QuotaError("this user may not set a CPU quota: cgroups want root, or a delegated group", {
        cause,
      });
    }
    throw new QuotaError("this machine has no cgroup with a CPU controller");
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
        // It may have ended meanwhile.
        await writeFile(join(this.#directory, "cgroup.procs"), String(each)).catch(() => undefined);
      }
    }
  }

  /** Microseconds for which processes of the group stood still because the share was used up. */
  async throttledUs(): Promise<number> {
    const stat = await readFile(join(this.#directory, "cpu.stat"), "utf8");
    const v1 = /^throttled_time (\d+)$/m.exec(stat);
    if (v1 !== null) return Number(v1[1]) / 1_000;
    return Number(/^throttled_usec (\d+)$/m.exec(stat)?.[1] ?? 0);
  }

  /** Removes the group, once all its processes have ended. */
  async close(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await rmdir(this.#directory);
      } catch (error) {
        if (attempt === 50) throw error;
        await setTimeout(100);
      }
    }
  }
}

/** A quota cannot be had here. */
export class QuotaError extends Error {}

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

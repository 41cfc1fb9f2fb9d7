// Limits are the kernel's, and hold. Where a machine lets nobody set them, it is said so.
import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type GroupLimits, LimitedGroup, QuotaError } from "../../src/browser/limited-group.ts";

const NOTHING: GroupLimits = { cpuShare: null, memoryMiB: null };

/** A group, or why this machine has none. */
async function open(limits: Partial<GroupLimits>): Promise<LimitedGroup | QuotaError> {
  try {
    return await LimitedGroup.open({ ...NOTHING, ...limits });
  } catch (error) {
    if (error instanceof QuotaError) return error;
    throw error;
  }
}

/** A machine without groups has been told why: that is then what is tested. */
function expectReason(error: QuotaError): void {
  expect(error.message).toMatch(/cgroups/);
}

/** What a program prints that runs within a group. */
async function within(group: LimitedGroup, source: string): Promise<string> {
  const program = await group.wrap(process.execPath);
  return (await promisify(execFile)(program, ["--eval", source])).stdout;
}

describe("a share of a core", () => {
  test("is what a busy process and its threads get together", async () => {
    const group = await open({ cpuShare: 0.25 });
    if (group instanceof QuotaError) return expectReason(group);
    try {
      // Two threads that want a core each, for a second and a half.
      const used = await within(
        group,
        `const { Worker } = require("node:worker_threads");
         const end = Date.now() + 1500;
         const busy = "while (Date.now() < " + end + ");";
         const start = process.cpuUsage();
         const worker = new Worker(busy, { eval: true });
         worker.once("exit", () => {
           const { user, system } = process.cpuUsage(start);
           console.log((user + system) / 1500000);
         });
         setTimeout(() => eval(busy), 10);`,
      );
      expect(Number(used)).toBeGreaterThan(0.1);
      expect(Number(used)).toBeLessThan(0.4);
    } finally {
      await group.close();
    }
  });

  test("is of one core alone", async () => {
    const group = await open({ cpuShare: 1 });
    if (group instanceof QuotaError) return expectReason(group);
    try {
      const allowed = await within(
        group,
        `console.log(/^Cpus_allowed_list:\\s*(.*)$/m.exec(require("fs").readFileSync("/proc/self/status", "utf8"))[1])`,
      );
      expect(allowed.trim()).toBe("0");
    } finally {
      await group.close();
    }
  });
});

describe("a memory limit", () => {
  test("ends a process that takes more, and says so", async () => {
    const group = await open({ memoryMiB: 64 });
    if (group instanceof QuotaError) return expectReason(group);
    try {
      expect(await group.oomKills()).toBe(0);
      await expect(within(group, "Buffer.alloc(200_000_000, 1)")).rejects.toMatchObject({
        signal: "SIGKILL",
      });
      expect(await group.oomKills()).toBe(1);
    } finally {
      await group.close();
    }
  });

  test("leaves one alone that takes less", async () => {
    const group = await open({ memoryMiB: 512 });
    if (group instanceof QuotaError) return expectReason(group);
    try {
      expect(await within(group, 'Buffer.alloc(200_000_000, 1); console.log("done")')).toBe("done\n");
      expect(await group.oomKills()).toBe(0);
    } finally {
      await group.close();
    }
  });
});

test("a group is removed with what still runs in it", async () => {
  const group = await open({ cpuShare: 1 });
  if (group instanceof QuotaError) return expectReason(group);
  const left = spawn(await group.wrap("/bin/sleep"), ["600"], { stdio: "ignore" });
  const ended = new Promise((resolve) => left.once("exit", (_code, signal) => resolve(signal)));
  try {
    await new Promise((resolve) => left.once("spawn", resolve));
    // It joins the group, and then becomes what it was told to be.
    while ((await readFile(`/proc/${left.pid}/comm`, "utf8")) !== "sleep\n") await setTimeout(10);
    await group.close();
    expect(await ended).toBe("SIGKILL");
  } finally {
    left.kill();
  }
});

describe("on a machine with other cgroups, played by a folder", () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "commune-zk-cgroups-"));
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  const LIMITS: GroupLimits = { cpuShare: 0.25, memoryMiB: 512 };

  /** Files of the one group that was made below a folder. */
  async function written(folder: string): Promise<Record<string, string>> {
    const name = (await readdir(join(root, folder))).find((each) => each.startsWith("commune-zk-bench-"))!;
    const files: Record<string, string> = {};
    for (const file of await readdir(join(root, folder, name))) {
      files[file] = await readFile(join(root, folder, name, file), "utf8");
    }
    return files;
  }

  test("of version 2, the same limits are set by its names", async () => {
    await writeFile(join(root, "cgroup.controllers"), "cpu cpuset memory");
    await LimitedGroup.open(LIMITS, root);
    expect(await readFile(join(root, "cgroup.subtree_control"), "utf8")).toBe("+cpu +cpuset +memory");
    expect(await written("")).toEqual({
      "cpu.max": "25000 100000",
      "cpuset.cpus": "0",
      "memory.max": "536870912",
    });
  });

  test("of version 1, each controller has a group of its own", async () => {
    for (const folder of ["cpu", "cpuset", "memory"]) await mkdir(join(root, folder));
    for (const file of [
      "cpu/cpu.cfs_quota_us",
      "memory/memory.limit_in_bytes",
      "memory/memory.memsw.limit_in_bytes",
    ]) {
      await writeFile(join(root, file), "-1");
    }
    await LimitedGroup.open(LIMITS, root);
    expect(await written("cpu")).toEqual({ "cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "25000" });
    expect(await written("cpuset")).toEqual({ "cpuset.mems": "0", "cpuset.cpus": "0" });
    expect(await written("memory")).toEqual({
      "memory.limit_in_bytes": "536870912",
      "memory.memsw.limit_in_bytes": "536870912",
    });
  });

  test("without any, the reason is given", async () => {
    await expect(LimitedGroup.open(LIMITS, root)).rejects.toThrow(
      new QuotaError("this machine has no cgroups with controllers for CPU time, cores and memory"),
    );
  });

  test("that this user may not change, the reason is given and nothing stays behind", async () => {
    await writeFile(join(root, "cgroup.controllers"), "cpu");
    // A folder where the kernel has a file: it cannot be written, as with other people's groups.
    await mkdir(join(root, "cgroup.subtree_control"));
    await expect(LimitedGroup.open(LIMITS, root)).rejects.toThrow(/want root, or a delegated group/);
    expect(await readdir(root)).toEqual(["cgroup.controllers", "cgroup.subtree_control"]);
  });
});

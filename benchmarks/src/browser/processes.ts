// Processes of this machine as Linux's /proc tells of them: descendants, and the memory of a browser's pages.
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";

const KIB = 2 ** 10;

/** A process and its descendants. */
export async function familyOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await read(`/proc/${name}/stat`);
    // The program's name stands in brackets and may hold spaces.
    const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
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

/** Whether this machine tells the memory of its processes. */
export function tellsMemory(): boolean {
  return existsSync("/proc/self/smaps_rollup");
}

/**
 * The processes of a Chromium that hold pages and their workers. Those of the browser's own window (tabs, buttons)
 * are left out: they come and go with windows, not with what a page does.
 *
 * @param browserPid - of its first process.
 */
export async function rendererPids(browserPid: number): Promise<number[]> {
  const renderers: number[] = [];
  for (const pid of await familyOf(browserPid)) {
    // Chromium writes its command line anew, with spaces.
    const command = (await read(`/proc/${pid}/cmdline`)).split(/[ \0]/);
    if (command.includes("--type=renderer") && !command.includes("--top-chrome-webui")) renderers.push(pid);
  }
  return renderers;
}

/** Proportional set sizes of processes, summed, in bytes; one that has ended counts nothing. */
export async function proportionalBytes(pids: readonly number[]): Promise<number> {
  let sum = 0;
  for (const pid of pids) {
    const [, kib] = /^Pss:\s+(\d+) kB$/m.exec(await read(`/proc/${pid}/smaps_rollup`)) ?? [];
    sum += KIB * Number(kib ?? 0);
  }
  return sum;
}

/** What a file of /proc says; nothing once its process has ended. */
function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

// npm start, as somebody who wants to try the page runs it.
import { type ChildProcess, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PATIENCE_MS = 60_000;

/** The command in a process group of its own, so that Ctrl-C can reach all of it as from a terminal. */
function npmStart(): { child: ChildProcess; reads: (pattern: RegExp) => Promise<RegExpExecArray> } {
  const child = spawn("npm", ["start", "--silent", "--", "--port", "0"], { cwd: ROOT, detached: true });
  let output = "";
  const waiting = new Set<() => void>();
  const heard = (text?: unknown): void => {
    if (text !== undefined) output += String(text);
    for (const look of waiting) look();
  };
  child.stdout?.on("data", heard);
  child.stderr?.on("data", heard);
  child.on("exit", () => heard());
  const reads = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const give = (answer: () => void): void => {
        waiting.delete(look);
        clearTimeout(timer);
        answer();
      };
      const look = (): void => {
        const match = pattern.exec(output);
        if (match !== null) give(() => resolve(match));
        else if (child.exitCode !== null)
          give(() => reject(new Error(`ended without ${pattern}:\n${output}`)));
      };
      const late = (): void => give(() => reject(new Error(`waited for ${pattern}:\n${output}`)));
      const timer = setTimeout(late, PATIENCE_MS);
      waiting.add(look);
      look();
    });
  return { child, reads };
}

test(
  "npm start opens the sample's poll with the booth, says where and that keys are for development, counts, and ends",
  async () => {
    const { child, reads } = npmStart();
    const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
    let data: string | undefined;
    let origin = "";
    try {
      const booth = await reads(/booth +(http:\/\/[^/\s]+)\/\S*?([0-9a-f]{62})/);
      origin = booth[1]!;
      const pollId = booth[2]!;
      data = (await reads(/data +(\S+)/))[1]!;
      await reads(/--allow-development-keys/);
      await reads(/Ctrl-C ends/);

      const page = await fetch(`${origin}/`);
      expect(page.status).toBe(200);
      expect(page.headers.get("content-security-policy")).toMatch(/default-src 'none'/);
      expect(await page.text()).toContain('id="booth"');
      const config = await (await fetch(`${origin}/config.json`)).json();
      expect(config).toEqual({ baseUrl: "", allowDevelopmentKeys: true });
      const poll = await (await fetch(`${origin}/polls/${pollId}/poll.json`)).json();
      expect(poll.opensAt).toBeLessThanOrEqual(Date.now() / 1_000);
      expect(poll.closesAt).toBeGreaterThan(Date.now() / 1_000);
      expect(poll.keySet.kind).toBe("development");

      child.stdin?.write("\n");
      await reads(/0 ballots were counted: too few for a tally/);
      expect((await fetch(`${origin}/polls/${pollId}/closing.json`)).status).toBe(200);
    } finally {
      if (child.exitCode === null) process.kill(-child.pid!, "SIGINT");
      await ended;
      if (data !== undefined) await rm(join(ROOT, data), { recursive: true });
    }
    // npm says by which signal; the service itself has gone.
    expect(child.signalCode).toBe("SIGINT");
    await expect(fetch(`${origin}/`)).rejects.toThrow();
  },
  5 * PATIENCE_MS,
);

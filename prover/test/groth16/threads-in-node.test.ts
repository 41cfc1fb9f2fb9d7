// Threads as Node has them, with the package as it is built: a script ends by itself, whether it disposes or not.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const SCRIPT = fileURLToPath(new URL("plain-node/threads.mjs", import.meta.url));
const HANGS_MS = 50_000;

test.each(["leave", "dispose"])(
  "a script proves by three threads, aborts, and ends by itself: %s",
  async (end) => {
    const child = spawn(process.execPath, [SCRIPT, "3", end], {
      timeout: HANGS_MS,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].on("data", (chunk: Buffer) => {
        said[name] += chunk.toString();
      });
    }
    const ended = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve({ code, signal }));
    });
    expect({ ...said, ended }).toEqual({
      stdout: "verified: true\nverified: true\naborted: AbortError\nthreads: 2\n",
      stderr: "",
      ended: { code: 0, signal: null },
    });
  },
);

// A Node script that proves and verifies ends by itself: nothing of the library keeps the process alive.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const path = (name: string): string => fileURLToPath(new URL(`plain-node/${name}`, import.meta.url));
const HANGS_MS = 50_000;
const ENDS_WITHIN_MS = 10_000;

test("a script that proves and verifies a ballot ends by itself, without process.exit", async () => {
  const args = ["--conditions=source", "--import", path("typescript.mjs"), path("prove.ts")];
  const child = spawn(process.execPath, args, { timeout: HANGS_MS, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  let saidAt = Number.NaN;
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    saidAt = performance.now();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  expect({ stdout, stderr, ended }).toEqual({
    stdout: "verified: true\n",
    stderr: "",
    ended: { code: 0, signal: null },
  });
  expect(performance.now() - saidAt).toBeLessThan(ENDS_WITHIN_MS);
});

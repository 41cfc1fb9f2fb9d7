// Ctrl-C once, and a run keeps what it has; twice, and it ends.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { repositoryPath } from "../support/keys.ts";

const module = pathToFileURL(repositoryPath("benchmarks/dist/harness/stopping.js")).href;
/** A run that would never end. */
const SOURCE = `
  import { stopOnRequest } from ${JSON.stringify(module)};
  const signal = stopOnRequest(() => console.log("asked"));
  signal.addEventListener("abort", () => console.log("stopping"));
  setInterval(() => undefined, 1000);
  console.log("running");
`;

let run: ChildProcess;
let said: Interface;

beforeEach(async () => {
  run = spawn(process.execPath, ["--input-type=module", "--eval", SOURCE], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  said = createInterface({ input: run.stdout! });
  expect(await once(said, "line")).toEqual(["running"]);
});

afterEach(() => void run.kill("SIGKILL"));

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s stops the run; the same again a second later ends it at once", async (signal, code) => {
  const lines: string[] = [];
  said.on("line", (line) => lines.push(line));
  run.kill(signal);
  // What npm hands on of the same key press is no second request.
  await new Promise((resolve) => setTimeout(resolve, 100));
  run.kill(signal);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect(lines).toEqual(["asked", "stopping"]);
  expect(run.exitCode).toBeNull();
  run.kill(signal);
  expect(await once(run, "exit")).toEqual([code, null]);
});

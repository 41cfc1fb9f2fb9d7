// What a person may ask `npm run bench:history` for, and what an engine's table says of packages.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { ENGINES } from "../../src/harness/engines.ts";
import { parseHistoryOptions } from "../../src/harness/options.ts";
import { PROFILES } from "../../src/harness/profiles.ts";
import { limitsName, parseMeasurement, WORKLOADS } from "../../src/results/schema.ts";
import { lineWith } from "../support/lines.ts";

test("without options, everything is measured at full speed, five times, cold and warm", () => {
  expect(parseHistoryOptions([])).toEqual({
    workloads: [...WORKLOADS],
    engines: [...ENGINES],
    environments: ["node", "chromium", "chromium-phone"],
    profiles: ["full"],
    starts: ["cold", "warm"],
    runs: 5,
    out: null,
  });
});

test("options may be given several times", () => {
  const words =
    "--workload hours-1 --workload semaphore-20 --engine snarkjs --environment node --profile half-core --profile full --runs 2 --start cold --out here.jsonl";
  expect(parseHistoryOptions(words.split(" "))).toMatchObject({
    workloads: ["hours-1", "semaphore-20"],
    engines: [{ name: "snarkjs" }],
    environments: ["node"],
    profiles: ["full", "half-core"],
    starts: ["cold"],
    runs: 2,
    out: "here.jsonl",
  });
});

describe("what there is not is refused, with what there is", () => {
  test.each([
    ["--workload ballot", `--workload ballot: there are ${WORKLOADS.join(", ")}`],
    ["--engine rapid", "--engine rapid: there are @commune-zk/prover, snarkjs, @semaphore-protocol/proof"],
    ["--environment phone", "--environment phone: there are node, chromium, chromium-phone"],
    ["--profile pixel", `--profile pixel: there are ${Object.keys(PROFILES).join(", ")}`],
    ["--start hot", "--start hot: there are cold, warm"],
    ["--runs 0", "--runs 0: expected a number from 1 to 1000"],
    ["--runs 1.5", "--runs 1.5: expected a number from 1 to 1000"],
    ["--runs many", "--runs many: expected a number from 1 to 1000"],
    [
      "--engine @semaphore-protocol/proof --workload hours-1",
      "none of these engines proves any of these workloads",
    ],
  ])("%s", (words, message) => {
    expect(() => parseHistoryOptions(words.split(" "))).toThrow(new RangeError(message));
  });

  test("an option", () => {
    expect(() => parseHistoryOptions(["--phone", "x"])).toThrow("Unknown option '--phone'");
  });
});

test("each engine's version is that of the installed package", () => {
  for (const { name, version } of ENGINES) {
    const path = fileURLToPath(new URL(`../../../node_modules/${name}/package.json`, import.meta.url));
    expect(`${name} ${version}`).toBe(
      `${name} ${(JSON.parse(readFileSync(path, "utf8")) as { version: string }).version}`,
    );
  }
});

test("each engine's name and version can stand in a line", () => {
  for (const { name, version } of ENGINES) {
    expect(parseMeasurement(lineWith({ engine: { name, version } })).engine).toEqual({ name, version });
  }
});

test("each profile can stand in a line, and its name says no more than its limits", () => {
  for (const [name, limits] of Object.entries(PROFILES)) {
    const environment = { ...lineWith().environment, limits };
    expect(parseMeasurement(lineWith({ environment })).environment.limits).toEqual(limits);
    expect([name, limitsName(limits)]).toEqual(
      [
        ["full", "unlimited"],
        ["one-core", "100 % of one core"],
        ["half-core", "50 % of one core"],
        ["quarter-core", "25 % of one core"],
        ["quarter-core-512mib-1600kbps", "25 % of one core, 512 MiB, 1.6 Mbit/s down, 0.75 up, 150 ms"],
      ].find(([own]) => own === name),
    );
  }
});

// The history file: whole lines or nothing, and nothing damaged is passed over.

import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { appendHistory, readHistory } from "../../src/results/history.ts";
import type { MeasurementLine } from "../../src/results/schema.ts";
import { lineWith } from "../support/lines.ts";

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "commune-zk-history-"));
  path = join(directory, "measurements.jsonl");
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const numbered = (n: number): MeasurementLine => lineWith({ runId: n.toString(16).padStart(32, "0") });

test("there are no lines where there is no file", async () => {
  expect(await readHistory(path)).toEqual([]);
});

test("lines come back in the order in which they were added, each on a line of its own", async () => {
  await appendHistory(path, [numbered(1), numbered(2)]);
  await appendHistory(path, [numbered(3)]);
  expect(await readHistory(path)).toEqual([1, 2, 3].map(numbered));
  const text = await readFile(path, "utf8");
  expect(text.endsWith("\n")).toBe(true);
  expect(text.trimEnd().split("\n")).toHaveLength(3);
});

test("lines that are added at once stand whole, whoever is first", async () => {
  const all = Array.from({ length: 20 }, (_, i) => numbered(i));
  await Promise.all(all.map((line) => appendHistory(path, [line])));
  const runs = (await readHistory(path)).map(({ runId }) => runId);
  expect(runs.sort()).toEqual(all.map(({ runId }) => runId));
});

describe("a bad line", () => {
  test.each([
    ["not JSON", "{ nonsense", "bad-json"],
    ["in another shape", JSON.stringify({ ...lineWith(), startedAt: 5 }), "measurement-malformed"],
    ["empty", "", "bad-json"],
  ])("%s is named by its number", async (_how, line, code) => {
    const good = JSON.stringify(numbered(1));
    await writeFile(path, `${good}\n${line}\n${good}\n`);
    await expect(readHistory(path)).rejects.toMatchObject({
      code,
      place: expect.stringMatching(/^measurements\.jsonl line 2(: startedAt)?$/),
    });
  });

  test("is not added, and neither are those beside it", async () => {
    await appendHistory(path, [numbered(1)]);
    const before = await readFile(path);
    const bad = lineWith({ startedAt: 5 });
    await expect(appendHistory(path, [numbered(2), bad])).rejects.toMatchObject({
      code: "measurement-malformed",
      place: "line 2: startedAt",
    });
    expect(await readFile(path)).toEqual(before);
  });
});

describe("a last line that a dying run left torn", () => {
  beforeEach(async () => {
    await appendHistory(path, [numbered(1), numbered(2)]);
    const { length } = await readFile(path);
    await truncate(path, length - 40);
  });

  test("is an error when it is read, not a line fewer", async () => {
    await expect(readHistory(path)).rejects.toMatchObject({
      code: "history-torn",
      place: "measurements.jsonl line 2",
    });
  });

  test("gets nothing written after it", async () => {
    const before = await readFile(path);
    await expect(appendHistory(path, [numbered(3)])).rejects.toMatchObject({ code: "history-torn" });
    expect(await readFile(path)).toEqual(before);
  });

  test("is torn as well where only its line break is missing", async () => {
    await writeFile(path, JSON.stringify(numbered(1)));
    await expect(readHistory(path)).rejects.toMatchObject({ code: "history-torn" });
    await appendFile(path, "\n");
    expect(await readHistory(path)).toHaveLength(1);
  });
});

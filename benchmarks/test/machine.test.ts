// What a line says of the code that was measured.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { commitOf } from "../src/machine.ts";

let directory: string;
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.org", ...args], {
    cwd: directory,
    encoding: "utf8",
  }).trim();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "commune-machine-"));
  git("init", "--quiet");
  await mkdir(join(directory, "deep/inside"), { recursive: true });
  await writeFile(join(directory, "deep/inside/code"), "one");
  git("add", ".");
  git("commit", "--quiet", "--message", "first");
});

afterAll(() => rm(directory, { recursive: true, force: true }));

test("a tree is modified by changed and by new files, but not by lines of the history", async () => {
  const commit = git("rev-parse", "HEAD");
  const places = [directory, join(directory, "deep")];
  const said = () => places.map((place) => commitOf(place));
  expect(said()).toEqual(places.map(() => ({ commit, modified: false })));

  await mkdir(join(directory, "benchmarks/history"), { recursive: true });
  await writeFile(join(directory, "benchmarks/history/measurements.jsonl"), "{}");
  expect(said()).toEqual(places.map(() => ({ commit, modified: false })));

  await writeFile(join(directory, "benchmarks/new"), "");
  expect(said()).toEqual(places.map(() => ({ commit, modified: true })));
  await rm(join(directory, "benchmarks/new"));
  await writeFile(join(directory, "deep/inside/code"), "two");
  expect(said()).toEqual(places.map(() => ({ commit, modified: true })));
});

test("where there is no repository nothing is said", async () => {
  const bare = await mkdtemp(join(tmpdir(), "commune-bare-"));
  expect(commitOf(bare)).toBeNull();
  await rm(bare, { recursive: true });
});

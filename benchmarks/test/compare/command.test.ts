// The gate from end to end, on a small repository whose engine keeps the processor busy as long as it is told. The
// processes run the build, as the command does.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { Checkouts, resolveCommit } from "../../src/compare/checkouts.ts";
import { compareCommand, EXIT } from "../../src/compare/command.ts";
import { openSide, type Side } from "../../src/compare/side.ts";
import { repositoryPath } from "../support/keys.ts";
import { type SmallRepository, smallRepository } from "./small-repository.ts";

const entry = repositoryPath("build/scripts/bench-compare-side.js");
const never = new AbortController().signal;
const anyFile = repositoryPath("package.json");
const files = { entry, wasmPath: anyFile, provingKeyPath: anyFile, inputs: {} };

let repository: SmallRepository;
let printed: string[];
let told: string[];

beforeAll(async () => {
  repository = await smallRepository();
});

afterAll(() => repository.dispose());

beforeEach(() => {
  printed = [];
  told = [];
});

/** Runs the gate; every signature of a proof is noted, and those in `bad` are refused. */
function gate(
  words: string,
  { signal = never, bad = [] as string[], onProof = (_sign: string): void => undefined } = {},
) {
  const file = { bytes: new Uint8Array(), path: anyFile, sha256: "" };
  const surroundings = {
    root: repository.root,
    entry,
    print: (text: string) => printed.push(text),
    tell: (line: string) => told.push(line),
    prepare: async () => ({
      wasm: file,
      provingKey: file,
      inputs: "{}",
      async verify({ publicSignals }: { readonly publicSignals: readonly string[] }) {
        const sign = publicSignals.join();
        onProof(sign);
        if (bad.includes(sign)) throw new Error("another statement");
      },
    }),
  };
  return compareCommand(words.split(" "), surroundings, signal);
}

async function leftovers(): Promise<{ readonly folder: string[]; readonly worktrees: number }> {
  const list = await repository.git("worktree", "list", "--porcelain");
  return {
    folder: await readdir(join(repository.root, "build/compare")),
    worktrees: list.match(/^worktree /gm)?.length ?? 0,
  };
}

const NOTHING = { folder: [], worktrees: 1 };

test("an equal head passes: exit code 0, table and verdict", async () => {
  expect(await gate("base --pairs 10 --limit 50 --keep")).toBe(EXIT.passed);
  const [text] = printed;
  const base = await repository.git("rev-parse", "base");
  expect(text).toContain(`base      ${base}, wasmEngine`);
  expect(text).toContain(`head      ${base}, wasmEngine`);
  expect(text).toMatch(/^processor +\d+\.\d ms +\d+\.\d ms +\d\.\d{3} +\d\.\d{3}–\d\.\d{3}$/m);
  expect(text).toMatch(/^PASSED/m);
});

test("each side runs its own code; a head that is slower fails: exit code 1", async () => {
  await repository.writeEngine({ busyMs: 20, sign: 2 });
  const signs = new Set<string>();
  try {
    const words = "base --pairs 10 --limit 50 --json --keep";
    expect(await gate(words, { onProof: (sign) => signs.add(sign) })).toBe(EXIT.slower);
  } finally {
    await repository.writeEngine({ busyMs: 5, sign: 1 });
  }
  expect([...signs]).toEqual(["1", "2"]);
  const { head, verdict, gate: clock, clocks, pairs } = JSON.parse(printed.join(""));
  expect([head.modified, verdict, clock, pairs.length]).toEqual([true, "slower", "cpuMs", 10]);
  expect(clocks.cpuMs.low).toBeGreaterThan(1.5);
  expect(clocks.wallMs.ratio).toBeGreaterThan(1.5);
});

describe("wrong use ends with exit code 2 and a sentence, and prints nothing", () => {
  test.each([
    ["nowhere", 'git knows no commit "nowhere"'],
    ["base --head nowhere", 'git knows no commit "nowhere"'],
    ["base --pairs 3", "--pairs 3: expected an even number from 10 to 1000"],
    ["base --swift", "--swift"],
  ])("%s", async (words, sentence) => {
    expect(await gate(words)).toBe(EXIT.usage);
    expect(told.join("\n")).toContain(sentence);
    expect(told.join("\n")).toContain("npm run bench:compare -- BASE");
    expect(printed).toEqual([]);
  });

  test("while another process compares", async () => {
    // This process stands for it.
    const other = await Checkouts.open(repository.root);
    expect(await gate("base --pairs 10")).toBe(EXIT.usage);
    expect(told.join()).toContain(`process ${process.pid} is comparing already`);
    await other.close({ keep: false });
  });
});

test("a proof that is not good is no comparison: exit code 3", async () => {
  expect(await gate("base --pairs 10", { bad: ["1"] })).toBe(EXIT.failed);
  expect(told.at(-1)).toBe("nothing was compared: a proof of the base is not good: Error: another statement");
  expect(printed).toEqual([]);
  expect(await leftovers()).toEqual(NOTHING);
});

test("who stops it gets exit code 130, and nothing is left behind", async () => {
  const stop = new AbortController();
  const onProof = (): void => stop.abort(new Error("stopped"));
  expect(await gate("base --pairs 10", { signal: stop.signal, onProof })).toBe(EXIT.stopped);
  expect(printed).toEqual([]);
  expect(await leftovers()).toEqual(NOTHING);
});

describe("a checkout", () => {
  test("is used again where it was kept unchanged, and made anew where it was not", async () => {
    const commit = await resolveCommit(repository.root, "base");
    const add = async (): Promise<{ readonly directory: string; readonly steps: string[] }> => {
      const steps: string[] = [];
      const checkouts = await Checkouts.open(repository.root);
      const { directory } = await checkouts.add({ commit, tell: (step) => steps.push(step) });
      await checkouts.close({ keep: true });
      return { directory, steps };
    };
    const { directory, steps } = await add();
    expect(steps).toHaveLength(2);
    expect((await add()).steps).toEqual([]);
    const path = join(directory, "engine/index.js");
    const before = await readFile(path, "utf8");
    await writeFile(path, "export const busyMs = 0;\n");
    expect((await add()).steps).toHaveLength(2);
    expect(await readFile(path, "utf8")).toBe(before);
    const checkouts = await Checkouts.open(repository.root);
    const edit = {
      name: "edited",
      apply: (to: string) => writeFile(join(to, "engine/index.js"), "export const busyMs = 1, sign = 3n;\n"),
    };
    await checkouts.add({ commit });
    const edited = await checkouts.add({ commit, edit });
    const side = await openSide({ ...files, proverPath: edited.proverPath }, never);
    try {
      expect((await side.prove()).publicSignals).toEqual([3n]);
    } finally {
      await side.close();
    }
    await checkouts.close({ keep: false });
    expect(await leftovers()).toEqual(NOTHING);
  });
});

describe("a side", () => {
  const withEngine = async (source: string, work: (proverPath: string) => Promise<void>): Promise<void> => {
    const path = join(repository.root, "build/some-prover.mjs");
    await writeFile(path, source);
    await work(path);
  };
  const opened = async (proverPath: string, timeoutMs?: number): Promise<Side> =>
    openSide({ ...files, proverPath, ...(timeoutMs === undefined ? {} : { timeoutMs }) }, never);

  test("takes the newest engine that its prover exports, and says which", () =>
    withEngine(
      "export const snarkjsEngine = () => ({}); export const wasmEngine = () => ({});",
      async (path) => {
        const side = await opened(path);
        expect(side.engine).toBe("wasmEngine");
        await side.close();
      },
    ));

  test("of an older commit has that commit's engine", () =>
    withEngine("export const snarkjsEngine = () => ({});", async (path) => {
      const side = await opened(path);
      expect(side.engine).toBe("snarkjsEngine");
      await side.close();
    }));

  test("without an engine is refused", () =>
    withEngine("export const other = 1;", async (path) => {
      await expect(opened(path)).rejects.toThrow("the prover exports none of wasmEngine, snarkjsEngine");
    }));

  test("that does not end its proof is ended", () =>
    withEngine("export const wasmEngine = () => ({ prove() { for (;;); } });", async (path) => {
      const side = await opened(path, 1_500);
      await expect(side.prove()).rejects.toThrow("no answer in 1.5 s");
      await expect(side.prove()).rejects.toThrow("the process has ended");
    }));

  test("counts processor time, not waiting", () =>
    withEngine(
      "export const wasmEngine = () => ({ prove: () => new Promise((done) => setTimeout(done, 100, { proof: null, publicSignals: [] })) });",
      async (path) => {
        const side = await opened(path);
        const { wallMs, cpuMs } = await side.prove();
        await side.close();
        expect(wallMs).toBeGreaterThan(95);
        expect(cpuMs).toBeLessThan(wallMs / 2);
      },
    ));
});

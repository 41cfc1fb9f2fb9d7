// The roll's tree by several threads: the same tree, whatever a thread does. The threads are lines within this one;
// real workers are in the last test.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, jest, test } from "@jest/globals";
import { FIELD_ORDER } from "../../src/formats/field.ts";
import { type GrowOptions, growRollTree, rollTree, type ThreadPort } from "../../src/index.ts";
import { type LocalFaults, localThreads } from "../groth16/local-threads.ts";
import { seededRandom } from "../trustees/support.ts";

const seed = Date.now() % 1_000_000;
const random = seededRandom(seed);
/** Enough for threads to be started, and for several messages to each. */
const SIZE = 10_001;

function leavesOf(size: number, zeroPart = 0.2): bigint[] {
  return Array.from({ length: size }, () => {
    if (random() < zeroPart) return 0n;
    let leaf = 0n;
    for (let i = 0; i < 8; i++) leaf = (leaf << 32n) | BigInt(Math.floor(random() * 2 ** 32));
    return leaf % FIELD_ORDER;
  });
}

const LEAVES = leavesOf(SIZE);
const KNOWN = rollTree(LEAVES, 20);

/** Grows the known tree with such threads. */
async function grow(count: number, faults: LocalFaults = {}, options: GrowOptions = {}) {
  const threads = localThreads(faults);
  const tree = await growRollTree(LEAVES, 20, { ...options, threads: { count, start: threads.start } });
  return { tree, threads };
}

describe(`a grown tree (seed ${seed})`, () => {
  test.each([0, 1, 2, 3, 1000, 2049])("of %i leaves is the tree made at once", async (size) => {
    const leaves = leavesOf(size);
    for (const depth of [12, 16]) expect(await growRollTree(leaves, depth)).toEqual(rollTree(leaves, depth));
  });

  test.each([1, 2, 3, 5])("of many leaves is the same by %i threads, which have ended", async (count) => {
    const { tree, threads } = await grow(count);
    expect(tree).toEqual(KNOWN);
    expect(threads.counts()).toEqual({ started: count - 1, running: 0 });
    if (count > 1) expect(threads.heard.length).toBeGreaterThan(4);
  });

  test("of nobody's leaves is the empty tree", async () => {
    const zeros = new Array<bigint>(SIZE).fill(0n);
    expect(await growRollTree(zeros, 20)).toEqual(rollTree(zeros, 20));
  });

  test("of few leaves starts no thread", async () => {
    const threads = localThreads();
    await growRollTree(leavesOf(2000), 20, { threads: { count: 2, start: threads.start } });
    expect(threads.counts().started).toBe(0);
  });

  test("tells how much is done, and never more than there is", async () => {
    const told: [number, number][] = [];
    await grow(2, {}, { onProgress: (done, total) => told.push([done, total]) });
    expect(told.length).toBeGreaterThan(10);
    expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).toSorted((a, b) => a - b));
    expect(told.every(([done, total]) => done > 0 && done <= total)).toBe(true);
    expect(told.at(-1)![0]).toBeGreaterThan(SIZE / 2);
  });

  test("lets others have their turn", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await growRollTree(LEAVES, 20);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });
});

describe("a thread that fails", () => {
  const nth = (n: number): (() => boolean) => {
    let asked = 0;
    return () => ++asked === n;
  };

  test.each([1, 2, 3, 5])("at message %i costs nothing but time", async (n) => {
    const { tree, threads } = await grow(3, { dies: nth(n) });
    expect([tree.root, threads.counts().running]).toEqual([KNOWN.root, 0]);
  });

  test.each<[string, (said: Record<string, unknown>) => Record<string, unknown>]>([
    ["gives too few hashes", (said) => ({ ...said, hashes: (said.hashes as Uint8Array).subarray(32) })],
    ["gives something else", ({ id }) => ({ kind: "stopped", id })],
    ["has no memory", ({ id }) => ({ kind: "failed", id, why: "memory" })],
  ])("because it %s is asked no more", async (_, says) => {
    const { tree, threads } = await grow(2, { says });
    expect([tree.root, threads.counts().running]).toEqual([KNOWN.root, 0]);
    expect(threads.sent.length).toBeLessThanOrEqual(2);
  });

  test("only when all the others are done, having said nothing, is made up for", async () => {
    let asked = 0;
    const start = (): ThreadPort => {
      let onLost: () => void = () => undefined;
      return {
        post() {
          asked++;
          // The calling thread has hashed what is left of the first layer, and waits.
          setTimeout(() => onLost(), 500);
        },
        listen(_, onEnd) {
          onLost = onEnd;
        },
        end: () => undefined,
      };
    };
    const { root } = await growRollTree(LEAVES, 20, { threads: { count: 2, start } });
    expect([asked, root]).toEqual([2, KNOWN.root]);
  });

  test("as it starts leaves the work to the others", async () => {
    const threads = localThreads();
    let started = 0;
    const start = () => {
      if (++started === 2) throw new Error("no more workers");
      return threads.start();
    };
    const { root } = await growRollTree(LEAVES, 20, { threads: { count: 4, start } });
    expect([root, threads.counts()]).toEqual([KNOWN.root, { started: 1, running: 0 }]);
  });
});

describe("a tree that is not grown", () => {
  test.each([0, 17, 1.5, Number.NaN])("by %p threads is refused", async (count) => {
    const start = jest.fn(localThreads().start);
    await expect(growRollTree(LEAVES, 20, { threads: { count, start } })).rejects.toThrow(RangeError);
    expect(start).not.toHaveBeenCalled();
  });

  test("has more leaves than its depth", async () => {
    await expect(growRollTree(LEAVES, 10)).rejects.toMatchObject({ code: "roll-too-large" });
  });

  test("was stopped before it began", async () => {
    const reason = new Error("stopped by the test");
    await expect(grow(2, {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test("is stopped before much more is hashed, and leaves no thread", async () => {
    const threads = localThreads();
    const controller = new AbortController();
    let hashed = 0;
    const onProgress = (done: number): void => {
      hashed = done;
      if (done >= 3000) controller.abort();
    };
    const options = { threads: { count: 3, start: threads.start }, signal: controller.signal, onProgress };
    await expect(growRollTree(LEAVES, 20, options)).rejects.toMatchObject({ name: "AbortError" });
    // One share that had come already, or one of the calling thread's.
    const known = hashed;
    expect(known).toBeLessThan(3000 + 2 * 1024);
    const { length } = threads.sent;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([hashed, threads.sent.length, threads.counts().running]).toEqual([known, length, 0]);
  });
});

test("a script of the package as it is built grows a tree by two threads, and ends by itself", async () => {
  const script = fileURLToPath(new URL("plain-node/grow.mjs", import.meta.url));
  const child = spawn(process.execPath, [script], { timeout: 50_000, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const status = await new Promise((resolve) => child.once("close", resolve));
  expect([said, status]).toEqual(["same: true\nthreads: 1\n", 0]);
});

// Proofs by several threads: what they share out, what happens when one fails, and what they leave behind. The threads
// are lines within this one; real workers are in threads-in-node.test.ts and in the browser's test.
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { parseZkey } from "../../src/formats/zkey.ts";
import { SelfCheckError } from "../../src/groth16/engine.ts";
import { type Engine, type ProveOptions, wasmEngine } from "../../src/index.ts";
import { type ProvenCircuit, provenCircuit, withBrokenKey } from "./circuits.ts";
import { fireAtManyLooks } from "./firing.ts";
import { type LocalFaults, localThreads } from "./local-threads.ts";
import { watchInstances } from "./traces.ts";

const small = await provenCircuit("semaphore-1");
const own = await provenCircuit("semaphore-2");

const engines: Engine[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  for (const engine of engines.splice(0)) await engine.dispose();
});

function engineOf(count: number, faults: LocalFaults = {}) {
  const threads = localThreads(faults);
  const engine = wasmEngine({ threads: { count, start: threads.start } });
  engines.push(engine);
  return { engine, threads };
}

async function provesWell(engine: Engine, circuit: ProvenCircuit): Promise<boolean> {
  const { publicSignals, proof } = await engine.prove(circuit);
  return circuit.verifier.verify(publicSignals, proof);
}

describe("a proof by several threads", () => {
  test.each([1, 2, 3, 4, 7, 16])("of %i verifies, twice and of two circuits", async (count) => {
    const { engine, threads } = engineOf(count);
    for (const circuit of [small, small, own]) expect(await provesWell(engine, circuit)).toBe(true);
    expect(threads.counts()).toEqual({ started: count - 1, running: count - 1 });
    await engine.dispose();
    expect(threads.counts().running).toBe(0);
  });

  test("has each load its points once for proofs that follow each other", async () => {
    const { engine, threads } = engineOf(3);
    const kinds = () => threads.sent.splice(0).map(({ kind }) => kind);
    await engine.prove(small);
    expect(kinds().filter((kind) => kind === "load")).toHaveLength(2);
    await engine.prove(small);
    const second = kinds();
    expect(second.length).toBeGreaterThan(2);
    expect(new Set(second)).toEqual(new Set(["sum"]));
  });

  test("is not given out where a thread's sum is wrong", async () => {
    const says = (message: Record<string, unknown>) => {
      if (message.kind === "sum") (message.point as Uint8Array)[0]! ^= 1;
      return message;
    };
    const { engine } = engineOf(2, { says });
    await expect(engine.prove(small)).rejects.toBeInstanceOf(SelfCheckError);
  });

  test("is not given out where the key's points are no proof's", async () => {
    const { engine } = engineOf(2);
    await expect(engine.prove(withBrokenKey(small))).rejects.toBeInstanceOf(SelfCheckError);
    expect(await provesWell(engine, small)).toBe(true);
  });

  test.each(["a", "b1", "b2", "c", "h"] as const)(
    "refuses a key with a coordinate of q in section %s, wherever it is loaded",
    async (name) => {
      const provingKey = Uint8Array.from(small.artifacts.provingKey);
      const section = parseZkey(provingKey)[name];
      const size = name === "b2" ? 128 : 64;
      const { engine } = engineOf(3);
      for (const at of [0, section.length - size]) {
        const before = section.slice(at, at + 32);
        section.fill(0xff, at, at + 32);
        const artifacts = { ...small.artifacts, provingKey: Uint8Array.from(provingKey) };
        await expect(engine.prove({ ...small, artifacts })).rejects.toMatchObject({ code: "zkey-malformed" });
        section.set(before, at);
      }
      expect(await provesWell(engine, small)).toBe(true);
    },
  );

  test.each([0, 17, 1.5, Number.NaN, -1])("of %p threads is refused", (count) => {
    expect(() => wasmEngine({ threads: { count, start: localThreads().start } })).toThrow(RangeError);
  });
});

describe("a thread that fails", () => {
  test("as it starts leaves the proof to the calling thread", async () => {
    let started = 0;
    const threads = localThreads();
    const engine = wasmEngine({
      threads: {
        count: 4,
        start() {
          if (++started === 3) throw new Error("no more workers");
          return threads.start();
        },
      },
    });
    expect(await provesWell(engine, small)).toBe(true);
    expect(await provesWell(engine, small)).toBe(true);
    expect([started, threads.counts().running, threads.sent.length]).toEqual([3, 0, 0]);
  });

  test.each(["load", "sum"])("at a message to %s costs no proof, and no thread stays", async (kind) => {
    const { engine, threads } = engineOf(3, { dies: (message) => message.kind === kind });
    const phases: string[] = [];
    const options: ProveOptions = { ...small, onProgress: ({ phase }) => phases.push(phase) };
    const { publicSignals, proof } = await engine.prove(options);
    expect(await small.verifier.verify(publicSignals, proof)).toBe(true);
    expect(phases.slice(-2)).toEqual(["witness", "proof"]);
    expect(threads.counts()).toEqual({ started: 2, running: 0 });
    expect(await provesWell(engine, own)).toBe(true);
    expect(threads.counts().started).toBe(2);
  });

  test("in a proof after good ones costs none either", async () => {
    let proofs = 0;
    const { engine, threads } = engineOf(2, { dies: ({ kind }) => kind === "sum" && proofs === 2 });
    for (proofs = 0; proofs < 4; proofs++) expect(await provesWell(engine, small)).toBe(true);
    expect(threads.counts()).toEqual({ started: 1, running: 0 });
  });

  test("and says so, or says what was not asked, costs none either", async () => {
    const wrong = [
      { kind: "failed", why: "unexpected" },
      { kind: "loaded", id: undefined },
    ];
    for (const each of wrong) {
      const says = (said: Record<string, unknown>) => (said.kind === "sum" ? { ...each, id: said.id } : said);
      const { engine, threads } = engineOf(2, { says });
      expect(await provesWell(engine, small)).toBe(true);
      expect(threads.counts().running).toBe(0);
    }
  });

  test("for want of memory fails the proof: alone the thread would have less", async () => {
    const says = (said: Record<string, unknown>) =>
      said.kind === "loaded" ? { kind: "failed", id: said.id, why: "memory" } : said;
    const { engine } = engineOf(2, { says });
    await expect(engine.prove(small)).rejects.toBeInstanceOf(RangeError);
  });
});

describe("nothing of a secret stays", () => {
  /** All bytes that went over the lines, in shared memory or not; those that moved away are left out. */
  const seenBytes = ({ sent, heard, received }: ReturnType<typeof localThreads>): Uint8Array[] =>
    [...received, ...[...sent, ...heard].flatMap(({ scalars, point }) => [scalars, point])].filter(
      (bytes): bytes is Uint8Array => bytes instanceof Uint8Array && bytes.length > 0,
    );

  const withoutSharing = <T>(work: () => Promise<T>): Promise<T> => {
    const real = Object.getOwnPropertyDescriptor(globalThis, "SharedArrayBuffer")!;
    Object.defineProperty(globalThis, "SharedArrayBuffer", { ...real, value: undefined });
    return work().finally(() => Object.defineProperty(globalThis, "SharedArrayBuffer", real));
  };

  test.each(["shared memory", "messages"])("after a proof by way of %s", async (way) => {
    const isShared = way === "shared memory";
    const instances = watchInstances();
    const { engine, threads } = engineOf(3);
    const prove = () => provesWell(engine, own);
    expect(await (isShared ? prove() : withoutSharing(prove))).toBe(true);
    const bytes = seenBytes(threads);
    expect(bytes.length).toBeGreaterThanOrEqual(4);
    const scalars = threads.sent
      .filter(({ kind }) => kind === "sum")
      .map((each) => each.scalars as Uint8Array);
    // Moved bytes are empty, shared ones are there.
    expect(scalars.every(({ length }) => (isShared ? length > 0 : length === 0))).toBe(true);
    expect(bytes.every((each) => each.every((byte) => byte === 0))).toBe(true);
    // Ours, two threads' and the calculator's.
    expect(instances.memories.length).toBe(4);
    expect(instances.holding(own.secret)).toBe(0);
  });

  test("after an abort anywhere, and nothing is computed any more", async () => {
    let isAborted = false;
    let computed = 0;
    const instances = watchInstances(() => {
      if (isAborted) computed++;
    });
    const { engine, threads } = engineOf(3);
    const looks = await fireAtManyLooks(
      (signal) => {
        isAborted = false;
        return engine.prove({ ...own, signal });
      },
      async (look, name) => {
        isAborted = true;
        await new Promise((resolve) => setTimeout(resolve, 5));
        const { length } = seenBytes(threads).filter((bytes) => bytes.some((byte) => byte !== 0));
        expect([look, name, computed, instances.holding(own.secret), length]).toEqual([
          look,
          "AbortError",
          0,
          0,
          0,
        ]);
        threads.sent.length = 0;
        threads.heard.length = 0;
        threads.received.length = 0;
      },
    );
    expect(looks).toBeGreaterThan(10);
    isAborted = false;
    expect(await provesWell(engine, own)).toBe(true);
    // No thread was given up for it.
    expect(threads.counts().running).toBe(2);
  });

  test("threads that are told to stop do not compute to the end", async () => {
    let windows = 0;
    watchInstances((name) => {
      if (name.endsWith("MsmWindow")) windows++;
    });
    const controller = new AbortController();
    let isFirst = true;
    // Large enough that nobody is done before it looks.
    const large = await provenCircuit("semaphore-10");
    const { engine } = engineOf(4, {
      dies({ kind }) {
        if (kind === "sum" && !isFirst) controller.abort();
        return false;
      },
    });
    await engine.prove(large);
    const whole = windows;
    windows = 0;
    isFirst = false;
    await expect(engine.prove({ ...large, signal: controller.signal })).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(windows).toBeLessThan(whole / 2);
  });
});

// What every engine tells, what it never tells, and what it leaves behind. docs/design/prover.md.
import { createHook } from "node:async_hooks";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { snarkjsEngine } from "../../../benchmarks/src/harness/snarkjs-engine.ts";
import { SelfCheckError } from "../../src/groth16/engine.ts";
import {
  type CircuitInputs,
  type Engine,
  type ProofProgress,
  type ProveOptions,
  type ProvingArtifacts,
  WitnessError,
  wasmEngine,
} from "../../src/index.ts";
import { provenCircuit, withBrokenKey } from "./circuits.ts";
import { watchInstances, watchOverwriting } from "./traces.ts";

const small = await provenCircuit("semaphore-1");
/** Whose inputs are of many kinds. */
const ballot = await provenCircuit("ballot-compact-10");

/** Arrays that held a witness when they were overwritten; filled as it happens. */
let wiped: readonly Uint8Array[];
let said: unknown[][];

beforeEach(() => {
  wiped = watchOverwriting([small.secret, ballot.secret], watchInstances());
  said = [];
  for (const method of ["log", "info", "warn", "error", "debug"] as const) {
    jest.spyOn(console, method).mockImplementation((...args) => void said.push(args));
  }
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** There were so many witnesses, and they hold nothing any more. */
function expectWiped(witnesses: number): void {
  expect(wiped).toHaveLength(witnesses);
  for (const array of wiped) expect(array.every((byte) => byte === 0)).toBe(true);
}

/** Counts the threads that are started while `work` runs; whether they end is not asked. */
async function threadsStarted(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === "WORKER") count++;
    },
  }).enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return count;
}

/** What holds the process open; timers apart, of which jest has its own. plain-node.test.ts sees a process end. */
const handles = (): string[] =>
  process
    .getActiveResourcesInfo()
    .filter((name) => name !== "Timeout")
    .sort();

test("a thread would be seen", async () => {
  expect(await threadsStarted(() => new Worker("0", { eval: true }).terminate())).toBe(1);
});

interface EngineCase {
  readonly name: string;
  readonly create: () => Engine;
  /** Whether it makes the witness before it looks at the proving key. */
  readonly witnessFirst: boolean;
  /** What becomes of a key whose proofs do not verify. */
  readonly brokenKey: "a bad proof" | "an error";
}

const ENGINES: readonly EngineCase[] = [
  { name: "snarkjsEngine", create: snarkjsEngine, witnessFirst: true, brokenKey: "a bad proof" },
  { name: "wasmEngine", create: wasmEngine, witnessFirst: false, brokenKey: "an error" },
];

describe.each(ENGINES)("$name", ({ create, witnessFirst, brokenKey }) => {
  /** The reason why the engine refuses; undefined where it does not. */
  const failure = (changes: Partial<ProveOptions>, engine = create()) =>
    engine.prove({ ...ballot, ...changes }).then(
      () => undefined,
      (reason: unknown) => reason,
    );

  test("makes a proof: phases in order, no thread, no handle, no global, nothing printed, the witness wiped", async () => {
    const { Memory } = WebAssembly;
    const pages: number[] = [];
    jest.spyOn(WebAssembly, "Memory").mockImplementation((descriptor) => {
      pages.push(descriptor.initial);
      return new Memory(descriptor);
    });
    const before = { handles: handles(), globals: Object.keys(globalThis) };
    const progress: ProofProgress[] = [];
    let made: Awaited<ReturnType<Engine["prove"]>> | undefined;
    const threads = await threadsStarted(async () => {
      made = await create().prove({ ...small, onProgress: (step) => progress.push(step) });
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(threads).toBe(0);
    expect(handles()).toEqual(before.handles);
    const left = Object.entries(globalThis).filter(
      ([name, value]) => !before.globals.includes(name) && value,
    );
    expect(left.map(([name]) => name)).toEqual([]);
    // circom_runtime alone would reserve 32,767 pages, 2 GiB.
    expect(pages.filter((count) => count > 100)).toEqual([]);
    expect(progress).toEqual([
      { phase: "witness", done: 0, total: 2 },
      { phase: "proof", done: 1, total: 2 },
    ]);
    expect(said).toEqual([]);
    expectWiped(1);
    expect(await small.verifier.verify(made!.publicSignals, made!.proof)).toBe(true);
  });

  test("begins nothing where the signal has fired", async () => {
    expect(await failure({ signal: AbortSignal.abort() })).toMatchObject({ name: "AbortError" });
    expectWiped(0);
  });

  test("that is aborted between its phases wipes its witness", async () => {
    const controller = new AbortController();
    const work = create().prove({
      ...small,
      signal: controller.signal,
      onProgress: ({ phase }) => phase === "proof" && controller.abort(),
    });
    await expect(work).rejects.toMatchObject({ name: "AbortError" });
    expectWiped(1);
  });

  describe("given inputs that do not satisfy the circuit", () => {
    const engine = create();
    // Every number of three digits or more: shorter ones stand in line numbers.
    const secrets = (own: CircuitInputs): string[] =>
      [own.secret, own.nonces, own.siblings, own.values]
        .flat(2)
        .flatMap((value) => (value === undefined ? [] : [value.toString(), value.toString(16)]))
        .filter((text) => text.length > 2);

    const cases: [string, CircuitInputs][] = [
      ["a vote above its maximum", { ...ballot.inputs, values: [0n, 987_654_321n, 0n, 0n] }],
      ["a vote too few", { ...ballot.inputs, values: [0n, 0n, 0n, 0n] }],
      ["a secret that is on no roll", { ...ballot.inputs, secret: 123_456_789_123_456_789n }],
      ["a nonce above the subgroup's order", { ...ballot.inputs, nonces: [2n ** 253n + 12_345n] }],
      ["a leaf index outside the tree", { ...ballot.inputs, leafIndex: 98_765n }],
      [
        "a missing input",
        Object.fromEntries(Object.entries(ballot.inputs).filter(([name]) => name !== "nonces")),
      ],
      ["a value too many", { ...ballot.inputs, values: [0n, 1n, 0n, 0n, 0n] }],
      ["an input the circuit does not have", { ...ballot.inputs, vote: 987_654_321n }],
    ];

    test.each(cases)("%s: a WitnessError that quotes none of them", async (_what, bad) => {
      const error = (await failure({ inputs: bad }, engine)) as WitnessError;
      expect(error).toBeInstanceOf(WitnessError);
      expect(error.code).toBe("witness-unsatisfied");
      expect(error.message).toBe("the inputs do not satisfy the circuit");
      expect(error.cause).toBeUndefined();
      // circom's runtime prints the template and line of the assertion; what it prints is read here too.
      const told = JSON.stringify([error.message, error.stack, Object.entries(error), said]);
      expect(secrets(bad).length).toBeGreaterThan(10);
      expect(secrets(bad).filter((text) => told.includes(text))).toEqual([]);
      expect(wiped).toEqual([]);
    });
  });

  describe("given artifacts whose digest nobody checked", () => {
    const changed = (bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array => {
      const copy = Uint8Array.from(bytes);
      change(copy);
      return copy;
    };
    const { wasm, provingKey } = ballot.artifacts;
    // Sections of a zkey: 12 bytes of magic, version and count; each a u32 id, a u64 length and the content.
    const overwrite = (at: number, value: number) =>
      changed(provingKey, (copy) => new DataView(copy.buffer).setUint32(at, value, true));

    test.each<[string, ProvingArtifacts]>([
      ["no wasm", { wasm: new Uint8Array(0), provingKey }],
      ["half a wasm", { wasm: wasm.subarray(0, wasm.length / 2), provingKey }],
      ["a wasm with another magic number", { wasm: changed(wasm, (copy) => copy.fill(1, 0, 1)), provingKey }],
      ["a proving key for a wasm", { wasm: provingKey, provingKey }],
    ])("%s: an error, and no witness", async (_what, bad) => {
      expect(await failure({ artifacts: bad })).toBeInstanceOf(Error);
      expectWiped(0);
    });

    test.each<[string, ProvingArtifacts]>([
      ["no proving key", { wasm, provingKey: new Uint8Array(0) }],
      ["only the header of a proving key", { wasm, provingKey: provingKey.subarray(0, 12) }],
      ["half a proving key", { wasm, provingKey: provingKey.subarray(0, provingKey.length / 2) }],
      ["a proving key without its last points", { wasm, provingKey: provingKey.subarray(0, -100_000) }],
      ["a proving key with another magic number", { wasm, provingKey: overwrite(0, 0) }],
      ["a proving key with more sections than bytes", { wasm, provingKey: overwrite(8, 0xffffffff) }],
      ["a proving key whose first section never ends", { wasm, provingKey: overwrite(16, 0xffffffff) }],
      ["a wasm for a proving key", { wasm, provingKey: wasm }],
    ])("%s: an error that quotes no input, and no witness is left", async (_what, bad) => {
      const error = await failure({ artifacts: bad });
      expect(error).toBeInstanceOf(Error);
      const { message, stack } = error as Error;
      expect(`${message} ${stack}`).not.toContain(ballot.secret.toString());
      expectWiped(witnessFirst ? 1 : 0);
    });

    test(`a proving key with two points exchanged: ${brokenKey}`, async () => {
      const outcome = await create()
        .prove(withBrokenKey(small))
        .catch((error: unknown) => error);
      expectWiped(1);
      if (outcome instanceof Error) {
        expect([brokenKey, outcome]).toEqual(["an error", expect.any(SelfCheckError)]);
        return;
      }
      expect(brokenKey).toBe("a bad proof");
      const { publicSignals, proof } = outcome as Awaited<ReturnType<Engine["prove"]>>;
      expect(await small.verifier.verify(publicSignals, proof)).toBe(false);
    });
  });
});

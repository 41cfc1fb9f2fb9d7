// The snarkjs engine: what it tells, what it never tells, and what it leaves behind. docs/design/prover.md.
import { createHook } from "node:async_hooks";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import {
  type CircuitInputs,
  type Engine,
  InputError,
  type ProofProgress,
  type ProvingArtifacts,
  proveBallot,
  snarkjsEngine,
  uintBytes,
  WitnessError,
} from "../../src/index.ts";
import { ballotOptions, openBooth, pollWith, rulesOf } from "./support.ts";

const booth = await openBooth(pollWith(rulesOf()));
const voter = booth.rehearsed.identities[0]!;

/** What `proveBallot` gives to an engine for a good ballot. */
async function goodInputs(): Promise<CircuitInputs> {
  let seen: CircuitInputs | undefined;
  const engine: Engine = {
    async prove({ inputs }) {
      seen = inputs;
      throw new Error("seen");
    },
    async dispose() {},
  };
  await proveBallot({ ...ballotOptions(booth, { votes: [0, 1, 0] }), engine }).catch(() => undefined);
  if (seen === undefined) throw new Error("the engine was not asked");
  return seen;
}

const inputs = await goodInputs();
const { artifacts } = booth;

/** The reason why the engine refuses; undefined where it does not. */
function failure(options: { inputs?: CircuitInputs; artifacts?: ProvingArtifacts }): Promise<unknown> {
  return snarkjsEngine()
    .prove({ artifacts, inputs, ...options })
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
}

/** Buffers that held a snarkjs witness when they were overwritten with zeros; filled as it happens. */
let wiped: { readonly buffer: Uint8Array; readonly heldSecret: boolean }[];
let said: unknown[][];

beforeEach(() => {
  wiped = [];
  said = [];
  const { fill } = Uint8Array.prototype;
  const secret = uintBytes(voter.secret, 32).reverse();
  jest.spyOn(Uint8Array.prototype, "fill").mockImplementation(function (this: Uint8Array, value, ...range) {
    const bytes = Buffer.from(this.buffer, this.byteOffset, this.byteLength);
    if (value === 0 && bytes.subarray(0, 4).toString("latin1") === "wtns") {
      wiped.push({ buffer: this, heldSecret: bytes.includes(Buffer.from(secret)) });
    }
    return fill.call(this, value, ...range);
  });
  for (const method of ["log", "info", "warn", "error", "debug"] as const) {
    jest.spyOn(console, method).mockImplementation((...args) => void said.push(args));
  }
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** The one witness of a proof held the secret, and holds nothing any more. */
function expectWitnessWiped(): void {
  expect(wiped.map(({ heldSecret }) => heldSecret)).toEqual([true]);
  expect(wiped[0]!.buffer.every((byte) => byte === 0)).toBe(true);
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

describe("a proof", () => {
  test("tells its phases in order, leaves no handle and no curve, prints nothing, wipes its witness", async () => {
    const before = process.getActiveResourcesInfo().sort();
    const progress: ProofProgress[] = [];
    const made = await snarkjsEngine().prove({
      artifacts,
      inputs,
      onProgress: (step) => progress.push(step),
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(process.getActiveResourcesInfo().sort()).toEqual(before);
    expect((globalThis as { curve_bn128?: unknown }).curve_bn128 ?? null).toBeNull();
    expect(progress).toEqual([
      { phase: "witness", done: 0, total: 2 },
      { phase: "proof", done: 1, total: 2 },
    ]);
    expect(said).toEqual([]);
    expectWitnessWiped();
    expect(await booth.verifier.verify(made.publicSignals, made.proof)).toBe(true);
  });

  test("reserves no memory that it does not use", async () => {
    const { Memory } = WebAssembly;
    const pages: number[] = [];
    jest.spyOn(WebAssembly, "Memory").mockImplementation((descriptor) => {
      pages.push(descriptor.initial);
      return new Memory(descriptor);
    });
    await snarkjsEngine().prove({ artifacts, inputs });
    expect(pages.length).toBeGreaterThan(0);
    // circom_runtime alone would reserve 32,767 pages, 2 GiB.
    expect(Math.max(...pages)).toBeLessThan(100);
  });

  test("starts no thread", async () => {
    expect(await threadsStarted(() => snarkjsEngine().prove({ artifacts, inputs }))).toBe(0);
    // The control: this thread is seen.
    const one = () => new Worker("0", { eval: true }).terminate();
    expect(await threadsStarted(one)).toBe(1);
  });

  test("that is aborted between its phases wipes its witness", async () => {
    const controller = new AbortController();
    const work = snarkjsEngine().prove({
      artifacts,
      inputs,
      signal: controller.signal,
      onProgress: ({ phase }) => phase === "proof" && controller.abort(),
    });
    await expect(work).rejects.toMatchObject({ name: "AbortError" });
    expectWitnessWiped();
  });
});

describe("inputs that do not satisfy the circuit", () => {
  // Every number of three digits or more: shorter ones stand in line numbers.
  const secrets = (own: CircuitInputs): string[] =>
    [own.secret, own.nonces, own.siblings, own.values]
      .flat(2)
      .flatMap((value) => (value === undefined ? [] : [value.toString(), value.toString(16)]))
      .filter((text) => text.length > 2);

  const cases: [string, CircuitInputs][] = [
    ["a vote above its maximum", { ...inputs, values: [0n, 987_654_321n, 0n, 0n] }],
    ["a vote too few", { ...inputs, values: [0n, 0n, 0n, 0n] }],
    ["a secret that is on no roll", { ...inputs, secret: 123_456_789_123_456_789n }],
    ["a nonce above the subgroup's order", { ...inputs, nonces: [2n ** 253n + 12_345n] }],
    ["a leaf index outside the tree", { ...inputs, leafIndex: 98_765n }],
    ["a missing input", Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== "nonces"))],
    ["a value too many", { ...inputs, values: [0n, 1n, 0n, 0n, 0n] }],
    ["an input the circuit does not have", { ...inputs, vote: 987_654_321n }],
  ];

  test.each(cases)("%s: a WitnessError that quotes none of them", async (_what, bad) => {
    const error = (await failure({ inputs: bad })) as WitnessError;
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

describe("artifacts whose digest nobody checked", () => {
  const changed = (bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array => {
    const copy = Uint8Array.from(bytes);
    change(copy);
    return copy;
  };
  const { wasm, provingKey } = artifacts;
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
    expect(wiped).toEqual([]);
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
  ])("%s: an error that quotes no input, and the witness is wiped", async (_what, bad) => {
    const error = await failure({ artifacts: bad });
    expect(error).toBeInstanceOf(Error);
    const { message, stack } = error as Error;
    expect(`${message} ${stack}`).not.toContain(voter.secret.toString());
    expectWitnessWiped();
  });

  test("a proving key with a changed point: an error, or a proof that does not verify", async () => {
    // The middle of the file lies in the points.
    const at = Math.floor(provingKey.length / 2);
    const bad = changed(provingKey, (copy) => copy.fill(copy[at]! ^ 1, at, at + 1));
    const outcome = await snarkjsEngine()
      .prove({ artifacts: { wasm, provingKey: bad }, inputs })
      .catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(InputError);
    else {
      const { publicSignals, proof } = outcome as Awaited<ReturnType<Engine["prove"]>>;
      expect(await booth.verifier.verify(publicSignals, proof)).toBe(false);
    }
  });
});

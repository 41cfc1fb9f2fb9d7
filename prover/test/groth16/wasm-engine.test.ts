// Our engine's own: one engine for many proofs, aborting anywhere, and no trace of a secret in
// any memory that it made. engine.test.ts has what all engines have in common; every ballot's
// circuit is proven in ballots/ballot.test.ts, those of claims in hours/claim.test.ts.
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { nobleAccepts } from "../../../scripts/proofs/noble-verifier.ts";
import { SelfCheckError } from "../../src/groth16/engine.ts";
import { type Engine, type ProofProgress, type ProvingArtifacts, wasmEngine } from "../../src/index.ts";
import { type ProvenCircuit, provenCircuit, withBrokenKey } from "./circuits.ts";
import { fireAtManyLooks, firingAt } from "./firing.ts";
import { type WatchedInstances, watchInstances } from "./traces.ts";

type Made = Awaited<ReturnType<Engine["prove"]>>;

const small = await provenCircuit("semaphore-1");
const own = await provenCircuit("semaphore-2");

afterEach(() => {
  jest.restoreAllMocks();
});

const isGood = ({ verifier }: ProvenCircuit, { publicSignals, proof }: Made): Promise<boolean> =>
  verifier.verify(publicSignals, proof);

describe("a proof", () => {
  test.each([
    ["semaphore-10", "relaxed SIMD", true],
    ["semaphore-20", "relaxed SIMD", true],
    ["semaphore-20", "the scalar kernels", false],
  ] as const)("of %s by %s verifies", async (name, _kernels, relaxedSimd) => {
    const circuit = await provenCircuit(name);
    const made = await wasmEngine({ relaxedSimd }).prove(circuit);
    expect(await isGood(circuit, made)).toBe(true);
    // Nullifier and root are two signals of one proof.
    const [root, nullifier, ...rest] = made.publicSignals as [bigint, bigint, ...bigint[]];
    expect(await isGood(circuit, { ...made, publicSignals: [nullifier, root, ...rest] })).toBe(false);
  });

  test("verifies by noble's pairing", async () => {
    const made = await wasmEngine().prove(own);
    expect(nobleAccepts(own.verificationKey, made)).toBe(true);
    const swapped = { ...made, publicSignals: made.publicSignals.toReversed() };
    expect(nobleAccepts(own.verificationKey, swapped)).toBe(false);
  });

  test("is blinded anew, though the statement is the same", async () => {
    const engine = wasmEngine();
    const [first, second] = [await engine.prove(small), await engine.prove(small)];
    expect(second.publicSignals).toEqual(first.publicSignals);
    for (const part of ["a", "b", "c"] as const) expect(second.proof[part]).not.toEqual(first.proof[part]);
    expect([await isGood(small, first), await isGood(small, second)]).toEqual([true, true]);
  });

  test("leaves the caller's files as they were, though they are views of larger buffers", async () => {
    const shifted = (bytes: Uint8Array): Buffer =>
      Buffer.concat([Buffer.alloc(5, 0xaa), bytes, Buffer.alloc(3, 0xaa)]);
    const files = { wasm: shifted(small.artifacts.wasm), provingKey: shifted(small.artifacts.provingKey) };
    const before = { wasm: Buffer.from(files.wasm), provingKey: Buffer.from(files.provingKey) };
    const artifacts: ProvingArtifacts = {
      wasm: files.wasm.subarray(5, -3),
      provingKey: files.provingKey.subarray(5, -3),
    };
    const engine = wasmEngine();
    expect(await isGood(small, await engine.prove({ ...small, artifacts }))).toBe(true);
    await expect(engine.prove({ artifacts, inputs: {} })).rejects.toThrow();
    for (const name of ["wasm", "provingKey"] as const) {
      expect([name, Buffer.compare(files[name], before[name])]).toEqual([name, 0]);
    }
  });

  test("is not given out where it does not verify", async () => {
    await expect(wasmEngine().prove(withBrokenKey(small))).rejects.toBeInstanceOf(SelfCheckError);
  });
});

describe("one engine", () => {
  test("proves two circuits in turn, and loads each once for proofs that follow each other", async () => {
    const engine = wasmEngine();
    const instances = watchInstances();
    const counts: number[] = [];
    for (const circuit of [small, small, own, small]) {
      expect(await isGood(circuit, await engine.prove(circuit))).toBe(true);
      counts.push(instances.memories.length);
    }
    // Of each circuit the calculator and the kernels.
    expect(counts).toEqual([2, 2, 4, 6]);
  });

  test("makes proofs that are asked for at once one after another", async () => {
    const engine = wasmEngine();
    const seen: string[] = [];
    const told = (name: string) => ({
      onProgress: ({ phase }: ProofProgress) => seen.push(`${name} ${phase}`),
    });
    const [first, second, third] = await Promise.all([
      engine.prove({ ...small, ...told("first") }),
      engine.prove({ ...small, inputs: { ...small.inputs, scope: 99n }, ...told("second") }),
      engine.prove({ ...own, ...told("third") }),
    ]);
    const verdicts = [isGood(small, first), isGood(small, second), isGood(own, third)];
    expect(await Promise.all(verdicts)).toEqual([true, true, true]);
    expect(second.publicSignals).not.toEqual(first.publicSignals);
    expect(seen).toEqual(
      ["first", "second", "third"].flatMap((name) => [`${name} witness`, `${name} proof`]),
    );
  });

  test("goes on after proofs that failed, each in its own way", async () => {
    const engine = wasmEngine();
    const failures = await Promise.allSettled([
      engine.prove({ ...small, inputs: {} }),
      engine.prove({ ...small, artifacts: { ...small.artifacts, wasm: new Uint8Array(8) } }),
      engine.prove({ ...small, artifacts: { ...small.artifacts, provingKey: new Uint8Array(8) } }),
      engine.prove({ ...small, artifacts: { ...own.artifacts, wasm: small.artifacts.wasm } }),
      engine.prove({
        ...small,
        artifacts: { ...small.artifacts, wasm: own.artifacts.wasm },
        inputs: own.inputs,
      }),
      engine.prove(withBrokenKey(small)),
      engine.prove({ ...small, signal: AbortSignal.abort() }),
      engine.prove({
        ...small,
        onProgress() {
          throw new TypeError("of the caller");
        },
      }),
    ]);
    expect(
      failures.map((each) => each.status === "rejected" && `${each.reason.name}: ${each.reason.message}`),
    ).toEqual([
      "WitnessError: the inputs do not satisfy the circuit",
      expect.stringMatching(/^CompileError: /),
      expect.stringMatching(/^InputError: zkey: /),
      "RangeError: wasm and proving key are of two circuits",
      "RangeError: wasm and proving key are of two circuits",
      "SelfCheckError: the proof that was made does not verify; a retry is safe",
      expect.stringMatching(/^AbortError: /),
      "TypeError: of the caller",
    ]);
    expect(await isGood(small, await engine.prove(small))).toBe(true);
  });

  test("that is disposed lets its proof end, and begins no other", async () => {
    const engine = wasmEngine();
    let ended = false;
    const last = engine.prove(small).then((made) => {
      ended = true;
      return made;
    });
    // It has to have begun: what waits when the engine goes is refused.
    await new Promise((resolve) => setTimeout(resolve, 0));
    await engine.dispose();
    expect(ended).toBe(true);
    expect(await isGood(small, await last)).toBe(true);
    await expect(engine.prove(small)).rejects.toThrow("the engine is disposed");
    await engine.dispose();
  });
});

describe("a signal", () => {
  test("that fires anywhere ends the proof before anything more is computed, leaves no secret, and the next is good", async () => {
    let isAborted = false;
    let computed = 0;
    const instances = watchInstances(() => {
      if (isAborted) computed++;
    });
    const engine = wasmEngine();
    const looks = await fireAtManyLooks(
      (signal) => {
        isAborted = false;
        signal.addEventListener("abort", () => {
          isAborted = true;
        });
        return engine.prove({ ...small, signal });
      },
      async (look, name) =>
        expect([look, name, computed, instances.holding(small.secret)]).toEqual([look, "AbortError", 0, 0]),
    );
    expect(looks).toBeGreaterThan(50);
    isAborted = false;
    expect(await isGood(small, await engine.prove(small))).toBe(true);
  });

  test("that another task fires is heard while the proof is made", async () => {
    const large = await provenCircuit("semaphore-20");
    const engine = wasmEngine();
    await engine.prove(large);
    const controller = new AbortController();
    let isDone = false;
    const proof = engine.prove({
      ...large,
      signal: controller.signal,
      onProgress({ phase }) {
        // A proof takes many times as long, by whatever machine.
        if (phase === "proof") setTimeout(() => controller.abort(), 30);
      },
    });
    proof.then(
      () => {
        isDone = true;
      },
      () => undefined,
    );
    await expect(proof).rejects.toMatchObject({ name: "AbortError" });
    expect(isDone).toBe(false);
  });

  test("is looked at between any two long parts of a proof", async () => {
    const parts: string[] = [];
    const LONG = 100;
    watchInstances((name, [first, second]) => {
      const n = name.endsWith("SumBuckets") ? first : second;
      if (/MsmBegin$|SumBuckets$|^frTransform$/.test(name) && Number(n) > LONG) parts.push(name);
    });
    const { signal } = firingAt(Number.POSITIVE_INFINITY, () => parts.push("|"));
    await wasmEngine().prove({ ...small, signal });
    const text = parts.join(" ");
    expect(text).not.toMatch(/\w \w/);
    // Forth and back for three polynomials, and three sums.
    expect(text.match(/frTransform/g)).toHaveLength(6);
    expect(text.match(/MsmBegin/g)).toHaveLength(3);
    expect(text.match(/SumBuckets/g)!.length).toBeGreaterThan(3 * 5);
  });

  test("that fires while the proof waits for another ends it without a look at its inputs", async () => {
    const engine = wasmEngine();
    const controller = new AbortController();
    const [first, second] = [
      engine.prove(small),
      engine.prove({ ...small, inputs: {}, signal: controller.signal }),
    ];
    controller.abort();
    await expect(second).rejects.toMatchObject({ name: "AbortError" });
    expect(await isGood(small, await first)).toBe(true);
  });
});

describe("no memory holds the secret", () => {
  /** Most places in which any memory held the secret while the kernels or a calculator worked. */
  interface Held {
    most: number;
  }

  /** Looks, while a proof is made, in how many places the secret stands. */
  function watch(): { instances: WatchedInstances; held: Held } {
    const held: Held = { most: 0 };
    const instances = watchInstances((name) => {
      // Once a proof: the search takes its time.
      if (name === "frQuotient") held.most = Math.max(held.most, instances.holding(own.secret));
    });
    return { instances, held };
  }

  test("after a proof, though it did while it was made", async () => {
    const { instances, held } = watch();
    const made = await wasmEngine().prove(own);
    expect(await isGood(own, made)).toBe(true);
    // As bytes, and as limbs.
    expect(held.most).toBeGreaterThanOrEqual(2);
    expect(instances.memories.length).toBeGreaterThanOrEqual(2);
    expect(instances.holding(own.secret)).toBe(0);
  });

  test("after a proof that does not verify, and after a witness that is none", async () => {
    const { instances, held } = watch();
    const engine = wasmEngine();
    await expect(engine.prove(withBrokenKey(own))).rejects.toBeInstanceOf(SelfCheckError);
    expect(held.most).toBeGreaterThanOrEqual(2);
    await expect(engine.prove({ ...own, inputs: { ...own.inputs, scope: [] } })).rejects.toThrow();
    const beyond = { ...own.inputs, merkleProofIndex: 4n };
    await expect(engine.prove({ ...own, inputs: beyond })).rejects.toThrow();
    expect(instances.holding(own.secret)).toBe(0);
  });

  test.each([
    ["relaxed SIMD", true],
    ["the scalar kernels", false],
  ])("memory of %s is the same whatever was proven", async (_kernels, relaxedSimd) => {
    const instances = watchInstances();
    const engine = wasmEngine({ relaxedSimd });
    await engine.prove(small);
    const kernels = instances.memories.reduce((a, b) => (a.buffer.byteLength > b.buffer.byteLength ? a : b));
    const before = Buffer.from(Uint8Array.from(new Uint8Array(kernels.buffer)));
    await engine.prove({ ...small, inputs: { ...small.inputs, secret: small.secret + 1n, scope: 77n } });
    expect(Buffer.compare(before, new Uint8Array(kernels.buffer))).toBe(0);
  });
});

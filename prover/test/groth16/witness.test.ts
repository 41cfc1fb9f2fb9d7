// Our loader of circom's calculators: the witness of snarkjs bit for bit, what it refuses, and that it says and keeps
// nothing of what it was given.
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { wtns } from "snarkjs";
import { littleEndianToUint } from "../../src/formats/bytes.ts";
import { compileWitnessCalculator } from "../../src/groth16/witness.ts";
import { type CircuitInputs, FIELD_ORDER, WitnessError } from "../../src/index.ts";
import { PROVEN_CIRCUITS, provenCircuit } from "./circuits.ts";
import { watchInstances } from "./traces.ts";

afterEach(() => {
  jest.restoreAllMocks();
});

describe("the witness of", () => {
  test.each(PROVEN_CIRCUITS)("%s is that of snarkjs, bit for bit", async (name) => {
    const { artifacts, inputs } = await provenCircuit(name);
    const file = { type: "mem" as const, data: new Uint8Array(0) };
    await wtns.calculate(inputs, artifacts.wasm, file, { memorySize: 1 });
    const expected = await wtns.exportJson(file);
    const calculator = await compileWitnessCalculator(artifacts.wasm);
    const values = await calculator.calculate(inputs);
    expect(values.length).toBe(32 * expected.length);
    // snarkjs' numbers are canonical, and bytes stand for one number only.
    expect(expected.every((value) => value >= 0n && value < FIELD_ORDER)).toBe(true);
    const valueAt = (i: number): bigint => littleEndianToUint(values.subarray(32 * i, 32 * i + 32));
    expect(expected.filter((value, i) => valueAt(i) !== value)).toEqual([]);
    expect(expected[0]).toBe(1n);
  });
});

const own = await provenCircuit("semaphore-10");

/** What `own` gives with changed inputs. */
async function calculate(
  change: (inputs: CircuitInputs) => CircuitInputs = (inputs) => inputs,
): Promise<Uint8Array> {
  const calculator = await compileWitnessCalculator(own.artifacts.wasm);
  return calculator.calculate(change(own.inputs));
}
const siblingsOf = ({ merkleProofSiblings }: CircuitInputs) => merkleProofSiblings as readonly bigint[];

describe("inputs that the circuit does not take", () => {
  const cases: readonly [string, (inputs: CircuitInputs) => CircuitInputs][] = [
    ["none at all", () => ({})],
    ["a signal missing", ({ scope: _, ...rest }) => rest],
    ["an array missing", ({ merkleProofSiblings: _, ...rest }) => rest],
    ["an unknown signal beside all others", (inputs) => ({ ...inputs, secrets: 5n })],
    ["an unknown signal instead of one", ({ scope, ...rest }) => ({ ...rest, Scope: scope! })],
    ["an unknown signal that is empty", (inputs) => ({ ...inputs, nothing: [] })],
    [
      "a value too many in an array",
      (inputs) => ({ ...inputs, merkleProofSiblings: [...siblingsOf(inputs), 5n] }),
    ],
    [
      "a value too few in an array",
      (inputs) => ({ ...inputs, merkleProofSiblings: siblingsOf(inputs).slice(1) }),
    ],
    ["an empty array", (inputs) => ({ ...inputs, merkleProofSiblings: [] })],
    ["two values for a single signal", (inputs) => ({ ...inputs, secret: [inputs.secret!, inputs.secret!] })],
    ["one signal's value moved to another", (inputs) => ({ ...inputs, scope: [], message: [5n, 6n] })],
    ["inputs that satisfy no constraint", (inputs) => ({ ...inputs, secret: FIELD_ORDER - 1n })],
    ["an index beyond the tree", (inputs) => ({ ...inputs, merkleProofIndex: 1n << 10n })],
  ];

  test.each(cases)("%s: a WitnessError that says nothing of them", async (_what, change) => {
    const said: unknown[][] = [];
    for (const method of ["log", "info", "warn", "error", "debug"] as const) {
      jest.spyOn(console, method).mockImplementation((...args) => void said.push(args));
    }
    const error = await calculate(change).then(
      () => undefined,
      (reason: unknown) => reason as WitnessError,
    );
    expect(error).toBeInstanceOf(WitnessError);
    expect(error).toMatchObject({
      code: "witness-unsatisfied",
      message: "the inputs do not satisfy the circuit",
    });
    expect(error!.cause).toBeUndefined();
    expect(Object.keys(error!).sort()).toEqual(["code", "name"]);
    expect(said).toEqual([]);
  });

  test("nested arrays are taken in their order, as snarkjs takes them", async () => {
    const flat = await calculate();
    const nested = await calculate((inputs) => {
      const siblings = siblingsOf(inputs);
      return {
        ...inputs,
        secret: [inputs.secret!],
        merkleProofSiblings: [siblings.slice(0, 4), [siblings.slice(4)]],
      };
    });
    expect(Buffer.compare(nested, flat)).toBe(0);
  });
});

describe("a calculator", () => {
  const encode = (...bytes: number[]): Uint8Array => Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...bytes);

  test.each<[string, () => Uint8Array]>([
    ["no bytes", () => new Uint8Array(0)],
    ["half a calculator", () => own.artifacts.wasm.subarray(0, own.artifacts.wasm.length / 2)],
    ["a proving key", () => own.artifacts.provingKey],
    ["a calculator with another magic number", () => Uint8Array.from(own.artifacts.wasm).fill(1, 0, 1)],
  ])("that is %s does not compile, and the error says so", async (_what, wasm) => {
    await expect(compileWitnessCalculator(wasm())).rejects.toBeInstanceOf(WebAssembly.CompileError);
  });

  test("that is another module gives no witness", async () => {
    // An empty module, and one that imports what no calculator does: (import "a" "b" (func)).
    for (const wasm of [encode(), encode(1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 0x61, 1, 0x62, 0, 0)]) {
      const calculator = await compileWitnessCalculator(wasm);
      await expect(calculator.calculate(own.inputs)).rejects.toBeInstanceOf(WitnessError);
    }
  });

  test("of a field of other numbers gives no witness", async () => {
    const { instantiate } = WebAssembly;
    const other = async (module: WebAssembly.Module, imports?: WebAssembly.Imports) => {
      const { exports } = await instantiate(module, imports);
      return { exports: { ...exports, getFieldNumLen32: () => 12 } };
    };
    jest
      .spyOn(WebAssembly, "instantiate")
      .mockImplementation(other as unknown as typeof WebAssembly.instantiate);
    await expect(calculate()).rejects.toBeInstanceOf(WitnessError);
  });

  test("is asked to look at every assertion of its circuit", async () => {
    const asked: unknown[] = [];
    watchInstances((name, args) => {
      if (name === "init") asked.push(...args);
    });
    await calculate();
    expect(asked).toEqual([1]);
  });

  test("has memory for its circuit, not for every circuit", async () => {
    const instances = watchInstances();
    await calculate();
    expect(instances.memories).toHaveLength(1);
    // circom_runtime would reserve 2 GiB.
    expect(instances.memories[0]!.buffer.byteLength).toBeLessThan(16 * 2 ** 20);
  });

  test("is as new afterwards, whether it came to a witness or not", async () => {
    const fresh = (() => {
      const module = new WebAssembly.Module(own.artifacts.wasm as Uint8Array<ArrayBuffer>);
      const imports = WebAssembly.Module.imports(module).map(({ name }) => [name, () => undefined]);
      const { exports } = new WebAssembly.Instance(module, { runtime: Object.fromEntries(imports) });
      return Buffer.from((exports.memory as WebAssembly.Memory).buffer);
    })();
    // The control: as values are read, the secret is there.
    let held = 0;
    const instances = watchInstances((name) => {
      if (name === "getWitness") held ||= instances.holding(own.secret);
    });
    const calculator = await compileWitnessCalculator(own.artifacts.wasm);
    const { scope: _, ...less } = own.inputs;
    const tries = [own.inputs, { ...own.inputs, merkleProofIndex: 1n << 10n }, own.inputs, less, own.inputs];
    for (const [i, inputs] of tries.entries()) {
      const isGood = await calculator.calculate(inputs).then(
        () => true,
        () => false,
      );
      expect([i, isGood]).toEqual([i, inputs === own.inputs]);
      for (const { buffer } of instances.memories) expect(fresh.equals(Buffer.from(buffer))).toBe(true);
    }
    expect(held).toBeGreaterThan(0);
    // Another after each that failed.
    expect(instances.memories).toHaveLength(3);
  });

  test("starts anew for every witness", async () => {
    const calculator = await compileWitnessCalculator(own.artifacts.wasm);
    const first = await calculator.calculate(own.inputs);
    const other = await calculator.calculate({ ...own.inputs, scope: 77n });
    await expect(calculator.calculate({ ...own.inputs, secret: FIELD_ORDER - 1n })).rejects.toThrow();
    const again = await calculator.calculate(own.inputs);
    expect(Buffer.compare(again, first)).toBe(0);
    expect(Buffer.compare(other, first)).not.toBe(0);
  });
});

// The assignment of a circuit by the calculator that circom 2 compiles: a WebAssembly module with a memory of its
// own, of the size that the circuit needs. Source: circom's generated witness_calculator.js.
import type { CircuitInput, CircuitInputs } from "./engine.ts";
import { WitnessError } from "./engine.ts";
import { splitLongFunctions } from "./split-functions.ts";

const VALUE_BYTES = 32;
const WORDS = 8;

/** What a calculator exports, as far as it is used. */
interface CalculatorExports {
  readonly memory?: WebAssembly.Memory;
  init(sanityCheck: number): void;
  getFieldNumLen32(): number;
  getInputSize(): number;
  getInputSignalSize(hashHigh: number, hashLow: number): number;
  setInputSignal(hashHigh: number, hashLow: number, index: number): void;
  writeSharedRWMemory(index: number, word: number): void;
  readSharedRWMemory(index: number): number;
  getWitnessSize(): number;
  getWitness(index: number): void;
}

/** The calculator of one circuit. */
export interface WitnessCalculator {
  /**
   * All values of the circuit, 32 bytes little-endian each, canonical; the first is 1, then the public signals. It
   * holds the inputs' secrets: whoever is done with it overwrites it.
   *
   * @param inputs - field elements below r.
   * @param check - called before the long part, which nothing interrupts.
   * @throws WitnessError - a signal is missing, unknown, or of another size, or the circuit is not satisfied.
   * @throws unknown - what `check` throws.
   */
  calculate(inputs: CircuitInputs, check?: () => void): Promise<Uint8Array>;
}

/**
 * A calculator from a circuit's wasm.
 *
 * @throws WebAssembly.CompileError - it is no WebAssembly.
 */
export async function compileWitnessCalculator(wasm: Uint8Array): Promise<WitnessCalculator> {
  const module = await WebAssembly.compile(splitLongFunctions(wasm) as Uint8Array<ArrayBuffer>);
  /** Of the calculation before, as new. To make one takes a quarter of the time of a calculation. */
  let idle: Instance | undefined;
  return {
    async calculate(inputs, check) {
      const instance =
        idle ??
        (await instantiate(module).catch(() => {
          throw new WitnessError();
        }));
      idle = undefined;
      check?.();
      let isDone = false;
      try {
        const witness = run(instance.calculator, inputs);
        isDone = true;
        return witness;
      } catch {
        // What went wrong may quote signals; nothing of it is passed on.
        throw new WitnessError();
      } finally {
        instance.reset();
        if (isDone) idle = instance;
      }
    },
  };
}

/** One calculator with its memory. */
interface Instance {
  readonly calculator: CalculatorExports;
  /** Overwrites what a calculation leaves, and makes memory what it was before. */
  reset(): void;
}

async function instantiate(module: WebAssembly.Module): Promise<Instance> {
  const ignore = () => undefined;
  const { exports } = await WebAssembly.instantiate(module, {
    runtime: {
      exceptionHandler() {
        throw new WitnessError();
      },
      printErrorMessage: ignore,
      writeBufferMessage: ignore,
      showSharedRWMemory: ignore,
    },
  });
  const calculator = exports as unknown as CalculatorExports;
  const { memory } = calculator;
  const words = (): Uint32Array => new Uint32Array(memory?.buffer ?? new ArrayBuffer(0));
  const fresh = words();
  let length = fresh.length;
  while (length > 0 && fresh[length - 1] === 0) length--;
  const constants = fresh.slice(0, length);
  return {
    calculator,
    reset() {
      const all = words();
      all.fill(0, length);
      all.set(constants);
    },
  };
}

function run(calculator: CalculatorExports, inputs: CircuitInputs): Uint8Array {
  if (calculator.getFieldNumLen32() !== WORDS) throw new WitnessError();
  // 1: the calculator looks at every assertion of the circuit.
  calculator.init(1);
  let given = 0;
  for (const [name, input] of Object.entries(inputs)) {
    const [high, low] = nameHash(name);
    const values = [...flatten(input)];
    // The calculator knows no signal of size 0: that is its answer for a name that it does not know.
    if (values.length === 0 || calculator.getInputSignalSize(high, low) !== values.length)
      throw new WitnessError();
    for (const [i, value] of values.entries()) {
      let rest = value;
      for (let word = 0; word < WORDS; word++) {
        calculator.writeSharedRWMemory(word, Number(rest & 0xffff_ffffn) | 0);
        rest >>= 32n;
      }
      calculator.setInputSignal(high, low, i);
    }
    given += values.length;
  }
  // The calculator begins as the last input is set: with one missing it would not have.
  if (given !== calculator.getInputSize()) throw new WitnessError();
  const size = calculator.getWitnessSize();
  const witness = new Uint8Array(size * VALUE_BYTES);
  const view = new DataView(witness.buffer, witness.byteOffset);
  for (let i = 0; i < size; i++) {
    calculator.getWitness(i);
    for (let word = 0; word < WORDS; word++) {
      view.setUint32(i * VALUE_BYTES + 4 * word, calculator.readSharedRWMemory(word), true);
    }
  }
  return witness;
}

function* flatten(input: CircuitInput): Generator<bigint> {
  if (typeof input === "bigint") yield input;
  else for (const part of input) yield* flatten(part);
}

/** FNV-1a of 64 bits, as two signed halves: how calculators know signals. */
function nameHash(name: string): [high: number, low: number] {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(name)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return [Number(BigInt.asIntN(32, hash >> 32n)), Number(BigInt.asIntN(32, hash))];
}

// An instance of the kernels, numbers written into its memory limb by limb, and random cases that can be had again:
// SEED=n repeats a run, CASES=n is how many cases each kernel gets.
import { compileKernels } from "../../src/wasm/code.ts";
import { NUMBER_BYTES, Workspace } from "../../src/wasm/kernels.ts";
import { seededRandom } from "../trustees/support.ts";

/** Of the run; failures name it. */
export const seed = Number(process.env.SEED ?? Math.floor(performance.timeOrigin) % 1_000_000);
/** Random cases for each kernel. */
export const CASES = Number(process.env.CASES ?? 2000);

/** Every suite has an instance of its own. */
export const workspace = await Workspace.start(await compileKernels());
/** The kernels of relaxed SIMD in the same memory. */
export const lanes = workspace.lanes!;
export const { kernels } = workspace;

// ---- numbers

const LIMBS = 9;
const LIMB_BITS = 29n;
const LIMB_MASK = (1n << LIMB_BITS) - 1n;
/** Of the Montgomery form. */
export const RADIX = 1n << (LIMB_BITS * BigInt(LIMBS));

/** The limbs at an address; good until the next allocation. */
export function limbsAt(at: number): Int32Array {
  return new Int32Array(kernels.memory.buffer, at, LIMBS);
}

/** Writes an integer of magnitude below 2²⁶⁰: limbs of 29 bits, the last one signed. */
export function writeNumber(at: number, value: bigint): void {
  const limbs = limbsAt(at);
  let rest = value;
  for (let i = 0; i < LIMBS - 1; i++) {
    limbs[i] = Number(rest & LIMB_MASK);
    rest >>= LIMB_BITS;
  }
  if (BigInt.asIntN(32, rest) !== rest) throw new RangeError("a number beyond its limbs");
  limbs[LIMBS - 1] = Number(rest);
}

/** The integer that the limbs stand for, whatever they are. */
export function readNumber(at: number): bigint {
  return limbsAt(at).reduceRight((sum, limb) => (sum << LIMB_BITS) + BigInt(limb), 0n);
}

/** Whether all limbs but the last are in [0, 2²⁹). */
export function isNormalised(at: number): boolean {
  return limbsAt(at)
    .subarray(0, LIMBS - 1)
    .every((limb) => limb >= 0 && limb <= Number(LIMB_MASK));
}

/** Addresses of so many numbers. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, () => workspace.allocate(NUMBER_BYTES));
}

// ---- random cases

/** Draws for one case. */
export interface Draw {
  /** An integer in [0, bound). */
  below(bound: number): number;
  /** An integer uniform in [0, 2^bits). */
  bits(bits: number): bigint;
  /** One of these. */
  of<T>(values: readonly T[]): T;
}

/** Draws from a seed of its own, so that a test alone gets the same as in its suite. */
export function drawsOf(what: string): Draw {
  let own = seed;
  for (const character of what) own = (Math.imul(own, 31) + character.charCodeAt(0)) | 0;
  const random = seededRandom(own);
  const below = (bound: number): number => Math.floor(random() * bound);
  return {
    below,
    bits(bits) {
      let value = 0n;
      for (let got = 0; got < bits; got += 32) value = (value << 32n) | BigInt(below(2 ** 32));
      return BigInt.asUintN(bits, value);
    },
    of: (values) => values[below(values.length)]!,
  };
}

/**
 * Draws cases and checks each.
 *
 * @param check - what is wrong with the case, or undefined.
 * @throws Error - the first that is wrong, with its seed and number.
 */
export function tryCases<T>(
  what: string,
  draw: (draws: Draw) => T,
  check: (drawn: T) => string | undefined,
  count = CASES,
): void {
  const draws = drawsOf(what);
  for (let i = 0; i < count; i++) {
    const wrong = check(draw(draws));
    if (wrong !== undefined) throw new Error(`seed ${seed}: case ${i} of ${what}: ${wrong}`);
  }
}

// What engines leave in memory: sees every WebAssembly instance and every array that is overwritten, until jest's mocks
// are restored.
import { jest } from "@jest/globals";
import { uintBytes } from "../../src/formats/bytes.ts";

type Instantiate = (
  source: BufferSource | WebAssembly.Module,
  imports?: WebAssembly.Imports,
) => Promise<WebAssembly.Instance | WebAssembly.WebAssemblyInstantiatedSource>;

/** Instances made while this watches. */
export interface WatchedInstances {
  /** Of the instances that export theirs, in the order in which they were made. */
  readonly memories: readonly WebAssembly.Memory[];
  /** In how many places a field element stands, in either form that {@link formsOf} gives. */
  holding(value: bigint): number;
}

/**
 * Watches what `WebAssembly.instantiate` gives.
 *
 * @param onCall - told the name and arguments of each exported function before it runs.
 */
export function watchInstances(onCall?: (name: string, args: readonly unknown[]) => void): WatchedInstances {
  const memories: WebAssembly.Memory[] = [];
  const { instantiate, Memory } = WebAssembly;
  const observed = (instance: WebAssembly.Instance): WebAssembly.Instance => {
    const { exports } = instance;
    // One memory is that of two modules where there is relaxed SIMD.
    const { memory } = exports;
    if (memory instanceof Memory && !memories.includes(memory)) memories.push(memory);
    if (onCall === undefined) return instance;
    const told = Object.entries(exports).map(([name, value]) => {
      if (typeof value !== "function") return [name, value];
      const call = (...args: unknown[]): unknown => {
        onCall(name, args);
        return value(...args);
      };
      return [name, call];
    });
    return { exports: Object.fromEntries(told) };
  };
  const watching = async (source: BufferSource | WebAssembly.Module, imports?: WebAssembly.Imports) => {
    // By what it gives: a module from another thread is none of this realm's.
    const made = await (instantiate as Instantiate)(source, imports);
    return "instance" in made ? { ...made, instance: observed(made.instance) } : observed(made);
  };
  jest.spyOn(WebAssembly, "instantiate").mockImplementation(watching as typeof WebAssembly.instantiate);
  return {
    memories,
    holding: (value) =>
      memories.reduce(
        (sum, { buffer }) => sum + formsOf(value).reduce((n, form) => n + count(buffer, form), 0),
        0,
      ),
  };
}

/** A number as 32 bytes, little-endian, and as nine limbs of 29 bits in words of 32. */
function formsOf(value: bigint): [bytes: Buffer, limbs: Buffer] {
  const limbs = Int32Array.from({ length: 9 }, (_, i) => Number((value >> BigInt(29 * i)) & 0x1fff_ffffn));
  return [Buffer.from(uintBytes(value, 32).reverse()), Buffer.from(limbs.buffer)];
}

function count(buffer: ArrayBufferLike, form: Buffer): number {
  const bytes = Buffer.from(buffer as ArrayBuffer);
  let found = 0;
  for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, at + 1)) found++;
  return found;
}

/**
 * Arrays of JavaScript's own that are overwritten with zeros while they hold one of these field elements; memories of
 * WebAssembly apart. The list grows as it happens.
 */
export function watchOverwriting(
  values: readonly bigint[],
  { memories }: Pick<WatchedInstances, "memories">,
): readonly Uint8Array[] {
  const seen: Uint8Array[] = [];
  const { fill } = Uint8Array.prototype;
  const forms = values.map((value) => formsOf(value)[0]);
  jest.spyOn(Uint8Array.prototype, "fill").mockImplementation(function (this: Uint8Array, by, ...range) {
    const isOwn = memories.every(({ buffer }) => buffer !== this.buffer);
    const content = Buffer.from(this.buffer, this.byteOffset, this.byteLength);
    if (by === 0 && isOwn && forms.some((form) => content.includes(form))) seen.push(this);
    return fill.call(this, by, ...range);
  });
  return seen;
}

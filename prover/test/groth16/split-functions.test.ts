// Long functions of calculators cut into shorter ones: the same results, everything else as it was, and whatever is no
// module left alone. SEED=n repeats a run.
import { describe, expect, test } from "@jest/globals";
import { splitLongFunctions } from "../../src/groth16/split-functions.ts";
import { seededRandom } from "../trustees/support.ts";
import { PROVEN_CIRCUITS, provenCircuit } from "./circuits.ts";

const seed = Number(process.env.SEED ?? Math.floor(performance.timeOrigin) % 1_000_000);
const FLIPS = 400;

// ---- a module of every instruction that circom makes

const unsigned = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
const signed = (value: number): number[] =>
  value >= -64 && value < 64 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
const sized = (content: readonly number[]): number[] => [...unsigned(content.length), ...content];
const list = (items: readonly (readonly number[])[]): number[] => [
  ...unsigned(items.length),
  ...items.flat(),
];
const section = (id: number, content: readonly number[]): number[] => [id, ...sized(content)];
const name = (text: string): number[] => sized([...Buffer.from(text)]);

const [I32, I64, F64] = [0x7f, 0x7e, 0x7c];
const number = (value: number): number[] => [0x41, ...signed(value)];
const get = (local: number): number[] => [0x20, ...unsigned(local)];
const set = (local: number): number[] => [0x21, ...unsigned(local)];
/** write(locals[2] + 4·at, value + locals[1]) by function 1. */
const write = (at: number, value: number): number[] => [
  ...[...get(2), ...number(4), ...number(at), 0x6c, 0x6a],
  ...[...number(value), ...get(1), 0x6a],
  ...[0x10, 1],
];
const writes = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => write(from + i, 3 * i - 50)).flat();

interface Shape {
  /** Writes at its end, which make it long. */
  readonly many: number;
  /** Of the locals behind the parameters: a number of 32 bits stays third. */
  readonly locals?: readonly (readonly [count: number, type: number])[];
}

/** Exports `run(a, b)`, a function of 32-bit numbers, and its memory. */
function moduleOf({
  many,
  locals = [
    [1, I32],
    [1, I64],
    [1, F64],
  ] as const,
}: Shape): Uint8Array {
  const body = [
    ...list(locals.map(([count, type]) => [...unsigned(count), type])),
    ...[...get(0), ...number(8), 0x6c, ...set(2)],
    ...writes(0, 40),
    // if: one branch long enough to be cut out, the other not.
    ...[...get(1), 0x04, 0x40, ...writes(100, 33), 0x05, ...writes(200, 31), 0x0b],
    // Numbers that would be instructions if too few were skipped: 0x42 would take what follows with it.
    ...[0x42, 0xc1, 0x42, 0x1a, ...writes(700, 40), ...number(0x42), 0x1a, ...writes(800, 40)],
    ...[...number(4), ...number(0), 0x28, 2, 0, 0x36, 2, 0x42, ...writes(900, 40)],
    // Behind a run, a local that none may read; before one, a value that it must not use up.
    ...[...get(3), 0x1a, ...number(0), 0x28, 2, 0, ...number(4), 0x6a, ...writes(50, 40), 0x1a],
    ...[0x02, 0x40, 0x02, 0x40, ...get(1), 0x0e, ...list([[0], [1]]), 1, 0x0b, ...writes(300, 40), 0x0b],
    // A loop, a load and a store, a call that gives something.
    ...[0x03, 0x40, ...number(4), ...number(0), 0x28, 2, 0, ...number(1), 0x6a, 0x36, 2, 4, 0x0b],
    ...[...writes(400, 40), 0x10, 2, 0x1a, ...writes(500, 40)],
    // A value that lies on the stack meanwhile.
    ...[...number(7), ...writes(600, 40), 0x1a],
    ...writes(1000, many),
    ...[...get(0), ...get(1), 0x6b, 0x0f, ...number(1), 0x0b],
  ];
  const types = [
    [0x60, ...list([[I32], [I32]]), 0],
    [0x60, 0, ...list([[I32]])],
    [0x60, ...list([[I32], [I32]]), ...list([[I32]])],
  ];
  const store = [0, ...get(0), ...get(1), 0x36, 2, 0, 0x0b];
  const gives = [0, ...number(9), 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(types)),
    ...section(2, list([[...name("env"), ...name("unused"), 0, 0]])),
    ...section(3, list([[0], [1], [2]])),
    ...section(5, list([[0, 4]])),
    ...section(
      7,
      list([
        [...name("run"), 0, 3],
        [...name("memory"), 2, 0],
      ]),
    ),
    ...section(10, list([store, gives, body].map(sized))),
    ...section(0, [...name("note"), 1, 2, 3]),
  ]);
}

/** Lengths of a module's functions. */
function bodyLengths(wasm: Uint8Array): number[] {
  let at = 8;
  const read = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (wasm[at++] !== 10) {
    const length = read();
    at += length;
  }
  read();
  return Array.from({ length: read() }, () => {
    const length = read();
    at += length;
    return length;
  });
}

function results(wasm: Uint8Array): unknown[] {
  const module = new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
  return [
    [0, 0],
    [1, 1],
    [900, 0],
    [77, 5],
  ].map(([a, b]) => {
    const { run, memory } = new WebAssembly.Instance(module, { env: { unused() {} } }).exports as {
      run(a: number, b: number): number;
      memory: WebAssembly.Memory;
    };
    return [run(a!, b!), Buffer.from(memory.buffer).toString("hex")];
  });
}

const long = moduleOf({ many: 3000 });

describe("a function that is long", () => {
  test("computes the same in parts, each run of calls one of them", () => {
    const cut = splitLongFunctions(long);
    const before = bodyLengths(long);
    const after = bodyLengths(cut);
    expect(results(cut)).toEqual(results(long));
    // The first two are as they were. New: eight runs of 40 calls, one of 33, one of 39 above a value, and the last.
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after.length - before.length).toBe(11);
    expect(after[2]).toBeLessThan(before[2]! / 10);
    expect(Buffer.from(cut).subarray(-9)).toEqual(Buffer.from(long).subarray(-9));
  });

  test("is left alone where its locals are of another kind", () => {
    const locals = [
      [1, I64],
      [2, I32],
    ] as const;
    // The third local is one of 64 bits then: nothing of this computes, but nothing is cut either.
    const other = moduleOf({ many: 3000, locals });
    expect(splitLongFunctions(other)).toBe(other);
  });
});

test("a module without a long function is left alone", () => {
  const short = moduleOf({ many: 100 });
  expect(splitLongFunctions(short)).toBe(short);
  expect(results(short)).not.toEqual(results(long));
});

test.each(PROVEN_CIRCUITS)("of %s no function is left that takes long to compile", async (circuit) => {
  const { wasm } = (await provenCircuit(circuit)).artifacts;
  const longest = (bytes: Uint8Array): number => Math.max(...bodyLengths(bytes));
  expect(longest(wasm)).toBeGreaterThan(200_000);
  const cut = splitLongFunctions(wasm);
  expect(longest(cut)).toBeLessThan(50_000);
  expect(WebAssembly.validate(cut as Uint8Array<ArrayBuffer>)).toBe(true);
});

describe(`whatever else it is given (seed ${seed})`, () => {
  const isValid = (bytes: Uint8Array): boolean => WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>);

  test("bytes that are no module are left alone", () => {
    for (const bytes of [[], [0], [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], Array<number>(70_000).fill(0x41)]) {
      const given = Uint8Array.from(bytes);
      expect(splitLongFunctions(given)).toBe(given);
    }
    for (let length = 8; length < long.length; length += 997) {
      const given = long.slice(0, length);
      expect([length, isValid(splitLongFunctions(given))]).toEqual([length, isValid(given)]);
    }
  });

  const changed = (at: number, byte: number): boolean => {
    const given = long.slice();
    given[at] = byte;
    const wasValid = isValid(given);
    expect([seed, at, byte, isValid(splitLongFunctions(given))]).toEqual([seed, at, byte, wasValid]);
    return wasValid;
  };

  test("a module with a byte of its head changed stays valid where it was, and invalid where it was not", () => {
    for (let at = 8; at < 130; at++) for (const byte of [0, 1, 3, 0x7f, 0x80, 0xff]) changed(at, byte);
  });

  test("as does one with a byte changed anywhere", () => {
    const random = seededRandom(seed);
    let valid = 0;
    for (let i = 0; i < FLIPS; i++) {
      const at = Math.floor(random() * (i % 2 === 0 ? 2000 : long.length));
      if (changed(at, Math.floor(random() * 256))) valid++;
    }
    expect(valid).toBeGreaterThan(FLIPS / 10);
    expect(valid).toBeLessThan(FLIPS);
  });
});

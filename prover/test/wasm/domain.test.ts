// Transforms, rows of the constraint system and the quotient against big integers. SEED=n repeats a run: support.ts.
import { describe, expect, test } from "@jest/globals";
import { uintBytes } from "../../src/formats/bytes.ts";
import { putScalars, readScalars } from "../../src/formats/kernel-points.ts";
import { rootOfUnity } from "../../src/groth16/domain.ts";
import { type Lists, laneLists, scalarLists } from "../../src/groth16/lists.ts";
import { fourier, fr, R } from "../../src/reference/bn254.ts";
import { ENTRY_BYTES, NUMBER_BYTES } from "../../src/wasm/kernels.ts";
import { LANES_BYTES } from "../../src/wasm/lanes.ts";
import {
  type Draw,
  drawsOf,
  kernels,
  lanes,
  RADIX,
  readNumber,
  seed,
  workspace,
  writeNumber,
} from "./support.ts";

/** What a product may be given: magnitudes below this. */
const LARGE = 1n << 260n;
const FILE_ENTRY_BYTES = 44;
const inverseRadix = fr.inverse(RADIX);
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** An integer of magnitude below 8r, seldom reduced, often at an end: more than rows sum up to. */
const drawSum = ({ bits, of }: Draw): bigint =>
  of([
    () => bits(300) % R,
    () => (bits(300) % (16n * R)) - 8n * R,
    () => of([0n, 1n, R - 1n, 8n * R - 1n, 1n - 8n * R]),
  ])();

/** Address of these integers, as they are. */
function put(values: readonly bigint[]): number {
  const at = workspace.allocate(values.length * NUMBER_BYTES);
  for (const [i, value] of values.entries()) writeNumber(at + i * NUMBER_BYTES, value);
  return at;
}
const read = (at: number, n: number): bigint[] => times(n, (i) => fr.of(readNumber(at + i * NUMBER_BYTES)));
const montgomery = (value: bigint): bigint => fr.of(value * RADIX);

/** Lists of these kernels, and the integers in them as the scalar kernels would have them. */
interface Subject {
  readonly lists: Lists;
  read(list: number, n: number): bigint[];
  /** By how much numbers may be larger than sums of rows. */
  readonly growth: bigint;
  /** Whether every number is as small as the kernels promise. */
  isInRange(list: number, n: number): boolean;
}

const LIMBS = 5;
const LIMB_BITS = 51n;
/** The number in one lane of a list. */
function laneOf(list: number, i: number): readonly number[] {
  const limbs = new Float64Array(kernels.memory.buffer, list + (i >> 1) * LANES_BYTES, 2 * LIMBS);
  return times(LIMBS, (limb) => limbs[2 * limb + (i & 1)]!);
}
const integerOf = (limbs: readonly number[]): bigint =>
  limbs.reduceRight((sum, limb) => (sum << LIMB_BITS) + BigInt(limb), 0n);
/** From the Montgomery form in lanes to that of the scalar kernels. */
const radices = fr.mul(fr.of(RADIX), fr.inverse(fr.of(1n << (LIMB_BITS * BigInt(LIMBS)))));
const SLACK = 1n << 40n;

const subjects: readonly [string, Subject][] = [
  [
    "by the scalar kernels",
    {
      lists: scalarLists(workspace),
      // As large as a transform of order 2²⁷ makes them.
      growth: 6n,
      read,
      isInRange: (list, n) =>
        times(n, (i) => readNumber(list + i * NUMBER_BYTES)).every((raw) => raw < LARGE && raw > -LARGE),
    },
  ],
  [
    "in lanes",
    {
      lists: laneLists(workspace, lanes),
      growth: 1n,
      read: (list, n) => times(n, (i) => fr.of(integerOf(laneOf(list, i)) * radices)),
      isInRange: (list, n) =>
        times(n, (i) => integerOf(laneOf(list, i))).every((raw) => {
          const magnitude = raw < 0n ? -raw : raw;
          return 2n * magnitude <= R + R / SLACK;
        }),
    },
  ],
];

/** The bits of an index in reverse. */
const reversed = (i: number, bits: number): number =>
  times(bits, (bit) => ((i >> bit) & 1) << (bits - 1 - bit)).reduce((sum, each) => sum | each, 0);

/** Address of root⁰, root¹, …, by the kernel. */
function putPowers(n: number, root: bigint): number {
  const at = workspace.allocate(n * NUMBER_BYTES);
  kernels.frPowers(at, n, put([montgomery(root)]));
  return at;
}

describe(`roots of unity (seed ${seed})`, () => {
  test("are of their order, and of no less", () => {
    for (let power = 0; power <= 28; power++) {
      let root = rootOfUnity(power);
      for (let i = 1; i < power; i++) root = fr.mul(root, root);
      expect(root).toBe(power === 0 ? 1n : R - 1n);
    }
    for (const power of [-1, 29, 0.5, Number.NaN]) expect(() => rootOfUnity(power)).toThrow(RangeError);
  });

  test("powers are those of their root", () => {
    const root = drawsOf("powers").bits(253);
    const expected = [1n];
    for (let i = 1; i < 70; i++) expected.push(fr.mul(expected[i - 1]!, root));
    expect(read(putPowers(70, root), 70)).toEqual(expected.map(montgomery));
  });
});

describe.each(subjects)(`polynomials %s (seed ${seed})`, (by, { lists, growth, read, isInRange }) => {
  const { domain } = lists;
  const putList = (values: readonly bigint[]): number => {
    const list = lists.allocate(values.length);
    lists.put(list, values.length, put(values));
    return list;
  };
  const putRoots = (n: number, root: bigint): number => {
    const at = lists.allocateEach(Math.floor(n / 2));
    lists.putEach(at, Math.floor(n / 2), putPowers(Math.floor(n / 2), root));
    return at;
  };

  const directions: readonly [string, (root: bigint) => bigint][] = [
    ["forth", (root) => root],
    ["back", (root) => fr.inverse(root)],
  ];
  describe.each(directions)("transforms %s", (direction, rootOf) => {
    test.each([0, 1, 2, 3, 4, 5, 6])("of order 2^%i are what their definition says", (bits) => {
      const n = 2 ** bits;
      const draws = drawsOf(`transform ${by} ${direction} ${bits}`);
      const root = rootOf(rootOfUnity(bits));
      for (const values of [
        times(n, () => drawSum(draws)),
        times(n, () => 8n * R - 1n),
        times(n, (i) => (i === n - 1 ? 1n : 0n)),
      ]) {
        const list = putList(times(n, (i) => values[reversed(i, bits)]!));
        domain.frTransform(list, n, putRoots(n, root));
        expect(read(list, n)).toEqual(fourier(values, root));
      }
    });
  });

  test("transforms of a large order stay in range, though numbers grow in every layer", () => {
    const bits = 12;
    const n = 2 ** bits;
    const root = rootOfUnity(bits);
    const roots = putRoots(n, root);
    const draws = drawsOf(`large transform ${by}`);
    for (const values of [
      times(n, () => 8n * R - 1n),
      times(n, (i) => (i % 2 === 0 ? 8n * R - 1n : 1n - 8n * R)),
      times(n, () => drawSum(draws)),
    ]) {
      const list = putList(times(n, (i) => values[reversed(i, bits)]!));
      domain.frTransform(list, n, roots);
      expect(isInRange(list, n)).toBe(true);
      const got = read(list, n);
      for (const k of [0, 1, n / 2, n - 1, draws.below(n)]) {
        let x = 1n;
        for (let i = 0; i < k; i++) x = fr.mul(x, root);
        expect([k, got[k]]).toEqual([k, values.reduceRight((sum, value) => fr.of(sum * x + value), 0n)]);
      }
    }
  });

  test("scaleReversed multiplies each number, and reverses where it goes", () => {
    for (let bits = 0; bits <= 7; bits++) {
      const n = 2 ** bits;
      const draws = drawsOf(`scaleReversed ${by} ${bits}`);
      const [values, factors] = times(2, () => times(n, () => drawSum(draws))) as [bigint[], bigint[]];
      const out = lists.allocate(n);
      domain.frScaleReversed(out, putList(values), bits, putList(factors));
      const expected = times(n, (i) => {
        const j = reversed(i, bits);
        return fr.of(values[j]! * factors[j]! * inverseRadix);
      });
      expect(read(out, n)).toEqual(expected);
      expect(isInRange(out, n)).toBe(true);
    }
  });

  test("productEach multiplies two lists", () => {
    const n = 64;
    const draws = drawsOf(`productEach ${by}`);
    const [a, b] = times(2, () => times(n, () => drawSum(draws))) as [bigint[], bigint[]];
    const list = lists.allocate(n);
    domain.frProductEach(list, n, putList(a), putList(b));
    expect(read(list, n)).toEqual(a.map((value, i) => fr.of(value * b[i]! * inverseRadix)));
    expect(isInRange(list, n)).toBe(true);
  });

  test.each([1, 64])("quotient of %i is a·b − c, canonical, out of Montgomery form", (n) => {
    const draws = drawsOf(`quotient ${by} ${n}`);
    const grown = () => drawSum(draws) * draws.of([1n, growth]);
    const [a, b, c] = times(3, () => times(n, grown)) as [bigint[], bigint[], bigint[]];
    // And what lies about zero, which is where canonical and not differ.
    const near = [0n, -1n, 0n, 1n, 0n, -(1n << 200n)].slice(0, n);
    for (const [i, value] of near.entries()) {
      c[i] = fr.of(a[i]! * b[i]! * inverseRadix - value * RADIX) + draws.of([-3n, 0n, 3n]) * R;
    }
    const out = workspace.put(new Uint8Array(n * 32 + 32).fill(0x77));
    domain.frQuotient(out, n, putList(a), putList(b), putList(c));
    const got = readScalars(workspace, out, n);
    expect(got).toEqual(a.map((value, i) => fr.of((value * b[i]! * inverseRadix - c[i]!) * inverseRadix)));
    expect(got.slice(0, near.length)).toEqual(near.map(fr.of));
    // Nothing beyond them.
    expect(workspace.bytes(out + 32 * n, 32).every((byte) => byte === 0x77)).toBe(true);
  });
});

describe(`each number of a list (seed ${seed})`, () => {
  const n = 50;

  test("fromBytesEach reads bytes as they are", () => {
    const draws = drawsOf("fromBytesEach");
    const values = times(n, () => draws.bits(256));
    const file = workspace.put(
      Uint8Array.from(values.flatMap((value) => [...uintBytes(value, 32).reverse()])),
    );
    const at = workspace.allocate(n * NUMBER_BYTES);
    kernels.frFromBytesEach(at, file, n);
    expect(times(n, (i) => readNumber(at + i * NUMBER_BYTES))).toEqual(values);
  });

  test("scaleBytesEach multiplies by a factor, canonical", () => {
    const draws = drawsOf("scaleBytesEach");
    for (const factor of [0n, 1n, R - 1n, draws.bits(300) % R, R + 1n, -1n]) {
      const values = [0n, 1n, R - 1n, ...times(n, () => draws.bits(300) % R)];
      const bytes = putScalars(workspace, values);
      const out = workspace.allocate(values.length * 32);
      const at = put([montgomery(factor) - draws.of([0n, R])]);
      kernels.frScaleBytesEach(out, bytes, values.length, at);
      expect(readScalars(workspace, out, values.length)).toEqual(
        values.map((value) => fr.of(value * factor)),
      );
    }
  });
});

/** An entry of a matrix: row as the kernel has it, column, coefficient as an integer. */
interface Entry {
  readonly row: number;
  readonly column: number;
  readonly coefficient: bigint;
}

describe(`rows (seed ${seed})`, () => {
  const columns = 40;

  function expectRows(n: number, entries: readonly Entry[], witness: readonly bigint[]): void {
    const at = workspace.allocate(entries.length * ENTRY_BYTES);
    for (const [i, { row, column, coefficient }] of entries.entries()) {
      const entry = at + i * ENTRY_BYTES;
      new Uint32Array(kernels.memory.buffer, entry, 2).set([row, column]);
      writeNumber(entry + 8, coefficient);
    }
    const out = workspace.put(new Uint8Array(n * NUMBER_BYTES).fill(0x77));
    kernels.frRows(out, n, at, entries.length, put(witness));
    const sums = times(n, () => 0n);
    for (const { row, column, coefficient } of entries) {
      sums[row] = fr.of(sums[row]! + coefficient * witness[column]! * inverseRadix);
    }
    expect(read(out, n)).toEqual(sums);
    // What lists are made of.
    const raw = times(n, (i) => readNumber(out + i * NUMBER_BYTES));
    expect(raw.every((value) => value < 6n * R && value > -6n * R)).toBe(true);
  }

  test("are sums of products, in any order; those without a term are zero", () => {
    const draws = drawsOf("rows");
    const witness = times(columns, () => draws.of([0n, 1n, R - 1n, draws.bits(300) % R]));
    const entries = times(300, () => ({
      row: draws.below(16),
      column: draws.below(columns),
      coefficient: draws.of([0n, 1n, R - 1n, draws.bits(300) % R]),
    }));
    expectRows(32, entries, witness);
    expectRows(4, [], witness);
  });

  test("of 500 terms are made small on their way, whatever their signs", () => {
    // Products near r, near 0 and near −r: of 500 the largest sums would not fit.
    for (const coefficient of [R - 1n, 2n * R - 1n, 1n - R, -3n * R]) {
      const entries = times(500, (i) => ({ row: 1, column: i % columns, coefficient }));
      expectRows(
        2,
        entries,
        times(columns, () => RADIX % R),
      );
      expectRows(
        2,
        entries,
        times(columns, (i) => (i % 2 === 0 ? R - 1n : 1n)),
      );
    }
    // As far below zero as products get.
    expectRows(
      2,
      times(500, (i) => ({ row: 1, column: i % columns, coefficient: 1n - LARGE })),
      times(columns, () => (1n << 256n) - 1n),
    );
  });
});

describe(`entriesFromFile (seed ${seed})`, () => {
  const bits = 5;
  const columns = 40;
  interface FileEntry extends Entry {
    readonly matrix: number;
  }

  /** A file's coefficient: of 32 bytes. */
  function putFile(entries: readonly FileEntry[]): number {
    const bytes = new Uint8Array(entries.length * FILE_ENTRY_BYTES);
    const view = new DataView(bytes.buffer);
    for (const [i, { matrix, row, column, coefficient }] of entries.entries()) {
      for (const [j, word] of [matrix, row, column].entries())
        view.setUint32(i * FILE_ENTRY_BYTES + 4 * j, word, true);
      bytes.set(uintBytes(coefficient, 32).reverse(), i * FILE_ENTRY_BYTES + 12);
    }
    return workspace.put(bytes);
  }

  function readMatrix(entries: readonly FileEntry[], matrix: number): Entry[] | undefined {
    const out = workspace.allocate(entries.length * ENTRY_BYTES);
    const count = kernels.frEntriesFromFile(out, putFile(entries), entries.length, matrix, bits, columns);
    if (count < 0) {
      expect(count).toBe(-1);
      return undefined;
    }
    return times(count, (i) => {
      const at = out + i * ENTRY_BYTES;
      const [row = -1, column = -1] = new Uint32Array(kernels.memory.buffer, at, 2);
      return { row, column, coefficient: fr.of(readNumber(at + 8)) };
    });
  }

  const draws = drawsOf("entriesFromFile");
  const good: readonly FileEntry[] = times(60, (i) => ({
    matrix: draws.below(2),
    row: i === 0 ? 2 ** bits - 1 : draws.below(2 ** bits),
    column: i === 0 ? columns - 1 : draws.below(columns),
    coefficient: i === 0 ? R - 1n : draws.bits(300) % R,
  }));

  test.each([0, 1])(
    "gives those of matrix %i in their order, rows reversed, coefficients in R²",
    (matrix) => {
      // A file's has 2⁵¹² for a factor, the kernels' R²: times a witness as it is, that is R.
      const factor = fr.mul(RADIX * RADIX, fr.inverse(1n << 512n));
      const expected = good
        .filter((entry) => entry.matrix === matrix)
        .map(({ row, column, coefficient }) => ({
          row: reversed(row, bits),
          column,
          coefficient: fr.mul(coefficient, factor),
        }));
      expect(readMatrix(good, matrix)).toEqual(expected);
      expect(expected.length).toBeGreaterThan(5);
    },
  );

  test("of no entries gives none", () => {
    expect(readMatrix([], 0)).toEqual([]);
  });

  test.each<[string, Partial<FileEntry>]>([
    ["a row beyond the domain", { row: 2 ** bits }],
    ["a row beyond any", { row: 0xffff_ffff }],
    ["a column beyond the witness", { column: columns }],
    ["a column beyond any", { column: 0xffff_ffff }],
    ["a third matrix", { matrix: 2 }],
    ["a matrix beyond any", { matrix: 0xffff_ffff }],
    ["a coefficient of r", { coefficient: R }],
    ["a coefficient beyond any", { coefficient: (1n << 256n) - 1n }],
  ])("refuses %s, wherever it stands", (_what, change) => {
    for (const at of [0, 30, good.length - 1]) {
      const bad = { ...good[at]!, ...change };
      // Ranges are looked at in entries of either matrix; coefficients are read in those of its own.
      const matrix = "coefficient" in change ? bad.matrix : 1 - good[at]!.matrix;
      expect([at, readMatrix(good.with(at, bad), matrix)]).toEqual([at, undefined]);
    }
  });
});

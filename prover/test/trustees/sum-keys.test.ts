// Keys of many sums against sums by noble, one after the other; and the table that they are looked up in.
import { describe, expect, test } from "@jest/globals";
import { BASE8, IDENTITY, multiply, type Point } from "../../src/formats/point.ts";
import { type Digit, digitsOf, sizeOf, splitDigit, sums } from "../../src/protocol/digits.ts";
import { KeyIndex } from "../../src/protocol/key-index.ts";
import { inTiles, keyTiles } from "../../src/protocol/sum-keys.ts";
import { compileKernels } from "../../src/wasm/code.ts";
import { Workspace } from "../../src/wasm/kernels.ts";
import { seededRandom } from "./support.ts";

const seed = Date.now() % 1_000_000;
const random = seededRandom(seed);
const below = (bound: number): number => Math.floor(random() * bound);

/** The low 64 bits of x, by noble. */
const keyOf = (point: Point): bigint => BigInt.asUintN(64, point.toAffine().x);

const keysOf = (words: Uint32Array): bigint[] =>
  Array.from(
    { length: words.length / 2 },
    (_, i) => BigInt(words[2 * i]!) + (BigInt(words[2 * i + 1]!) << 32n),
  );

const wordsOf = (...keys: readonly bigint[]): Uint32Array =>
  Uint32Array.from(keys.flatMap((key) => [Number(BigInt.asUintN(32, key)), Number(key >> 32n)]));

const digit = (size: number, step: Point, counter = 0): Digit => ({ counter, unit: 1, size, step });

/** Point of a number, by its definition. */
function pointOf(digits: readonly Digit[], index: number): Point {
  return digitsOf(digits, index).reduce(
    (sum, value, i) => sum.add(multiply(digits[i]!.step, BigInt(value))),
    IDENTITY,
  );
}

describe(`keys of sums (seed ${seed})`, () => {
  const STEPS = [BASE8, BASE8.negate(), IDENTITY, multiply(BASE8, 2n ** 200n), multiply(BASE8, 3n)];
  const step = (): Point => STEPS[below(STEPS.length)]!;
  const origins: readonly (readonly [string, Point])[] = [
    ["the identity", IDENTITY],
    ["a point of the sums", multiply(BASE8, 5n)],
    [
      "a point with other coordinates",
      multiply(BASE8, 2n ** 100n)
        .double()
        .add(BASE8),
    ],
  ];
  const shapes: readonly (readonly [string, readonly Digit[]])[] = [
    ["no digit", []],
    ["one number", [digit(1, BASE8)]],
    ["a whole tile", [digit(1024, BASE8)]],
    ["a tile and one more", [digit(1025, BASE8)]],
    ["small digits", [digit(2, step()), digit(3, step()), digit(1, step()), digit(4, step())]],
    ["a small and a large digit", [digit(3, step()), digit(2000, step())]],
    ["a large digit, then others", [digit(1500, step()), digit(2, step()), digit(2, step())]],
    ["a digit too large for what is left of a tile", [digit(600, step()), digit(3, step())]],
    ["any", [digit(1 + below(3000), step()), digit(1 + below(4), step())]],
  ];

  describe.each(origins)("from %s", (_, origin) => {
    test.each(shapes)("of %s, added and subtracted", async (_, digits) => {
      const workspace = await Workspace.start(await compileKernels({ relaxedSimd: false }));
      const mark = workspace.mark();
      const tiled = inTiles(digits);
      expect(sizeOf(tiled.inner)).toBeLessThanOrEqual(1024);
      const all = [...tiled.inner, ...tiled.outer];
      expect(sizeOf(all)).toBeGreaterThanOrEqual(sizeOf(digits));
      for (const isSubtracted of [false, true]) {
        const keys: bigint[] = [];
        for (const tile of keyTiles(workspace, tiled, origin, isSubtracted)) {
          expect(tile.start).toBe(keys.length);
          keys.push(...keysOf(tile.keys));
        }
        expect(keys).toHaveLength(sizeOf(all));
        const ends = [0, 1, 1023, 1024, keys.length - 1].filter((i) => i >= 0 && i < keys.length);
        for (const index of [...ends, ...Array.from({ length: 40 }, () => below(keys.length))]) {
          const sum = pointOf(all, index);
          const expected = isSubtracted ? origin.subtract(sum) : origin.add(sum);
          expect([seed, isSubtracted, index, keys[index]]).toEqual([
            seed,
            isSubtracted,
            index,
            keyOf(expected),
          ]);
        }
      }
      expect(workspace.mark()).toBe(mark);
    });
  });

  test("a caller who stops in between leaves nothing in the workspace", async () => {
    const workspace = await Workspace.start(await compileKernels({ relaxedSimd: false }));
    const mark = workspace.mark();
    for (const { start } of keyTiles(workspace, inTiles([digit(5000, BASE8)]), IDENTITY, false)) {
      if (start > 0) break;
    }
    expect(workspace.mark()).toBe(mark);
  });

  test("the key of the identity is 0", async () => {
    const workspace = await Workspace.start(await compileKernels({ relaxedSimd: false }));
    const tiles = [...keyTiles(workspace, inTiles([]), IDENTITY, false)].map(({ keys }) => keysOf(keys));
    expect(tiles).toEqual([[0n]]);
  });
});

describe("a digit in two", () => {
  test.each([
    [3, 2],
    [1023, 1022],
    [1025, 1024],
    [5000, 7],
    [1_000_003, 1024],
  ])("of %i, at most %i low values: every value once, few beyond", (size, most) => {
    const [low, high] = splitDigit(digit(size, BASE8), most);
    expect(low.size).toBeLessThanOrEqual(most);
    expect(low.size * high.size).toBeGreaterThanOrEqual(size);
    expect(low.size * high.size).toBeLessThan(size + high.size);
    expect([high.unit, high.step.equals(multiply(BASE8, BigInt(low.size)))]).toEqual([low.size, true]);
  });

  test("sums are those of the digits, from any start", () => {
    const digits = [digit(3, BASE8), digit(2, multiply(BASE8, 7n)), digit(4, multiply(BASE8, 50n))];
    for (const [start, n] of [
      [0, 24],
      [5, 3],
      [23, 1],
    ] as const) {
      expect(sums(digits, start, n).map((point, i) => point.equals(pointOf(digits, start + i)))).toEqual(
        new Array(n).fill(true),
      );
    }
  });
});

describe("KeyIndex", () => {
  const keys = Array.from({ length: 50 }, (_, i) => keyOf(multiply(BASE8, BigInt(i))));

  test("finds every key at the position where it was added, over several additions", () => {
    const index = new KeyIndex(50);
    index.add(wordsOf(...keys.slice(0, 20)));
    index.add(wordsOf(...keys.slice(20)));
    expect(index.find(wordsOf(...keys))).toEqual(keys.map((_, i) => ({ query: i, index: i })));
  });

  test("finds each position of a key that was added twice", () => {
    const index = new KeyIndex(3);
    index.add(wordsOf(keys[1]!, keys[2]!, keys[1]!));
    expect(index.find(wordsOf(keys[2]!, keys[1]!))).toEqual([
      { query: 0, index: 1 },
      { query: 1, index: 0 },
      { query: 1, index: 2 },
    ]);
  });

  test("tells keys apart that differ in one word only, and 0 from nothing", () => {
    const index = new KeyIndex(4);
    index.add(wordsOf(7n, 7n + 2n ** 32n, 0n));
    expect(index.find(wordsOf(7n, 7n + 2n ** 33n, 8n, 0n, 7n + 2n ** 32n))).toEqual([
      { query: 0, index: 0 },
      { query: 3, index: 2 },
      { query: 4, index: 1 },
    ]);
  });

  test("goes round the end of the table", () => {
    const index = new KeyIndex(4);
    const last = 2n ** 32n - 1n;
    const all = [last, last + 2n ** 32n, last + 2n ** 33n, 0n];
    index.add(wordsOf(...all));
    expect(index.find(wordsOf(...all)).map(({ index: at }) => at)).toEqual([0, 1, 2, 3]);
  });

  test("is empty without keys, and has room for none", () => {
    expect(new KeyIndex(0).find(wordsOf(...keys))).toEqual([]);
  });
});

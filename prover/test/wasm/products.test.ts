// Sums of two and three products by one reduction, against big integers. SEED=n and CASES=n: support.ts.
import { describe, expect, test } from "@jest/globals";
import { FIELD_ORDER } from "../../src/formats/field.ts";
import { NUMBER_BYTES } from "../../src/wasm/kernels.ts";
import {
  CASES,
  type Draw,
  isNormalised,
  kernels,
  limbsAt,
  RADIX,
  readNumber,
  seed,
  tryCases,
  workspace,
  writeNumber,
} from "./support.ts";

const FULL = 2 ** 29 - 1;
/** Of the last limb, by its magnitude. */
const LAST = 2 ** 25 - 1;

/** All limbs as large as they may be, with the last one of either sign. */
const LARGEST = [LAST, -LAST].map((last) => [...new Array<number>(8).fill(FULL), last]);

const integerOf = (limbs: readonly number[]): bigint =>
  limbs.reduceRight((sum, limb) => (sum << 29n) + BigInt(limb), 0n);

/** A number by its limbs: of every size, often at the ends. */
function drawLimbs(draw: Draw): readonly number[] {
  const kind = draw.below(4);
  if (kind === 0) return draw.of(LARGEST);
  if (kind === 1) return draw.of([0n, 1n, FIELD_ORDER - 1n, FIELD_ORDER, FIELD_ORDER + 1n].map(limbsOf));
  if (kind === 2) return limbsOf(draw.bits(256) % FIELD_ORDER);
  return [...Array.from({ length: 8 }, () => draw.of([0, FULL, draw.below(FULL + 1)])), draw.below(LAST)];
}

function limbsOf(value: bigint): number[] {
  return Array.from({ length: 9 }, (_, i) => Number((value >> BigInt(29 * i)) & BigInt(FULL)));
}

const modulo = (value: bigint): bigint => ((value % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER;

describe.each([2, 3] as const)(`a sum of %i products (seed ${seed})`, (pairs) => {
  const mark = workspace.mark();
  const [a, b] = [0, 1].map(() => workspace.allocate(pairs * NUMBER_BYTES)) as [number, number];
  const out = workspace.allocate(NUMBER_BYTES);

  function wrong(left: readonly (readonly number[])[], right: readonly (readonly number[])[]) {
    for (let i = 0; i < pairs; i++) {
      limbsAt(a + i * NUMBER_BYTES).set(left[i]!);
      limbsAt(b + i * NUMBER_BYTES).set(right[i]!);
    }
    kernels[`frProduct${pairs}`](out, a, b);
    const sum = left.reduce((all, limbs, i) => all + integerOf(limbs) * integerOf(right[i]!), 0n);
    const made = readNumber(out);
    if (modulo(made * RADIX - sum) !== 0n) return `another number for ${left} and ${right}`;
    if (!isNormalised(out)) return "limbs that are not normalised";
    // What Montgomery's reduction leaves: the sum over the radix, and less than p.
    const size = sum / RADIX;
    return made >= size - 1n && made <= size + FIELD_ORDER ? undefined : `${made} is far from ${size}`;
  }

  test("is that of big integers, for limbs of every size", () => {
    tryCases(
      `products ${pairs}`,
      (draw) => [0, 1].map(() => Array.from({ length: pairs }, () => drawLimbs(draw))),
      ([left, right]) => wrong(left!, right!),
      CASES,
    );
  });

  test("where every limb is as large as it may be", () => {
    for (const x of LARGEST) {
      for (const y of LARGEST) {
        expect(wrong(new Array(pairs).fill(x), new Array(pairs).fill(y))).toBeUndefined();
      }
    }
  });

  test("may stand where one of its factors was", () => {
    for (const at of [a, b]) {
      for (const from of [a, b]) for (let i = 0; i < pairs; i++) writeNumber(from + i * NUMBER_BYTES, 5n);
      kernels[`frProduct${pairs}`](at, a, b);
      expect(modulo(readNumber(at) * RADIX)).toBe(BigInt(25 * pairs));
    }
    workspace.release(mark);
  });
});

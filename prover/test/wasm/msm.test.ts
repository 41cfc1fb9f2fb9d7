// Sums of multiples in both groups against plain affine arithmetic, on inputs chosen against the algorithm. SEED=n and
// CASES=n repeat or extend a run: support.ts.
import { describe, expect, test } from "@jest/globals";
import { putScalars } from "../../src/formats/kernel-points.ts";
import { fr, type Point, R } from "../../src/reference/bn254.ts";
import type { Buckets } from "../../src/wasm/kernels.ts";
import {
  GUARD,
  joined,
  POOL,
  partsOf,
  power,
  type Subject,
  subject1,
  subject2,
  times,
  toolsOf,
} from "./groups.ts";
import { CASES, type Draw, drawsOf, kernels, lanes, seed, tryCases, workspace } from "./support.ts";

/** All tests of one group. */
function describeGroup<T>(subject: Subject<T>): void {
  const { name, group, lambda, dimension } = subject;
  const { AFFINE, EXTENDED, drawPoint, writeAffine, readExtended, differs, multipleOf } = toolsOf(subject);

  /** By the kernels with windows of so many bits, or of as many as they choose. */
  function msm(
    buckets: Buckets,
    scalars: readonly bigint[],
    points: readonly Point<T>[],
    bits?: number,
  ): Point<T> {
    const mark = workspace.mark();
    const n = points.length;
    const at = workspace.allocate(n * AFFINE);
    for (const [i, point] of points.entries()) writeAffine(at + i * AFFINE, point);
    const count = kernels[`${name}MsmPoints`](n);
    const table = workspace.allocate(count * buckets[`${name}PointBytes`]());
    kernels[`${name}Expand`](table, n, at);
    if (buckets === lanes) lanes[`${name}FromScalar`](table, count);
    const width = bits ?? kernels[`${name}MsmBits`](n);
    const out = workspace.allocate(EXTENDED);
    const values = putScalars(workspace, scalars);
    const digits = workspace.allocate(kernels[`${name}MsmDigits`](n, width));
    const guards = [workspace.put(GUARD)];
    const scratch = workspace.allocate(buckets[`${name}BucketScratch`](count, width));
    guards.push(workspace.put(GUARD));
    kernels[`${name}MsmBegin`](out, n, values, table, buckets[`${name}PointBytes`](), width, digits);
    for (let window = kernels[`${name}MsmWindows`](width); window-- > 0; ) {
      const sums = buckets[`${name}SumBuckets`](count, table, digits + 2 * count * window, width, scratch);
      kernels[`${name}MsmWindow`](out, width, scratch, sums);
    }
    const sum = readExtended(out);
    const inside = guards.every((guard) => String(workspace.bytes(guard, 64)) === String(GUARD));
    workspace.release(mark);
    if (!inside) throw new Error("wrote beyond its scratch");
    return sum;
  }

  /** The windows that every list is tried with: least, odd, with many empty buckets, and as chosen. */
  const FEW_WIDTHS = [2, 5, 8, 12, undefined];
  const ALL_WIDTHS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, undefined];

  function expectSum(
    scalars: readonly bigint[],
    points: readonly Point<T>[],
    { expected, widths = FEW_WIDTHS }: { expected: Point<T>; widths?: readonly (number | undefined)[] },
  ): void {
    for (const bits of widths) {
      for (const [of, buckets] of Object.entries({ scalar: kernels, lanes })) {
        const what = `${points.length} points, ${bits} bits, ${of}`;
        const wrong = differs(what, msm(buckets, scalars, points, bits), expected);
        if (wrong !== undefined) throw new Error(`seed ${seed}: ${wrong}; scalars ${scalars}`);
      }
    }
  }

  /** A multiple of a multiple of the generator. */
  interface Term {
    readonly scalar: bigint;
    readonly logarithm: bigint;
  }

  /** Sums of points whose logarithms are known: one multiple of the generator. */
  function expectSumOf(terms: readonly Term[], widths?: readonly (number | undefined)[]): void {
    const sum = terms.reduce((all, { scalar, logarithm }) => fr.of(all + scalar * logarithm), 0n);
    expectSum(
      terms.map(({ scalar }) => scalar),
      terms.map(({ logarithm }) => multipleOf(logarithm)),
      { expected: multipleOf(sum), ...(widths && { widths }) },
    );
  }
  const anyLogarithm = (draws: Draw): bigint => {
    const logarithm = BigInt(1 + draws.below(POOL));
    return draws.below(2) === 0 ? logarithm : R - logarithm;
  };
  const anyScalar = (draws: Draw): bigint => fr.of(draws.bits(300));

  describe("decompose", () => {
    /** What the windows of {@link msm} cover, but for a carry. */
    const BITS = dimension === 2 ? 126n : 65n;
    test("short scalars, of either sign, make up the long one", () => {
      const seen = { negative: 0 };
      const check = (scalar: bigint): string | undefined => {
        const parts = partsOf(name, scalar);
        seen.negative += parts.filter((part) => part < 0n).length;
        if (parts.some((part) => part >= 1n << BITS || -part >= 1n << BITS))
          return `${scalar}: ${parts} are long`;
        return joined(parts, lambda) === scalar ? undefined : `${scalar}: ${parts} are not it`;
      };
      tryCases(`${name} decompose`, anyScalar, check);
      for (const scalar of [
        0n,
        1n,
        2n,
        R - 1n,
        R - 2n,
        R / 2n,
        lambda,
        fr.neg(lambda),
        fr.mul(lambda, lambda),
      ]) {
        expect(check(scalar)).toBeUndefined();
      }
      for (let k = 0n; k < 254n; k++) expect(check(fr.of(1n << k))).toBeUndefined();
      expect(seen.negative).toBeGreaterThan(CASES / 4);
    });
  });

  describe("sums of multiples", () => {
    test.each([0, 1, 2, 3, 7])("of %i random points, by every width", (n) => {
      const draws = drawsOf(`${name} sum of ${n}`);
      const points = times(n, () => drawPoint(draws));
      const scalars = times(n, () => anyScalar(draws));
      expectSum(scalars, points, { expected: group.sumOfMultiples(scalars, points), widths: ALL_WIDTHS });
    });

    test("of 100 random points, by every width", () => {
      const draws = drawsOf(`${name} sum of 100`);
      expectSumOf(
        times(100, () => ({ scalar: anyScalar(draws), logarithm: anyLogarithm(draws) })),
        ALL_WIDTHS,
      );
    });

    test("of more points than there are buckets in rows and columns", () => {
      const draws = drawsOf(`${name} rows and columns`);
      const terms = times(700, () => ({ scalar: anyScalar(draws), logarithm: anyLogarithm(draws) }));
      expectSumOf(terms, [10, 11]);
    });

    const many: readonly [what: string, term: (draws: Draw) => Term][] = [
      ["in many buckets", (draws) => ({ scalar: anyScalar(draws), logarithm: anyLogarithm(draws) })],
      ["in few", ({ of }) => ({ scalar: of([1n, 2n, R - 1n]), logarithm: of([1n, 2n, R - 1n]) })],
      ["all of them one", () => ({ scalar: R - 3n, logarithm: 5n })],
    ];
    test.each(many)("of more points than are added at once, %s", (what, term) => {
      const draws = drawsOf(`${name} many ${what}`);
      // Of a table three chunks of 4096, and some.
      expectSumOf(
        times(Math.ceil(13_000 / dimension), () => term(draws)),
        [2, 7, undefined],
      );
    });

    test("by the widest windows", () => {
      const draws = drawsOf(`${name} wide`);
      const terms = times(5, () => ({ scalar: anyScalar(draws), logarithm: anyLogarithm(draws) }));
      expectSumOf(terms, [13, 14, 15]);
    });

    test("of one scalar alone: 0, 1, 2, r − 1, every power of two", () => {
      const powers = times(254, (k) => 1n << BigInt(k)).filter((power) => power < R);
      expectSumOf([{ scalar: 0n, logarithm: 3n }]);
      expectSumOf([{ scalar: R - 1n, logarithm: 3n }]);
      let expected = multipleOf(3n);
      for (const power of powers) {
        expectSum([power], [multipleOf(3n)], { expected, widths: [4] });
        expected = group.double(expected);
      }
      expectSumOf(powers.map((scalar) => ({ scalar, logarithm: 1n })));
      expectSumOf(powers.map((power) => ({ scalar: R - power, logarithm: 1n })));
    });

    const COUNT = 60;
    const drawn = anyScalar(drawsOf(`${name} again and again`));
    const extremes = [0n, 1n, 2n, R - 1n, R - 2n, 1n << 253n, (1n << 253n) - 1n, lambda, R - lambda];
    const lists: readonly [what: string, term: (draws: Draw, i: number) => Term][] = [
      ["equal points", (draws) => ({ scalar: anyScalar(draws), logarithm: 5n })],
      ["equal points with equal scalars", () => ({ scalar: drawn, logarithm: 5n })],
      [
        "pairs of opposite points, which cancel",
        (_, i) => ({ scalar: fr.of(drawn + BigInt(i >> 1)), logarithm: i % 2 === 0 ? 7n : R - 7n }),
      ],
      [
        "pairs of opposite points, one of which lacks its other",
        (_, i) => ({ scalar: i === 0 ? 0n : drawn, logarithm: i % 2 === 0 ? 7n : R - 7n }),
      ],
      [
        "equal points with opposite scalars",
        (_, i) => ({ scalar: i % 2 === 0 ? drawn : R - drawn, logarithm: 9n }),
      ],
      ["infinity alone", (draws) => ({ scalar: anyScalar(draws), logarithm: 0n })],
      ["infinity among points", (draws) => ({ scalar: anyScalar(draws), logarithm: draws.of([0n, 1n, 2n]) })],
      ["scalars of 0", (draws) => ({ scalar: 0n, logarithm: anyLogarithm(draws) })],
      ["scalars of 1", (draws) => ({ scalar: 1n, logarithm: anyLogarithm(draws) })],
      ["scalars of r − 1", (draws) => ({ scalar: R - 1n, logarithm: anyLogarithm(draws) })],
      [
        "scalars at the ends of their range",
        (draws) => ({ scalar: draws.of(extremes), logarithm: anyLogarithm(draws) }),
      ],
      [
        "few points and scalars, again and again",
        ({ of }) => ({ scalar: of([3n, drawn, R - drawn]), logarithm: of([1n, 2n, R - 1n]) }),
      ],
      [
        // In tables these meet each other's images.
        "points and their images under the endomorphism",
        ({ of }, i) => {
          const image = power(lambda, BigInt(i % 6));
          return { scalar: of([1n, drawn, lambda]), logarithm: of([image, fr.neg(image)]) };
        },
      ],
    ];
    test.each(lists)("of %s", (what, term) => {
      const draws = drawsOf(`${name} ${what}`);
      expectSumOf(times(COUNT, (i) => term(draws, i)));
    });

    test("of windows that are half, carry into each other, or are full, by every width", () => {
      for (let bits = 2; bits <= 12; bits++) {
        const half = 1n << BigInt(bits - 1);
        const full = (1n << BigInt(bits)) - 1n;
        // As many whole windows as a short scalar holds that is certain to stay what it is.
        const windows = Math.floor((dimension === 2 ? 124 : 61) / bits);
        const scalarOf = (window: (i: number) => bigint): bigint =>
          times(windows, (i) => window(i) << BigInt(i * bits)).reduce((sum, each) => sum + each, 0n);
        const parts = [
          scalarOf(() => half),
          scalarOf(() => half - 1n),
          scalarOf(() => half + 1n),
          scalarOf(() => full),
          // A carry that runs through all windows.
          scalarOf((i) => (i === 0 ? half + 1n : half)),
          scalarOf((i) => (i === 0 ? half + 1n : full)),
          scalarOf((i) => (i % 2 === 0 ? half + 1n : 0n)),
          scalarOf((i) => (i === windows - 1 ? full : 0n)),
        ];
        for (const part of parts) expect(partsOf(name, part)[0]).toBe(part);
        const scalars = parts.flatMap((part) => [
          part,
          R - part,
          fr.mul(part, lambda),
          fr.neg(part * lambda),
        ]);
        expectSumOf(
          scalars.map((scalar, i) => ({ scalar, logarithm: BigInt(1 + (i % POOL)) })),
          [bits],
        );
      }
    });
  });
}

describe(`g1 (seed ${seed})`, () => describeGroup(subject1));
describe(`g2 (seed ${seed})`, () => describeGroup(subject2));

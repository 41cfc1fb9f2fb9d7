// Points and sums of multiples of both groups against plain affine arithmetic, in every case that additions tell
// apart, and on inputs chosen against the algorithm. SEED=n and CASES=n repeat or extend a run: support.ts.
import { describe, expect, test } from "@jest/globals";
import { littleEndianToUint } from "../../src/formats/bytes.ts";
import { putScalars } from "../../src/formats/kernel-points.ts";
import { fq, fr, type Group, g1, g2, type Pair, type Point, Q, R } from "../../src/reference/bn254.ts";
import { type Buckets, NUMBER_BYTES } from "../../src/wasm/kernels.ts";
import {
  CASES,
  type Draw,
  drawsOf,
  kernels,
  lanes,
  RADIX,
  readNumber,
  seed,
  tryCases,
  workspace,
  writeNumber,
} from "./support.ts";

const inverseRadix = fq.inverse(RADIX);
/** Points of each group with known logarithms: 1·G, 2·G, … */
const POOL = 40;
/** What lies beside scratch, and has to be there afterwards. */
const GUARD = new Uint8Array(64).fill(0xa5);

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** What the tests need to know of a group. */
interface Subject<T> {
  readonly name: "g1" | "g2";
  readonly group: Group<T>;
  /** Numbers of a coordinate. */
  readonly degree: 1 | 2;
  readonly flat: (value: T) => readonly bigint[];
  readonly element: (numbers: readonly bigint[]) => T;
  /** What the endomorphism multiplies by, and in how many short scalars a long one is split. */
  readonly lambda: bigint;
  readonly dimension: number;
  /** Points whose coordinates lack one of their numbers, or agree with others' in one. */
  readonly sparse: readonly Point<T>[];
}

/** BN254's parameter. */
const U = 4965661367192848881n;
const power = (base: bigint, exponent: bigint): bigint =>
  [...exponent.toString(2)].reduce((sum, bit) => fr.of(sum * sum * (bit === "1" ? base : 1n)), 1n);
/** Of order three: it, or its square, is what the endomorphism of G1 multiplies by. */
const CUBE_ROOT = power(5n, (R - 1n) / 3n);

const subject1: Subject<bigint> = {
  name: "g1",
  group: g1,
  degree: 1,
  flat: (value) => [value],
  element: ([value]) => value!,
  // Which of the two, decompositions say; that it is so, sums of points and their images.
  lambda:
    joined(partsOf("g1", CUBE_ROOT), CUBE_ROOT) === CUBE_ROOT ? CUBE_ROOT : fr.mul(CUBE_ROOT, CUBE_ROOT),
  dimension: 2,
  sparse: [],
};
const subject2: Subject<Pair> = {
  name: "g2",
  group: g2,
  degree: 2,
  flat: (value) => value,
  element: ([real, imaginary]) => [real!, imaginary!],
  lambda: fr.of(6n * U * U),
  dimension: 4,
  // On no curve: additions do not ask.
  sparse: [
    [
      [0n, 1n],
      [0n, 7n],
    ],
    [
      [0n, 3n],
      [7n, 0n],
    ],
    [
      [1n, 0n],
      [5n, 7n],
    ],
    [
      [2n, 0n],
      [0n, 1n],
    ],
    [
      [2n, 1n],
      [7n, 0n],
    ],
  ],
};

/** The short scalars that a scalar becomes. */
function partsOf(name: "g1" | "g2", scalar: bigint): bigint[] {
  const mark = workspace.mark();
  const dimension = name === "g1" ? 2 : 4;
  const out = workspace.allocate(24 * dimension);
  kernels[`${name}Decompose`](out, putScalars(workspace, [scalar]));
  const parts = Array.from({ length: dimension }, (_, i) => {
    const magnitude = littleEndianToUint(workspace.bytes(out + 24 * i, 20));
    return workspace.bytes(out + 24 * i + 20, 1)[0] === 1 ? -magnitude : magnitude;
  });
  workspace.release(mark);
  return parts;
}

function joined(parts: readonly bigint[], lambda: bigint): bigint {
  return parts.reduceRight((sum, part) => fr.of(sum * lambda + part), 0n);
}

/** All tests of one group. */
function describeGroup<T>({
  name,
  group,
  degree,
  flat,
  element,
  lambda,
  dimension,
  sparse,
}: Subject<T>): void {
  const { field } = group;
  const COORDINATE = degree * NUMBER_BYTES;
  const AFFINE = 2 * COORDINATE;
  const EXTENDED = 4 * COORDINATE;
  const pool: Point<T>[] = [];
  for (let point: Point<T> = group.generator; pool.length < POOL; point = group.add(point, group.generator)) {
    pool.push(point);
  }
  const drawPoint = ({ of }: Draw): Point<T> => of(pool);

  // ---- points in memory

  /** Montgomery form, off by up to two p either way: coordinates are seldom reduced. */
  function writeElement(at: number, value: T, draws?: Draw): void {
    for (const [i, each] of flat(value).entries()) {
      const off = draws === undefined ? 0n : BigInt(draws.below(5) - 2) * Q;
      writeNumber(at + i * NUMBER_BYTES, fq.of(each * RADIX) + off);
    }
  }
  const readElement = (at: number): T =>
    element(times(degree, (i) => fq.of(readNumber(at + i * NUMBER_BYTES) * inverseRadix)));
  const isMarked = (at: number, length: number): boolean =>
    workspace.bytes(at, length).every((byte) => byte === 0);

  function writeAffine(at: number, point: Point<T>, draws?: Draw): void {
    workspace.bytes(at, AFFINE).fill(0);
    if (point === null) return;
    writeElement(at, point[0], draws);
    writeElement(at + COORDINATE, point[1], draws);
  }
  const readAffine = (at: number): Point<T> =>
    isMarked(at, AFFINE) ? null : [readElement(at), readElement(at + COORDINATE)];

  /** (x·z², y·z³, z², z³) for a random z. */
  function writeExtended(at: number, point: Point<T>, draws: Draw): void {
    if (point === null) {
      kernels[`${name}SetInfinity`](at);
      return;
    }
    const z = element([draws.bits(253), draws.bits(253)].map(fq.of));
    const zz = field.mul(z, z);
    const zzz = field.mul(zz, z);
    for (const [i, value] of [field.mul(point[0], zz), field.mul(point[1], zzz), zz, zzz].entries()) {
      writeElement(at + i * COORDINATE, value, draws);
    }
  }
  function readExtended(at: number): Point<T> {
    if (isMarked(at + 2 * COORDINATE, COORDINATE)) return null;
    const [x, y, zz, zzz] = [0, 1, 2, 3].map((i) => readElement(at + i * COORDINATE)) as [T, T, T, T];
    if (!field.equals(field.mul(field.mul(zz, zz), zz), field.mul(zzz, zzz)))
      throw new Error("ZZ³ is not ZZZ²");
    return [field.mul(x, field.inverse(zz)), field.mul(y, field.inverse(zzz))];
  }

  const shown = (point: Point<T>): string => (point === null ? "infinity" : `(${point[0]}; ${point[1]})`);
  const differs = (what: string, got: Point<T>, expected: Point<T>): string | undefined =>
    group.equals(got, expected) ? undefined : `${what}: ${shown(got)} instead of ${shown(expected)}`;

  // ---- additions

  type Operands = readonly [Point<T>, Point<T>];
  const distinct = (draws: Draw): Operands => {
    const i = draws.below(POOL);
    return [pool[i]!, pool[(i + 1 + draws.below(POOL - 1)) % POOL]!];
  };
  const KINDS = new Map<string, (draws: Draw) => Operands>([
    ["plain", distinct],
    ["infinity on the left", (draws) => [null, drawPoint(draws)]],
    ["infinity on the right", (draws) => [drawPoint(draws), null]],
    ["infinity on both sides", () => [null, null]],
    [
      "equal points",
      (draws) => {
        const point = drawPoint(draws);
        return [point, point];
      },
    ],
    [
      "opposite points",
      (draws) => {
        const point = drawPoint(draws);
        return [point, group.negate(point)];
      },
    ],
  ]);
  if (sparse.length > 0) {
    KINDS.set("points that agree in one number of a coordinate", ({ below, of }) => {
      const i = below(sparse.length);
      return [sparse[i]!, of(sparse.filter((_, j) => j !== i))];
    });
    KINDS.set("points without one number of a coordinate, equal or opposite", ({ of }) => {
      const point = of(sparse);
      return [point, of([point, group.negate(point)])];
    });
  }
  const kinds = [...KINDS.keys()];
  const anyKind = (draws: Draw): Operands => KINDS.get(draws.of(kinds))!(draws);

  /** Whether an abscissa is near [0, q), so that sums of sums do not grow: field.test.ts, sub2Small. */
  const isNear = (at: number): boolean =>
    times(degree, (i) => readNumber(at + i * NUMBER_BYTES)).every(
      (value) => value > -(Q >> 12n) && value < Q + (Q >> 12n),
    );

  /** One call for all pairs, which stand apart from each other and from their sums. */
  function wrongSums(pairs: readonly Operands[], draws: Draw): string | undefined {
    const mark = workspace.mark();
    const n = pairs.length;
    const [lefts, outs] = [workspace.allocate(4 * n), workspace.allocate(4 * n)] as [number, number];
    const scratch = workspace.allocate(n * (2 * COORDINATE + 1));
    const guard = workspace.put(new Uint8Array(64).fill(0xa5));
    const operands = pairs.map(([left, right]) => {
      const at = workspace.allocate(2 * AFFINE);
      writeAffine(at, left, draws);
      writeAffine(at + AFFINE, right, draws);
      return at;
    });
    const results = pairs.map(() => workspace.put(new Uint8Array(AFFINE).fill(0x5a)));
    const words = (at: number): Uint32Array => new Uint32Array(kernels.memory.buffer, at, n);
    words(lefts).set(operands);
    words(outs).set(results);
    kernels[`${name}AddPairs`](n, lefts, outs, scratch);
    workspace.release(mark);
    if (workspace.bytes(guard, 64).some((byte) => byte !== 0xa5)) return "wrote beyond its scratch";
    for (const [i, [left, right]] of pairs.entries()) {
      const what = `pair ${i} of ${n}, ${shown(left)} + ${shown(right)}`;
      const wrong = differs(what, readAffine(results[i]!), group.add(left, right));
      if (wrong !== undefined) return wrong;
      if (left !== null && right !== null && !isNear(results[i]!)) return `${what}: its abscissa has grown`;
    }
    return undefined;
  }

  describe("addPairs", () => {
    test.each(kinds)("adds %s, alone and among their like", (kind) => {
      const drawKind = KINDS.get(kind)!;
      for (const n of [1, 2, 3, 30]) {
        tryCases(
          `${name} pairs: ${kind}, ${n}`,
          (draws) => ({ draws, pairs: Array.from({ length: n }, () => drawKind(draws)) }),
          ({ draws, pairs }) => wrongSums(pairs, draws),
          2,
        );
      }
    });

    test("adds many of each kind in one call, and none", () => {
      tryCases(
        `${name} pairs of every kind`,
        (draws) => ({ draws, pairs: Array.from({ length: draws.below(120) }, () => anyKind(draws)) }),
        ({ draws, pairs }) => wrongSums(pairs, draws),
        Math.ceil(CASES / 200),
      );
      expect(wrongSums([], drawsOf("none"))).toBeUndefined();
    });

    test.each<[string, (draws: Draw) => bigint]>([
      ["points", ({ below, of }) => of([0n, 1n, R - 1n, 2n, R - 2n, BigInt(1 + below(POOL))])],
      ["equal points", () => 3n],
    ])("leaves sums of %s that can be added again, round after round", (what, logarithm) => {
      const draws = drawsOf(`${name} rounds of ${what}`);
      // Sums stand side by side, and are the next round's pairs.
      let logarithms = times(512, () => logarithm(draws));
      const expected = logarithms.reduce((sum, each) => fr.of(sum + each), 0n);
      let from = workspace.allocate(logarithms.length * AFFINE);
      for (const [i, each] of logarithms.entries()) writeAffine(from + i * AFFINE, multipleOf(each), draws);
      while (logarithms.length > 1) {
        const n = logarithms.length / 2;
        const to = workspace.allocate(n * AFFINE);
        const words = (value: (i: number) => number): number =>
          workspace.put(new Uint8Array(Uint32Array.from({ length: n }, (_, i) => value(i)).buffer));
        const lefts = words((i) => from + 2 * i * AFFINE);
        const outs = words((i) => to + i * AFFINE);
        kernels[`${name}AddPairs`](n, lefts, outs, workspace.allocate(n * (2 * COORDINATE + 1)));
        logarithms = times(n, (i) => fr.of(logarithms[2 * i]! + logarithms[2 * i + 1]!));
        from = to;
      }
      expect(logarithms).toEqual([expected]);
      expect(readAffine(from)).toEqual(multipleOf(expected));
    });
  });

  /** Of the generator, by what the pool holds already. */
  function multipleOf(scalar: bigint): Point<T> {
    if (scalar === 0n) return null;
    if (scalar <= BigInt(POOL)) return pool[Number(scalar) - 1]!;
    if (R - scalar <= BigInt(POOL)) return group.negate(pool[Number(R - scalar) - 1]!);
    return group.multiply(scalar, group.generator);
  }

  describe("extended coordinates", () => {
    const [left, right] = [workspace.allocate(EXTENDED), workspace.allocate(EXTENDED)] as [number, number];
    const affine = workspace.allocate(AFFINE);

    test.each(kinds)("addAffine and addExtended add %s", (kind) => {
      tryCases(
        `${name} extended: ${kind}`,
        (draws) => ({ draws, operands: KINDS.get(kind)!(draws) }),
        ({ draws, operands: [p, q] }) => {
          const sum = group.add(p, q);
          writeExtended(left, p, draws);
          writeAffine(affine, q, draws);
          kernels[`${name}AddAffine`](left, affine);
          const wrong = differs(`addAffine ${shown(p)} + ${shown(q)}`, readExtended(left), sum);
          if (wrong !== undefined) return wrong;
          writeExtended(left, p, draws);
          writeExtended(right, q, draws);
          kernels[`${name}AddExtended`](left, right);
          return differs(`addExtended ${shown(p)} + ${shown(q)}`, readExtended(left), sum);
        },
        Math.ceil(CASES / 50),
      );
    });

    test("double, in place or not, and toAffine, of points and infinity", () => {
      tryCases(
        `${name} double`,
        (draws) => ({
          draws,
          point: draws.below(8) === 0 ? null : drawPoint(draws),
          to: draws.of([left, right]),
        }),
        ({ draws, point, to }) => {
          writeExtended(left, point, draws);
          kernels[`${name}ToAffine`](affine, left);
          const wrong = differs(`toAffine of ${shown(point)}`, readAffine(affine), point);
          if (wrong !== undefined) return wrong;
          kernels[`${name}Double`](to, left);
          return differs(`twice ${shown(point)}`, readExtended(to), group.double(point));
        },
        Math.ceil(CASES / 50),
      );
    });

    test("a long walk of all of them keeps its numbers in range", () => {
      tryCases(
        `${name} walk`,
        (draws) => {
          writeExtended(left, null, draws);
          let logarithm = 0n;
          for (let step = 0; step < 200; step++) {
            const at = BigInt(1 + draws.below(POOL));
            const sign = draws.of([1n, R - 1n]);
            const operand = multipleOf(fr.of(sign * at));
            const kind = draws.below(4);
            if (kind === 0) {
              kernels[`${name}Double`](left, left);
              logarithm = fr.of(2n * logarithm);
            } else if (kind === 1) {
              workspace.bytes(right, EXTENDED).set(workspace.bytes(left, EXTENDED));
              kernels[`${name}AddExtended`](left, right);
              logarithm = fr.of(2n * logarithm);
            } else if (kind === 2) {
              writeExtended(right, operand, draws);
              kernels[`${name}AddExtended`](left, right);
              logarithm = fr.of(logarithm + sign * at);
            } else {
              writeAffine(affine, operand, draws);
              kernels[`${name}AddAffine`](left, affine);
              logarithm = fr.of(logarithm + sign * at);
            }
          }
          kernels[`${name}ToAffine`](affine, left);
          return logarithm;
        },
        (logarithm) => differs(`${logarithm}·G`, readAffine(affine), multipleOf(logarithm)),
        2,
      );
    });
  });

  // ---- sums of multiples

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

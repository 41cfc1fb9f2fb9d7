// Points of both groups in the kernels' memory, and multiples of the generators that are known: for tests of points and
// of sums.
import { littleEndianToUint } from "../../src/formats/bytes.ts";
import { putScalars } from "../../src/formats/kernel-points.ts";
import { fq, fr, type Group, g1, g2, type Pair, type Point, Q, R } from "../../src/reference/bn254.ts";
import { NUMBER_BYTES } from "../../src/wasm/kernels.ts";
import { type Draw, kernels, RADIX, readNumber, workspace, writeNumber } from "./support.ts";

const inverseRadix = fq.inverse(RADIX);
/** Points of each group with known logarithms: 1·G, 2·G, … */
export const POOL = 40;
/** What lies beside scratch, and has to be there afterwards. */
export const GUARD = new Uint8Array(64).fill(0xa5);

export const times = <T>(n: number, make: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => make(i));

/** What the tests need to know of a group. */
export interface Subject<T> {
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
export const power = (base: bigint, exponent: bigint): bigint =>
  [...exponent.toString(2)].reduce((sum, bit) => fr.of(sum * sum * (bit === "1" ? base : 1n)), 1n);
/** Of order three: it, or its square, is what the endomorphism of G1 multiplies by. */
const CUBE_ROOT = power(5n, (R - 1n) / 3n);

export const subject1: Subject<bigint> = {
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
export const subject2: Subject<Pair> = {
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
export function partsOf(name: "g1" | "g2", scalar: bigint): bigint[] {
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

export function joined(parts: readonly bigint[], lambda: bigint): bigint {
  return parts.reduceRight((sum, part) => fr.of(sum * lambda + part), 0n);
}

/** A group's points: known ones, and how they stand in memory. */
export function toolsOf<T>({
  name,
  group,
  degree,
  flat,
  element,
}: Pick<Subject<T>, "name" | "group" | "degree" | "flat" | "element">) {
  const { field } = group;
  const COORDINATE = degree * NUMBER_BYTES;
  const AFFINE = 2 * COORDINATE;
  const EXTENDED = 4 * COORDINATE;
  const pool: Point<T>[] = [];
  for (let point: Point<T> = group.generator; pool.length < POOL; point = group.add(point, group.generator)) {
    pool.push(point);
  }
  const drawPoint = ({ of }: Draw): Point<T> => of(pool);

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

  /** Of the generator, by what the pool holds already. */
  function multipleOf(scalar: bigint): Point<T> {
    if (scalar === 0n) return null;
    if (scalar <= BigInt(POOL)) return pool[Number(scalar) - 1]!;
    if (R - scalar <= BigInt(POOL)) return group.negate(pool[Number(R - scalar) - 1]!);
    return group.multiply(scalar, group.generator);
  }

  return {
    COORDINATE,
    AFFINE,
    EXTENDED,
    pool,
    drawPoint,
    writeAffine,
    readAffine,
    writeExtended,
    readExtended,
    shown,
    differs,
    multipleOf,
  };
}

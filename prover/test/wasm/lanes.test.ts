// The kernels of relaxed SIMD against big integers, and the choice between them and the scalar ones. Sums in lanes are
// in curve.test.ts. SEED=n and CASES=n repeat or extend a run: support.ts.
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { fq, fr, g1 } from "../../src/reference/bn254.ts";
import { compileKernels, scalarKernelsNow } from "../../src/wasm/code.ts";
import { Workspace } from "../../src/wasm/kernels.ts";
import { LANE_BYTES, LANES_BYTES } from "../../src/wasm/lanes.ts";
import {
  type Draw,
  kernels,
  lanes,
  numbers,
  RADIX,
  readNumber,
  seed,
  tryCases,
  workspace,
  writeNumber,
} from "./support.ts";

const LIMBS = 5;
const BITS = 51;
/** A balanced limb is at most this. */
const UNIT = 2 ** (BITS - 1);
const LANES_RADIX = 1n << BigInt(LIMBS * BITS);
const inverseRadix = fq.inverse(LANES_RADIX);

const [left, right, product] = [0, 1, 2].map(() => workspace.allocate(LANES_BYTES)) as [
  number,
  number,
  number,
];
const [one, two] = [workspace.allocate(LANE_BYTES), workspace.allocate(LANE_BYTES)];
const [scalar, back] = numbers(2) as [number, number];

type Limbs = readonly number[];
const limbsAt = (at: number): Float64Array => new Float64Array(kernels.memory.buffer, at, LIMBS);
const integerOf = (limbs: Limbs): bigint =>
  limbs.reduceRight((sum, limb) => (sum << BigInt(BITS)) + BigInt(limb), 0n);

/** Of magnitude up to so many units: anything, the ends, and what carries and rounds to even are decided by. */
function drawLimb({ below, of }: Draw, units: number): number {
  const most = units * UNIT;
  const any = (): number =>
    Math.floor((below(2 ** 26) / 2 ** 26 + below(2 ** 26) / 2 ** 52) * 2 * most) - most;
  const shapes = [
    any,
    any,
    () => of([-1, 1]) * most,
    () => of([-1, 1]) * (most - 1),
    () => of([0, 1, -1, UNIT, -UNIT]),
  ];
  return of(shapes)();
}

/** A number of the magnitude that products may be given: the highest limb says it. */
function drawLimbs(draws: Draw, units: number): Limbs {
  const low = Array.from({ length: LIMBS - 1 }, () => drawLimb(draws, units));
  return [...low, Math.trunc(drawLimb(draws, 1.1))];
}

function putPair(at: number, first: Limbs, second: Limbs): void {
  limbsAt(one).set(first);
  limbsAt(two).set(second);
  lanes.fqGather(at, one, two);
}

function takePair(at: number): [Limbs, Limbs] {
  lanes.fqScatter(one, at, 0);
  lanes.fqScatter(two, at, 1);
  return [[...limbsAt(one)], [...limbsAt(two)]];
}

/** What is wrong with x·y/R in a field: another number, limbs that are not balanced, or a value beyond its bound. */
function wrongProduct(field: typeof fq, x: Limbs, y: Limbs, got: Limbs): string | undefined {
  const [a, b, c] = [integerOf(x), integerOf(y), integerOf(got)];
  const what = `[${x}] · [${y}] is [${got}]`;
  if (field.of(c * LANES_RADIX - a * b) !== 0n) return `${what}, another number`;
  if (got.slice(0, -1).some((limb) => Math.abs(limb) > UNIT)) return `${what}, not balanced`;
  const bound = (a * b < 0n ? -a * b : a * b) / LANES_RADIX + field.order / 2n + field.order / 2n ** 40n;
  return c > bound || -c > bound ? `${what}, too large` : undefined;
}

describe(`products in lanes (seed ${seed})`, () => {
  const fields = [
    ["q", fq, lanes.fqMul],
    ["r", fr, lanes.frMul],
  ] as const;
  test.each(fields)(
    "modulo %s are right in both lanes, up to limbs of two units",
    (name, field, multiply) => {
      tryCases(
        `products modulo ${name}`,
        (draws) => [1, 2, 2, 2].map((units) => drawLimbs(draws, units)) as [Limbs, Limbs, Limbs, Limbs],
        ([a, b, c, d]) => {
          putPair(left, a, c);
          putPair(right, b, d);
          multiply(product, left, right);
          const [first, second] = takePair(product);
          return wrongProduct(field, a, b, first) ?? wrongProduct(field, c, d, second);
        },
      );
    },
  );

  test("squares are the same", () => {
    tryCases(
      "squares",
      (draws) => [1, 1].map((units) => drawLimbs(draws, units)) as [Limbs, Limbs],
      ([a, b]) => {
        putPair(left, a, b);
        lanes.fqSqr(product, left);
        const [first, second] = takePair(product);
        return wrongProduct(fq, a, a, first) ?? wrongProduct(fq, b, b, second);
      },
    );
  });

  test.each(fields)(
    "modulo %s are right where the reduction's multiple lies in the middle",
    (_, field, multiply) => {
      // c = 2⁵⁰ in a column that is reduced: its nearest multiples of 2⁵¹ are as far from it.
      for (let column = 0; column < LIMBS; column++) {
        for (const half of [UNIT, -UNIT]) {
          const a = Array.from({ length: LIMBS }, (_, i) => (i === column ? half : 0));
          for (const other of [1, -1, 3, UNIT - 1]) {
            const b = [other, 0, 0, 0, 0];
            putPair(left, a, b);
            putPair(right, b, a);
            multiply(product, left, right);
            for (const got of takePair(product)) expect(wrongProduct(field, a, b, got)).toBeUndefined();
          }
        }
      }
    },
  );

  test("and numbers go to the scalar kernels and back", () => {
    const limit = 8n * fq.order;
    tryCases(
      "conversions",
      ({ bits, of }) =>
        of([bits(256) % limit, -(bits(256) % limit), 0n, 1n, fq.order, -fq.order, limit - 1n, 1n - limit]),
      (value) => {
        writeNumber(scalar, value);
        lanes.fqFromScalar(one, scalar);
        const inLanes = integerOf([...limbsAt(one)]);
        if (fq.of(inLanes * RADIX - value * LANES_RADIX) !== 0n) return `${value} became ${inLanes}`;
        if (2n * (inLanes < 0n ? -inLanes : inLanes) > fq.order + fq.order / 2n ** 40n)
          return `${value} is not small`;
        lanes.fqToScalar(back, one);
        const got = readNumber(back);
        if (fq.of(got - value) !== 0n || got >= fq.order || -got >= fq.order)
          return `${value} came back as ${got}`;
        return undefined;
      },
    );
  });
});

describe("additions in lanes", () => {
  /** Limbs of a number, all balanced but the last. */
  function limbsOf(value: bigint): number[] {
    const limbs: number[] = [];
    let rest = value;
    for (let i = 0; i < LIMBS - 1; i++) {
      const limb = BigInt.asIntN(BITS, rest);
      limbs.push(Number(limb));
      rest = (rest - limb) >> BigInt(BITS);
    }
    return [...limbs, Number(rest)];
  }
  /** Between −p/2 and p/2, in Montgomery form. */
  function smallOf(value: bigint): bigint {
    const reduced = fq.of(value * LANES_RADIX);
    return 2n * reduced > fq.order ? reduced - fq.order : reduced;
  }
  const P = fq.order;
  const [x, y] = (g1.add(g1.generator, g1.generator) as readonly [bigint, bigint]).map(smallOf) as [
    bigint,
    bigint,
  ];
  const doubled = g1.add(g1.add(g1.generator, g1.generator), g1.add(g1.generator, g1.generator));

  // What is near p/2 may stand for itself or for itself less p.
  test.each([
    ["equal points", [x, y], doubled],
    ["opposite points", [x, -y], null],
  ] as const)("tell %s apart that are written with p more or less", (_what, [otherX, otherY], expected) => {
    const pairs = workspace.allocate(8 * LANE_BYTES);
    const lists = workspace.allocate(64);
    const scratch = workspace.allocate(1024);
    for (const moreX of [0n, P, -P]) {
      for (const moreY of [0n, P, -P]) {
        for (const n of [1, 2]) {
          const written = [x, y, otherX + moreX, otherY + moreY];
          for (const [i, value] of [...written, ...written].entries()) {
            limbsAt(pairs + i * LANE_BYTES).set(limbsOf(value));
          }
          const sums = workspace.allocate(4 * LANE_BYTES);
          new Uint32Array(kernels.memory.buffer, lists, 4).set([
            pairs,
            pairs + 4 * LANE_BYTES,
            sums,
            sums + 2 * LANE_BYTES,
          ]);
          lanes.g1AddPairs(n, lists, lists + 8, scratch);
          for (let i = 0; i < n; i++) {
            const sum = [0, 1].map((half) => integerOf([...limbsAt(sums + (2 * i + half) * LANE_BYTES)]));
            const got = sum.every((value) => value === 0n)
              ? null
              : sum.map((value) => fq.of(value * inverseRadix));
            expect([moreX, moreY, n, got]).toEqual([moreX, moreY, n, expected]);
          }
        }
      }
    }
  });
});

describe("the choice of kernels", () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test("is relaxed SIMD where the environment has it and it computes rightly", async () => {
    const modules = await compileKernels();
    expect((await Workspace.start(modules)).lanes).toBeDefined();
    expect((await Workspace.start({ ...modules, lanes: undefined })).lanes).toBeUndefined();
  });

  test("is compiled once, and none of relaxed SIMD where none are wanted", async () => {
    const modules = await compileKernels();
    expect(await compileKernels()).toEqual(modules);
    expect((await compileKernels()).lanes).toBe(modules.lanes);
    expect(await compileKernels({ relaxedSimd: false })).toEqual({
      scalar: modules.scalar,
      lanes: undefined,
    });
    expect(scalarKernelsNow()).toBe(modules.scalar);
  });

  test("is the scalar kernels as long as the environment takes no relaxed SIMD", async () => {
    jest.resetModules();
    const fresh = await import("../../src/wasm/code.ts");
    const validate = jest.spyOn(WebAssembly, "validate").mockReturnValue(false);
    expect(fresh.hasRelaxedSimd()).toBe(false);
    expect((await fresh.compileKernels()).lanes).toBeUndefined();
    validate.mockRestore();
    expect(fresh.hasRelaxedSimd()).toBe(true);
    expect((await fresh.compileKernels()).lanes).toBeDefined();
  });

  test.each([0, 1])("is the scalar kernels where products in lane %i are not exact", async (lane) => {
    const { instantiate } = WebAssembly;
    jest.spyOn(WebAssembly, "instantiate").mockImplementation((async (
      code: WebAssembly.Module,
      imports: WebAssembly.Imports,
    ) => {
      const instance = await instantiate(code, imports);
      if (!("fqGather" in instance.exports)) return instance;
      const { fqMul, ...others } = instance.exports as Record<string, (...args: number[]) => void>;
      const inexact = (out: number, a: number, b: number): void => {
        fqMul!(out, a, b);
        // What a second rounding leaves: one in the last place.
        const { buffer } = imports.env!.memory as WebAssembly.Memory;
        new Float64Array(buffer, out + 8 * lane, 1)[0]! += 1;
      };
      return { exports: { ...others, fqMul: inexact } };
    }) as unknown as typeof WebAssembly.instantiate);
    const { lanes: chosen } = await Workspace.start(await compileKernels());
    expect(chosen).toBeUndefined();
  });

  test("leaves nothing of its test in memory", async () => {
    const { kernels: fresh, lanes: theirs } = await Workspace.start(await compileKernels());
    const from = theirs!.heapBase();
    const rest = new Uint8Array(fresh.memory.buffer).subarray(from);
    expect(rest.every((byte) => byte === 0)).toBe(true);
  });
});

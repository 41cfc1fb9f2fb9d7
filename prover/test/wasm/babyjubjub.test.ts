// BabyJubJub by the kernels against noble. SEED=n and CASES=n repeat or extend a run: support.ts.
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { babyjubjub } from "@noble/curves/misc.js";
import { FIELD_ORDER, SUBGROUP_ORDER } from "../../src/formats/field.ts";
import { putNumbers, putScalars, readNumbers } from "../../src/formats/kernel-points.ts";
import { BASE8, IDENTITY, multiply, type Point } from "../../src/formats/point.ts";
import { ORDER_EIGHT } from "../../src/formats/subgroup.ts";
import { kernelsNow } from "../../src/wasm/kernels-now.ts";
import { CASES, type Draw, drawsOf, kernels, seed, tryCases, workspace } from "./support.ts";

const EIGHTH = babyjubjub.Point.fromAffine(ORDER_EIGHT);

afterEach(() => {
  jest.restoreAllMocks();
  jest.resetModules();
});

/** By a kernel that writes a point, from these points. */
function computed(kernel: (out: number, ...points: number[]) => void, ...points: readonly Point[]): Point {
  const mark = workspace.mark();
  const [out, ...inputs] = [IDENTITY, ...points].map(({ X, Y, Z, T }) =>
    putNumbers(workspace, [X, Y, Z, T], "fr"),
  );
  kernel(out!, ...inputs);
  const [x, y, z, t] = readNumbers(workspace, out!, 4, "fr") as [bigint, bigint, bigint, bigint];
  workspace.release(mark);
  // T = XY/Z, which noble does not look at.
  expect((t * z - x * y) % FIELD_ORDER).toBe(0n);
  return new babyjubjub.Point(x, y, z, t);
}

/** Points of every kind: of the subgroup, of small order, of both, the identity; with other coordinates than affine. */
function drawPoint(draw: Draw): Point {
  const inside = draw.of([
    BASE8,
    BASE8.double(),
    IDENTITY,
    BASE8.multiplyUnsafe(1n + (draw.bits(250) % 1000n)),
  ]);
  const small = draw.of([
    IDENTITY,
    IDENTITY,
    EIGHTH,
    EIGHTH.double(),
    EIGHTH.double().double(),
    EIGHTH.negate(),
  ]);
  return inside.add(small);
}

describe(`BabyJubJub (seed ${seed})`, () => {
  test("sums and doubles are noble's, for points of every order, equal and opposite ones", () => {
    tryCases(
      "sums",
      (draw) => {
        const p = drawPoint(draw);
        return [p, draw.of([drawPoint(draw), p, p.negate(), IDENTITY])] as const;
      },
      ([p, q]) => {
        if (!computed((out, a, b) => kernels.jubAdd(out, a!, b!), p, q).equals(p.add(q))) return "the sum";
        if (!computed((out, a) => kernels.jubDouble(out, a!), p).equals(p.double())) return "the double";
        return undefined;
      },
      Math.ceil(CASES / 10),
    );
  });

  test("a result may be written over what it is computed from", () => {
    const three = computed(
      (out, a, b) => {
        kernels.jubAdd(a!, a!, b!);
        kernels.jubDouble(b!, b!);
        kernels.jubAdd(out, a!, b!);
      },
      BASE8,
      EIGHTH,
    );
    expect(three.equals(BASE8.add(EIGHTH).add(EIGHTH.double()))).toBe(true);
  });

  test("multiples are noble's, also by numbers beyond the order", () => {
    const draw = drawsOf("multiples");
    const scalars = [
      0n,
      1n,
      2n,
      15n,
      16n,
      SUBGROUP_ORDER - 1n,
      SUBGROUP_ORDER,
      8n * SUBGROUP_ORDER,
      2n ** 256n - 1n,
    ];
    for (const scalar of [...scalars, ...Array.from({ length: 20 }, () => draw.bits(256))]) {
      for (const point of [BASE8, drawPoint(draw)]) {
        let expected = IDENTITY;
        for (const bit of scalar.toString(2)) {
          expected = expected.double();
          if (bit === "1") expected = expected.add(point);
        }
        const mark = workspace.mark();
        const at = putScalars(workspace, [scalar]);
        const made = computed((out, a) => kernels.jubMultiply(out, a!, at), point);
        workspace.release(mark);
        expect([seed, scalar, made.equals(expected)]).toEqual([seed, scalar, true]);
      }
    }
  });

  test("`multiply` takes any scalar modulo l, and leaves nothing of it in memory", () => {
    const draw = drawsOf("multiply");
    for (const scalar of [0n, SUBGROUP_ORDER, 1n, -1n, -SUBGROUP_ORDER - 3n, draw.bits(300)]) {
      const reduced = ((scalar % SUBGROUP_ORDER) + SUBGROUP_ORDER) % SUBGROUP_ORDER;
      const expected = reduced === 0n ? IDENTITY : BASE8.multiplyUnsafe(reduced);
      expect([seed, scalar, multiply(BASE8, scalar).equals(expected)]).toEqual([seed, scalar, true]);
    }
    multiply(BASE8, 0x1234567890abcdef1234567890abcdef1234567890abcdef1234567890abcdn);
    const { memory } = kernelsNow()!.kernels;
    expect(Buffer.from(memory.buffer).includes(Buffer.from("cdab9078563412", "hex"))).toBe(false);
  });

  test("`multiply` is the same where kernels cannot be compiled at once", async () => {
    jest.resetModules();
    jest.spyOn(WebAssembly, "Module").mockImplementation(() => {
      throw new RangeError("too large for the main thread");
    });
    const other = await import("../../src/formats/point.ts");
    const subgroup = await import("../../src/formats/subgroup.ts");
    expect(other.multiply(other.BASE8, 12345n).toAffine()).toEqual(multiply(BASE8, 12345n).toAffine());
    const { x, y } = BASE8.toAffine();
    expect([subgroup.hasPrimeOrder(x, y), subgroup.hasPrimeOrder(ORDER_EIGHT.x, ORDER_EIGHT.y)]).toEqual([
      true,
      false,
    ]);
  });

  test("powers are those of big integers", () => {
    const power = (base: bigint, exponent: bigint): bigint => {
      let result = 1n;
      for (const bit of exponent.toString(2)) {
        result = (result * result) % FIELD_ORDER;
        if (bit === "1") result = (result * base) % FIELD_ORDER;
      }
      return result;
    };
    tryCases(
      "powers",
      (draw) =>
        [
          draw.of([0n, 1n, 2n, FIELD_ORDER - 1n, draw.bits(256) % FIELD_ORDER]),
          draw.of([
            0n,
            1n,
            2n,
            15n,
            16n,
            FIELD_ORDER - 1n,
            FIELD_ORDER - 2n,
            2n ** 256n - 1n,
            draw.bits(256),
          ]),
        ] as const,
      ([base, exponent]) => {
        const mark = workspace.mark();
        const at = putNumbers(workspace, [base], "fr");
        kernels.frPow(at, at, putScalars(workspace, [exponent]));
        const [made] = readNumbers(workspace, at, 1, "fr");
        workspace.release(mark);
        return made === power(base, exponent) ? undefined : `${base} to the ${exponent}`;
      },
      Math.ceil(CASES / 20),
    );
  });
});

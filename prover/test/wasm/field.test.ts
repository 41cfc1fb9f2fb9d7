// Every kernel of both fields against big integers, on edges and random numbers in all forms that it may be given,
// and the products and sums against ffjavascript. SEED=n and CASES=n repeat or extend a run: support.ts.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { buildBn128, type CurveEngine } from "ffjavascript";
import { littleEndianToUint, uintBytes } from "../../src/formats/bytes.ts";
import { type Field, fq, fq2, fr, type Pair, type PrimeField } from "../../src/reference/bn254.ts";
import { NUMBER_BYTES } from "../../src/wasm/kernels.ts";
import {
  CASES,
  type Draw,
  isNormalised,
  kernels,
  limbsAt,
  numbers,
  RADIX,
  readNumber,
  seed,
  tryCases,
  workspace,
  writeNumber,
} from "./support.ts";

/** What a product may be given: magnitudes below this. */
const LARGE = 1n << 260n;

const [a, b, c, out] = numbers(4) as [number, number, number, number];
const bytes = workspace.allocate(32);

/** Numbers that a carry, a sign or a comparison could go wrong at. */
function edgesOf(p: bigint): bigint[] {
  const positive = [
    ...[0n, 1n, 2n, p - 2n, p - 1n, p, p + 1n, 2n * p, 84n * p],
    // Powers of the radix, single limbs, the highest bits, and all limbs as large as they can be.
    ...[1n << 28n, (1n << 29n) - 1n, 1n << 29n, 1n << 232n, 1n << 253n, (1n << 254n) - 1n, LARGE - 1n],
    ...[(1n << 232n) - 1n, RADIX % p, (RADIX * RADIX) % p],
  ];
  return [...positive, ...positive.slice(1).map((value) => -value)];
}

/** An integer of magnitude below `limit`: uniform, reduced, an edge, of striking limbs, or near a multiple of p. */
function draw({ below, bits, of }: Draw, p: bigint, limit = LARGE): bigint {
  const shapes: readonly (() => bigint)[] = [
    () => bits(261) - LARGE,
    () => bits(300) % p,
    () => of(edgesOf(p)),
    () => {
      const low = Array.from({ length: 8 }, (_, i) => of([0n, (1n << 29n) - 1n, bits(29)]) << BigInt(29 * i));
      const top = of([0n, (1n << 28n) - 1n, 1n - (1n << 28n), bits(29) - (1n << 28n)]);
      return low.reduce((sum, limb) => sum + limb, top << 232n);
    },
    () => BigInt(below(169) - 84) * p + BigInt(below(5) - 2),
  ];
  return of(shapes)() % limit;
}

/** In hexadecimal, as failures show numbers. */
const hex = (value: bigint): string =>
  value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;

/** What is wrong where a number is not the one expected. */
function differs(what: string, got: bigint | number | boolean, expected: bigint | number | boolean) {
  if (got === expected) return undefined;
  const show = (value: typeof got) => (typeof value === "bigint" ? hex(value) : String(value));
  return `${what}: ${show(got)} instead of ${show(expected)}`;
}

describe.each<["fq" | "fr", PrimeField]>([
  ["fq", fq],
  ["fr", fr],
])(`%s (seed ${seed})`, (name, field) => {
  const p = field.order;
  const inverseRadix = field.inverse(RADIX);
  const edges = edgesOf(p);

  /** A product's own: exactly (xy + mp)/R for some m in [0, R). */
  function wrongProduct(what: string, x: bigint, y: bigint, at: number): string | undefined {
    const got = readNumber(at);
    const sayWhich = `${what} of ${hex(x)} and ${hex(y)} is ${hex(got)}`;
    if (!isNormalised(at)) return `${sayWhich}, not normalised: ${limbsAt(at)}`;
    if (field.of(got * RADIX - x * y) !== 0n)
      return `${sayWhich}, instead of ≡ ${hex(field.of(x * y * inverseRadix))}`;
    if (got * RADIX < x * y || got * RADIX >= x * y + p * RADIX) return `${sayWhich}, out of its range`;
    return undefined;
  }

  /** Every pair of edges, then random pairs: a case's number says which. */
  function tryPairs(what: string, limit: bigint, check: (x: bigint, y: bigint) => string | undefined): void {
    for (const x of edges) {
      for (const y of edges) {
        const wrong = check(x % limit, y % limit);
        if (wrong !== undefined) throw new Error(`edges of ${name} ${what}: ${wrong}`);
      }
    }
    tryCases(
      `${name} ${what}`,
      (draws) => [draw(draws, p, limit), draw(draws, p, limit)] as const,
      ([x, y]) => check(x, y),
    );
  }

  /** Every edge, then random numbers. */
  function tryEach(what: string, limit: bigint, check: (x: bigint) => string | undefined): void {
    for (const x of edges) {
      const wrong = check(x % limit);
      if (wrong !== undefined) throw new Error(`edges of ${name} ${what}: ${wrong}`);
    }
    tryCases(`${name} ${what}`, (draws) => draw(draws, p, limit), check);
  }

  /** Writes both, and gives where the result goes: to an address of its own or onto an operand. */
  const places = [out, a, b];
  let turn = 0;
  function put(x: bigint, y: bigint): number {
    writeNumber(a, x);
    writeNumber(b, y);
    turn = (turn + 1) % places.length;
    return places[turn]!;
  }

  test("mul, whatever is overwritten", () => {
    tryPairs("mul", LARGE, (x, y) => {
      const to = put(x, y);
      kernels[`${name}Mul`](to, a, b);
      return wrongProduct("the product", x, y, to);
    });
  });

  test("sqr, whatever is overwritten", () => {
    tryEach("sqr", LARGE, (x) => {
      const to = put(x, 0n);
      kernels[`${name}Sqr`](to, a);
      return wrongProduct("the square", x, x, to);
    });
  });

  test.each([
    ["Add", (x: bigint, y: bigint) => x + y],
    ["Sub", (x: bigint, y: bigint) => x - y],
  ] as const)("%s, exactly, without reduction", (operation, expected) => {
    // Sums of two stay below what products take.
    tryPairs(operation, LARGE / 2n, (x, y) => {
      const to = put(x, y);
      kernels[`${name}${operation}`](to, a, b);
      if (!isNormalised(to)) return `${hex(x)}, ${hex(y)}: not normalised: ${limbsAt(to)}`;
      return differs(`${hex(x)}, ${hex(y)}`, readNumber(to), expected(x, y));
    });
  });

  test("neg, exactly", () => {
    tryEach("neg", LARGE, (x) => {
      const to = put(x, 0n);
      kernels[`${name}Neg`](to, a);
      if (!isNormalised(to)) return `${hex(x)}: not normalised: ${limbsAt(to)}`;
      return differs(hex(x), readNumber(to), -x);
    });
  });

  test("subLazy, as either factor of a product", () => {
    tryPairs("subLazy", LARGE / 2n, (x, y) => {
      put(x, y);
      kernels[`${name}SubLazy`](c, a, b);
      const wrong = differs(`${hex(x)} - ${hex(y)}`, readNumber(c), x - y);
      if (wrong !== undefined) return wrong;
      // The limbs as they are: neither operand's sign decides which way they point.
      const factor = (x * 3n + y) % LARGE;
      writeNumber(a, factor);
      kernels[`${name}Mul`](out, c, a);
      kernels[`${name}Mul`](a, a, c);
      return (
        wrongProduct("the product, lazy first,", x - y, factor, out) ??
        wrongProduct("the product, lazy last,", x - y, factor, a)
      );
    });
  });

  test("sub2Small, near [0, p)", () => {
    // Together below 2²⁵⁹. The quotient is taken from the top limb, by a reciprocal of 18 bits: at most 42·p off by
    // a part in 2¹⁸, and a little for the limbs below.
    const limit = (1n << 259n) / 3n;
    const near = p >> 12n;
    const check = (x: bigint, y: bigint, z: bigint): string | undefined => {
      const to = put(x, y);
      writeNumber(c, z);
      kernels[`${name}Sub2Small`](to, a, b, c);
      const got = readNumber(to);
      const sayWhich = `${hex(x)} - ${hex(y)} - ${hex(z)} is ${hex(got)}`;
      if (!isNormalised(to)) return `${sayWhich}, not normalised: ${limbsAt(to)}`;
      if (field.of(got - x + y + z) !== 0n) return `${sayWhich}, another residue`;
      return got > -near && got < p + near ? undefined : `${sayWhich}, not near [0, p)`;
    };
    tryPairs("sub2Small of edges", limit, (x, y) => check(x, y, (x ^ y) % limit));
    tryCases(
      `${name} sub2Small`,
      (draws) => [0, 1, 2].map(() => draw(draws, p, limit)) as [bigint, bigint, bigint],
      (drawn) => check(...drawn),
    );
    // Multiples of p, and what lies next to them, over the whole range.
    for (let k = -40n; k <= 40n; k++) {
      for (const step of [-1n, 0n, 1n]) expect(check(k * p + step, 0n, 0n)).toBeUndefined();
    }
  });

  test("isZero, of every multiple of p and no other number", () => {
    tryEach("isZero", LARGE, (x) => {
      writeNumber(a, x);
      return differs(hex(x), kernels[`${name}IsZero`](a), field.of(x) === 0n ? 1 : 0);
    });
    for (let k = -84n; k <= 84n; k++) {
      for (const step of [-1n, 0n, 1n]) {
        writeNumber(a, k * p + step);
        expect([k, step, kernels[`${name}IsZero`](a)]).toEqual([k, step, step === 0n ? 1 : 0]);
      }
    }
  });

  test("mayBeZero, which is never false of a multiple of p within 16p", () => {
    let certain = 0;
    let asked = 0;
    tryCases(
      `${name} mayBeZero`,
      (draws) => {
        const y = draw(draws, p, LARGE / 2n);
        return { k: BigInt(draws.below(33) - 16), y, other: draw(draws, p, 16n * p) };
      },
      ({ k, y, other }) => {
        // Carried, and with limbs as subLazy leaves them.
        writeNumber(a, k * p);
        const carried = kernels[`${name}MayBeZero`](a);
        put(k * p + y, y);
        kernels[`${name}SubLazy`](c, a, b);
        const lazy = kernels[`${name}MayBeZero`](c);
        writeNumber(a, other);
        asked++;
        if (kernels[`${name}MayBeZero`](a) === 0) {
          certain++;
          if (field.of(other) === 0n) return `${hex(other)} is a multiple`;
        }
        return differs(`${k}·p, lazy from ${hex(y)}`, carried + lazy, 2);
      },
    );
    // And the test is worth its while: of numbers as they come it lets few through, drawn multiples apart.
    expect(certain).toBeGreaterThan(asked / 3);
  });

  test("inverse, of 0 as well, whatever is overwritten", () => {
    tryEach("inverse", LARGE, (x) => {
      const to = put(x, 0n);
      kernels[`${name}Inverse`](to, a);
      const residue = field.of(x);
      const expected = residue === 0n ? 0n : field.of(RADIX * RADIX * field.inverse(residue));
      return differs(`the inverse of ${hex(x)}`, field.of(readNumber(to)), expected);
    });
  });

  test("toBytes, out of Montgomery form, canonical", () => {
    tryEach("toBytes", LARGE, (x) => {
      writeNumber(a, x);
      kernels[`${name}ToBytes`](bytes, a);
      const got = littleEndianToUint(workspace.bytes(bytes, 32));
      return differs(`the bytes of ${hex(x)}`, got, field.of(x * inverseRadix));
    });
    for (let k = -84n; k <= 84n; k++) {
      writeNumber(a, k * p);
      kernels[`${name}ToBytes`](bytes, a);
      expect([k, littleEndianToUint(workspace.bytes(bytes, 32))]).toEqual([k, 0n]);
    }
  });

  /** All of 256 bits. */
  const wordEdges = [0n, 1n, p - 1n, p, p + 1n, 2n * p, (1n << 255n) + 1n, (1n << 256n) - 1n];

  test("fromBytes, all 256 bits as they are", () => {
    tryCases(
      `${name} fromBytes`,
      ({ below, bits, of }) => (below(4) === 0 ? of(wordEdges) : bits(256)),
      (value) => {
        workspace.bytes(bytes, 32).set(uintBytes(value, 32).reverse());
        kernels[`${name}FromBytes`](out, bytes);
        if (!isNormalised(out)) return `${hex(value)}: not normalised: ${limbsAt(out)}`;
        return differs(hex(value), readNumber(out), value);
      },
    );
  });

  test("toMontgomery", () => {
    tryEach("toMontgomery", LARGE, (x) => {
      const to = put(x, 0n);
      kernels[`${name}ToMontgomery`](to, a);
      return wrongProduct("the form", x, (RADIX * RADIX) % p, to);
    });
  });

  test("fromFile, which counts what is not canonical", () => {
    const most = 12;
    const file = workspace.allocate(32 * most);
    const read = workspace.allocate(NUMBER_BYTES * most);
    const of256 = field.inverse(1n << 256n);
    tryCases(
      `${name} fromFile`,
      ({ below, bits, of }) =>
        Array.from({ length: below(most + 1) }, () => {
          const random = bits(256);
          return of([random % p, random, of(wordEdges), p + bits(20), p - bits(20) - 1n]);
        }),
      (values) => {
        for (const [i, value] of values.entries()) {
          workspace.bytes(file + 32 * i, 32).set(uintBytes(value, 32).reverse());
        }
        const bad = kernels[`${name}FromFile`](read, file, values.length);
        for (const [i, value] of values.entries()) {
          const got = field.of(readNumber(read + NUMBER_BYTES * i));
          const wrong = differs(`number ${i}, ${hex(value)}`, got, field.of(value * of256 * RADIX));
          if (wrong !== undefined) return wrong;
        }
        const above = values.filter((value) => value >= p).length;
        return differs(`above p of ${values.map(hex)}`, bad, above);
      },
      Math.ceil(CASES / most),
    );
  });

  test("sixty sums and differences, and then a product", () => {
    tryCases(
      `${name} chain`,
      (draws) => {
        // Reduced numbers, half of them as large as they get: together they stay below what a product takes.
        const terms = Array.from({ length: 120 }, () => draws.of([p - 1n, draws.bits(300) % p]));
        return { terms, minus: draws.of([() => false, () => true, () => draws.below(2) === 1]) };
      },
      ({ terms, minus }) => {
        const sums = [a, b].map((at, half) => {
          writeNumber(at, 0n);
          let exact = 0n;
          for (const term of terms.slice(60 * half, 60 * half + 60)) {
            writeNumber(c, term);
            const subtract = minus();
            kernels[`${name}${subtract ? "Sub" : "Add"}`](at, at, c);
            exact += subtract ? -term : term;
          }
          return exact;
        }) as [bigint, bigint];
        kernels[`${name}Mul`](out, a, b);
        return wrongProduct("the product", ...sums, out);
      },
      Math.ceil(CASES / 20),
    );
  });
});

describe(`the quadratic extension (seed ${seed})`, () => {
  const [x, y, to] = Array.from({ length: 3 }, () => workspace.allocate(2 * NUMBER_BYTES)) as [
    number,
    number,
    number,
  ];
  const write = (at: number, value: Pair): void => {
    for (const i of [0, 1] as const) writeNumber(at + i * NUMBER_BYTES, value[i]);
  };
  const read = (at: number): Pair => [fq.of(readNumber(at)), fq.of(readNumber(at + NUMBER_BYTES))];
  const residues = (value: Pair): Pair => [fq.of(value[0]), fq.of(value[1])];
  const radix: Pair = [fq.of(RADIX), 0n];
  const over = (value: Pair): Pair => fq2.mul(value, fq2.inverse(radix));

  const operations: readonly [
    name: "Add" | "Sub" | "Mul" | "Sqr" | "Inverse",
    expected: (left: Pair, right: Pair, field: Field<Pair>) => Pair,
  ][] = [
    ["Add", (left, right, field) => field.add(left, right)],
    ["Sub", (left, right, field) => field.sub(left, right)],
    ["Mul", (left, right, field) => over(field.mul(left, right))],
    ["Sqr", (left, _, field) => over(field.mul(left, left))],
    // R² ÷ left, of zero zero.
    [
      "Inverse",
      (left, _, field) =>
        field.equals(left, field.zero) ? left : field.mul(field.inverse(left), field.mul(radix, radix)),
    ],
  ];

  test.each(operations)("%s, whatever is overwritten", (operation, expected) => {
    // The sum of both coordinates is a factor.
    const limit = LARGE / 2n;
    const pair = (draws: Draw): Pair => [draw(draws, fq.order, limit), draw(draws, fq.order, limit)];
    tryCases(
      `fp2 ${operation}`,
      (draws) => ({ left: pair(draws), right: pair(draws), result: draws.of([to, x, y]) }),
      ({ left, right, result }) => {
        write(x, left);
        write(y, right);
        const isUnary = operation === "Sqr" || operation === "Inverse";
        const at = isUnary && result === y ? x : result;
        if (isUnary) kernels[`fp2${operation}`](at, x);
        else kernels[`fp2${operation}`](at, x, y);
        const want = expected(residues(left), residues(right), fq2);
        const shown = [left, right].map((each) => each.map(hex));
        return (
          differs(`${operation} of ${shown}, real`, read(at)[0], want[0]) ??
          differs(`${operation} of ${shown}, imaginary`, read(at)[1], want[1])
        );
      },
    );
  });
});

describe(`ffjavascript (seed ${seed})`, () => {
  /** What is used of its fields beyond what the rest of the project does. */
  interface OtherField {
    fromObject(value: bigint): Uint8Array;
    toObject(value: Uint8Array): bigint;
    add(x: Uint8Array, y: Uint8Array): Uint8Array;
    sub(x: Uint8Array, y: Uint8Array): Uint8Array;
    mul(x: Uint8Array, y: Uint8Array): Uint8Array;
  }
  let curve: CurveEngine & { readonly F1: OtherField; readonly Fr: OtherField };
  beforeAll(async () => {
    curve = (await buildBn128(true)) as typeof curve;
  });
  afterAll(() => curve.terminate());

  test.each<["fq" | "fr", "F1" | "Fr", PrimeField]>([
    ["fq", "F1", fq],
    ["fr", "Fr", fr],
  ])("%s: products, sums and differences are those of its %s", (name, others, field) => {
    const other = curve[others];
    const load = (at: number, value: bigint): void => {
      workspace.bytes(bytes, 32).set(uintBytes(value, 32).reverse());
      kernels[`${name}FromBytes`](at, bytes);
      kernels[`${name}ToMontgomery`](at, at);
    };
    tryCases(
      `${name} and ${others}`,
      (draws) => [field.of(draw(draws, field.order)), field.of(draw(draws, field.order))] as const,
      ([x, y]) => {
        load(a, x);
        load(b, y);
        const [left, right] = [other.fromObject(x), other.fromObject(y)];
        for (const [own, theirs] of [
          ["Mul", "mul"],
          ["Add", "add"],
          ["Sub", "sub"],
        ] as const) {
          kernels[`${name}${own}`](out, a, b);
          kernels[`${name}ToBytes`](bytes, out);
          const got = littleEndianToUint(workspace.bytes(bytes, 32));
          const wrong = differs(
            `${theirs} of ${hex(x)} and ${hex(y)}`,
            got,
            other.toObject(other[theirs](left, right)),
          );
          if (wrong !== undefined) return wrong;
        }
        return undefined;
      },
    );
  });
});

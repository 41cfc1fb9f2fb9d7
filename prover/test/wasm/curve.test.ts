// Points of both groups against plain affine arithmetic, in every case that additions tell apart. SEED=n and CASES=n
// repeat or extend a run: support.ts.
import { describe, expect, test } from "@jest/globals";
import { fr, type Point, Q, R } from "../../src/reference/bn254.ts";
import { NUMBER_BYTES } from "../../src/wasm/kernels.ts";
import { POOL, type Subject, subject1, subject2, times, toolsOf } from "./groups.ts";
import { CASES, type Draw, drawsOf, kernels, readNumber, seed, tryCases, workspace } from "./support.ts";

/** All tests of one group. */
function describeGroup<T>(subject: Subject<T>): void {
  const { name, group, degree, sparse } = subject;
  const {
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
  } = toolsOf(subject);

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
}

describe(`g1 (seed ${seed})`, () => describeGroup(subject1));
describe(`g2 (seed ${seed})`, () => describeGroup(subject2));

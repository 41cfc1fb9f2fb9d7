// Poseidon's constants in coordinates in which its partial rounds take fewer multiplications. The values of the
// permutation do not change: prover/test/wasm/poseidon.test.ts compares them with two other implementations.
//
// A partial round raises only the first element to the fifth power. So
// - constants of the others can be added a round later: they pass through the matrix, up to the next full round
//   (Grassi et al., appendix B, has the same step in the other direction);
// - the others, x, may be kept in any coordinates z = A·x from the matrix before the first partial round to the one of
//   the last. With M = [m v; w N] a round is s' = m·u + v·x, x' = w·u + N·x, where u is the fifth power. A is chosen so
//   that z' is a shift of z with one new element, u + a·z: the controllable canonical form of linear systems (Kailath,
//   Linear Systems, 1980, §2.3). Its rows are q, q·N, q·N², … with q·Nⁱ·w = 0 for all but the last, where it is 1.
import { FIELD_ORDER } from "./field.ts";
import { inverse, poseidonConstants } from "./poseidon-constants.ts";

type Row = readonly bigint[];
type Matrix = readonly Row[];

/** Rounds of the first half in which every element is raised. */
const HALF = 4;

/** What the kernel is given. prover/assembly/poseidon.ts. */
export interface PoseidonSchedule {
  /**
   * In this order: M, row by row; the matrix before the first partial round; the one of the last partial round; first row
   * (t) and second row (t − 1) of the other partial rounds; then constants: t for each of the first four rounds, one
   * for each partial round, t for each of the last four.
   */
  readonly numbers: readonly bigint[];
  readonly partialRounds: number;
}

/**
 * The schedule of Poseidon for a state of t elements.
 *
 * @throws RangeError - t is not 2 … 6.
 */
export function poseidonSchedule(t: number): PoseidonSchedule {
  const { C, M, partialRounds } = poseidonConstants(t);
  const constants = Array.from({ length: C.length / t }, (_, round) => C.slice(round * t, (round + 1) * t));
  const first = constants.slice(0, HALF);
  const partial: bigint[] = [];
  let late: Row = M.map(() => 0n);
  for (const row of constants.slice(HALF, HALF + partialRounds)) {
    const [own, ...others] = plus(row, late) as [bigint, ...bigint[]];
    partial.push(own);
    late = apply(M, [0n, ...others]);
  }
  const [next, ...last] = constants.slice(HALF + partialRounds) as readonly Row[] as [Row, ...Row[]];

  const [m, ...v] = M[0]! as [bigint, ...bigint[]];
  const w = M.slice(1).map((row) => row[0]!);
  const N = M.slice(1).map((row) => row.slice(1));
  const A = canonicalCoordinates(N, w);
  const back = inverseOf(A);
  const beyond = timesMatrix(A.at(-1)!, N);
  const rows = [m, ...timesMatrix(v, back), ...timesMatrix(beyond, back)];
  const numbers = [
    ...M.flat(),
    ...times(besideOne(A), M).flat(),
    ...times(M, besideOne(back)).flat(),
    ...rows,
    ...[...first.flat(), ...partial, ...plus(next, late), ...last.flat()],
  ];
  return { numbers, partialRounds };
}

/** Rows q, q·N, …, q·Nⁿ⁻¹, where q·Nⁱ·w is 0 for i < n − 1 and 1 for the last. */
function canonicalCoordinates(N: Matrix, w: Row): Matrix {
  const powers: Row[] = [w];
  while (powers.length < w.length) powers.push(apply(N, powers.at(-1)!));
  // Columns w, N·w, …: q is the last row of the inverse.
  const columns = w.map((_, i) => powers.map((power) => power[i]!));
  const rows: Row[] = [inverseOf(columns).at(-1)!];
  while (rows.length < w.length) rows.push(timesMatrix(rows.at(-1)!, N));
  return rows;
}

/** [1 0; 0 A]. */
function besideOne(A: Matrix): Matrix {
  return [[1n, ...A.map(() => 0n)], ...A.map((row) => [0n, ...row])];
}

const dot = (a: Row, b: Row): bigint => a.reduce((sum, value, i) => sum + value * b[i]!, 0n) % FIELD_ORDER;
const plus = (a: Row, b: Row): Row => a.map((value, i) => (value + b[i]!) % FIELD_ORDER);
const apply = (A: Matrix, x: Row): Row => A.map((row) => dot(row, x));
const timesMatrix = (x: Row, A: Matrix): Row =>
  A[0]!.map((_, j) =>
    dot(
      x,
      A.map((row) => row[j]!),
    ),
  );
const times = (A: Matrix, B: Matrix): Matrix => A.map((row) => timesMatrix(row, B));

/** By Gauss and Jordan. @throws RangeError - there is none. */
function inverseOf(A: Matrix): Matrix {
  const size = A.length;
  const work = A.map((row, i) => [...row, ...A.map((_, j) => (i === j ? 1n : 0n))]);
  for (let column = 0; column < size; column++) {
    const pivot = work.findIndex((row, i) => i >= column && row[column] !== 0n);
    if (pivot < 0) throw new RangeError("a matrix without inverse");
    [work[column], work[pivot]] = [work[pivot]!, work[column]!];
    const scale = inverse(work[column]![column]!);
    const own = work[column]!.map((value) => (value * scale) % FIELD_ORDER);
    for (const [i, row] of work.entries()) {
      const factor = i === column ? 0n : FIELD_ORDER - row[column]!;
      work[i] = i === column ? own : row.map((value, j) => (value + factor * own[j]!) % FIELD_ORDER);
    }
  }
  return work.map((row) => row.slice(size));
}

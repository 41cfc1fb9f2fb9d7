// The kernels of relaxed SIMD (prover/assembly/lanes.mjs), in the memory of the scalar ones, where they compute rightly.
import type { Buckets, Domain, Kernels } from "./kernels.ts";
import { KERNEL_IMPORTS } from "./modules.ts";

/** Of two numbers in lanes, and of one alone. prover/assembly/lanes.mjs. */
export const LANES_BYTES = 80;
/** Of a number alone. */
export const LANE_BYTES = 40;

/** What the module exports beside the two; every argument is an address or a count. */
export interface Lanes extends Buckets, Domain {
  /** Numbers of the scalar kernels, each by itself. */
  frFromScalarEach(out: number, n: number, a: number): void;
  /** The same as a list of {@link Domain}. */
  frToLanes(out: number, n: number, a: number): void;
  /** Points of the scalar kernels, in place: into those of {@link Buckets}. */
  g1FromScalar(table: number, n: number): void;
  g2FromScalar(table: number, n: number): void;
  g1AddPairs(n: number, lefts: number, outs: number, scratch: number): void;
  g2AddPairs(n: number, lefts: number, outs: number, scratch: number): void;
  fqFromScalar(out: number, a: number): void;
  fqToScalar(out: number, a: number): void;
  fqGather(out: number, a: number, b: number): void;
  fqScatter(out: number, a: number, lane: number): void;
  fqMul(out: number, a: number, b: number): void;
  fqSqr(out: number, a: number): void;
  frMul(out: number, a: number, b: number): void;
  heapBase(): number;
}

/** Factors whose limbs are long, and products of which each shows whether a multiply-add rounds once or twice. */
const FACTORS = [
  0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffn,
  0x2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaan,
  0x243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89n,
  0x0b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfen,
];

/** The kernels of relaxed SIMD in these kernels' memory, or undefined: the scalar ones then do everything. */
export async function startLanes(kernels: Kernels, code: WebAssembly.Module): Promise<Lanes | undefined> {
  const { memory } = kernels;
  const { exports } = await WebAssembly.instantiate(code, { env: { ...KERNEL_IMPORTS.env, memory } });
  const lanes = exports as unknown as Lanes;
  return computesRightly(kernels, lanes) ? lanes : undefined;
}

/**
 * Whether products are those of the scalar kernels. A relaxed multiply-add may round twice, for all that a module can
 * tell beforehand; WebAssembly lets an environment choose, but only once.
 */
function computesRightly(kernels: Kernels, lanes: Lanes): boolean {
  const { memory } = kernels;
  let at = Math.ceil(lanes.heapBase() / 16) * 16;
  const next = (bytes: number): number => {
    const here = at;
    at += Math.ceil(bytes / 16) * 16;
    if (at > memory.buffer.byteLength) memory.grow(1);
    return here;
  };
  const numbers = FACTORS.map((factor) => {
    const scalar = next(LANE_BYTES);
    for (let word = 0; word < 4; word++) {
      const bits = BigInt.asUintN(64, factor >> BigInt(64 * word));
      new DataView(memory.buffer).setBigUint64(scalar + 8 * word, bits, true);
    }
    kernels.fqFromBytes(scalar, scalar);
    const lane = next(LANE_BYTES);
    lanes.fqFromScalar(lane, scalar);
    return { scalar, lane };
  });
  const [left, right, product, alone] = [LANES_BYTES, LANES_BYTES, LANES_BYTES, LANE_BYTES].map(next) as [
    number,
    number,
    number,
    number,
  ];
  const [expected, received] = [next(LANE_BYTES), next(LANE_BYTES)];
  const bytesOf = (number: number): string => {
    kernels.fqToBytes(number, number);
    return String(new Uint8Array(memory.buffer, number, 32));
  };
  let isRight = true;
  for (const a of numbers) {
    for (const [i, b] of numbers.entries()) {
      const beside = numbers[(i + 1) % numbers.length]!;
      lanes.fqGather(left, a.lane, beside.lane);
      lanes.fqGather(right, b.lane, a.lane);
      lanes.fqMul(product, left, right);
      for (const [lane, [x, y]] of [
        [a, b],
        [beside, a],
      ].entries()) {
        kernels.fqMul(expected, x!.scalar, y!.scalar);
        lanes.fqScatter(alone, product, lane);
        lanes.fqToScalar(received, alone);
        if (bytesOf(expected) !== bytesOf(received)) isRight = false;
      }
    }
  }
  new Uint8Array(memory.buffer, lanes.heapBase(), at - lanes.heapBase()).fill(0);
  return isRight;
}

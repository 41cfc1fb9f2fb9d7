// Over the scalar field in lanes: what ./domain has, two numbers at once. Of a list the numbers 2k and 2k + 1 are the two
// lanes of vector k; of an odd number, which is one, the second lane is nobody's. All numbers are small.
import * as F from "./lanes";

const B: usize = F.BYTES;
const N: usize = F.NUMBER;
const T = memory.data(80, 16);
const W = memory.data(80, 16);

function vectorsOf(n: u32): u32 {
  return (n + 1) >> 1;
}

/** Numbers of the scalar kernels, |value| < 8 r, each by itself. */
export function fromScalarEach(out: usize, n: u32, a: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) F.fromScalar(out + i * N, a + i * F.SCALAR);
}

/** The same as a list in lanes. */
export function toLanes(out: usize, n: u32, a: usize): void {
  for (let k: u32 = 0; k < vectorsOf(n); k++) {
    const first = a + <usize>(2 * k) * F.SCALAR;
    F.fromScalars(out + <usize>k * B, first, k + k + 1 < n ? first + F.SCALAR : first);
  }
}

/** out[i] = a[i]·b[i]. */
export function productEach(out: usize, n: u32, a: usize, b: usize): void {
  for (let k: usize = 0; k < <usize>vectorsOf(n); k++) multiplySmall(out + k * B, a + k * B, b + k * B);
}

function multiplySmall(out: usize, a: usize, b: usize): void {
  F.mul(out, a, b);
  F.small(out, out);
}

/** Decimation in time: bit-reversed order in, natural out. @param twiddles - each by itself. */
export function transform(a: usize, n: u32, twiddles: usize): void {
  if (n === 1) return;
  // The first layer's pairs are the lanes, its twiddles one.
  for (let k: usize = 0; k < <usize>vectorsOf(n); k++) F.sumAndDifference(a + k * B);
  let stride = <usize>(n >> 2) * N;
  for (let half: u32 = 2; half < n; half <<= 1) {
    const distance = <usize>(half >> 1) * B;
    for (let block = a; block < a + <usize>(n >> 1) * B; block += 2 * distance) {
      let w = twiddles;
      for (let left = block; left < block + distance; left += B) {
        const right = left + distance;
        F.gather(W, w, w + stride);
        F.mul(T, right, W);
        F.subSmall(right, left, T);
        F.addSmall(left, left, T);
        w += 2 * stride;
      }
    }
    stride >>= 1;
  }
}

/** out[i] = a[j]·factors[j], where j is i with its `bits` bits reversed. Lists do not overlap. */
export function scaleReversed(out: usize, a: usize, bits: u32, factors: usize): void {
  const n: u32 = 1 << bits;
  for (let k: u32 = 0; k < vectorsOf(n); k++) {
    // With the lowest bit the highest of the reverse is another.
    const j = reversed(2 * k, bits);
    gatherBoth(T, a, j, j + (n >> 1));
    gatherBoth(W, factors, j, j + (n >> 1));
    multiplySmall(out + <usize>k * B, T, W);
  }
}

/** Two numbers of a list. */
function gatherBoth(out: usize, a: usize, i: u32, j: u32): void {
  F.gatherLanes(out, laneAt(a, i), laneAt(a, j));
}

function laneAt(a: usize, i: u32): usize {
  return a + <usize>(i >> 1) * B + 8 * <usize>(i & 1);
}

function reversed(value: u32, bits: u32): u32 {
  let out: u32 = 0;
  for (let bit: u32 = 0; bit < bits; bit++) out |= ((value >> bit) & 1) << (bits - 1 - bit);
  return out;
}

/** out = a·b − c for each, out of Montgomery form, as canonical bytes. */
export function quotient(out: usize, n: u32, a: usize, b: usize, c: usize): void {
  for (let k: u32 = 0; k < vectorsOf(n); k++) {
    const at = <usize>k * B;
    F.mul(T, a + at, b + at);
    F.subSmall(T, T, c + at);
    const first = out + 64 * <usize>k;
    F.toBytes(first, k + k + 1 < n ? first + 32 : UNUSED, T);
  }
}
const UNUSED = memory.data(32);

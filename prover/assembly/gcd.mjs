// AssemblyScript source of inversion modulo a prime p of 254 bits by division steps, many at a time on the lowest bits:
// Bernstein–Yang, "Fast constant-time gcd computation and modular inversion" (TCHES 2019/3), in the variable-time form
// of libsecp256k1's doc/safegcd_implementation.md, sections 3 to 6. About a quarter of what Fermat's theorem takes.
//
// Numbers are 9 limbs of 29 bits, those of ./field.mjs: limbs 0 … 7 in [0, 2²⁹), limb 8 signed.
import { inverseMod } from "./generator.mjs";

const LIMBS = 9;
/** Division steps at a time: of a limb. */
const STEPS = 29;
const MASK = 2 ** STEPS - 1;

/**
 * Exports nothing; defines `invertPlain(a)`, which gives the address of a⁻¹ mod p, |a⁻¹| < 2p, or of 0 where a ≡ 0.
 * |a| < 2p. Variable time.
 */
export function gcdSource(p) {
  const limbs = Array.from({ length: LIMBS }, (_, i) => Number((p >> BigInt(STEPS * i)) & BigInt(MASK)));
  const inverse = Number(inverseMod(p, BigInt(2 ** STEPS)));
  // −(2i + 1)⁻¹ mod 2⁸
  const negatedInverses = Array.from({ length: 128 }, (_, i) =>
    Number(256n - inverseMod(BigInt(2 * i + 1), 256n)),
  );
  return `
const GCD_P = memory.data<i32>([${limbs.join(", ")}]);
const GCD_F = memory.data(36);
const GCD_G = memory.data(36);
const GCD_D = memory.data(36);
const GCD_E = memory.data(36);
const GCD_NEGATED_INVERSES = memory.data<u8>([${negatedInverses.join(", ")}]);
// u, v, q, r: what ${STEPS} steps do to (f, g), times 2^${STEPS}. In memory, where it is overwritten after use.
const GCD_MATRIX = memory.data(16);

function invertPlain(a: usize): usize {
  // d·a ≡ f and e·a ≡ g (mod p), all the way; −2p < d, e < p.
  memory.fill(GCD_D, 0, 36);
  memory.fill(GCD_E, 0, 36);
  store<i32>(GCD_E, 1);
  memory.copy(GCD_F, GCD_P, 36);
  memory.copy(GCD_G, a, 36);
  let eta: i32 = -1;
  while (!isPlain(GCD_G, 0)) {
    eta = gcdSteps(eta, lowBits32(GCD_F), lowBits32(GCD_G));
    gcdUpdateDE();
    gcdUpdateFG();
  }
  // f is the common divisor, of either sign: where a ≡ 0 it is p.
  if (isPlain(GCD_F, -1)) negatePlain(GCD_D);
  else if (!isPlain(GCD_F, 1)) memory.fill(GCD_D, 0, 36);
  return GCD_D;
}

function lowBits32(a: usize): u32 {
  return load<u32>(a) | (load<u32>(a, 4) << ${STEPS});
}

/** Whether a number is 0, 1 or −1. */
function isPlain(a: usize, value: i32): bool {
  const high = value < 0 ? ${MASK} : 0;
  if (load<i32>(a) !== (value & ${MASK})) return false;
  for (let i: usize = 4; i < 32; i += 4) if (load<i32>(a + i) !== high) return false;
  return load<i32>(a, 32) === value >> 1;
}

function negatePlain(a: usize): void {
  let carry: i32 = 0;
  for (let i: usize = 0; i < 32; i += 4) {
    carry -= load<i32>(a + i);
    store<i32>(a + i, carry & ${MASK});
    carry >>= ${STEPS};
  }
  store<i32>(a, carry - load<i32>(a, 32), 32);
}

/** ${STEPS} steps, by the lowest bits of f and g; whole runs of zeros at a time. @returns eta, which is −δ. */
function gcdSteps(eta: i32, f: u32, g: u32): i32 {
  let u: i32 = 1;
  let v: i32 = 0;
  let q: i32 = 0;
  let r: i32 = 1;
  let left: i32 = ${STEPS};
  while (true) {
    // A bit at "left" keeps the run from being longer than what is left.
    const zeros = <i32>ctz(g | ((<u32>0xffff_ffff) << left));
    g >>= zeros;
    u <<= zeros;
    v <<= zeros;
    eta -= zeros;
    left -= zeros;
    if (left === 0) break;
    if (eta < 0) {
      eta = -eta;
      const oldF = f;
      f = g;
      g = -oldF;
      const oldU = u;
      u = q;
      q = -oldU;
      const oldV = v;
      v = r;
      r = -oldV;
    }
    // As many bits of g at once as no exchange comes between, and as the table knows.
    const limit = min(eta + 1, left);
    const mask = ((<u32>0xffff_ffff) >> (32 - limit)) & 255;
    const w = (g * <u32>load<u8>(GCD_NEGATED_INVERSES + ((f >> 1) & 127))) & mask;
    g += f * w;
    q += u * <i32>w;
    r += v * <i32>w;
  }
  store<i32>(GCD_MATRIX, u);
  store<i32>(GCD_MATRIX, v, 4);
  store<i32>(GCD_MATRIX, q, 8);
  store<i32>(GCD_MATRIX, r, 12);
  return eta;
}

/** (d, e) = (u·d + v·e, q·d + r·e)/2^${STEPS} modulo p. */
function gcdUpdateDE(): void {
  const u = <i64>load<i32>(GCD_MATRIX);
  const v = <i64>load<i32>(GCD_MATRIX, 4);
  const q = <i64>load<i32>(GCD_MATRIX, 8);
  const r = <i64>load<i32>(GCD_MATRIX, 12);
  // A negative number gets p more, so that the results are above −2p again.
  const signD = <i64>(load<i32>(GCD_D, 32) >> 31);
  const signE = <i64>(load<i32>(GCD_E, 32) >> 31);
  let moreD = (u & signD) + (v & signE);
  let moreE = (q & signD) + (r & signE);
  let d = <i64>load<i32>(GCD_D);
  let e = <i64>load<i32>(GCD_E);
  let sumD = u * d + v * e;
  let sumE = q * d + r * e;
  // And as many p as make the lowest limb zero.
  moreD -= (${inverse} * sumD + moreD) & ${MASK};
  moreE -= (${inverse} * sumE + moreE) & ${MASK};
  sumD += ${limbs[0]} * moreD;
  sumE += ${limbs[0]} * moreE;
  for (let at: usize = 4; at < 36; at += 4) {
    d = <i64>load<i32>(GCD_D + at);
    e = <i64>load<i32>(GCD_E + at);
    const p = <i64>load<i32>(GCD_P + at);
    sumD = (sumD >> ${STEPS}) + u * d + v * e + p * moreD;
    sumE = (sumE >> ${STEPS}) + q * d + r * e + p * moreE;
    store<i32>(GCD_D + at - 4, <i32>sumD & ${MASK});
    store<i32>(GCD_E + at - 4, <i32>sumE & ${MASK});
  }
  store<i32>(GCD_D, <i32>(sumD >> ${STEPS}), 32);
  store<i32>(GCD_E, <i32>(sumE >> ${STEPS}), 32);
}

/** (f, g) = (u·f + v·g, q·f + r·g)/2^${STEPS}, which is exact. */
function gcdUpdateFG(): void {
  const u = <i64>load<i32>(GCD_MATRIX);
  const v = <i64>load<i32>(GCD_MATRIX, 4);
  const q = <i64>load<i32>(GCD_MATRIX, 8);
  const r = <i64>load<i32>(GCD_MATRIX, 12);
  let f = <i64>load<i32>(GCD_F);
  let g = <i64>load<i32>(GCD_G);
  let sumF = u * f + v * g;
  let sumG = q * f + r * g;
  for (let at: usize = 4; at < 36; at += 4) {
    f = <i64>load<i32>(GCD_F + at);
    g = <i64>load<i32>(GCD_G + at);
    sumF = (sumF >> ${STEPS}) + u * f + v * g;
    sumG = (sumG >> ${STEPS}) + q * f + r * g;
    store<i32>(GCD_F + at - 4, <i32>sumF & ${MASK});
    store<i32>(GCD_G + at - 4, <i32>sumG & ${MASK});
  }
  store<i32>(GCD_F, <i32>(sumF >> ${STEPS}), 32);
  store<i32>(GCD_G, <i32>(sumG >> ${STEPS}), 32);
}
`;
}

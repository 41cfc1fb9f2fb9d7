// AssemblyScript source of arithmetic modulo a prime p of 254 bits.
//
// A number is 9 limbs of 29 bits in i32 words, least first (36 bytes): Σ lᵢ·2^(29i). Limbs 0 … 7 of a normalised
// number are in [0, 2²⁹), limb 8 is signed and carries the sign. Montgomery form with R = 2²⁶¹.
import { gcdSource } from "./gcd.mjs";
import { inverseMod, lines, range } from "./generator.mjs";

const LIMBS = 9;
const BITS = 29n;
const MASK = (1n << BITS) - 1n;
export const R = 1n << (BITS * BigInt(LIMBS));

export function limbsOf(value) {
  return Array.from({ length: LIMBS }, (_, i) => Number((value >> (BITS * BigInt(i))) & MASK));
}

export function fieldSource(p) {
  const P = limbsOf(p);
  const mu = Number((MASK + 1n - inverseMod(p, MASK + 1n)) & MASK);
  const data = (value) => `memory.data<i32>([${limbsOf(value).join(", ")}])`;
  const load = (v) => lines(LIMBS, (i) => `  const ${v}${i} = <i64>load<i32>(${v}, ${4 * i});`);
  const carryOut = (
    v,
  ) => `${lines(LIMBS - 1, (i) => `  store<i32>(out, <i32>(${v}${i} & MASK), ${4 * i});\n  ${v}${i + 1} += ${v}${i} >> 29;`)}
  store<i32>(out, <i32>${v}8, 32);`;
  return `
const MASK: i64 = ${MASK};
const MU: i64 = ${mu};
export const BYTES: usize = 36;
const MODULUS = ${data(p)};
// Followed by a zero, so that it is also the one of an extension of degree two.
export const ONE = memory.data<i32>([${[...limbsOf(R % p), ...limbsOf(0n)].join(", ")}]);
/** One, not in Montgomery form: the product by it leaves that form. */
export const UNIT = ${data(1n)};
const R2 = ${data((R * R) % p)};
// Takes a number from Montgomery form with R = 2^256, as zkey files have it, to ours.
export const FROM_256 = ${data((R * R * inverseMod(1n << 256n, p)) % p)};

export function mul(out: usize, a: usize, b: usize): void {
${load("a")}
${load("b")}
  let s0: i64 = 0, s1: i64 = 0, s2: i64 = 0, s3: i64 = 0, s4: i64 = 0, s5: i64 = 0, s6: i64 = 0, s7: i64 = 0, s8: i64 = 0;
  let t: i64, m: i64;
${lines(LIMBS, (i) => mulStep(i))}
${carryOut("s")}
}

export function sqr(out: usize, a: usize): void {
${sqrBody()}
}

/**
 * out = a₀·b₀ + a₁·b₁, by one reduction; numbers side by side. Limbs 0 … 7 of all of them are in [0, 2^29), limb 8 is
 * below 2^25 in magnitude.
 */
export function product2(out: usize, a: usize, b: usize): void {
${productBody(2)}
}

/** The same of three products. More would overflow: see productBody. */
export function product3(out: usize, a: usize, b: usize): void {
${productBody(3)}
}

export function add(out: usize, a: usize, b: usize): void {
${lines(LIMBS, (i) => `  let s${i} = load<i32>(a, ${4 * i}) + load<i32>(b, ${4 * i});`)}
${carry32()}
}

export function sub(out: usize, a: usize, b: usize): void {
${lines(LIMBS, (i) => `  let s${i} = load<i32>(a, ${4 * i}) - load<i32>(b, ${4 * i});`)}
${carry32()}
}

/** out = a - b, limb by limb: for one factor of a product only. */
export function subLazy(out: usize, a: usize, b: usize): void {
${lines(LIMBS, (i) => `  store<i32>(out, load<i32>(a, ${4 * i}) - load<i32>(b, ${4 * i}), ${4 * i});`)}
}

/** out = a - b - c. */
export function sub2(out: usize, a: usize, b: usize, c: usize): void {
${lines(LIMBS, (i) => `  let s${i} = load<i32>(a, ${4 * i}) - load<i32>(b, ${4 * i}) - load<i32>(c, ${4 * i});`)}
${carry32()}
}

/** out = a - b - c, and near [0, p): for sums of sums, which would grow. |a| + |b| + |c| < 2^259. */
export function sub2Small(out: usize, a: usize, b: usize, c: usize): void {
${lines(LIMBS, (i) => `  let s${i} = <i64>load<i32>(a, ${4 * i}) - <i64>load<i32>(b, ${4 * i}) - <i64>load<i32>(c, ${4 * i});`)}
${reduceColumns()}
}

/** out = 9a − b, near [0, p). |9a| + |b| < 2^268. */
export function nineTimesSub(out: usize, a: usize, b: usize): void {
${lines(LIMBS, (i) => `  let s${i} = 9 * <i64>load<i32>(a, ${4 * i}) - <i64>load<i32>(b, ${4 * i});`)}
${reduceColumns()}
}

/** out = 9a + b, near [0, p). |9a| + |b| < 2^268. */
export function nineTimesAdd(out: usize, a: usize, b: usize): void {
${lines(LIMBS, (i) => `  let s${i} = 9 * <i64>load<i32>(a, ${4 * i}) + <i64>load<i32>(b, ${4 * i});`)}
${reduceColumns()}
}

export function neg(out: usize, a: usize): void {
${lines(LIMBS, (i) => `  let s${i} = -load<i32>(a, ${4 * i});`)}
${carry32()}
}

export function copy(out: usize, a: usize): void {
${lines(4, (i) => `  store<i64>(out, load<i64>(a, ${8 * i}), ${8 * i});`)}
  store<i32>(out, load<i32>(a, 32), 32);
}

export function setZero(out: usize): void {
  memory.fill(out, 0, 36);
}

/** Whether every limb is zero: how infinity is marked, not a test modulo p. */
export function isMarked(a: usize): bool {
  return (load<i64>(a) | load<i64>(a, 8) | load<i64>(a, 16) | load<i64>(a, 24) | <i64>load<i32>(a, 32)) == 0;
}

const Z = memory.data(36);

/** Whether a ≡ 0 (mod p). */
export function isZero(a: usize): bool {
  mul(Z, a, ONE);
  // |a| < 2^260: the result is in (-p/2, 3p/2).
  if (isMarked(Z)) return true;
  return ${range(LIMBS)
    .map((i) => `load<i32>(Z, ${4 * i}) == ${P[i]}`)
    .join(" && ")};
}

/** Whether a ≡ 0 (mod p) is possible: false is certain. |a| < 16p; limbs may be those of subLazy. */
export function mayBeZero(a: usize): bool {
  const low = load<i32>(a) & ${MASK};
  // low = k·p mod 2^29 for k in -16 … 16, so k = low·p⁻¹ mod 2^29.
  const k = (low * ${Number(inverseMod(p, MASK + 1n))}) & ${MASK};
  return k <= 16 || k >= ${MASK + 1n - 16n};
}

/** Out of Montgomery form, as 32 bytes, little-endian, canonical. */
export function toBytes(out: usize, a: usize): void {
  mul(OUT, a, UNIT);
  makeCanonical();
  limbsToBytes(out, OUT);
}
const OUT = memory.data(36);

/** Of a number in [−p, 2p), not in Montgomery form: the low 64 bits of what is congruent to it in [0, p). */
export function lowBits(a: usize): u64 {
  copy(OUT, a);
  makeCanonical();
  return <u64>load<u32>(OUT) | (<u64>load<u32>(OUT, 4) << 29) | (<u64>load<u32>(OUT, 8) << 58);
}

/** From [−p, 2p) to [0, p). */
function makeCanonical(): void {
  if (load<i32>(OUT, 32) < 0) add(OUT, OUT, MODULUS);
  sub(Z, OUT, MODULUS);
  if (load<i32>(Z, 32) >= 0) copy(OUT, Z);
}

function limbsToBytes(out: usize, a: usize): void {
${lines(LIMBS, (i) => `  const l${i} = <u64>load<u32>(a, ${4 * i});`)}
${lines(4, (w) => {
  const terms = [];
  for (let i = 0; i < LIMBS; i++) {
    const shift = 29 * i - 64 * w;
    if (shift <= -29 || shift >= 64) continue;
    terms.push(shift >= 0 ? `(l${i} << ${shift})` : `(l${i} >> ${-shift})`);
  }
  return `  store<u64>(out, ${terms.join(" | ")}, ${8 * w});`;
})}
}

/** 32 bytes, little-endian, as limbs; the form is not changed. */
export function fromBytes(out: usize, a: usize): void {
${lines(4, (w) => `  const w${w} = load<u64>(a, ${8 * w});`)}
${lines(LIMBS, (i) => {
  const bit = 29 * i;
  const w = bit >> 6;
  const s = bit & 63;
  const high = s + 29 > 64 && w < 3 ? ` | (w${w + 1} << ${64 - s})` : "";
  return `  store<i32>(out, <i32>(((w${w} >> ${s})${high}) & MASK), ${4 * i});`;
})}
}

/** A number's Montgomery form. */
export function toMontgomery(out: usize, a: usize): void {
  mul(out, a, R2);
}

/**
 * count numbers from 32 bytes each, in Montgomery form with R = 2^256, as zkey files have them.
 *
 * @returns how many of them were not below p.
 */
export function fromFile(out: usize, a: usize, count: u32): u32 {
  let bad: u32 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    fromBytes(Z, a + 32 * i);
    sub(OUT, Z, MODULUS);
    if (load<i32>(OUT, 32) >= 0) bad++;
    mul(out + 36 * i, Z, FROM_256);
  }
  return bad;
}

const POWERS = memory.data(16 * 36);
const ACC = memory.data(36);

/** out = a^exponent: 32 bytes, little-endian, below 2^256. The same steps for every a. */
export function pow(out: usize, a: usize, exponent: usize): void {
  copy(POWERS, ONE);
  for (let i: usize = 1; i < 16; i++) mul(POWERS + 36 * i, POWERS + 36 * (i - 1), a);
  copy(ACC, ONE);
  for (let i: usize = 64; i-- > 0; ) {
    sqr(ACC, ACC);
    sqr(ACC, ACC);
    sqr(ACC, ACC);
    sqr(ACC, ACC);
    mul(ACC, ACC, POWERS + 36 * ((<usize>load<u8>(exponent + (i >> 1)) >> ((i & 1) << 2)) & 15));
  }
  copy(out, ACC);
}

// R³: from (aR)⁻¹ to a⁻¹R.
const R3 = ${data((R * R * R) % p)};
const SMALL = memory.data(36);

/** a⁻¹; 0 for 0. Variable time. */
export function inverse(out: usize, a: usize): void {
  mul(SMALL, a, ONE);
  mul(out, invertPlain(SMALL), R3);
}
${gcdSource(p)}`;
  function mulStep(i) {
    const o = [];
    o.push(`  t = s0 + a${i} * b0;`, `  m = (t * MU) & MASK;`, `  t = (t + m * ${P[0]}) >> 29;`);
    for (let j = 1; j < LIMBS; j++) {
      const prev = i === 0 ? "" : `s${j} + `;
      o.push(`  s${j - 1} = ${prev}a${i} * b${j} + m * ${P[j]}${j === 1 ? " + t" : ""};`);
    }
    o.push("  s8 = 0;");
    return o.join("\n");
  }
  function sqrBody() {
    // Product columns first, then reduction.
    const o = [load("a")];
    for (let i = 0; i < LIMBS - 1; i++) o.push(`  const d${i} = a${i} << 1;`);
    for (let k = 0; k < 2 * LIMBS - 1; k++) {
      const terms = [];
      for (let i = Math.max(0, k - LIMBS + 1); 2 * i < k; i++) terms.push(`d${i} * a${k - i}`);
      if (k % 2 === 0) terms.push(`a${k / 2} * a${k / 2}`);
      o.push(`  let c${k} = ${terms.join(" + ")};`);
    }
    return [...o, ...reduceProducts()].join("\n");
  }
  /**
   * No column overflows: column 7 gets most, 8 products of limbs below 2^29 from each pair and 8 from the reduction, and
   * what column 6 carries, below 2^34. With three pairs that is 32·(2^29 − 1)² + 2^34 = 2^63 − 2^34 + 32 at most. Of the
   * 9 products of column 8 two have a limb 8 in them, which is small.
   */
  function productBody(pairs) {
    const o = range(2 * LIMBS - 1).map((k) => `  let c${k}: i64 = 0;`);
    for (let pair = 0; pair < pairs; pair++) {
      const at = 4 * LIMBS * pair;
      const names = range(LIMBS);
      for (const v of ["a", "b"]) {
        o.push(...names.map((i) => `  const ${v}${pair}${i} = <i64>load<i32>(${v}, ${at + 4 * i});`));
      }
      for (const i of names) for (const j of names) o.push(`  c${i + j} += a${pair}${i} * b${pair}${j};`);
    }
    return [...o, ...reduceProducts()].join("\n");
  }
  /** From the columns of products to a number: Montgomery's reduction, and carries. */
  function reduceProducts() {
    const o = ["  let m: i64;"];
    for (let i = 0; i < LIMBS; i++) {
      o.push(`  m = (c${i} * MU) & MASK;`);
      o.push(`  c${i + 1} += (c${i} + m * ${P[0]}) >> 29;`);
      for (let j = 1; j < LIMBS; j++) {
        o.push(`  c${i + j} += m * ${P[j]};`);
      }
    }
    // Result: columns 9 … 16, and what the last one carries.
    for (let k = LIMBS; k < 2 * LIMBS - 1; k++) {
      o.push(`  store<i32>(out, <i32>(c${k} & MASK), ${4 * (k - LIMBS)});`);
      o.push(
        k + 1 === 2 * LIMBS - 1
          ? `  store<i32>(out, <i32>(c${k} >> 29), 32);`
          : `  c${k + 1} += c${k} >> 29;`,
      );
    }
    return o;
  }
  /** Takes off as many p as the top limb says, and carries. */
  function reduceColumns() {
    return `  const k = (s8 * ${Math.floor(2 ** 40 / (Number(p >> 232n) + 1))}) >> 40;
${lines(LIMBS, (i) => `  s${i} -= k * ${P[i]};`)}
${carryOut("s")}`;
  }
  function carry32() {
    return `${lines(LIMBS - 1, (i) => `  store<i32>(out, s${i} & ${MASK}, ${4 * i});\n  s${i + 1} += s${i} >> 29;`)}
  store<i32>(out, s8, 32);`;
  }
}

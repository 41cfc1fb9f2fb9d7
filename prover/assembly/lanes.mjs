// AssemblyScript source of arithmetic modulo a prime p of 254 bits, for two numbers at once, by fused multiply-adds of
// relaxed SIMD.
//
// A number is 5 limbs of 51 bits, least first, signed, as doubles: Σ lᵢ·2^(51i), Montgomery form with R = 2²⁵⁵. Two
// numbers lie in the two lanes of five vectors (80 bytes); a number alone is five doubles (40 bytes).
//
// A product a·b of two limbs, |ab| ≤ 2¹⁰², is split exactly, without a conversion (Emmart; Chen et al., ePrint
// 2022/1400 §5 have the unsigned form): fma(a, b, 3·2¹⁰²) rounds it to a multiple h of 2⁵¹, because that is the last
// place of doubles in [2¹⁰³, 2¹⁰⁴), and fma(a, b, 3·2¹⁰² + 3·2⁵¹ − that) is 3·2⁵¹ + (ab − h), exact in [2⁵², 2⁵³). The bits
// of both, as integers, are a constant plus h/2⁵¹, and plus ab − h: they are added up as they are, and the constants
// have been taken off the columns beforehand.
//
// Bounds, in the comments: of limbs in units of 2⁵⁰, where a product may have 4; of values in units of p. R is 2.6 p, so
// that |a·b| becomes at most |a||b|/2.6 + 1/2.
import { gcdSource } from "./gcd.mjs";
import { inverseMod, lines, range } from "./generator.mjs";

const LIMBS = 5;
const BITS = 51n;
const BASE = 1n << BITS;
const MASK = BASE - 1n;
export const LANES_R = 1n << (BITS * BigInt(LIMBS));

/** Limbs in [−2⁵⁰, 2⁵⁰), the last one without a bound. */
function balanced(value) {
  const limbs = [];
  for (let i = 0; i < LIMBS - 1; i++) {
    let limb = value & MASK;
    if (limb >= BASE / 2n) limb -= BASE;
    limbs.push(limb);
    value = (value - limb) >> BITS;
  }
  return [...limbs, value];
}
/** The bits of a double, as an integer. */
function bitsOf(number) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, number);
  return view.getBigUint64(0);
}
const double = (number) => (/^-?\d+$/.test(String(number)) ? `${number}.0` : String(number));
const both = (number) => `f64x2(${double(Number(number))}, ${double(Number(number))})`;
const bothBits = (integer) => {
  const text = `<i64>0x${BigInt.asUintN(64, integer).toString(16)}`;
  return `i64x2(${text}, ${text})`;
};
const load = (v) => lines(LIMBS, (i) => `  const ${v}${i} = v128.load(${v}, ${16 * i});`);

const HIGH = 3 * 2 ** 102;
const LOW = 3 * 2 ** 51;
const UNIT = 2 ** 52;
const CONSTANTS = {
  HIGH: both(HIGH),
  SPLIT: both(HIGH + LOW),
  MASK: bothBits(MASK),
  UNIT: both(UNIT),
  UNIT_BITS: bothBits(bitsOf(UNIT)),
  ROUNDED: both(UNIT + 2 ** 50),
  TOP: both(LOW),
  PER_UNIT: both(2 ** -51),
  WHOLE: both(2 ** 51),
};
/** What columns are raised by before they are shifted, so that a logical shift carries a negative number too. */
const RAISE = 1n << 60n;
const RAISED = RAISE >> BITS;

/** Row i of Σ a·b over pairs of factors, by the names before their limbs: two limbs, and the column of their product. */
const termsOf =
  (...factors) =>
  (i) =>
    factors.flatMap(([a, b]) => range(LIMBS).map((j) => [`${a}${i}`, `${b}${j}`, i + j]));
/** Row i of a·a, b being 2a: nothing twice. Columns below 2i have no part in it, as the reduction wants. */
const squareTerms = (i) => [
  [`a${i}`, `a${i}`, 2 * i],
  ...range(LIMBS)
    .filter((j) => j < i)
    .map((j) => [`b${j}`, `a${i}`, i + j]),
];

/**
 * Columns of a product, and their reduction, a limb at a time (Montgomery).
 *
 * @param terms - of a row: names of two vectors of doubles, and the column of their product.
 */
function product(P, mu, terms) {
  // m = −c·p⁻¹ of c = 2⁵⁰ is that or its negative, and so is the low half of m·p₀: which one, the even halves decide.
  const tieM = lowHalf((BASE / 2n) * mu);
  const round = lowHalf(tieM * P[0]) > 0n ? BASE / 2n : BASE / 2n - 1n;
  // How often each constant is in a column.
  const lows = Array(2 * LIMBS).fill(0n);
  const highs = Array(2 * LIMBS).fill(0n);
  const body = [];
  const high = (a, b, k) => {
    body.push(`  h = f64x2.relaxed_madd(${a}, ${b}, HIGH);`, `  c${k + 1} = i64x2.add(c${k + 1}, h);`);
    highs[k + 1]++;
  };
  const multiply = (a, b, k) => {
    high(a, b, k);
    body.push(`  c${k} = i64x2.add(c${k}, f64x2.relaxed_madd(${a}, ${b}, f64x2.sub(SPLIT, h)));`);
    lows[k]++;
  };
  for (let i = 0; i < LIMBS; i++) {
    for (const [a, b, k] of terms(i)) multiply(a, b, k);
    // m ≡ −c·p⁻¹ (mod 2⁵¹), balanced, from 2⁵² + (c mod 2⁵¹). HIGH_M is HIGH − 2⁵²·MU.
    body.push(
      `  m = v128.or(v128.and(c${i}, MASK), UNIT_BITS);`,
      `  h = f64x2.relaxed_madd(m, MU, HIGH_M);`,
      `  m = f64x2.relaxed_madd(m, MU, f64x2.sub(HIGH_M, h));`,
      // The low half of m·p₀ makes c a multiple of 2⁵¹, the nearest.
      `  c${i + 1} = i64x2.add(c${i + 1}, i64x2.shr_u(i64x2.add(c${i}, ${bothBits(round)}), 51));`,
    );
    high("m", both(P[0]), i);
    for (let j = 1; j < LIMBS; j++) multiply("m", both(P[j]), i + j);
  }
  for (let k = LIMBS; k < 2 * LIMBS - 1; k++) {
    body.push(
      `  v128.store(out, f64x2.sub(v128.or(v128.and(c${k}, MASK), UNIT_BITS), ROUNDED), ${16 * (k - LIMBS)});`,
      `  c${k + 1} = i64x2.add(c${k + 1}, i64x2.shr_u(c${k}, 51));`,
    );
  }
  body.push(`  v128.store(out, f64x2.sub(c${2 * LIMBS - 1}, TOP), ${16 * (LIMBS - 1)});`);
  const first = range(2 * LIMBS).map((k) => {
    let constant = -lows[k] * bitsOf(LOW) - highs[k] * bitsOf(HIGH);
    if (k > 0) constant -= RAISED;
    if (k < 2 * LIMBS - 1) constant += RAISE;
    // Half a unit more makes what is masked, less half a unit, balanced.
    if (k >= LIMBS && k < 2 * LIMBS - 1) constant += BASE / 2n;
    if (k === 2 * LIMBS - 1) constant += bitsOf(LOW);
    return `  let c${k} = ${bothBits(constant)};`;
  });
  return ["  let h: v128, m: v128;", ...first, ...body].join("\n");
}

/** n less its nearest multiple of 2⁵¹, an even multiple where two are as near. */
function lowHalf(n) {
  const low = BigInt.asIntN(51, n);
  const isTie = low === -BASE / 2n;
  return isTie && ((n - low) >> BITS) % 2n !== 0n ? low + BASE : low;
}

export function lanesSource(p, scalarR) {
  const P = balanced(p);
  const mu = balanced((BASE - inverseMod(p, BASE)) % BASE)[0];
  const number = (value) =>
    `memory.data<f64>([${balanced(value)
      .flatMap((l) => [l, l])
      .map(double)
      .join(", ")}], 16)`;
  const carry = `${lines(LIMBS - 1, (i) => `  const r${i} = f64x2.nearest(f64x2.mul(s${i}, PER_UNIT));`)}
  v128.store(out, f64x2.sub(s0, f64x2.mul(r0, WHOLE)));
${lines(LIMBS - 2, (i) => `  v128.store(out, f64x2.add(f64x2.sub(s${i + 1}, f64x2.mul(r${i + 1}, WHOLE)), r${i}), ${16 * (i + 1)});`)}
  v128.store(out, f64x2.add(s${LIMBS - 1}, r${LIMBS - 2}), ${16 * (LIMBS - 1)});`;
  const small = `  const k = f64x2.nearest(f64x2.mul(s4, PER_P));
${lines(LIMBS, (i) => `  s${i} = f64x2.sub(s${i}, f64x2.mul(k, ${both(P[i])}));`)}
${carry}`;
  // A number in the first lane as integers of 51 bits, the highest signed.
  const whole = `${lines(LIMBS, (k) => `  let w${k} = <i64>load<f64>(CONVERTED, ${16 * k});`)}
${lines(LIMBS - 1, (k) => `  w${k + 1} += w${k} >> 51;\n  w${k} &= INTEGER_MASK;`)}`;
  const constants = {
    ...CONSTANTS,
    MU: both(mu),
    HIGH_M: both(BigInt(HIGH) - BigInt(UNIT) * mu),
    PER_P: both(2 ** 204 / Number(p)),
    P0: both(P[0] < 0n ? -P[0] : P[0]),
  };
  const source = `
/** Of two numbers in lanes. */
export const BYTES: usize = ${16 * LIMBS};
/** Of one number. */
export const NUMBER: usize = ${8 * LIMBS};
/** Of a number of the scalar kernels. */
export const SCALAR: usize = 36;
/** In both lanes. Followed by a zero, so that it is also the one of an extension of degree two. */
export const ONE = memory.data<f64>([${[...balanced(LANES_R % p), ...balanced(0n)]
    .flatMap((l) => [l, l])
    .map(double)
    .join(", ")}], 16);
/** out = a·b. Limbs: a·b ≤ 4. The result's are balanced: 1. */
export function mul(out: usize, a: usize, b: usize): void {
${load("a")}
${load("b")}
${product(P, mu, termsOf(["a", "b"]))}
}

/** out = a². Limbs: a ≤ 1, twice a limb is a factor, too. */
export function sqr(out: usize, a: usize): void {
${load("a")}
${lines(LIMBS - 1, (i) => `  const b${i} = f64x2.add(a${i}, a${i});`)}
${product(P, mu, squareTerms)}
}

/** out = a·b + c·d, reduced once. Limbs: each product ≤ 4. */
export function mulTwo(out: usize, a: usize, b: usize, c: usize, d: usize): void {
${load("a")}
${load("b")}
${lines(LIMBS, (i) => `  const x${i} = v128.load(c, ${16 * i});`)}
${lines(LIMBS, (i) => `  const y${i} = v128.load(d, ${16 * i});`)}
${product(P, mu, termsOf(["a", "b"], ["x", "y"]))}
}

/** out = a·b − c·d, reduced once. Limbs: each product ≤ 4. */
export function mulTwoSub(out: usize, a: usize, b: usize, c: usize, d: usize): void {
${load("a")}
${load("b")}
${lines(LIMBS, (i) => `  const x${i} = v128.load(c, ${16 * i});`)}
${lines(LIMBS, (i) => `  const y${i} = f64x2.neg(v128.load(d, ${16 * i}));`)}
${product(P, mu, termsOf(["a", "b"], ["x", "y"]))}
}

/** out = a + b, limb by limb: their bounds add up. */
export function addLazy(out: usize, a: usize, b: usize): void {
${lines(LIMBS, (i) => `  v128.store(out, f64x2.add(v128.load(a, ${16 * i}), v128.load(b, ${16 * i})), ${16 * i});`)}
}

/** out = a − b, limb by limb: their bounds add up. */
export function subLazy(out: usize, a: usize, b: usize): void {
${lines(LIMBS, (i) => `  v128.store(out, f64x2.sub(v128.load(a, ${16 * i}), v128.load(b, ${16 * i})), ${16 * i});`)}
}

/** out = a − b − c, small: limbs 1 + 2^−48, |value| ≤ p/2·(1 + 2^−45). Limbs of a, b, c: ≤ 4 in all. */
export function sub2Small(out: usize, a: usize, b: usize, c: usize): void {
${lines(LIMBS, (i) => `  let s${i} = f64x2.sub(f64x2.sub(v128.load(a, ${16 * i}), v128.load(b, ${16 * i})), v128.load(c, ${16 * i}));`)}
${small}
}

/** out = a + b, small. Limbs of a, b: ≤ 4 in all. */
export function addSmall(out: usize, a: usize, b: usize): void {
${lines(LIMBS, (i) => `  let s${i} = f64x2.add(v128.load(a, ${16 * i}), v128.load(b, ${16 * i}));`)}
${small}
}

/** The sum of both lanes in the first, their difference in the second, small: in place. Limbs of a: ≤ 2. */
export function sumAndDifference(a: usize): void {
${lines(LIMBS, (i) => `  let s${i} = v128.load(a, ${16 * i});`)}
${lines(LIMBS, (i) => `  s${i} = f64x2.add(v128.shuffle<i64>(s${i}, s${i}, 1, 0), f64x2.mul(s${i}, f64x2(1, -1)));`)}
${small.replaceAll("(out, ", "(a, ")}
}

/** out = a − b, small. */
export function subSmall(out: usize, a: usize, b: usize): void {
${lines(LIMBS, (i) => `  let s${i} = f64x2.sub(v128.load(a, ${16 * i}), v128.load(b, ${16 * i}));`)}
${small}
}

/** out = a, small. */
export function small(out: usize, a: usize): void {
${lines(LIMBS, (i) => `  let s${i} = v128.load(a, ${16 * i});`)}
${small}
}

/** Two numbers, by their addresses, into the lanes. */
export function gather(out: usize, a: usize, b: usize): void {
${lines(LIMBS, (i) => `  v128.store(out, v128.load64_lane(b, v128.load64_zero(a, ${8 * i}), 1, ${8 * i}), ${16 * i});`)}
}

/** Two numbers that stand each in a lane of others, by the addresses of their lowest limbs. */
export function gatherLanes(out: usize, a: usize, b: usize): void {
${lines(LIMBS, (i) => `  v128.store(out, v128.load64_lane(b, v128.load64_zero(a, ${16 * i}), 1, ${16 * i}), ${16 * i});`)}
}

/** The number in one lane, by itself. */
export function scatter(out: usize, a: usize, lane: usize): void {
${lines(LIMBS, (i) => `  store<i64>(out, load<i64>(a + 8 * lane, ${16 * i}), ${8 * i});`)}
}

/** One lane of a, into the same lane of out. */
export function copyLane(out: usize, a: usize, lane: usize): void {
${lines(LIMBS, (i) => `  store<i64>(out + 8 * lane, load<i64>(a + 8 * lane, ${16 * i}), ${16 * i});`)}
}

/** A number by itself. */
export function copyNumber(out: usize, a: usize): void {
  v128.store(out, v128.load(a));
  v128.store(out, v128.load(a, 16), 16);
  store<i64>(out, load<i64>(a, 32), 32);
}

/** −a, of numbers by themselves. */
export function copyNegated(out: usize, a: usize): void {
  v128.store(out, f64x2.neg(v128.load(a)));
  v128.store(out, f64x2.neg(v128.load(a, 16)), 16);
  store<f64>(out, -load<f64>(a, 32), 32);
}

/** Whether either lane may be ≡ 0 (mod p): false is certain. |a| < 1.1 p, limbs ≤ 2^52. */
export function mayBeZero(a: usize): bool {
  const l = v128.load(a);
  const low = f64x2.abs(f64x2.sub(l, f64x2.mul(f64x2.nearest(f64x2.mul(l, PER_UNIT)), WHOLE)));
  return v128.any_true(v128.or(f64x2.eq(low, f64x2.splat(0)), f64x2.eq(low, P0)));
}

const MODULUS = memory.data<i64>([${P.join(", ")}]);
const INTEGER_MASK: i64 = ${MASK};

/** Whether one lane is ≡ 0 (mod p). |a| < 1.9 p. */
export function isZero(a: usize, lane: usize): bool {
  for (let k: i64 = -1; k <= 1; k++) {
    let carry: i64 = 0;
    let zero = true;
    for (let i: usize = 0; i < ${LIMBS}; i++) {
      carry += <i64>load<f64>(a + 16 * i + 8 * lane) + k * load<i64>(MODULUS + 8 * i);
      if (carry & INTEGER_MASK) {
        zero = false;
        break;
      }
      carry >>= 51;
    }
    if (zero && carry === 0) return true;
  }
  return false;
}

/** From the inverse of a·2^261, as an integer, to that of a in our form. */
const FROM_INVERSE = ${number((scalarR * scalarR * LANES_R) % p)};
const SWAPPED = memory.data(${16 * LIMBS}, 16);
const BOTH = memory.data(${16 * LIMBS}, 16);
const PLAIN = memory.data(36);

/** out = a⁻¹, of numbers of which neither is 0. |a| ≤ 1.5 p, limbs ≤ 2. Variable time. */
export function inverse(out: usize, a: usize): void {
  // 1/a₀ = a₁/(a₀·a₁): one inversion for both.
  gatherLanes(SWAPPED, a + 8, a);
  mul(BOTH, a, SWAPPED);
  scatter(BOTH, BOTH, 0);
  toScalar(PLAIN, BOTH);
  const inverted = invertPlain(PLAIN);
  fromScalars(BOTH, inverted, inverted);
  mul(BOTH, BOTH, FROM_INVERSE);
  mul(out, BOTH, SWAPPED);
}
${gcdSource(p)}
/** 2^255/2^261, and back, with our Montgomery form on the left. */
const FROM_SCALAR = ${number((LANES_R * LANES_R * inverseMod(scalarR, p)) % p)};
const TO_SCALAR = ${number(scalarR % p)};
const CONVERTED = memory.data(${16 * LIMBS}, 16);

/** Two numbers of the scalar kernels: 9 limbs of 29 bits, R = 2^261, |value| < 8 p. The result is small. */
export function fromScalars(out: usize, a: usize, b: usize): void {
  cut(out, a);
  cut(out + 8, b);
  // A factor of a product is no larger. 8 p₀ has 53 bits, and not more.
  small(out, out);
  mul(out, out, FROM_SCALAR);
  small(out, out);
}

/** The same limbs of a number in one lane, not balanced. */
function cut(out: usize, a: usize): void {
${lines(9, (i) => `  const w${i} = <i64>load<i32>(a, ${4 * i});`)}
${lines(LIMBS, (k) => {
  const terms = partsOf(9, 29, LIMBS, 51, k).map(([i, shift]) => shifted(`w${i}`, shift));
  return `  store<f64>(out, <f64>(${k < LIMBS - 1 ? `(${terms.join(" | ")}) & INTEGER_MASK` : terms.join(" + ")}), ${16 * k});`;
})}
}

/** One number, by itself. */
export function fromScalar(out: usize, a: usize): void {
  fromScalars(CONVERTED, a, a);
  scatter(out, CONVERTED, 0);
}

/** The same number for the scalar kernels, |value| < p. */
export function toScalar(out: usize, a: usize): void {
  gather(CONVERTED, a, a);
  mul(CONVERTED, CONVERTED, TO_SCALAR);
${whole}
${lines(9, (i) => {
  const terms = partsOf(LIMBS, 51, 9, 29, i).map(([k, shift]) => shifted(`w${k}`, shift));
  return `  store<i32>(out, <i32>(${i < 8 ? `(${terms.join(" | ")}) & 0x1fff_ffff` : terms.join(" + ")}), ${4 * i});`;
})}
}

const UNITY = ${number(1n)};

/** Two numbers, out of Montgomery form, as 32 bytes each, little-endian, canonical. In place: a is overwritten. */
export function toBytes(first: usize, second: usize, a: usize): void {
  mul(a, a, UNITY);
  canonicalBytes(first, a);
  canonicalBytes(second, a + 8);
}

/** Of one lane, |value| < p. */
function canonicalBytes(out: usize, a: usize): void {
${whole.replaceAll("CONVERTED", "a")}
  if (w4 < 0) {
${lines(LIMBS, (k) => `    w${k} += load<i64>(MODULUS, ${8 * k});`)}
${lines(LIMBS - 1, (k) => `    w${k + 1} += w${k} >> 51;\n    w${k} &= INTEGER_MASK;`)}
  }
${lines(4, (word) => {
  const terms = partsOf(LIMBS, 51, 4, 64, word).map(([k, shift]) => shifted(`w${k}`, shift));
  return `  store<i64>(out, ${terms.join(" | ")}, ${8 * word});`;
})}
}
`;
  return source.replace(/\b[A-Z][A-Z0-9_]*\b/g, (name) => constants[name] ?? name);
}

/** Which limbs of `from` bits have a part in limb k of `to` bits, and by how much each is shifted to the left. */
function partsOf(limbs, from, count, to, k) {
  return range(limbs)
    .map((i) => [i, from * i - to * k])
    .filter(
      ([i, shift]) =>
        (shift > -from || (k === count - 1 && i === limbs - 1)) && (shift < to || k === count - 1),
    );
}
const shifted = (name, shift) => (shift >= 0 ? `(${name} << ${shift})` : `(${name} >> ${-shift})`);

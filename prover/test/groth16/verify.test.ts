// The verifier against @noble/curves' pairing, on statements made from known discrete logarithms.
import { expect, test } from "@jest/globals";
import { bn254 } from "@noble/curves/bn254.js";
import { randomBelow } from "../../src/formats/field.ts";
import {
  createVerifier,
  FIELD_ORDER,
  type G1,
  type G2,
  type Groth16Proof,
  type VerificationKey,
} from "../../src/index.ts";

const g1 = (scalar: bigint): G1 => {
  const { x, y } = bn254.G1.Point.BASE.multiply(mod(scalar)).toAffine();
  return [x, y];
};
const g2 = (scalar: bigint): G2 => {
  const { x, y } = bn254.G2.Point.BASE.multiply(mod(scalar)).toAffine();
  return [
    [x.c0, x.c1],
    [y.c0, y.c1],
  ];
};
const mod = (value: bigint) => ((value % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER;
const { Fr } = bn254.fields;
const secret = () => 1n + randomBelow(FIELD_ORDER - 1n);

/** Discrete logarithms of everything in the equation a·b = α·β + γ·Σ + δ·c. */
interface Logarithms {
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly gamma: bigint;
  readonly delta: bigint;
  readonly ic: readonly bigint[];
  readonly signals: readonly bigint[];
  readonly a: bigint;
  readonly b: bigint;
  readonly c: bigint;
}

const sumOf = ({ ic, signals }: Pick<Logarithms, "ic" | "signals">) =>
  mod(signals.reduce((sum, signal, i) => sum + signal * ic[i + 1]!, ic[0]!));

/** A statement that holds. */
function good(signals: readonly bigint[], ic = [...signals, 0n].map(secret)): Logarithms {
  const [alpha, beta, gamma, delta, a, b] = Array.from({ length: 6 }, secret) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const c = Fr.div(mod(a * b - alpha * beta - gamma * sumOf({ ic, signals })), delta);
  return { alpha, beta, gamma, delta, ic, signals, a, b, c };
}

const keyOf = ({ alpha, beta, gamma, delta, ic }: Logarithms): VerificationKey => ({
  publicCount: ic.length - 1,
  alpha: g1(alpha),
  beta: g2(beta),
  gamma: g2(gamma),
  delta: g2(delta),
  ic: ic.map(g1),
});
const proofOf = ({ a, b, c }: Logarithms): Groth16Proof => ({ a: g1(a), b: g2(b), c: g1(c) });

async function verdict(logarithms: Logarithms): Promise<boolean> {
  const verifier = await createVerifier(keyOf(logarithms));
  return verifier.verify(logarithms.signals, proofOf(logarithms));
}

/** The same equation by noble. */
function oracle(logarithms: Logarithms): boolean {
  const { alpha, beta, gamma, delta, a, b, c } = logarithms;
  const point1 = (scalar: bigint) => bn254.G1.Point.BASE.multiply(mod(scalar));
  const point2 = (scalar: bigint) => bn254.G2.Point.BASE.multiply(mod(scalar));
  const pairs = [
    { g1: point1(-a), g2: point2(b) },
    { g1: point1(alpha), g2: point2(beta) },
    { g1: point1(sumOf(logarithms)), g2: point2(gamma) },
    { g1: point1(c), g2: point2(delta) },
  ];
  return bn254.fields.Fp12.eql(bn254.pairingBatch(pairs), bn254.fields.Fp12.ONE);
}

test.each([0, 1, 2, 9, 40])("a statement of %i signals that holds is accepted, as noble does", async (n) => {
  const logarithms = good(Array.from({ length: n }, () => randomBelow(FIELD_ORDER)));
  expect(oracle(logarithms)).toBe(true);
  expect(await verdict(logarithms)).toBe(true);
});

test("signals of 0, 1 and r − 1 are signals as others are", async () => {
  const logarithms = good([0n, 1n, FIELD_ORDER - 1n, 0n]);
  expect(await verdict(logarithms)).toBe(true);
  for (const i of [0, 1, 2, 3]) {
    const signals = logarithms.signals.map((signal, j) => (i === j ? mod(signal + 1n) : signal));
    expect(await verdict({ ...logarithms, signals })).toBe(false);
  }
});

test.each(["alpha", "beta", "gamma", "delta", "a", "b", "c"] as const)(
  "a statement with another %s is refused, as noble does",
  async (name) => {
    const logarithms = good([7n, 11n]);
    for (const changed of [mod(logarithms[name] + 1n), mod(-logarithms[name]), secret()]) {
      const other = { ...logarithms, [name]: changed };
      expect(oracle(other)).toBe(false);
      expect(await verdict(other)).toBe(false);
    }
  },
);

test("with α, A and C negated the equation does not hold, with A and B negated it does", async () => {
  const logarithms = good([5n]);
  const { a, b, c, alpha } = logarithms;
  expect(await verdict({ ...logarithms, alpha: -alpha, a: -a, c: -c })).toBe(false);
  expect(await verdict({ ...logarithms, a: -a, b: -b })).toBe(true);
});

test("signals whose sum is the point at infinity count as nothing", async () => {
  // ic₀ + 3·ic₁ = 0
  const ic1 = secret();
  const logarithms = good([3n], [mod(-3n * ic1), ic1]);
  expect(await verdict(logarithms)).toBe(true);
  expect(await verdict({ ...logarithms, c: mod(logarithms.c + 1n) })).toBe(false);
});

test("equal bases, and bases that cancel, add up", async () => {
  const base = secret();
  for (const ic of [
    [base, base, base],
    [base, mod(-base), base],
    [base, base, mod(-base)],
  ]) {
    const logarithms = good([randomBelow(FIELD_ORDER), 1n], ic);
    expect(await verdict(logarithms)).toBe(true);
    expect(await verdict({ ...logarithms, signals: [logarithms.signals[0]!, 2n] })).toBe(false);
  }
});

test("a verifier remembers nothing of a proof", async () => {
  const logarithms = good([1n, 2n]);
  const verifier = await createVerifier(keyOf(logarithms));
  const proof = proofOf(logarithms);
  const bad = { ...proof, c: g1(logarithms.c + 1n) };
  const verdicts = [proof, bad, proof, bad, bad, proof].map((each) => verifier.verify([1n, 2n], each));
  expect(await Promise.all(verdicts)).toEqual([true, false, true, false, false, true]);
});

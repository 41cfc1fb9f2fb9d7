// The verifier against @noble/curves' pairing, on statements made from known discrete logarithms.
import { describe, expect, jest, test } from "@jest/globals";
import { bn254 } from "@noble/curves/bn254.js";
import { randomBelow } from "../../src/formats/field.ts";
import {
  createVerifier,
  FIELD_ORDER,
  type G1,
  type G2,
  type Groth16Proof,
  type ProvenStatement,
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

type KeyLogarithms = Pick<Logarithms, "alpha" | "beta" | "gamma" | "delta" | "ic">;

function keyFor(signals: number): KeyLogarithms {
  const [alpha, beta, gamma, delta] = Array.from({ length: 4 }, secret) as [bigint, bigint, bigint, bigint];
  return { alpha, beta, gamma, delta, ic: Array.from({ length: signals + 1 }, secret) };
}

/** A statement that holds. */
function good(signals: readonly bigint[], key = keyFor(signals.length)): Logarithms {
  const { alpha, beta, gamma, delta, ic } = key;
  const [a, b] = [secret(), secret()];
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
  const logarithms = good([3n], { ...keyFor(1), ic: [mod(-3n * ic1), ic1] });
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
    const logarithms = good([randomBelow(FIELD_ORDER), 1n], { ...keyFor(2), ic });
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

describe("many at once", () => {
  const key = keyFor(2);
  /** Statements of one key that hold. */
  const goods = (count: number): Logarithms[] =>
    Array.from({ length: count }, () => good([randomBelow(FIELD_ORDER), randomBelow(FIELD_ORDER)], key));
  const provenOf = (logarithms: Logarithms): ProvenStatement => ({
    publicSignals: logarithms.signals,
    proof: proofOf(logarithms),
  });
  const batch = goods(64).map((logarithms) => ({ logarithms, proven: provenOf(logarithms) }));
  const proven = batch.map((each) => each.proven);
  const verifier = createVerifier(keyOf({ ...batch[0]!.logarithms }));
  const findInvalid = async (statements: readonly ProvenStatement[]) =>
    (await verifier).findInvalid(statements);

  test.each([0, 1, 2, 3, 63, 64])("%i good ones are found good", async (count) => {
    expect(await findInvalid(proven.slice(0, count))).toEqual([]);
  });

  test("more than one combination takes them too, and indices go on", async () => {
    const many = [...proven, ...proven.slice(0, 6)];
    expect(await findInvalid(many)).toEqual([]);
    expect(await findInvalid(many.with(66, { ...proven[2]!, publicSignals: [1n, 2n] }))).toEqual([66]);
  });

  test("one bad proof is found in every position", async () => {
    const few = proven.slice(0, 17);
    for (const i of few.keys()) {
      const { logarithms } = batch[i]!;
      const bad = provenOf({ ...logarithms, c: mod(logarithms.c + 1n) });
      expect(await findInvalid(few.with(i, bad))).toEqual([i]);
    }
    for (const i of [0, 31, 32, 63]) {
      expect(
        await findInvalid(proven.with(i, { ...proven[i]!, proof: proven[(i + 1) % 64]!.proof })),
      ).toEqual([i]);
    }
  });

  test("each of a proof's points counts, and each signal", async () => {
    const few = proven.slice(0, 4);
    const { logarithms } = batch[1]!;
    for (const name of ["a", "b", "c"] as const) {
      const bad = provenOf({ ...logarithms, [name]: mod(-logarithms[name]) });
      expect([name, await findInvalid(few.with(1, bad))]).toEqual([name, [1]]);
    }
    for (const signals of [logarithms.signals.with(0, 0n), logarithms.signals.with(1, 0n)]) {
      expect(await findInvalid(few.with(1, { ...few[1]!, publicSignals: signals }))).toEqual([1]);
    }
  });

  test("proofs whose faults cancel each other are both found", async () => {
    const [first, second, third] = batch.map(({ logarithms }) => logarithms) as [
      Logarithms,
      Logarithms,
      Logarithms,
    ];
    const fault = secret();
    // What is too much in one is missing in another: the plain product of the equations holds.
    const bad = [
      provenOf({ ...first, c: mod(first.c + fault) }),
      provenOf(second),
      provenOf({ ...third, c: mod(third.c - fault) }),
    ];
    expect(await findInvalid(bad)).toEqual([0, 2]);
    // The same with what the statements say, and two proofs that have changed places.
    const shifted = [first, second].map(({ signals: [x, y] }, i) => [mod(x! + (i === 0 ? 1n : -1n)), y!]);
    expect(
      await findInvalid(proven.slice(0, 2).map((each, i) => ({ ...each, publicSignals: shifted[i]! }))),
    ).toEqual([0, 1]);
    expect(
      await findInvalid(
        [proven[0]!, proven[1]!].map((each, i) => ({ ...each, proof: proven[1 - i]!.proof })),
      ),
    ).toEqual([0, 1]);
  });

  test("all bad are all found", async () => {
    const bad = proven.slice(0, 9).map((each) => ({ ...each, publicSignals: [5n, 6n] }));
    expect(await findInvalid(bad)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("coefficients are drawn anew each time, after the proofs are fixed", async () => {
    const draws: string[] = [];
    const real = crypto.getRandomValues.bind(crypto);
    const random = jest.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
      const drawn = real(array);
      draws.push(Buffer.from(drawn as unknown as Uint8Array).toString("hex"));
      return drawn;
    });
    await findInvalid(proven.slice(0, 3));
    await findInvalid(proven.slice(0, 3));
    random.mockRestore();
    expect(draws.length).toBeGreaterThanOrEqual(6);
    expect(new Set(draws).size).toBe(draws.length);
  });

  test.each([
    ["too few signals", [1n]],
    ["too many signals", [1n, 2n, 3n]],
    ["a signal of r", [1n, FIELD_ORDER]],
    ["a negative signal", [-1n, 2n]],
  ])("%s anywhere is an error before anything is computed", async (_what, publicSignals) => {
    const random = jest.spyOn(crypto, "getRandomValues");
    await expect(findInvalid([...proven, { ...proven[0]!, publicSignals }])).rejects.toBeInstanceOf(
      RangeError,
    );
    expect(random).not.toHaveBeenCalled();
    random.mockRestore();
  });

  test("a signal that fires ends it", async () => {
    const { findInvalid: find } = await verifier;
    await expect(find(proven, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1);
    const many = Array.from({ length: 40 }, () => proven).flat();
    await expect(find(many, { signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
    expect(await find(proven)).toEqual([]);
  });
});

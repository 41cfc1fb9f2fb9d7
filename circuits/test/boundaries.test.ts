// Soundness (c): values at and beyond every bound, on the templates as keys are made for them (--O2).
import { BALLOT_TAG, L, openOracle, R, randomScalar, rootOf, validBallot } from "../src/soundness.ts";
import { accepted, openComponent, openKeyed } from "./support.ts";

const oracle = await openOracle();
const scalar = await open("subgroup-scalar", "SubgroupScalar()");
const rules4 = await open("ballot-rules", "BallotRules(4)");
const rules16 = await open("ballot-rules", "BallotRules(16)");
const path10 = await open("merkle-root", "MerkleRoot(10)");
const identity = await open("identity", "IdentityCommitment()");
const elgamal = await open("elgamal", "ElGamalEncrypt(80)");
const ballot = await openKeyed("ballot-compact-10");

function open(file: string, component: string) {
  // `--O0`: the assertions are the same, and these compile sooner.
  return openComponent(file, component, { work: "boundaries", optimisation: ["--O0"] });
}

const refusedBy = (template: string) => ({ violation: { template } });

describe("SubgroupScalar", () => {
  test.each([0n, 1n, L - 1n])("accepts %s", async (value) => {
    const attempt = await scalar({ in: value });
    expect(attempt).toMatchObject(accepted);
    if ("witness" in attempt) {
      const bits = attempt.witness.slice(1, 252);
      expect(bits.reduce((sum, bit, i) => sum + (bit << BigInt(i)), 0n)).toBe(value);
    }
  });

  const aliases = Array.from({ length: 7 }, (_, k) => ({
    name: `7 + ${k + 1}l`,
    value: 7n + BigInt(k + 1) * L,
  }));
  const window = R - (2n ** 251n - L);
  test.each([
    { name: "l", value: L },
    { name: "l + 1", value: L + 1n },
    ...aliases,
    { name: "2^251 - 1", value: 2n ** 251n - 1n },
    { name: "2^251", value: 2n ** 251n },
    { name: "r - (2^251 - l), where the gap alone would wrap", value: window },
    { name: "the middle of that range", value: (window + R) / 2n },
    { name: "r - 2", value: R - 2n },
    { name: "r - 1", value: R - 1n },
  ])("refuses $name", async ({ value }) => {
    expect(value).toBeLessThan(R);
    expect(await scalar({ in: value })).toMatchObject(refusedBy("SubgroupScalar"));
  });

  test("refuses 200 random values that are not below l", async () => {
    for (let i = 0; i < 200; i++) {
      const value = L + ((randomScalar() * randomScalar()) % (R - L));
      expect(await scalar({ in: value })).toMatchObject(refusedBy("SubgroupScalar"));
    }
  });
});

/** A score ballot of four counters, all at the middle. */
const score = {
  active: [1, 1, 1, 1],
  maxima: [200, 200, 200, 200],
  minTotal: 0,
  maxTotal: 800,
  quadratic: 0,
  distinct: 0,
  values: [100, 0, 0, 0],
};

describe("BallotRules", () => {
  test.each([
    { name: "0", value: 0n, ok: true },
    { name: "the maximum", value: 200n, ok: true },
    { name: "the maximum + 1", value: 201n, ok: false },
    { name: "-1", value: R - 1n, ok: false },
    { name: "2^8", value: 256n, ok: false },
    { name: "maximum - 2^8, whose gap is 2^8", value: R - 56n, ok: false },
    { name: "2^251", value: 2n ** 251n, ok: false },
  ])("a counter of $name: accepted is $ok", async ({ value, ok }) => {
    const attempt = await rules4({ ...score, values: [value, 0, 0, 0] });
    expect(attempt).toMatchObject(ok ? accepted : refusedBy("BallotRules"));
  });

  test.each([
    [0, 0, 0, true],
    [0, 1, 1, false],
    [299, 300, 310, false],
    [300, 300, 300, true],
    [301, 300, 300, false],
    [301, 300, 301, true],
    [300, 301, 301, false],
    [799, 800, 800, false],
    [800, 800, 800, true],
  ])("a total of %i in [%i, %i]: accepted is %s", async (total, minTotal, maxTotal, ok) => {
    const values = [0, 1, 2, 3].map((i) => Math.min(200, Math.max(0, total - 200 * i)));
    const attempt = await rules4({ ...score, minTotal, maxTotal, values });
    expect(attempt).toMatchObject(ok ? accepted : refusedBy("BallotRules"));
  });

  test("counts squares where the cost is quadratic", async () => {
    const quadratic = { ...score, quadratic: 1, values: [3, 4, 0, 0] };
    expect(await rules4({ ...quadratic, minTotal: 25, maxTotal: 25 })).toMatchObject(accepted);
    expect(await rules4({ ...quadratic, minTotal: 0, maxTotal: 24 })).toMatchObject(refusedBy("BallotRules"));
    expect(await rules4({ ...quadratic, minTotal: 26, maxTotal: 30 })).toMatchObject(
      refusedBy("BallotRules"),
    );
  });

  test("totals that are negative or wrap are refused", async () => {
    expect(await rules4({ ...score, minTotal: 101 })).toMatchObject(refusedBy("BallotRules"));
    expect(await rules4({ ...score, maxTotal: 99 })).toMatchObject(refusedBy("BallotRules"));
    expect(await rules4({ ...score, minTotal: R - 1n })).toMatchObject(accepted);
    expect(await rules4({ ...score, maxTotal: 100 + 2 ** 24 })).toMatchObject(refusedBy("BallotRules"));
  });

  test("an inactive counter must be 0, whatever its maximum", async () => {
    const active = [1, 1, 1, 0];
    expect(await rules4({ ...score, active, values: [1, 0, 0, 0] })).toMatchObject(accepted);
    expect(await rules4({ ...score, active, values: [1, 0, 0, 1] })).toMatchObject(refusedBy("BallotRules"));
  });

  test.each(Array.from({ length: 15 }, (_, i) => i + 2))(
    "Borda with %i options: every ranking, no tie",
    async (n) => {
      const total = (n * (n - 1)) / 2;
      const pad = <T>(items: T[], filler: T): T[] => [...items, ...new Array<T>(16 - n).fill(filler)];
      const ranking = Array.from({ length: n }, (_, i) => (i * 7 + 3) % n);
      // 7 is no unit mod 7 and 14: shift those into a plain rotation.
      const ranks = new Set(ranking).size === n ? ranking : Array.from({ length: n }, (_, i) => (i + 1) % n);
      const borda = {
        active: pad(new Array<number>(n).fill(1), 0),
        maxima: pad(new Array<number>(n).fill(n - 1), 0),
        minTotal: total,
        maxTotal: total,
        quadratic: 0,
        distinct: 1,
        values: pad(ranks, 0),
      };
      expect(await rules16(borda)).toMatchObject(accepted);
      if (n >= 3) {
        // 0, 1, 2 becomes 1, 1, 1: the same total, with ties.
        const tied = ranks.map((rank) => (rank === 0 || rank === 2 ? 1 : rank));
        expect(await rules16({ ...borda, values: pad(tied, 0) })).toMatchObject(refusedBy("BallotRules"));
      } else {
        expect(await rules16({ ...borda, values: pad([1, 1], 0) })).toMatchObject(refusedBy("BallotRules"));
      }
    },
  );
});

describe("MerkleRoot", () => {
  const siblings = Array.from({ length: 10 }, () => randomScalar());

  test("gives the root that circomlibjs gives, at the first, a middle and the last leaf", async () => {
    for (const leafIndex of [0n, 517n, 1023n]) {
      const path = { leaf: 5n, leafIndex, siblings };
      const attempt = await path10(path);
      expect("witness" in attempt && attempt.witness[1]).toBe(rootOf(oracle, path));
    }
  });

  test.each([1024n, R - 1n])("refuses leaf index %s", async (leafIndex) => {
    expect(await path10({ leaf: 5n, leafIndex, siblings })).toMatchObject(refusedBy("MerkleRoot"));
  });

  test("takes exactly ten siblings", async () => {
    await expect(path10({ leaf: 5n, leafIndex: 0, siblings: siblings.slice(1) })).rejects.toThrow(
      "Not enough values",
    );
    await expect(path10({ leaf: 5n, leafIndex: 0, siblings: [...siblings, 1n] })).rejects.toThrow(
      "Too many values",
    );
  });
});

describe("ElGamalEncrypt", () => {
  const publicKey = oracle.multiply(oracle.base8, randomScalar());

  test.each([0n, 1n, 2n ** 80n - 1n])("encrypts %s as circomlibjs does", async (message) => {
    for (const nonce of [1n, L - 1n, randomScalar()]) {
      const attempt = await elgamal({ publicKey, nonce, message });
      if (!("witness" in attempt)) throw new Error("refused");
      const c1 = oracle.multiply(oracle.base8, nonce);
      const c2 = oracle.add(oracle.multiply(publicKey, nonce), oracle.multiply(oracle.base8, message));
      expect(attempt.witness.slice(1, 5)).toEqual([...c1, ...c2]);
    }
  });

  test.each([2n ** 80n, R - 1n])("refuses message %s", async (message) => {
    expect(await elgamal({ publicKey, nonce: 5n, message })).toMatchObject(refusedBy("ElGamalEncrypt"));
  });

  test.each([2n ** 251n, R - 1n])("refuses nonce %s", async (nonce) => {
    expect(await elgamal({ publicKey, nonce, message: 5n })).toMatchObject(refusedBy("ElGamalEncrypt"));
  });
});

// docs/design/circuits.md, "Incomplete additions": the running sum of EscalarMulFix starts at 2·8^83 and meets
// the opposite of its last term for one scalar only, up to the two bits of the second segment.
describe("the scalar whose running sum meets its opposite", () => {
  const exceptional = L - 2n * 8n ** 83n - (8n ** 83n - 1n) / 7n;
  const publicKey = oracle.multiply(oracle.base8, randomScalar());

  test.each([0n, 1n, 2n, 3n])("is refused as a secret and as a nonce, plus %s·2^249", async (c) => {
    const e = exceptional + c * 2n ** 249n;
    expect(e).toBeGreaterThan(0n);
    if (e < L) expect(await identity({ secret: e })).toMatchObject(refusedBy("IdentityCommitment"));
    expect(await elgamal({ publicKey, nonce: e, message: 5n })).toMatchObject(refusedBy("ElGamalEncrypt"));
    for (const beside of [e - 1n, e + 1n]) {
      expect(await elgamal({ publicKey, nonce: beside, message: 5n })).toMatchObject(accepted);
    }
  });
});

describe("Ballot", () => {
  test("outputs nullifier and ciphertexts as circomlibjs gives them", async () => {
    const inputs = validBallot(oracle, 10);
    const attempt = await ballot(inputs);
    if (!("witness" in attempt)) throw new Error("refused");
    const [nonce] = inputs.nonces as readonly bigint[];
    const packed = 1n + (1n << 24n);
    const publicKey = inputs.publicKey as readonly [bigint, bigint];
    expect(attempt.witness.slice(1, 6)).toEqual([
      oracle.poseidon([BALLOT_TAG, inputs.pollId as bigint, inputs.secret as bigint]),
      ...oracle.multiply(oracle.base8, nonce!),
      ...oracle.add(oracle.multiply(publicKey, nonce!), oracle.multiply(oracle.base8, packed)),
    ]);
  });

  test.each([
    { revision: 0n, ok: true },
    { revision: 65535n, ok: true },
    { revision: 65536n, ok: false },
    { revision: R - 1n, ok: false },
  ])("revision $revision: accepted is $ok", async ({ revision, ok }) => {
    const attempt = await ballot({ ...validBallot(oracle, 10), revision });
    expect(attempt).toMatchObject(ok ? accepted : refusedBy("Ballot"));
  });

  test("refuses s + l, which has the same public key and another nullifier", async () => {
    const inputs = validBallot(oracle, 10);
    const secret = (inputs.secret as bigint) + L;
    expect(await ballot({ ...inputs, secret })).toMatchObject(refusedBy("SubgroupScalar"));
  });

  test("refuses a member of the zero leaf, whose commitment nobody can open", async () => {
    const inputs = validBallot(oracle, 10);
    const siblings = inputs.siblings as readonly bigint[];
    const leafIndex = inputs.leafIndex as bigint;
    const root = rootOf(oracle, { leaf: 0n, leafIndex, siblings });
    expect(await ballot({ ...inputs, rollRoot: root })).toMatchObject(refusedBy("Ballot"));
    expect(await ballot({ ...inputs, rollRoot: root, secret: 0n })).toMatchObject(refusedBy("Ballot"));
  });

  test("refuses an inner node as a leaf, and a path of another depth", async () => {
    const inputs = validBallot(oracle, 10);
    const siblings = inputs.siblings as readonly bigint[];
    const shorter = { ...inputs, siblings: siblings.slice(1) };
    await expect(ballot(shorter)).rejects.toThrow("Not enough values");
    // A ballot that is good in a tree of depth 9, whose root stands as the left child of nothing.
    const nine = validBallot(oracle, 9);
    const other = { ...nine, siblings: [...(nine.siblings as bigint[]), 0n] };
    expect(await ballot(other)).toMatchObject(refusedBy("Ballot"));
    const wrapped = oracle.poseidon([nine.rollRoot as bigint, 0n]);
    expect(await ballot({ ...other, rollRoot: wrapped })).toMatchObject(accepted);
  });

  test("refuses another leaf index, another sibling, another root", async () => {
    const inputs = validBallot(oracle, 10);
    const siblings = inputs.siblings as readonly bigint[];
    const changed = [siblings[0]! + 1n, ...siblings.slice(1)];
    expect(await ballot({ ...inputs, leafIndex: (inputs.leafIndex as bigint) ^ 1n })).toMatchObject(
      refusedBy("Ballot"),
    );
    expect(await ballot({ ...inputs, siblings: changed })).toMatchObject(refusedBy("Ballot"));
    expect(await ballot({ ...inputs, rollRoot: (inputs.rollRoot as bigint) + 1n })).toMatchObject(
      refusedBy("Ballot"),
    );
  });
});

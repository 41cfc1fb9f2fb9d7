// Soundness (c) of claims of hours: values at and beyond every bound, each refused at its own source line.
import {
  type Credit,
  type CreditSlot,
  claimOf,
  creditLeaf,
  emptySlot,
  HOURS_TAG,
  type HoursInputs,
  INNER_TAG,
  L,
  ledgerOf,
  lineOf,
  member,
  openOracle,
  ownCredits,
  R,
  RULES,
  randomScalar,
  rootOf,
  slotOf,
  sparseTree,
  validClaim,
} from "../src/soundness.ts";
import { accepted, openComponent, openKeyed } from "./support.ts";

const DEPTH = 20;
const WORK = "hours-boundaries";
const oracle = await openOracle();
// `--O0`: the assertions are the same, and these compile sooner.
const O0 = ["--O0"];
const credit = await openComponent("credit", `Credit(${DEPTH})`, { work: WORK, optimisation: O0 });
const hours1 = await openKeyed("hours-1", "keys/artifacts/hours");
const hours4 = await openKeyed("hours-4", "keys/artifacts/hours");

const LINES = {
  boolean: ["credit.circom", "enabled * (1 - enabled) ==="],
  tooLittle: ["credit.circom", "aboveMin.in <=="],
  tooMuch: ["credit.circom", "belowMax.in <=="],
  tooEarly: ["credit.circom", "afterFirst.in <=="],
  tooLate: ["credit.circom", "beforeLast.in <=="],
  category: ["credit.circom", "restricted * (creditCategory - category) ==="],
  ledger: ["credit.circom", "enabled * (tree.root - ledgerRoot) ==="],
  position: ["merkle-root.circom", "position.in <=="],
  prefix: ["hours.circom", "enabled[s + 1] * (1 - enabled[s]) ==="],
  order: ["hours.circom", "later[s].in <=="],
  sum: ["hours.circom", "reached.in <=="],
  roll: ["hours.circom", "rollRoot === tree.root"],
  secret: ["subgroup-scalar.circom", "bits.in <=="],
  subgroup: ["subgroup-scalar.circom", "gap.in <=="],
} as const;

/** `accepted`, or the line that a refusal must come from. */
type Verdict = keyof typeof LINES | "accepted";
async function expected(verdict: Verdict) {
  if (verdict === "accepted") return accepted;
  const [file, text] = LINES[verdict];
  return { violation: { file, line: await lineOf(file, text) } };
}

const TOP = 2n ** 24n - 1n;

describe("Credit", () => {
  const { commitment } = member(oracle, DEPTH);
  const [own] = ownCredits(commitment, 1) as [Credit];
  const { threshold: _, ...rules } = RULES;
  const quarter = [rules.firstPeriod, rules.lastPeriod] as const;

  /** Inputs of a slot; the ledger holds `held` (the slot's own credit unless told) at the credit's index. */
  function inputs(change: Partial<Credit> = {}, held?: Partial<Credit>) {
    const claimed = { ...own, ...change };
    const ledger = ledgerOf(oracle, DEPTH, [held === undefined ? claimed : { ...own, ...held }]);
    return creditInputs(slotOf(ledger, claimed), ledger.root);
  }

  function creditInputs({ index, category: creditCategory, ...slot }: CreditSlot, ledgerRoot: bigint) {
    return { ...rules, ...slot, ledgerRoot, commitment, creditCategory, leafIndex: index };
  }

  test.each<{ amount: bigint; maxAmount: bigint; is: Verdict }>([
    { amount: 0n, maxAmount: rules.maxAmount, is: "tooLittle" },
    { amount: 1n, maxAmount: rules.maxAmount, is: "accepted" },
    { amount: rules.maxAmount, maxAmount: rules.maxAmount, is: "accepted" },
    { amount: rules.maxAmount + 1n, maxAmount: rules.maxAmount, is: "tooMuch" },
    { amount: R - 1n, maxAmount: rules.maxAmount, is: "tooLittle" },
    { amount: TOP, maxAmount: rules.maxAmount, is: "tooMuch" },
    { amount: TOP, maxAmount: TOP, is: "accepted" },
    { amount: TOP + 1n, maxAmount: TOP, is: "tooMuch" },
    { amount: TOP + 2n, maxAmount: TOP, is: "tooLittle" },
    { amount: rules.maxAmount + 1n - 2n ** 24n + R, maxAmount: rules.maxAmount, is: "tooLittle" },
    { amount: 1n, maxAmount: 0n, is: "tooMuch" },
    { amount: 0n, maxAmount: 0n, is: "tooLittle" },
    { amount: 1n, maxAmount: 1n, is: "accepted" },
  ])("an amount of $amount, at most $maxAmount: $is", async ({ amount, maxAmount, is }) => {
    const claim = { ...inputs({ amount }), maxAmount };
    expect(await credit(claim)).toMatchObject(await expected(is));
  });

  test.each<{ period: bigint; range: readonly [bigint, bigint]; is: Verdict }>([
    { period: rules.firstPeriod - 1n, range: quarter, is: "tooEarly" },
    { period: rules.firstPeriod, range: quarter, is: "accepted" },
    { period: rules.lastPeriod, range: quarter, is: "accepted" },
    { period: rules.lastPeriod + 1n, range: quarter, is: "tooLate" },
    { period: 0n, range: quarter, is: "tooEarly" },
    { period: R - 1n, range: quarter, is: "tooEarly" },
    { period: 0n, range: [0n, 0n], is: "accepted" },
    { period: R - 1n, range: [0n, TOP], is: "tooEarly" },
    { period: TOP, range: [1n, TOP], is: "accepted" },
    { period: TOP + 1n, range: [1n, TOP], is: "tooLate" },
    { period: TOP + 1n, range: [2n, TOP], is: "tooLate" },
    { period: 2n ** 24n + 1n, range: [1n, TOP], is: "tooEarly" },
    { period: 7n, range: [7n, 7n], is: "accepted" },
    { period: 7n, range: [8n, 6n], is: "tooEarly" },
    { period: 8n, range: [8n, 7n], is: "tooLate" },
  ])("period $period in $range: $is", async ({ period, range, is }) => {
    const [firstPeriod, lastPeriod] = range;
    const claim = { ...inputs({ period }), firstPeriod, lastPeriod };
    expect(await credit(claim)).toMatchObject(await expected(is));
  });

  test.each<{ enabled: bigint; is: Verdict }>([
    { enabled: 2n, is: "boolean" },
    { enabled: R - 1n, is: "boolean" },
    { enabled: (R + 1n) / 2n, is: "boolean" },
  ])("enabled as $enabled: $is", async ({ enabled, is }) => {
    expect(await credit({ ...inputs(), enabled })).toMatchObject(await expected(is));
  });

  test.each<{ category: bigint; of: bigint; is: Verdict }>([
    { category: rules.category, of: rules.category, is: "accepted" },
    { category: rules.category, of: rules.category + 1n, is: "category" },
    { category: rules.category, of: 0n, is: "category" },
    { category: 0n, of: rules.category, is: "accepted" },
    { category: 0n, of: R - 1n, is: "accepted" },
  ])("a claim of category $category with a credit of $of: $is", async ({ category, of, is }) => {
    expect(await credit({ ...inputs({ category: of }), category })).toMatchObject(await expected(is));
  });

  test("a category that is not the credit's own is refused", async () => {
    expect(await credit(inputs({}, { category: rules.category + 1n }))).toMatchObject(
      await expected("ledger"),
    );
  });

  test.each<{ name: string; held: Partial<Credit> }>([
    { name: "another member's", held: { commitment: randomScalar() } },
    { name: "of another amount", held: { amount: own.amount - 1n } },
    { name: "of another period", held: { period: own.period + 1n } },
    { name: "of another salt", held: { salt: own.salt + 1n } },
    { name: "elsewhere in the ledger", held: { index: own.index + 1n } },
  ])("a credit $name is refused", async ({ held }) => {
    expect(await credit(inputs({}, held))).toMatchObject(await expected("ledger"));
  });

  test("a revoked credit, whose leaf is zero, is refused", async () => {
    const ledger = sparseTree(oracle, DEPTH, new Map([[own.index, 0n]]));
    const revoked = creditInputs(slotOf(ledger, own), ledger.root);
    expect(await credit(revoked)).toMatchObject(await expected("ledger"));
  });

  test("an inner hash that stands as a leaf is no credit", async () => {
    const inner = oracle.poseidon([INNER_TAG, commitment, own.amount, own.salt]);
    const ledger = sparseTree(oracle, DEPTH, new Map([[own.index, inner]]));
    expect(await credit(creditInputs(slotOf(ledger, own), ledger.root))).toMatchObject(
      await expected("ledger"),
    );
  });

  test("another root, another sibling, another position are refused", async () => {
    const valid = inputs();
    const [first, ...rest] = valid.siblings as [bigint, ...bigint[]];
    for (const change of [
      { ledgerRoot: valid.ledgerRoot + 1n },
      { siblings: [first + 1n, ...rest] },
      { leafIndex: 1n },
    ]) {
      expect(await credit({ ...valid, ...change })).toMatchObject(await expected("ledger"));
    }
  });

  test.each([2n ** 20n, 2n ** 20n + 5n, R - 1n, R - 2n ** 20n])("position %s is refused", async (index) => {
    for (const enabled of [1n, 0n]) {
      const slot = { ...slotOf(sparseTree(oracle, DEPTH, new Map()), { ...own, index }), enabled };
      const claim = creditInputs(enabled === 0n ? { ...slot, amount: 0n } : slot, 1n);
      expect(await credit(claim)).toMatchObject(await expected("position"));
    }
  });

  test("an inner node is no leaf, and takes a path of its own depth", async () => {
    const valid = inputs();
    await expect(credit({ ...valid, siblings: valid.siblings.slice(1) })).rejects.toThrow(
      "Not enough values",
    );
    // The credit's leaf as a node of level 1: what a shorter path would prove.
    const leaf = creditLeaf(oracle, own);
    const above = Array.from({ length: DEPTH - 1 }, () => randomScalar());
    const ledgerRoot = rootOf(oracle, { leaf, leafIndex: 0n, siblings: above });
    for (const siblings of [
      [0n, ...above],
      [...above, 0n],
    ]) {
      expect(await credit({ ...valid, siblings, ledgerRoot })).toMatchObject(await expected("ledger"));
    }
    const wrapped = oracle.poseidon([ledgerRoot, 0n]);
    expect(await credit({ ...valid, siblings: [...above, 0n], ledgerRoot: wrapped })).toMatchObject(accepted);
  });

  describe("disabled", () => {
    const siblings = Array.from({ length: DEPTH }, () => randomScalar());
    const garbage: CreditSlot = {
      ...{ enabled: 0n, amount: 0n, salt: R - 1n, period: R - 2n, category: R - 3n },
      ...{ index: 2n ** 20n - 1n, siblings },
    };

    test("may hold anything but an amount", async () => {
      expect(await credit(creditInputs(garbage, 1n))).toMatchObject(accepted);
    });

    test.each<{ amount: bigint; is: Verdict }>([
      { amount: 1n, is: "tooMuch" },
      { amount: rules.maxAmount, is: "tooMuch" },
      { amount: R - 1n, is: "tooLittle" },
      { amount: TOP + 1n, is: "tooLittle" },
    ])("with an amount of $amount is refused: $is", async ({ amount, is }) => {
      expect(await credit(creditInputs({ ...garbage, amount }, 1n))).toMatchObject(await expected(is));
    });
  });
});

describe("Hours with one slot", () => {
  const valid = validClaim(oracle, { depth: DEPTH, slots: 1 });

  test("has the public signals in the order of the specification", async () => {
    const attempt = await hours1(valid);
    if (!("witness" in attempt)) throw new Error("refused");
    const { rollRoot, ledgerRoot, claimScope, firstPeriod, lastPeriod, category, maxAmount, threshold } =
      valid;
    const nullifier = oracle.poseidon([HOURS_TAG, claimScope, valid.secret]);
    expect(attempt.witness.slice(1, 10)).toEqual([
      nullifier,
      ...[rollRoot, ledgerRoot, claimScope, firstPeriod, lastPeriod, category, maxAmount, threshold],
    ]);
  });

  test("gives another nullifier for another scope", async () => {
    const claimScope = valid.claimScope + 1n;
    const attempt = await hours1({ ...valid, claimScope });
    if (!("witness" in attempt)) throw new Error("refused");
    expect(attempt.witness[1]).toBe(oracle.poseidon([HOURS_TAG, claimScope, valid.secret]));
  });

  const window = R - (2n ** 251n - L);
  test.each<{ name: string; secret: bigint; is: Verdict }>([
    { name: "1", secret: 1n, is: "accepted" },
    { name: "l - 1", secret: L - 1n, is: "accepted" },
    { name: "l + 7, with the public key of 7", secret: L + 7n, is: "subgroup" },
    ...[2n, 3n, 4n, 5n, 6n, 7n].map(
      (k) => ({ name: `${k}l + 7`, secret: k * L + 7n, is: "secret" }) as const,
    ),
    { name: "r - (2^251 - l), where the gap alone would wrap", secret: window, is: "secret" },
    { name: "r - 1", secret: R - 1n, is: "secret" },
  ])("secret $name: $is", async ({ secret, is }) => {
    expect(secret).toBeLessThan(R);
    const { inputs, commitment } = member(oracle, DEPTH, secret % L);
    const credits = ownCredits(commitment, 1);
    const ledger = ledgerOf(oracle, DEPTH, credits);
    const rules = { ...RULES, threshold: 600n };
    const claim = claimOf(inputs, { rules, ledger, slots: credits.map((own) => slotOf(ledger, own)) });
    expect(await hours1({ ...claim, secret })).toMatchObject(await expected(is));
  });

  test("refuses l, whose public key is the identity", async () => {
    expect(await hours1({ ...valid, secret: L })).toMatchObject(await expected("subgroup"));
  });

  test("refuses another roll, position or sibling, and the zero leaf", async () => {
    const { siblings, leafIndex } = valid;
    const zero = rootOf(oracle, { leaf: 0n, leafIndex, siblings });
    for (const change of [
      { rollRoot: valid.rollRoot + 1n },
      { leafIndex: leafIndex ^ 1n },
      { siblings: [siblings[0]! + 1n, ...siblings.slice(1)] },
      { rollRoot: zero },
      { rollRoot: zero, secret: 0n },
    ]) {
      expect(await hours1({ ...valid, ...change })).toMatchObject(await expected("roll"));
    }
  });

  test("refuses an inner node of the roll as a member, and a path of another depth", async () => {
    const commitment = oracle.poseidon(oracle.multiply(oracle.base8, valid.secret));
    const above = valid.siblings.slice(1);
    const rollRoot = rootOf(oracle, { leaf: commitment, leafIndex: 0n, siblings: above });
    const shorter = { ...valid, rollRoot, leafIndex: 0n };
    await expect(hours1({ ...shorter, siblings: above })).rejects.toThrow("Not enough values");
    for (const siblings of [
      [0n, ...above],
      [...above, 0n],
    ]) {
      expect(await hours1({ ...shorter, siblings })).toMatchObject(await expected("roll"));
    }
    const wrapped = oracle.poseidon([rollRoot, 0n]);
    expect(await hours1({ ...shorter, siblings: [...above, 0n], rollRoot: wrapped })).toMatchObject(accepted);
  });

  test.each<{ threshold: bigint; is: Verdict }>([
    { threshold: 0n, is: "accepted" },
    { threshold: 599n, is: "accepted" },
    { threshold: 600n, is: "accepted" },
    { threshold: 601n, is: "sum" },
    { threshold: 2n ** 26n - 1n, is: "sum" },
    { threshold: 2n ** 26n, is: "sum" },
    { threshold: R - 2n ** 26n, is: "sum" },
  ])("600 minutes for a threshold of $threshold: $is", async ({ threshold, is }) => {
    expect(await hours1({ ...valid, threshold })).toMatchObject(await expected(is));
  });
});

describe("Hours with four slots", () => {
  const self = member(oracle, DEPTH);
  const credits = ownCredits(self.commitment, 4);
  const foreign: Credit = { ...credits[3]!, commitment: randomScalar(), index: 4n };
  const ledger = ledgerOf(oracle, DEPTH, [...credits, foreign]);
  const [a, b, c, d] = credits.map((own) => slotOf(ledger, own)) as [
    CreditSlot,
    CreditSlot,
    CreditSlot,
    CreditSlot,
  ];
  const off = emptySlot(DEPTH);

  function claim(slots: readonly CreditSlot[], threshold = RULES.threshold): HoursInputs {
    return claimOf(self.inputs, { rules: { ...RULES, threshold }, ledger, slots });
  }

  const last = { ...off, index: 2n ** 20n - 1n };
  const shifted = { ...a, index: 1n };

  test.each<{ name: string; slots: readonly CreditSlot[]; is: Verdict }>([
    { name: "four credits in order", slots: [a, b, c, d], is: "accepted" },
    { name: "two credits, then nothing", slots: [a, c, off, off], is: "accepted" },
    {
      name: "nothing after them at any position",
      slots: [a, c, last, { ...last, index: 0n }],
      is: "accepted",
    },
    { name: "one credit twice", slots: [a, a, off, off], is: "order" },
    { name: "one credit four times", slots: [a, a, a, a], is: "order" },
    { name: "the last two alike", slots: [a, b, c, c], is: "order" },
    { name: "one credit around a disabled slot", slots: [a, off, a, off], is: "prefix" },
    { name: "one credit around two disabled slots", slots: [a, off, off, a], is: "prefix" },
    { name: "one credit around a disabled slot of a later position", slots: [b, last, b, off], is: "prefix" },
    { name: "one credit around a disabled slot of its own", slots: [b, disabled(b), b, off], is: "prefix" },
    { name: "a first slot left out", slots: [off, a, b, c], is: "prefix" },
    { name: "a last slot alone", slots: [off, off, off, d], is: "prefix" },
    { name: "decreasing positions", slots: [b, a, off, off], is: "order" },
    { name: "decreasing by one at the end", slots: [a, b, d, c], is: "order" },
    { name: "a, b, a", slots: [a, b, a, off], is: "order" },
    { name: "the same credit at position + 2^20", slots: [a, alias(a, 2n ** 20n), off, off], is: "position" },
    {
      name: "the same credit at position - 2^20",
      slots: [alias(a, R - 2n ** 20n), a, off, off],
      is: "position",
    },
    { name: "the same credit said to lie elsewhere", slots: [a, shifted, off, off], is: "ledger" },
    { name: "a slot that counts twice", slots: [a, { ...b, enabled: 2n }, off, off], is: "boolean" },
    { name: "half a slot and another", slots: [{ ...a, enabled: (R + 1n) / 2n }, b, c, d], is: "boolean" },
    { name: "a slot of minus one", slots: [a, b, { ...c, enabled: R - 1n }, off], is: "boolean" },
    {
      name: "another member's credit among one's own",
      slots: [a, b, c, slotOf(ledger, foreign)],
      is: "ledger",
    },
    {
      name: "a credit that is not in the ledger",
      slots: [a, b, { ...c, salt: c.salt + 1n }, off],
      is: "ledger",
    },
    { name: "an amount in a disabled slot", slots: [a, b, { ...off, amount: 600n }, off], is: "tooMuch" },
  ])("$name: $is", async ({ slots, is }) => {
    expect(await hours4(claim(slots))).toMatchObject(await expected(is));
  });

  test("a credit revoked since is refused, the others count on", async () => {
    const revoked = ledgerOf(oracle, DEPTH, credits.slice(1));
    const slots = credits.map((own) => slotOf(revoked, own));
    const rest = { rules: RULES, ledger: revoked };
    expect(await hours4(claimOf(self.inputs, { ...rest, slots }))).toMatchObject(await expected("ledger"));
    const good = { ...rest, slots: [...slots.slice(1), off] };
    expect(await hours4(claimOf(self.inputs, good))).toMatchObject(accepted);
  });

  test.each<{ threshold: bigint; is: Verdict }>([
    { threshold: 1n, is: "accepted" },
    { threshold: 1_799n, is: "accepted" },
    { threshold: 1_800n, is: "accepted" },
    { threshold: 1_801n, is: "sum" },
  ])("three times 600 minutes for a threshold of $threshold: $is", async ({ threshold, is }) => {
    expect(await hours4(claim([a, b, c, off], threshold))).toMatchObject(await expected(is));
  });

  test.each<{ amounts: readonly bigint[]; threshold: bigint; is: Verdict }>([
    { amounts: [TOP, TOP, TOP, TOP], threshold: 1n, is: "accepted" },
    { amounts: [TOP, TOP, TOP, TOP], threshold: 2n ** 26n - 4n, is: "accepted" },
    { amounts: [TOP, TOP, TOP, TOP], threshold: 2n ** 26n - 3n, is: "sum" },
    { amounts: [TOP, TOP, TOP, TOP], threshold: 2n ** 26n - 1n, is: "sum" },
    { amounts: [1n, 1n, 1n, 1n], threshold: 2n ** 26n - 1n, is: "sum" },
    { amounts: [1n, 1n, 1n, R - 1n], threshold: 2n, is: "tooLittle" },
  ])("amounts $amounts for a threshold of $threshold: $is", async ({ amounts, threshold, is }) => {
    const large = credits.map((own, i) => ({ ...own, amount: amounts[i]! }));
    const held = ledgerOf(oracle, DEPTH, large);
    const rules = { ...RULES, maxAmount: TOP, threshold };
    const slots = large.map((own) => slotOf(held, own));
    expect(await hours4(claimOf(self.inputs, { rules, ledger: held, slots }))).toMatchObject(
      await expected(is),
    );
  });
});

/** A disabled slot that holds all of a credit but its amount. */
function disabled(slot: CreditSlot): CreditSlot {
  return { ...slot, enabled: 0n, amount: 0n };
}

/** A slot at its position and some more, in the field. */
function alias(slot: CreditSlot, more: bigint): CreditSlot {
  return { ...slot, index: (slot.index + more) % R };
}

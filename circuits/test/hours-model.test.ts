// Soundness (d): 1,000 random policies and claims agree with the plain model of the rules.
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { brokenClaimRule, type ClaimRules, type ClaimSlot } from "../../prover/src/reference/hours-rules.ts";
import { claimOf, ledgerOf, member, openOracle, R, randomScalar, rootOf } from "../src/soundness.ts";
import { openComponent } from "./support.ts";

const CASES = 1000;
const DEPTH = 2;
const POSITIONS = 2 ** DEPTH;
const SLOTS = 3;

const oracle = await openOracle();
// Multiplication takes nine tenths of a witness and no part in the rules: here a commitment is the secret itself.
const IDENTITY = `pragma circom 2.1.6;
template IdentityCommitment() {
    signal input secret;
    signal output commitment;
    commitment <== secret;
}
`;
const circuit = await openComponent("hours", `Hours(${DEPTH}, ${SLOTS})`, {
  work: "hours-model",
  optimisation: ["--O0"],
  stubs: { "identity.circom": IDENTITY },
});
const self = stubbedMember();
const other = stubbedMember();
const salts = Array.from({ length: POSITIONS }, () => randomScalar() >> 3n);

function stubbedMember() {
  const { inputs } = member(oracle, DEPTH);
  const { secret, leafIndex, siblings } = inputs;
  const rollRoot = rootOf(oracle, { leaf: secret, leafIndex, siblings });
  return { inputs: { ...inputs, rollRoot }, commitment: secret };
}

interface Entry {
  readonly own: boolean;
  readonly amount: number;
  readonly period: number;
  readonly category: number;
}
type Slot = Omit<ClaimSlot, "inLedger">;

const ledger = fc.array(
  fc.record({
    own: fc.integer({ min: 0, max: 7 }).map((n) => n > 0),
    // A registry takes no look at amounts: a ledger may hold 0.
    amount: fc.integer({ min: 0, max: 30 }),
    period: fc.integer({ min: 1, max: 4 }),
    category: fc.integer({ min: 1, max: 2 }),
  }),
  { minLength: POSITIONS, maxLength: POSITIONS },
);

/** One thing that a cheat may change in a slot; `i` is the slot's own number. */
const TRICKS: readonly ((slots: Slot[], i: number) => void)[] = [
  (slots, i) => change(slots, i, { amount: slots[i]!.amount + 1 }),
  (slots, i) => change(slots, i, { amount: -slots[i]!.amount }),
  (slots, i) => change(slots, i, { amount: 0 }),
  (slots, i) => change(slots, i, { enabled: 1 - slots[i]!.enabled }),
  (slots, i) => change(slots, i, { enabled: 2 }),
  (slots, i) => change(slots, i, { enabled: 0, amount: 0 }),
  (slots, i) => change(slots, i, { index: POSITIONS }),
  (slots, i) => change(slots, i, { index: (slots[i]!.index + 1) % POSITIONS }),
  (slots, i) => change(slots, i, { period: slots[i]!.period + 1 }),
  (slots, i) => change(slots, i, { category: slots[i]!.category + 1 }),
  // The same credit once more, or another order: mostly something else is wrong as well, so they come oftener.
  ...Array.from({ length: 4 }, () => (slots: Slot[], i: number) => change(slots, i, slots[(i + 1) % SLOTS]!)),
  ...Array.from({ length: 4 }, () => (slots: Slot[], i: number) => {
    slots.push(...slots.splice(i, 1));
  }),
];

function change(slots: Slot[], i: number, values: Partial<Slot>): void {
  slots[i] = { ...slots[i]!, ...values };
}

/** A policy, a ledger, and a claim that is honest but for perhaps one trick and a threshold out of reach. */
const attempts = fc
  .record({
    ledger,
    // Weighted towards policies that count something.
    first: fc.constantFrom(1, 1, 1, 2, 3),
    periods: fc.constantFrom(-1, 0, 1, 2, 3, 3, 3),
    category: fc.constantFrom(0, 0, 0, 1, 2),
    maxAmount: fc.integer({ min: 20, max: 30 }),
    careless: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    count: fc.constantFrom(0, 1, 2, 2, SLOTS, SLOTS, SLOTS),
    trick: fc.option(fc.nat({ max: TRICKS.length - 1 }), { freq: 2 }),
    at: fc.nat({ max: SLOTS - 1 }),
    slack: fc.integer({ min: -3, max: 1 }),
  })
  .map(({ ledger: entries, first, periods, category, maxAmount, ...how }) => {
    const lastPeriod = first + periods;
    const counts = ({ own, amount, period, category: its }: Entry): boolean =>
      own &&
      amount >= 1 &&
      amount <= maxAmount &&
      period >= first &&
      period <= lastPeriod &&
      (category === 0 || its === category);
    const eligible = entries.flatMap((entry, index) =>
      how.careless || counts(entry) ? [{ entry, index }] : [],
    );
    const slots: Slot[] = eligible
      .slice(0, how.count)
      .map(({ entry: { amount, period, category: its }, index }) => ({
        enabled: 1,
        amount,
        period,
        category: its,
        index,
      }));
    // A disabled slot may hold anything but an amount.
    while (slots.length < SLOTS) slots.push({ enabled: 0, amount: 0, period: 7, category: 9, index: how.at });
    if (how.trick !== null) TRICKS[how.trick]!(slots, how.at);
    const sum = slots.reduce((total, { enabled, amount }) => total + (enabled === 1 ? amount : 0), 0);
    const threshold = Math.max(1, sum + how.slack);
    const rules: ClaimRules = { firstPeriod: first, lastPeriod, category, maxAmount, threshold };
    return { rules, entries, slots };
  });

function inputsOf(rules: ClaimRules, entries: readonly Entry[], slots: readonly Slot[]) {
  const tree = ledgerOf(
    oracle,
    DEPTH,
    entries.map(({ own, ...credit }, i) => ({
      commitment: (own ? self : other).commitment,
      amount: BigInt(credit.amount),
      period: BigInt(credit.period),
      category: BigInt(credit.category),
      salt: salts[i]!,
      index: BigInt(i),
    })),
  );
  return claimOf(self.inputs, {
    rules: {
      firstPeriod: BigInt(rules.firstPeriod),
      lastPeriod: BigInt(rules.lastPeriod),
      category: BigInt(rules.category),
      maxAmount: BigInt(rules.maxAmount),
      threshold: BigInt(rules.threshold),
    },
    ledger: tree,
    slots: slots.map(({ enabled, amount, period, category, index }) => ({
      enabled: BigInt(enabled),
      amount: (BigInt(amount) + R) % R,
      salt: salts[index % POSITIONS]!,
      period: BigInt(period),
      category: BigInt(category),
      index: BigInt(index),
      siblings: tree.siblings(BigInt(index)),
    })),
  });
}

test("Hours accepts exactly what the model accepts", async () => {
  const seed = randomBytes(4).readInt32LE();
  let good = 0;
  const refusals = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(attempts, async ({ rules, entries, slots }) => {
      const judged = slots.map((slot) => {
        const entry = entries[slot.index];
        const { amount, period, category } = slot;
        const inLedger =
          entry?.own === true &&
          entry.amount === amount &&
          entry.period === period &&
          entry.category === category;
        return { ...slot, inLedger };
      });
      const broken = brokenClaimRule(rules, judged, POSITIONS);
      if (broken === null) good++;
      else refusals.set(broken, (refusals.get(broken) ?? 0) + 1);
      const attempt = await circuit(inputsOf(rules, entries, slots));
      expect({ accepted: "witness" in attempt }).toEqual({ accepted: broken === null });
    }),
    { numRuns: CASES, seed, verbose: 1 },
  );
  // Neither side of the property may be starved, nor any rule.
  expect(good).toBeGreaterThan(CASES / 10);
  expect(good).toBeLessThan(CASES - CASES / 10);
  expect([...refusals.keys()].sort()).toEqual([
    "a disabled slot counts something",
    "a slot after a disabled one",
    "amount out of range",
    "another category",
    "below the threshold",
    "neither enabled nor disabled",
    "no such position",
    "not in the ledger",
    "period out of range",
    "positions do not increase",
  ]);
}, 180_000);

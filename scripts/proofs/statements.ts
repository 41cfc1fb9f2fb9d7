// Statements that hold, of every circuit, each decided by its name: members at random places of random trees, who vote
// under random rules, claim random credits, and sign in. Hashes and points are circomlibjs', not ours.
import {
  type CircuitInputs,
  type Credit,
  emptySlot,
  ledgerOf,
  type Oracle,
  rootOf,
  slotInputs,
  slotOf,
} from "@commune-zk/circuits/soundness";
import {
  CIRCUITS,
  type CircuitName,
  HOURS_CIRCUITS,
  type HoursCircuitName,
  LEDGER_DEPTH,
} from "@commune-zk/prover";
import { type Draws, drawsOf } from "./draws.ts";

/** Depths of the Semaphore circuit that are proven. */
export const SEMAPHORE_DEPTHS = [10, 20] as const;

const COUNTERS = 4;

/** Inputs of a ballot that obeys its rules. */
export function ballotInputs(oracle: Oracle, circuit: CircuitName, name: string): CircuitInputs {
  const draws = drawsOf(name);
  const { slots, depth } = CIRCUITS[circuit];
  const perSlot = 1 + draws.below(COUNTERS);
  const options = 1 + draws.below(perSlot * slots);
  const places = Array.from(
    { length: options },
    (_, i) => Math.floor(i / perSlot) * COUNTERS + (i % perSlot),
  );
  const spread = (values: readonly number[]): bigint[] => {
    const counters = new Array<bigint>(COUNTERS * slots).fill(0n);
    for (const [i, place] of places.entries()) counters[place] = BigInt(values[i]!);
    return counters;
  };
  const { votes, maxima, minTotal, maxTotal, quadratic, distinct } = votesOf(draws, options);
  return {
    ...memberInputs(oracle, draws, depth),
    pollId: draws.field(),
    revision: BigInt(draws.below(256)),
    publicKey: oracle.multiply(oracle.base8, draws.scalar()),
    base: 1n << BigInt(8 + draws.below(17)),
    active: spread(votes.map(() => 1)),
    maxima: spread(maxima),
    minTotal: BigInt(minTotal),
    maxTotal: BigInt(maxTotal),
    quadratic: quadratic ? 1n : 0n,
    distinct: distinct ? 1n : 0n,
    values: spread(votes),
    nonces: Array.from({ length: slots }, () => draws.scalar()),
  };
}

interface Votes {
  readonly votes: readonly number[];
  readonly maxima: readonly number[];
  readonly minTotal: number;
  readonly maxTotal: number;
  readonly quadratic?: boolean;
  readonly distinct?: boolean;
}

/** Votes with rules that they obey: single choice, approval, score, ranks, or quadratic. */
function votesOf(draws: Draws, options: number): Votes {
  const all = Array.from({ length: options }, (_, i) => i);
  const same = (maximum: number): number[] => all.map(() => maximum);
  const kind = draws.below(5);
  if (kind === 0) {
    const chosen = draws.below(options);
    return { votes: all.map((i) => (i === chosen ? 1 : 0)), maxima: same(1), minTotal: 1, maxTotal: 1 };
  }
  if (kind === 1)
    return { votes: all.map(() => draws.below(2)), maxima: same(1), minTotal: 0, maxTotal: options };
  if (kind === 2) {
    const ranks = [...all];
    for (let i = options - 1; i > 0; i--) {
      const j = draws.below(i + 1);
      [ranks[i], ranks[j]] = [ranks[j]!, ranks[i]!];
    }
    const total = (options * (options - 1)) / 2;
    return { votes: ranks, maxima: same(options - 1), minTotal: total, maxTotal: total, distinct: true };
  }
  const quadratic = kind === 3;
  const maxima = all.map(() => 1 + draws.below(quadratic ? 5 : 200));
  const votes = maxima.map((maximum) => draws.below(maximum + 1));
  const total = votes.reduce((sum, vote) => sum + (quadratic ? vote * vote : vote), 0);
  return { votes, maxima, minTotal: draws.below(total + 1), maxTotal: total + draws.below(10), quadratic };
}

/** Inputs of a claim: some slots, at least one, hold a credit of the member's that counts. */
export function claimInputs(oracle: Oracle, circuit: HoursCircuitName, name: string): CircuitInputs {
  const draws = drawsOf(name);
  const { slots } = HOURS_CIRCUITS[circuit];
  const member = memberInputs(oracle, draws, LEDGER_DEPTH);
  const commitment = oracle.poseidon(oracle.multiply(oracle.base8, member.secret));
  const first = 202_000 + draws.below(600);
  const last = first + draws.below(12);
  const category = draws.field();
  const maxAmount = 1 + draws.below(100_000);
  const start = draws.below(2 ** LEDGER_DEPTH - slots * 1000);
  const credits = Array.from({ length: slots }, (_, i): Credit => {
    const period = BigInt(first + draws.below(last - first + 1));
    const amount = BigInt(1 + draws.below(maxAmount));
    const index = BigInt(start + 1000 * i + draws.below(1000));
    return { commitment, amount, salt: draws.field() >> 6n, period, category, index };
  });
  const ledger = ledgerOf(oracle, LEDGER_DEPTH, credits);
  const used = 1 + draws.below(slots);
  const filled = credits.map((credit, i) => (i < used ? slotOf(ledger, credit) : emptySlot(LEDGER_DEPTH)));
  const sum = credits.slice(0, used).reduce((total, { amount }) => total + Number(amount), 0);
  return {
    ...member,
    ...slotInputs(filled),
    ledgerRoot: ledger.root,
    claimScope: draws.field(),
    firstPeriod: BigInt(first),
    lastPeriod: BigInt(last),
    category,
    maxAmount: BigInt(maxAmount),
    threshold: BigInt(1 + draws.below(sum)),
  };
}

/** Inputs of a sign-in to any scope with any message, on a roll of any height up to the circuit's. */
export function signInInputs(depth: number, name: string): CircuitInputs {
  const draws = drawsOf(name);
  const length = 1 + draws.below(depth);
  return {
    secret: draws.scalar(),
    merkleProofLength: BigInt(length),
    merkleProofIndex: BigInt(draws.below(2 ** length)),
    merkleProofSiblings: Array.from({ length: depth }, (_, i) => (i < length ? draws.field() : 0n)),
    scope: draws.field(),
    message: draws.field(),
  };
}

/** A member at a random place of a random tree. */
function memberInputs(oracle: Oracle, draws: Draws, depth: number) {
  const secret = draws.scalar();
  const leaf = oracle.poseidon(oracle.multiply(oracle.base8, secret));
  const leafIndex = BigInt(draws.below(2 ** depth));
  const siblings = Array.from({ length: depth }, () => draws.field());
  return { secret, leafIndex, siblings, rollRoot: rootOf(oracle, { leaf, leafIndex, siblings }) };
}

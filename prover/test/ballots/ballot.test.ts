// Ballots that were really proven, on each circuit: they verify, say what was voted, and say nothing else.
// docs/spec/ballot.md.
import { afterAll, describe, expect, test } from "@jest/globals";
import * as snarkjs from "snarkjs";
import { BASE8, multiply } from "../../src/formats/point.ts";
import {
  type CircuitName,
  checkStatement,
  decodeRecord,
  parseFieldElement,
  SUBGROUP_ORDER,
  statementHash,
} from "../../src/index.ts";
import { ballotNullifier } from "../../src/protocol/identity.ts";
import type { PollRules } from "../../src/protocol/poll.ts";
import { lagrangeAtZero } from "../../src/protocol/polynomial.ts";
import { type Booth, cast, openBooth, pollWith, rulesOf, sent, snarkjsVerificationKey } from "./support.ts";

interface Case {
  readonly what: string;
  readonly rules: PollRules;
  readonly votes: readonly number[];
}

/** One kind of poll for each circuit. */
const CASES: readonly Case[] = [
  { what: "single choice", rules: rulesOf(), votes: [0, 1, 0] },
  {
    what: "score",
    rules: rulesOf({ circuit: "ballot-compact-16", maxima: [5, 5, 5, 5], minTotal: 0, maxTotal: 20 }),
    votes: [5, 0, 3, 1],
  },
  {
    what: "ranked (Borda)",
    rules: rulesOf({
      circuit: "ballot-compact-20",
      maxima: [3, 3, 3, 3],
      minTotal: 6,
      maxTotal: 6,
      distinct: true,
    }),
    votes: [2, 0, 3, 1],
  },
  {
    // Three counters to a slot: every fourth counter of the circuit is inactive, the last slot half empty.
    what: "quadratic, three counters to a slot",
    rules: rulesOf({
      circuit: "ballot-wide-20",
      countersPerSlot: 3,
      maxima: new Array<number>(10).fill(5),
      minTotal: 0,
      maxTotal: 25,
      cost: "quadratic",
    }),
    votes: [3, 0, 0, 0, 2, 2, 0, 0, 2, 2],
  },
];

/** The joint secret that no trustee ever holds: Σ λᵢ·sᵢ over the first t. */
function jointSecret({ rehearsed, poll }: Booth): bigint {
  const trustees = Array.from({ length: poll.poll.threshold }, (_, i) => i + 1);
  const lambdas = lagrangeAtZero(trustees);
  const sum = trustees.reduce((s, t, i) => s + lambdas[i]! * rehearsed.ceremony.shares[t - 1]!, 0n);
  return sum % SUBGROUP_ORDER;
}

/** Whether every slot of a ballot decrypts to the packed sum of these votes. */
function decryptsTo(booth: Booth, publicSignals: readonly bigint[], votes: readonly number[]): boolean {
  const { countersPerSlot, valueBits } = booth.poll.poll.rules;
  const secret = jointSecret(booth);
  const { ciphertexts } = checkStatement(booth.poll, publicSignals, "ballot");
  return ciphertexts.every(({ c1, c2 }, slot) => {
    const own = votes.slice(slot * countersPerSlot, (slot + 1) * countersPerSlot);
    const m = own.reduce((sum, value, i) => sum + (BigInt(value) << BigInt(i * valueBits)), 0n);
    return c2.subtract(multiply(c1, secret)).equals(multiply(BASE8, m));
  });
}

afterAll(async () => {
  // snarkjs.groth16.verify, the oracle, keeps its workers in this global.
  const { curve_bn128: curve } = globalThis as { curve_bn128?: snarkjs.Curve | null };
  await curve?.terminate();
});

const booths = new Map<CircuitName, { booth: Booth; ballot: Awaited<ReturnType<typeof cast>> }>();
for (const { rules, votes } of CASES) {
  const booth = await openBooth(pollWith(rules));
  booths.set(rules.circuit, { booth, ballot: await cast(booth, { voter: 3, votes }) });
}

describe.each(CASES)("a ballot of $rules.circuit, $what", ({ rules, votes }) => {
  const { booth, ballot } = booths.get(rules.circuit)!;
  const { publicSignals, proof } = decodeRecord(ballot.record);

  test("verifies, by our verifier and by snarkjs with the stored key", async () => {
    expect(await booth.verifier.verify(publicSignals, proof)).toBe(true);
    const { a, b, c } = ballot.submission.proof;
    const theirs = {
      pi_a: [...a, "1"],
      pi_b: [...b, ["1", "0"]],
      pi_c: [...c, "1"],
      protocol: "groth16",
      curve: "bn128",
    };
    const key = snarkjsVerificationKey(rules.circuit);
    expect(await snarkjs.groth16.verify(key, ballot.submission.publicSignals, theirs)).toBe(true);
    const other = ballot.submission.publicSignals.with(0, "1");
    expect(await snarkjs.groth16.verify(key, other, theirs)).toBe(false);
  });

  test("states this poll, this member's nullifier, and revision 0", () => {
    const statement = checkStatement(booth.poll, publicSignals, "ballot");
    const nullifier = ballotNullifier(booth.rehearsed.identities[3]!, booth.poll.pollId);
    expect(statement).toMatchObject({ nullifier, revision: 0 });
    expect(statement.ciphertexts).toHaveLength(booth.poll.layout.slots);
    expect(ballot).toMatchObject({ nullifier, revision: 0, pollId: booth.poll.pollId });
  });

  test("decrypts under the trustees' joint secret to the votes, and to no others", () => {
    expect(decryptsTo(booth, publicSignals, votes)).toBe(true);
    expect(decryptsTo(booth, publicSignals, votes.with(1, votes[1]! + 1))).toBe(false);
  });

  test("is the same statement and proof as submission and as record", () => {
    const submission = sent(ballot);
    expect(submission).toEqual({ pollId: booth.poll.pollId, publicSignals, proof });
    expect(ballot.statementHash).toBe(statementHash(publicSignals));
  });

  test("holds neither the secret nor the commitment of its voter in any field", () => {
    const { secret, commitment } = booth.rehearsed.identities[3]!;
    const signals = new Set([
      ...publicSignals,
      ...ballot.submission.publicSignals.map((s) => parseFieldElement(s)),
    ]);
    expect(signals.has(secret)).toBe(false);
    expect(signals.has(commitment)).toBe(false);
  });
});

const { booth: compact, ballot: first } = booths.get("ballot-compact-10")!;
const again = await cast(compact, { voter: 3, votes: [0, 1, 0] });
const revised = await cast(compact, { voter: 3, votes: [1, 0, 0], revision: 7 });

describe("a member who votes again", () => {
  const signalsOf = ({ record }: { record: Uint8Array }) => decodeRecord(record).publicSignals;

  test("for the same has the same nullifier and nothing else in common: nonces are fresh", () => {
    expect(again.nullifier).toBe(first.nullifier);
    expect(again.revision).toBe(first.revision);
    expect(again.statementHash).not.toBe(first.statementHash);
    const [a, b] = [signalsOf(first), signalsOf(again)];
    // The four coordinates of the one ciphertext differ, and nothing else.
    expect(a.flatMap((value, i) => (value === b[i] ? [] : [i]))).toEqual([1, 2, 3, 4]);
    expect(decryptsTo(compact, b, [0, 1, 0])).toBe(true);
  });

  test("with another revision has the same nullifier and a ballot that verifies", async () => {
    expect(revised).toMatchObject({ nullifier: first.nullifier, revision: 7 });
    const { publicSignals, proof } = decodeRecord(revised.record);
    expect(await compact.verifier.verify(publicSignals, proof)).toBe(true);
    expect(decryptsTo(compact, publicSignals, [1, 0, 0])).toBe(true);
    expect(checkStatement(compact.poll, publicSignals, "ballot").revision).toBe(7);
  });
});

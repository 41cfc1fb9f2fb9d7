// The circuits under test: how each is built small, a valid assignment, and what breaks each pure assertion.
import { validBallot } from "./fixtures/ballot.ts";
import { validClaim } from "./fixtures/hours.ts";
import type { CircuitInputs, Oracle } from "./oracle.ts";

/** Inputs that break one assertion of a template, and nothing else. */
export interface AssertionBreach {
  readonly file: string;
  /** Source text of the assertion. */
  readonly text: string;
  readonly what: string;
  /** Changes of a valid assignment. */
  readonly change: CircuitInputs;
}

/** A circuit of ours, as small as it goes with every line at work. */
export interface Subject {
  readonly name: string;
  /** File of the outermost template. */
  readonly file: string;
  /** Its instance. */
  readonly component: string;
  /** Files whose lines are edited and deleted in this circuit: each file belongs to one. */
  readonly covers: readonly string[];
  /** A fresh valid assignment. */
  readonly valid: (oracle: Oracle) => CircuitInputs;
  readonly breaches: readonly AssertionBreach[];
}

// A root that is not the path's: both circuits.
const otherRoll = (file: string): AssertionBreach => ({
  file,
  text: "rollRoot === tree.root;",
  what: "a root that is not the path's",
  change: { rollRoot: 1n },
});

const ballot: Subject = {
  name: "Ballot",
  file: "ballot.circom",
  component: "Ballot(2, 1)",
  covers: [
    "ballot-rules.circom",
    "ballot.circom",
    "elgamal.circom",
    "identity.circom",
    "merkle-root.circom",
    "subgroup-scalar.circom",
  ],
  valid: (oracle) => validBallot(oracle, 2),
  breaches: [
    {
      file: "ballot-rules.circom",
      text: "values[i] * (1 - active[i]) === 0;",
      what: "a vote in an inactive counter",
      change: { maxima: [2n, 2n, 2n, 2n], values: [1n, 0n, 0n, 1n] },
    },
    {
      file: "ballot-rules.circom",
      text: "(values[i] - values[j]) * inverses[p] === compared[p];",
      what: "equal counters where they must differ",
      change: { distinct: 1n },
    },
    otherRoll("ballot.circom"),
  ],
};

const hours: Subject = {
  name: "Hours",
  file: "hours.circom",
  // Two slots: with one there is nothing to order.
  component: "Hours(2, 2)",
  covers: ["credit.circom", "hours.circom"],
  valid: (oracle) => validClaim(oracle, { depth: 2, slots: 2 }),
  breaches: [
    otherRoll("hours.circom"),
    {
      file: "credit.circom",
      text: "enabled * (1 - enabled) === 0;",
      what: "a slot that is neither enabled nor disabled",
      change: { enabled: [1n, 2n] },
    },
    {
      file: "credit.circom",
      text: "restricted * (creditCategory - category) === 0;",
      what: "credits of another category",
      change: { category: 5n },
    },
    {
      file: "credit.circom",
      text: "enabled * (tree.root - ledgerRoot) === 0;",
      what: "credits of another ledger",
      change: { ledgerRoot: 1n },
    },
    {
      file: "hours.circom",
      text: "enabled[s + 1] * (1 - enabled[s]) === 0;",
      what: "an enabled slot after a disabled one",
      change: { enabled: [0n, 1n], amounts: [0n, 600n], threshold: 600n },
    },
  ],
};

/** Every circuit under test. */
export const SUBJECTS: readonly Subject[] = [ballot, hours];

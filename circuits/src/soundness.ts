// Tools of the soundness tests: instrumented circuits, an independent oracle, deletion of constraints.
export { type Attempt, openCircuit, type Violation } from "./soundness/calculator.ts";
export {
  type EditCase,
  editCases,
  type Harness,
  type HarnessFolders,
  openHarness,
} from "./soundness/edits.ts";
export { BALLOT_TAG, validBallot } from "./soundness/fixtures/ballot.ts";
export {
  type ClaimRules,
  type Credit,
  type CreditSlot,
  claimOf,
  creditLeaf,
  emptySlot,
  HOURS_TAG,
  type HoursInputs,
  INNER_TAG,
  LEAF_TAG,
  ledgerOf,
  type Member,
  member,
  ownCredits,
  RULES,
  slotInputs,
  slotOf,
  validClaim,
} from "./soundness/fixtures/hours.ts";
export type { AssignmentLine } from "./soundness/instrument.ts";
export {
  type ConstraintLine,
  constraintLines,
  type MutantOutcome,
  tryMutant,
} from "./soundness/mutants.ts";
export {
  type CircuitInputs,
  L,
  type LeafPath,
  type Oracle,
  openOracle,
  R,
  randomScalar,
  rootOf,
} from "./soundness/oracle.ts";
export { isSatisfied, violated } from "./soundness/satisfied.ts";
export { type SparseTree, sparseTree } from "./soundness/sparse-tree.ts";
export { type AssertionBreach, SUBJECTS, type Subject } from "./soundness/subjects.ts";
export { lineOf, templateFiles } from "./soundness/templates.ts";

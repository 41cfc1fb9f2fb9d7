// Tools of the soundness tests: instrumented circuits, an independent oracle, deletion of constraints.
export { type Attempt, openCircuit, type Violation } from "./soundness/calculator.ts";
export { type EditCase, type Harness, harnessBallot, openHarness } from "./soundness/edits.ts";
export {
  type BallotInputs,
  L,
  type Oracle,
  openOracle,
  R,
  randomScalar,
  TAG,
  validBallot,
} from "./soundness/fixtures.ts";
export { constraintLines, type MutantOutcome, tryMutant } from "./soundness/mutants.ts";
export { isSatisfied, violated } from "./soundness/satisfied.ts";

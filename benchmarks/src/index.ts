// Benchmarks of commune-zk: nothing runs on import. scripts/bench*.ts are the commands.

export { type BoothBenchOptions, type ConfirmTimes, confirmTimes, measureBooth } from "./browser/booth.ts";
export { type BuiltSite, bundle } from "./browser/bundle.ts";
export {
  CALIBRATION,
  KERNEL_NAME,
  type KernelOptions,
  runKernel,
} from "./calibration/kernel.ts";
export {
  fitPrediction,
  LEAST_ENVIRONMENTS,
  type PredictedEnvironment,
  type Prediction,
  type PredictionQuery,
  predictableQueries,
  predictProofMs,
} from "./calibration/predict.ts";
export { pageUrls, terminalCode } from "./collect/addresses.ts";
export { makeOffer, type Offer, type OfferOptions } from "./collect/offer.ts";
export type { MeasurementLog, RecorderLimits } from "./collect/recorder.ts";
export { type CollectorServerOptions, type RunningCollector, startCollector } from "./collect/server.ts";
export { Checkouts, resolveCommit } from "./compare/checkouts.ts";
export { compareCommand, EXIT } from "./compare/command.ts";
export { type Comparison, compareTrees } from "./compare/compare.ts";
export { parsePairs, wholeNumber } from "./compare/options.ts";
export { CONFIDENCE, excludesOne } from "./compare/statistics.ts";
export { UsageError } from "./compare/usage.ts";
export { gateText, intervalText } from "./compare/words.ts";
export { type CountOptions, measureAudit, measureTally } from "./count.ts";
export { measureDecoding, timesOfDecoding } from "./decoding.ts";
export type { DeviceConfig, DeviceWorkload } from "./device/config.ts";
export { chosen } from "./harness/choice.ts";
export { type ChromiumOptions, openChromium } from "./harness/chromium-environment.ts";
export { type BenchEngine, ENGINES, type MembershipStatement, OURS_ALONE } from "./harness/engines.ts";
export {
  type BenchEnvironment,
  type BenchTask,
  type MadeProof,
  ProofFailure,
  type Session,
} from "./harness/environment.ts";
export { openNode } from "./harness/node-environment.ts";
export { type EnvironmentKind, type HistoryOptions, parseHistoryOptions } from "./harness/options.ts";
export { PROFILES, type ProfileName } from "./harness/profiles.ts";
export {
  type EnvironmentPlan,
  type Failed,
  type HarnessOutcome,
  type HarnessPlan,
  runHarness,
  type Start,
} from "./harness/run.ts";
export { snarkjsVerifier } from "./harness/snarkjs-engine.ts";
export { stopOnRequest } from "./harness/stopping.ts";
export { outcomesOf } from "./harness/words.ts";
export { type PreparedWorkload, prepareWorkload, type WorkloadKeys } from "./harness/workloads.ts";
export { measureHours } from "./hours.ts";
export { commitOf, describeCommit, describeLoad, describeMachine, thisMachine } from "./machine.ts";
export { type MakeFixtureOptions, makeFixture } from "./make-fixture.ts";
export type { Measurement, NotMeasured, Outcome } from "./measure.ts";
export { measureMembership, type SemaphoreKeys } from "./membership.ts";
export { headLine, outcomeLine } from "./outcome-lines.ts";
export { ELSEWHERE, type ProfileRow, profileProofs } from "./profile.ts";
export { measureProofs } from "./proof.ts";
export {
  COMPARED,
  cancelTimes,
  coldProofs,
  distinctProofs,
  type Figure,
  figureOf,
  type Sides,
  verificationRatios,
  warmRatios,
} from "./prover-figures.ts";
export { reportPage } from "./report/page.ts";
export { appendHistory, readHistory } from "./results/history.ts";
export {
  type Environment,
  FAILURES,
  type FailureReason,
  type Limits,
  limitsName,
  type Machine,
  MEMBERS_ENGINE,
  MEMBERSHIP_DEPTHS,
  type MeasurementLine,
  parseMeasurement,
  type Sample,
  WORKLOADS,
  type Workload,
} from "./results/schema.ts";
export { measureRegistration, measureRoll, measureRollLog, secondsOfWholeRoll } from "./roll.ts";
export type { BenchKeys } from "./sample-poll.ts";
export { measureVerification } from "./verification.ts";

// Benchmarks of commune-zk: nothing runs on import. scripts/bench.ts is the command.

export { type BoothBenchOptions, measureBooth } from "./browser/booth.ts";
export { type CountOptions, measureAudit, measureTally } from "./count.ts";
export { measureDecoding } from "./decoding.ts";
export { measureHours } from "./hours.ts";
export { describeCommit, describeLoad, describeMachine } from "./machine.ts";
export { type MakeFixtureOptions, makeFixture } from "./make-fixture.ts";
export type { Measurement, NotMeasured, Outcome } from "./measure.ts";
export { measureMembership, type SemaphoreKeys } from "./membership.ts";
export { measureProofs } from "./proof.ts";
export { headLine, outcomeLine } from "./report.ts";
export {
  type Environment,
  FAILURES,
  type FailureReason,
  type Limits,
  limitsName,
  type Machine,
  MEMBERSHIP_DEPTHS,
  type MeasurementLine,
  parseMeasurement,
  type Sample,
  WORKLOADS,
  type Workload,
} from "./results/schema.ts";
export { measureRegistration, measureRoll, measureRollLog } from "./roll.ts";
export type { BenchKeys } from "./sample-poll.ts";
export { serveProofs } from "./serve-proofs.ts";
export { measureVerification } from "./verification.ts";

// What the collecting service records and what it refuses, before anything is written. docs/design/calibration.md.
import { canonicalBytes, equalBytes, InputError } from "@commune-zk/prover";
import { type DeviceWorkload, MOST_REPEATS } from "../device/config.ts";
import { RUNTIME_FORM } from "../device/facts.ts";
import { median } from "../measure.ts";
import { type MeasurementLine, parseMeasurement, WORKLOADS } from "../results/schema.ts";

/** Of one post: a run has a cold and a warm line of each workload. */
const MOST_LINES = 2 * WORKLOADS.length;
/** The page takes its clock from this service; a minute for the way there. */
const CLOCK_SECONDS = 60;
/** Whoever was offline for longer measures again. */
const OLDEST_SECONDS = 7 * 86_400;
const ROUNDING_MS = 5;
/**
 * Units of the calibration kernel that take as long as a proof. A unit multiplies some hundred points and the key of
 * the smallest circuit holds thousands: no engine, on however many cores, proves in a tenth of a unit. Beyond the
 * most lies no phone, not one either that swaps memory all the while.
 */
const UNITS = { least: 0.1, most: 100_000 };

/** What a post is held against. */
export interface JudgeOptions {
  /** Seconds since 1970. */
  readonly now: number;
  /** The workloads that this service's page proves. */
  readonly workloads: readonly DeviceWorkload[];
  /** Names of the engines with which it proves them. */
  readonly engines: readonly string[];
}

/**
 * The lines of a post, all of them or none.
 *
 * @param value - of the body's JSON.
 * @throws InputError `measurement-malformed`, `measurement-environment-refused`, `measurement-field-refused`,
 *   `measurement-lines-disagree`, `measurement-artifact-unknown`, `measurement-engine-unknown`,
 *   `measurement-impossible`; the place names line and field.
 */
export function judgePost(value: unknown, options: JudgeOptions): MeasurementLine[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > MOST_LINES) {
    throw new InputError("measurement-malformed", `expected an array of 1 to ${MOST_LINES} lines`);
  }
  const lines = value.map((line, i) => parseMeasurement(line, `line ${i + 1}`));
  checkOneRun(lines);
  for (const [i, line] of lines.entries()) {
    const place = `line ${i + 1}`;
    checkDevice(line, place);
    checkKnown(line, options, place);
    checkPossible(line, options, place);
  }
  checkOneAtATime(lines);
  return lines;
}

/** The same run on the same device, and nothing in it twice. */
function checkOneRun(lines: readonly MeasurementLine[]): void {
  const common = ({ workload, artifacts, start, status, samples, failures, ...rest }: MeasurementLine) =>
    canonicalBytes(rest);
  const first = common(lines[0]!);
  const seen = new Set<string>();
  for (const [i, line] of lines.entries()) {
    const name = `${line.workload}, ${line.start}`;
    if (!equalBytes(common(line), first) || seen.has(name)) {
      throw new InputError("measurement-lines-disagree", "not lines of one run, each once", `line ${i + 1}`);
    }
    seen.add(name);
  }
}

/** A device, with the fields that whoever posts it was asked for and no others. */
function checkDevice({ environment, machine, samples }: MeasurementLine, place: string): void {
  if (environment.kind !== "device" || environment.limits !== null) {
    throw new InputError(
      "measurement-environment-refused",
      "only devices as they are, measured by this service's page, are collected",
      `${place}: environment`,
    );
  }
  const refuse = (field: string): never => {
    throw new InputError(
      "measurement-field-refused",
      "the page asks nobody for this, and it is not recorded",
      `${place}: ${field}`,
    );
  };
  if (!RUNTIME_FORM.test(environment.runtime)) refuse("environment.runtime");
  if (machine.system !== null) refuse("machine.system");
  if (samples.some(({ peakMemoryBytes }) => peakMemoryBytes !== null)) refuse("samples.peakMemoryBytes");
}

function checkKnown(line: MeasurementLine, { workloads, engines }: JudgeOptions, place: string): void {
  const known = workloads.find(({ name }) => name === line.workload);
  for (const file of ["wasm", "provingKey"] as const) {
    if (line.artifacts[file] === known?.[file].sha256) continue;
    throw new InputError(
      "measurement-artifact-unknown",
      "not a file with which this service's page proves this workload",
      `${place}: artifacts.${file}`,
    );
  }
  if (!engines.includes(line.engine.name)) {
    throw new InputError(
      "measurement-engine-unknown",
      "the page has no such engine",
      `${place}: engine.name`,
    );
  }
}

/** Numbers that each could be, but not together or not now. */
function checkPossible(line: MeasurementLine, { now }: JudgeOptions, place: string): void {
  const { startedAt, start, samples, failures, calibration, status } = line;
  const impossible = (message: string, field: string): never => {
    throw new InputError("measurement-impossible", message, `${place}: ${field}`);
  };
  if (startedAt > now + CLOCK_SECONDS) impossible("in the future", "startedAt");
  if (startedAt < now - OLDEST_SECONDS) impossible("older than a week", "startedAt");
  const asked = start === "cold" ? 1 : MOST_REPEATS;
  const failed = failures.reduce((sum, { count }) => sum + count, 0);
  if (samples.length + failed > asked) impossible(`more than the ${asked} that are asked for`, "samples");
  if (failures.some(({ reason }) => reason === "stopped") && status === "complete") {
    impossible("stopped and complete", "status");
  }
  const last = samples.at(-1);
  if (last !== undefined && startedAt + (last.atMs + last.totalMs) / 1_000 > now + CLOCK_SECONDS) {
    impossible("made in the future", `samples.${samples.length - 1}`);
  }
  if (calibration === null) return;
  const score = median(calibration.scores);
  for (const [i, { totalMs }] of samples.entries()) {
    const units = (totalMs / 1_000) * score;
    // A cold one waits for the network, for as long as that takes.
    if (units < UNITS.least || (start === "warm" && units > UNITS.most)) {
      impossible("not the time of a proof on a device with this score", `samples.${i}.totalMs`);
    }
  }
}

/** A device makes one proof at a time. */
function checkOneAtATime(lines: readonly MeasurementLine[]): void {
  const all = lines.flatMap(({ samples }, i) => samples.map((sample, j) => ({ ...sample, place: [i, j] })));
  all.sort((a, b) => a.atMs - b.atMs);
  for (const [i, { atMs, place }] of all.entries()) {
    const before = all[i - 1];
    if (before === undefined || before.atMs + before.totalMs <= atMs + ROUNDING_MS) continue;
    const [line, sample] = place as [number, number];
    throw new InputError(
      "measurement-impossible",
      "begins before the one before it has ended",
      `line ${line + 1}: samples.${sample}.atMs`,
    );
  }
}

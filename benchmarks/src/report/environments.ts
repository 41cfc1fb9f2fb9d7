// The places where proofs were made, and what a report calls them: one of our machines by what was taken away from
// it, a real device by what its browser told.

import { significant } from "../numbers.ts";
import { limitsName, type MeasurementLine } from "../results/schema.ts";

/** A place that can be measured again. */
export interface ReportEnvironment {
  readonly key: string;
  readonly kind: MeasurementLine["environment"]["kind"];
  /** Of its own in one report. */
  readonly label: string;
  readonly machine: MeasurementLine["machine"];
  readonly limits: MeasurementLine["environment"]["limits"];
  /** Number of the machine among ours; null for a device. */
  readonly machineNumber: number | null;
}

const KINDS = ["node", "chromium", "chromium-phone", "device"] as const satisfies readonly string[];
const RUN_DIGITS = 6;
const MIB_PER_GIB = 1_024;

/**
 * Equal for lines that were measured in the same place. Versions of system and browser are left out: a place is
 * measured again after an update, and a comparison says that there was one. A device that does not tell its model is
 * another one in each run.
 */
export function environmentKey({ machine, environment, runId }: MeasurementLine): string {
  const { kind, runtime, limits } = environment;
  const unnamed = kind === "device" && machine.model === null;
  return JSON.stringify([
    kind,
    programOf(runtime),
    limitsName(limits),
    machineKey(machine),
    unnamed ? runId : null,
  ]);
}

/** Every environment of these lines: Node, browsers, devices; among those by what was taken away, the least first. */
export function environmentsOf(lines: readonly MeasurementLine[]): ReportEnvironment[] {
  const ours = lines.filter(({ environment }) => environment.kind !== "device");
  const machines = [...new Set(ours.map(({ machine }) => machineKey(machine)))];
  const found = new Map<string, ReportEnvironment>();
  for (const line of lines) {
    const key = environmentKey(line);
    if (found.has(key)) continue;
    const { kind, limits } = line.environment;
    const machineNumber = kind === "device" ? null : machines.indexOf(machineKey(line.machine)) + 1;
    const label =
      machineNumber === null ? deviceLabel(line) : ownLabel(line, machines.length > 1 ? machineNumber : null);
    found.set(key, { key, kind, label, machine: line.machine, limits, machineNumber });
  }
  return [...found.values()].sort(inOrder);
}

/** Model, cores and memory, as far as they are known. */
export function machineWords({ model, cores, memoryMiB }: MeasurementLine["machine"]): string {
  return [model ?? "unknown model", ...sizeWords({ cores, memoryMiB })].join(", ");
}

function sizeWords({ cores, memoryMiB }: Pick<MeasurementLine["machine"], "cores" | "memoryMiB">): string[] {
  return [
    ...(cores === null ? [] : [cores === 1 ? "1 core" : `${cores} cores`]),
    ...(memoryMiB === null ? [] : [`${Number(significant(memoryMiB / MIB_PER_GIB))} GiB`]),
  ];
}

/** Name of a program without its version. */
function programOf(runtime: string): string {
  return runtime.replace(/ v?\d[\d.]*$/, "");
}

function machineKey({ model, cores, memoryMiB }: MeasurementLine["machine"]): string {
  return JSON.stringify([model, cores, memoryMiB]);
}

function ownLabel({ environment }: MeasurementLine, machineNumber: number | null): string {
  const { kind, runtime, limits } = environment;
  const window = kind === "chromium-phone" ? " with a phone's window" : "";
  const machine = machineNumber === null ? "" : `, machine ${machineNumber}`;
  return `${programOf(runtime)}${window}, ${limitsName(limits)}${machine}`;
}

function deviceLabel({ machine, environment, runId }: MeasurementLine): string {
  const name = machine.model ?? `Unnamed device ${runId.slice(0, RUN_DIGITS)}`;
  const limits = environment.limits === null ? [] : [limitsName(environment.limits)];
  return [name, programOf(environment.runtime), ...sizeWords(machine), ...limits].join(", ");
}

/** Kind, and what was taken away: greater is more. */
function rankOf({ kind, limits }: ReportEnvironment): readonly number[] {
  if (limits === null) return [KINDS.indexOf(kind), 0, 0, 0];
  const { cpuShare, memoryMiB, network } = limits;
  return [
    KINDS.indexOf(kind),
    cpuShare === null ? 0 : 1 / cpuShare,
    memoryMiB === null ? 0 : 1 / memoryMiB,
    network === null ? 0 : 1 / network.downKbps,
  ];
}

function inOrder(a: ReportEnvironment, b: ReportEnvironment): number {
  return compareRanks(rankOf(a), rankOf(b)) || (a.label < b.label ? -1 : 1);
}

/** For sorting by several numbers, the first that differs. */
export function compareRanks(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((value, i) => value !== b[i]);
  return differing < 0 ? 0 : a[differing]! - b[differing]!;
}

// Records runs, each once: one after another, durable before anybody is told that it is.
import { canonicalBytes, hashFramed, InputError, toHex } from "@commune-zk/prover";
import type { MeasurementLine } from "../results/schema.ts";
import { FloodError } from "./flood.ts";

/** Where lines go. */
export interface MeasurementLog {
  /** Appends whole lines, all or none; they are durable when this resolves. */
  append(lines: readonly MeasurementLine[]): Promise<void>;
}

/** What a service takes before its operator has to look at it. */
export interface RecorderLimits {
  readonly lines: number;
  readonly bytes: number;
}

/** Two thousand phones with everything that there is to measure; nobody's day is so large, but a disk is full sooner. */
export const RECORDER_LIMITS: RecorderLimits = { lines: 32_000, bytes: 64 * 2 ** 20 };
const FULL_RETRY_SECONDS = 3_600;

/** What was recorded. */
export interface Recorded {
  /** Lines of this run. */
  readonly recorded: number;
}

/**
 * A recorder that knows the runs of a history.
 *
 * @param known - the lines that the log holds already.
 */
export function createRecorder({
  log,
  known,
  limits = RECORDER_LIMITS,
}: {
  readonly log: MeasurementLog;
  readonly known: readonly MeasurementLine[];
  readonly limits?: RecorderLimits;
}) {
  /** Digests of the lines of each run, in their order. */
  const runs = new Map<string, readonly string[]>();
  for (const line of known) runs.set(line.runId, [...(runs.get(line.runId) ?? []), digestOf(line)]);
  const taken = { lines: 0, bytes: 0 };
  let last: Promise<unknown> = Promise.resolve();

  const record = async (lines: readonly MeasurementLine[]): Promise<Recorded> => {
    const [{ runId }] = lines as [MeasurementLine];
    const digests = lines.map(digestOf);
    const earlier = runs.get(runId) ?? [];
    // A machine that died while it wrote has kept the first lines of a run: the rest is added.
    if (earlier.length > lines.length || earlier.some((digest, i) => digest !== digests[i])) {
      throw new InputError("measurement-run-differs", "this run is recorded with other content");
    }
    const missing = lines.slice(earlier.length);
    if (missing.length === 0) return { recorded: lines.length };
    const bytes = canonicalBytes(missing).length;
    if (taken.lines + missing.length > limits.lines || taken.bytes + bytes > limits.bytes) {
      throw new FloodError(
        "the service has taken all that it may: its operator has to look",
        FULL_RETRY_SECONDS,
      );
    }
    await log.append(missing).catch((cause: unknown) => {
      // Whatever it is, it is no fault of the run, so not an InputError.
      throw new Error("the run could not be recorded", { cause });
    });
    runs.set(runId, digests);
    taken.lines += missing.length;
    taken.bytes += bytes;
    return { recorded: lines.length };
  };

  return {
    /**
     * Records a run; one that is recorded already is said to be, and not recorded again.
     *
     * @param lines - of one run, judged.
     * @throws InputError `measurement-run-differs` - a run of this name is recorded with other content.
     * @throws FloodError - the service is full.
     * @throws Error - the log failed; nothing of the run is said to be recorded, and it may be sent again.
     */
    record(lines: readonly MeasurementLine[]): Promise<Recorded> {
      // One after another: two posts of one run must not both find it new.
      const turn = last.then(() => record(lines));
      last = turn.catch(() => undefined);
      return turn;
    },

    /** Resolves when nothing is being recorded any more. */
    async settled(): Promise<void> {
      await last;
    },
  };
}

function digestOf(line: MeasurementLine): string {
  return toHex(hashFramed("collected-line", [canonicalBytes(line)]));
}

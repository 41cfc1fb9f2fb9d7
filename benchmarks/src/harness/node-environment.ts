// Engines in a process of Node: a new one for each session, perhaps within limits.

import { ProcessEndError } from "../ask-child.ts";
import type { KernelRun } from "../browser/bare-proof.ts";
import { LimitedGroup } from "../browser/limited-group.ts";
import { ProverError, ProverProcess } from "../prover-process.ts";
import type { Limits } from "../results/schema.ts";
import type { EngineProof } from "../serve-proofs.ts";
import {
  type BenchEnvironment,
  type BenchTask,
  ProofFailure,
  type Session,
  toldFailure,
} from "./environment.ts";

/**
 * Node of this machine.
 *
 * @param entry - path of a script that calls `serveProofs`.
 * @param limits - those of the network limit nothing here, for files are read from the disk: they are left out of
 *   what is recorded.
 * @throws QuotaError - this machine lets nobody set limits.
 */
export async function openNode({
  entry,
  limits,
}: {
  entry: string;
  limits: Limits | null;
}): Promise<BenchEnvironment> {
  const own = limits === null ? null : { ...limits, network: null };
  const isLimited = own !== null && (own.cpuShare !== null || own.memoryMiB !== null);
  const group = isLimited ? await LimitedGroup.open(own) : null;

  /** Counts what ends a process as a failure of the proof that it was making. */
  async function counted<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const kills = (await group?.oomKills()) ?? 0;
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ProverError) throw toldFailure(error.message);
      if (!(error instanceof ProcessEndError)) throw error;
      const isMemory = ((await group?.oomKills()) ?? 0) > kills;
      throw new ProofFailure(isMemory ? "out-of-memory" : "crashed", error.message, { cause: error });
    }
  }

  return {
    environment: { kind: "node", runtime: `Node ${process.versions.node}`, limits: isLimited ? own : null },
    start: (task, signal) => counted(() => startSession({ entry, group, task }, signal, counted), signal),
    calibrate: (run, signal) => counted(() => runKernelIn({ entry, group, run }, signal), signal),
    async close() {
      await group?.close();
    },
  };
}

type Counted = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

async function startSession(
  { entry, group, task }: { entry: string; group: LimitedGroup | null; task: BenchTask },
  signal: AbortSignal,
  counted: Counted,
): Promise<Session> {
  const { engine, workload } = task;
  const setup = {
    engine: engine.name,
    inputs: workload.inputs,
    membership: workload.membership,
    wasmPath: workload.wasm.path,
    provingKeyPath: workload.provingKey.path,
  };
  // Each proof has a signal of its own; the process ends by whichever fires while it is at work.
  const end = new AbortController();
  const process = await endedBy(signal, end, () =>
    ProverProcess.start(entry, { kind: "engine", setup }, { group, signal: end.signal }),
  );
  const prove = async (by: AbortSignal): Promise<EngineProof> =>
    (await endedBy(by, end, () => process.prove({}))).proof;
  try {
    const { startedAt, durationMs, phasesMs, originAt, peakMemoryBytes, ...made } = await prove(signal);
    const load = startedAt - originAt;
    return {
      first: {
        totalMs: load + durationMs,
        phasesMs: { load, ...phasesMs },
        peakMemoryBytes,
        downloadedBytes: null,
        made,
      },
      again: (by) =>
        counted(async () => {
          const next = await prove(by);
          return {
            totalMs: next.durationMs,
            phasesMs: next.phasesMs,
            peakMemoryBytes: next.peakMemoryBytes,
            downloadedBytes: null,
            made: next,
          };
        }, by),
      close: () => process.dispose(),
    };
  } catch (error) {
    await process.dispose();
    throw error;
  }
}

async function runKernelIn(
  { entry, group, run }: { entry: string; group: LimitedGroup | null; run: KernelRun },
  signal: AbortSignal,
): Promise<readonly number[]> {
  const process = await ProverProcess.start(entry, { kind: "kernel", setup: {} }, { group, signal });
  try {
    return (await process.prove(run)).proof;
  } finally {
    await process.dispose();
  }
}

/** Work that a signal ends, by firing another one. */
async function endedBy<T>(signal: AbortSignal, end: AbortController, work: () => Promise<T>): Promise<T> {
  const fire = (): void => end.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", fire);
  try {
    return await work();
  } finally {
    signal.removeEventListener("abort", fire);
  }
}

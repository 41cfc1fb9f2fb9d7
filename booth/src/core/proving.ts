// The proof of the chosen votes: one at a time; every change of the votes abandons the one before.
import {
  circuitEntry,
  type Identity,
  InputError,
  type ManifestFile,
  type MerklePath,
  type SealedBallot,
} from "@commune-zk/prover";
import type { TaskProgress } from "../worker/protocol.ts";
import type { ArtifactLoader } from "./artifacts.ts";
import { faultWithEvidence } from "./faults.ts";
import type { OpenedPoll } from "./polls.ts";
import type { ProofState } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";
import type { TaskRunner } from "./task-runner.ts";

/** What is proven. */
export interface ProofJob {
  readonly opened: OpenedPoll;
  readonly identity: Identity;
  readonly path: MerklePath;
  readonly votes: readonly number[];
  readonly revision: number;
}

/** Proofs that start within this time of the one before wait it out: steppers are pressed in bursts. */
export const BURST_MS = 300;

/** What {@link Proving} works with. */
export interface ProvingOptions {
  readonly surroundings: Surroundings;
  readonly tasks: TaskRunner;
  readonly loader: ArtifactLoader;
  /** Called after every change of `state`. */
  readonly onChange: () => void;
}

/** The one proof that is wanted. */
export class Proving {
  readonly #options: ProvingOptions;
  #state: ProofState = { at: "idle" };
  #sealed: SealedBallot | null = null;
  #controller: AbortController | null = null;
  #running: Promise<void> = Promise.resolve();
  #lastStart = Number.NEGATIVE_INFINITY;

  /** A prover with nothing to do. */
  constructor(options: ProvingOptions) {
    this.#options = options;
  }

  /** Where the proof stands. */
  get state(): ProofState {
    return this.#state;
  }

  /** The sealed ballot, once the state is `ready`. */
  get sealed(): SealedBallot | null {
    return this.#sealed;
  }

  /** Fetches what the poll's circuit needs, and has a worker ready. Failures show when a proof starts. */
  prepare(opened: OpenedPoll): void {
    this.#options.tasks.warm();
    this.#options.loader.load(filesOf(opened), () => undefined).catch(() => undefined);
  }

  /** Proves these votes, and forgets any others. */
  start(job: ProofJob): void {
    this.#abandon();
    const controller = new AbortController();
    this.#controller = controller;
    this.#set({ at: "running", phase: "artifacts", fraction: null });
    const running = this.#run(job, controller.signal);
    this.#running = running.catch(() => undefined);
  }

  /** Stops proof and downloads. */
  cancel(): void {
    this.reset();
    this.#options.loader.stop();
  }

  /** Forgets the proof and its votes. */
  reset(): void {
    this.#abandon();
    this.#set({ at: "idle" });
  }

  /** When the proof under way is ready, has failed, or was stopped. Starting another one is waited for as well. */
  async settled(): Promise<void> {
    for (let running: Promise<void> | null = null; running !== this.#running; ) {
      running = this.#running;
      await running;
    }
  }

  #abandon(): void {
    this.#controller?.abort();
    this.#controller = null;
    this.#sealed = null;
  }

  #set(state: ProofState): void {
    this.#state = state;
    this.#options.onChange();
  }

  async #run(job: ProofJob, signal: AbortSignal): Promise<void> {
    const { surroundings, tasks, loader } = this.#options;
    const { opened } = job;
    const files = filesOf(opened);
    const show = (state: ProofState): void => {
      if (!signal.aborted) this.#set(state);
    };
    try {
      await this.#waitOutBurst(signal);
      // On a slow phone a proof and the screen's answer to the press fight for the same core.
      await surroundings.painted();
      signal.throwIfAborted();
      await loader.load(files, (fraction) => show({ at: "running", phase: "artifacts", fraction }));
      signal.throwIfAborted();
      const { material } = opened;
      const { path, votes, revision } = job;
      const privateKey = job.identity.privateKey;
      const sealed = await tasks.run(
        "prove",
        { material, privateKey, path, votes: [...votes], revision },
        {
          signal,
          artifacts: loader,
          onProgress: (progress) => {
            // The worker has checked the digests: from now on this device can seal without a network.
            if ("phase" in progress && progress.phase === "witness") void loader.confirm(files);
            show(progressState(progress));
          },
        },
      );
      // For engines that do not tell their phases.
      await loader.confirm(files);
      signal.throwIfAborted();
      this.#sealed = sealed;
      show({ at: "ready" });
      // The next change of the votes finds a worker ready.
      tasks.warm();
    } catch (error) {
      if (signal.aborted) return;
      const isBad = error instanceof InputError && error.code.startsWith("artifact-");
      const items = isBad ? await loader.distrust(files) : [];
      const { storage } = surroundings;
      const fault = await faultWithEvidence(error, { storage, pollId: opened.poll.pollId, items });
      show({ at: "failed", fault });
    }
  }

  #waitOutBurst(signal: AbortSignal): Promise<void> {
    const { now, timers } = this.#options.surroundings;
    const since = now() - this.#lastStart;
    this.#lastStart = now();
    if (since < 0 || since >= BURST_MS) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = timers.after(BURST_MS, resolve);
      const onAbort = (): void => {
        cancel();
        resolve();
      };
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}

function filesOf({ manifest, poll }: OpenedPoll): readonly ManifestFile[] {
  const { wasm, provingKey } = circuitEntry(manifest.manifest, poll.circuit);
  return [wasm, provingKey];
}

/** A worker's progress as the page shows it. */
export function progressState(progress: TaskProgress): ProofState {
  // The worker checks digests in its phase "artifacts": all bytes are there.
  if (!("phase" in progress)) return { at: "running", phase: "proof", fraction: null };
  return { at: "running", phase: progress.phase, fraction: progress.phase === "artifacts" ? 1 : null };
}

// A proof that is made once, for a claim, a signature or a sign-in: artifacts, worker, progress, and what went wrong.
import { InputError, type ManifestFile } from "@commune-zk/prover";
import type { Tasks } from "../worker/protocol.ts";
import type { ArtifactLoader } from "./artifacts.ts";
import { faultWithEvidence } from "./faults.ts";
import type { ScopeFiles } from "./files.ts";
import { progressState } from "./proving.ts";
import type { ProofState } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";
import type { TaskRunner } from "./task-runner.ts";

/** What proves. */
export interface Workshop {
  readonly surroundings: Surroundings;
  readonly tasks: TaskRunner;
  readonly loader: ArtifactLoader;
}

/** A proof that is wanted. */
export interface ProofTask<N extends "proveClaim" | "signPetition" | "proveSignIn"> {
  readonly name: N;
  /** Asked for once the artifacts are there. */
  readonly input: () => Promise<Tasks[N]["input"]>;
  readonly artifacts: readonly ManifestFile[];
  /** Public files that the worker asks for. */
  readonly files?: Pick<ScopeFiles, "read" | "fresh">;
  /** For evidence. */
  readonly scope: string;
  /** Ends it: nothing is told any more. */
  readonly signal: AbortSignal;
  readonly tell: (proof: ProofState) => void;
}

/**
 * Proves, and goes on with the proof. Whatever fails, there or here, is told as the state `failed`.
 *
 * @param then - what is done with the proof, unless it was ended meanwhile.
 */
export async function proveOnce<N extends "proveClaim" | "signPetition" | "proveSignIn">(
  { surroundings, tasks, loader }: Workshop,
  task: ProofTask<N>,
  then: (output: Tasks[N]["output"]) => Promise<void>,
): Promise<void> {
  const { name, input, artifacts, files, scope, signal } = task;
  const tell = (proof: ProofState): void => {
    if (!signal.aborted) task.tell(proof);
  };
  tell({ at: "running", phase: "artifacts", fraction: null });
  try {
    signal.throwIfAborted();
    await surroundings.painted();
    await loader.load(artifacts, (fraction) => tell({ at: "running", phase: "artifacts", fraction }));
    signal.throwIfAborted();
    const output = await tasks.run(name, await input(), {
      signal,
      artifacts: loader,
      ...(files && { files }),
      onProgress: (progress) => tell(progressState(progress)),
    });
    await loader.confirm(artifacts);
    signal.throwIfAborted();
    await then(output);
  } catch (error) {
    if (signal.aborted) return;
    const isBad = error instanceof InputError && error.code.startsWith("artifact-");
    const items = isBad ? await loader.distrust(artifacts) : (files?.fresh ?? []);
    const { storage } = surroundings;
    tell({ at: "failed", fault: await faultWithEvidence(error, { storage, pollId: scope, items }) });
  }
}

// Runs tasks in workers: one worker, one task, and it is ended.
import { InputError, type ManifestFile } from "@commune-zk/prover";
import type { FromWorker, Need, TaskName, TaskProgress, Tasks, TaskWorker } from "../worker/protocol.ts";
import { ProverError } from "./faults.ts";

/** How a task is watched, stopped and fed. */
export interface RunOptions {
  /** Ends the worker: no phase of it is waited for. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TaskProgress) => void;
  /** Public files that it asks for. */
  readonly files?: { read(path: string): Promise<Uint8Array> };
  /** Artifacts that it asks for; the worker checks them. */
  readonly artifacts?: { piece(file: ManifestFile, piece: number): Promise<Uint8Array> };
}

/** Makes workers, and keeps one ready: starting one is felt on a phone. */
export class TaskRunner {
  readonly #make: () => TaskWorker;
  #spare: TaskWorker | undefined;

  /** @param make - a worker that serves one task. */
  constructor(make: () => TaskWorker) {
    this.#make = make;
  }

  /** Has a worker ready for the next task. */
  warm(): void {
    if (this.#spare !== undefined) return;
    const spare = this.#make();
    this.#spare = spare;
    // One that did not load would never answer: the next task makes another.
    spare.listen(
      () => undefined,
      () => {
        spare.terminate();
        if (this.#spare === spare) this.#spare = undefined;
      },
    );
  }

  /** Ends the worker that waits for a task. */
  dispose(): void {
    this.#spare?.terminate();
    this.#spare = undefined;
  }

  /**
   * Runs a task.
   *
   * @throws InputError - the task's refusal; ProverError - the worker ended, or failed otherwise; DOMException
   *   `AbortError`; what `files` or `artifacts` threw.
   */
  run<N extends TaskName>(
    name: N,
    input: Tasks[N]["input"],
    options: RunOptions = {},
  ): Promise<Tasks[N]["output"]> {
    const { signal, onProgress } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const worker = this.#spare ?? this.#make();
      this.#spare = undefined;
      const end = (settle: () => void): void => {
        signal?.removeEventListener("abort", onAbort);
        worker.terminate();
        settle();
      };
      const fail = (error: unknown): void => end(() => reject(error));
      const onAbort = (): void => fail(signal!.reason);
      signal?.addEventListener("abort", onAbort, { once: true });
      const onMessage = (message: FromWorker): void => {
        if (message.kind === "progress") onProgress?.(message.progress);
        else if (message.kind === "need") {
          supply(message.need, options).then(
            (bytes) => worker.post({ kind: "answer", id: message.id, bytes }),
            fail,
          );
        } else if (message.kind === "done") end(() => resolve(message.output as Tasks[N]["output"]));
        else fail(errorOf(message.fault));
      };
      worker.listen(onMessage, () => fail(new ProverError("the worker ended")));
      worker.post({ kind: "task", name, input } as Parameters<TaskWorker["post"]>[0]);
    });
  }
}

function errorOf({ code, place, name }: Extract<FromWorker, { kind: "failed" }>["fault"]): Error {
  if (code === null) return new ProverError(`the worker failed: ${name}`);
  return new InputError(code, "refused by the worker", place ?? undefined);
}

/** What a worker needs; null where there is no such thing. */
async function supply(need: Need, { files, artifacts }: RunOptions): Promise<Uint8Array | null> {
  try {
    const bytes = await ("file" in need
      ? files?.read(need.file)
      : artifacts?.piece(need.artifact, need.piece));
    return bytes ?? null;
  } catch (error) {
    const isMissing =
      error instanceof InputError && (error.code === "file-missing" || error.code === "artifact-missing");
    if (isMissing) return null;
    throw error;
  }
}

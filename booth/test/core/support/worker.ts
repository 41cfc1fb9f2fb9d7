// A worker in the test's own thread: messages are copied, as between threads.
import type { Engine } from "@commune-zk/prover";
import type { FromWorker, TaskName, TaskWorker, ToWorker } from "../../../src/worker/protocol.ts";
import { serveTask } from "../../../src/worker/tasks.ts";
import { rest } from "./clock.ts";

/** What became of a worker. */
export interface WorkerLife {
  /** Null until it was given a task. */
  task: TaskName | null;
  ended: boolean;
  /** Everything that it said. */
  readonly said: FromWorker[];
}

/** A worker that serves one task with this engine; `life` is written as it goes. */
export function inProcessWorker(
  engine: () => Engine,
  life: WorkerLife,
  crash: () => boolean = () => false,
): TaskWorker {
  let onMessage: (message: FromWorker) => void = () => undefined;
  let onCrash: () => void = () => undefined;
  const receive = serveTask(
    (message) => {
      const copy = structuredClone(message);
      void rest().then(() => {
        if (life.ended) return;
        life.said.push(copy);
        onMessage(copy);
      });
    },
    { engine },
  );
  return {
    post(message: ToWorker) {
      const copy = structuredClone(message);
      if (copy.kind === "task") life.task = copy.name;
      void rest().then(() => {
        if (life.ended) return;
        if (crash()) onCrash();
        else receive(copy);
      });
    },
    listen(message, crashed) {
      onMessage = message;
      onCrash = crashed;
    },
    terminate() {
      life.ended = true;
    },
  };
}

// A page that does nothing but let a worker prove.
import type {
  BareGlobals,
  BareJob,
  BarePage,
  BareProof,
  FirstProof,
  KernelRun,
  WorkerAnswer,
  WorkerRequest,
} from "../../src/browser/bare-proof.ts";
import type { TimedProof } from "../../src/harness/timed-proof.ts";

let worker: Worker | null = null;

const page: BarePage = {
  async load(job) {
    restart();
    await ask({ kind: "load", job });
  },

  async prove() {
    const start = performance.now();
    const made = (await ask({ kind: "prove" })) as TimedProof;
    return { ...made, waitedMs: performance.now() - start } satisfies BareProof;
  },

  async kernel(run: KernelRun) {
    if (worker === null) restart();
    return (await ask({ kind: "kernel", run })) as readonly number[];
  },
};

function restart(): void {
  worker?.terminate();
  worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}

function ask(request: WorkerRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (worker === null) throw new Error("nothing was loaded");
    worker.onmessage = ({ data }: { readonly data: WorkerAnswer }) => {
      if ("failed" in data) reject(new Error(data.failed));
      else resolve(data.done);
    };
    worker.onerror = ({ message }) => reject(new Error(message ?? "the worker could not be started"));
    worker.postMessage(request);
  });
}

/** Everything between the address and the finished proof. */
async function proveAtOnce(job: BareJob): Promise<FirstProof> {
  await page.load(job);
  const made = await page.prove();
  return { made, loadMs: made.startedAt - performance.timeOrigin, totalMs: performance.now() };
}

Object.assign(globalThis, { barePage: page });
const { bareJob, announce } = globalThis as unknown as Partial<BareGlobals>;
if (bareJob !== undefined) {
  proveAtOnce(bareJob).then(
    (first) => announce?.(JSON.stringify(first)),
    (error: unknown) => announce?.(JSON.stringify({ failed: String(error) })),
  );
}

// Entry of the worker. It serves one task; the page ends it, and its engine's threads with it.

import threadUrl from "virtual:booth-thread";
import { wasmEngine, webThreads } from "@commune-zk/prover";
import type { FromWorker, ToWorker } from "./protocol.ts";
import { serveTask } from "./tasks.ts";

/** What this file uses of a dedicated worker's global object: the DOM's types describe a window. */
interface WorkerScope {
  postMessage(message: FromWorker): void;
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
}

const scope = globalThis as unknown as WorkerScope;
const threads = webThreads(() => new Worker(threadUrl, { type: "module" }));
const receive = serveTask((message) => scope.postMessage(message), { engine: () => wasmEngine({ threads }) });
scope.onmessage = ({ data }) => receive(data);

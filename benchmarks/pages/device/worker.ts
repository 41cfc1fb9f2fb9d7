// The worker of the device page: calibrates and proves, away from the thread that draws.
import "./no-code-from-strings.ts";
import { urlArtifactSource } from "@commune-zk/prover";
import type { DeviceWorkload } from "../../src/device/config.ts";
import type { FromWorker, ToWorker } from "../../src/device/protocol.ts";
import { deviceTasks } from "../../src/device/worker-tasks.ts";
import { engineNamed } from "../../src/harness/engines.ts";
import { pageThreads } from "../threads/start.ts";

/** What this file uses of a dedicated worker's global object: the DOM's types describe a window. */
interface WorkerScope {
  postMessage(message: FromWorker): void;
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
}

const ARTIFACTS = "/artifacts";

const scope = globalThis as unknown as WorkerScope;
const answer = deviceTasks({
  createEngine: (name) => engineNamed(name).create(null, pageThreads()),
  // A cold start fetches everything, also where somebody measured before.
  source: urlArtifactSource(ARTIFACTS, { fetch: (url, init) => fetch(url, { ...init, cache: "no-store" }) }),
  downloadedBytes,
  post: (message) => scope.postMessage(message),
});
scope.onmessage = ({ data }) => void answer(data);

/** With their headers and as compressed as they came, where the browser tells; else their sizes. */
function downloadedBytes({ wasm, provingKey, inputs }: DeviceWorkload): number {
  const entries = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  return [wasm, provingKey, inputs].reduce((sum, { sha256, size }) => {
    const entry = entries.findLast(({ name }) => name.endsWith(`${ARTIFACTS}/${sha256}`));
    return sum + (entry?.transferSize || size);
  }, 0);
}

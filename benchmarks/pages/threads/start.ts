// Threads of a page's engine.
import { type ThreadOptions, webThreads } from "@commune-zk/prover";

/** As many as the browser has cores for. */
export function pageThreads(): ThreadOptions {
  return webThreads(() => new Worker(new URL("./thread.ts", import.meta.url), { type: "module" }));
}

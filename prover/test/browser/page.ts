// The page around the worker: passes requests on, and notes what breaks the policy.
import type { ProofProgress } from "../../src/index.ts";
import type { Answer, Page, Posted, Request } from "./messages.ts";

const violations: string[] = [];
addEventListener("securitypolicyviolation", ({ effectiveDirective }) => violations.push(effectiveDirective));

/** One worker for each request: what one leaves behind cannot help the next. */
function ask(request: Request): Promise<Answer> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const progress: ProofProgress[] = [];
  return new Promise<Answer>((resolve, reject) => {
    worker.addEventListener("error", () => reject(new Error("the worker failed")));
    worker.addEventListener("message", ({ data }: MessageEvent<Posted>) => {
      if (data.kind === "progress") progress.push(data.progress);
      else if (data.kind === "violation") violations.push(data.directive);
      else {
        const { kind: _, ...outcome } = data;
        // A violation is told in a task of its own: it gets its turn before the worker ends.
        setTimeout(() => resolve({ ...outcome, progress }), 100);
      }
    });
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}

Object.assign(globalThis, { ask, violations } satisfies Page);

// Kernels for callers that cannot wait.
import { scalarKernelsNow } from "./code.ts";
import { Workspace } from "./kernels.ts";

let now: Workspace | null | undefined;

/**
 * Kernels that callers use at once, and whose memory they release and, where a secret was in it, wipe, before they
 * return. Undefined where they cannot be compiled without waiting: in the main thread of older Chromium.
 */
export function kernelsNow(): Workspace | undefined {
  if (now === undefined) {
    try {
      now = Workspace.startNow(scalarKernelsNow());
    } catch {
      now = null;
    }
  }
  return now ?? undefined;
}

// Sums of multiples of points in the kernels' memory.
import { G1_EXTENDED_BYTES, G2_EXTENDED_BYTES, type Workspace } from "../wasm/kernels.ts";

/** What is summed: n scalars of 32 bytes and n affine points, by their addresses. */
export interface Multiples {
  readonly n: number;
  readonly scalars: number;
  readonly points: number;
}

/** Address of Σ scalars·points, in extended coordinates. Variable time. */
export function multiply(workspace: Workspace, group: "g1" | "g2", multiples: Multiples): number {
  const { n, scalars, points } = multiples;
  const { kernels } = workspace;
  const out = workspace.allocate(group === "g1" ? G1_EXTENDED_BYTES : G2_EXTENDED_BYTES);
  const mark = workspace.mark();
  const bits = windowBits(n);
  const scratch = workspace.allocate(kernels[`${group}MsmScratch`](n, bits));
  kernels[`${group}Msm`](out, n, scalars, points, bits, scratch);
  workspace.release(mark);
  return out;
}

/** The window that costs least: an addition of 6 for each point, and 24 for each bucket of sums. */
function windowBits(n: number): number {
  const cost = (bits: number): number => Math.ceil(255 / bits) * (6 * n + 24 * 2 ** (bits - 1));
  let best = 2;
  for (let bits = 3; bits <= 15; bits++) if (cost(bits) < cost(best)) best = bits;
  return best;
}

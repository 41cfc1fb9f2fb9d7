// Sums of multiples of points in the kernels' memory.
import { G1_EXTENDED_BYTES, G2_EXTENDED_BYTES, type Workspace } from "../wasm/kernels.ts";

/** What is summed: n scalars of 32 bytes, and the table of n affine points, by their addresses. */
export interface Multiples {
  readonly n: number;
  readonly scalars: number;
  readonly table: number;
}

/** Address of the table of n affine points that {@link multiply} takes. */
export function tableOf(workspace: Workspace, group: "g1" | "g2", n: number, points: number): number {
  const { kernels } = workspace;
  const table = workspace.allocate(kernels[`${group}MsmTable`](n));
  kernels[`${group}Expand`](table, n, points);
  return table;
}

/** Address of Σ scalars·points, in extended coordinates. Variable time. */
export function multiply(workspace: Workspace, group: "g1" | "g2", multiples: Multiples): number {
  const { n, scalars, table } = multiples;
  const { kernels } = workspace;
  const out = workspace.allocate(group === "g1" ? G1_EXTENDED_BYTES : G2_EXTENDED_BYTES);
  const mark = workspace.mark();
  const bits = kernels[`${group}MsmBits`](n);
  const scratch = workspace.allocate(kernels[`${group}MsmScratch`](n, bits));
  kernels[`${group}Msm`](out, n, scalars, table, bits, scratch);
  workspace.release(mark);
  return out;
}

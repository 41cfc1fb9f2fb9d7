// Sums of multiples of points in the kernels' memory.
import { G1_EXTENDED_BYTES, G2_EXTENDED_BYTES, type Workspace } from "../wasm/kernels.ts";

/** One of the two groups that pairings take their points from. */
export type Group = "g1" | "g2";

/** What is summed: n scalars of 32 bytes, and the table of n affine points, by their addresses. */
export interface Multiples {
  readonly n: number;
  readonly scalars: number;
  readonly table: number;
}

/** Of a point in extended coordinates. */
export const EXTENDED_BYTES = { g1: G1_EXTENDED_BYTES, g2: G2_EXTENDED_BYTES } as const;

/** Address of the table of n affine points that {@link multiply} takes. */
export function tableOf(workspace: Workspace, group: Group, n: number, points: number): number {
  const { kernels } = workspace;
  const table = workspace.allocate(kernels[`${group}MsmTable`](n));
  kernels[`${group}Expand`](table, n, points);
  return table;
}

/** Address of Σ scalars·points, in extended coordinates. Variable time. */
export function multiply(workspace: Workspace, group: Group, multiples: Multiples): number {
  const steps = multiplySteps(workspace, group, multiples);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** As {@link multiply}, stopping between its windows for whatever else the thread has to do. */
export async function multiplyInTurns(
  workspace: Workspace,
  group: Group,
  multiples: Multiples,
  between: () => Promise<void>,
): Promise<number> {
  const steps = multiplySteps(workspace, group, multiples);
  for (;;) {
    await between();
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The workspace's top has to be the same at every step. */
function* multiplySteps(
  workspace: Workspace,
  group: Group,
  { n, scalars, table }: Multiples,
): Generator<undefined, number> {
  const { kernels } = workspace;
  const out = workspace.allocate(EXTENDED_BYTES[group]);
  const mark = workspace.mark();
  const bits = kernels[`${group}MsmBits`](n);
  const scratch = workspace.allocate(kernels[`${group}MsmScratch`](n, bits));
  kernels[`${group}MsmBegin`](out, n, scalars, table, bits, scratch);
  for (let window = kernels[`${group}MsmWindows`](bits); window-- > 0; ) {
    yield;
    kernels[`${group}MsmWindow`](out, n, table, bits, scratch, window);
  }
  workspace.release(mark);
  return out;
}

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

/**
 * Address of the table that {@link multiply} takes.
 *
 * @param points - what gives the address of the n affine points; what that allocates is free again afterwards.
 */
export function tableOf(workspace: Workspace, group: Group, n: number, points: () => number): number {
  const { kernels, lanes } = workspace;
  const count = kernels[`${group}MsmPoints`](n);
  const table = workspace.allocate(count * (lanes ?? kernels)[`${group}PointBytes`]());
  workspace.within(() => kernels[`${group}Expand`](table, n, points()));
  lanes?.[`${group}FromScalar`](table, count);
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
  const buckets = workspace.lanes ?? kernels;
  const out = workspace.allocate(EXTENDED_BYTES[group]);
  const mark = workspace.mark();
  const bits = kernels[`${group}MsmBits`](n);
  const points = kernels[`${group}MsmPoints`](n);
  const digits = workspace.allocate(kernels[`${group}MsmDigits`](n, bits));
  const scratch = workspace.allocate(buckets[`${group}BucketScratch`](points, bits));
  kernels[`${group}MsmBegin`](out, n, scalars, table, buckets[`${group}PointBytes`](), bits, digits);
  for (let window = kernels[`${group}MsmWindows`](bits); window-- > 0; ) {
    yield;
    const row = digits + 2 * points * window;
    const sums = buckets[`${group}SumBuckets`](points, table, row, bits, scratch);
    kernels[`${group}MsmWindow`](out, bits, scratch, sums);
  }
  workspace.release(mark);
  return out;
}

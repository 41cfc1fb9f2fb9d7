// Points and scalars between big integers and the kernels' memory.

import { NUMBER_BYTES, Workspace } from "../wasm/kernels.ts";
import type { G1, G2 } from "./bn254.ts";
import { littleEndianToUint, uintBytes } from "./bytes.ts";

let now: Workspace | null | undefined;

/**
 * Kernels for public values, which callers use at once and leave as they were; nothing in them outlasts a call.
 * Undefined where they cannot be compiled without waiting.
 */
export function kernelsNow(): Workspace | undefined {
  if (now === undefined) {
    try {
      now = Workspace.startNow();
    } catch {
      now = null;
    }
  }
  return now ?? undefined;
}

/** Of a scalar, little-endian, not in Montgomery form. */
export const SCALAR_BYTES = 32;

/** Address of affine points of G1, side by side. */
export function putG1(workspace: Workspace, ...points: readonly G1[]): number {
  return putNumbers(workspace, points.flat());
}

/** Address of an affine point of G2. */
export function putG2(workspace: Workspace, [x, y]: G2): number {
  return putNumbers(workspace, [...x, ...y]);
}

/** The affine point of G1 at an address. Infinity reads as (0, 0). */
export function readG1(workspace: Workspace, at: number): G1 {
  const [x, y] = readNumbers(workspace, at, 2) as [bigint, bigint];
  return [x, y];
}

/** The affine point of G2 at an address. */
export function readG2(workspace: Workspace, at: number): G2 {
  const [x0, x1, y0, y1] = readNumbers(workspace, at, 4) as [bigint, bigint, bigint, bigint];
  return [
    [x0, x1],
    [y0, y1],
  ];
}

/** Address of scalars, 32 bytes each. */
export function putScalars(workspace: Workspace, scalars: readonly bigint[]): number {
  const at = workspace.allocate(scalars.length * SCALAR_BYTES);
  for (const [i, scalar] of scalars.entries()) {
    workspace.bytes(at + i * SCALAR_BYTES, SCALAR_BYTES).set(uintBytes(scalar, SCALAR_BYTES).reverse());
  }
  return at;
}

/** So many scalars from an address. */
export function readScalars(workspace: Workspace, at: number, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) =>
    littleEndianToUint(workspace.bytes(at + i * SCALAR_BYTES, SCALAR_BYTES)),
  );
}

function putNumbers(workspace: Workspace, values: readonly bigint[]): number {
  const at = workspace.allocate(values.length * NUMBER_BYTES);
  const mark = workspace.mark();
  const bytes = putScalars(workspace, values);
  for (const i of values.keys()) {
    const to = at + i * NUMBER_BYTES;
    workspace.kernels.fqFromBytes(to, bytes + i * SCALAR_BYTES);
    workspace.kernels.fqToMontgomery(to, to);
  }
  workspace.release(mark);
  return at;
}

function readNumbers(workspace: Workspace, at: number, count: number): bigint[] {
  const mark = workspace.mark();
  const out = workspace.allocate(SCALAR_BYTES);
  const values = Array.from({ length: count }, (_, i) => {
    workspace.kernels.fqToBytes(out, at + i * NUMBER_BYTES);
    return littleEndianToUint(workspace.bytes(out, SCALAR_BYTES));
  });
  workspace.release(mark);
  return values;
}

// Points and scalars between big integers and the kernels' memory.

import { NUMBER_BYTES, type Workspace } from "../wasm/kernels.ts";
import type { G1, G2 } from "./bn254.ts";

/** Of a scalar, little-endian, not in Montgomery form. */
export const SCALAR_BYTES = 32;

/** Address of affine points of G1, side by side. */
export function putG1(workspace: Workspace, ...points: readonly G1[]): number {
  return putNumbers(workspace, points.flat(), "fq");
}

/** Address of an affine point of G2. */
export function putG2(workspace: Workspace, [x, y]: G2): number {
  return putNumbers(workspace, [...x, ...y], "fq");
}

/** The affine point of G1 at an address. Infinity reads as (0, 0). */
export function readG1(workspace: Workspace, at: number): G1 {
  const [x, y] = readNumbers(workspace, at, 2, "fq") as [bigint, bigint];
  return [x, y];
}

/** The affine point of G2 at an address. */
export function readG2(workspace: Workspace, at: number): G2 {
  const [x0, x1, y0, y1] = readNumbers(workspace, at, 4, "fq") as [bigint, bigint, bigint, bigint];
  return [
    [x0, x1],
    [y0, y1],
  ];
}

/**
 * Address of scalars, 32 bytes each.
 *
 * @throws RangeError - one that is negative or has more than 256 bits.
 */
export function putScalars(workspace: Workspace, scalars: readonly bigint[]): number {
  const at = workspace.allocate(scalars.length * SCALAR_BYTES);
  writeScalars(workspace.bytes(at, scalars.length * SCALAR_BYTES), scalars);
  return at;
}

/** So many scalars from an address. */
export function readScalars(workspace: Workspace, at: number, count: number): bigint[] {
  return scalarsFromBytes(workspace.bytes(at, count * SCALAR_BYTES));
}

/**
 * Scalars, 32 bytes each.
 *
 * @throws RangeError - as {@link putScalars}.
 */
export function scalarsToBytes(scalars: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(scalars.length * SCALAR_BYTES);
  writeScalars(bytes, scalars);
  return bytes;
}

/** Scalars of 32 bytes each. */
export function scalarsFromBytes(bytes: Uint8Array): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / SCALAR_BYTES }, (_, i) => {
    let value = 0n;
    for (let word = SCALAR_BYTES - 8; word >= 0; word -= 8) {
      value = (value << 64n) | view.getBigUint64(i * SCALAR_BYTES + word, true);
    }
    return value;
  });
}

function writeScalars(bytes: Uint8Array, scalars: readonly bigint[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [i, scalar] of scalars.entries()) {
    let rest = scalar;
    for (let word = 0; word < SCALAR_BYTES; word += 8) {
      view.setBigUint64(i * SCALAR_BYTES + word, rest, true);
      rest >>= 64n;
    }
    if (rest !== 0n) throw new RangeError("a scalar beyond 32 bytes");
  }
}

/** Address of numbers of a field in Montgomery form. */
export function putNumbers(workspace: Workspace, values: readonly bigint[], field: "fq" | "fr"): number {
  const { kernels } = workspace;
  const at = workspace.allocate(values.length * NUMBER_BYTES);
  const mark = workspace.mark();
  const bytes = putScalars(workspace, values);
  for (const i of values.keys()) {
    const to = at + i * NUMBER_BYTES;
    kernels[`${field}FromBytes`](to, bytes + i * SCALAR_BYTES);
    kernels[`${field}ToMontgomery`](to, to);
  }
  workspace.release(mark);
  return at;
}

/** So many numbers of a field from an address, out of Montgomery form. */
export function readNumbers(workspace: Workspace, at: number, count: number, field: "fq" | "fr"): bigint[] {
  const mark = workspace.mark();
  const out = workspace.allocate(count * SCALAR_BYTES);
  for (let i = 0; i < count; i++) {
    workspace.kernels[`${field}ToBytes`](out + i * SCALAR_BYTES, at + i * NUMBER_BYTES);
  }
  const values = readScalars(workspace, out, count);
  workspace.release(mark);
  return values;
}

// Points of the scalar kernels, as ./buckets takes them.
import { AFFINE } from "./curve";
import * as F from "./field";

export { addPairs, PAIR_SCRATCH } from "./curve";

export const POINT: usize = AFFINE;

export function copyPoint(to: usize, from: usize): void {
  F.copy(to, from);
  F.copy(to + F.BYTES, from + F.BYTES);
}

export function copyNegated(to: usize, from: usize): void {
  F.copy(to, from);
  F.neg(to + F.BYTES, from + F.BYTES);
}

/** Sums are in the scalar kernels' form already. */
export function settle(_sums: usize, _count: u32): void {}

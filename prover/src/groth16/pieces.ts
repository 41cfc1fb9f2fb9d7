// The five sums of a proof, Σ scalarᵢ·pointᵢ, in pieces that threads compute each for itself.
import { InputError } from "../formats/errors.ts";
import type { Zkey } from "../formats/zkey.ts";
import { NUMBER_BYTES, type Workspace } from "../wasm/kernels.ts";
import { type Group, tableOf } from "./multiply.ts";

/** Names of the sums, by the section of the proving key that holds their points. */
export const SUM_NAMES = ["a", "b1", "b2", "c", "h"] as const;
/** Name of a sum. */
export type SumName = (typeof SUM_NAMES)[number];

/** Of a point in a zkey. */
export const POINT_FILE_BYTES = { g1: 64, g2: 128 } as const;

/** The group in which a sum lies. */
export function groupOf(sum: SumName): Group {
  return sum === "b2" ? "g2" : "g1";
}

/** The first of the sum's scalars among the values of the witness; the scalars of "h" are the quotient's. */
export function offsetOf(sum: SumName, publicCount: number): number {
  return sum === "c" ? publicCount + 1 : 0;
}

/** Points from … from + count − 1 of a sum. */
export interface Piece {
  readonly sum: SumName;
  readonly from: number;
  readonly count: number;
}

/** The points of a piece, as the zkey has them. */
export function pieceBytes(zkey: Zkey, { sum, from, count }: Piece): Uint8Array {
  const bytes = POINT_FILE_BYTES[groupOf(sum)];
  return zkey[sum].subarray(from * bytes, (from + count) * bytes);
}

/** A piece in a workspace: the address of its table. */
export interface LoadedPiece {
  readonly group: Group;
  readonly count: number;
  readonly table: number;
}

/**
 * Reads points of a zkey and computes what `multiply` needs of them.
 *
 * @throws InputError `zkey-malformed` - a coordinate is not below q.
 */
export function loadPiece(workspace: Workspace, group: Group, bytes: Uint8Array): LoadedPiece {
  const count = bytes.length / POINT_FILE_BYTES[group];
  const table = tableOf(workspace, group, count, () => readPoints(workspace, bytes));
  return { group, count, table };
}

/**
 * Address of affine points of a zkey, in either group.
 *
 * @throws InputError `zkey-malformed` - a coordinate is not below q.
 */
export function readPoints(workspace: Workspace, bytes: Uint8Array): number {
  const numbers = bytes.length / 32;
  const at = workspace.allocate(numbers * NUMBER_BYTES);
  const mark = workspace.mark();
  if (workspace.kernels.fqFromFile(at, workspace.put(bytes), numbers) !== 0) {
    throw new InputError("zkey-malformed", "a coordinate is not below q", "zkey");
  }
  workspace.release(mark);
  return at;
}

// Points of a proving key as the sums of a proof take them, in pieces that threads compute each for itself.
import { InputError } from "../formats/errors.ts";
import { NUMBER_BYTES, type Workspace } from "../wasm/kernels.ts";
import { type Group, tableOf } from "./multiply.ts";
import { groupOf, POINT_FILE_BYTES, type SumName, type Terms } from "./sums.ts";

/** Terms from … from + count − 1 of a sum. */
export interface Piece {
  readonly sum: SumName;
  readonly from: number;
  readonly count: number;
}

/** The points of a piece, as the zkey has them. */
export function pieceBytes(terms: Terms, { sum, from, count }: Piece): Uint8Array {
  const bytes = POINT_FILE_BYTES[groupOf(sum)];
  return terms[sum].points.subarray(from * bytes, (from + count) * bytes);
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

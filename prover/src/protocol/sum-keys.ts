// Keys of many sums of points, a tile at a time: the sums of the low digits once, each with one point more by the
// kernels, which invert once for a tile.
import { normalizeZ } from "@noble/curves/abstract/curve.js";
import { babyjubjub } from "@noble/curves/misc.js";
import { putScalars } from "../formats/kernel-points.ts";
import type { Point } from "../formats/point.ts";
import type { Workspace } from "../wasm/kernels.ts";
import { type Digit, sizeOf, splitDigit, sums } from "./digits.ts";

/** Sums of one inversion, at most. */
const TILE = 1024;
/** Tiles whose points are computed together. */
const TOGETHER = 64;

/** Mixed-radix numbers in tiles: the inner digits are the less significant ones. */
export interface Tiled {
  readonly inner: readonly Digit[];
  readonly outer: readonly Digit[];
}

/** These digits, one of them perhaps in two, so that there are at most 1,024 inner numbers. */
export function inTiles(digits: readonly Digit[]): Tiled {
  const inner: Digit[] = [];
  const outer: Digit[] = [];
  for (const digit of digits) {
    const room = Math.floor(TILE / sizeOf(inner));
    if (outer.length === 0 && digit.size <= room) inner.push(digit);
    else if (outer.length === 0 && room > 1) {
      const [low, high] = splitDigit(digit, room);
      inner.push(low);
      outer.push(high);
    } else outer.push(digit);
  }
  return { inner, outer };
}

/** Keys of a tile: 64 bits of each sum, as two words. Equal sums have equal keys. */
export interface KeyTile {
  /** Number of the tile's first sum. */
  readonly start: number;
  /** Low word, high word of each; good until the next tile is asked for. */
  readonly keys: Uint32Array;
}

/**
 * Keys of all sums of a tiled number's point and an origin, or, with `isSubtracted`, of the origin less that point.
 * The workspace is the caller's alone until all have been had.
 */
export function* keyTiles(
  workspace: Workspace,
  { inner, outer }: Tiled,
  origin: Point,
  isSubtracted: boolean,
): Generator<KeyTile, void> {
  const { kernels } = workspace;
  const mark = workspace.mark();
  try {
    const signed = (points: readonly Point[]): readonly Point[] =>
      isSubtracted ? points.map((point) => point.negate()) : points;
    const size = sizeOf(inner);
    const table = workspace.allocate(kernels.jubTableBytes(size));
    workspace.within(() =>
      kernels.jubMakeTable(table, size, putAffine(workspace, signed(sums(inner, 0, size)))),
    );
    const out = workspace.allocate(8 * size);
    const scratch = workspace.allocate(kernels.jubKeysScratch(size));
    const tiles = sizeOf(outer);
    for (let first = 0; first < tiles; first += TOGETHER) {
      const offsets = signed(sums(outer, first, Math.min(TOGETHER, tiles - first))).map((point) =>
        origin.add(point),
      );
      const at = putAffine(workspace, offsets);
      for (let i = 0; i < offsets.length; i++) {
        kernels.jubSumKeys(out, size, table, at + 64 * i, scratch);
        const keys = new Uint32Array(kernels.memory.buffer, out, 2 * size);
        yield { start: (first + i) * size, keys };
      }
      workspace.release(at);
    }
  } finally {
    workspace.release(mark);
  }
}

/** Address of x and y of each, 32 bytes. */
function putAffine(workspace: Workspace, points: readonly Point[]): number {
  return putScalars(
    workspace,
    // By one inversion.
    normalizeZ(babyjubjub.Point, [...points]).flatMap(({ x, y }) => [x, y]),
  );
}

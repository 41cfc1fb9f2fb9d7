// Tiles of a board: C2SP tlog-tiles. docs/spec/board.md §3.
import { bytesToUint, concatBytes, uintBytes } from "./bytes.ts";
import { InputError } from "./errors.ts";
import { leafHash, nodeHash } from "./merkle-log.ts";
import type { PublicFiles } from "./public-files.ts";
import { publicPaths } from "./public-paths.ts";

/** Hashes, or entries, in a full tile. */
export const TILE_WIDTH = 256;

/** `u16 length ‖ entry` for each entry. */
export function encodeEntries(entries: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...entries.flatMap((entry) => [uintBytes(entry.length, 2), entry]));
}

/**
 * Every tile of a board of these entries, for its size: full tiles, and the one partial tile of each level.
 *
 * @yields path and content, from `publicPaths`.
 */
export function* boardFiles(entries: readonly Uint8Array[]): Generator<[string, Uint8Array]> {
  for (const [index, width] of tilesOf(entries.length)) {
    const slice = entries.slice(index * TILE_WIDTH, index * TILE_WIDTH + width);
    yield [publicPaths.entries(index, width), encodeEntries(slice)];
  }
  yield* hashTiles(entries.map(leafHash));
}

/** Every tile of hashes over these leaf hashes. */
export function* hashTiles(leaves: readonly Uint8Array[]): Generator<[string, Uint8Array]> {
  let hashes = leaves;
  for (let level = 0; hashes.length > 0; level++) {
    const above: Uint8Array[] = [];
    for (const [index, width] of tilesOf(hashes.length)) {
      const tile = hashes.slice(index * TILE_WIDTH, index * TILE_WIDTH + width);
      yield [publicPaths.tile(level, index, width), concatBytes(...tile)];
      if (width === TILE_WIDTH) above.push(fullRoot(tile));
    }
    hashes = above;
  }
}

/**
 * Index and width of each tile over n items, one after another: n may be what a stranger claims, and the first
 * missing tile ends the reading.
 */
export function* tilesOf(n: number): Generator<[index: number, width: number]> {
  for (let index = 0; index * TILE_WIDTH < n; index++) {
    yield [index, Math.min(TILE_WIDTH, n - index * TILE_WIDTH)];
  }
}

function fullRoot(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, i) => nodeHash(row[2 * i]!, row[2 * i + 1]!));
  }
  return row[0]!;
}

/**
 * The first `size` entries of a board.
 *
 * @throws InputError `file-missing`, `tile-malformed` - not exactly the entries that the tile must hold.
 */
export async function readEntries(files: PublicFiles, size: number): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for (const [index, width] of tilesOf(size)) {
    const path = publicPaths.entries(index, width);
    entries.push(...decodeEntries(await files.read(path), width, path));
  }
  return entries;
}

function decodeEntries(bytes: Uint8Array, width: number, path: string): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const length = Number(bytesToUint(bytes.subarray(offset, offset + 2)));
    const end = offset + 2 + length;
    if (offset + 2 > bytes.length || end > bytes.length) {
      throw new InputError("tile-malformed", "ends within an entry", path);
    }
    entries.push(bytes.slice(offset + 2, end));
    offset = end;
  }
  if (entries.length !== width) throw new InputError("tile-malformed", `expected ${width} entries`, path);
  return entries;
}

// Tiles of a board against RFC 6962, their paths, and what a reader of entries refuses. docs/spec/board.md §3;
// C2SP tlog-tiles.
import { describe, expect, test } from "@jest/globals";
import { concatBytes, toHex, uintBytes, utf8 } from "../../src/formats/bytes.ts";
import { leafHash } from "../../src/formats/merkle-log.ts";
import { memoryPublicFiles } from "../../src/formats/public-files.ts";
import { parseTilePath, publicPaths } from "../../src/formats/public-paths.ts";
import { boardFiles, encodeEntries, hashTiles, readEntries, tilesOf } from "../../src/formats/tiles.ts";
import { BoardTree } from "../../src/protocol/board-tree.ts";
import { inputRejection, seededRandom } from "../trustees/support.ts";
import { treeHash, UniformTree } from "./rfc6962.ts";

const entriesOf = (n: number): Uint8Array[] => Array.from({ length: n }, (_, i) => utf8(`entry ${i}`));

describe("the tiles of a board", () => {
  test.each<[number, readonly string[]]>([
    [0, []],
    [1, ["0/000.p/1", "entries/000.p/1"]],
    [255, ["0/000.p/255", "entries/000.p/255"]],
    [256, ["0/000", "1/000.p/1", "entries/000"]],
    [257, ["0/000", "0/001.p/1", "1/000.p/1", "entries/000", "entries/001.p/1"]],
    [600, ["0/000", "0/001", "0/002.p/88", "1/000.p/2", "entries/000", "entries/001", "entries/002.p/88"]],
  ])("of %i entries are all full ones and a partial one a level", (n, names) => {
    const files = [...boardFiles(entriesOf(n))].map(([path]) => path);
    expect(files.sort()).toEqual(names.map((name) => `board/tile/${name}`).sort());
  });

  test("hold the hashes of the definition: tile N of level L, hash i, is over 256^L entries", () => {
    const entries = entriesOf(600);
    const files = new Map(boardFiles(entries));
    for (const [path, bytes] of files) {
      const tile = parseTilePath(path)!;
      if (tile.level === "entries") continue;
      const span = 256 ** tile.level;
      const expected = Array.from({ length: tile.width }, (_, i) => {
        const start = (256 * tile.index + i) * span;
        return toHex(treeHash(entries.slice(start, start + span)));
      });
      expect([path, toHex(bytes)]).toEqual([path, expected.join("")]);
    }
  });

  test("reach the second level at 65,536 entries", () => {
    const uniform = new UniformTree(utf8("x"));
    const leaves = new Array<Uint8Array>(65_536 + 3).fill(leafHash(utf8("x")));
    const files = new Map(hashTiles(leaves));
    const tile = (path: string) => toHex(files.get(`board/tile/${path}`)!);
    expect(files.size).toBe(257 + 1 + 1);
    expect(tile("0/256.p/3")).toBe(toHex(uniform.root(1)).repeat(3));
    expect(tile("1/000")).toBe(toHex(uniform.root(256)).repeat(256));
    expect(tile("2/000.p/1")).toBe(toHex(uniform.root(65_536)));
  });

  test("hold the subtrees that the board's own tree has", () => {
    const entries = entriesOf(520);
    const tree = new BoardTree();
    for (const entry of entries) tree.append(entry);
    for (const [path, bytes] of hashTiles(entries.map(leafHash))) {
      const { level, index, width } = parseTilePath(path) as { level: number; index: number; width: number };
      const hashes = tree.subtreeRoots(8 * level, 256 * index, 256 * index + width);
      expect([path, toHex(bytes)]).toEqual([path, toHex(concatBytes(...hashes))]);
    }
  });

  test("cover every item once", () => {
    for (const n of [0, 1, 255, 256, 257, 511, 512, 513]) {
      const tiles = [...tilesOf(n)];
      expect(tiles.map(([index]) => index)).toEqual(tiles.map((_, i) => i));
      expect(tiles.reduce((sum, [, width]) => sum + width, 0)).toBe(n);
      expect(tiles.slice(0, -1).every(([, width]) => width === 256)).toBe(true);
    }
  });
});

test("a board that claims 10^15 entries ends at the first tile that is not there", async () => {
  const start = performance.now();
  const error = await inputRejection(readEntries(memoryPublicFiles(new Map()), 10 ** 15));
  expect(error).toMatchObject({ code: "file-missing", place: publicPaths.entries(0) });
  expect(performance.now() - start).toBeLessThan(1000);
});

describe("tile paths", () => {
  test.each<[number, string]>([
    [0, "000"],
    [67, "067"],
    [999, "999"],
    [1000, "x001/000"],
    [1234067, "x001/x234/067"],
    [999_999_999, "x999/x999/999"],
    [1_000_000_000, "x001/x000/x000/000"],
  ])("write the index %i as %s", (index, groups) => {
    expect(publicPaths.tile(0, index)).toBe(`board/tile/0/${groups}`);
    expect(publicPaths.tile(3, index, 7)).toBe(`board/tile/3/${groups}.p/7`);
    expect(publicPaths.entries(index, 255)).toBe(`board/tile/entries/${groups}.p/255`);
  });

  test("are read as they were written", () => {
    const seed = Date.now();
    const random = seededRandom(seed);
    for (let i = 0; i < 500; i++) {
      const index = Math.floor(random() ** 4 * 10 ** 12);
      const width = 1 + Math.floor(random() * 256);
      const level = i % 3 === 0 ? "entries" : Math.floor(random() * 8);
      const path =
        level === "entries" ? publicPaths.entries(index, width) : publicPaths.tile(level, index, width);
      expect([`seed ${seed}`, path, parseTilePath(path)]).toEqual([
        `seed ${seed}`,
        path,
        { level, index, width },
      ]);
    }
  });

  test.each([
    "",
    "board/tile",
    "board/checkpoint",
    "board/tile/0",
    "board/tile/0/",
    "board/tile/0/0",
    "board/tile/0/00",
    "board/tile/0/0000",
    "board/tile/8/000",
    "board/tile/00/000",
    "board/tile/-1/000",
    "board/tile/Entries/000",
    "board/tile/entry/000",
    "board/tile/0/x000/001",
    "board/tile/0/001/000",
    "board/tile/0/x001",
    "board/tile/0/x001/x000",
    "board/tile/0/x001/x001/x001/x001/000",
    "board/tile/0/000.p/0",
    "board/tile/0/000.p/00",
    "board/tile/0/000.p/07",
    "board/tile/0/000.p/256",
    "board/tile/0/000.p/257",
    "board/tile/0/000.p/",
    "board/tile/0/000.p",
    "board/tile/0/000.p/1/2",
    "board/tile/0/000/",
    "/board/tile/0/000",
    "board/tile/0/000\n",
    " board/tile/0/000",
    "board/tile/0/../0/000",
    "board/tile/0/%30%30%30",
    "board//tile/0/000",
    "board/tile/0/٠٠٠",
  ])("%j is none", (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });
});

describe("reading entries", () => {
  const SIZE = 300;
  const entries = entriesOf(SIZE).with(7, new Uint8Array(0)).with(299, new Uint8Array(65_535).fill(9));
  const files = new Map(boardFiles(entries));
  const first = "board/tile/entries/000";
  const last = "board/tile/entries/001.p/44";

  const read = (size: number, changes: Record<string, Uint8Array> = {}) =>
    readEntries(memoryPublicFiles(new Map([...files, ...Object.entries(changes)])), size);

  test("gives back what was written, empty and longest entries too", async () => {
    expect((await read(SIZE)).map(toHex)).toEqual(entries.map(toHex));
    expect(await read(256)).toHaveLength(256);
    expect(await read(0)).toEqual([]);
  });

  test("needs every tile of the size that is asked for", async () => {
    expect(await inputRejection(read(SIZE + 1))).toMatchObject({
      code: "file-missing",
      place: "board/tile/entries/001.p/45",
    });
    expect(await inputRejection(read(100))).toMatchObject({
      code: "file-missing",
      place: "board/tile/entries/000.p/100",
    });
  });

  const full = files.get(first)!;
  test.each<[string, Uint8Array]>([
    ["a byte less", full.slice(0, -1)],
    ["a byte more", concatBytes(full, Uint8Array.of(0))],
    ["an entry less", encodeEntries(entries.slice(0, 255))],
    ["an entry more", encodeEntries(entries.slice(0, 257))],
    ["an empty entry more", concatBytes(full, Uint8Array.of(0, 0))],
    ["nothing", new Uint8Array(0)],
    ["a length that runs past the end", concatBytes(full.slice(0, -2 - 9), Uint8Array.of(255, 255, 1))],
    ["a first length one too large", full.with(1, full[1]! + 1)],
  ])("refuses a tile with %s", async (_name, bytes) => {
    expect(await inputRejection(read(SIZE, { [first]: bytes }))).toMatchObject({
      code: "tile-malformed",
      place: first,
    });
  });

  test("refuses a partial tile that holds a full one's entries", async () => {
    expect(await inputRejection(read(SIZE, { [last]: full }))).toMatchObject({
      code: "tile-malformed",
      place: last,
    });
  });

  test("writes no entry that its length field cannot hold", () => {
    expect(() => encodeEntries([new Uint8Array(65_536)])).toThrow(RangeError);
    expect(toHex(encodeEntries([utf8("ab"), new Uint8Array(0)]))).toBe("000261620000");
    expect(uintBytes(65_535, 2)).toHaveLength(2);
  });
});

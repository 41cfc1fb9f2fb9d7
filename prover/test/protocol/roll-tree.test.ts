// The roll's tree against @zk-kit/incremental-merkle-tree, and the files from which a member makes its own path.
// docs/spec/roll.md §3, §4.
import { beforeAll, describe, expect, test } from "@jest/globals";
import { IncrementalMerkleTree } from "@zk-kit/incremental-merkle-tree";
import { poseidon2 } from "poseidon-lite/poseidon2";
import { equalBytes } from "../../src/formats/bytes.ts";
import { FIELD_ORDER, fieldToBytes } from "../../src/formats/field.ts";
import { memoryPublicFiles, type PublicFiles } from "../../src/formats/public-files.ts";
import { type MerklePath, merklePath, rootOfPath } from "../../src/protocol/poseidon-tree.ts";
import { pathFromFiles, rollFiles, rollTree } from "../../src/protocol/roll-tree.ts";
import { inputError, inputRejection, seededRandom } from "../trustees/support.ts";

/** zk-kit's tree, made by its batch constructor. */
const zkKitTree = (leaves: readonly bigint[], depth: number) =>
  new IncrementalMerkleTree((nodes) => poseidon2(nodes), depth, 0n, 2, [...leaves]);

/** Leaves below r; about a fifth of them are the zero leaf. */
function randomLeaves(n: number, random: () => number): bigint[] {
  return Array.from({ length: n }, () => {
    if (random() < 0.2) return 0n;
    let leaf = 0n;
    for (let i = 0; i < 8; i++) leaf = (leaf << 32n) | BigInt(Math.floor(random() * 2 ** 32));
    return leaf % FIELD_ORDER;
  });
}

describe("the tree", () => {
  const seed = Date.now();
  const random = seededRandom(seed);

  test.each([
    [0, 10],
    [1, 10],
    [2, 10],
    [3, 16],
    [1023, 16],
    [1024, 10],
    [1024, 16],
    [1025, 16],
  ])("of %i leaves at depth %i has zk-kit's root and paths", (size, depth) => {
    const leaves = randomLeaves(size, random);
    const ours = rollTree(leaves, depth);
    const theirs = zkKitTree(leaves, depth);
    expect([`seed ${seed}`, ours.root]).toEqual([`seed ${seed}`, theirs.root]);
    for (const index of new Set([0, Math.floor(size / 2), size - 1])) {
      if (size === 0) continue;
      const path = merklePath(ours, index);
      const proof = theirs.createProof(index);
      expect(path.leafIndex).toBe(index);
      expect(path.siblings).toEqual(proof.siblings.map(([sibling]) => sibling));
      expect(rootOfPath(leaves[index]!, path)).toBe(ours.root);
    }
  });

  test("of every size up to 2^depth has zk-kit's root and every path", () => {
    for (let round = 0; round < 40; round++) {
      const depth = 1 + Math.floor(random() * 5);
      const size = round % 5 === 0 ? 2 ** depth : Math.floor(random() * (2 ** depth + 1));
      const leaves = randomLeaves(size, random);
      const where = `seed ${seed}, ${size} leaves at depth ${depth}`;
      const ours = rollTree(leaves, depth);
      const theirs = zkKitTree(leaves, depth);
      expect([where, ours.root]).toEqual([where, theirs.root]);
      for (const [i, leaf] of leaves.entries()) {
        expect([where, i, rootOfPath(leaf, merklePath(ours, i))]).toEqual([where, i, ours.root]);
      }
    }
  });

  test("of zero leaves alone is the empty tree, whatever its size", () => {
    const empty = rollTree([], 20).root;
    expect(rollTree(new Array<bigint>(1025).fill(0n), 20).root).toBe(empty);
    expect(zkKitTree([], 20).root).toBe(empty);
  });

  test("takes 2^depth leaves and not one more", () => {
    expect(rollTree(new Array<bigint>(1024).fill(0n), 10).layers[0]).toHaveLength(1024);
    expect(inputError(() => rollTree(new Array<bigint>(1025).fill(0n), 10)).code).toBe("roll-too-large");
    expect(inputError(() => rollTree([1n, 2n, 3n], 1)).code).toBe("roll-too-large");
  });

  test.each([-1, 3, 0.5, Number.NaN])("has no path of position %p of three", (index) => {
    expect(() => merklePath(rollTree([1n, 2n, 3n], 10), index)).toThrow(RangeError);
  });

  test("gives paths that lead elsewhere from another leaf, index, sibling or order", () => {
    const leaves = [1n, 2n, 3n, 4n, 5n];
    const { root, ...tree } = rollTree(leaves, 3);
    const path = merklePath({ root, ...tree }, 2);
    expect(rootOfPath(3n, path)).toBe(root);
    expect(rootOfPath(4n, path)).not.toBe(root);
    expect(rootOfPath(3n, { ...path, leafIndex: 3 })).not.toBe(root);
    for (const h of path.siblings.keys()) {
      const siblings = path.siblings.with(h, path.siblings[h]! + 1n);
      expect(rootOfPath(3n, { ...path, siblings })).not.toBe(root);
    }
    expect(rootOfPath(3n, { ...path, siblings: path.siblings.toReversed() })).not.toBe(root);
    expect(rootOfPath(3n, { ...path, siblings: path.siblings.slice(1) })).not.toBe(root);
  });
});

/** Public files that note what is asked of them. */
function recorded(files: PublicFiles): { files: PublicFiles; requests: string[] } {
  const requests: string[] = [];
  return {
    requests,
    files: {
      read(path, options) {
        requests.push(path);
        return files.read(path, options);
      },
    },
  };
}

const encoded = (nodes: readonly bigint[]): Uint8Array => Buffer.concat(nodes.map(fieldToBytes));

describe("a member's path from files", () => {
  const DEPTH = 16;
  const SIZE = 2 * 1024 + 2;
  /** Members at the ends and in the middle of the three buckets; everybody else is of another tier. */
  const MEMBERS = new Map([
    [0, 101n],
    [1, 102n],
    [700, 103n],
    [1023, 104n],
    [1024, 105n],
    [1536, 106n],
    [2047, 107n],
    [2048, 108n],
    [2049, 109n],
  ]);
  const leaves = new Array<bigint>(SIZE).fill(0n);
  for (const [index, leaf] of MEMBERS) leaves[index] = leaf;
  const tree = rollTree(leaves, DEPTH);
  const roll = { size: SIZE, root: tree.root, depth: DEPTH };
  let files: Map<string, Uint8Array>;

  beforeAll(() => {
    files = rollFiles(tree);
  });

  /** The path of a member where some files are replaced, or, where undefined, missing. */
  function path(
    commitment: bigint,
    changes: Record<string, Uint8Array | undefined> = {},
    of: typeof roll = roll,
  ): Promise<MerklePath> {
    const served = new Map(files);
    for (const [name, bytes] of Object.entries(changes)) {
      if (bytes === undefined) served.delete(name);
      else served.set(name, bytes);
    }
    return pathFromFiles({ files: memoryPublicFiles(served), roll: of, commitment });
  }

  test("files hold all leaves, and the nodes of height 10 that cover them", () => {
    expect([...files.keys()].sort()).toEqual(["roll/leaves/0", "roll/level-10"]);
    expect(files.get("roll/leaves/0")).toEqual(new Uint8Array(encoded(leaves)));
    const buckets = [0, 1, 2].map((n) => zkKitTree(leaves.slice(1024 * n, 1024 * n + 1024), 10).root);
    expect(files.get("roll/level-10")).toEqual(new Uint8Array(encoded(buckets)));
  });

  test.each([...MEMBERS])("is that of the whole tree at position %i", async (index, commitment) => {
    const found = await path(commitment);
    expect(found).toEqual(merklePath(tree, index));
    expect(rootOfPath(commitment, found)).toBe(tree.root);
  });

  test.each([
    [1, 10],
    [3, 10],
    [1024, 10],
    [1025, 20],
  ])("is found on a roll of %i at depth %i, first and last", async (size, depth) => {
    const some = new Array<bigint>(size).fill(0n);
    some[0] = 7n;
    some[size - 1] = 8n;
    const small = rollTree(some, depth);
    const served = memoryPublicFiles(rollFiles(small));
    for (const index of new Set([0, size - 1])) {
      const commitment = some[index]!;
      const of = { size, root: small.root, depth };
      expect(await pathFromFiles({ files: served, roll: of, commitment })).toEqual(merklePath(small, index));
    }
  });

  test.each<[string, bigint]>([
    ["an outsider", 999n],
    ["the zero leaf", 0n],
    ["an inner node", tree.layers[1]![0]!],
    ["the root of a bucket", tree.layers[10]![0]!],
  ])("is refused to %s", async (_name, commitment) => {
    expect(await inputRejection(path(commitment))).toMatchObject({ code: "not-on-roll" });
  });

  test.each(["roll/leaves/0", "roll/level-10"])("needs %s", async (name) => {
    expect(await inputRejection(path(105n, { [name]: undefined }))).toMatchObject({
      code: "file-missing",
      place: name,
    });
  });

  const level = tree.layers[10]!;
  test.each<[string, string, readonly bigint[] | Uint8Array, string]>([
    ["one leaf less", "roll/leaves/0", leaves.slice(0, -1), "roll-files-malformed"],
    ["one leaf more", "roll/leaves/0", [...leaves, 0n], "roll-files-malformed"],
    ["no leaves", "roll/leaves/0", [], "roll-files-malformed"],
    ["half a leaf more", "roll/leaves/0", new Uint8Array(32 * SIZE + 16), "roll-files-malformed"],
    ["a leaf that is not below r", "roll/leaves/0", leaves.with(5, FIELD_ORDER), "not-canonical"],
    ["one node less", "roll/level-10", level.slice(0, -1), "roll-files-malformed"],
    ["one node more", "roll/level-10", [...level, 0n], "roll-files-malformed"],
    ["half a node more", "roll/level-10", new Uint8Array(32 * 3 + 16), "roll-files-malformed"],
    ["a node that is not below r", "roll/level-10", level.with(2, FIELD_ORDER), "not-canonical"],
  ])("is refused from files with %s", async (_name, file, content, code) => {
    const bytes = content instanceof Uint8Array ? content : encoded(content);
    expect(await inputRejection(path(105n, { [file]: bytes }))).toMatchObject({ code, place: file });
  });

  const mismatch = { code: "roll-root-mismatch", place: "roll" };

  test("is refused from files with another leaf in the member's own bucket", async () => {
    for (const index of [1025, 1030, 2047]) {
      const changes = { "roll/leaves/0": encoded(leaves.with(index, 5n)) };
      expect(await inputRejection(path(105n, changes))).toMatchObject(mismatch);
    }
  });

  test("is refused from files with the member's leaf gone, or moved", async () => {
    const gone = { "roll/leaves/0": encoded(leaves.with(1024, 0n)) };
    expect(await inputRejection(path(105n, gone))).toMatchObject({ code: "not-on-roll" });
    for (const index of [1025, 5, 2045]) {
      const moved = { "roll/leaves/0": encoded(leaves.with(1024, 0n).with(index, 105n)) };
      expect(await inputRejection(path(105n, moved))).toMatchObject(mismatch);
    }
  });

  test("is refused from files with another node at height 10, wherever it stands", async () => {
    for (const bucket of [0, 1, 2]) {
      const changes = { "roll/level-10": encoded(level.with(bucket, 5n)) };
      expect(await inputRejection(path(105n, changes))).toMatchObject(mismatch);
    }
    const swapped = { "roll/level-10": encoded([level[2]!, level[1]!, level[0]!]) };
    expect(await inputRejection(path(105n, swapped))).toMatchObject(mismatch);
  });

  test("is refused where the files are those of another roll", async () => {
    const other = rollFiles(rollTree(leaves.with(700, 3n), DEPTH));
    expect(await inputRejection(path(101n, Object.fromEntries(other)))).toMatchObject(mismatch);
    expect(await inputRejection(path(105n, Object.fromEntries(other)))).toMatchObject(mismatch);
  });

  test("is refused where the poll names another root, depth or size", async () => {
    expect(await inputRejection(path(105n, {}, { ...roll, root: tree.root + 1n }))).toMatchObject(mismatch);
    expect(await inputRejection(path(105n, {}, { ...roll, depth: 20 }))).toMatchObject(mismatch);
    expect(await inputRejection(path(105n, {}, { ...roll, size: SIZE + 1 }))).toMatchObject({
      code: "roll-files-malformed",
      place: "roll/leaves/0",
    });
    expect(await inputRejection(path(105n, {}, { ...roll, size: SIZE + 1024 }))).toMatchObject({
      code: "roll-files-malformed",
      place: "roll/level-10",
    });
  });
});

describe("chunks of 2^17 leaves", () => {
  const DEPTH = 20;
  const CHUNK = 2 ** 17;
  const FIRST = 11n;
  const LAST = 12n;

  /** Files and root of a roll with one member at each end and nobody between, written without `rollFiles`. */
  function sparse(size: number, chunks: readonly number[]) {
    const bytes = new Uint8Array(32 * size);
    bytes.set(fieldToBytes(FIRST));
    bytes.set(fieldToBytes(LAST), 32 * (size - 1));
    const files = new Map<string, Uint8Array>();
    let start = 0;
    for (const [n, length] of chunks.entries()) {
      files.set(`roll/leaves/${n}`, bytes.slice(32 * start, 32 * (start + length)));
      start += length;
    }
    const level = new Array<bigint>(Math.ceil(size / 1024)).fill(rollTree([], 10).root);
    level[0] = rollTree([FIRST], 10).root;
    const last = new Array<bigint>(((size - 1) % 1024) + 1).fill(0n);
    level[level.length - 1] = rollTree(last.with(-1, LAST), 10).root;
    files.set("roll/level-10", encoded(level));
    let row = level;
    for (let height = 10; height < DEPTH; height++) {
      const empty = rollTree([], height).root;
      row = Array.from({ length: Math.ceil(row.length / 2) }, (_, i) =>
        poseidon2([row[2 * i]!, row[2 * i + 1] ?? empty]),
      );
    }
    return { files, roll: { size, root: row[0]!, depth: DEPTH } };
  }

  test.each<[string, number, readonly number[], readonly bigint[]]>([
    ["2^17 leaves fill one", CHUNK, [CHUNK], [LAST]],
    ["1,023 more are appended to it", CHUNK + 1023, [CHUNK + 1023], [LAST]],
    ["1,024 more have their own", CHUNK + 1024, [CHUNK, 1024], [FIRST, LAST]],
  ])("%s, and all are read, in one order whoever asks", async (_name, size, chunks, members) => {
    const { files, roll } = sparse(size, chunks);
    const everything = ["roll/level-10", ...chunks.map((_, n) => `roll/leaves/${n}`)];
    for (const commitment of members) {
      const { files: served, requests } = recorded(memoryPublicFiles(files));
      const found = await pathFromFiles({ files: served, roll, commitment });
      expect(found.leafIndex).toBe(commitment === FIRST ? 0 : size - 1);
      expect(rootOfPath(commitment, found)).toBe(roll.root);
      expect(requests).toEqual(everything);
    }
  });

  test.each<[number, readonly number[]]>([
    [CHUNK + 1023, [CHUNK + 1023]],
    [CHUNK + 1024, [CHUNK, 1024]],
  ])("a roll of %i is written so", (size, chunks) => {
    const leaves = new Array<bigint>(size).fill(0n);
    leaves[0] = FIRST;
    leaves[size - 1] = LAST;
    const written = rollFiles(rollTree(leaves, DEPTH));
    const { files } = sparse(size, chunks);
    expect([...written.keys()].sort()).toEqual([...files.keys()].sort());
    for (const [path, bytes] of files) {
      expect([path, equalBytes(written.get(path)!, bytes)]).toEqual([path, true]);
    }
  });

  test("an outsider asks for the same files", async () => {
    const { files, roll } = sparse(CHUNK + 1024, [CHUNK, 1024]);
    const { files: served, requests } = recorded(memoryPublicFiles(files));
    const refused = await inputRejection(pathFromFiles({ files: served, roll, commitment: 999n }));
    expect(refused.code).toBe("not-on-roll");
    expect(requests).toEqual(["roll/level-10", "roll/leaves/0", "roll/leaves/1"]);
  });

  test("a last chunk of the wrong length is refused", async () => {
    const { files, roll } = sparse(CHUNK + 1024, [CHUNK, 1024]);
    files.set("roll/leaves/1", files.get("roll/leaves/1")!.slice(32));
    const short = await inputRejection(
      pathFromFiles({ files: memoryPublicFiles(files), roll, commitment: FIRST }),
    );
    expect(short).toMatchObject({ code: "roll-files-malformed", place: "roll/leaves/1" });
  });
});

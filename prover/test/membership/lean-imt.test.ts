// The LeanIMT against the stock client's group, and a member's own path from public files.
// docs/spec/membership.md §2.
import { describe, expect, test } from "@jest/globals";
import { Group } from "@semaphore-protocol/group";
import { FIELD_ORDER, fieldToBytes } from "../../src/formats/field.ts";
import { memoryPublicFiles, type PublicFiles } from "../../src/formats/public-files.ts";
import {
  type LeanPath,
  leanDepth,
  leanPath,
  leanPathFromFiles,
  leanTree,
  rootOfLeanPath,
} from "../../src/protocol/membership/lean-imt.ts";
import { leanLeaves, leanRollFiles } from "../../src/protocol/membership/lean-roll.ts";
import { inputRejection, seededRandom } from "../trustees/support.ts";
import { makeMembers } from "./support.ts";

const seed = Date.now();
const random = seededRandom(seed);

/** Leaves in [1, r−1]. */
function randomLeaves(n: number): bigint[] {
  return Array.from({ length: n }, () => {
    let leaf = 0n;
    for (let i = 0; i < 8; i++) leaf = (leaf << 32n) | BigInt(Math.floor(random() * 2 ** 32));
    return (leaf % (FIELD_ORDER - 1n)) + 1n;
  });
}

/** What the stock group says of a leaf. */
function stockPath(group: Group, position: number): LeanPath {
  const { index, siblings } = group.generateMerkleProof(position);
  return { index, siblings };
}

describe("the tree", () => {
  test("of every size up to 33 has the stock group's root, depth and every path", () => {
    for (let size = 1; size <= 33; size++) {
      const leaves = randomLeaves(size);
      const [ours, group] = [leanTree(leaves), new Group(leaves)];
      const where = `seed ${seed}, ${size} leaves`;
      expect([where, ours.root, ours.depth]).toEqual([where, group.root, group.depth]);
      for (const [i, leaf] of leaves.entries()) {
        const path = leanPath(ours, i);
        expect([where, i, path]).toEqual([where, i, stockPath(group, i)]);
        expect([where, i, rootOfLeanPath(leaf, path)]).toEqual([where, i, group.root]);
      }
    }
  });

  test("of random sizes has the stock group's root and paths", () => {
    for (let round = 0; round < 3; round++) {
      const size = 34 + Math.floor(random() * 150);
      const leaves = randomLeaves(size);
      const [ours, group] = [leanTree(leaves), new Group(leaves)];
      const where = `seed ${seed}, ${size} leaves`;
      expect([where, ours.root]).toEqual([where, group.root]);
      for (const i of [0, Math.floor(random() * size), size - 1]) {
        expect([where, i, leanPath(ours, i)]).toEqual([where, i, stockPath(group, i)]);
      }
    }
  });

  test("of one leaf is the leaf, with an empty path", () => {
    expect(leanTree([7n])).toEqual({ depth: 0, root: 7n, layers: [[7n]] });
    expect(leanPath(leanTree([7n]), 0)).toEqual({ index: 0, siblings: [] });
  });

  test.each([
    ["no leaf", []],
    ["a zero leaf", [1n, 0n, 2n]],
  ])("of %s there is none", (_name, leaves) => {
    expect(() => leanTree(leaves)).toThrow(RangeError);
  });

  test.each([-1, 3, 0.5, Number.NaN])("has no path of position %p of three", (position) => {
    expect(() => leanPath(leanTree([1n, 2n, 3n]), position)).toThrow(RangeError);
  });

  test.each([
    [1, 0],
    [2, 1],
    [3, 2],
    [1024, 10],
    [1025, 11],
    [2 ** 20, 20],
    [2 ** 20 + 1, 21],
    [2 ** 32 + 1, 33],
    [Number.MAX_SAFE_INTEGER, 53],
  ])("of %i leaves has depth %i", (leaves, depth) => {
    expect(leanDepth(leaves)).toBe(depth);
  });
});

test("the stock group keeps a zero leaf that it is made from, and takes none later: a roll gives it none", () => {
  expect(new Group([0n, 5n]).members).toEqual([0n, 5n]);
  expect(() => new Group([5n]).addMembers([0n])).toThrow("cannot be 0");
  const { roll, identities } = makeMembers(["guest", "member", "member"]);
  const left = { ...roll, positions: roll.positions.with(1, null) };
  expect(leanLeaves(left, ["member"])).toEqual([identities[2]!.commitment]);
  expect(leanLeaves(left, ["guest", "member"])).toEqual([0, 2].map((i) => identities[i]!.commitment));
});

describe("a member's path from files", () => {
  const SIZE = 2 * 1024 + 1;
  // Small distinct numbers: what a leaf is makes no difference to the tree.
  const leaves = Array.from({ length: SIZE }, (_, i) => BigInt(i + 1));
  const tree = leanTree(leaves);
  const roll = { members: SIZE, root: tree.root };
  const written = leanRollFiles(tree);
  const paths = { leaves: (n: number) => `roll/leaves/${n}`, level10: "roll/level-10" };

  function path(
    commitment: bigint,
    changes: Record<string, Uint8Array | undefined> = {},
    of: { members: number; root: bigint } = roll,
  ): Promise<LeanPath> {
    const served = new Map(written);
    for (const [name, bytes] of Object.entries(changes)) {
      if (bytes === undefined) served.delete(name);
      else served.set(name, bytes);
    }
    return leanPathFromFiles({ files: memoryPublicFiles(served), paths, roll: of, commitment });
  }

  test.each([0, 1023, 1024, 2048])("is that of the whole tree at position %i", async (i) => {
    expect(await path(leaves[i]!)).toEqual(leanPath(tree, i));
  });

  test.each([1, 2, 3, 5, 1025])("is found on a roll of %i, first and last", async (size) => {
    const small = leanTree(leaves.slice(0, size));
    const files = memoryPublicFiles(leanRollFiles(small));
    for (const i of new Set([0, size - 1])) {
      const of = { members: size, root: small.root };
      const found = await leanPathFromFiles({ files, paths, roll: of, commitment: leaves[i]! });
      expect(found).toEqual(leanPath(small, i));
    }
  });

  test("asks for the same files in the same order, whoever asks, on the roll or not", async () => {
    for (const commitment of [leaves[0]!, leaves[2048]!, 999_999n]) {
      const asked: string[] = [];
      const files: PublicFiles = {
        read(name, options) {
          asked.push(name);
          return memoryPublicFiles(written).read(name, options);
        },
      };
      await leanPathFromFiles({ files, paths, roll, commitment }).catch(() => undefined);
      expect(asked).toEqual(["roll/level-10", "roll/leaves/0"]);
    }
  });

  const encoded = (nodes: readonly bigint[]): Uint8Array => Buffer.concat(nodes.map(fieldToBytes));

  test.each<[string, bigint]>([
    ["an outsider", 999_999n],
    ["the zero leaf", 0n],
    ["an inner node", tree.layers[1]![0]!],
    ["the root", tree.root],
  ])("is refused to %s", async (_name, commitment) => {
    expect(await inputRejection(path(commitment))).toMatchObject({ code: "not-on-roll" });
  });

  const level = tree.layers[10]!;
  test.each<[string, string, Uint8Array, string]>([
    ["one leaf less", "roll/leaves/0", encoded(leaves.slice(0, -1)), "roll-files-malformed"],
    ["one leaf more", "roll/leaves/0", encoded([...leaves, 5n]), "roll-files-malformed"],
    ["half a leaf more", "roll/leaves/0", new Uint8Array(32 * SIZE + 16), "roll-files-malformed"],
    ["a leaf that is not below r", "roll/leaves/0", encoded(leaves.with(9, FIELD_ORDER)), "not-canonical"],
    ["one node less", "roll/level-10", encoded(level.slice(0, -1)), "roll-files-malformed"],
    ["one node more", "roll/level-10", encoded([...level, 5n]), "roll-files-malformed"],
  ])("is refused from files with %s", async (_name, file, bytes, code) => {
    expect(await inputRejection(path(5n, { [file]: bytes }))).toMatchObject({ code, place: file });
  });

  test("is refused from files with another node or leaf than the root's", async () => {
    const mismatch = { code: "roll-root-mismatch", place: "roll" };
    for (const bucket of [0, 1, 2]) {
      // Whoever asks: else the host would learn who stands below the changed node.
      const changes = { "roll/level-10": encoded(level.with(bucket, 5n)) };
      expect(await inputRejection(path(leaves[0]!, changes))).toMatchObject(mismatch);
    }
    const leaf = { "roll/leaves/0": encoded(leaves.with(3, 999_999n)) };
    expect(await inputRejection(path(leaves[0]!, leaf))).toMatchObject(mismatch);
    expect(await inputRejection(path(5n, {}, { ...roll, root: roll.root + 1n }))).toMatchObject(mismatch);
  });

  test("needs every file", async () => {
    for (const place of ["roll/leaves/0", "roll/level-10"]) {
      expect(await inputRejection(path(5n, { [place]: undefined }))).toMatchObject({
        code: "file-missing",
        place,
      });
    }
  });
});

describe("a roll of two chunks", () => {
  const CHUNK = 2 ** 17;
  const SIZE = CHUNK + 1024;
  // Everybody between the first and the last is the same number: three buckets are hashed, and not 129.
  const [first, other, last] = [11n, 7n, 12n];
  const bucket = new Array<bigint>(1024).fill(other);
  const level = new Array<bigint>(SIZE / 1024)
    .fill(leanTree(bucket).root)
    .with(0, leanTree(bucket.with(0, first)).root)
    .with(-1, leanTree(bucket.with(-1, last)).root);
  const roll = { members: SIZE, root: leanTree(level).root };
  const leaves = Buffer.concat(new Array<Uint8Array>(SIZE).fill(fieldToBytes(other)));
  leaves.set(fieldToBytes(first), 0);
  leaves.set(fieldToBytes(last), 32 * (SIZE - 1));
  const served = memoryPublicFiles(
    new Map<string, Uint8Array>([
      ["roll/leaves/0", leaves.subarray(0, 32 * CHUNK)],
      ["roll/leaves/1", leaves.subarray(32 * CHUNK)],
      ["roll/level-10", Buffer.concat(level.map(fieldToBytes))],
    ]),
  );

  test.each([
    ["the first", first, 17 + 1],
    // 129 buckets: the last one stands alone below the root.
    ["the last", last, 10 + 1],
  ])("gives %s a path, and all files are read whoever asks", async (_name, commitment, length) => {
    const asked: string[] = [];
    const files: PublicFiles = {
      read(name, options) {
        asked.push(name);
        return served.read(name, options);
      },
    };
    const paths = { leaves: (n: number) => `roll/leaves/${n}`, level10: "roll/level-10" };
    const path = await leanPathFromFiles({ files, paths, roll, commitment });
    expect(path.siblings).toHaveLength(length);
    expect(rootOfLeanPath(commitment, path)).toBe(roll.root);
    expect(asked).toEqual(["roll/level-10", "roll/leaves/0", "roll/leaves/1"]);
  });
});

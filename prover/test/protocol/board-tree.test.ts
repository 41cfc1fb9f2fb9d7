// The board's tree: roots, inclusion and consistency against RFC 6962, and every wrong proof refused.
// docs/spec/board.md.
import { describe, expect, test } from "@jest/globals";
import { fromHex, toHex, uintBytes, utf8 } from "../../src/formats/bytes.ts";
import { leafHash } from "../../src/formats/merkle-log.ts";
import { BoardTree, type Head, verifyConsistency, verifyInclusion } from "../../src/protocol/board-tree.ts";
import { auditPath, consistencyProof, treeHash, UniformTree } from "./rfc6962.ts";

/** Enough for three levels of complete subtrees and every shape of an incomplete one. */
const MOST = 40;

const entries = Array.from({ length: MOST }, (_, i) => utf8(`entry ${i}`));

function treeOf(list: readonly Uint8Array[]): BoardTree {
  const tree = new BoardTree();
  for (const entry of list) tree.append(entry);
  return tree;
}

const tree = treeOf(entries);
const hexes = (hashes: readonly Uint8Array[]): string[] => hashes.map(toHex);
const headOf = (size: number): Head => ({ size, root: tree.root(size) });
/** A hash with its last bit flipped. */
const flipped = (hash: Uint8Array): Uint8Array => hash.with(31, hash[31]! ^ 1);
/** Every size, and every number below it. */
const pairs = Array.from({ length: MOST }, (_, i) => i + 1).flatMap((size) =>
  Array.from({ length: size }, (_, index): [number, number] => [index, size]),
);

describe("roots", () => {
  // Inputs and roots of the reference implementation of RFC 6962 (Certificate Transparency's merkle_tree_test).
  const inputs = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
  ];
  const roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ];

  test("are those of Certificate Transparency's reference tree", () => {
    const reference = treeOf(inputs.map((hex) => fromHex(hex, hex.length / 2)));
    expect(roots.map((_, size) => toHex(reference.root(size)))).toEqual(roots);
  });

  test("are those of the definition for every size, also of a tree that has grown on", () => {
    for (let size = 0; size <= MOST; size++) {
      const expected = toHex(treeHash(entries.slice(0, size)));
      expect([size, toHex(tree.root(size))]).toEqual([size, expected]);
      expect([size, toHex(treeOf(entries.slice(0, size)).root())]).toEqual([size, expected]);
    }
  });

  test.each([-1, 41, 1.5, Number.NaN])("of %p entries out of 40 there are none", (size) => {
    expect(() => tree.root(size)).toThrow(RangeError);
    expect(() => tree.inclusion(0, size)).toThrow(RangeError);
    expect(() => tree.consistency(1, size)).toThrow(RangeError);
  });

  test("a tree with more leaves is another tree", () => {
    const before = treeOf(entries.slice(0, 11));
    const after = before.with(entries.slice(11, 24).map(leafHash));
    expect(before.size).toBe(11);
    expect(toHex(before.root())).toBe(toHex(tree.root(11)));
    expect(after.size).toBe(24);
    expect(toHex(after.root())).toBe(toHex(tree.root(24)));
    before.append(utf8("something else"));
    expect(toHex(after.root())).toBe(toHex(tree.root(24)));
  });

  test("subtreeRoots gives the complete subtrees that there are", () => {
    const quarter = [0, 1, 2].map((i) => treeHash(entries.slice(16 * i, 16 * i + 16)));
    expect(hexes(tree.subtreeRoots(4, 0, 10))).toEqual(hexes(quarter.slice(0, 2)));
    expect(hexes(tree.subtreeRoots(4, 1, 2))).toEqual(hexes(quarter.slice(1, 2)));
    expect(hexes(tree.subtreeRoots(0, 38, 100))).toEqual(hexes(entries.slice(38).map(leafHash)));
    expect(tree.subtreeRoots(6, 0, 1)).toEqual([]);
  });
});

describe("inclusion", () => {
  test("of every entry in every size has the path of the definition, and verifies", () => {
    for (const [index, size] of pairs) {
      const path = tree.inclusion(index, size);
      const where = `${index} of ${size}`;
      expect([where, hexes(path)]).toEqual([where, hexes(auditPath(index, entries.slice(0, size)))]);
      const leaf = leafHash(entries[index]!);
      expect([where, verifyInclusion({ leaf, index, path }, headOf(size))]).toEqual([where, true]);
    }
  });

  test("is refused for another index, size, leaf, root or path", () => {
    const accepted: string[] = [];
    for (const [index, size] of pairs) {
      const leaf = leafHash(entries[index]!);
      const path = tree.inclusion(index, size);
      const head = headOf(size);
      const attempts: [string, boolean][] = [
        ["root", verifyInclusion({ leaf, index, path }, { size, root: flipped(head.root) })],
        ["leaf", verifyInclusion({ leaf: flipped(leaf), index, path }, head)],
        ["longer path", verifyInclusion({ leaf, index, path: [...path, leaf] }, head)],
        ["path with the root at its end", verifyInclusion({ leaf, index, path: [...path, head.root] }, head)],
        ["shorter path", path.length > 0 && verifyInclusion({ leaf, index, path: path.slice(1) }, head)],
        [
          "path without its end",
          path.length > 0 && verifyInclusion({ leaf, index, path: path.slice(0, -1) }, head),
        ],
        ["reversed path", path.length > 1 && verifyInclusion({ leaf, index, path: path.toReversed() }, head)],
        ...path.map((hash, i): [string, boolean] => [
          `path[${i}]`,
          verifyInclusion({ leaf, index, path: path.with(i, flipped(hash)) }, head),
        ]),
        ...Array.from({ length: size + 2 }, (_, other): [string, boolean] => [
          `index ${other}`,
          other !== index && verifyInclusion({ leaf, index: other, path }, head),
        ]),
      ];
      for (const [what, ok] of attempts) if (ok) accepted.push(`${index} of ${size}: ${what}`);
    }
    expect(accepted).toEqual([]);
  });

  test("is refused under the root of another size", () => {
    const heads = Array.from({ length: MOST }, (_, i) => headOf(i + 1));
    const accepted: string[] = [];
    for (const [index, size] of pairs) {
      const proof = { leaf: leafHash(entries[index]!), index, path: tree.inclusion(index, size) };
      for (const head of heads) {
        if (head.size !== size && verifyInclusion(proof, head)) {
          accepted.push(`${index} of ${size} as of ${head.size}`);
        }
      }
    }
    expect(accepted).toEqual([]);
  });

  test.each([-1, 5, 6, 0.5, Number.NaN])("has no index %p in a tree of five", (index) => {
    const { leaf, path } = { leaf: leafHash(entries[4]!), path: tree.inclusion(4, 5) };
    expect(verifyInclusion({ leaf, index, path }, headOf(5))).toBe(false);
    expect(() => tree.inclusion(index, 5)).toThrow(RangeError);
  });

  test("of anything in the empty board is refused", () => {
    expect(verifyInclusion({ leaf: tree.root(0), index: 0, path: [] }, headOf(0))).toBe(false);
  });

  test("an inner node is no entry: leaves and nodes are hashed apart", () => {
    // The two children of a node, put down as one entry, would hash to it were there no prefixes.
    const left = leafHash(entries[0]!);
    const right = leafHash(entries[1]!);
    const entry = new Uint8Array([...left, ...right]);
    const path = tree.inclusion(0, 4).slice(1);
    expect(verifyInclusion({ leaf: leafHash(entry), index: 0, path }, headOf(4))).toBe(false);
  });
});

describe("consistency", () => {
  test("of every size with every smaller one has the proof of the definition, and verifies", () => {
    for (const [index, size] of pairs) {
      const from = index + 1;
      const path = tree.consistency(from, size);
      const where = `${from} in ${size}`;
      expect([where, hexes(path)]).toEqual([where, hexes(consistencyProof(from, entries.slice(0, size)))]);
      expect([where, verifyConsistency(headOf(from), headOf(size), path)]).toEqual([where, true]);
    }
  });

  test("is refused for another root, size or path", () => {
    const accepted: string[] = [];
    for (const [index, size] of pairs) {
      const first = headOf(index + 1);
      const second = headOf(size);
      const path = tree.consistency(first.size, size);
      const attempts: [string, boolean][] = [
        ["first root", verifyConsistency({ ...first, root: flipped(first.root) }, second, path)],
        ["second root", verifyConsistency(first, { ...second, root: flipped(second.root) }, path)],
        ["longer path", verifyConsistency(first, second, [...path, first.root])],
        ["shorter path", path.length > 0 && verifyConsistency(first, second, path.slice(1))],
        ["path without its end", path.length > 0 && verifyConsistency(first, second, path.slice(0, -1))],
        ["reversed path", path.length > 1 && verifyConsistency(first, second, path.toReversed())],
        ["heads swapped", first.size !== size && verifyConsistency(second, first, path)],
        ...path.map((hash, i): [string, boolean] => [
          `path[${i}]`,
          verifyConsistency(first, second, path.with(i, flipped(hash))),
        ]),
      ];
      for (const [what, ok] of attempts) if (ok) accepted.push(`${first.size} in ${size}: ${what}`);
    }
    expect(accepted).toEqual([]);
  });

  test("is refused for a board whose history was changed", () => {
    for (const at of [0, 3, 7, 11]) {
      const rewritten = treeOf(entries.with(at, utf8("another entry")));
      for (const size of [12, 13, 16, 31]) {
        const second = { size, root: rewritten.root(size) };
        expect(verifyConsistency(headOf(12), second, rewritten.consistency(12, size))).toBe(false);
        expect(verifyConsistency(headOf(12), second, tree.consistency(12, size))).toBe(false);
      }
    }
  });

  test("is not defined from the empty board, nor backwards", () => {
    expect(verifyConsistency(headOf(0), headOf(5), [])).toBe(false);
    expect(verifyConsistency(headOf(0), headOf(0), [])).toBe(false);
    expect(verifyConsistency(headOf(6), headOf(5), [])).toBe(false);
    expect(() => tree.consistency(0, 5)).toThrow(RangeError);
    expect(() => tree.consistency(6, 5)).toThrow(RangeError);
    expect(() => tree.consistency(1.5, 5)).toThrow(RangeError);
  });
});

describe("a head that lies about its size", () => {
  // A board may sign the root of one tree beside the size of another: no proof of a length that the size does not
  // give may pass, whatever the root.
  const few = Array.from({ length: 12 }, (_, i) => i + 1);

  test("has no inclusion by a path that its size does not give", () => {
    const accepted: string[] = [];
    for (const size of few) {
      for (let index = 0; index < size; index++) {
        const leaf = leafHash(entries[index]!);
        const path = tree.inclusion(index, size);
        for (const claimed of few) {
          for (let at = 0; at < claimed; at++) {
            const ok = verifyInclusion({ leaf, index: at, path }, { size: claimed, root: tree.root(size) });
            const length = auditPath(at, entries.slice(0, claimed)).length;
            if (ok && length !== path.length) accepted.push(`${index} of ${size} as ${at} of ${claimed}`);
          }
        }
      }
    }
    expect(accepted).toEqual([]);
  });

  test("has no consistency by a path that its size does not give", () => {
    const accepted: string[] = [];
    for (const size of few) {
      for (let from = 1; from <= size; from++) {
        const path = tree.consistency(from, size);
        for (const claimed of few) {
          for (let first = 1; first <= claimed; first++) {
            const ok = verifyConsistency(
              { size: first, root: tree.root(from) },
              { size: claimed, root: tree.root(size) },
              path,
            );
            const length = consistencyProof(first, entries.slice(0, claimed)).length;
            if (ok && length !== path.length) accepted.push(`${from} in ${size} as ${first} in ${claimed}`);
          }
        }
      }
    }
    expect(accepted).toEqual([]);
  });
});

describe("boards that nobody could build", () => {
  // Checkpoints name sizes up to 10^15; 32-bit shifts and a rounded logarithm go wrong long before.
  const uniform = new UniformTree(uintBytes(7, 2));
  const leaf = uniform.root(1);
  const head = (size: number): Head => ({ size, root: uniform.root(size) });
  const sizes = [
    2 ** 31,
    2 ** 31 + 1,
    2 ** 32 + 5,
    2 ** 40 - 1,
    2 ** 48,
    2 ** 49 - 1,
    2 ** 49,
    2 ** 49 + 1,
    999_999_999_999_999,
  ];

  test.each(sizes)("of %i entries have verifiable inclusion", (size) => {
    for (const index of [0, 1, 2 ** 30, Math.floor(size / 2), size - 2, size - 1]) {
      const path = uniform.path(index, size);
      expect([index, verifyInclusion({ leaf, index, path }, head(size))]).toEqual([index, true]);
      expect(verifyInclusion({ leaf, index, path: path.slice(1) }, head(size))).toBe(false);
      expect(verifyInclusion({ leaf, index: size, path }, head(size))).toBe(false);
    }
  });

  test.each(sizes)("of %i entries have verifiable consistency", (size) => {
    for (const from of [1, 2 ** 31 - 1, size - 1, size]) {
      const path = uniform.proof(from, size);
      expect([from, verifyConsistency(head(from), head(size), path)]).toEqual([from, true]);
    }
    for (const later of [size + 1, size + 2, 2 * size - 1]) {
      const path = uniform.proof(size, later);
      expect([later, verifyConsistency(head(size), head(later), path)]).toEqual([later, true]);
      expect(verifyConsistency(head(size), head(later), path.slice(0, -1))).toBe(false);
      expect(verifyConsistency(head(size - 1), head(later), path)).toBe(false);
    }
  });
});

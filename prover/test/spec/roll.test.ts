// docs/spec/roll.md §5: a log of two batches, its links and head, leaves, tree, path and files.
import { expect, test } from "@jest/globals";
import { IncrementalMerkleTree } from "@zk-kit/incremental-merkle-tree";
import { memoryPublicFiles } from "../../src/formats/public-files.ts";
import { publicPaths } from "../../src/formats/public-paths.ts";
import { replayRoll, rollHead } from "../../src/protocol/roll-log.ts";
import { pathFromFiles } from "../../src/protocol/roll-tree.ts";
import { testExample } from "./support/checks.ts";
import { rollExample } from "./support/examples.ts";
import { bytes, canonical, field, H, oracle, pair, signInRole, uint } from "./support/independent.ts";
import { readExample } from "./support/pages.ts";

type Texts = "registrarSeed" | "registrarKey" | "rollId" | "genesis" | "previous" | "next" | "head" | "root";
interface RollExample extends Record<Texts | "leavesFile" | "level10File", string> {
  readonly lines: readonly string[];
  readonly leaves: readonly string[];
  readonly path: { readonly leafIndex: number; readonly siblings: readonly string[] };
}
interface Line {
  readonly batch: {
    readonly previous: string;
    readonly events: readonly { readonly kind: string; readonly registration?: { publicKey: unknown } }[];
  };
  readonly signature: string;
}

const example = readExample("roll") as unknown as RollExample;
const lines = example.lines.map((line) => JSON.parse(line) as Line);
const batches = lines.map(({ batch }) => Buffer.from(canonical(batch)));
const hex = (hash: Buffer): string => hash.toString("hex");

testExample("roll", rollExample);

test("the page's words give lines, signatures, links and head", () => {
  const { rollId, registrarKey, registrarSeed } = example;
  const genesis = hex(H("roll-genesis", bytes(rollId), bytes(registrarKey)));
  const links = [genesis, ...batches.map((batch) => hex(H("roll-batch", batch)))];
  expect([example.genesis, example.previous, example.next]).toEqual(links);
  expect(lines.map(({ batch }) => batch.previous)).toEqual(links.slice(0, 2));
  expect(hex(H("roll-head", bytes(rollId), uint(2, 8), bytes(links[2]!)))).toBe(example.head);
  for (const [i, line] of lines.entries()) {
    const signature = signInRole("roll-batch", batches[i]!, bytes(registrarSeed));
    expect(`${canonical({ ...line, signature })}\n`).toBe(example.lines[i]);
  }
});

test("the page's words give the leaves", () => {
  const commitmentOf = (event: Line["batch"]["events"][number]): bigint =>
    oracle.poseidon(pair(event.registration!.publicKey));
  const [joins, changes] = lines.map(({ batch }) => batch.events) as [
    Line["batch"]["events"],
    Line["batch"]["events"],
  ];
  expect(joins.map(({ kind }) => kind)).toEqual(["join", "join", "join", "join"]);
  expect(changes).toMatchObject([
    { kind: "tier", position: 2, tier: "guest" },
    { kind: "leave", position: 0 },
    { kind: "rotate", position: 1 },
  ]);
  // Position 0 has left, 1 has rotated, 2 is a guest.
  const leaves = [0n, commitmentOf(changes[2]!), 0n, commitmentOf(joins[3]!)];
  expect(example.leaves).toEqual(leaves.map(String));
  expect(example.leavesFile).toBe(hex(Buffer.concat(leaves.map(field))));
});

test("circomlibjs and zk-kit's tree give root, level file and path", () => {
  const leaves = example.leaves.map(BigInt);
  const tree = new IncrementalMerkleTree((values) => oracle.poseidon(values.map(BigInt)), 10, 0n, 2, leaves);
  expect(BigInt(tree.root)).toBe(BigInt(example.root));
  const { leafIndex, siblings } = example.path;
  expect(tree.createProof(leafIndex).siblings.map(([sibling]) => String(sibling))).toEqual(siblings);
  const climbed = siblings.reduce(
    (node, sibling, h) =>
      (leafIndex >> h) & 1
        ? oracle.poseidon([BigInt(sibling), node])
        : oracle.poseidon([node, BigInt(sibling)]),
    leaves[leafIndex]!,
  );
  expect(climbed).toBe(BigInt(example.root));
  // At depth 10 the only node of height 10 is the root.
  expect(example.level10File).toBe(hex(field(example.root)));
});

test("the code replays the log to the head, and finds the path in the files", async () => {
  const { rollId, registrarKey } = example;
  const roll = replayRoll(Buffer.from(example.lines.join("")), { rollId, registrarKey });
  expect(rollHead(roll)).toBe(example.head);
  const files = memoryPublicFiles(
    new Map([
      [publicPaths.rollLeaves(0), bytes(example.leavesFile)],
      [publicPaths.rollLevel10, bytes(example.level10File)],
    ]),
  );
  const path = await pathFromFiles({
    files,
    roll: { size: 4, root: BigInt(example.root), depth: 10 },
    commitment: BigInt(example.leaves[3]!),
  });
  expect({ ...path, siblings: path.siblings.map(String) }).toEqual(example.path);
});

// The log of the long run of proofs: whole, and a part of it proven and judged anew.
import { randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { REPOSITORY_ROOT } from "../../circuits/src/index.ts";
import { wasmEngine } from "../../prover/src/index.ts";
import { endThreads } from "../end-threads.ts";
import { KIND_NAMES, openKinds, proveCase } from "../proofs/kinds.ts";
import { type Block, blockLine, readBlocks } from "../proofs/log.ts";

const CASES = 1_000;
/** Kinds of which one case is replayed in each run. */
const REPLAYED = 2;

const log = await readFile(join(REPOSITORY_ROOT, "docs/design/logs/proofs.log"), "utf8");
const blocks = readBlocks(log);

afterAll(endThreads);

describe("the log of the long run", () => {
  test("names its command, its commit, and one seed", () => {
    expect(log).toMatch(/^command npm run test:proofs -- --seed \d+ --count 1000/m);
    expect(log).toMatch(/^commit {2}[0-9a-f]{40}$/m);
    expect(new Set(blocks.map(({ seed }) => seed)).size).toBe(1);
  });

  test.each(KIND_NAMES)("has 1,000 cases of %s, without a gap", (name) => {
    let next = 0;
    for (const { from, to } of blocks.filter(({ kind }) => kind === name)) {
      expect(from).toBe(next);
      next = to + 1;
    }
    expect(next).toBe(CASES);
  });

  test("has nothing else", () => {
    expect(new Set(blocks.map(({ kind }) => kind))).toEqual(new Set(KIND_NAMES));
    expect(new Set(blocks.map(({ all }) => all)).size).toBe(blocks.length);
  });
});

test("a line is read as it was written, and no other is", () => {
  const block: Block = {
    kind: "hours-1",
    seed: 5,
    from: 0,
    to: 99,
    first: "a".repeat(64),
    all: "b".repeat(64),
  };
  expect(readBlocks(`began\n${blockLine(block)}\nended\n`)).toEqual([block]);
  expect(readBlocks(blockLine(block).replace("good", "bad"))).toEqual([]);
});

/** Any blocks of any kinds: other ones in each run, named by their tests. */
function chosenBlocks(): Block[] {
  const left = [...KIND_NAMES];
  return Array.from({ length: REPLAYED }, () => {
    const [kind] = left.splice(randomInt(left.length), 1);
    const own = blocks.filter((block) => block.kind === kind);
    return own[randomInt(own.length)]!;
  });
}

test.each(chosenBlocks().map((block) => [block.kind, block.from, block] as const))(
  "%s, case %i: proven anew it is the logged statement, and all three verifiers say so",
  async (kind, from, { seed, first }) => {
    const engine = wasmEngine();
    for await (const opened of openKinds([kind])) {
      expect(await proveCase(engine, opened, seed, from)).toBe(first);
    }
    await engine.dispose();
  },
);

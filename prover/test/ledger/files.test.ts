// A ledger's public files: what members read of them, and an audit that finds every flaw.
// docs/spec/ledger.md §6, §8.
import { describe, expect, test } from "@jest/globals";
import { InputError } from "../../src/formats/errors.ts";
import {
  auditLedger,
  checkpointOrigin,
  createIdentity,
  creditPaths,
  ed25519KeyPair,
  type LocatedCredit,
  ledgerHead,
  ledgerPaths,
  locateCredit,
  memoryPublicFiles,
  type PublicFiles,
  readLedger,
  signCheckpoint,
  utf8,
} from "../../src/index.ts";
import { poseidonTree, rootOfPath, withLeaves } from "../../src/protocol/poseidon-tree.ts";
import {
  board,
  credited,
  entered,
  entriesOf,
  openLedger,
  publicFilesOf,
  revocation,
} from "../support/ledgers.ts";
import { boardKeys } from "../support/polls.ts";
import { inputRejection, seededRandom } from "../trustees/support.ts";

const [ana, ben] = [createIdentity(), createIdentity()];
const { ledger: opened, issuers } = openLedger();
const [mill] = issuers as [(typeof issuers)[0]];
const first = await credited(opened, mill, [
  { member: ana, amount: 600 },
  { member: ben, amount: 60 },
]);
const second = await credited(first.ledger, mill, [{ member: ana, amount: 700 }]);
const ledger = entered(second.ledger, revocation(second.ledger, mill, [0]));
const anchor = { ...ledger.name, board };
const files = publicFilesOf(ledger);
/** Each with its own credits of the first ledger that nothing was revoked of. */
const whole = second.ledger;
const wholeFiles = publicFilesOf(whole);

const auditWith = (change: Iterable<readonly [string, Uint8Array | undefined]>) => {
  const changed = new Map(files);
  for (const [path, content] of change) {
    if (content === undefined) changed.delete(path);
    else changed.set(path, content);
  }
  return auditLedger(memoryPublicFiles(changed), anchor);
};

describe("a member", () => {
  async function anasCredits(source: PublicFiles) {
    const view = await readLedger(source, { ...whole.name, board });
    const attestations = [first.attestations[0]!, second.attestations[0]!];
    const credits = attestations.map((attestation) =>
      locateCredit(view, { commitment: ana.commitment, attestation }),
    );
    return { view, credits };
  }

  test("gets a path to the newest root for each of its credits", async () => {
    const source = memoryPublicFiles(wholeFiles);
    const { view, credits } = await anasCredits(source);
    expect(view.roots).toEqual(whole.state.roots);
    const provable = await creditPaths(source, { view, credits });
    expect(provable.map(({ leaf, path }) => rootOfPath(leaf, path))).toEqual([
      whole.state.tree.root,
      whole.state.tree.root,
    ]);
    expect(provable.map(({ path }) => path.leafIndex)).toEqual(credits.map(({ position }) => position));
  });

  test("reads the same files whatever is its own, also where it owns nothing", async () => {
    const asked: string[][] = [];
    const source = memoryPublicFiles(wholeFiles);
    const { view, credits } = await anasCredits(source);
    const bens = locateCredit(view, { commitment: ben.commitment, attestation: first.attestations[1]! });
    for (const own of [credits, [bens]]) {
      const paths: string[] = [];
      const watched: PublicFiles = {
        read(path) {
          paths.push(path);
          return source.read(path);
        },
      };
      await creditPaths(watched, { view, credits: own });
      asked.push(paths);
    }
    expect(asked[0]).toEqual(asked[1]);
  });

  test("refuses files that are not those of the log", async () => {
    const { view, credits } = await anasCredits(memoryPublicFiles(wholeFiles));
    const refused = async (path: string, content: Uint8Array, own: readonly LocatedCredit[] = credits) => {
      const source = memoryPublicFiles(new Map([...wholeFiles, [path, content]]));
      const { code, place } = await inputRejection(creditPaths(source, { view, credits: own }));
      return { code, place };
    };
    const leaves = wholeFiles.get(ledgerPaths.leaves(0))!;
    const level = wholeFiles.get(ledgerPaths.level10)!;
    const malformed = (place: string) => ({ code: "ledger-files-malformed", place });
    const mismatch = { code: "ledger-root-mismatch", place: "ledger" };
    expect(await refused(ledgerPaths.leaves(0), leaves.slice(32))).toEqual(malformed("leaves/0"));
    expect(await refused(ledgerPaths.leaves(0), leaves.slice(1))).toEqual(malformed("leaves/0"));
    expect(await refused(ledgerPaths.level10, new Uint8Array(64))).toEqual(malformed("level-10"));
    expect(await refused(ledgerPaths.level10, level.with(31, level[31]! ^ 1))).toEqual(mismatch);
    // Every leaf of the little tree is in the member's own subtree.
    for (const at of [31, 63, 95]) {
      expect(await refused(ledgerPaths.leaves(0), leaves.with(at, leaves[at]! ^ 1))).toEqual(mismatch);
    }
    // The ledger as it is later, with a leaf revoked: read again.
    expect(await refused(ledgerPaths.leaves(0), files.get(ledgerPaths.leaves(0))!)).toEqual(mismatch);
  });

  test("reads no log but the one under the board's checkpoint, of this registry", async () => {
    const refused = async (change: [string, Uint8Array], expected = { ...whole.name, board }) =>
      (await inputRejection(readLedger(memoryPublicFiles(new Map([...wholeFiles, change])), expected))).code;
    const same: [string, Uint8Array] = [ledgerPaths.checkpoint, wholeFiles.get(ledgerPaths.checkpoint)!];
    const longer: [string, Uint8Array] = [ledgerPaths.entries, entriesOf(ledger)];
    expect(await refused(longer)).toBe("ledger-checkpoint-mismatch");
    expect(await refused([ledgerPaths.entries, entriesOf(first.ledger)])).toBe("ledger-checkpoint-mismatch");
    // As long as the log under the checkpoint, and another.
    const entries = wholeFiles.get(ledgerPaths.entries)!;
    const forked = [...whole.lines.slice(0, -1), whole.lines.at(-2)!];
    expect(await refused([ledgerPaths.entries, entriesOf({ lines: forked })])).toBe(
      "ledger-checkpoint-mismatch",
    );
    const flipped = entries.with(20, entries[20]! ^ 1);
    expect(await refused([ledgerPaths.entries, flipped])).toBe("ledger-checkpoint-mismatch");
    const other = ed25519KeyPair();
    expect(await refused(same, { ...whole.name, board: { ...board, key: other.publicKey } })).toBe(
      "checkpoint-bad-signature",
    );
    expect(await refused(same, { ...whole.name, board: { ...board, name: "other.test" } })).toBe(
      "checkpoint-other-board",
    );
    expect(await refused(same, { ...whole.name, registryKey: other.publicKey, board })).toBe(
      "ledger-other-ledger",
    );
  });

  test("checks the last entry's signature, which binds all before it", async () => {
    const forged = async (n: number) => {
      const lines = whole.lines.map((line, i) => {
        if (i !== n) return line;
        // The last digit of the signature: "…0"}\n.
        const at = line.length - 4;
        return line.with(at, line[at] === 0x30 ? 0x31 : 0x30);
      });
      const entries = entriesOf({ lines });
      const origin = checkpointOrigin(board.name, whole.name.ledgerId);
      const checkpoint = utf8(signCheckpoint(origin, ledgerHead(entries), boardKeys.secretKey));
      const changed = new Map([
        ...wholeFiles,
        [ledgerPaths.entries, entries] as const,
        [ledgerPaths.checkpoint, checkpoint] as const,
      ]);
      return readLedger(memoryPublicFiles(changed), { ...whole.name, board });
    };
    const last = whole.lines.length - 1;
    expect(await inputRejection(forged(last))).toMatchObject({
      code: "ledger-bad-signature",
      place: `ledger entry ${last}`,
    });
    // An earlier line says what it said: the links hold.
    expect((await forged(last - 1)).roots).toEqual(whole.state.roots);
  });
});

describe("an audit", () => {
  test("of untouched files passes, with the registry's own state", async () => {
    const report = await auditWith([]);
    expect(report.ledger).toEqual(ledger.state);
    expect([...files.keys()].sort()).toEqual(["checkpoint", "entries.ndjson", "leaves/0", "level-10"]);
  });

  test("names the file that is missing", async () => {
    for (const path of files.keys()) {
      expect(await inputRejection(auditWith([[path, undefined]]))).toMatchObject({
        code: "file-missing",
        place: path,
      });
    }
  });

  test("names the file or entry where any bit is flipped, a byte is missing or added", async () => {
    const seed = Date.now();
    const random = seededRandom(seed);
    const below = (n: number): number => Math.floor(random() * n);
    const places: Record<string, RegExp> = {
      "entries.ndjson": /^ledger entry \d/,
      "leaves/0": /^leaves\/0$/,
      "level-10": /^level-10$/,
      checkpoint: /^checkpoint$/,
    };
    for (const [path, content] of files) {
      const flips = Array.from({ length: 12 }, () => {
        const at = below(content.length);
        return content.with(at, content[at]! ^ (1 << below(8)));
      });
      for (const changed of [...flips, content.slice(0, -1), Uint8Array.of(...content, 10)]) {
        const error = await auditWith([[path, changed]]).catch((thrown: unknown) => thrown);
        const named = error instanceof InputError ? (error.place ?? "no place") : String(error);
        expect([seed, path, named]).toEqual([seed, path, expect.stringMatching(places[path]!)]);
      }
    }
  });

  test("refuses a log that is a good log, but of another board's checkpoint or an earlier time", async () => {
    const earlier = publicFilesOf(second.ledger);
    expect((await inputRejection(auditWith([["entries.ndjson", earlier.get("entries.ndjson")!]]))).code).toBe(
      "ledger-files-malformed",
    );
    expect((await inputRejection(auditWith([["checkpoint", earlier.get("checkpoint")!]]))).code).toBe(
      "ledger-checkpoint-mismatch",
    );
  });
});

describe("a tree with leaves set", () => {
  test("is the tree of those leaves, in random steps", () => {
    const seed = Date.now();
    const random = seededRandom(seed);
    const below = (n: number): number => Math.floor(random() * n);
    let leaves: bigint[] = [];
    let tree = poseidonTree(leaves, 6);
    for (let step = 0; step < 12; step++) {
      const changes = new Map<number, bigint>();
      for (let i = below(4); i > 0 && leaves.length > 0; i--) changes.set(below(leaves.length), 0n);
      for (let i = below(6); i > 0 && leaves.length + i <= 60; i--) {
        changes.set(leaves.length + i - 1, BigInt(1 + below(1000)));
      }
      const before = tree;
      tree = withLeaves(tree, changes);
      expect(before).toEqual(poseidonTree(leaves, 6));
      leaves = [...leaves];
      for (const [at, leaf] of [...changes].sort(([a], [b]) => a - b)) leaves[at] = leaf;
      expect([seed, step, tree]).toEqual([seed, step, poseidonTree(leaves, 6)]);
    }
  });

  test("has no gap, and no more than 2^depth", () => {
    const tree = poseidonTree([1n, 2n, 3n], 2);
    expect(() => withLeaves(tree, new Map([[4, 1n]]))).toThrow(RangeError);
    expect(() => withLeaves(poseidonTree([], 2), new Map([[1, 1n]]))).toThrow(RangeError);
    expect(() => withLeaves(tree, new Map([[-1, 1n]]))).toThrow(RangeError);
    expect(withLeaves(tree, new Map([[3, 4n]]))).toEqual(poseidonTree([1n, 2n, 3n, 4n], 2));
  });
});

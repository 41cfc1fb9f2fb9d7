// docs/spec/public-files.md: the paths, and an audit of the election whose files the other examples hold.
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { InputError } from "../../src/formats/errors.ts";
import { memoryPublicFiles } from "../../src/formats/public-files.ts";
import { publicPaths } from "../../src/formats/public-paths.ts";
import { audit } from "../../src/protocol/audit.ts";
import { artifacts } from "../support/keys.ts";
import { testExample } from "./support/checks.ts";
import { exampleElection } from "./support/election.ts";
import { publicFilesExample } from "./support/examples.ts";
import { bytes, sha256, uint } from "./support/independent.ts";
import { readExample, readRecords, section, tableRows } from "./support/pages.ts";

testExample("public-files", async () => publicFilesExample(await exampleElection(readRecords())));

const example = readExample("public-files") as unknown as {
  readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
};

/** The tree as §3's table says where each file's content is. */
function filesOfExamples(): Map<string, Uint8Array> {
  const of = (page: string) => readExample(page) as Readonly<Record<string, string>>;
  const lists = (page: string) => readExample(page) as unknown as Readonly<Record<string, readonly string[]>>;
  const entries = readRecords().map((record) => Buffer.concat([uint(record.length, 2), record]));
  return new Map<string, Uint8Array>([
    ["poll.json", Buffer.from(of("poll").poll!)],
    ["signatures.json", Buffer.from(of("poll").signatures!)],
    ["keys.json", readFileSync(new URL("../../../keys/artifacts/manifest.json", import.meta.url))],
    ["roll/events.ndjson", Buffer.from(lists("roll").lines!.join(""))],
    ["roll/leaves/0", bytes(of("roll").leavesFile!)],
    ["roll/level-10", bytes(of("roll").level10File!)],
    [
      "trustees/dkg.ndjson",
      Buffer.from(
        lists("trustees")
          .messages!.map((line) => `${line}\n`)
          .join(""),
      ),
    ],
    ["board/checkpoint", Buffer.from(of("board").checkpoint!)],
    ["board/tile/0/000.p/3", bytes(of("board").tile!)],
    ["board/tile/entries/000.p/3", Buffer.concat(entries)],
    ["closing.json", Buffer.from(of("closing").closing!)],
    ["result.json", Buffer.from(of("closing").result!)],
    ["trustees/shares/1.json", Buffer.from(lists("trustees").decryption![0]!)],
    ["trustees/shares/3.json", Buffer.from(lists("trustees").decryption![1]!)],
  ]);
}

const files = filesOfExamples();
const anchor = { kind: "poll-id", pollId: readExample("poll").pollId as string } as const;
const auditOf = (tree: ReadonlyMap<string, Uint8Array>) =>
  audit({ files: memoryPublicFiles(tree), artifacts, anchor, allowDevelopmentKeys: true });

test("the other example files hold every file, with the digests that stand here", () => {
  const listed = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  expect(example.files).toEqual(
    listed.map(([path, content]) => ({
      path,
      size: content.length,
      sha256: sha256(content).toString("hex"),
    })),
  );
  const rows = tableRows(section("public-files", /Worked example/)).map(([path]) => path!);
  const named = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, path]) => path!));
  expect(named.filter((name) => !name.startsWith("files.")).sort()).toEqual(listed.map(([path]) => path));
});

test("the page's paths are those of the code", () => {
  const rows = tableRows(section("public-files", /Paths/)).map(([path]) => path!);
  const named = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, path]) => path!));
  const { tile: _tile, entries: _entries, ...others } = publicPaths;
  const written = Object.values(others).map((path) => (typeof path === "string" ? path : path(7)));
  expect(named.filter((path) => path !== "board/tile/…").map((path) => path.replace(/<\w>/, "7"))).toEqual(
    expect.arrayContaining(written),
  );
  expect(named).toHaveLength(written.length + 1);
});

test("an audit of exactly these files passes, and names the absent trustee", async () => {
  const report = await auditOf(files);
  expect(report).toMatchObject({ anchored: true, absent: [2], result: { options: [2, 3, 3] } });
  expect(report.board.size).toBe(3);
});

test.each([
  ["poll.json", "poll-not-anchored"],
  ["roll/leaves/0", "roll-files-malformed"],
  ["board/tile/0/000.p/3", "board-tile-mismatch"],
  ["board/tile/entries/000.p/3", "board-root-mismatch"],
])("an audit of %s with another last digit is refused with %s", async (path, code) => {
  const content = Buffer.from(files.get(path)!);
  // In JSON the last digit of a key; else the last byte.
  const at = path.endsWith(".json") ? content.lastIndexOf('"}]') - 1 : content.length - 1;
  content[at] = content[at] === 0x30 ? 0x31 : 0x30;
  const refused = auditOf(new Map([...files, [path, content]]));
  await expect(refused).rejects.toBeInstanceOf(InputError);
  await expect(refused).rejects.toMatchObject({ code });
});

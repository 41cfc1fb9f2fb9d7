// Whoever follows a reference to docs/spec or docs/design arrives: page and section exist.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** This file, whose planted references lead nowhere. */
const SELF = join("prover", "test", "spec", "references.test.ts");
const SKIPPED = new Set(["node_modules", "dist", "build", "artifacts", "api"]);
const READ = /\.(ts|mjs|cjs|js|circom|md|json)$/;

/** Text files of the repository, relative to its root. */
function* sources(directory = ""): Generator<string> {
  for (const entry of readdirSync(join(ROOT, directory), { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (path === SELF) continue;
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name) && (!entry.name.startsWith(".") || entry.name === ".ci"))
        yield* sources(path);
    } else if (READ.test(entry.name) && entry.name !== "package-lock.json") yield path;
  }
}

/** "§1, §2", "§2–§4" or "§3.1" after a page's name; sections stand as headings "## 3. …" or "### 3.1 …". */
const REFERENCE = /docs\/(?:spec|design)\/[a-z0-9-]+\.md((?:[ ,;–]*(?:and )?§\d+(?:\.\d+)?)*)/g;
/** One page of docs/spec to another: "`roll.md` §4". */
const NEIGHBOUR = /`([a-z0-9-]+\.md)`((?:[ ,;–]*(?:and )?§\d+(?:\.\d+)?)*)/g;

interface Reference {
  readonly from: string;
  readonly page: string;
  readonly sections: readonly string[];
}

function* references(): Generator<Reference> {
  for (const from of sources()) {
    const text = readFileSync(join(ROOT, from), "utf8");
    const sectionsOf = (list: string): string[] => [...list.matchAll(/§(\d+(?:\.\d+)?)/g)].map(([, n]) => n!);
    for (const [match, list] of text.matchAll(REFERENCE)) {
      yield { from, page: match.slice(0, match.length - list!.length), sections: sectionsOf(list!) };
    }
    if (!from.startsWith("docs/spec/")) continue;
    for (const [, name, list] of text.matchAll(NEIGHBOUR)) {
      yield { from, page: `docs/spec/${name}`, sections: sectionsOf(list!) };
    }
  }
}

/** Files, then sections, that are referred to and are not there. */
function missing(all: readonly Reference[]): string[] {
  return all.flatMap(({ from, page, sections }) => {
    if (!existsSync(join(ROOT, page))) return [`${from}: ${page}`];
    const text = readFileSync(join(ROOT, page), "utf8");
    const exists = (section: string): boolean =>
      new RegExp(`^#+ ${section.replace(".", "\\.")}\\.? `, "m").test(text);
    return sections.filter((section) => !exists(section)).map((section) => `${from}: ${page} §${section}`);
  });
}

const all = [...references()];
const within = (folder: string): Reference[] => all.filter(({ page }) => page.startsWith(folder));

test("every reference to docs/spec leads to a page and a section", () => {
  expect(within("docs/spec/").length).toBeGreaterThan(80);
  expect(missing(within("docs/spec/"))).toEqual([]);
});

test("every reference to docs/design leads to a page and a section", () => {
  expect(within("docs/design/").length).toBeGreaterThan(0);
  expect(missing(within("docs/design/"))).toEqual([]);
});

test("a page and a section that are not there are found out", () => {
  const made = (page: string, section: string): Reference => ({ from: "here", page, sections: [section] });
  expect(missing([made("docs/spec/nothing.md", "1"), made("docs/spec/poll.md", "99")])).toEqual([
    "here: docs/spec/nothing.md",
    "here: docs/spec/poll.md §99",
  ]);
});

test("every page of docs/spec is referred to, and every example file by its page", () => {
  const files = readdirSync(join(ROOT, "docs/spec"), { withFileTypes: true });
  const pages = files.filter((file) => file.isFile()).map(({ name }) => `docs/spec/${name}`);
  const named = new Set(all.filter(({ from, page }) => from !== page).map(({ page }) => page));
  expect(pages.filter((page) => !named.has(page))).toEqual([]);
  const examples = readdirSync(join(ROOT, "docs/spec/examples"));
  const text = pages.map((page) => readFileSync(join(ROOT, page), "utf8")).join("\n");
  expect(examples.filter((name) => !text.includes(`examples/${name}`))).toEqual([]);
});

// The pages of docs/spec, as tests read them.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Example, Json } from "./examples.ts";

const SPEC = new URL("../../../../docs/spec/", import.meta.url);

/** Where a file of docs/spec lies. */
export function specPath(name: string): string {
  return fileURLToPath(new URL(name, SPEC));
}

/** Text of a page. */
export function readPage(page: string): string {
  return readFileSync(specPath(`${page}.md`), "utf8");
}

/** `docs/spec/examples/<page>.json`. */
export function readExample(page: string): Example {
  return JSON.parse(readFileSync(specPath(`examples/${page}.json`), "utf8")) as Example;
}

/** The records of the example's board, which were really proven. */
export function readRecords(): Uint8Array[] {
  return (readExample("board").entries as readonly string[]).map((hex) => Buffer.from(hex, "hex"));
}

/** A section of a page: from its heading to the next of the same or a higher level. */
export function section(page: string, heading: RegExp): string {
  const lines = readPage(page).split("\n");
  const start = lines.findIndex((line) => /^#+ /.test(line) && heading.test(line));
  if (start < 0) throw new Error(`${page}.md has no heading like ${heading}`);
  const level = /^#+/.exec(lines[start]!)![0].length;
  const length = lines.slice(start + 1).findIndex((line) => (/^#+/.exec(line)?.[0].length ?? 99) <= level);
  return lines.slice(start, length < 0 ? undefined : start + 1 + length).join("\n");
}

/** Rows of the tables in a text, cell by cell; heads and rules are left out. */
export function tableRows(text: string): string[][] {
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    const cells = /^\|(.*)\|$/
      .exec(line)?.[1]
      ?.split("|")
      .map((cell) => cell.trim());
    const isRule = (text = ""): boolean => /^\|-/.test(text);
    return cells === undefined || isRule(line) || isRule(lines[i + 1]) ? [] : [cells];
  });
}

const ROW = /^\| `([\w.]+)` \| `([^`]*)` \|$/gm;
const BLOCK = /`([\w.]+)`:\n\n```\n([\s\S]*?)\n```/g;

/**
 * What a page's example section shows, by its path in the example file: rows "| `path` | `value` |", and code
 * blocks after a line that ends in "`path`:".
 */
export function shownValues(page: string): Record<string, string> {
  const text = section(page, /Worked example/);
  const shown: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(ROW)) shown[name!] = value!;
  for (const [, name, block] of text.matchAll(BLOCK)) shown[name!] = block!;
  if (Object.keys(shown).length === 0) throw new Error(`the example of ${page}.md shows no value`);
  return shown;
}

/** The same values as the example file holds them. */
export function storedValues(page: string, example: Example = readExample(page)): Record<string, string> {
  return Object.fromEntries(Object.keys(shownValues(page)).map((name) => [name, valueAt(example, name)]));
}

/** Writes values into a page's example section, in the places where it shows others. */
export function replaceValues(page: string, values: Readonly<Record<string, string>>): string {
  const old = section(page, /Worked example/);
  const rows = old.replace(ROW, (_, name: string) => `| \`${name}\` | \`${values[name]}\` |`);
  const filled = rows.replace(BLOCK, (_, name: string) => `\`${name}\`:\n\n\`\`\`\n${values[name]}\n\`\`\``);
  return readPage(page).replace(old, () => filled);
}

/** A value of an example by its path, `a.b.0`: a string as it is, anything else as JSON. */
function valueAt(example: Example, path: string): string {
  let value: Json | undefined = example;
  for (const step of path.split(".")) value = (value as Readonly<Record<string, Json>> | undefined)?.[step];
  if (value === undefined) throw new Error(`the example has no ${path}`);
  // A block of the page ends in a line break of its own.
  return typeof value === "string" ? value.replace(/\n$/, "") : JSON.stringify(value);
}

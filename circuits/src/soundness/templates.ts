// Our templates, as their files name them.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "../compile.ts";

/** Folder of our templates. */
export const SOURCES: string = join(REPOSITORY_ROOT, "circuits/src");

/** Files of templates in a folder, sorted. */
export async function templateFiles(folder = SOURCES): Promise<string[]> {
  return (await readdir(folder)).filter((file) => file.endsWith(".circom")).sort();
}

/** The templates in a folder, each with the file it stands in. */
export async function templates(folder = SOURCES): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const file of await templateFiles(folder)) {
    const source = await readFile(join(folder, file), "utf8");
    for (const [, name] of source.matchAll(/^template (\w+)\(/gm)) found.set(name!, file);
  }
  return found;
}

/**
 * Number of the one line of a template's file with a text.
 *
 * @throws RangeError - the text stands on no line, or on several.
 */
export async function lineOf(file: string, text: string): Promise<number> {
  const lines = (await readFile(join(SOURCES, file), "utf8")).split("\n");
  const found = lines.flatMap((line, i) => (line.includes(text) ? [i + 1] : []));
  if (found.length !== 1) throw new RangeError(`${file}: "${text}" stands on ${found.length} lines`);
  return found[0]!;
}

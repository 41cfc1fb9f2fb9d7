// The version of this repository's packages.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";

/** As package.json has it. */
export async function packageVersion(): Promise<string> {
  const text = await readFile(join(REPOSITORY_ROOT, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

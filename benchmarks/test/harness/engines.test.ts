// The engines' table says which versions are installed.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { expect, test } from "@jest/globals";
import {
  ENGINES,
  engineNamed,
  OURS_ALONE,
  OURS_SCALAR,
  SNARKJS_WITH_THREADS,
} from "../../src/harness/engines.ts";
import { repositoryPath } from "../support/keys.ts";

/** The version in a package's own package.json, which its exports may hide. */
async function installedVersion(name: string): Promise<string> {
  if (name.startsWith("@commune-zk/")) {
    const own = repositoryPath(`${name.slice("@commune-zk/".length)}/package.json`);
    return JSON.parse(await readFile(own, "utf8")).version;
  }
  const main = createRequire(repositoryPath("benchmarks/src/index.ts")).resolve(name);
  const folder = main.slice(0, main.lastIndexOf(`/node_modules/${name}/`));
  return JSON.parse(await readFile(`${folder}/node_modules/${name}/package.json`, "utf8")).version;
}

test.each([...ENGINES, OURS_ALONE, OURS_SCALAR, SNARKJS_WITH_THREADS])(
  "$name is $version",
  async ({ name, version }) => {
    const [packageName] = name.split(" ");
    expect(version).toBe(await installedVersion(packageName!));
  },
);

test("every engine has a name of its own, by which it is found", () => {
  const all = [...ENGINES, OURS_ALONE, OURS_SCALAR, SNARKJS_WITH_THREADS];
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const engine of all) expect(engineNamed(engine.name)).toBe(engine);
  expect(() => engineNamed("rapid")).toThrow("no engine is named rapid");
});

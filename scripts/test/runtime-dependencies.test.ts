// What comes along with our packages at run time, by the lock file.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { expect, test } from "@jest/globals";

interface LockedPackage {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(await readFile(join(REPOSITORY_ROOT, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

/** Names of all that a workspace needs at run time, directly or not. */
function runtimeOf(workspace: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const names = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const { dependencies = {}, optionalDependencies = {} } = packages[path]!;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      names.add(name);
      const found = locate(name, path);
      if (found !== undefined) visit(found);
    }
  };
  visit(workspace);
  return names;
}

/** Where Node finds a package from another: in its own folder, or one above. */
function locate(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = folder.replace(/\/?[^/]*$/, "")) {
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    const found = packages[path];
    if (found !== undefined) return found.link ? found.resolved! : path;
    if (folder === "") return undefined;
  }
}

const ORACLES = /^(snarkjs|ffjavascript|circomlibjs|circom_runtime|wasmcurves|ethers)$/;

test.each(["prover", "booth", "verifier"])("%s brings none of the oracles along", (workspace) => {
  const names = [...runtimeOf(workspace)];
  expect(names).toContain("@noble/curves");
  expect(names.filter((name) => ORACLES.test(name))).toEqual([]);
});

test("the control: what brings them along is found, also at second hand", () => {
  expect(runtimeOf("keys")).toContain("snarkjs");
  expect(runtimeOf("keys")).toContain("wasmcurves");
  expect(runtimeOf("circuits")).toContain("circomlibjs");
});

// A repository as small as the gate takes one: a prover that is compiled, and a workspace that it imports.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { somePoints } from "./some-points.ts";

/** Stands for the compiler: there are no types to take away. */
const COMPILER = `import { cpSync } from "node:fs";
cpSync("prover/src/index.ts", "prover/dist/index.js");
`;

const run = promisify(execFile);

/** A repository in a folder of its own. */
export interface SmallRepository {
  readonly root: string;
  git(...args: string[]): Promise<string>;
  /** Has the engine keep the processor busy so long for a proof, and sign it with a number. */
  writeEngine(engine: { busyMs: number; sign: number }): Promise<void>;
  /** Compiles the working tree's prover. */
  build(): Promise<void>;
  dispose(): Promise<void>;
}

/** Makes one whose first commit, tagged `base`, has an engine of 5 ms that signs with 1. */
export async function smallRepository(): Promise<SmallRepository> {
  const root = await mkdtemp(join(tmpdir(), "commune-compare-"));
  const write = async (path: string, content: unknown): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), typeof content === "string" ? content : JSON.stringify(content));
  };
  const link = async (target: string, path: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(target, join(root, path));
  };
  const git = async (...args: string[]): Promise<string> => {
    const identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@commune.example"];
    return (await run("git", [...identity, ...args], { cwd: root })).stdout.trim();
  };
  const writeEngine: SmallRepository["writeEngine"] = ({ busyMs, sign }) =>
    write("engine/index.js", `export const busyMs = ${busyMs};\nexport const sign = ${sign}n;\n`);

  await write("package.json", { name: "small", type: "module", workspaces: ["engine", "prover"] });
  await write("package-lock.json", {});
  await write(".gitignore", "node_modules/\nbuild/\ndist/\n*.tsbuildinfo\n");
  await write("engine/package.json", { name: "@small/engine", type: "module", exports: "./index.js" });
  await write("prover/package.json", { name: "@small/prover", type: "module" });
  const points = JSON.stringify(somePoints, (_name, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value,
  ).replaceAll('"', "");
  await write(
    "prover/src/index.ts",
    `import { busyMs, sign } from "@small/engine";
export function wasmEngine() {
  return {
    async prove() {
      for (const end = performance.now() + busyMs; performance.now() < end; );
      return { proof: ${points}, publicSignals: [sign] };
    },
  };
}
`,
  );
  // As npm lays them out: packages are folders, workspaces are links.
  await write("node_modules/typescript/package.json", { name: "typescript", type: "module" });
  await write("node_modules/typescript/bin/tsc", COMPILER);
  await link("../../engine", "node_modules/@small/engine");
  await link("../../prover", "node_modules/@small/prover");

  await writeEngine({ busyMs: 5, sign: 1 });
  await git("init", "--quiet");
  await git("add", ".");
  await git("commit", "--quiet", "-m", "base");
  await git("tag", "base");
  const build = async (): Promise<void> => {
    await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc")], { cwd: root });
  };
  await build();
  return { root, git, writeEngine, build, dispose: () => rm(root, { recursive: true, force: true }) };
}

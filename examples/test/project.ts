// A project of an integrator's: outside of this repository, with the prover as `npm pack` makes it.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";

/** What the examples need beside the prover. */
const KEYS_PACKAGE = "@zk-kit/semaphore-artifacts";

/** The project, and what was installed in it. */
export interface Project {
  readonly directory: string;
  /** Where the prover lies in it. */
  readonly prover: string;
  /** Paths of all files in the tarball. */
  readonly packed: readonly string[];
  remove(): Promise<void>;
}

/** A command that has ended. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
}

/** Packs the prover and installs it beside a copy of the examples. Nothing is asked of a registry. */
export async function makeProject(): Promise<Project> {
  const directory = await mkdtemp(join(tmpdir(), "commune-examples-"));
  const modules = join(directory, "node_modules");
  const prover = join(modules, "@commune-zk/prover");
  const pack = ["pack", "--workspace", "@commune-zk/prover", "--pack-destination", directory, "--json"];
  // What the build says is not JSON.

  const { stdout } = await promisify(execFile)("npm", [...pack, "--offline", "--foreground-scripts=false"], {
    cwd: REPOSITORY_ROOT,
  });
  const [{ filename, files }] = JSON.parse(stdout) as [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  await mkdir(prover, { recursive: true });
  await promisify(execFile)("tar", ["-xzf", join(directory, filename), "-C", prover, "--strip-components=1"]);
  const { dependencies } = JSON.parse(await readFile(join(prover, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of [...Object.keys(dependencies), KEYS_PACKAGE]) {
    const places = ["prover/node_modules", "node_modules"].map((folder) =>
      join(REPOSITORY_ROOT, folder, name),
    );
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(places.find(existsSync)!, join(modules, name), "junction");
  }
  await cp(join(REPOSITORY_ROOT, "examples"), join(directory, "examples"), {
    recursive: true,
    // What somebody built in this repository is no part of what a newcomer gets.
    filter: (path) => !/[\\/](test|dist|prover\.js)$/.test(path),
  });
  await symlink(join(REPOSITORY_ROOT, "keys"), join(directory, "keys"), "junction");
  const packed = files.map(({ path }) => path);
  return { directory, prover, packed, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** Runs a program in a project. @throws Error - it failed, or did not end within a minute. */
export async function run({ directory }: Project, program: string, ...options: string[]): Promise<Ended> {
  // jest's NODE_ENV would make bundles for development.
  const { NODE_ENV: _, ...env } = process.env;
  return promisify(execFile)(program, options, { cwd: directory, env, timeout: 60_000 });
}

/** Runs the command that examples/README.md has for an example and a tool, the first that begins so. */
export async function runAsTold(project: Project, tool: string, example: string): Promise<Ended> {
  const readme = await readFile(join(project.directory, "examples/README.md"), "utf8");
  const command = readme
    .split("\n")
    .find((line) => line.startsWith(`npx ${tool} `) && line.includes(example));
  if (command === undefined) throw new Error(`examples/README.md has no command with ${tool} for ${example}`);
  return run(project, join(REPOSITORY_ROOT, "node_modules/.bin", tool), ...command.split(" ").slice(2));
}

/** A server that runs. */
export interface Served {
  /** Without trailing slash. */
  readonly origin: string;
  close(): void;
}

/** Serves a folder of the project by examples/serve.mjs, on a free port. */
export async function serveFolder({ directory }: Project, folder: string): Promise<Served> {
  const server: ChildProcess = spawn(process.execPath, ["examples/serve.mjs", folder, "0"], {
    cwd: directory,
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: server.stdout! })) {
    const [, origin] = /(http:\/\/127\.0\.0\.1:\d+)\//.exec(line) ?? [];
    if (origin !== undefined) return { origin, close: () => server.kill() };
  }
  throw new Error(`nothing serves ${folder}`);
}

// Compiles the circuits of circuits/main with npm circom2. Node only.
import { spawn } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the repository: circom2 (WASI) sees only files below the folder it is started in. */
export const REPOSITORY_ROOT: string = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** Files that a compilation leaves. Absolute paths. */
export interface CompiledCircuit {
  readonly r1cs: string;
  readonly wasm: string;
  readonly sym: string;
}

/** Names of the instances in circuits/main, sorted. */
export async function circuitNames(): Promise<string[]> {
  const files = await readdir(join(REPOSITORY_ROOT, "circuits/main"));
  return files
    .filter((file) => file.endsWith(".circom"))
    .map((file) => basename(file, ".circom"))
    .sort();
}

/**
 * Compiles a circom file.
 *
 * @param source - path below the repository's root, absolute or relative to it.
 * @param optimisation - `--O2` unless told: the one that keys are made for.
 * @param outputDirectory - below the repository's root; made where missing.
 * @throws Error - it does not compile; the message is the compiler's output.
 */
export async function compileCircuit(
  source: string,
  outputDirectory: string,
  optimisation: readonly string[] = ["--O2"],
): Promise<CompiledCircuit> {
  const output = resolve(REPOSITORY_ROOT, outputDirectory);
  await mkdir(output, { recursive: true });
  const from = relative(REPOSITORY_ROOT, resolve(REPOSITORY_ROOT, source));
  const to = relative(REPOSITORY_ROOT, output);
  const command = createRequire(import.meta.url).resolve("circom2/cli.js");
  const options = ["--r1cs", "--wasm", "--sym", ...optimisation, "-l", "node_modules", "-o", to];
  const { code, text } = await run(process.execPath, [command, from, ...options]);
  if (code !== 0) throw new Error(`circom2 refused ${from}:\n${text}`);
  const name = basename(source, ".circom");
  return {
    r1cs: join(output, `${name}.r1cs`),
    wasm: join(output, `${name}_js/${name}.wasm`),
    sym: join(output, `${name}.sym`),
  };
}

function run(command: string, args: readonly string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: REPOSITORY_ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.stderr.on("data", (chunk) => {
      text += chunk;
    });
    child.on("error", fail);
    child.on("close", (code) => done({ code, text }));
  });
}

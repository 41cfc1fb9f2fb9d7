// Components of ours as circuits of their own.
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compileCircuit, REPOSITORY_ROOT } from "../src/index.ts";
import { type Attempt, openCircuit, templateFiles } from "../src/soundness.ts";

/** Where and how {@link openComponent} compiles. */
export interface ComponentOptions {
  /** Folder below build/test. */
  readonly work: string;
  /** `--O2` unless told. Assertions of the witness calculator are the same for all. */
  readonly optimisation?: readonly string[];
  /** Templates' files that stand in for ours: source by file name. */
  readonly stubs?: Readonly<Record<string, string>>;
}

/** Compiles one instance of a template, e.g. `BallotRules(4)` of `ballot-rules`. */
export async function openComponent(
  file: string,
  component: string,
  { work, optimisation, stubs = {} }: ComponentOptions,
): Promise<(inputs: object) => Promise<Attempt>> {
  const folder = `build/test/${work}`;
  const absolute = join(REPOSITORY_ROOT, folder);
  await mkdir(absolute, { recursive: true });
  for (const ours of await templateFiles()) {
    const to = join(absolute, ours);
    if (stubs[ours] === undefined) await cp(join(REPOSITORY_ROOT, "circuits/src", ours), to);
    else await writeFile(to, stubs[ours]);
  }
  const name = component.replace(/\W+/g, "-").toLowerCase();
  const source = join(absolute, `${name}main.circom`);
  const main = `pragma circom 2.1.6;\ninclude "${file}.circom";\ncomponent main = ${component};\n`;
  await writeFile(source, main);
  return openCircuit((await compileCircuit(source, folder, optimisation)).wasm);
}

/**
 * A circuit of circuits/main as its keys were made, assertions and their lines included. That it is what the
 * sources compile to is shown where all are compiled (constraints.test.ts).
 */
export function openKeyed(
  name: string,
  keySet = "keys/artifacts",
): Promise<(inputs: object) => Promise<Attempt>> {
  return openCircuit(join(REPOSITORY_ROOT, keySet, `${name}/circuit.wasm`));
}

/** Matches a witness. */
export const accepted = { witness: expect.anything() };

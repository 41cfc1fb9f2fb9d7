// Components of ours as circuits of their own. Attempts run on circom_runtime and on our engine's calculator, and both
// have to come to the same witness, or to none.
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CircuitInput } from "../../prover/src/groth16/engine.ts";
import { compileWitnessCalculator } from "../../prover/src/groth16/witness.ts";
import { compileCircuit, REPOSITORY_ROOT } from "../src/index.ts";
import { type Attempt, openCircuit, R, templateFiles } from "../src/soundness.ts";

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
  return openOnBoth((await compileCircuit(source, folder, optimisation)).wasm);
}

/**
 * A circuit of circuits/main as its keys were made, assertions and their lines included. That it is what the
 * sources compile to is shown where all are compiled (constraints.test.ts).
 */
export function openKeyed(
  name: string,
  keySet = "keys/artifacts",
): Promise<(inputs: object) => Promise<Attempt>> {
  return openOnBoth(join(REPOSITORY_ROOT, keySet, `${name}/circuit.wasm`));
}

/** Matches a witness. */
export const accepted: object = expect.objectContaining({ bytes: expect.anything() });

async function openOnBoth(wasmPath: string): Promise<(inputs: object) => Promise<Attempt>> {
  const theirs = await openCircuit(wasmPath);
  const ours = await compileWitnessCalculator(await readFile(wasmPath));
  return async (inputs) => {
    const made = await ours
      .calculate(fieldElements(inputs) as Record<string, CircuitInput>)
      .catch(() => null);
    const attempt = await theirs(inputs).catch((error: unknown) => {
      if (made === null) throw error;
      throw new Error("our calculator takes inputs that circom_runtime does not", { cause: error });
    });
    const theirOwn = "bytes" in attempt ? attempt.bytes : null;
    const isSame =
      made === null || theirOwn === null ? made === theirOwn : Buffer.compare(made, theirOwn) === 0;
    if (!isSame) throw new Error("our calculator and circom_runtime do not agree");
    return attempt;
  };
}

/** Numbers and texts as circom_runtime takes them, modulo r, at any depth. */
function fieldElements(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fieldElements);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, fieldElements(part)]));
  }
  const number = BigInt(value as number | bigint | string) % R;
  return number < 0n ? number + R : number;
}

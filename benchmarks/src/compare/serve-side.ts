// The inside of a process that proves with one side's engine. It imports that side's built prover by its path and
// nothing of ours that runs: what is timed is the side's own code. docs/design/compare.md.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { CircuitInputs, Engine } from "@commune-zk/prover";

/** The first message to such a process. */
export interface SideSetup {
  /** The side's built prover, `prover/dist/index.js`. */
  readonly proverPath: string;
  readonly wasmPath: string;
  readonly provingKeyPath: string;
  /** Of made-up members. */
  readonly inputs: CircuitInputs;
}

/** A proof as its engine gave it out, unchecked, and what it took. */
export interface SideProof {
  readonly proof: unknown;
  readonly publicSignals: readonly bigint[];
  readonly wallMs: number;
  /** Of all threads of the process, in user and system mode. */
  readonly cpuMs: number;
}

/** What the process answers: to the setup the name of its engine's maker, to every later message a proof. */
export type SideAnswer =
  | { readonly engine: string }
  | { readonly made: SideProof }
  | { readonly error: string };

/** Functions of the prover that make its default engine, newest first: a commit has the engine of its time. */
const ENGINE_MAKERS = ["wasmEngine", "snarkjsEngine"] as const;

/**
 * Answers messages one after another until the channel closes.
 *
 * @throws Error - the process has no IPC channel.
 */
export function serveSide(): void {
  if (process.send === undefined) throw new Error("this process has to be started by openSide");
  process.once("message", (setup) => {
    const ready = prepare(setup as SideSetup);
    answer(ready.then(({ name }) => ({ engine: name })));
    process.on("message", () => answer(ready.then(async ({ prove }) => ({ made: await prove() }))));
  });
  // Whoever asked is gone: nobody wants the rest.
  process.once("disconnect", () => process.exit(0));
}

async function answer(work: Promise<SideAnswer>): Promise<void> {
  process.send!(await work.catch((error: Error): SideAnswer => ({ error: error.message })));
}

async function prepare({ proverPath, wasmPath, provingKeyPath, inputs }: SideSetup): Promise<{
  readonly name: string;
  readonly prove: () => Promise<SideProof>;
}> {
  const prover = (await import(pathToFileURL(proverPath).href)) as Readonly<Record<string, unknown>>;
  const name = ENGINE_MAKERS.find((maker) => typeof prover[maker] === "function");
  if (name === undefined) throw new Error(`the prover exports none of ${ENGINE_MAKERS.join(", ")}`);
  const engine = (prover[name] as () => Engine)();
  const [wasm, provingKey] = await Promise.all([readFile(wasmPath), readFile(provingKeyPath)]);
  const artifacts = { wasm: new Uint8Array(wasm), provingKey: new Uint8Array(provingKey) };
  return {
    name,
    async prove() {
      const cpuBefore = process.cpuUsage();
      const start = performance.now();
      const made = await engine.prove({ artifacts, inputs });
      const wallMs = performance.now() - start;
      const { user, system } = process.cpuUsage(cpuBefore);
      return { ...made, wallMs, cpuMs: (user + system) / 1_000 };
    },
  };
}

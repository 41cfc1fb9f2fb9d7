// Our engine: Groth16 over BN254 by the kernels of prover/assembly. docs/design/engine.md.
import { littleEndianToUint } from "../formats/bytes.ts";
import { SCALAR_BYTES } from "../formats/kernel-points.ts";
import { parseZkey } from "../formats/zkey.ts";
import { compileKernels } from "../wasm/code.ts";
import type { Engine, ProveOptions, ProvingArtifacts } from "./engine.ts";
import { planPieces } from "./plan.ts";
import { proveWitness } from "./prove-witness.ts";
import { type LoadedProvingKey, loadProvingKey } from "./proving-key.ts";
import { termsOf } from "./sums.ts";
import { ThreadLostError } from "./threads/member.ts";
import { checkThreads, type ThreadOptions } from "./threads/port.ts";
import { Team } from "./threads/team.ts";
import { Turns } from "./turns.ts";
import { compileWitnessCalculator, type WitnessCalculator } from "./witness.ts";

const PHASES = ["witness", "proof"] as const;

/** What is kept of a circuit between proofs. Nothing in it is secret. */
interface LoadedCircuit {
  readonly artifacts: ProvingArtifacts;
  readonly calculator: WitnessCalculator;
  readonly key: LoadedProvingKey;
}

/** What an engine is made with. */
export interface WasmEngineOptions {
  /** Threads beside the calling one; without them it works alone. */
  readonly threads?: ThreadOptions;
  /** False: the scalar kernels, also where the environment has relaxed SIMD. For comparisons. */
  readonly relaxedSimd?: boolean;
}

/**
 * An engine that runs under `script-src 'self' 'wasm-unsafe-eval'` and holds no process open. It takes the thread it
 * is called in for some milliseconds at a time and then lets others have their turn, where it also looks at the
 * signal; the calculation of the witness is the longest part that is not interrupted. The circuit used last stays in
 * memory, by the identity of its byte arrays, which must not change.
 *
 * With `threads`, others compute parts of the sums. They are started for the first proof and end with `dispose`. One
 * that cannot be started, or dies, is no error: the proof is then made in the calling thread, as all later ones.
 *
 * Variable time. Proofs are made one after another.
 *
 * @throws RangeError - threads that are not 1 … 16.
 */
export function wasmEngine({ threads, relaxedSimd = true }: WasmEngineOptions = {}): Engine {
  if (threads !== undefined) checkThreads(threads);
  let team: Team | undefined = threads === undefined ? Team.nobody : undefined;
  let loaded: LoadedCircuit | undefined;
  let disposed = false;
  let queue: Promise<unknown> = Promise.resolve();

  const circuitOf = async (
    { wasm, provingKey }: ProvingArtifacts,
    others: Team,
    turns: Turns,
  ): Promise<LoadedCircuit> => {
    if (loaded?.artifacts.wasm === wasm && loaded.artifacts.provingKey === provingKey) return loaded;
    // The old one's memory goes before the new one's comes.
    loaded = undefined;
    const modules = await compileKernels({ relaxedSimd });
    const calculator = await compileWitnessCalculator(wasm);
    const zkey = parseZkey(provingKey);
    const terms = termsOf(zkey);
    const [own, ...theirs] = planPieces(
      terms,
      zkey.power,
      others.size + 1,
      modules.lanes === undefined ? "scalar" : "lanes",
    );
    const loading = others.load(terms, theirs, modules);
    loading.catch(() => undefined);
    let key: LoadedProvingKey;
    try {
      key = await loadProvingKey(zkey, { terms, pieces: own! }, turns.between, modules);
    } catch (error) {
      await others.stop();
      throw error;
    }
    await loading;
    turns.check();
    loaded = { artifacts: { wasm, provingKey }, calculator, key };
    return loaded;
  };

  const prove = async ({
    artifacts,
    inputs,
    signal,
    onProgress,
  }: ProveOptions): ReturnType<Engine["prove"]> => {
    if (disposed) throw new Error("the engine is disposed");
    const turns = new Turns(signal);
    const begin = async (done: number): Promise<void> => {
      onProgress?.({ phase: PHASES[done]!, done, total: PHASES.length });
      await turns.yield();
    };
    await begin(0);
    team ??= Team.start(threads!);
    const { calculator, key } = await circuitOf(artifacts, team, turns);
    const witness = await calculator.calculate(inputs, () => turns.check());
    try {
      await begin(1);
      const publicSignals = Array.from({ length: key.publicCount }, (_, i) => valueAt(witness, i + 1));
      return { proof: await proveWitness({ key, witness, team, turns }), publicSignals };
    } finally {
      // The witness holds the secret and the vote.
      witness.fill(0);
    }
  };

  const proveAnyhow = async (options: ProveOptions): ReturnType<Engine["prove"]> => {
    try {
      return await prove(options);
    } catch (error) {
      if (!(error instanceof ThreadLostError)) throw error;
      team?.end();
      team = Team.nobody;
      loaded = undefined;
      return await prove(options);
    }
  };

  return {
    prove(options) {
      const proof = queue.then(() => proveAnyhow(options));
      queue = proof.catch(() => undefined);
      return proof;
    },
    async dispose() {
      disposed = true;
      await queue;
      team?.end();
      loaded = undefined;
    },
  };
}

function valueAt(witness: Uint8Array, index: number): bigint {
  return littleEndianToUint(witness.subarray(index * SCALAR_BYTES, (index + 1) * SCALAR_BYTES));
}

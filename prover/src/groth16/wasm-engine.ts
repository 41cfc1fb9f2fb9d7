// Our engine: Groth16 over BN254 by the kernels of prover/assembly, in the calling thread. docs/design/engine.md.
// Source: Groth 2016 §3.2, with the quotient on a coset as snarkjs' setup expects it.
import { littleEndianToUint } from "../formats/bytes.ts";
import { FIELD_ORDER, randomBelow } from "../formats/field.ts";
import type { Groth16Proof } from "../formats/groth16-proof.ts";
import { G1_BYTES, G2_BYTES, NUMBER_BYTES } from "../wasm/kernels.ts";
import { type Engine, type ProveOptions, type ProvingArtifacts, SelfCheckError } from "./engine.ts";
import { multiply, tableOf } from "./multiply.ts";
import { putScalars, readG1, readG2, SCALAR_BYTES } from "./points.ts";
import { type LoadedProvingKey, loadProvingKey, type Rows } from "./proving-key.ts";
import { compileWitnessCalculator, type WitnessCalculator } from "./witness.ts";

const PHASES = ["witness", "proof"] as const;

/** What is kept of a circuit between proofs. Nothing in it is secret. */
interface LoadedCircuit {
  readonly artifacts: ProvingArtifacts;
  readonly calculator: WitnessCalculator;
  readonly key: LoadedProvingKey;
}

/**
 * An engine that starts no thread, holds no process open, and runs under `script-src 'self' 'wasm-unsafe-eval'`. It
 * takes the thread it runs in, and lets others have their turn between the parts of a proof, where it also looks at
 * the signal. The circuit used last stays in memory, by the identity of its byte arrays, which must not change.
 *
 * Variable time. Proofs are made one after another.
 */
export function wasmEngine(): Engine {
  let loaded: LoadedCircuit | undefined;
  let disposed = false;
  let queue: Promise<unknown> = Promise.resolve();

  const circuitOf = async (artifacts: ProvingArtifacts): Promise<LoadedCircuit> => {
    const { wasm, provingKey } = artifacts;
    if (loaded?.artifacts.wasm !== wasm || loaded.artifacts.provingKey !== provingKey) {
      // The old one's memory goes before the new one's comes.
      loaded = undefined;
      loaded = {
        artifacts: { wasm, provingKey },
        calculator: await compileWitnessCalculator(wasm),
        key: await loadProvingKey(provingKey),
      };
    }
    return loaded;
  };

  const prove = async ({
    artifacts,
    inputs,
    signal,
    onProgress,
  }: ProveOptions): ReturnType<Engine["prove"]> => {
    if (disposed) throw new Error("the engine is disposed");
    const begin = async (done: number): Promise<void> => {
      onProgress?.({ phase: PHASES[done]!, done, total: PHASES.length });
      await turn(signal);
    };
    await begin(0);
    const { calculator, key } = await circuitOf(artifacts);
    const witness = await calculator.calculate(inputs);
    try {
      await begin(1);
      const publicSignals = Array.from({ length: key.publicCount }, (_, i) => valueAt(witness, i + 1));
      return { proof: await proveWitness(key, witness, () => turn(signal)), publicSignals };
    } finally {
      // The witness holds the secret and the vote.
      witness.fill(0);
    }
  };

  return {
    prove(options) {
      const proof = queue.then(() => prove(options));
      queue = proof.catch(() => undefined);
      return proof;
    },
    async dispose() {
      disposed = true;
      await queue;
      loaded = undefined;
    },
  };
}

/** A macrotask: listeners of the signal and painting get their turn before the thread is taken. */
async function turn(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise((resolve) => setTimeout(resolve, 0));
  signal?.throwIfAborted();
}

function valueAt(witness: Uint8Array, index: number): bigint {
  return littleEndianToUint(witness.subarray(index * SCALAR_BYTES, (index + 1) * SCALAR_BYTES));
}

async function proveWitness(
  key: LoadedProvingKey,
  values: Uint8Array,
  between: () => Promise<void>,
): Promise<Groth16Proof> {
  const { workspace, variables, publicCount } = key;
  const { kernels } = workspace;
  if (values.length !== variables * SCALAR_BYTES)
    throw new RangeError("wasm and proving key are of two circuits");
  const mark = workspace.mark();
  try {
    const witness = workspace.put(values);
    const quotient = await quotientOf(key, witness, between);
    const secrets = witness + (publicCount + 1) * SCALAR_BYTES;
    const g1 = async (n: number, scalars: number, table: number): Promise<number> => {
      await between();
      return multiply(workspace, "g1", { n, scalars, table });
    };
    const sumA = await g1(variables, witness, key.a);
    const sumB1 = await g1(variables, witness, key.b1);
    const sumC = await g1(variables - publicCount - 1, secrets, key.c);
    const sumH = await g1(2 ** key.power, quotient, key.h);
    await between();
    const sumB2 = multiply(workspace, "g2", { n: variables, scalars: witness, table: key.b2 });
    await between();

    // A = α + Σa + r·δ, B = β + Σb + s·δ, C = Σc + Σh + s·A + r·B₁ − r·s·δ.
    const r = randomBelow(FIELD_ORDER);
    const s = randomBelow(FIELD_ORDER);
    const times = (group: "g1" | "g2", scalar: bigint, point: number): number =>
      multiply(workspace, group, {
        n: 1,
        scalars: putScalars(workspace, [scalar]),
        table: tableOf(workspace, group, 1, point),
      });
    const toG1 = (sum: number): number => {
      const at = workspace.allocate(G1_BYTES);
      kernels.g1ToAffine(at, sum);
      return at;
    };
    kernels.g1AddAffine(sumA, key.alpha1);
    kernels.g1AddExtended(sumA, times("g1", r, key.delta1));
    const a = toG1(sumA);
    kernels.g1AddAffine(sumB1, key.beta1);
    kernels.g1AddExtended(sumB1, times("g1", s, key.delta1));
    const b1 = toG1(sumB1);
    kernels.g2AddAffine(sumB2, key.beta2);
    kernels.g2AddExtended(sumB2, times("g2", s, key.delta2));
    const b = workspace.allocate(G2_BYTES);
    kernels.g2ToAffine(b, sumB2);
    kernels.g1AddExtended(sumC, sumH);
    kernels.g1AddExtended(sumC, times("g1", s, a));
    kernels.g1AddExtended(sumC, times("g1", r, b1));
    kernels.g1AddExtended(sumC, times("g1", FIELD_ORDER - ((r * s) % FIELD_ORDER), key.delta1));
    const c = toG1(sumC);
    if (!key.isProof({ scalars: witness + SCALAR_BYTES, a, b, c })) throw new SelfCheckError();
    return { a: readG1(workspace, a), b: readG2(workspace, b), c: readG1(workspace, c) };
  } finally {
    workspace.release(mark);
    workspace.wipe();
  }
}

/** Address of the scalars of Σh: values of (A·w)∘(B·w) − C·w on the odd coset. */
async function quotientOf(
  key: LoadedProvingKey,
  witness: number,
  between: () => Promise<void>,
): Promise<number> {
  const { workspace, variables, power } = key;
  const { kernels } = workspace;
  const size = 2 ** power;
  const quotient = workspace.allocate(size * SCALAR_BYTES);
  const mark = workspace.mark();
  const numbers = workspace.allocate(variables * NUMBER_BYTES);
  kernels.frFromBytesEach(numbers, witness, variables);
  const rows = ({ entries, count }: Rows): number => {
    const at = workspace.allocate(size * NUMBER_BYTES);
    kernels.frRows(at, size, entries, count, numbers);
    return at;
  };
  const a = rows(key.rowsA);
  const b = rows(key.rowsB);
  const c = workspace.allocate(size * NUMBER_BYTES);
  // C·w = (A·w)∘(B·w) on the domain, for a witness that satisfies the circuit.
  kernels.frProductEach(c, size, a, b);
  for (const polynomial of [a, b, c]) {
    await between();
    kernels.frTransform(polynomial, size, key.inverseTwiddles);
    kernels.frScaleReversed(polynomial, power, key.coset);
    kernels.frTransform(polynomial, size, key.twiddles);
  }
  kernels.frQuotient(quotient, size, a, b, c);
  workspace.release(mark);
  return quotient;
}

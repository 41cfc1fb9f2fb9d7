// The engine's figures against snarkjs', both sides in turns and every proof checked. `npm run bench:prover`.
import { type Engine, type ProofVerifier, type ProvenStatement, proofToJson } from "@commune-zk/prover";
import { inputsFromJson } from "./captured-inputs.ts";
import {
  type BenchEngine,
  engineNamed,
  OURS_ALONE,
  OURS_SCALAR,
  SNARKJS_WITH_THREADS,
} from "./harness/engines.ts";
import type { BenchEnvironment, BenchTask, Session } from "./harness/environment.ts";
import type { PreparedWorkload } from "./harness/workloads.ts";
import { expect, median } from "./measure.ts";
import { MEMBERS_ENGINE } from "./results/schema.ts";
import { uniform } from "./uniform.ts";

/** Samples of a figure. */
export interface Figure {
  readonly median: number;
  readonly samples: readonly number[];
  /** Least and greatest. */
  readonly spread: readonly [number, number];
}

/**
 * A figure of samples.
 *
 * @throws RangeError - there are none.
 */
export function figureOf(samples: readonly number[]): Figure {
  return { median: median(samples), samples, spread: [Math.min(...samples), Math.max(...samples)] };
}

/** The two engines of a comparison, and whatever statement each proves. */
export interface Sides {
  readonly ours: BenchTask;
  readonly theirs: BenchTask;
}

const OURS = engineNamed(MEMBERS_ENGINE);
const SNARKJS = engineNamed("snarkjs");

/** Engines by what is compared: threads of both sides, one thread of both, or ours without relaxed SIMD. */
export const COMPARED: Readonly<
  Record<"threads" | "alone" | "scalar", readonly [ours: BenchEngine, theirs: BenchEngine]>
> = {
  threads: [OURS, SNARKJS_WITH_THREADS],
  alone: [OURS_ALONE, SNARKJS],
  scalar: [OURS_SCALAR, SNARKJS_WITH_THREADS],
};

/** What is measured, how often, and until when. */
export interface FigureOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
}

/** Warm proofs before any that counts: a process compiles its kernels for good around the fifth. */
const WARM_UP = 6;

/**
 * How many times longer a warm proof takes theirs than ours: both sides open, in turns, each sample the ratio of two
 * proofs that follow each other.
 *
 * @throws Error - a proof was not made, or does not verify.
 */
export async function warmRatios(
  environment: BenchEnvironment,
  { ours, theirs }: Sides,
  { runs, signal }: FigureOptions,
): Promise<readonly number[]> {
  const open: { readonly session: Session; readonly task: BenchTask }[] = [];
  try {
    for (const task of [ours, theirs]) {
      const session = await environment.start(task, signal);
      open.push({ session, task });
      await task.workload.verify(session.first.made);
    }
    const prove = async (side: number): Promise<number> => {
      const { session, task } = open[side]!;
      const { totalMs, made } = await session.again(signal);
      await task.workload.verify(made);
      return totalMs;
    };
    for (let i = 0; i < WARM_UP; i++) for (const side of [0, 1]) await prove(side);
    const ratios: number[] = [];
    for (let run = 0; run < runs; run++) {
      const times = [0, 0];
      for (const side of run % 2 === 0 ? [0, 1] : [1, 0]) times[side] = await prove(side);
      ratios.push(times[1]! / times[0]!);
    }
    return ratios;
  } finally {
    for (const { session } of open) await session.close();
  }
}

/** First proofs of fresh processes or pages, in turns. */
export interface ColdProofs {
  /** Theirs over ours, from the start of process or navigation to the proof. */
  readonly ratios: readonly number[];
  /** Ours, over idle. Empty where the machine does not tell. */
  readonly peakBytes: readonly number[];
}

/** @throws Error - as {@link warmRatios}. */
export async function coldProofs(
  environment: BenchEnvironment,
  { ours, theirs }: Sides,
  { runs, signal }: FigureOptions,
): Promise<ColdProofs> {
  const once = async (task: BenchTask): Promise<{ totalMs: number; peakBytes: number | null }> => {
    const session = await environment.start(task, signal);
    try {
      const { totalMs, peakMemoryBytes, made } = session.first;
      await task.workload.verify(made);
      return { totalMs, peakBytes: peakMemoryBytes };
    } finally {
      await session.close();
    }
  };
  // One of each that nobody times.
  for (const task of [ours, theirs]) await once(task);
  const ratios: number[] = [];
  const peakBytes: number[] = [];
  for (let run = 0; run < runs; run++) {
    const times: Record<string, number> = {};
    for (const side of run % 2 === 0 ? (["ours", "theirs"] as const) : (["theirs", "ours"] as const)) {
      const made = await once(side === "ours" ? ours : theirs);
      times[side] = made.totalMs;
      if (side === "ours" && made.peakBytes !== null) peakBytes.push(made.peakBytes);
    }
    ratios.push(times.theirs! / times.ours!);
  }
  return { ratios, peakBytes };
}

/**
 * Distinct proofs of distinct statements of one circuit.
 *
 * @param workload - of membership, whose message may be anything.
 */
export async function distinctProofs(
  engine: Engine,
  { wasm, provingKey, inputs }: Pick<PreparedWorkload, "wasm" | "provingKey" | "inputs">,
  count: number,
): Promise<ProvenStatement[]> {
  const artifacts = { wasm: wasm.bytes, provingKey: provingKey.bytes };
  const statements: ProvenStatement[] = [];
  for (let i = 0; i < count; i++) {
    statements.push(
      await engine.prove({ artifacts, inputs: { ...inputsFromJson(inputs), message: BigInt(i) } }),
    );
  }
  return statements;
}

/** What {@link verificationRatios} compares. */
export interface Verifying {
  /** Distinct proofs of one circuit, all good. */
  readonly batch: readonly ProvenStatement[];
  readonly verifier: ProofVerifier;
  /** snarkjs' verdict on one of them. */
  readonly theirs: (statement: ProvenStatement) => Promise<boolean>;
}

/**
 * How many times longer snarkjs takes for a proof than our verifier for one of a batch, points of proofs read and
 * checked by ours in both.
 *
 * @throws Error - a verdict is wrong.
 */
export async function verificationRatios(
  { batch, verifier, theirs }: Verifying,
  { runs, signal }: FigureOptions,
): Promise<readonly number[]> {
  const ours = async (): Promise<number> => {
    const start = performance.now();
    const invalid = await verifier.findInvalid(batch);
    const elapsed = performance.now() - start;
    expect(invalid.length === 0, "good proofs are refused");
    return elapsed / batch.length;
  };
  const single = async (statement: ProvenStatement): Promise<number> => {
    const start = performance.now();
    const verdict = await theirs(statement);
    const elapsed = performance.now() - start;
    expect(verdict, "snarkjs refuses a good proof");
    return elapsed;
  };
  const wrong = batch.with(0, { ...batch[0]!, publicSignals: batch[0]!.publicSignals.with(0, 1n) });
  expect((await verifier.findInvalid(wrong)).join() === "0", "a bad proof is not found");
  await ours();
  await single(batch[0]!);
  const ratios: number[] = [];
  for (let run = 0; run < runs; run++) {
    signal.throwIfAborted();
    const statement = batch[run % batch.length]!;
    const isOursFirst = run % 2 === 0;
    const before = isOursFirst ? await ours() : await single(statement);
    const after = isOursFirst ? await single(statement) : await ours();
    ratios.push(isOursFirst ? after / before : before / after);
  }
  return ratios;
}

/**
 * Milliseconds from a signal that fires at a moment of a warm proof, all moments being as likely, to the rejection.
 *
 * @throws Error - a proof that was let go does not verify.
 */
export async function cancelTimes(
  engine: Engine,
  { wasm, provingKey, inputs, verify }: PreparedWorkload,
  { runs, signal }: FigureOptions,
): Promise<readonly number[]> {
  const job = {
    artifacts: { wasm: wasm.bytes, provingKey: provingKey.bytes },
    inputs: inputsFromJson(inputs),
  };
  let wholeMs = 0;
  for (let i = 0; i < WARM_UP; i++) {
    const start = performance.now();
    const { proof, publicSignals } = await engine.prove({ ...job, signal });
    wholeMs = performance.now() - start;
    await verify({ proof: JSON.stringify(proofToJson(proof)), publicSignals: publicSignals.map(String) });
  }
  const moment = uniform(1);
  const samples: number[] = [];
  while (samples.length < runs) {
    const controller = new AbortController();
    let firedAt = 0;
    setTimeout(() => {
      firedAt = performance.now();
      controller.abort();
    }, moment() * wholeMs);
    const waited = await engine.prove({ ...job, signal: AbortSignal.any([signal, controller.signal]) }).then(
      () => null,
      () => performance.now() - firedAt,
    );
    signal.throwIfAborted();
    // A proof that ended before says nothing.
    if (waited !== null) samples.push(waited);
  }
  return samples;
}

// One proof by one engine, timed where it is made: the same code in Node and in a browser's worker.
import { type Engine, type ProofPhase, type ProvingArtifacts, proofToJson } from "@commune-zk/prover";
import { inputsFromJson } from "../captured-inputs.ts";
import type { MembershipStatement } from "./engines.ts";

/** What an engine is to prove, as text that goes to any process or page; artifacts lie where that one finds them. */
export interface EngineJob {
  /** Of the table in engines.ts. */
  readonly engine: string;
  /** Of `inputsToJson`. */
  readonly inputs: string;
  readonly membership: MembershipStatement | null;
}

/** A proof, when it was begun, and how long it took. */
export interface TimedProof {
  /** When the engine was called, in milliseconds since 1970. */
  readonly startedAt: number;
  /** From the call to the proof. */
  readonly durationMs: number;
  /** Of that, as the engine reports; nothing of one that reports none. */
  readonly phasesMs: { readonly [phase in ProofPhase]?: number };
  /** `proofToJson`, as text. */
  readonly proof: string;
  /** Decimal. */
  readonly publicSignals: readonly string[];
}

/** Now, in milliseconds since 1970, with the resolution of `performance.now()`. */
export function instant(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Makes a proof.
 *
 * @param inputs - of `inputsToJson`; read before the clock starts.
 * @throws Error - what the engine throws.
 */
export async function timedProof(
  engine: Engine,
  { artifacts, inputs }: { artifacts: ProvingArtifacts; inputs: string },
): Promise<TimedProof> {
  const circuitInputs = inputsFromJson(inputs);
  const begun: { readonly phase: ProofPhase; readonly at: number }[] = [];
  const startedAt = instant();
  const { proof, publicSignals } = await engine.prove({
    artifacts,
    inputs: circuitInputs,
    onProgress: ({ phase }) => begun.push({ phase, at: instant() }),
  });
  const endedAt = instant();
  const phases = begun.map(({ phase, at }, i) => [phase, (begun[i + 1]?.at ?? endedAt) - at] as const);
  return {
    startedAt,
    durationMs: endedAt - startedAt,
    phasesMs: Object.fromEntries(phases),
    proof: JSON.stringify(proofToJson(proof)),
    publicSignals: publicSignals.map(String),
  };
}

/**
 * Memory at its most over memory when idle; null where nothing was added. Nobody proves in none: what was idle then is
 * not known, as where another browser was started meanwhile, which takes its share of the pages that both use.
 */
export function grownBy(peakBytes: number, idleBytes: number): number | null {
  return peakBytes > idleBytes ? peakBytes - idleBytes : null;
}

// Time and memory of one proof, in a process that makes nothing but proofs.
import type { Measurement } from "./measure.ts";
import { ProverProcess } from "./prover-process.ts";
import type { MadeProof, Provable, Provables, ProverSetup } from "./serve-proofs.ts";

/** Something to prove, and what says whether it was proven. */
export interface ProofTask<K extends Provable> extends ProverSetup<K> {
  readonly job: Provables[K]["job"];
  /** @throws Error - another thing was proven, or none. */
  readonly check: (proof: Provables[K]["proof"]) => void | Promise<void>;
}

/**
 * Two figures: the time of a proof in a process that has made one before, and the peak resident set of a fresh
 * process that makes one. Every proof is checked after its clock stopped.
 *
 * @param name - of what is proven.
 * @param entry - path of a script that calls `serveProofs`.
 */
export async function* measureProof<K extends Provable>(
  name: string,
  { kind, setup, job, check }: ProofTask<K>,
  { runs, entry }: { runs: number; entry: string },
): AsyncGenerator<Measurement> {
  /** Makes this many proofs in one new process. */
  const proofs = async (count: number): Promise<MadeProof<K>[]> => {
    const child = await ProverProcess.start(entry, { kind, setup });
    try {
      const all: MadeProof<K>[] = [];
      while (all.length < count) {
        const made = await child.prove(job);
        await check(made.proof);
        all.push(made);
      }
      return all;
    } finally {
      await child.dispose();
    }
  };
  const [, ...timed] = await proofs(1 + runs);
  yield { name: `proof, ${name}`, unit: "ms", samples: timed.map(({ durationMs }) => durationMs) };
  const peaks: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const [made] = await proofs(1);
    if (run > 0) peaks.push(made!.maxRssBytes);
  }
  yield { name: `peak RSS of one proof, ${name}`, unit: "bytes", samples: peaks };
}

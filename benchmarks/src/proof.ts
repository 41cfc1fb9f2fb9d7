// Time and memory of a member's proof, in a process that makes nothing but proofs.
import {
  CIRCUIT_NAMES,
  type CircuitName,
  checkStatement,
  createVerifier,
  decodeRecord,
  merklePath,
  type ProofVerifier,
  type ValidPoll,
  verificationKeyOf,
} from "@commune-zk/prover";
import { expect, type Measurement } from "./measure.ts";
import { ProverProcess } from "./prover-process.ts";
import { type BenchKeys, makeSamplePoll, votesOf } from "./sample-poll.ts";
import type { MadeProof, ProofJob, ProverSetup } from "./serve-proofs.ts";

const MEMBERS = 3;

/**
 * For each circuit two figures: the time of `proveBallot` in a process that has made one proof before, and
 * the peak resident set of a fresh process that makes one proof.
 *
 * @param entry - path of a script that calls `serveProofs`.
 */
export async function* measureProofs({
  keys,
  runs,
  entry,
}: {
  keys: BenchKeys;
  runs: number;
  entry: string;
}): AsyncGenerator<Measurement> {
  for (const circuit of CIRCUIT_NAMES) {
    const { setup, job, check } = await prepare(circuit, keys);
    const times = await proofTimes(entry, { setup, job, check, runs });
    yield { name: `proof, ${circuit}`, unit: "ms", samples: times };
    const peaks: number[] = [];
    for (let run = 0; run <= runs; run++) {
      const child = await ProverProcess.start(entry, setup);
      try {
        const made = await child.prove(job);
        await check(made);
        if (run > 0) peaks.push(made.maxRssBytes);
      } finally {
        await child.dispose();
      }
    }
    yield { name: `peak RSS of one proof, ${circuit}`, unit: "bytes", samples: peaks };
  }
}

interface ProofTask {
  readonly setup: ProverSetup;
  readonly job: ProofJob;
  readonly check: (made: MadeProof) => Promise<void>;
}

async function prepare(circuit: CircuitName, keys: BenchKeys): Promise<ProofTask> {
  const { poll, rehearsal } = makeSamplePoll({ circuit, members: MEMBERS, keys });
  const { manifest, artifacts, directory } = keys;
  const verifier = await createVerifier(await verificationKeyOf(artifacts, manifest.manifest, circuit));
  const { poll: pollBytes, signatures } = rehearsal.registration;
  return {
    setup: {
      pollBytes,
      signaturesBytes: signatures,
      manifestBytes: manifest.bytes,
      artifactsDirectory: directory,
    },
    job: {
      privateKey: rehearsal.identities[0]!.privateKey,
      merklePath: merklePath(rehearsal.tree, 0),
      votes: votesOf(poll, 0),
    },
    check: ({ record }) => checkRecord(poll, verifier, record),
  };
}

async function proofTimes(
  entry: string,
  { setup, job, check, runs }: ProofTask & { runs: number },
): Promise<number[]> {
  const child = await ProverProcess.start(entry, setup);
  try {
    await check(await child.prove(job));
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      const made = await child.prove(job);
      await check(made);
      times.push(made.durationMs);
    }
    return times;
  } finally {
    await child.dispose();
  }
}

/** @throws Error - not the record of a ballot whose statement and proof are good. */
async function checkRecord(poll: ValidPoll, verifier: ProofVerifier, record: Uint8Array): Promise<void> {
  const { publicSignals, proof } = decodeRecord(record);
  checkStatement(poll, publicSignals, "ballot");
  expect(await verifier.verify(publicSignals, proof), "a ballot was made whose proof does not verify");
}

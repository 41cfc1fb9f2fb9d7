// What a service and every auditor do for each ballot.
import {
  type CircuitName,
  checkStatement,
  createVerifier,
  decodeRecord,
  merklePath,
  proveBallot,
  provingArtifacts,
  verificationKeyOf,
  wasmEngine,
} from "@commune-zk/prover";
import { expect, type Measurement, measure } from "./measure.ts";
import { type BenchKeys, makeSamplePoll, votesOf } from "./sample-poll.ts";

/** One with a slot and one with four: depth changes nothing for a verifier. */
const CIRCUITS_MEASURED = ["ballot-compact-20", "ballot-wide-20"] as const satisfies CircuitName[];
const BALLOTS_PER_RUN = 20;

/**
 * For a ballot of one and of four slots: statement check and Groth16, and the same from the record's bytes,
 * so with the curve checks of the proof's points.
 */
export async function* measureVerification({
  keys,
  runs,
}: {
  keys: BenchKeys;
  runs: number;
}): AsyncGenerator<Measurement> {
  for (const circuit of CIRCUITS_MEASURED) {
    const { poll, record, verifier } = await makeBallot(circuit, keys);
    const { publicSignals, proof } = decodeRecord(record);
    const forged = [publicSignals[0]! + 1n, ...publicSignals.slice(1)];
    expect(!(await verifier.verify(forged, proof)), "a proof was good for another nullifier");
    const verify = (signals: readonly bigint[], points: typeof proof): Promise<boolean> => {
      checkStatement(poll, signals, "ballot");
      return verifier.verify(signals, points);
    };
    const check = (good: boolean) => expect(good, "a good ballot did not verify");
    yield {
      name: `verification, ${circuit}`,
      unit: "ms",
      samples: await measure({
        runs,
        repeat: BALLOTS_PER_RUN,
        work: () => verify(publicSignals, proof),
        check,
      }),
    };
    yield {
      name: `verification from bytes, ${circuit}`,
      unit: "ms",
      samples: await measure({
        runs,
        repeat: BALLOTS_PER_RUN,
        work: () => {
          const decoded = decodeRecord(record);
          return verify(decoded.publicSignals, decoded.proof);
        },
        check,
      }),
    };
  }
}

async function makeBallot(circuit: CircuitName, keys: BenchKeys) {
  const { manifest } = keys.manifest;
  const { poll, rehearsal } = makeSamplePoll({ circuit, members: 1, keys });
  const engine = wasmEngine();
  try {
    const { record } = await proveBallot({
      poll,
      identity: rehearsal.identities[0]!,
      merklePath: merklePath(rehearsal.tree, 0),
      votes: votesOf(poll, 0),
      artifacts: await provingArtifacts(keys.artifacts, manifest, circuit),
      engine,
    });
    const verifier = await createVerifier(await verificationKeyOf(keys.artifacts, manifest, circuit));
    return { poll, record, verifier };
  } finally {
    await engine.dispose();
  }
}

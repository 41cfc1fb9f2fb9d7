// Time and memory of a member's ballot.
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
import { measureProof, type ProofTask } from "./proof-task.ts";
import { type BenchKeys, makeSamplePoll, votesOf } from "./sample-poll.ts";

const MEMBERS = 3;

/**
 * For each circuit of ballots, time and peak memory as of {@link measureProof}.
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
    yield* measureProof(circuit, await ballotTask(circuit, keys), { runs, entry });
  }
}

async function ballotTask(circuit: CircuitName, keys: BenchKeys): Promise<ProofTask<"ballot">> {
  const { poll, rehearsal } = makeSamplePoll({ circuit, members: MEMBERS, keys });
  const { manifest, artifacts, directory } = keys;
  const verifier = await createVerifier(await verificationKeyOf(artifacts, manifest.manifest, circuit));
  const { poll: pollBytes, signatures } = rehearsal.registration;
  return {
    kind: "ballot",
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
    check: (record) => checkRecord(poll, verifier, record),
  };
}

/** @throws Error - not the record of a ballot whose statement and proof are good. */
async function checkRecord(poll: ValidPoll, verifier: ProofVerifier, record: Uint8Array): Promise<void> {
  const { publicSignals, proof } = decodeRecord(record);
  checkStatement(poll, publicSignals, "ballot");
  expect(await verifier.verify(publicSignals, proof), "a ballot was made whose proof does not verify");
}

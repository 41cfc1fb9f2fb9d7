// Time and memory of a claim of hours, and what a service and every auditor do for each.
import {
  createVerifier,
  decodeRecord,
  HOURS_CIRCUIT_NAMES,
  proveClaim,
  provingArtifacts,
  verificationKeyOf,
  verifyClaim,
  wasmEngine,
} from "@commune-zk/prover";
import { expect, type Measurement, measure } from "./measure.ts";
import { measureProof } from "./proof-task.ts";
import { makeSampleClaim } from "./sample-policy.ts";
import type { BenchKeys } from "./sample-poll.ts";

const CLAIMS_PER_RUN = 20;

/**
 * For each circuit of claims: time and peak memory as of {@link measureProof}, and the time of all that a
 * verifier does, from the record's bytes.
 *
 * @param keys - of the hours circuits.
 * @param entry - path of a script that calls `serveProofs`.
 */
export async function* measureHours({
  keys,
  runs,
  entry,
}: {
  keys: BenchKeys;
  runs: number;
  entry: string;
}): AsyncGenerator<Measurement> {
  const { manifest, artifacts, directory } = keys;
  for (const circuit of HOURS_CIRCUIT_NAMES) {
    const { policy, ledger, now, claim } = await makeSampleClaim(circuit, keys);
    const verifier = await createVerifier(await verificationKeyOf(artifacts, manifest.manifest, circuit));
    const verify = (record: Uint8Array) =>
      verifyClaim({ policy, ledger, claim: decodeRecord(record), now, verifier });
    const setup = { manifestBytes: manifest.bytes, artifactsDirectory: directory, circuit };
    const check = async (record: Uint8Array): Promise<void> => void (await verify(record));
    yield* measureProof(circuit, { kind: "claim", setup, job: claim, check }, { runs, entry });

    const engine = wasmEngine();
    try {
      const proving = await provingArtifacts(artifacts, manifest.manifest, circuit);
      const { record, nullifier } = await proveClaim({ claim, artifacts: proving, engine });
      const { publicSignals, proof } = decodeRecord(record);
      const forged = [nullifier + 1n, ...publicSignals.slice(1)];
      expect(!(await verifier.verify(forged, proof)), "a proof was good for another nullifier");
      yield {
        name: `verification from bytes, ${circuit}`,
        unit: "ms",
        samples: await measure({
          runs,
          repeat: CLAIMS_PER_RUN,
          work: () => verify(record),
          check: (claimed) => expect(claimed.nullifier === nullifier, "another claim was verified"),
        }),
      };
    } finally {
      await engine.dispose();
    }
  }
}

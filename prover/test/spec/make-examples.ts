// Makes docs/spec/examples anew: proves the example's ballots, runs its election, stores every value, and
// writes those that a page shows into the page. Needed when the stored keys or a format change:
//
//   npm run jest -- --testMatch '<rootDir>/prover/test/spec/make-examples.ts'
//   npx biome check --write docs/spec/examples
//
// Proofs are random: everything that depends on them (board, closing, shares, result) changes with each run.
import { mkdirSync, writeFileSync } from "node:fs";
import { test } from "@jest/globals";
import { toHex } from "../../src/formats/bytes.ts";
import { provingArtifacts } from "../../src/groth16/artifacts.ts";
import { wasmEngine } from "../../src/groth16/wasm-engine.ts";
import { proveBallot } from "../../src/protocol/ballot.ts";
import { merklePath } from "../../src/protocol/poseidon-tree.ts";
import { hoursManifest } from "../support/hours-keys.ts";
import { artifacts, manifest } from "../support/keys.ts";
import { proveExampleClaim } from "./support/claim.ts";
import { BALLOTS, type ExamplePoll, exampleElection, examplePoll } from "./support/election.ts";
import { allExamples } from "./support/examples.ts";
import { hoursExample } from "./support/hours.ts";
import { httpHoursExample } from "./support/http.ts";
import { exampleSignature, membershipExample } from "./support/membership.ts";
import { replaceValues, specPath, storedValues } from "./support/pages.ts";
import { withDraws } from "./support/scripted.ts";

async function proveRecords({ valid: poll, identities, tree }: ExamplePoll): Promise<Uint8Array[]> {
  const engine = wasmEngine();
  const proving = await provingArtifacts(artifacts, manifest.manifest, poll.circuit);
  const records: Uint8Array[] = [];
  for (const { position, revision, votes, nonce } of BALLOTS) {
    const ballot = await withDraws([nonce], () =>
      proveBallot({
        poll,
        identity: identities[position]!,
        merklePath: merklePath(tree, position),
        votes,
        revision,
        artifacts: proving,
        engine,
      }),
    );
    records.push(ballot.record);
  }
  return records;
}

test("writes docs/spec/examples", async () => {
  const records = await proveRecords(await examplePoll());
  const [claim, proof] = [await proveExampleClaim(), await exampleSignature()];
  const all = await allExamples(await exampleElection(records), records);
  const membership = membershipExample(proof);
  const { petition, snapshot } = membership as Record<"petition" | "snapshot", string>;
  const made = { claim, manifest: hoursManifest, petitionText: petition, snapshotText: snapshot, proof };
  const examples = {
    ...all,
    http: { ...all.http, ...(await httpHoursExample(made)) },
    membership,
    hours: await hoursExample(claim, hoursManifest),
  };
  mkdirSync(specPath("examples"), { recursive: true });
  writeFileSync(specPath("examples/ballot-record.hex"), `${toHex(records[0]!)}\n`);
  for (const [page, example] of Object.entries(examples)) {
    writeFileSync(specPath(`examples/${page}.json`), `${JSON.stringify(example, null, 2)}\n`);
    writeFileSync(specPath(`${page}.md`), replaceValues(page, storedValues(page, example)));
  }
});

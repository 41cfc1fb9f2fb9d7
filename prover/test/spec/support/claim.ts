// The claim of the specification's example, proven with the stored keys.
import {
  merklePath,
  pollLeaves,
  prepareClaim,
  proveClaim,
  rollTree,
  wasmEngine,
} from "../../../src/index.ts";
import { hoursKeys, hoursManifest } from "../../support/hours-keys.ts";
import { exampleRoll } from "./election.ts";
import { exampleLedger, examplePolicy, locate, memberAt } from "./hours.ts";

/** Proves the example's claim: the member at position 3 has worked 1,200 minutes. Its proof is another each time. */
export async function proveExampleClaim(): Promise<Uint8Array> {
  const ledger = await exampleLedger();
  const { valid } = examplePolicy(ledger, hoursManifest);
  const credits = [1, 2].map((i) => {
    const located = locate(ledger, i);
    return { ...located, path: merklePath(ledger.state.tree, located.position) };
  });
  const rollTree20 = rollTree(pollLeaves(exampleRoll().roll, ["member"]), 20);
  const claim = prepareClaim({
    policy: valid,
    identity: memberAt[3],
    rollPath: merklePath(rollTree20, 3),
    ledgerRoot: ledger.state.tree.root,
    credits,
    threshold: 1200,
  });
  const { artifacts } = await hoursKeys(valid.circuit);
  return (await proveClaim({ claim, artifacts, engine: wasmEngine() })).record;
}

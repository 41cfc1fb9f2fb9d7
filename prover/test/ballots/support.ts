// Real ballots of made-up polls, proven with the stored keys.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type CircuitName,
  circuitEntry,
  createVerifier,
  type Engine,
  merklePath,
  type PollRules,
  type ProofVerifier,
  type ProveBallotOptions,
  type ProvingArtifacts,
  parseSubmission,
  proveBallot,
  provingArtifacts,
  type SealedBallot,
  utf8,
  type ValidPoll,
  verificationKeyOf,
  wasmEngine,
} from "../../src/index.ts";
import type { RehearsedPoll } from "../../src/rehearsal.ts";
import { artifacts, manifest } from "../support/keys.ts";
import { judge, makePoll, planOf } from "../support/polls.ts";

/** Where people vote: a poll with everybody's secrets, and what proves and verifies its ballots. */
export interface Booth {
  readonly rehearsed: RehearsedPoll;
  readonly poll: ValidPoll;
  readonly artifacts: ProvingArtifacts;
  readonly verifier: ProofVerifier;
}

/** Rules of the tests' polls: single choice of three on the smallest circuit unless told. */
export function rulesOf(changes: Partial<PollRules> = {}): PollRules {
  return { ...planOf().rules, ...changes };
}

/** A poll under these rules, with an option for each maximum. */
export function pollWith(rules: PollRules): RehearsedPoll {
  return makePoll({ rules, options: rules.maxima.map((_, i) => `option ${i + 1}`) });
}

/** What circuits are proven and verified with, loaded once. */
const loaded = new Map<CircuitName, Promise<Pick<Booth, "artifacts" | "verifier">>>();

async function load(circuit: CircuitName): Promise<Pick<Booth, "artifacts" | "verifier">> {
  return {
    artifacts: await provingArtifacts(artifacts, manifest.manifest, circuit),
    verifier: await createVerifier(await verificationKeyOf(artifacts, manifest.manifest, circuit)),
  };
}

/** A poll as its voters and readers see it, with what its circuit is proven and verified with. */
export async function openBooth(rehearsed: RehearsedPoll): Promise<Booth> {
  const poll = judge(rehearsed.registration);
  const known = loaded.get(poll.circuit) ?? load(poll.circuit);
  loaded.set(poll.circuit, known);
  return { rehearsed, poll, ...(await known) };
}

/** What `proveBallot` needs for the ballot of the member at a position of the roll. */
export function ballotOptions(
  { rehearsed, poll, artifacts: own }: Pick<Booth, "rehearsed" | "poll" | "artifacts">,
  { voter = 0, votes, revision = 0 }: { voter?: number; votes: readonly number[]; revision?: number },
): ProveBallotOptions & { engine: Engine } {
  return {
    poll,
    identity: rehearsed.identities[voter]!,
    merklePath: merklePath(rehearsed.tree, voter),
    votes,
    revision,
    artifacts: own,
    engine: wasmEngine(),
  };
}

/** A ballot of the member at a position of the roll. */
export function cast(
  booth: Booth,
  ballot: { voter?: number; votes: readonly number[]; revision?: number },
): Promise<SealedBallot> {
  return proveBallot(ballotOptions(booth, ballot));
}

/** Public signals and proof of a ballot, read from the bytes that it is sent as. */
export function sent({ submission }: Pick<SealedBallot, "submission">) {
  return parseSubmission(utf8(JSON.stringify(submission)));
}

/** The stored verification key in snarkjs' JSON: the oracle's own input, not read by our parser. */
export function snarkjsVerificationKey(circuit: CircuitName): unknown {
  const { path } = circuitEntry(manifest.manifest, circuit).verificationKey;
  const file = fileURLToPath(new URL(`../../../keys/artifacts/${path}`, import.meta.url));
  return JSON.parse(readFileSync(file, "utf8"));
}

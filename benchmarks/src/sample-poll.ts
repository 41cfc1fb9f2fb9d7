// The polls that are measured: choose one of the options, five trustees, three of them decrypt.
import {
  type ArtifactSource,
  CIRCUITS,
  type CircuitInputs,
  type CircuitName,
  type Ed25519KeyPair,
  ed25519KeyPair,
  type LoadedManifest,
  merklePath,
  type ProvingArtifacts,
  proveBallot,
  type ValidPoll,
  validatePoll,
} from "@commune-zk/prover";
import { type RehearsedPoll, rehearsePoll, rehearseRoll } from "@commune-zk/prover/rehearsal";
import { capturedInputs } from "./captured-inputs.ts";

/** The stored keys. */
export interface BenchKeys {
  readonly manifest: LoadedManifest;
  readonly artifacts: ArtifactSource;
  /** Where they lie, for processes that read them themselves. */
  readonly directory: string;
}

/** A made-up poll whose every option may be chosen, and everybody's secrets. */
export interface SamplePoll {
  readonly poll: ValidPoll;
  readonly rehearsal: RehearsedPoll;
  readonly board: Ed25519KeyPair;
}

const TIER = "member";
const COUNTERS = 4;
const OPEN_SECONDS = 3600;

/**
 * Makes a roll, a key generation and a signed poll over them.
 *
 * @param members - how many are on the roll; the tree has the circuit's depth however few they are.
 */
export function makeSamplePoll({
  circuit,
  members,
  keys,
}: {
  circuit: CircuitName;
  members: number;
  keys: BenchKeys;
}): SamplePoll {
  const registrar = ed25519KeyPair();
  const board = ed25519KeyPair();
  const roll = rehearseRoll(new Array<string>(members).fill(TIER), registrar);
  const options = Array.from({ length: COUNTERS * CIRCUITS[circuit].slots }, (_, i) => `option ${i + 1}`);
  const now = Math.floor(Date.now() / 1000);
  const rehearsal = rehearsePoll(
    {
      organisation: "Commune of the stopwatch",
      title: "How long does it take?",
      options,
      rules: {
        circuit,
        countersPerSlot: COUNTERS,
        valueBits: 14,
        maxima: options.map(() => 1),
        minTotal: 1,
        maxTotal: 1,
        cost: "linear",
        distinct: false,
        revisions: false,
      },
      tiers: [TIER],
      opensAt: now,
      closesAt: now + OPEN_SECONDS,
      minimumBallots: Math.min(10, members),
      shardBallots: 1024,
      trustees: Array.from({ length: 5 }, (_, i) => `trustee ${i + 1}`),
      threshold: 3,
      witnesses: [],
      board: { name: "board.bench.example", key: board.publicKey },
      keySet: { digest: keys.manifest.digest, kind: keys.manifest.manifest.kind },
    },
    roll,
    registrar,
  );
  const { poll: pollBytes, signatures } = rehearsal.registration;
  return { poll: judgePoll({ pollBytes, signaturesBytes: signatures, ...keys }), rehearsal, board };
}

/** A sample poll's bytes, judged. Nobody gave an anchor: the poll was made here. */
export function judgePoll({
  pollBytes,
  signaturesBytes,
  manifest,
}: {
  pollBytes: Uint8Array;
  signaturesBytes: Uint8Array;
  manifest: LoadedManifest;
}): ValidPoll {
  return validatePoll({
    pollBytes,
    signaturesBytes,
    manifest,
    anchor: { kind: "none" },
    allowDevelopmentKeys: true,
  });
}

/** Of ten voters four choose the first option, three the second, two the third, one the fourth. */
export function choiceOf(voter: number): number {
  return [0, 0, 0, 0, 1, 1, 1, 2, 2, 3][voter % 10]!;
}

/** The votes of voter `voter`: one for each option of the poll. */
export function votesOf({ poll }: ValidPoll, voter: number): number[] {
  return poll.options.map((_, option) => (option === choiceOf(voter) ? 1 : 0));
}

/** What the circuit is given for the first member's ballot. */
export function sampleInputs(
  { poll, rehearsal }: SamplePoll,
  artifacts: ProvingArtifacts,
): Promise<CircuitInputs> {
  return capturedInputs((engine) =>
    proveBallot({
      poll,
      identity: rehearsal.identities[0]!,
      merklePath: merklePath(rehearsal.tree, 0),
      votes: votesOf(poll, 0),
      artifacts,
      engine,
    }),
  );
}

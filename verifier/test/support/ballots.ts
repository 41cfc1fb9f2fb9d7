// Ballots of tests: proven ones, unproven ones that are good in everything but their proof, and what anybody
// can make of a ballot that they have seen.

import {
  BASE8,
  ballotNullifier,
  type CircuitInputs,
  checkG1,
  checkG2,
  type Engine,
  type G1,
  type G2,
  type Groth16Proof,
  merklePath,
  parseProof,
  proofToJson,
  proveBallot,
  provingArtifacts,
  type SealedBallot,
  type Submission,
  type ValidPoll,
  wasmEngine,
} from "@commune-zk/prover";
import type { PollPlan, RehearsedPoll } from "@commune-zk/prover/rehearsal";
import { bn254 } from "@noble/curves/bn254.js";
import { artifacts, manifest } from "../../../prover/test/support/keys.ts";
import { judge, makePoll } from "../../../prover/test/support/polls.ts";

/** A rehearsed poll that its reader has judged. */
export interface TestPoll extends RehearsedPoll {
  readonly valid: ValidPoll;
}

/** A poll of `members` members. */
export function testPoll(changes: Partial<PollPlan> = {}, members = 6): TestPoll {
  const rehearsed = makePoll(changes, members);
  return { ...rehearsed, valid: judge(rehearsed.registration) };
}

/** Whose ballot, and what it says. */
export interface BallotSketch {
  /** Position in the roll. */
  readonly voter: number;
  /** For the first option unless told. */
  readonly votes?: readonly number[];
  readonly revision?: number;
}

/** A ballot with a real proof: some two seconds. */
export async function provenBallot(poll: TestPoll, sketch: BallotSketch): Promise<SealedBallot> {
  const engine = wasmEngine();
  try {
    const files = await provingArtifacts(artifacts, manifest.manifest, poll.valid.circuit);
    return await seal(poll, sketch, engine, files);
  } finally {
    await engine.dispose();
  }
}

/**
 * A ballot whose statement is good (nullifier, ciphertexts and all), and whose proof is made of points that
 * prove nothing. Milliseconds.
 */
export function unprovenBallot(poll: TestPoll, sketch: BallotSketch): Promise<SealedBallot> {
  const files = { wasm: new Uint8Array(0), provingKey: new Uint8Array(0) };
  return seal(poll, sketch, unprovenEngine(poll, sketch), files);
}

/** An engine for the ballots of one member, which puts out good statements and proves nothing. */
export function unprovenEngine(poll: TestPoll, sketch: Pick<BallotSketch, "voter">): Engine {
  return {
    prove: async ({ inputs }) => ({ proof: POINTS, publicSignals: modelSignals(poll, sketch, inputs) }),
    dispose: async () => undefined,
  };
}

function seal(
  { valid, tree, identities, poll }: TestPoll,
  { voter, votes = poll.options.map((_, i) => (i === 0 ? 1 : 0)), revision = 0 }: BallotSketch,
  engine: Engine,
  files: Parameters<Engine["prove"]>[0]["artifacts"],
): Promise<SealedBallot> {
  const identity = identities[voter]!;
  const path = merklePath(tree, voter);
  return proveBallot({ poll: valid, identity, merklePath: path, votes, revision, artifacts: files, engine });
}

/** Generators: on their curves and in their subgroups. */
const POINTS: Groth16Proof = parseProof(
  (() => {
    const a = bn254.G1.Point.BASE.toAffine();
    const b = bn254.G2.Point.BASE.toAffine();
    const pair = ({ c0, c1 }: { c0: bigint; c1: bigint }) => [c0.toString(), c1.toString()];
    const g1 = [a.x.toString(), a.y.toString()];
    return { a: g1, b: [pair(b.x), pair(b.y)], c: g1 };
  })(),
);

/** What the circuit puts out for these inputs. docs/spec/ballot.md §2, §3. */
function modelSignals(
  { identities, pollId, valid }: TestPoll,
  { voter }: Pick<BallotSketch, "voter">,
  inputs: CircuitInputs,
): bigint[] {
  const { secret: _, leafIndex: __, siblings: ___, values, nonces, ...publicInputs } = inputs;
  const base = publicInputs.base as bigint;
  const ciphertexts = (nonces as readonly bigint[]).flatMap((k, slot) => {
    const counters = (values as readonly bigint[]).slice(4 * slot, 4 * slot + 4);
    const m = counters.reduce((sum, value, i) => sum + value * base ** BigInt(i), 0n);
    const mask = valid.publicKey.multiply(k);
    const points = [BASE8.multiply(k), m === 0n ? mask : mask.add(BASE8.multiply(m))];
    return points.map((point) => point.toAffine()).flatMap(({ x, y }) => [x, y]);
  });
  const nullifier = ballotNullifier(identities[voter]!, pollId);
  return [nullifier, ...ciphertexts, ...(Object.values(publicInputs) as (bigint | bigint[])[]).flat()];
}

/** A submission with some fields replaced; the original stays as it is. */
export function changed(
  submission: Submission,
  changes: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return { ...structuredClone(submission), ...changes };
}

/** A submission with one public signal replaced. */
export function withSignal(
  submission: Submission,
  index: number,
  value: unknown,
): { publicSignals: unknown[] } & Record<string, unknown> {
  const publicSignals: unknown[] = [...submission.publicSignals];
  publicSignals[index] = value;
  return { ...changed(submission, {}), publicSignals };
}

/** (−A, −B, C): the cheapest other proof of the same statement. */
export function negated(submission: Submission): Submission {
  const { a, b, c } = parseProof(submission.proof);
  return {
    ...submission,
    proof: proofToJson({ a: fromG1(g1(a).negate()), b: fromG2(g2(b).negate()), c }),
  };
}

/**
 * Another proof of the same statement by somebody who knows no witness: (A/r, r·B + r·s·δ, C + s·A).
 *
 * @param delta - of the verification key.
 */
export function rerandomised(submission: Submission, delta: G2): Submission {
  const { a, b, c } = parseProof(submission.proof);
  const { Fr } = bn254.fields;
  const [r, s] = [123_456_789n, 987_654_321n];
  return {
    ...submission,
    proof: proofToJson({
      a: fromG1(g1(a).multiply(Fr.inv(r))),
      b: fromG2(
        g2(b)
          .multiply(r)
          .add(g2(delta).multiply(Fr.mul(r, s))),
      ),
      c: fromG1(g1(c).add(g1(a).multiply(s))),
    }),
  };
}

const g1 = ([x, y]: G1) => bn254.G1.Point.fromAffine({ x, y });
const g2 = ([x, y]: G2) =>
  bn254.G2.Point.fromAffine({ x: { c0: x[0], c1: x[1] }, y: { c0: y[0], c1: y[1] } });
const fromG1 = (point: ReturnType<typeof g1>): G1 => {
  const { x, y } = point.toAffine();
  return checkG1(x, y, "a");
};
const fromG2 = (point: ReturnType<typeof g2>): G2 => {
  const { x, y } = point.toAffine();
  return checkG2([x.c0, x.c1], [y.c0, y.c1], "b");
};

// Ballots: encrypt and prove, read, check against the poll. docs/spec/ballot.md.
import { z } from "zod";
import { parseJson } from "../formats/canonical-json.ts";
import { InputError } from "../formats/errors.ts";
import { parseFieldElement } from "../formats/field.ts";
import {
  type Groth16Proof,
  type Groth16ProofJson,
  type ProofCoordinates,
  parseProofCoordinates,
  proofSchema,
  proofToJson,
} from "../formats/groth16-proof.ts";
import { type Point, pointFromAffine, randomScalar } from "../formats/point.ts";
import { encodeRecord, statementHash } from "../formats/record.ts";
import { fieldText, hex, parseWith } from "../formats/schema.ts";
import type { Engine, ProofProgress, ProvingArtifacts } from "../groth16/engine.ts";
import { brokenRule } from "../reference/ballot-rules.ts";
import type { Identity } from "./identity.ts";
import { COUNTERS } from "./layout.ts";
import { type MerklePath, rootOfPath } from "./poseidon-tree.ts";
import { scopeToField } from "./scope.ts";
import type { ValidPoll } from "./validate-poll.ts";

/** Most bytes of a submission. */
export const MAX_SUBMISSION_BYTES = 65_536;
/** Highest revision. */
export const MAX_REVISION = 65_535;

/** A ballot as it is sent. */
export interface Submission {
  readonly type: "commune-zk/ballot/v1";
  readonly pollId: string;
  readonly publicSignals: readonly string[];
  readonly proof: Groth16ProofJson;
}

/** A ballot that is ready to be sent. It holds no secret: neither the vote nor k. Store it before sending. */
export interface SealedBallot {
  readonly pollId: string;
  /** docs/spec/ballot.md §7: what will stand on the board. */
  readonly record: Uint8Array;
  readonly submission: Submission;
  readonly nullifier: bigint;
  readonly revision: number;
  /** Hexadecimal. */
  readonly statementHash: string;
}

/** What a ballot says that is the voter's, not the poll's. */
export interface BallotStatement {
  readonly nullifier: bigint;
  readonly revision: number;
  /** One for each slot of the circuit. */
  readonly ciphertexts: readonly { readonly c1: Point; readonly c2: Point }[];
}

/** What {@link proveBallot} needs. */
export interface ProveBallotOptions {
  readonly poll: ValidPoll;
  readonly identity: Identity;
  /** From `pathFromFiles`. */
  readonly merklePath: MerklePath;
  /** One number for each option; secret. */
  readonly votes: readonly number[];
  /** 0, or one above the last that was sent where the poll allows revisions. */
  readonly revision?: number;
  /** Of the poll's circuit, from `provingArtifacts`. */
  readonly artifacts: ProvingArtifacts;
  readonly engine: Engine;
  readonly signal?: AbortSignal;
  /** Called as each phase of the proof begins. */
  readonly onProgress?: (progress: ProofProgress) => void;
}

/**
 * Encrypts votes and proves the ballot, with fresh nonces at every call.
 *
 * @throws InputError `votes-invalid` (against the poll's rules; the votes are not quoted),
 *   `revision-invalid`, `not-on-roll` (the path does not lead from the identity to the poll's root).
 * @throws DOMException `AbortError`.
 */
export async function proveBallot(options: ProveBallotOptions): Promise<SealedBallot> {
  const { poll, identity, merklePath, votes, revision = 0, artifacts, engine, signal, onProgress } = options;
  signal?.throwIfAborted();
  const { layout } = poll;
  const { rules } = poll.poll;
  checkRevision(poll, revision);
  const values = new Array<number>(COUNTERS * layout.slots).fill(0);
  for (const [i, vote] of votes.entries()) values[layout.counterOf[i] ?? values.length] = vote;
  const counterRules = { ...layout, minTotal: rules.minTotal, maxTotal: rules.maxTotal };
  const flags = { quadratic: rules.cost === "quadratic", distinct: rules.distinct };
  if (
    votes.length !== poll.poll.options.length ||
    brokenRule({ ...counterRules, ...flags }, values) !== null
  ) {
    throw new InputError("votes-invalid", "the votes do not obey the poll's rules", "votes");
  }
  const onRoll =
    merklePath.siblings.length === layout.depth &&
    rootOfPath(identity.commitment, merklePath) === poll.rollRoot;
  if (!onRoll) throw new InputError("not-on-roll", "the path does not lead to the poll's roll", "merklePath");

  const { proof, publicSignals } = await engine.prove({
    artifacts,
    inputs: {
      ...publicInputs(poll, revision),
      secret: identity.secret,
      leafIndex: BigInt(merklePath.leafIndex),
      siblings: merklePath.siblings,
      values: values.map(BigInt),
      nonces: Array.from({ length: layout.slots }, randomScalar),
    },
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  return seal(poll, publicSignals, proof);
}

function seal(poll: ValidPoll, publicSignals: readonly bigint[], proof: Groth16Proof): SealedBallot {
  const { nullifier, revision } = checkStatement(poll, publicSignals, "own ballot");
  return {
    pollId: poll.pollId,
    record: encodeRecord({ publicSignals, proof }),
    submission: {
      type: "commune-zk/ballot/v1",
      pollId: poll.pollId,
      publicSignals: publicSignals.map(String),
      proof: proofToJson(proof),
    },
    nullifier,
    revision,
    statementHash: statementHash(publicSignals),
  };
}

function checkRevision(poll: ValidPoll, revision: number): void {
  const most = poll.poll.rules.revisions ? MAX_REVISION : 0;
  if (!Number.isInteger(revision) || revision < 0 || revision > most) {
    throw new InputError("revision-invalid", `the revision is not in 0 … ${most}`, "revision");
  }
}

/** Public inputs of the circuit by name, as the poll fixes them. */
function publicInputs(poll: ValidPoll, revision: number) {
  const { layout, publicKey, rollRoot, pollId } = poll;
  const { rules } = poll.poll;
  const { x, y } = publicKey.toAffine();
  return {
    rollRoot,
    pollId: scopeToField(pollId),
    revision: BigInt(revision),
    publicKey: [x, y],
    base: layout.base,
    active: layout.active.map(BigInt),
    maxima: layout.maxima.map(BigInt),
    minTotal: BigInt(rules.minTotal),
    maxTotal: BigInt(rules.maxTotal),
    quadratic: rules.cost === "quadratic" ? 1n : 0n,
    distinct: rules.distinct ? 1n : 0n,
  };
}

/** Public signals that a poll's circuit has before and after the voter's own. docs/spec/ballot.md §2. */
export function publicSignalCount({ layout }: ValidPoll): number {
  return 1 + 4 * layout.slots + 5 + 1 + 2 * COUNTERS * layout.slots + 4;
}

/**
 * Checks public signals against the poll: every signal but nullifier, ciphertexts and revision is rebuilt.
 *
 * @param publicSignals - field elements below r.
 * @throws InputError `signals-not-of-poll` (also: another number of signals), `revision-invalid`, points as
 *   `parsePoint`.
 */
export function checkStatement(
  poll: ValidPoll,
  publicSignals: readonly bigint[],
  place: string,
): BallotStatement {
  const mismatch = (message: string): InputError => new InputError("signals-not-of-poll", message, place);
  const { slots } = poll.layout;
  if (publicSignals.length !== publicSignalCount(poll)) throw mismatch("another circuit's number of signals");
  const own = 1 + 4 * slots;
  const revision = publicSignals[own + 2]!;
  if (revision > BigInt(poll.poll.rules.revisions ? MAX_REVISION : 0)) {
    throw new InputError("revision-invalid", "the poll does not allow this revision", place);
  }
  const expected = Object.values(publicInputs(poll, Number(revision))).flat();
  if (expected.some((value, i) => value !== publicSignals[own + i])) {
    throw mismatch("not this poll's roll, key or rules");
  }
  const ciphertexts = Array.from({ length: slots }, (_, s) => {
    const [x1, y1, x2, y2] = publicSignals.slice(1 + 4 * s, 5 + 4 * s) as [bigint, bigint, bigint, bigint];
    return {
      c1: pointFromAffine(x1, y1, `${place} slot ${s} c1`),
      c2: pointFromAffine(x2, y2, `${place} slot ${s} c2`),
    };
  });
  return { nullifier: publicSignals[0]!, revision: Number(revision), ciphertexts };
}

/** Shape of a submission; the service's API description uses it. */
export const submissionSchema = z.strictObject({
  type: z.literal("commune-zk/ballot/v1"),
  pollId: hex(31),
  publicSignals: z.array(fieldText).min(1).max(64),
  proof: proofSchema,
});

/** A submission, read: encodings are checked, neither statement nor points are. */
export interface ParsedSubmission {
  readonly pollId: string;
  readonly publicSignals: readonly bigint[];
  readonly proof: ProofCoordinates;
}

/**
 * A submission from untrusted bytes.
 *
 * @throws InputError `submission-too-large`, `submission-malformed`, `bad-json`, `bad-utf8`, `not-canonical`.
 */
export function parseSubmission(bytes: Uint8Array): ParsedSubmission {
  if (bytes.length > MAX_SUBMISSION_BYTES) {
    throw new InputError("submission-too-large", `more than ${MAX_SUBMISSION_BYTES} bytes`, "ballot");
  }
  const value = parseWith(submissionSchema, parseJson(bytes, "ballot"), "submission-malformed", "ballot");
  const publicSignals = value.publicSignals.map((text, i) =>
    parseFieldElement(text, `ballot publicSignals.${i}`),
  );
  return { pollId: value.pollId, publicSignals, proof: parseProofCoordinates(value.proof, "ballot proof") };
}

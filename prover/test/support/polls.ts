// Polls of tests: a small single choice unless told.

import { bn254 } from "@noble/curves/bn254.js";
import {
  BASE8,
  BoardTree,
  ceremonyIdOf,
  checkpointOrigin,
  ed25519KeyPair,
  encodeRecord,
  FIELD_ORDER,
  type Groth16Proof,
  makeReceipt,
  type Poll,
  type PollRegistration,
  type Receipt,
  randomScalar,
  signCheckpoint,
  type TrustAnchor,
  type ValidPoll,
  validatePoll,
} from "../../src/index.ts";
import {
  type PollPlan,
  type RehearsedPoll,
  rehearsePoll,
  rehearseRoll,
  signedPoll,
} from "../../src/rehearsal.ts";
import { manifest } from "./keys.ts";

/** The board's key of test polls. */
export const boardKeys = ed25519KeyPair();
/** When test polls open and close, in seconds. */
export const OPENS = 1_000_000;
/** See OPENS. */
export const CLOSES = 2_000_000;

/** A plan for three options, one vote, 2 of 3 trustees. */
export function planOf(changes: Partial<PollPlan> = {}): PollPlan {
  return {
    organisation: "Test commune",
    title: "What shall we test?",
    options: ["circuits", "protocol", "service"],
    rules: {
      circuit: "ballot-compact-10",
      countersPerSlot: 4,
      valueBits: 12,
      maxima: [1, 1, 1],
      minTotal: 1,
      maxTotal: 1,
      cost: "linear",
      distinct: false,
      revisions: true,
    },
    tiers: ["member"],
    opensAt: OPENS,
    closesAt: CLOSES,
    minimumBallots: 2,
    shardBallots: 1024,
    trustees: ["A", "B", "C"],
    threshold: 2,
    witnesses: [],
    board: { name: "board.test", key: boardKeys.publicKey },
    keySet: { digest: manifest.digest, kind: manifest.manifest.kind },
    ...changes,
  };
}

/** A whole poll of `members` members. */
export function makePoll(changes: Partial<PollPlan> = {}, members = 5): RehearsedPoll {
  const registrar = ed25519KeyPair();
  const roll = rehearseRoll(new Array<string>(members).fill("member"), registrar);
  return rehearsePoll(planOf(changes), roll, registrar);
}

/** The poll as any reader judges it. */
export function judge(
  files: { readonly poll: Uint8Array; readonly signatures: Uint8Array },
  anchor: TrustAnchor = { kind: "none" },
): ValidPoll {
  return validatePoll({
    pollBytes: files.poll,
    signaturesBytes: files.signatures,
    manifest,
    anchor,
    allowDevelopmentKeys: true,
  });
}

/** A poll document with its signatures. */
export interface SignedPoll {
  readonly poll: Poll;
  readonly pollId: string;
  readonly files: Pick<PollRegistration, "poll" | "signatures">;
}

/**
 * A copy of a poll with changes, its `ceremonyId` computed again (unless that was changed), signed by everybody:
 * what all signers together could put up. Nobody has asked yet whether it is a poll.
 */
export function alteredPoll(
  { poll, trusteeKeys, registrar }: Pick<RehearsedPoll, "poll" | "trusteeKeys" | "registrar">,
  change: (poll: Poll) => void,
): SignedPoll {
  const copy = structuredClone(poll);
  change(copy);
  if (copy.encryption?.ceremonyId === poll.encryption.ceremonyId) {
    copy.encryption.ceremonyId = ceremonyIdOf(copy);
  }
  return { poll: copy, ...signedPoll(copy, trusteeKeys, registrar) };
}

/** Points that make a well-formed proof of nothing. */
export function emptyProof(scalar = 5n): Groth16Proof {
  const { x, y } = bn254.G1.Point.BASE.multiply(scalar).toAffine();
  const b = bn254.G2.Point.BASE.multiply(scalar).toAffine();
  const g2 = [
    [b.x.c0, b.x.c1],
    [b.y.c0, b.y.c1],
  ] as const;
  return { a: [x, y], b: g2, c: [x, y] };
}

/** Public signals that a ballot of this poll could have, in the order of docs/spec/ballot.md §2. */
export function statementOf(
  { poll, pollId, layout, publicKey, rollRoot }: ValidPoll,
  { nullifier = randomScalar(), revision = 0 }: { nullifier?: bigint; revision?: number } = {},
): bigint[] {
  const { rules } = poll;
  const ciphertexts = Array.from({ length: 2 * layout.slots }, () => {
    const { x, y } = BASE8.multiply(randomScalar()).toAffine();
    return [x, y];
  });
  const key = publicKey.toAffine();
  return [
    nullifier % FIELD_ORDER,
    ...ciphertexts.flat(),
    rollRoot,
    BigInt(`0x${pollId}`),
    BigInt(revision),
    key.x,
    key.y,
    2n ** BigInt(rules.valueBits),
    ...layout.active.map(BigInt),
    ...layout.maxima.map(BigInt),
    BigInt(rules.minTotal),
    BigInt(rules.maxTotal),
    rules.cost === "quadratic" ? 1n : 0n,
    rules.distinct ? 1n : 0n,
  ];
}

/** A record of such a statement that no verifier of proofs has seen: for boards, receipts and clients. */
export function recordOf(
  poll: ValidPoll,
  options: { nullifier?: bigint; revision?: number; proof?: Groth16Proof } = {},
): Uint8Array {
  const { proof = emptyProof(), ...statement } = options;
  return encodeRecord({ publicSignals: statementOf(poll, statement), proof });
}

/** The receipt of a record on a board of these records, as an honest service makes it. */
export function receiptOf(poll: ValidPoll, records: readonly Uint8Array[], index: number): Receipt {
  const tree = new BoardTree();
  for (const record of records) tree.append(record);
  const origin = checkpointOrigin(poll.poll.board.name, poll.pollId);
  return makeReceipt({
    poll,
    record: records[index]!,
    index,
    checkpoint: signCheckpoint(origin, { size: tree.size, root: tree.root() }, boardKeys.secretKey),
    inclusion: tree.inclusion(index),
  });
}

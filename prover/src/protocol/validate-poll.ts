// The one judge of polls, for booth, service, trustee and auditor. docs/spec/poll.md §4.

import { fromHex } from "../formats/bytes.ts";
import { verifyDocument } from "../formats/ed25519.ts";
import { InputError } from "../formats/errors.ts";
import { parseFieldElement } from "../formats/field.ts";
import { CIRCUITS, type CircuitName, type LoadedManifest } from "../formats/manifest.ts";
import { type Point, parsePoint } from "../formats/point.ts";
import { type Layout, layoutOf, searchSpace, usedSlots } from "./layout.ts";
import { ceremonyIdOf, type Poll, parsePoll, parsePollSignatures, pollIdOf } from "./poll.ts";
import { evaluateCommitments } from "./polynomial.ts";
import { isSatisfiable } from "./satisfiable.ts";
import { checkKeySet } from "./scope-document.ts";

/** What the caller was given by another way than the poll itself; without one nothing is authenticated. */
export type TrustAnchor =
  | { readonly kind: "poll-id"; readonly pollId: string }
  | { readonly kind: "registrar"; readonly key: string }
  /** Checks only that the poll agrees with itself; the outcome says so. */
  | { readonly kind: "none" };

declare const validated: unique symbol;

/** A poll that passed every check; only {@link validatePoll} makes one. */
export interface ValidPoll {
  readonly [validated]: true;
  readonly poll: Poll;
  readonly pollId: string;
  /** Canonical bytes of the poll. */
  readonly bytes: Uint8Array;
  readonly circuit: CircuitName;
  readonly layout: Layout;
  readonly rollRoot: bigint;
  /** H. */
  readonly publicKey: Point;
  /** t points; the first is H. */
  readonly commitments: readonly Point[];
  /** Long-term encryption keys of the trustees, in order. */
  readonly encryptionKeys: readonly Point[];
  /** Of trustees 1 … n, in order. */
  readonly trusteeVerificationKeys: readonly Point[];
  /** False only where the caller gave no trust anchor. */
  readonly anchored: boolean;
}

/** What {@link validatePoll} judges, and by what. */
export interface ValidatePollOptions {
  /** Untrusted, `poll.json`. */
  readonly pollBytes: Uint8Array;
  /** Untrusted, `signatures.json`. */
  readonly signaturesBytes: Uint8Array;
  /** The caller's own key set. */
  readonly manifest: LoadedManifest;
  readonly anchor: TrustAnchor;
  /** Whether keys that one machine made are good enough here: tests and samples. */
  readonly allowDevelopmentKeys: boolean;
}

/** Search space at which decoding takes about ten seconds. */
export const MAX_SEARCH_SPACE = 2n ** 40n;
const MAX_TOTAL = 2 ** 24;

/**
 * A poll that can be voted in, tallied and audited, signed by registrar and all trustees.
 *
 * @throws InputError `poll-…`, `key-set-digest-mismatch`, `development-keys-refused`, points as `parsePoint`;
 *   docs/spec/errors.md lists them.
 */
export function validatePoll(options: ValidatePollOptions): ValidPoll {
  const { pollBytes, signaturesBytes, manifest, anchor, allowDevelopmentKeys } = options;
  const poll = parsePoll(pollBytes);
  const pollId = pollIdOf(pollBytes);
  checkAnchor(poll, pollId, anchor);
  checkNames(poll);
  checkRules(poll);
  const { root, size } = poll.roll;
  const rollRoot = parseFieldElement(root, "poll.json roll.root");
  if (size > 2 ** CIRCUITS[poll.rules.circuit].depth)
    refuse("poll-roll-too-large", "more positions than the circuit's tree has leaves");
  if (poll.minimumBallots > size) refuse("poll-minimum-too-large", "minimumBallots exceeds the roll");
  checkTally(poll);
  const keys = checkTrustees(poll);
  checkKeySet({
    keySet: poll.keySet,
    circuit: poll.rules.circuit,
    manifest,
    allowDevelopmentKeys,
    code: "poll-bad-key-set",
    place: "poll.json",
  });
  checkSignatures(poll, pollId, signaturesBytes);
  return {
    poll,
    pollId,
    bytes: pollBytes.slice(),
    circuit: poll.rules.circuit,
    layout: layoutOf(poll),
    rollRoot,
    ...keys,
    anchored: anchor.kind !== "none",
  } as unknown as ValidPoll;
}

function refuse(code: string, message: string): never {
  throw new InputError(code, message, "poll.json");
}

function checkAnchor(poll: Poll, pollId: string, anchor: TrustAnchor): void {
  if (anchor.kind === "poll-id" && anchor.pollId !== pollId) {
    refuse("poll-not-anchored", "not the poll with the pollId that was given");
  }
  if (anchor.kind === "registrar" && anchor.key !== poll.organisation.key) {
    refuse("poll-not-anchored", "not by the registrar whose key was given");
  }
}

function checkNames(poll: Poll): void {
  if (poll.opensAt >= poll.closesAt) refuse("poll-bad-times", "opensAt is not before closesAt");
  distinct(poll.options, "options");
  distinct(poll.roll.tiers, "tiers");
  const closers = [...poll.trustees, ...poll.witnesses];
  distinct(
    closers.map(({ name }) => name),
    "names of trustees and witnesses",
  );
  distinct(
    closers.map(({ signingKey }) => signingKey),
    "signing keys",
  );
  distinct(
    poll.trustees.map(({ encryptionKey }) => encryptionKey.join()),
    "encryption keys",
  );
}

function distinct(values: readonly string[], what: string): void {
  if (new Set(values).size !== values.length) refuse("poll-duplicate", `duplicate ${what}`);
}

function checkRules({ rules, options }: Poll): void {
  const { slots } = CIRCUITS[rules.circuit];
  if (Math.ceil(options.length / rules.countersPerSlot) > slots) {
    refuse("poll-too-many-options", "more options than the circuit has counters for");
  }
  if (rules.maxima.length !== options.length) refuse("poll-bad-rules", "not one maximum for each option");
  if (rules.minTotal > rules.maxTotal) refuse("poll-bad-rules", "minTotal exceeds maxTotal");
  if (rules.maxTotal >= MAX_TOTAL) refuse("poll-bad-rules", "maxTotal is not below 2^24");
  if (!isSatisfiable(rules)) refuse("poll-unsatisfiable", "no ballot obeys the rules");
}

function checkTally(poll: Poll): void {
  const { rules, roll, shardBallots, minimumBallots } = poll;
  const ballots = Math.min(roll.size, shardBallots);
  for (const [s, slot] of usedSlots(poll).entries()) {
    if (slot.maxima.some((maximum) => ballots * maximum >= 2 ** rules.valueBits)) {
      refuse("poll-packing-overflow", `a counter of slot ${s} can overflow its ${rules.valueBits} bits`);
    }
    if (searchSpace(slot, ballots) > MAX_SEARCH_SPACE) {
      refuse("poll-decoding-too-large", `slot ${s} has more than 2^40 possible sums`);
    }
  }
  if (shardBallots < roll.size && Math.floor(shardBallots / 2) < minimumBallots) {
    refuse("poll-shard-too-small", "half a shard is below minimumBallots");
  }
}

function checkTrustees(
  poll: Poll,
): Pick<ValidPoll, "publicKey" | "commitments" | "encryptionKeys" | "trusteeVerificationKeys"> {
  const { trustees, threshold, encryption } = poll;
  if (2 * threshold <= trustees.length || threshold > trustees.length) {
    refuse("poll-bad-threshold", "the threshold is not a majority of the trustees");
  }
  if (encryption.commitments.length !== threshold) {
    refuse("poll-bad-commitments", "not as many commitments as the threshold");
  }
  const encryptionKeys = trustees.map(({ encryptionKey }, i) =>
    parsePoint(encryptionKey, `poll.json trustees.${i}.encryptionKey`),
  );
  const publicKey = parsePoint(encryption.publicKey, "poll.json encryption.publicKey");
  const commitments = encryption.commitments.map((point, k) =>
    parsePoint(point, `poll.json encryption.commitments.${k}`),
  );
  if (!commitments[0]!.equals(publicKey))
    refuse("poll-bad-commitments", "commitments[0] is not the public key");
  const trusteeVerificationKeys = trustees.map((_, i) => evaluateCommitments(commitments, i + 1));
  if (trusteeVerificationKeys.some((key) => key.is0())) {
    refuse("poll-bad-commitments", "a verification key is the identity");
  }
  if (encryption.ceremonyId !== ceremonyIdOf(poll)) {
    refuse("poll-other-ceremony", "ceremonyId is not that of this document");
  }
  return { publicKey, commitments, encryptionKeys, trusteeVerificationKeys };
}

function checkSignatures(poll: Poll, pollId: string, bytes: Uint8Array): void {
  const signatures = parsePollSignatures(bytes);
  const bad = (message: string): never => {
    throw new InputError("poll-bad-signature", message, "signatures.json");
  };
  if (signatures.pollId !== pollId) bad("signatures of another poll");
  if (signatures.trustees.length !== poll.trustees.length) bad("not one signature of each trustee");
  const message = fromHex(pollId, 31, "pollId");
  if (!verifyDocument("poll", message, signatures.registrar, poll.organisation.key)) {
    bad("not signed by the registrar");
  }
  for (const [i, { signingKey }] of poll.trustees.entries()) {
    if (!verifyDocument("poll", message, signatures.trustees[i]!, signingKey))
      bad(`not signed by trustee ${i + 1}`);
  }
}

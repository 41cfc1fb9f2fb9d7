// Fixtures of the trustees' tests: ceremonies round by round, small polls, ballots without proofs.

import { createHash } from "node:crypto";
import { concatBytes, toHex, uintBytes } from "../../src/formats/bytes.ts";
import { canonicalBytes } from "../../src/formats/canonical-json.ts";
import { ed25519KeyPair } from "../../src/formats/ed25519.ts";
import { InputError } from "../../src/formats/errors.ts";
import { FIELD_ORDER } from "../../src/formats/field.ts";
import { hashFramed } from "../../src/formats/hash.ts";
import { CIRCUIT_NAMES, type LoadedManifest, parseManifest } from "../../src/formats/manifest.ts";
import { BASE8, multiply, pointToJson, randomScalar } from "../../src/formats/point.ts";
import { type CloserStore, memoryCloserStore } from "../../src/protocol/closer-store.ts";
import {
  assembleClosing,
  type ClosingSignature,
  closerKeys,
  signClosing,
  type VerifiedClosing,
  verifyClosing,
} from "../../src/protocol/closing.ts";
import { type BoardView, type CountedBallot, countedSet } from "../../src/protocol/counted-set.ts";
import {
  type DkgState,
  type DkgStep,
  revealDkg,
  startDkg,
  type TrusteeKeys,
  trusteeKeys,
  verdictDkg,
} from "../../src/protocol/dkg.ts";
import type { DkgAbort } from "../../src/protocol/dkg-judge.ts";
import {
  type Ceremony,
  commitmentOf,
  DKG_TYPES,
  ephemeralContext,
  possessionContext,
} from "../../src/protocol/dkg-messages.ts";
import { encryptShare } from "../../src/protocol/dkg-share.ts";
import { partialDecrypt } from "../../src/protocol/partial-decrypt.ts";
import type { PollRules } from "../../src/protocol/poll.ts";
import { commitPolynomial, evaluatePolynomial, randomPolynomial } from "../../src/protocol/polynomial.ts";
import { proveSchnorr, schnorrToJson } from "../../src/protocol/schnorr.ts";
import { type SignedMessage, signMessage } from "../../src/protocol/signed-message.ts";
import { type ValidPoll, validatePoll } from "../../src/protocol/validate-poll.ts";
import { rehearseRoll } from "../../src/rehearsal/members.ts";
import { type RehearsedPoll, rehearsePoll } from "../../src/rehearsal/poll.ts";

// ---- errors

/** The InputError that `action` throws. Fails where it throws nothing or something else. */
export function inputError(action: () => unknown): InputError {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("expected an InputError, and nothing was thrown");
}

/** {@link inputError} of a promise. */
export async function inputRejection(promise: Promise<unknown>): Promise<InputError> {
  const settled = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  return inputError(() => {
    if (settled !== undefined) throw settled.error;
  });
}

// ---- hashing

/** H(purpose, parts…) of conventions.md §3, written again over Node's own SHA-256; parts in hexadecimal. */
export function hashBySpec(purpose: string, parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of [
    Buffer.from(`commune-zk/v1/${purpose}`),
    ...parts.map((hex) => Buffer.from(hex, "hex")),
  ]) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    hash.update(length).update(part);
  }
  return hash.digest("hex");
}

/** A u32 in hexadecimal. */
export const u32 = (value: number): string => value.toString(16).padStart(8, "0");

// ---- random numbers

/** A small seeded generator (mulberry32) in [0, 1): never near a secret, only for what a test tries. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

// ---- key generation

/** All messages of an honest ceremony, with the secrets of every trustee. */
export interface HonestCeremony {
  readonly ceremony: Ceremony;
  readonly keys: readonly TrusteeKeys[];
  readonly states: readonly DkgState[];
  readonly commits: readonly SignedMessage[];
  readonly reveals: readonly SignedMessage[];
  readonly verdicts: readonly SignedMessage[];
}

/** Plays the three rounds of t-of-n. */
export function playCeremony({ n, t }: { n: number; t: number }): HonestCeremony {
  const keys = Array.from({ length: n }, () => trusteeKeys());
  const ceremony: Ceremony = {
    ceremonyId: toHex(uintBytes(randomScalar(), 32)).slice(2),
    threshold: t,
    trustees: keys,
  };
  const started = keys.map((own, i) => startDkg({ ceremony, trusteeIndex: i + 1, keys: own }));
  const states = started.map(({ state }) => state);
  const commits = started.map(({ message }) => message);
  const reveals = states.map((state) => sent(revealDkg(state, commits)));
  const verdicts = states.map((state) => sent(verdictDkg(state, commits, reveals)));
  return { ceremony, keys, states, commits, reveals, verdicts };
}

/** The message of a step that did not abort. */
export function sent(step: DkgStep | DkgAbort): SignedMessage {
  if (step.aborted) throw new Error(`aborted: ${JSON.stringify(step.culprits)}`);
  return step.message;
}

/** A message with some fields replaced (or, where undefined, left out), signed anew by its sender. */
export function resigned(
  { message }: SignedMessage,
  changes: Record<string, unknown>,
  { signingSecret }: TrusteeKeys,
): SignedMessage {
  const changed = Object.entries({ ...message, ...changes }).filter(([, value]) => value !== undefined);
  return signMessage("dkg", Object.fromEntries(changed), signingSecret);
}

/** Values with the one of trustee `i` (from 1) replaced. */
export function replaced<T>(values: readonly T[], i: number, value: T): T[] {
  return values.map((old, k) => (k === i - 1 ? value : old));
}

/** The commits and reveals of a ceremony in which trustee `i` has committed to another reveal. */
export function withReveal(
  { ceremony, keys, commits, reveals }: Pick<HonestCeremony, "ceremony" | "keys" | "commits" | "reveals">,
  i: number,
  changes: Record<string, unknown>,
): { commits: SignedMessage[]; reveals: SignedMessage[] } {
  const own = keys[i - 1]!;
  const reveal = resigned(reveals[i - 1]!, changes, own);
  const commitment = commitmentOf(ceremony, i, canonicalBytes(reveal.message));
  return {
    commits: replaced(commits, i, resigned(commits[i - 1]!, { commitment }, own)),
    reveals: replaced(reveals, i, reveal),
  };
}

/** Fields of a reveal for a polynomial of the caller's choice; `shareOf` is what the dealer encrypts to j. */
export function revealFields(
  ceremony: Ceremony,
  dealer: number,
  {
    coefficients = randomPolynomial(ceremony.threshold),
    shareOf = (_, honest) => honest,
  }: { coefficients?: readonly bigint[]; shareOf?: (recipient: number, honest: bigint) => bigint },
): Record<string, unknown> {
  const commitments = commitPolynomial(coefficients);
  const ephemeralSecret = randomScalar();
  const ephemeral = multiply(BASE8, ephemeralSecret);
  return {
    type: DKG_TYPES.reveal,
    commitments: commitments.map(pointToJson),
    ephemeral: pointToJson(ephemeral),
    possession: commitments.map((publicPoint, k) =>
      schnorrToJson(
        proveSchnorr(possessionContext(ceremony, dealer, k), { secret: coefficients[k]!, publicPoint }),
      ),
    ),
    ephemeralPossession: schnorrToJson(
      proveSchnorr(ephemeralContext(ceremony, dealer), { secret: ephemeralSecret, publicPoint: ephemeral }),
    ),
    shares: ceremony.trustees.map(({ encryptionKey }, k) => {
      const recipient = k + 1;
      const channel = { ceremony, dealer, recipient, shared: multiply(encryptionKey, ephemeralSecret) };
      return toHex(encryptShare(channel, shareOf(recipient, evaluatePolynomial(coefficients, recipient))));
    }),
  };
}

// ---- polls

export const OPENS_AT = 1_700_000_000;
export const CLOSES_AT = OPENS_AT + 3600;

/** A manifest of a key set that nobody proves with: tests of trustees need no circuit. */
export function emptyKeySet(): LoadedManifest {
  const file = { path: "none", sha256: "00".repeat(32), size: 1 };
  const contributions = [{ name: "nobody", hash: "00".repeat(64) }];
  const files = { wasm: file, provingKey: file, verificationKey: file, transcript: file };
  const circuit = { r1csSha256: "00".repeat(32), constraints: 1, ...files, contributions };
  const circuits = Object.fromEntries(CIRCUIT_NAMES.map((name) => [name, circuit]));
  return parseManifest(canonicalBytes({ type: "commune-zk/key-manifest/v1", kind: "development", circuits }));
}

/** What a test decides about its poll. */
export interface PollSketch {
  readonly rules: PollRules;
  readonly members?: number;
  readonly trustees?: number;
  readonly threshold?: number;
  readonly witnesses?: number;
  readonly minimumBallots?: number;
  readonly shardBallots?: number;
}

/** A poll that passed `validatePoll`, with the secrets of everybody. */
export interface PollFixture extends RehearsedPoll {
  readonly valid: ValidPoll;
}

/** Rehearses a poll: 2 of 3 trustees and 12 members unless told. */
export function makePoll(sketch: PollSketch): PollFixture {
  const { rules, members = 12, trustees = 3, threshold = 2, witnesses = 0 } = sketch;
  const manifest = emptyKeySet();
  const registrar = ed25519KeyPair();
  const names = (n: number, what: string) => Array.from({ length: n }, (_, i) => `${what} ${i + 1}`);
  const roll = rehearseRoll(new Array<string>(members).fill("member"), registrar);
  const rehearsed = rehearsePoll(
    {
      organisation: "Test",
      title: "A poll",
      options: names(rules.maxima.length, "option"),
      rules,
      tiers: ["member"],
      opensAt: OPENS_AT,
      closesAt: CLOSES_AT,
      minimumBallots: sketch.minimumBallots ?? 1,
      shardBallots: sketch.shardBallots ?? members,
      trustees: names(trustees, "trustee"),
      threshold,
      witnesses: names(witnesses, "witness"),
      board: { name: "board.test", key: ed25519KeyPair().publicKey },
      keySet: { digest: manifest.digest, kind: "development" },
    },
    roll,
    registrar,
  );
  const valid = validatePoll({
    pollBytes: rehearsed.registration.poll,
    signaturesBytes: rehearsed.registration.signatures,
    manifest,
    anchor: { kind: "registrar", key: registrar.publicKey },
    allowDevelopmentKeys: true,
  });
  return { ...rehearsed, valid };
}

/** Votes of one ballot, one value for each option. */
export type Votes = readonly number[];

/** A ballot without proof. `voter` fixes the nullifier; nullifiers are not in the order of voters. */
export function makeBallot(
  poll: ValidPoll,
  { voter, votes, revision = 0 }: { voter: number; votes: Votes; revision?: number },
): CountedBallot {
  const { countersPerSlot, valueBits } = poll.poll.rules;
  const sums = new Array<bigint>(poll.layout.slots).fill(0n);
  for (const [i, value] of votes.entries()) {
    sums[Math.floor(i / countersPerSlot)]! += BigInt(value) << BigInt((i % countersPerSlot) * valueBits);
  }
  const seed = concatBytes(uintBytes(voter, 4), uintBytes(revision, 4));
  const nullifier = hashFramed("test-nullifier", [uintBytes(voter, 4)]);
  return {
    nullifier: BigInt(`0x${toHex(nullifier)}`) % FIELD_ORDER,
    revision,
    statementHash: toHex(hashFramed("test-statement", [seed])),
    ciphertexts: sums.map((m) => {
      const k = randomScalar();
      return { c1: multiply(BASE8, k), c2: multiply(poll.publicKey, k).add(multiply(BASE8, m)) };
    }),
  };
}

/** One ballot for each voter, in order. */
export function makeBallots(poll: ValidPoll, votes: readonly Votes[]): CountedBallot[] {
  return votes.map((own, voter) => makeBallot(poll, { voter, votes: own }));
}

/** A board as an auditor sees it. Its root stands for the records alone. */
export function boardOf(poll: ValidPoll, ballots: readonly CountedBallot[]): BoardView {
  const counted = countedSet({ pollId: poll.pollId, ballots });
  const records = ballots.map(({ statementHash }) => statementHash).join();
  const root = toHex(hashFramed("test-root", [new TextEncoder().encode(records)]));
  return { size: ballots.length, root, counted };
}

/** The signature of closer i (from 1: trustees, then witnesses). */
export function closerSignature(
  fixture: PollFixture,
  board: BoardView,
  closerIndex: number,
  { store = memoryCloserStore(), now = CLOSES_AT }: { store?: CloserStore; now?: number } = {},
): Promise<ClosingSignature> {
  const { valid: poll } = fixture;
  return signClosing({ poll, board, closerIndex, secretKey: closerSecret(fixture, closerIndex), store, now });
}

/** Ed25519 seed of closer i. */
export function closerSecret(
  { trusteeKeys: trustees, witnessKeys }: PollFixture,
  closer: number,
): Uint8Array {
  return [
    ...trustees.map(({ signingSecret }) => signingSecret),
    ...witnessKeys.map(({ secretKey }) => secretKey),
  ][closer - 1]!;
}

/** Signatures of all closers. */
export function allSignatures(fixture: PollFixture, board: BoardView): Promise<ClosingSignature[]> {
  return Promise.all(closerKeys(fixture.valid).map((_, i) => closerSignature(fixture, board, i + 1)));
}

/** A closing that all closers signed. */
export async function closeBoard(fixture: PollFixture, board: BoardView): Promise<VerifiedClosing> {
  const signatures = await allSignatures(fixture, board);
  return verifyClosing(fixture.valid, assembleClosing({ poll: fixture.valid, signatures }));
}

/** The wrapped decryption shares of some trustees. */
export function decryptionShares(
  fixture: PollFixture,
  { board, closing, trustees }: { board: BoardView; closing: VerifiedClosing; trustees: readonly number[] },
): Promise<SignedMessage[]> {
  return Promise.all(
    trustees.map((trusteeIndex) =>
      partialDecrypt({
        poll: fixture.valid,
        closing,
        board,
        trusteeIndex,
        share: fixture.ceremony.shares[trusteeIndex - 1]!,
        signingSecret: fixture.trusteeKeys[trusteeIndex - 1]!.signingSecret,
        store: memoryCloserStore(),
      }),
    ),
  );
}

/** Single choice among four. */
export const SINGLE_CHOICE: PollRules = {
  circuit: "ballot-compact-10",
  countersPerSlot: 4,
  valueBits: 8,
  maxima: [1, 1, 1, 1],
  minTotal: 1,
  maxTotal: 1,
  cost: "linear",
  distinct: false,
  revisions: true,
};

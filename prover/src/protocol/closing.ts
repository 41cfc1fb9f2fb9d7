// Closing statements: what was on the board when the poll closed. docs/spec/closing.md §2.
import { z } from "zod";
import { equalBytes, toHex } from "../formats/bytes.ts";
import { canonicalBytes, parseCanonicalJson } from "../formats/canonical-json.ts";
import { ed25519PublicKey, signDocument, verifyDocument } from "../formats/ed25519.ts";
import { InputError } from "../formats/errors.ts";
import { hashFramed } from "../formats/hash.ts";
import { hex, parseWith } from "../formats/schema.ts";
import type { CloserStore } from "./closer-store.ts";
import type { BoardView } from "./counted-set.ts";
import type { ValidPoll } from "./validate-poll.ts";

const count = z.int().min(0);

const statementSchema = z.strictObject({
  type: z.literal("commune-zk/closing/v1"),
  pollId: hex(31),
  boardSize: count,
  boardRoot: hex(32),
  countedBallots: count,
  countedDigest: hex(32),
});

/** Shape of one closer's signature; the service's API description uses it. */
export const closingSignatureSchema = z.strictObject({
  statement: statementSchema,
  closer: z.int().min(1),
  signature: hex(64),
});

const closingSchema = z.strictObject({
  statement: statementSchema,
  signatures: z.array(z.strictObject({ closer: z.int().min(1), signature: hex(64) })).max(1024),
});

/** The statement that closers sign: canonical JSON. */
export type ClosingStatement = z.infer<typeof statementSchema>;

/** One closer's signature of a statement, as it is sent. */
export type ClosingSignature = z.infer<typeof closingSignatureSchema>;

/** A signature that does not count, and why. */
export interface BadClosingSignature {
  readonly closer: number;
  readonly reason: "closing-unknown-closer" | "closing-bad-signature" | "closing-duplicate";
}

declare const verified: unique symbol;

/** A closing statement with a quorum; only {@link verifyClosing} makes one. */
export interface VerifiedClosing {
  readonly [verified]: true;
  readonly statement: ClosingStatement;
  /** `closingDigest`, 32 bytes, hexadecimal. */
  readonly digest: string;
  /** Closers whose signatures are good, ascending; at least a quorum. */
  readonly good: readonly number[];
  readonly bad: readonly BadClosingSignature[];
}

/**
 * How many closers of N make a quorum: `⌊(N + t − 1) / 2⌋ + 1`.
 *
 * Any two such sets share at least t closers, so two statements with a quorum each need t that signed both.
 */
export function closingQuorum({ closers, threshold }: { closers: number; threshold: number }): number {
  return Math.floor((closers + threshold - 1) / 2) + 1;
}

/** Signing keys of trustees, then witnesses: closer i is at i − 1. */
export function closerKeys({ poll }: ValidPoll): string[] {
  return [...poll.trustees, ...poll.witnesses].map(({ signingKey }) => signingKey);
}

/** The statement about a board that the caller audited itself. */
export function closingStatement({ poll, board }: { poll: ValidPoll; board: BoardView }): ClosingStatement {
  if (board.counted.pollId !== poll.pollId) throw new RangeError("counted set of another poll");
  return {
    type: "commune-zk/closing/v1",
    pollId: poll.pollId,
    boardSize: board.size,
    boardRoot: board.root,
    countedBallots: board.counted.ballots.length,
    countedDigest: board.counted.digest,
  };
}

/** Canonical bytes of a statement: what is signed. */
export function closingStatementBytes(statement: ClosingStatement): Uint8Array {
  return canonicalBytes(statement);
}

/** `closingDigest`, hexadecimal. */
export function closingDigest(statement: ClosingStatement): string {
  return toHex(hashFramed("closing", [closingStatementBytes(statement)]));
}

/**
 * Signs the closing statement of a board that the closer has just audited itself.
 *
 * @param input - what it works on:
 * @param input.board - the closer's own audit, never somebody else's word.
 * @param input.closerIndex - from 1: trustees, then witnesses.
 * @param input.secretKey - Ed25519 seed of that closer.
 * @param input.store - the closer's own; the statement is in it before the signature exists.
 * @param input.now - the closer's clock, seconds since 1970.
 * @throws InputError `closing-too-early` - the poll is open by that clock; `closing-already-signed` - the
 *   closer signed another statement for this poll.
 * @throws RangeError - the key is not that of this closer.
 */
export async function signClosing({
  poll,
  board,
  closerIndex,
  secretKey,
  store,
  now,
}: {
  poll: ValidPoll;
  board: BoardView;
  closerIndex: number;
  secretKey: Uint8Array;
  store: CloserStore;
  now: number;
}): Promise<ClosingSignature> {
  if (!(now >= poll.poll.closesAt)) throw new InputError("closing-too-early", "the poll is still open");
  if (ed25519PublicKey(secretKey) !== closerKeys(poll)[closerIndex - 1]) {
    throw new RangeError(`the key is not that of closer ${closerIndex}`);
  }
  const statement = closingStatement({ poll, board });
  await recordStatement(store, statement);
  const signature = signDocument("closing", closingStatementBytes(statement), secretKey);
  return { statement, closer: closerIndex, signature };
}

/**
 * Fixes a statement as this closer's only one for its poll.
 *
 * @throws InputError `closing-already-signed`.
 */
export async function recordStatement(store: CloserStore, statement: ClosingStatement): Promise<void> {
  if ((await store.recordOnce(statement.pollId, closingDigest(statement))) === "different") {
    throw new InputError("closing-already-signed", "this closer signed another statement for this poll");
  }
}

/**
 * One closer's signature, from outside.
 *
 * @param value - untrusted JSON, `{ statement, closer, signature }`.
 * @throws InputError `closing-malformed`, `closing-other-poll`, `closing-unknown-closer`,
 *   `closing-bad-signature`.
 */
export function verifyClosingSignature(poll: ValidPoll, value: unknown): ClosingSignature {
  const parsed = parseWith(closingSignatureSchema, value, "closing-malformed", "closing signature");
  const place = `closer ${parsed.closer}`;
  if (parsed.statement.pollId !== poll.pollId) {
    throw new InputError("closing-other-poll", "statement of another poll", place);
  }
  const key = closerKeys(poll)[parsed.closer - 1];
  if (key === undefined) throw new InputError("closing-unknown-closer", "no such closer", place);
  if (!verifyDocument("closing", closingStatementBytes(parsed.statement), parsed.signature, key)) {
    throw new InputError("closing-bad-signature", "not this closer's signature", place);
  }
  return parsed;
}

/**
 * `closing.json` of the statement that has a quorum among the signatures.
 *
 * @param signatures - untrusted JSON values; bad ones, and those of other statements, are left out.
 * @throws InputError `closing-no-quorum`; the place names each closer left out, and why.
 */
export function assembleClosing({
  poll,
  signatures,
}: {
  poll: ValidPoll;
  signatures: readonly unknown[];
}): Uint8Array {
  const byDigest = new Map<string, Map<number, ClosingSignature>>();
  const refused: string[] = [];
  for (const value of signatures) {
    try {
      const good = verifyClosingSignature(poll, value);
      const digest = closingDigest(good.statement);
      const closers = byDigest.get(digest) ?? new Map<number, ClosingSignature>();
      byDigest.set(digest, closers.set(good.closer, good));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      refused.push(`${error.place}: ${error.code}`);
    }
  }
  for (const closers of byDigest.values()) {
    if (closers.size < quorumOf(poll)) continue;
    const sorted = [...closers.values()].sort((a, b) => a.closer - b.closer);
    return canonicalBytes({
      statement: sorted[0]!.statement,
      signatures: sorted.map(({ closer, signature }) => ({ closer, signature })),
    });
  }
  const place = refused.length === 0 ? "closing" : `closing (${refused.join("; ")})`;
  throw new InputError("closing-no-quorum", `no statement has ${quorumOf(poll)} signatures`, place);
}

/** {@link closingQuorum} of a poll. */
export function quorumOf(poll: ValidPoll): number {
  return closingQuorum({ closers: closerKeys(poll).length, threshold: poll.poll.threshold });
}

/**
 * A closing statement with a quorum of good signatures. Bad ones among them are named and do not count.
 *
 * @param closingBytes - untrusted, `closing.json`.
 * @throws InputError `closing-malformed` (also: signatures not in ascending order), `not-canonical-json`,
 *   `closing-other-poll`, `closing-no-quorum` (its place names the bad signatures).
 */
export function verifyClosing(poll: ValidPoll, closingBytes: Uint8Array): VerifiedClosing {
  const place = "closing.json";
  const value = parseCanonicalJson(closingBytes, place);
  const { statement, signatures } = parseWith(closingSchema, value, "closing-malformed", place);
  if (statement.pollId !== poll.pollId) {
    throw new InputError("closing-other-poll", "statement of another poll", place);
  }
  if (signatures.some(({ closer }, i) => i > 0 && closer < signatures[i - 1]!.closer)) {
    throw new InputError("closing-malformed", "signatures are not in ascending order", place);
  }
  const keys = closerKeys(poll);
  const bytes = closingStatementBytes(statement);
  const good: number[] = [];
  const bad: BadClosingSignature[] = [];
  for (const { closer, signature } of signatures) {
    const key = keys[closer - 1];
    if (key === undefined) bad.push({ closer, reason: "closing-unknown-closer" });
    else if (!verifyDocument("closing", bytes, signature, key))
      bad.push({ closer, reason: "closing-bad-signature" });
    else if (good.includes(closer)) bad.push({ closer, reason: "closing-duplicate" });
    else good.push(closer);
  }
  if (good.length < quorumOf(poll)) {
    const named = bad.map(({ closer, reason }) => ` closer ${closer}: ${reason}`).join(";");
    throw new InputError(
      "closing-no-quorum",
      `${good.length} good of ${quorumOf(poll)} needed`,
      place + named,
    );
  }
  return { statement, digest: closingDigest(statement), good, bad } as unknown as VerifiedClosing;
}

/**
 * Whether a closing is about exactly the board that the caller audited itself.
 *
 * @throws InputError `closing-not-my-board` - size, root, count or digest differ; the place names the first
 *   that does.
 */
export function checkClosingBoard({
  poll,
  closing,
  board,
}: {
  poll: ValidPoll;
  closing: VerifiedClosing;
  board: BoardView;
}): void {
  const own = closingStatement({ poll, board });
  if (equalBytes(closingStatementBytes(own), closingStatementBytes(closing.statement))) return;
  const fields = ["boardSize", "boardRoot", "countedBallots", "countedDigest"] as const;
  const different = fields.find((field) => own[field] !== closing.statement[field]);
  throw new InputError(
    "closing-not-my-board",
    "the closing is about another board than this one",
    `closing.json statement.${different ?? "pollId"}`,
  );
}

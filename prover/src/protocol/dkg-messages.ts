// Messages of a key generation: shapes, strict reading, the NDJSON transcript. docs/spec/trustees.md §1.
import { z } from "zod";
import { concatBytes, fromHex, fromUtf8, toHex, uintBytes, utf8 } from "../formats/bytes.ts";
import { canonicalBytes, parseCanonicalJson } from "../formats/canonical-json.ts";
import { InputError } from "../formats/errors.ts";
import { hashFramed } from "../formats/hash.ts";
import { type Point, parsePoint } from "../formats/point.ts";
import { fieldText, hex, parseWith, pointJson } from "../formats/schema.ts";
import { type EqualityProof, parseEquality } from "./chaum-pedersen.ts";
import { type ProofContext, parseSchnorr, type SchnorrProof } from "./schnorr.ts";
import { parseWrapper, type SignedMessage, verifyMessage } from "./signed-message.ts";

/** What all trustees know before they start: part of the poll document, so bound by `ceremonyId`. */
export interface Ceremony {
  /** 62 hexadecimal digits. */
  readonly ceremonyId: string;
  /** t, n/2 < t ≤ n. */
  readonly threshold: number;
  /** In the order of the poll: trustee i is `trustees[i − 1]`. */
  readonly trustees: readonly { readonly signingKey: string; readonly encryptionKey: Point }[];
}

/** Rounds, in order. */
export type DkgRound = "commit" | "reveal" | "verdict";

/** Why a ceremony was aborted, or a message convicts its sender. Stable; docs/spec/errors.md. */
export type DkgFault =
  | "dkg-missing"
  | "dkg-equivocation"
  | "dkg-malformed"
  | "dkg-bad-point"
  | "dkg-wrong-degree"
  | "dkg-bad-commitment"
  | "dkg-bad-possession"
  | "dkg-bad-share"
  | "dkg-false-complaint"
  | "dkg-bad-complaint"
  | "dkg-transcript-differs";

/** Content of a commit message. */
export interface CommitContent {
  readonly round: "commit";
  /** Hexadecimal. */
  readonly commitment: string;
}

/** Content of a reveal message. */
export interface RevealContent {
  readonly round: "reveal";
  /** t points aₖ·Base8. */
  readonly commitments: readonly Point[];
  readonly ephemeral: Point;
  readonly possession: readonly SchnorrProof[];
  readonly ephemeralPossession: SchnorrProof;
  /** n encrypted shares of 48 bytes. */
  readonly shares: readonly Uint8Array[];
}

/** Content of a verdict message. */
export type VerdictContent =
  | { readonly round: "verdict"; readonly accept: true; readonly transcript: string }
  | {
      readonly round: "verdict";
      readonly accept: false;
      readonly transcript: string;
      readonly against: number;
      readonly opening: Point;
      readonly equality: EqualityProof;
    };

/** A message that its trustee certainly signed for this ceremony. `fault`: its content convicts the sender. */
export interface DkgMessage<Content = CommitContent | RevealContent | VerdictContent> {
  readonly round: DkgRound;
  readonly trustee: number;
  /** Canonical bytes of the message without wrapper. */
  readonly bytes: Uint8Array;
  readonly content: Content | { readonly fault: DkgFault };
}

/** JSON type of each round's message. */
export const DKG_TYPES = {
  commit: "commune-zk/dkg-commit/v1",
  reveal: "commune-zk/dkg-reveal/v1",
  verdict: "commune-zk/dkg-verdict/v1",
} as const;

const headSchema = z.looseObject({
  type: z.enum([DKG_TYPES.commit, DKG_TYPES.reveal, DKG_TYPES.verdict]),
  ceremonyId: hex(31),
  trustee: z.int().min(1).max(0xffffffff),
});
const head = { type: z.string(), ceremonyId: z.string(), trustee: z.number() };
const schnorrSchema = z.strictObject({ r: pointJson, z: fieldText });
const commitSchema = z.strictObject({ ...head, commitment: hex(32) });
const revealSchema = z.strictObject({
  ...head,
  commitments: z.array(pointJson),
  ephemeral: pointJson,
  possession: z.array(schnorrSchema),
  ephemeralPossession: schnorrSchema,
  shares: z.array(hex(48)),
});
const verdictSchema = z.union([
  z.strictObject({ ...head, accept: z.literal(true), transcript: hex(32) }),
  z.strictObject({
    ...head,
    accept: z.literal(false),
    transcript: hex(32),
    against: z.int(),
    opening: pointJson,
    equality: z.strictObject({ r1: pointJson, r2: pointJson, z: fieldText }),
  }),
]);

/**
 * A message that its trustee certainly signed for this ceremony, read strictly.
 *
 * A fault in what the trustee signed is a value (`content.fault`): it convicts the trustee. What cannot be
 * laid at a trustee's door, because anybody could have sent it, is thrown.
 *
 * @param value - untrusted JSON, `{ message, signature }`.
 * @throws InputError `dkg-unattributable` (no message of any round), `dkg-other-ceremony`,
 *   `dkg-unknown-trustee`, `dkg-bad-signature`; the place names the trustee that the message claims.
 */
export function readDkgMessage(value: unknown, ceremony: Ceremony): DkgMessage {
  const wrapper = parseWrapper(value, "dkg-unattributable", "dkg");
  const { type, ceremonyId, trustee } = parseWith(headSchema, wrapper.message, "dkg-unattributable", "dkg");
  const place = `dkg trustee ${trustee}`;
  if (ceremonyId !== ceremony.ceremonyId) {
    throw new InputError("dkg-other-ceremony", "message of another ceremony", place);
  }
  const sender = ceremony.trustees[trustee - 1];
  if (sender === undefined) throw new InputError("dkg-unknown-trustee", "no such trustee", place);
  if (!verifyMessage("dkg", wrapper, sender.signingKey)) {
    throw new InputError("dkg-bad-signature", "not signed by the trustee it names", place);
  }
  const round = type === DKG_TYPES.commit ? "commit" : type === DKG_TYPES.reveal ? "reveal" : "verdict";
  let content: DkgMessage["content"];
  try {
    content = readContent(round, wrapper.message, ceremony, place);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    content = { fault: faultOf(error.code) };
  }
  return { round, trustee, bytes: wrapper.bytes, content };
}

function faultOf(code: string): DkgFault {
  if (code === "dkg-wrong-degree") return code;
  return code.startsWith("point-") || code === "not-canonical" ? "dkg-bad-point" : "dkg-malformed";
}

function readContent(
  round: DkgRound,
  message: unknown,
  { threshold, trustees }: Ceremony,
  place: string,
): CommitContent | RevealContent | VerdictContent {
  if (round === "commit") {
    return { round, commitment: parseWith(commitSchema, message, "dkg-malformed", place).commitment };
  }
  if (round === "reveal") {
    const reveal = parseWith(revealSchema, message, "dkg-malformed", place);
    if (reveal.commitments.length !== threshold || reveal.possession.length !== threshold) {
      throw new InputError("dkg-wrong-degree", `expected ${threshold} commitments and proofs`, place);
    }
    if (reveal.shares.length !== trustees.length) {
      throw new InputError("dkg-malformed", "expected one share for each trustee", place);
    }
    return {
      round,
      commitments: reveal.commitments.map((point, k) => parsePoint(point, `${place} commitments[${k}]`)),
      ephemeral: parsePoint(reveal.ephemeral, `${place} ephemeral`),
      possession: reveal.possession.map((proof, k) => parseSchnorr(proof, `${place} possession[${k}]`)),
      ephemeralPossession: parseSchnorr(reveal.ephemeralPossession, `${place} ephemeralPossession`),
      shares: reveal.shares.map((share) => fromHex(share, 48, place)),
    };
  }
  const verdict = parseWith(verdictSchema, message, "dkg-malformed", place);
  if (verdict.accept) return { round, accept: true, transcript: verdict.transcript };
  return {
    round,
    accept: false,
    transcript: verdict.transcript,
    against: verdict.against,
    opening: parsePoint(verdict.opening, `${place} opening`),
    equality: parseEquality(verdict.equality, `${place} equality`),
  };
}

/** What a commit message holds: the hash of its sender's reveal. Hexadecimal. */
export function commitmentOf(ceremony: Ceremony, trustee: number, revealBytes: Uint8Array): string {
  return toHex(hashFramed("dkg-commit", [...senderContext(ceremony, trustee), revealBytes]));
}

/** Digest of all reveals, in the order of trustees. Hexadecimal. */
export function dkgTranscript(ceremony: Ceremony, revealBytes: readonly Uint8Array[]): string {
  const digests = revealBytes.map((bytes) => hashFramed("dkg-reveal", [bytes]));
  const count = uintBytes(revealBytes.length, 4);
  return toHex(hashFramed("dkg-transcript", [idBytes(ceremony), count, ...digests]));
}

/** Binding of the proof of possession of coefficient k. */
export function possessionContext(ceremony: Ceremony, trustee: number, k: number): ProofContext {
  return { purpose: "dkg-possession", context: [...senderContext(ceremony, trustee), uintBytes(k, 4)] };
}

/** Binding of the proof of possession of the ephemeral key. */
export function ephemeralContext(ceremony: Ceremony, trustee: number): ProofContext {
  return { purpose: "dkg-ephemeral", context: senderContext(ceremony, trustee) };
}

/** Binding of the equality proof of a complaint by `accuser` about the reveals of `transcript`. */
export function complaintContext(
  ceremony: Ceremony,
  { accuser, against, transcript }: { accuser: number; against: number; transcript: string },
): ProofContext {
  const parties = [uintBytes(accuser, 4), uintBytes(against, 4)];
  return {
    purpose: "dkg-complaint",
    context: [idBytes(ceremony), ...parties, fromHex(transcript, 32, "transcript")],
  };
}

/** The 31 bytes of a ceremony's identifier. */
export function idBytes({ ceremonyId }: Ceremony): Uint8Array {
  return fromHex(ceremonyId, 31, "ceremonyId");
}

function senderContext(ceremony: Ceremony, trustee: number): Uint8Array[] {
  return [idBytes(ceremony), uintBytes(trustee, 4)];
}

/** `trustees/dkg.ndjson`: wrapped messages, one a line, commits then reveals then verdicts, each in the order of trustees. */
export function encodeDkgTranscript(messages: readonly SignedMessage[]): Uint8Array {
  return concatBytes(...messages.flatMap((message) => [canonicalBytes(message), utf8("\n")]));
}

/**
 * The lines of `trustees/dkg.ndjson` as JSON values; {@link readDkgMessage} reads each.
 *
 * @throws InputError `dkg-bad-transcript` (no newline at the end), `not-canonical-json`, `bad-json`,
 *   `bad-utf8`; the place names the line.
 */
export function parseDkgTranscript(bytes: Uint8Array): unknown[] {
  const lines = fromUtf8(bytes, "trustees/dkg.ndjson").split("\n");
  if (lines.pop() !== "")
    throw new InputError("dkg-bad-transcript", "no newline at the end", "trustees/dkg.ndjson");
  return lines.map((line, i) => parseCanonicalJson(utf8(line), `trustees/dkg.ndjson line ${i + 1}`));
}

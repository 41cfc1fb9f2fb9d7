// The public check of a key generation: anyone who holds its messages decides success or the culprits.
// docs/spec/trustees.md §1.
import { equalBytes } from "../formats/bytes.ts";
import { InputError } from "../formats/errors.ts";
import type { Point } from "../formats/point.ts";
import { verifyEquality } from "./chaum-pedersen.ts";
import {
  type Ceremony,
  type CommitContent,
  commitmentOf,
  complaintContext,
  type DkgFault,
  type DkgMessage,
  type DkgRound,
  dkgTranscript,
  ephemeralContext,
  parseDkgTranscript,
  possessionContext,
  type RevealContent,
  readDkgMessage,
  type VerdictContent,
} from "./dkg-messages.ts";
import { openShare } from "./dkg-share.ts";
import { evaluateCommitments } from "./polynomial.ts";
import { verifySchnorr } from "./schnorr.ts";

/** A trustee and what convicts it. */
export interface DkgCulprit {
  /** From 1. */
  readonly trustee: number;
  readonly reason: DkgFault;
}

/** The ceremony ends here, and starts again under a new nonce of the poll. `culprits` is never empty but for the chance of 2⁻²⁵⁰ that a key is the identity. */
export interface DkgAbort {
  readonly aborted: true;
  readonly culprits: readonly DkgCulprit[];
}

/** A joint key that all trustees accepted. */
export interface DkgKey {
  readonly aborted: false;
  /** H. */
  readonly publicKey: Point;
  /** t points; the first is H. */
  readonly commitments: readonly Point[];
  /** Σ iᵏ·commitments[k], for trustees 1 … n. */
  readonly verificationKeys: readonly Point[];
}

/** The reveals of all trustees, each checked in public, and their digest. */
export interface CheckedReveals {
  readonly aborted: false;
  readonly reveals: readonly RevealContent[];
  /** Hexadecimal. */
  readonly transcript: string;
}

/** All the messages of one round, in the order of trustees, each from another and well-formed. */
interface Round<Content> {
  readonly aborted: false;
  readonly messages: readonly {
    readonly trustee: number;
    readonly bytes: Uint8Array;
    readonly content: Content;
  }[];
}

/**
 * Reads untrusted messages and drops repetitions of one message.
 *
 * @throws InputError - as {@link readDkgMessage}.
 */
export function readDkgMessages(values: readonly unknown[], ceremony: Ceremony): DkgMessage[] {
  const messages: DkgMessage[] = [];
  for (const value of values) {
    const message = readDkgMessage(value, ceremony);
    if (!messages.some((known) => equalBytes(known.bytes, message.bytes))) messages.push(message);
  }
  return messages;
}

/** Faults that can be seen in one round alone: equivocation, then content, then (if nothing else) absence. */
function judgeRound<Content>(
  round: DkgRound,
  messages: readonly DkgMessage[],
  { trustees }: Ceremony,
): Round<Content> | DkgAbort {
  const culprits: DkgCulprit[] = [];
  const absent: DkgCulprit[] = [];
  const good: { trustee: number; bytes: Uint8Array; content: Content }[] = [];
  for (let trustee = 1; trustee <= trustees.length; trustee++) {
    const own = messages.filter((message) => message.round === round && message.trustee === trustee);
    const { bytes, content } = own[0] ?? {};
    if (bytes === undefined || content === undefined) absent.push({ trustee, reason: "dkg-missing" });
    else if (own.length > 1) culprits.push({ trustee, reason: "dkg-equivocation" });
    else if ("fault" in content) culprits.push({ trustee, reason: content.fault });
    else good.push({ trustee, bytes, content: content as Content });
  }
  if (culprits.length > 0) return { aborted: true, culprits };
  // Others may rightly have stopped because of a culprit; so absence counts only where there is none.
  if (absent.length > 0) return { aborted: true, culprits: absent };
  return { aborted: false, messages: good };
}

/** Whether all commits are there and well-formed. */
export function judgeCommits(
  messages: readonly DkgMessage[],
  ceremony: Ceremony,
): Round<CommitContent> | DkgAbort {
  return judgeRound<CommitContent>("commit", messages, ceremony);
}

/** Commits and reveals, with everything that can be checked in public. */
export function judgeReveals(messages: readonly DkgMessage[], ceremony: Ceremony): CheckedReveals | DkgAbort {
  const commits = judgeCommits(messages, ceremony);
  if (commits.aborted) return commits;
  const reveals = judgeRound<RevealContent>("reveal", messages, ceremony);
  if (reveals.aborted) return reveals;
  const culprits: DkgCulprit[] = [];
  for (const { trustee, bytes, content } of reveals.messages) {
    const { commitment } = commits.messages[trustee - 1]!.content;
    if (commitmentOf(ceremony, trustee, bytes) !== commitment) {
      culprits.push({ trustee, reason: "dkg-bad-commitment" });
    } else if (!provesPossession(content, trustee, ceremony)) {
      culprits.push({ trustee, reason: "dkg-bad-possession" });
    }
  }
  if (culprits.length > 0) return { aborted: true, culprits };
  return {
    aborted: false,
    reveals: reveals.messages.map(({ content }) => content),
    transcript: dkgTranscript(
      ceremony,
      reveals.messages.map(({ bytes }) => bytes),
    ),
  };
}

function provesPossession(reveal: RevealContent, trustee: number, ceremony: Ceremony): boolean {
  return (
    verifySchnorr(ephemeralContext(ceremony, trustee), {
      publicPoint: reveal.ephemeral,
      proof: reveal.ephemeralPossession,
    }) &&
    reveal.commitments.every((publicPoint, k) =>
      verifySchnorr(possessionContext(ceremony, trustee, k), { publicPoint, proof: reveal.possession[k]! }),
    )
  );
}

/** Who is guilty by the verdict of `accuser`, or null where it accepts. */
function judgeVerdict(
  verdict: VerdictContent,
  accuser: number,
  { reveals, transcript }: CheckedReveals,
  ceremony: Ceremony,
): DkgCulprit | null {
  // The accuser saw other reveals than these. Had it shown one, its dealer would stand convicted of
  // equivocation already.
  if (verdict.transcript !== transcript) return { trustee: accuser, reason: "dkg-transcript-differs" };
  if (verdict.accept) return null;
  const { against, opening, equality } = verdict;
  const reveal = reveals[against - 1];
  const key = ceremony.trustees[accuser - 1]!.encryptionKey;
  const proven =
    reveal !== undefined &&
    against !== accuser &&
    verifyEquality(complaintContext(ceremony, { accuser, against, transcript }), {
      base: reveal.ephemeral,
      publicPoint: key,
      image: opening,
      proof: equality,
    });
  if (!proven) return { trustee: accuser, reason: "dkg-bad-complaint" };
  const share = openShare({ ceremony, dealer: against, recipient: accuser, shared: opening }, reveal);
  return share === null
    ? { trustee: against, reason: "dkg-bad-share" }
    : { trustee: accuser, reason: "dkg-false-complaint" };
}

/**
 * Success, or the culprits, of the messages at hand. Anyone can run it; all who hold the same messages get
 * the same answer.
 *
 * @param messages - untrusted JSON values `{ message, signature }` of all rounds, in any order. Messages that
 *   two parties saw differently go in both: that is how equivocation is shown.
 * @throws InputError - a message that nobody can be convicted by; as {@link readDkgMessage}.
 */
export function finishDkg({
  ceremony,
  messages: values,
}: {
  ceremony: Ceremony;
  messages: readonly unknown[];
}): DkgKey | DkgAbort {
  const messages = readDkgMessages(values, ceremony);
  // Evidence of a later round convicts too: a second signed message is never honest.
  const equivocators = findEquivocators(messages);
  if (equivocators.length > 0) return { aborted: true, culprits: equivocators };
  const checked = judgeReveals(messages, ceremony);
  if (checked.aborted) return checked;
  const verdicts = judgeRound<VerdictContent>("verdict", messages, ceremony);
  const culprits = new Map<number, DkgCulprit>();
  // In the order of trustees: two verdicts may convict one trustee for two reasons, and all must name the same.
  for (const { round, trustee, content } of [...messages].sort((a, b) => a.trustee - b.trustee)) {
    if (round !== "verdict" || "fault" in content) continue;
    const culprit = judgeVerdict(content as VerdictContent, trustee, checked, ceremony);
    if (culprit !== null && !culprits.has(culprit.trustee)) culprits.set(culprit.trustee, culprit);
  }
  if (verdicts.aborted) {
    const absence = verdicts.culprits.every(({ reason }) => reason === "dkg-missing");
    if (!absence) for (const culprit of verdicts.culprits) culprits.set(culprit.trustee, culprit);
    else if (culprits.size === 0) return verdicts;
  }
  if (culprits.size > 0) {
    return { aborted: true, culprits: [...culprits.values()].sort((a, b) => a.trustee - b.trustee) };
  }
  return jointKey(checked.reveals, ceremony);
}

function findEquivocators(messages: readonly DkgMessage[]): DkgCulprit[] {
  const seen = new Set<string>();
  const guilty = new Set<number>();
  for (const { round, trustee } of messages) {
    const slot = `${round} ${trustee}`;
    if (seen.has(slot)) guilty.add(trustee);
    seen.add(slot);
  }
  return [...guilty].sort((a, b) => a - b).map((trustee) => ({ trustee, reason: "dkg-equivocation" }));
}

/** Sums of the dealers' commitments. */
function jointKey(reveals: readonly RevealContent[], { threshold, trustees }: Ceremony): DkgKey | DkgAbort {
  const commitments = Array.from({ length: threshold }, (_, k) =>
    reveals.map((reveal) => reveal.commitments[k]!).reduce((sum, point) => sum.add(point)),
  );
  const verificationKeys = trustees.map((_, i) => evaluateCommitments(commitments, i + 1));
  if ([...commitments, ...verificationKeys].some((point) => point.is0()))
    return { aborted: true, culprits: [] };
  return { aborted: false, publicKey: commitments[0]!, commitments, verificationKeys };
}

/**
 * The joint key of a finished ceremony's `trustees/dkg.ndjson`, for auditors.
 *
 * @throws InputError `dkg-bad-transcript` (not exactly the 3n messages, each once, in their order),
 *   `dkg-failed` (the messages do not make a key; the place names the first culprit), or as
 *   {@link readDkgMessage}.
 */
export function verifyDkgTranscript(ndjson: Uint8Array, ceremony: Ceremony): DkgKey {
  const values = parseDkgTranscript(ndjson);
  const place = "trustees/dkg.ndjson";
  const n = ceremony.trustees.length;
  const order: readonly DkgRound[] = ["commit", "reveal", "verdict"];
  if (values.length !== 3 * n) throw new InputError("dkg-bad-transcript", `expected ${3 * n} lines`, place);
  for (const [i, value] of values.entries()) {
    const { round, trustee } = readDkgMessage(value, ceremony);
    if (round !== order[Math.floor(i / n)] || trustee !== (i % n) + 1) {
      throw new InputError("dkg-bad-transcript", "out of order", `${place} line ${i + 1}`);
    }
  }
  const outcome = finishDkg({ ceremony, messages: values });
  if (!outcome.aborted) return outcome;
  const { trustee, reason } = outcome.culprits[0] ?? { trustee: 0, reason: "identity key" };
  throw new InputError("dkg-failed", reason, `${place} trustee ${trustee}`);
}

/**
 * Whether two points lists are equal, as the commitments of a poll and of the ceremony a trustee took part in.
 */
export function samePoints(a: readonly Point[], b: readonly Point[]): boolean {
  return a.length === b.length && a.every((point, i) => point.equals(b[i]!));
}

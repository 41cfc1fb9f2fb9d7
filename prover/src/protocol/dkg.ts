// A trustee's side of the key generation, round by round. docs/spec/trustees.md §1.
//
// Every function is pure but for randomness: it takes the messages of the rounds so far and returns the
// trustee's next one. The polynomial lives only inside `startDkg`; afterwards the trustee reads its own share
// from its own reveal, encrypted to itself as to the others. JavaScript cannot overwrite a bigint: secrets
// that go out of scope stay in memory until the collector reuses it.
import { toHex } from "../formats/bytes.ts";
import { canonicalBytes } from "../formats/canonical-json.ts";
import { ed25519KeyPair } from "../formats/ed25519.ts";
import { SUBGROUP_ORDER } from "../formats/field.ts";
import { BASE8, multiply, multiplySecret, type Point, pointToJson, randomScalar } from "../formats/point.ts";
import { equalityToJson, proveEquality } from "./chaum-pedersen.ts";
import { type DkgAbort, finishDkg, judgeCommits, judgeReveals, readDkgMessages } from "./dkg-judge.ts";
import {
  type Ceremony,
  commitmentOf,
  complaintContext,
  DKG_TYPES,
  ephemeralContext,
  possessionContext,
  type RevealContent,
} from "./dkg-messages.ts";
import { encryptShare, openShare } from "./dkg-share.ts";
import { commitPolynomial, evaluatePolynomial, randomPolynomial } from "./polynomial.ts";
import { proveSchnorr, schnorrToJson } from "./schnorr.ts";
import { type SignedMessage, signMessage } from "./signed-message.ts";

/** A trustee's long-term keys. The two secrets never leave the trustee's device. */
export interface TrusteeKeys {
  /** Ed25519 seed, 32 bytes; secret. */
  readonly signingSecret: Uint8Array;
  /** 32 bytes, hexadecimal. */
  readonly signingKey: string;
  /** e in [1, l−1]; secret. */
  readonly encryptionSecret: bigint;
  /** E = e·Base8. */
  readonly encryptionKey: Point;
}

/** What a trustee keeps between rounds. Secret: it holds the keys, and a reveal that is not published yet. */
export interface DkgState {
  readonly ceremony: Ceremony;
  /** From 1. */
  readonly trusteeIndex: number;
  readonly keys: TrusteeKeys;
  readonly commit: SignedMessage;
  readonly reveal: SignedMessage;
}

/** A trustee's next message. */
export interface DkgStep {
  readonly aborted: false;
  readonly message: SignedMessage;
}

/** New long-term keys from the CSPRNG. */
export function trusteeKeys(): TrusteeKeys {
  const { secretKey, publicKey } = ed25519KeyPair();
  const encryptionSecret = randomScalar();
  return {
    signingSecret: secretKey,
    signingKey: publicKey,
    encryptionSecret,
    encryptionKey: multiplySecret(BASE8, encryptionSecret),
  };
}

/**
 * Round 1: draws the polynomial and commits to the reveal.
 *
 * A trustee starts a ceremony once: a second start under one `ceremonyId` would make two commits, which is
 * evidence of equivocation. Send the message, keep the state.
 *
 * @throws RangeError - the ceremony's threshold, or the keys at this index, are not as they must be.
 */
export function startDkg({
  ceremony,
  trusteeIndex,
  keys,
}: {
  ceremony: Ceremony;
  trusteeIndex: number;
  keys: TrusteeKeys;
}): { readonly message: SignedMessage; readonly state: DkgState } {
  const { threshold, trustees } = ceremony;
  if (2 * threshold <= trustees.length || threshold > trustees.length) {
    throw new RangeError(`threshold ${threshold} of ${trustees.length} is not a majority`);
  }
  const own = trustees[trusteeIndex - 1];
  if (own?.signingKey !== keys.signingKey || !own.encryptionKey.equals(keys.encryptionKey)) {
    throw new RangeError(`trustee ${trusteeIndex} of the ceremony has other keys`);
  }
  const revealMessage = makeReveal(ceremony, trusteeIndex);
  const commitment = commitmentOf(ceremony, trusteeIndex, canonicalBytes(revealMessage));
  const head = { ceremonyId: ceremony.ceremonyId, trustee: trusteeIndex };
  const commit = signMessage("dkg", { type: DKG_TYPES.commit, ...head, commitment }, keys.signingSecret);
  const reveal = signMessage("dkg", revealMessage, keys.signingSecret);
  return { message: commit, state: { ceremony, trusteeIndex, keys, commit, reveal } };
}

function makeReveal(ceremony: Ceremony, dealer: number): SignedMessage["message"] {
  const coefficients = randomPolynomial(ceremony.threshold);
  const commitments = commitPolynomial(coefficients);
  const ephemeralSecret = randomScalar();
  const ephemeral = multiplySecret(BASE8, ephemeralSecret);
  const possession = commitments.map((publicPoint, k) =>
    schnorrToJson(
      proveSchnorr(possessionContext(ceremony, dealer, k), { secret: coefficients[k]!, publicPoint }),
    ),
  );
  const ephemeralPossession = schnorrToJson(
    proveSchnorr(ephemeralContext(ceremony, dealer), { secret: ephemeralSecret, publicPoint: ephemeral }),
  );
  const shares = ceremony.trustees.map(({ encryptionKey }, j) => {
    const shared = multiplySecret(encryptionKey, ephemeralSecret);
    const share = evaluatePolynomial(coefficients, j + 1);
    return toHex(encryptShare({ ceremony, dealer, recipient: j + 1, shared }, share));
  });
  coefficients.fill(0n);
  return {
    type: DKG_TYPES.reveal,
    ceremonyId: ceremony.ceremonyId,
    trustee: dealer,
    commitments: commitments.map(pointToJson),
    ephemeral: pointToJson(ephemeral),
    possession,
    ephemeralPossession,
    shares,
  };
}

/**
 * Round 2: the reveal, once every commit is there.
 *
 * @param commits - untrusted JSON values, of all trustees.
 * @throws InputError - as `readDkgMessage`.
 */
export function revealDkg(state: DkgState, commits: readonly unknown[]): DkgStep | DkgAbort {
  const judged = judgeCommits(readDkgMessages([state.commit, ...commits], state.ceremony), state.ceremony);
  return judged.aborted ? judged : { aborted: false, message: state.reveal };
}

/**
 * Round 3: acceptance, or a complaint against the first dealer whose share is bad.
 *
 * A complaint opens the point K between the two, so the share itself; the ceremony ends with it.
 *
 * @param commits - untrusted JSON values, of all trustees.
 * @param reveals - the same.
 * @throws InputError - as `readDkgMessage`.
 */
export function verdictDkg(
  state: DkgState,
  commits: readonly unknown[],
  reveals: readonly unknown[],
): DkgStep | DkgAbort {
  const { ceremony, trusteeIndex, keys } = state;
  const messages = readDkgMessages([state.commit, state.reveal, ...commits, ...reveals], ceremony);
  const checked = judgeReveals(messages, ceremony);
  if (checked.aborted) return checked;
  const head = { type: DKG_TYPES.verdict, ceremonyId: ceremony.ceremonyId, trustee: trusteeIndex };
  const { transcript } = checked;
  for (const [i, reveal] of checked.reveals.entries()) {
    if (openOwnShare(state, i + 1, reveal) !== null) continue;
    const against = i + 1;
    const opening = multiplySecret(reveal.ephemeral, keys.encryptionSecret);
    const proof = proveEquality(complaintContext(ceremony, { accuser: trusteeIndex, against, transcript }), {
      base: reveal.ephemeral,
      publicPoint: keys.encryptionKey,
      image: opening,
      secret: keys.encryptionSecret,
    });
    const complaint = { ...head, accept: false, transcript, against };
    const evidence = { opening: pointToJson(opening), equality: equalityToJson(proof) };
    return { aborted: false, message: signMessage("dkg", { ...complaint, ...evidence }, keys.signingSecret) };
  }
  return {
    aborted: false,
    message: signMessage("dkg", { ...head, accept: true, transcript }, keys.signingSecret),
  };
}

function openOwnShare({ ceremony, trusteeIndex, keys }: DkgState, dealer: number, reveal: RevealContent) {
  const shared = multiplySecret(reveal.ephemeral, keys.encryptionSecret);
  return openShare({ ceremony, dealer, recipient: trusteeIndex, shared }, reveal);
}

/**
 * The trustee's share `s = Σᵢ fᵢ(j)` of a ceremony that succeeded, checked against its verification key.
 *
 * Before it signs the poll, a trustee compares the poll's `commitments` with those of `finishDkg`.
 *
 * @param messages - all messages, as for `finishDkg`.
 * @returns secret, in [1, l−1]. Keep it in a secret file (docs/spec/secret-file.md), erase it after the
 *   audited result.
 * @throws RangeError - the ceremony did not succeed.
 * @throws InputError - as `readDkgMessage`.
 */
export function trusteeShare(state: DkgState, messages: readonly unknown[]): bigint {
  const { ceremony, trusteeIndex } = state;
  const outcome = finishDkg({ ceremony, messages });
  if (outcome.aborted) throw new RangeError("the ceremony was aborted");
  const checked = judgeReveals(readDkgMessages(messages, ceremony), ceremony);
  if (checked.aborted) throw new RangeError("the ceremony was aborted");
  const share = checked.reveals.reduce((sum, reveal, i) => {
    const part = openOwnShare(state, i + 1, reveal);
    if (part === null)
      throw new RangeError(`share of dealer ${i + 1} is bad although this trustee accepted it`);
    return (sum + part) % SUBGROUP_ORDER;
  }, 0n);
  if (!multiply(BASE8, share).equals(outcome.verificationKeys[trusteeIndex - 1]!)) {
    throw new RangeError("share does not fit the verification key");
  }
  return share;
}

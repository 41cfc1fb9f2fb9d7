// A key generation with all trustees in one process.
import {
  type DkgState,
  type DkgStep,
  revealDkg,
  startDkg,
  type TrusteeKeys,
  trusteeShare,
  verdictDkg,
} from "../protocol/dkg.ts";
import { type DkgAbort, type DkgKey, finishDkg } from "../protocol/dkg-judge.ts";
import { type Ceremony, encodeDkgTranscript } from "../protocol/dkg-messages.ts";
import type { SignedMessage } from "../protocol/signed-message.ts";

/** A finished ceremony. */
export interface RehearsedCeremony {
  readonly key: DkgKey;
  /** s of each trustee, in order; secret. */
  readonly shares: readonly bigint[];
  /** `trustees/dkg.ndjson`. */
  readonly transcript: Uint8Array;
  readonly messages: readonly SignedMessage[];
}

/**
 * Plays all rounds honestly.
 *
 * @throws Error - the ceremony was aborted, which honest trustees never cause.
 */
export function rehearseCeremony(ceremony: Ceremony, keys: readonly TrusteeKeys[]): RehearsedCeremony {
  const started = keys.map((own, i) => startDkg({ ceremony, trusteeIndex: i + 1, keys: own }));
  const states = started.map(({ state }) => state);
  const commits = started.map(({ message }) => message);
  const reveals = states.map((state) => messageOf(revealDkg(state, commits)));
  const verdicts = states.map((state) => messageOf(verdictDkg(state, commits, reveals)));
  const messages = [...commits, ...reveals, ...verdicts];
  const key = finishDkg({ ceremony, messages });
  if (key.aborted) throw abortError(key);
  const shares = states.map((state: DkgState) => trusteeShare(state, messages));
  return { key, shares, transcript: encodeDkgTranscript(messages), messages };
}

function messageOf(step: DkgStep | DkgAbort): SignedMessage {
  if (step.aborted) throw abortError(step);
  return step.message;
}

function abortError({ culprits }: DkgAbort): Error {
  return new Error(
    `key generation aborted: ${culprits.map(({ trustee, reason }) => `${trustee} ${reason}`).join(", ")}`,
  );
}

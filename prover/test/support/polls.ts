// Polls of tests: a small single choice unless told.
import { ed25519KeyPair, type TrustAnchor, type ValidPoll, validatePoll } from "../../src/index.ts";
import { type PollPlan, type RehearsedPoll, rehearsePoll, rehearseRoll } from "../../src/rehearsal.ts";
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

// Before anybody works: a policy document, signed by the registrar.
import {
  claimScopeOf,
  type Ed25519KeyPair,
  type HoursPolicy,
  LEDGER_DEPTH,
  type LedgerName,
  policyBytes,
  pollLeaves,
  rollHead,
  rollTree,
  signPolicy,
} from "@commune-zk/prover";
import { type RehearsedRoll, randomHex } from "@commune-zk/prover/rehearsal";
import type { KeySet } from "../shared/keys.ts";
import { CATEGORY, MAX_AMOUNT, THRESHOLDS } from "./plan.ts";

/** Tier of the members who may claim. */
export const TIER = "member";

const DAY = 86_400;

/** A policy as the operator registers it. */
export interface RegisteredPolicy {
  readonly claimScope: string;
  /** Canonical bytes of `policy.json`. */
  readonly policy: Uint8Array;
  /** Canonical bytes of `signature.json`. */
  readonly signature: Uint8Array;
  /** `roll/events.ndjson`. */
  readonly rollEvents: Uint8Array;
}

/** A policy that is open now, for thirty days: twenty hours in a quarter, in at most four credits. */
export function draftPolicy({
  members,
  registrar,
  ledger,
  board,
  periods,
  keys,
  now,
}: {
  members: RehearsedRoll;
  registrar: Ed25519KeyPair;
  ledger: LedgerName;
  board: HoursPolicy["board"];
  /** The quarter, ascending. */
  periods: readonly number[];
  /** Of the hours circuits. */
  keys: KeySet;
  /** Seconds since 1970. */
  now: number;
}): RegisteredPolicy {
  const { roll, rollEvents } = members;
  const { manifest } = keys;
  const document: HoursPolicy = {
    type: "commune-zk/hours-policy/v1",
    organisation: { name: "Commune of the mill", key: registrar.publicKey },
    nonce: randomHex(),
    title: "Who worked at least twenty hours this quarter?",
    roll: {
      id: roll.rollId,
      head: rollHead(roll),
      batches: roll.batches,
      size: roll.positions.length,
      root: rollTree(pollLeaves(roll, [TIER]), LEDGER_DEPTH).root.toString(),
      tiers: [TIER],
    },
    ledger: { id: ledger.ledgerId, registryKey: ledger.registryKey },
    periods: { first: periods[0]!, last: periods.at(-1)! },
    category: CATEGORY,
    thresholds: [...THRESHOLDS],
    maxAmount: MAX_AMOUNT,
    credits: 4,
    opensAt: now - 1,
    closesAt: now + 30 * DAY,
    graceSeconds: 3600,
    board,
    keySet: { digest: manifest.digest, kind: manifest.manifest.kind },
  };
  const policy = policyBytes(document);
  const claimScope = claimScopeOf(policy);
  return { claimScope, policy, signature: signPolicy(claimScope, registrar.secretKey), rollEvents };
}

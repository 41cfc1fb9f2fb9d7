// Before the poll opens: what people decided, with keys, board and times.
import type { Ed25519KeyPair } from "@commune-zk/prover";
import type { PollPlan } from "@commune-zk/prover/rehearsal";
import type { KeySet } from "../shared/keys.ts";
import type { SettableClock } from "../shared/run.ts";
import type { ElectionPlan } from "./plan.ts";

/** The plan of a poll that opens now. */
export function pollPlan(
  { draft }: ElectionPlan,
  { manifest }: KeySet,
  board: Ed25519KeyPair,
  clock: SettableClock,
): PollPlan {
  const now = clock.now();
  return {
    organisation: draft.organisation.name,
    title: draft.title,
    options: draft.options,
    rules: draft.rules,
    tiers: draft.tiers,
    opensAt: now - 1,
    closesAt: now + 60 * draft.openForMinutes,
    minimumBallots: draft.minimumBallots,
    shardBallots: draft.shardBallots,
    trustees: draft.trustees,
    threshold: draft.threshold,
    witnesses: draft.witnesses,
    board: { name: draft.board, key: board.publicKey },
    keySet: { digest: manifest.digest, kind: manifest.manifest.kind },
  };
}

// The audit of a poll, and what a person reads of it.
import { type AuditReport, audit, checkpointOrigin, type TrustAnchor } from "@commune-zk/prover";
import { nodeThreads } from "@commune-zk/prover/node";
import { resultTable } from "../election/report.ts";
import { loadKeys } from "../shared/keys.ts";
import { publicFilesAt } from "./place.ts";
import { checkSeen } from "./seen.ts";

/**
 * Audits a poll and prints what was found.
 *
 * @param options - `place` is a directory or URL; `checkpoint` a signed note that was seen elsewhere.
 * @returns whether a trust anchor was given.
 * @throws InputError - the first bad item.
 */
export async function auditPoll({
  place,
  anchor,
  checkpoint,
  allowDevelopmentKeys,
}: {
  place: string;
  anchor: TrustAnchor;
  checkpoint: string | undefined;
  allowDevelopmentKeys: boolean;
}): Promise<boolean> {
  const { artifacts } = await loadKeys();
  const files = publicFilesAt(place);
  const threads = nodeThreads();
  const report = await audit({ files, artifacts, anchor, allowDevelopmentKeys, threads });
  if (checkpoint !== undefined) {
    const { poll, board } = report;
    const { name, key } = poll.poll.board;
    const log = { ...board, origin: checkpointOrigin(name, poll.pollId), publicKey: key };
    checkSeen(checkpoint, log, "--checkpoint");
  }
  print(report);
  return report.anchored;
}

function print({ poll, roll, board, closing, result, absent }: AuditReport): void {
  console.log(`poll      ${poll.pollId}, signed by registrar and ${poll.poll.trustees.length} trustees`);
  console.log(`roll      ${roll.batches} batches, ${roll.positions.length} positions`);
  const tiers = new Map<string, number>();
  for (const position of roll.positions)
    if (position) tiers.set(position.tier, (tiers.get(position.tier) ?? 0) + 1);
  for (const [tier, n] of tiers) {
    console.log(`          ${tier}: ${n}${poll.poll.roll.tiers.includes(tier) ? "" : " (not in this poll)"}`);
  }
  console.log(`board     ${board.size} records, ${board.counted.ballots.length} members, root ${board.root}`);
  console.log(
    closing === undefined ? "closing   none yet" : `closing   signed by closers ${closing.good.join(", ")}`,
  );
  if (result === undefined) console.log("result    none yet");
  else {
    const names = absent.map((trustee) => poll.poll.trustees[trustee - 1]!.name);
    if (names.length > 0) console.log(`shares    none of: ${names.join("; ")}`);
    console.log(`\n${resultTable(poll.poll, result).join("\n")}`);
  }
}

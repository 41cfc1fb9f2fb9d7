// npm run audit -- DIRECTORY|URL --poll-id ID | --registrar KEY [--checkpoint FILE] [--allow-development-keys]
// Exit: 0 good; 1 a fault, named; 2 wrong use; 3 consistent, but no trust anchor was given.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import {
  type AuditReport,
  audit,
  checkpointOrigin,
  InputError,
  type TrustAnchor,
  toHex,
  urlPublicFiles,
  verifyCheckpoint,
} from "@commune-zk/prover";
import { directoryPublicFiles } from "@commune-zk/prover/node";
import { resultTable } from "./election/report.ts";
import { loadKeys } from "./election/setup.ts";

const USAGE = `usage: npm run audit -- DIRECTORY|URL --poll-id ID | --registrar KEY
         [--checkpoint FILE] [--allow-development-keys]`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      "poll-id": { type: "string" },
      registrar: { type: "string" },
      checkpoint: { type: "string" },
      "allow-development-keys": { type: "boolean", default: false },
    },
  });
  const [place] = positionals;
  if (place === undefined || positionals.length > 1) {
    console.error(USAGE);
    return 2;
  }
  const { artifacts } = await loadKeys();
  const files = /^https?:\/\//.test(place)
    ? urlPublicFiles(place.replace(/\/$/, ""))
    : directoryPublicFiles(place);
  try {
    const report = await audit({
      files,
      artifacts,
      anchor: anchorOf(values["poll-id"], values.registrar),
      allowDevelopmentKeys: values["allow-development-keys"],
    });
    if (values.checkpoint !== undefined) checkSeen(report, await readFile(values.checkpoint, "utf8"));
    print(report);
    return report.anchored ? 0 : 3;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(`FAULT ${error.code}\n${error.message}`);
    return 1;
  }
}

function anchorOf(pollId: string | undefined, registrar: string | undefined): TrustAnchor {
  if (pollId !== undefined) return { kind: "poll-id", pollId };
  if (registrar !== undefined) return { kind: "registrar", key: registrar };
  return { kind: "none" };
}

/** A checkpoint that somebody kept must be one of this board's past. */
function checkSeen({ poll, board }: AuditReport, text: string): void {
  const seen = verifyCheckpoint(
    text,
    { origin: checkpointOrigin(poll.poll.board.name, poll.pollId), publicKey: poll.poll.board.key },
    "--checkpoint",
  );
  if (seen.size > board.size || board.rootAt(seen.size) !== toHex(seen.root)) {
    throw new InputError(
      "board-inconsistent",
      "the board was another one when this checkpoint was signed",
      "--checkpoint",
    );
  }
}

function print({ poll, roll, board, closing, result, absent, anchored }: AuditReport): void {
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
  console.log(
    anchored
      ? "\nEvery check passed."
      : "\ninternally consistent, not authenticated: no --poll-id and no --registrar was given",
  );
}

process.exitCode = await main();

// The roll that a scope document froze, against the roll's own log and files. docs/spec/public-files.md §2.
import { z } from "zod";
import { equalBytes } from "../formats/bytes.ts";
import { InputError } from "../formats/errors.ts";
import type { PublicFiles } from "../formats/public-files.ts";
import { publicPaths } from "../formats/public-paths.ts";
import { fieldText, hex } from "../formats/schema.ts";
import { type RollState, replayRoll, rollHead, tierName } from "./roll-log.ts";
import { pollLeaves, type RollTree, rollFiles, rollTree } from "./roll-tree.ts";

/** Shape of `roll` in a scope document. docs/spec/poll.md §2. */
export const frozenRollSchema = z.strictObject({
  id: hex(32),
  head: hex(32),
  batches: z.int().min(1),
  size: z.int().min(1),
  root: fieldText,
  tiers: z.array(tierName).min(1),
});

/** A roll as a valid scope document froze it. */
export interface FrozenRoll {
  readonly roll: z.infer<typeof frozenRollSchema>;
  /** Ed25519, hexadecimal. */
  readonly registrarKey: string;
  /** `roll.root`, decoded. */
  readonly rollRoot: bigint;
  /** Of the tree that the document's circuit proves against. */
  readonly depth: number;
}

/**
 * A roll, replayed and compared with what a document froze.
 *
 * @param events - untrusted, `roll/events.ndjson`.
 * @throws InputError `roll-not-of-poll`, or as `replayRoll`.
 */
export function checkFrozenRoll(
  { roll: frozen, registrarKey, rollRoot, depth }: FrozenRoll,
  events: Uint8Array,
): { roll: RollState; tree: RollTree } {
  const place = publicPaths.rollEvents;
  const roll = replayRoll(events, { rollId: frozen.id, registrarKey });
  const differs = (what: string) =>
    new InputError("roll-not-of-poll", `${what} differs from the document's`, place);
  if (roll.batches !== frozen.batches) throw differs("the number of batches");
  if (rollHead(roll) !== frozen.head) throw differs("the roll head");
  if (roll.positions.length !== frozen.size) throw differs("the number of positions");
  const tree = rollTree(pollLeaves(roll, frozen.tiers), depth);
  if (tree.root !== rollRoot) throw differs("the root");
  return { roll, tree };
}

/**
 * The roll's log and every file of its tree.
 *
 * @throws InputError `roll-files-malformed`, `file-missing`, or as {@link checkFrozenRoll}.
 */
export async function auditFrozenRoll(
  frozen: FrozenRoll,
  files: PublicFiles,
): Promise<{ roll: RollState; tree: RollTree }> {
  const { roll, tree } = checkFrozenRoll(frozen, await files.read(publicPaths.rollEvents));
  for (const [path, expected] of rollFiles(tree)) {
    if (!equalBytes(await files.read(path), expected)) {
      throw new InputError("roll-files-malformed", "not what the roll's log gives", path);
    }
  }
  return { roll, tree };
}

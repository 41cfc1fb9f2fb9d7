// The roll that a scope document froze, against the roll's own log and files. docs/spec/public-files.md §2.
import { z } from "zod";
import { equalBytes } from "../formats/bytes.ts";
import { InputError } from "../formats/errors.ts";
import type { PublicFiles } from "../formats/public-files.ts";
import { publicPaths } from "../formats/public-paths.ts";
import { fieldText, hex } from "../formats/schema.ts";
import { type RollState, replayRoll, rollHead, tierName } from "./roll-log.ts";
import {
  type GrowOptions,
  growRollTree,
  pollLeaves,
  type RollTree,
  rollFiles,
  rollTree,
} from "./roll-tree.ts";

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
export function checkFrozenRoll(frozen: FrozenRoll, events: Uint8Array): { roll: RollState; tree: RollTree } {
  const roll = replayFrozenRoll(frozen, events);
  const tree = rollTree(pollLeaves(roll, frozen.roll.tiers), frozen.depth);
  checkRoot(frozen, tree);
  return { roll, tree };
}

/**
 * The roll's log and every file of its tree, which is grown with turns for other work.
 *
 * @throws InputError `roll-files-malformed`, `file-missing`, or as {@link checkFrozenRoll}.
 * @throws unknown - the reason with which the signal fired.
 */
export async function auditFrozenRoll(
  frozen: FrozenRoll,
  files: PublicFiles,
  options: GrowOptions = {},
): Promise<{ roll: RollState; tree: RollTree }> {
  const roll = replayFrozenRoll(frozen, await files.read(publicPaths.rollEvents));
  const tree = await growRollTree(pollLeaves(roll, frozen.roll.tiers), frozen.depth, options);
  checkRoot(frozen, tree);
  for (const [path, expected] of rollFiles(tree)) {
    if (!equalBytes(await files.read(path), expected)) {
      throw new InputError("roll-files-malformed", "not what the roll's log gives", path);
    }
  }
  return { roll, tree };
}

function replayFrozenRoll({ roll: frozen, registrarKey }: FrozenRoll, events: Uint8Array): RollState {
  const roll = replayRoll(events, { rollId: frozen.id, registrarKey });
  if (roll.batches !== frozen.batches) throw differs("the number of batches");
  if (rollHead(roll) !== frozen.head) throw differs("the roll head");
  if (roll.positions.length !== frozen.size) throw differs("the number of positions");
  return roll;
}

function checkRoot({ rollRoot }: FrozenRoll, { root }: RollTree): void {
  if (root !== rollRoot) throw differs("the root");
}

function differs(what: string): InputError {
  return new InputError("roll-not-of-poll", `${what} differs from the document's`, publicPaths.rollEvents);
}

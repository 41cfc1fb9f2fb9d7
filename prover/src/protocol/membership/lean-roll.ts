// A roll as documents of membership freeze it: the members of some tiers, as a LeanIMT. docs/spec/membership.md §2.
import { z } from "zod";
import { InputError } from "../../formats/errors.ts";
import { parseFieldElement } from "../../formats/field.ts";
import type { PublicFiles } from "../../formats/public-files.ts";
import { publicPaths } from "../../formats/public-paths.ts";
import { fieldText, hex } from "../../formats/schema.ts";
import { type TreePaths, treeFiles } from "../poseidon-tree.ts";
import { type RollState, replayRoll, rollHead, tierName } from "../roll-log.ts";
import { pollLeaves } from "../roll-tree.ts";
import { type LeanPath, type LeanTree, leanDepth, leanPathFromFiles, leanTree } from "./lean-imt.ts";

/** Deepest circuit that there are pinned keys for: 2²⁰ members. */
export const MAX_MEMBERSHIP_DEPTH = 20;

/** Shape of `roll` in documents of membership. */
export const leanRollSchema = z.strictObject({
  id: hex(32),
  head: hex(32),
  batches: z.int().min(1),
  tiers: z.array(tierName).min(1),
  members: z.int().min(1),
  leanRoot: fieldText,
});

/** `roll` of a document. */
export type LeanRollJson = z.infer<typeof leanRollSchema>;

declare const signed: unique symbol;

/** A roll that its registrar has signed in a document; only reading such a document makes one. */
export interface LeanRoll {
  readonly [signed]: true;
  /** Ed25519 key of the registrar, hexadecimal. */
  readonly registrarKey: string;
  readonly rollId: string;
  readonly head: string;
  readonly batches: number;
  readonly tiers: readonly string[];
  /** Leaves of the LeanIMT: how many people a proof can be from. */
  readonly members: number;
  /** Root of the LeanIMT; never 0. */
  readonly root: bigint;
}

const paths: TreePaths = { leaves: publicPaths.rollLeaves, level10: publicPaths.rollLevel10 };

/**
 * The frozen roll of a document whose signature the caller checks.
 *
 * @throws InputError `not-canonical`, `roll-zero-root`, `roll-too-large`, `roll-duplicate-tier`.
 */
export function readLeanRoll(roll: LeanRollJson, registrarKey: string, place: string): LeanRoll {
  const { id, head, batches, tiers, members, leanRoot } = roll;
  const root = parseFieldElement(leanRoot, `${place} roll.leanRoot`);
  if (new Set(tiers).size !== tiers.length)
    throw new InputError("roll-duplicate-tier", "duplicate tiers", place);
  // The circuit gives root 0 for a path that is longer than its depth, whoever proves: docs/spec/membership.md §3.
  if (root === 0n) throw new InputError("roll-zero-root", "the root 0, which anybody can prove", place);
  if (leanDepth(members) > MAX_MEMBERSHIP_DEPTH) {
    throw new InputError("roll-too-large", `more than 2^${MAX_MEMBERSHIP_DEPTH} members`, place);
  }
  return { registrarKey, rollId: id, head, batches, tiers, members, root } as unknown as LeanRoll;
}

/** Commitments of the members of these tiers, in the order of their positions; nobody else takes a leaf. */
export function leanLeaves(state: RollState, tiers: readonly string[]): bigint[] {
  return pollLeaves(state, tiers).filter((leaf) => leaf !== 0n);
}

/**
 * `roll` of a document about these tiers of a roll, and its tree.
 *
 * @throws RangeError - nobody is of these tiers.
 */
export function leanRollOf(
  state: RollState,
  tiers: readonly string[],
): { readonly roll: LeanRollJson; readonly tree: LeanTree } {
  const leaves = leanLeaves(state, tiers);
  const tree = leanTree(leaves);
  const roll = {
    id: state.rollId,
    head: rollHead(state),
    batches: state.batches,
    tiers: [...tiers],
    members: leaves.length,
    leanRoot: tree.root.toString(),
  };
  return { roll, tree };
}

/** `roll/leaves/…` and `roll/level-10` of a LeanIMT: beside the document that freezes it. */
export function leanRollFiles(tree: LeanTree): Map<string, Uint8Array> {
  return treeFiles(tree, paths);
}

/**
 * The path of a member in a frozen roll, from the files of {@link leanRollFiles}.
 *
 * @throws InputError - as `leanPathFromFiles`.
 */
export function membershipPath({
  files,
  roll,
  commitment,
}: {
  files: PublicFiles;
  roll: LeanRoll;
  commitment: bigint;
}): Promise<LeanPath> {
  return leanPathFromFiles({ files, paths, roll, commitment });
}

/**
 * Checks that a frozen roll is what the registrar's log gives, as auditors and services do.
 *
 * @param events - untrusted, `roll/events.ndjson`, up to the frozen head.
 * @throws InputError `roll-not-of-poll` - the log is another one than the document froze; or as `replayRoll`.
 */
export function checkLeanRoll(
  roll: LeanRoll,
  events: Uint8Array,
): { readonly state: RollState; readonly tree: LeanTree } {
  const { rollId, registrarKey, batches, head, tiers, members, root } = roll;
  const state = replayRoll(events, { rollId, registrarKey });
  const differs = (what: string): InputError =>
    new InputError("roll-not-of-poll", `${what} differs from the document's`, publicPaths.rollEvents);
  if (state.batches !== batches) throw differs("the number of batches");
  if (rollHead(state) !== head) throw differs("the roll head");
  const leaves = leanLeaves(state, tiers);
  if (leaves.length !== members) throw differs("the number of members");
  const tree = leanTree(leaves);
  if (tree.root !== root) throw differs("the root");
  return { state, tree };
}

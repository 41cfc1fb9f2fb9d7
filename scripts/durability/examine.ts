// What has to be true of a database that is left after the power failed. docs/design/durability.md.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  BoardTree,
  checkpointOrigin,
  equalBytes,
  leafHash,
  type Receipt,
  type SealedBallot,
  toHex,
  type ValidPoll,
  verifyCheckpoint,
} from "@commune-zk/prover";
import { openSqliteStore, type SqliteStore } from "@commune-zk/verifier";
import Database from "better-sqlite3";
import { type Image, writeImage } from "./disk.ts";

/** Name of the database file. */
export const DATABASE = "board.sqlite";

/** A ballot whose sender holds a verified receipt. */
export interface Acknowledged {
  readonly ballot: SealedBallot;
  readonly receipt: Receipt;
}

/** What members and operator may rely on. */
export interface Promises {
  /** Whether the operator was told that the poll is registered. */
  readonly isRegistered: boolean;
  readonly acknowledged: readonly Acknowledged[];
  /** Sent, and not answered: may stand on the board. */
  readonly unanswered: readonly SealedBallot[];
  /** Checkpoints that anybody could read since the power failed last: another one in their place is a fork. */
  readonly published: ReadonlySet<string>;
}

/** What stood on the board at an earlier examination. */
export interface BoardSeen {
  /** Leaf hashes, in order. */
  readonly leaves: readonly Uint8Array[];
  /** Signed notes by size: their signature and root have been checked. */
  readonly checkpoints: ReadonlyMap<number, string>;
}

/** A promise that the image does not keep. */
export interface Finding {
  readonly code:
    | "not-opened"
    | "integrity"
    | "poll-lost"
    | "record-lost"
    | "record-changed"
    | "record-foreign"
    | "record-damaged"
    | "receipt-changed"
    | "half-written"
    | "checkpoint-lost"
    | "checkpoint-wrong"
    | "board-rewritten";
  readonly detail: string;
}

/** What was found. */
export interface Examination {
  readonly findings: readonly Finding[];
  readonly hasPoll: boolean;
  readonly seen: BoardSeen;
}

/** A board that nobody has seen. */
export const NOTHING_SEEN: BoardSeen = { leaves: [], checkpoints: new Map() };

/**
 * Opens an image with the product's own store, which recovers it, and holds it against what was promised.
 *
 * @param directory - where the image is written; emptied first. The image itself stays as it is.
 * @param before - the board of the image that the process started from.
 */
export async function examine({
  image,
  directory,
  poll,
  promises,
  before,
}: {
  image: Image;
  directory: string;
  poll: ValidPoll;
  promises: Promises;
  before: BoardSeen;
}): Promise<Examination> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeImage(image, directory);
  const path = join(directory, DATABASE);
  try {
    const store = await openSqliteStore(path);
    try {
      return await examineStore({ store, path, poll, promises, before });
    } finally {
      await store.close();
    }
  } catch (error) {
    const finding: Finding = { code: "not-opened", detail: String(error) };
    return { findings: [finding], hasPoll: false, seen: before };
  }
}

async function examineStore({
  store,
  path,
  poll,
  promises,
  before,
}: {
  store: SqliteStore;
  path: string;
  poll: ValidPoll;
  promises: Promises;
  before: BoardSeen;
}): Promise<Examination> {
  const { pollId } = poll;
  const findings: Finding[] = [];
  const add = (code: Finding["code"], detail: string): void => void findings.push({ code, detail });
  const { faults, checkpoints } = readRaw(path, pollId);
  for (const fault of faults) add("integrity", fault);

  const hasPoll = (await store.kindOf(pollId)) === "poll";
  if (promises.isRegistered && !hasPoll) add("poll-lost", "the registered poll is gone");
  const leaves = await store.leafHashes(pollId);
  const records = await store.records(pollId, 0, leaves.length);
  for (const [i, leaf] of leaves.entries()) {
    const record = records[i];
    if (record === undefined || !equalBytes(leafHash(record), leaf)) {
      add("record-damaged", `record ${i} is not what its leaf hash says`);
    }
  }

  // Nothing half-written: the newest checkpoint is over all records and no more.
  const latest = await store.latestCheckpoint(pollId);
  if (hasPoll && latest === undefined) add("half-written", "a poll without a checkpoint");
  if (latest !== undefined && latest.size !== leaves.length) {
    add("half-written", `${leaves.length} records under a checkpoint of ${latest.size}`);
  }
  checkHeads({ poll, leaves, checkpoints, before, add });
  for (const [i, leaf] of before.leaves.entries()) {
    if (leaves[i] === undefined || !equalBytes(leaves[i], leaf)) add("board-rewritten", `record ${i}`);
  }

  const known = new Set([
    ...promises.acknowledged.map(({ ballot }) => hashOf(ballot)),
    ...promises.unanswered.map(hashOf),
  ]);
  for (const [i, leaf] of leaves.entries()) {
    if (!known.has(toHex(leaf))) add("record-foreign", `record ${i} was never sent`);
  }
  const sizes = [...checkpoints.keys()].sort((a, b) => a - b);
  for (const { ballot, receipt } of promises.acknowledged) {
    const leaf = leaves[receipt.index];
    if (leaf === undefined) add("record-lost", `record ${receipt.index} has a receipt and is gone`);
    else if (toHex(leaf) !== hashOf(ballot)) add("record-changed", `another record at ${receipt.index}`);
    // The receipt was verified when it came: its checkpoint is over its record. Here it is the stored one.
    else if (checkpoints.get(covering(sizes, receipt.index)) !== receipt.checkpoint) {
      add("receipt-changed", `record ${receipt.index} is no more under the checkpoint of its receipt`);
    }
  }
  const stored = new Set(checkpoints.values());
  for (const note of promises.published) {
    if (!stored.has(note)) add("checkpoint-lost", `a checkpoint was shown and is gone:\n${note}`);
  }
  return { findings, hasPoll, seen: { leaves, checkpoints } };
}

/** Every checkpoint is the board's own, of the board as it was at that size, and none has gone or changed. */
function checkHeads({
  poll,
  leaves,
  checkpoints,
  before,
  add,
}: {
  poll: ValidPoll;
  leaves: readonly Uint8Array[];
  checkpoints: ReadonlyMap<number, string>;
  before: BoardSeen;
  add: (code: Finding["code"], detail: string) => void;
}): void {
  const expected = {
    origin: checkpointOrigin(poll.poll.board.name, poll.pollId),
    publicKey: poll.poll.board.key,
  };
  const tree = new BoardTree();
  for (const leaf of leaves) tree.appendLeafHash(leaf);
  for (const [size, note] of checkpoints) {
    if (before.checkpoints.get(size) === note) continue;
    try {
      const head = verifyCheckpoint(note, expected);
      if (head.size === size && size <= tree.size && equalBytes(head.root, tree.root(size))) continue;
      add("checkpoint-wrong", `the checkpoint of size ${size} is of another tree`);
    } catch (error) {
      add("checkpoint-wrong", `the checkpoint of size ${size}: ${String(error)}`);
    }
  }
  for (const [size, note] of before.checkpoints) {
    if (checkpoints.get(size) !== note) add("board-rewritten", `the checkpoint of size ${size}`);
  }
}

function hashOf({ record }: SealedBallot): string {
  return toHex(leafHash(record));
}

/** The smallest size above an index; sizes ascend. */
function covering(sizes: readonly number[], index: number): number {
  return sizes.find((size) => size > index) ?? -1;
}

/** What the store does not tell: the database's own checks, and all checkpoints of a poll. */
function readRaw(path: string, pollId: string): { faults: string[]; checkpoints: Map<number, string> } {
  const database = new Database(path, { readonly: true });
  try {
    const integrity = database.pragma("integrity_check") as { integrity_check: string }[];
    const faults = integrity.map((row) => row.integrity_check).filter((text) => text !== "ok");
    const foreign = database.pragma("foreign_key_check") as { table: string }[];
    for (const { table } of foreign) faults.push(`a row of ${table} belongs to no poll`);
    const rows = database.prepare("SELECT size, note FROM checkpoint WHERE scope = ?").all(pollId) as {
      size: number;
      note: string;
    }[];
    return { faults, checkpoints: new Map(rows.map(({ size, note }) => [size, note])) };
  } finally {
    database.close();
  }
}

// The board of one poll, policy or petition: group commits, receipts, tiles. docs/spec/board.md,
// docs/design/verifier.md.
import {
  BoardTree,
  checkpointOrigin,
  encodeEntries,
  parseTilePath,
  publicPaths,
  signCheckpoint,
  utf8,
} from "@commune-zk/prover";
import type { Checkpoint, NewRecord, Store } from "./store.ts";

/** What became of a record. */
export type RecordOutcome<R> =
  | { readonly recorded: true; readonly isNew: boolean; readonly receipt: R }
  | { readonly recorded: false; readonly reason: "nullifier-used" };

/** Where a record stands, as receipts say it. */
export interface Standing {
  readonly record: Uint8Array;
  readonly index: number;
  /** The signed note. */
  readonly checkpoint: string;
  readonly inclusion: readonly Uint8Array[];
}

/** Whose board, and what its receipts look like. */
export interface BoardSubject<R> {
  /** `pollId`, `claimScope` or `petitionId`. */
  readonly scope: string;
  /** As the document names it, in the checkpoints' origin. */
  readonly boardName: string;
  readonly receipt: (standing: Standing) => R;
}

/** What a board is opened on. */
export interface BoardOptions<R> extends BoardSubject<R> {
  readonly store: Store;
  /** Ed25519 seed of the board. */
  readonly boardKey: Uint8Array;
  /** How long a record waits for others to be committed with it, in ms; at most 250. */
  readonly commitDelayMs: number;
}

interface Waiting<R> {
  readonly candidate: NewRecord;
  readonly resolve: (outcome: RecordOutcome<R>) => void;
  readonly reject: (error: unknown) => void;
}

/** The board of one scope, the only writer of it. */
export class Board<R> {
  readonly #options: BoardOptions<R>;
  #tree: BoardTree;
  // True after a commit that failed: it may have happened although its answer was lost.
  #isStale = false;
  #refreshing: Promise<void> | undefined;
  #waiting: Waiting<R>[] = [];
  #timer: NodeJS.Timeout | undefined;
  #committing: Promise<void> = Promise.resolve();

  private constructor(options: BoardOptions<R>, tree: BoardTree) {
    this.#options = options;
    this.#tree = tree;
  }

  /** Opens a registered board from the store. */
  static async open<R>(options: BoardOptions<R>): Promise<Board<R>> {
    return new Board(options, await readTree(options));
  }

  /** Number of records. */
  get size(): number {
    return this.#tree.size;
  }

  /** Root of the first `size` records, 32 bytes. */
  root(size: number): Uint8Array {
    return this.#tree.root(size);
  }

  /** The receipt of a statement that is recorded already. */
  async receiptOf(statementHash: Uint8Array): Promise<R | undefined> {
    const { scope, store } = this.#options;
    const index = await store.findStatement(scope, statementHash);
    if (index === undefined) return undefined;
    // The store may hold a record that the tree does not yet: one whose commit is under way.
    await this.#committing;
    await this.#refresh();
    return this.#receipt(index);
  }

  /** Records a candidate whose proof has been verified. Durable when this resolves. */
  record(candidate: NewRecord): Promise<RecordOutcome<R>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ candidate, resolve, reject });
      this.#timer ??= setTimeout(() => this.#flush(), this.#options.commitDelayMs);
    });
  }

  /** Commits what waits. No record may be handed in afterwards. */
  async close(): Promise<void> {
    this.#flush();
    await this.#committing;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting;
    this.#waiting = [];
    // One commit after another: each signs a checkpoint over the one before.
    if (batch.length > 0) this.#committing = this.#committing.then(() => this.#commit(batch));
  }

  async #commit(batch: readonly Waiting<R>[]): Promise<void> {
    const { scope, store } = this.#options;
    const candidates = batch.map(({ candidate }) => candidate);
    try {
      await this.#refresh();
      let appended: readonly number[] = [];
      const outcomes = await store.appendRecords(scope, this.#tree.size, candidates, (positions) => {
        appended = positions;
        return this.#seal(positions.map((position) => candidates[position]!.leafHash));
      });
      // Durable from here on: only now does the tree that receipts and tiles are made from grow.
      for (const position of appended) this.#tree.appendLeafHash(candidates[position]!.leafHash);
      for (const [i, outcome] of outcomes.entries()) {
        const { resolve } = batch[i]!;
        if (outcome.kind === "nullifier-used") resolve({ recorded: false, reason: "nullifier-used" });
        else
          resolve({
            recorded: true,
            isNew: outcome.kind === "appended",
            receipt: await this.#receipt(outcome.index),
          });
      }
    } catch (error) {
      this.#isStale = true;
      for (const { reject } of batch) reject(error);
    }
  }

  /** After a failed commit what the store holds decides, not what this process thought. */
  async #refresh(): Promise<void> {
    if (!this.#isStale) return;
    // One at a time: a second reading could end after a commit and take its records off the tree again.
    this.#refreshing ??= readTree(this.#options)
      .then((tree) => {
        this.#tree = tree;
        this.#isStale = false;
      })
      .finally(() => {
        this.#refreshing = undefined;
      });
    await this.#refreshing;
  }

  /** The checkpoint of the board with these leaves more. */
  #seal(leafHashes: readonly Uint8Array[]): Checkpoint {
    const next = this.#tree.with(leafHashes);
    return { size: next.size, note: signHead(this.#options, next) };
  }

  async #receipt(index: number): Promise<R> {
    const { scope, store, receipt } = this.#options;
    const [record] = await store.records(scope, index, index + 1);
    const checkpoint = await store.checkpointCovering(scope, index);
    if (record === undefined || checkpoint === undefined)
      throw new Error(`board entry ${index} is not in the store`);
    return receipt({
      record,
      index,
      checkpoint: checkpoint.note,
      inclusion: this.#tree.inclusion(index, checkpoint.size),
    });
  }

  /** A file below `board/`, or undefined where there is none. */
  async file(path: string): Promise<Uint8Array | undefined> {
    const { scope, store } = this.#options;
    if (path === publicPaths.checkpoint) {
      const checkpoint = await store.latestCheckpoint(scope);
      return checkpoint && utf8(checkpoint.note);
    }
    const tile = parseTilePath(path);
    if (tile === undefined) return undefined;
    await this.#refresh();
    const start = 256 * tile.index;
    const end = start + tile.width;
    if (tile.level === "entries") {
      const records = await store.records(scope, start, end);
      return records.length === tile.width ? encodeEntries(records) : undefined;
    }
    const hashes = this.#tree.subtreeRoots(8 * tile.level, start, end);
    return hashes.length === tile.width ? Buffer.concat(hashes) : undefined;
  }
}

async function readTree({
  store,
  scope,
}: Pick<BoardOptions<unknown>, "store" | "scope">): Promise<BoardTree> {
  const tree = new BoardTree();
  for (const hash of await store.leafHashes(scope)) tree.appendLeafHash(hash);
  return tree;
}

/**
 * The signed checkpoint of a board.
 *
 * @param scope - also a ledger's id.
 */
export function signHead(
  {
    boardName,
    scope,
    boardKey,
  }: { readonly boardName: string; readonly scope: string; readonly boardKey: Uint8Array },
  tree: BoardTree,
): string {
  return signCheckpoint(checkpointOrigin(boardName, scope), { size: tree.size, root: tree.root() }, boardKey);
}

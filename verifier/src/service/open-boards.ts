// Boards of one kind with their documents: opened once, from what the store holds.
import { BoardTree, InputError } from "@commune-zk/prover";
import { Board, type BoardSubject, signHead } from "./board.ts";
import type { BoardKind, Store } from "./store.ts";

/** A document with its board. */
export interface Opened<D, R> {
  readonly document: D;
  readonly board: Board<R>;
}

/** What {@link OpenBoards} works on. */
export interface OpenBoardsOptions<D, R> {
  readonly kind: BoardKind;
  readonly store: Store;
  /** Ed25519 seed of all boards. */
  readonly boardKey: Uint8Array;
  readonly commitDelayMs: number;
  /** Paths of the files that {@link judge} reads. */
  readonly paths: readonly string[];
  /** The document from its stored files, in the order of `paths`. */
  readonly judge: (files: readonly Uint8Array[]) => D;
  readonly subject: (document: D) => BoardSubject<R>;
}

/** The boards of one kind. */
export class OpenBoards<D, R> {
  readonly #options: OpenBoardsOptions<D, R>;
  readonly #opened = new Map<string, Promise<Opened<D, R>>>();

  /** No board is opened before it is asked for. */
  constructor(options: OpenBoardsOptions<D, R>) {
    this.#options = options;
  }

  /** Registers a document that was judged good. @returns whether it is new. */
  register(document: D, files: ReadonlyMap<string, Uint8Array>): Promise<boolean> {
    const { kind, store, boardKey } = this.#options;
    const subject = this.#options.subject(document);
    const empty = { size: 0, note: signHead({ ...subject, boardKey }, new BoardTree()) };
    return store.insertBoard(subject.scope, { kind, files, empty });
  }

  /** @throws InputError `<kind>-unknown` - no board of this scope and kind. */
  open(scope: string): Promise<Opened<D, R>> {
    const known = this.#opened.get(scope);
    if (known !== undefined) return known;
    const opened = this.#read(scope);
    this.#opened.set(scope, opened);
    opened.catch(() => this.#opened.delete(scope));
    return opened;
  }

  async #read(scope: string): Promise<Opened<D, R>> {
    const { kind, store, boardKey, commitDelayMs, paths, judge, subject } = this.#options;
    if ((await store.kindOf(scope)) !== kind) throw new InputError(`${kind}-unknown`, `no such ${kind}`);
    const files = await Promise.all(paths.map((path) => store.readFile(scope, path)));
    let document: D;
    try {
      document = judge(files.map((file) => file!));
    } catch (cause) {
      // It was good when it came, so a fault now is the service's, and no InputError.
      throw new Error(`a registered ${kind} does not fit the service's keys or settings any more`, { cause });
    }
    const board = await Board.open({ ...subject(document), store, boardKey, commitDelayMs });
    return { document, board };
  }

  /**
   * A public file beside a document, or of its board.
   *
   * @throws InputError `<kind>-unknown`, `file-missing`.
   */
  async publicFile(scope: string, path: string): Promise<Uint8Array> {
    const { board } = await this.open(scope);
    const content = (await this.#options.store.readFile(scope, path)) ?? (await board.file(path));
    if (content === undefined) throw new InputError("file-missing", "no such public file", path);
    return content;
  }

  /** Commits what waits. */
  async close(): Promise<void> {
    for (const opened of this.#opened.values()) await (await opened).board.close();
  }
}

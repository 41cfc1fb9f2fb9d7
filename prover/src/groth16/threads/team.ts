// The other threads of an engine.
import type { KernelModules } from "../../wasm/modules.ts";
import { type Piece, pieceBytes } from "../pieces.ts";
import { groupOf, type Terms } from "../sums.ts";
import { Member, ThreadLostError } from "./member.ts";
import type { ThreadOptions } from "./port.ts";
import { isShared } from "./share.ts";

/** A part of a sum that a thread has computed. */
export interface PieceSum {
  readonly piece: Piece;
  /** In extended coordinates, as the kernels have it. */
  readonly point: Uint8Array;
}

/** Any number of threads, also none. */
export class Team {
  readonly #members: readonly Member[];
  #pieces: readonly (readonly Piece[])[] = [];

  private constructor(members: readonly Member[]) {
    this.#members = members;
  }

  /** @throws ThreadLostError - one cannot be started. */
  static start({ count, start }: ThreadOptions): Team {
    const members: Member[] = [];
    try {
      for (let i = 1; i < count; i++) members.push(new Member(start()));
    } catch {
      for (const member of members) member.end();
      throw new ThreadLostError();
    }
    return new Team(members);
  }

  /** Of nobody. */
  static readonly nobody = new Team([]);

  get size(): number {
    return this.#members.length;
  }

  /**
   * Gives each its pieces of a proving key, in place of those it had.
   *
   * @throws InputError `zkey-malformed`.
   * @throws RangeError - no more memory.
   * @throws ThreadLostError - one is gone.
   */
  async load(terms: Terms, pieces: readonly (readonly Piece[])[], modules: KernelModules): Promise<void> {
    this.#pieces = pieces;
    const loading = this.#members.map((member, i) => {
      const loads = pieces[i]!.map((piece) => ({
        group: groupOf(piece.sum),
        // A copy: what is sent with a view is all that it is a view of.
        points: new Uint8Array(pieceBytes(terms, piece)),
      }));
      const transfer = loads.map(({ points }) => points.buffer as ArrayBuffer);
      return member.ask({ kind: "load", pieces: loads, modules }, "loaded", transfer);
    });
    await all(loading);
  }

  /**
   * Has each compute those of its pieces that are chosen.
   *
   * @param scalarsOf - the scalars of a piece, 32 bytes each, as the only ones in their buffer, which is sent.
   * @param secrets - gets shared scalars and all answers, for the caller to overwrite when all is done or stopped.
   *   Scalars that are not shared move, and are overwritten where they go.
   * @throws ThreadLostError - one is gone.
   */
  sums(
    chosen: (piece: Piece) => boolean,
    scalarsOf: (piece: Piece) => Uint8Array,
    secrets: Uint8Array[],
  ): Promise<PieceSum[]> {
    const asked = this.#members.flatMap((member, i) =>
      this.#pieces[i]!.map(async (piece, index): Promise<PieceSum | undefined> => {
        if (!chosen(piece)) return undefined;
        const scalars = scalarsOf(piece);
        const transfer: ArrayBuffer[] = [];
        if (isShared(scalars)) secrets.push(scalars);
        else transfer.push(scalars.buffer as ArrayBuffer);
        const { point } = await member.ask({ kind: "sum", piece: index, scalars }, "sum", transfer);
        secrets.push(point);
        return { piece, point };
      }),
    );
    return all(asked).then((sums) => sums.filter((sum) => sum !== undefined));
  }

  /** Ends all sums that are under way. Afterwards no thread holds anything of a witness. */
  async stop(): Promise<void> {
    // One that is gone holds nothing.
    await Promise.allSettled(this.#members.map((member) => member.ask({ kind: "stop" }, "stopped")));
  }

  /** Ends the threads. */
  end(): void {
    for (const member of this.#members) member.end();
  }
}

/** Rejects with the first that rejects, once all have settled: nothing is under way any more. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

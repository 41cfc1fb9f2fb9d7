// The other threads of an engine.
import { InputError } from "../../formats/errors.ts";
import type { Zkey } from "../../formats/zkey.ts";
import { groupOf, type Piece, pieceBytes } from "../pieces.ts";
import type { FromThread, ToThread } from "./messages.ts";
import type { ThreadOptions, ThreadPort } from "./port.ts";
import { sendable } from "./share.ts";

/** A thread could not be started, or has ended, or did what none does. The engine then goes on without it. */
export class ThreadLostError extends Error {
  /** Nothing is told of it. */
  constructor() {
    super("a thread of the engine was lost");
    this.name = "ThreadLostError";
  }
}

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
  async load(zkey: Zkey, pieces: readonly (readonly Piece[])[], relaxedSimd: boolean): Promise<void> {
    this.#pieces = pieces;
    const loading = this.#members.map((member, i) => {
      const loads = pieces[i]!.map((piece) => ({
        group: groupOf(piece.sum),
        // A copy: what is sent with a view is all that it is a view of.
        points: new Uint8Array(pieceBytes(zkey, piece)),
      }));
      const transfer = loads.map(({ points }) => points.buffer as ArrayBuffer);
      return member.ask({ kind: "load", pieces: loads, relaxedSimd }, "loaded", transfer);
    });
    await all(loading);
  }

  /**
   * Has each compute those of its pieces that are chosen.
   *
   * @param scalarsOf - the scalars of a piece, 32 bytes each; overwritten by the caller when all is done or stopped.
   * @param secrets - gets the bytes of every answer, for the caller to overwrite.
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
        const { bytes, transfer } = sendable(scalarsOf(piece));
        const { point } = await member.ask({ kind: "sum", piece: index, scalars: bytes }, "sum", transfer);
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

type Question<M = ToThread> = M extends ToThread ? Omit<M, "id"> : never;
type Answer<K extends FromThread["kind"]> = Extract<FromThread, { readonly kind: K }>;

/** One thread, and the questions that it has not answered yet. */
class Member {
  readonly #port: ThreadPort;
  readonly #waiting = new Map<number, (answer: FromThread | undefined) => void>();
  #asked = 0;
  #isGone = false;

  constructor(port: ThreadPort) {
    this.#port = port;
    port.keep?.(false);
    port.listen(
      (message) => {
        const answer = message as FromThread;
        this.#waiting.get(answer.id)?.(answer);
      },
      () => this.end(),
    );
  }

  /** @throws InputError | RangeError | ThreadLostError - as `Team` says. */
  async ask<K extends FromThread["kind"]>(
    question: Question,
    expected: K,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Answer<K>> {
    if (this.#isGone) throw new ThreadLostError();
    const id = this.#asked++;
    const answer = await new Promise<FromThread | undefined>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#port.keep?.(true);
      this.#port.post({ ...question, id }, transfer);
    });
    this.#waiting.delete(id);
    if (this.#waiting.size === 0 && !this.#isGone) this.#port.keep?.(false);
    if (answer?.kind === expected) return answer as Answer<K>;
    if (answer?.kind === "failed" && answer.why === "malformed") {
      throw new InputError("zkey-malformed", "a coordinate is not below q", "zkey");
    }
    if (answer?.kind === "failed" && answer.why === "memory") throw new RangeError("no memory for a thread");
    throw new ThreadLostError();
  }

  end(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#port.end();
    for (const resolve of [...this.#waiting.values()]) resolve(undefined);
  }
}

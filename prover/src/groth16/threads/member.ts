// One thread as those see it who started it.
import { InputError } from "../../formats/errors.ts";
import type { FromThread, ToThread } from "./messages.ts";
import type { ThreadPort } from "./port.ts";

/** A thread could not be started, or has ended, or did what none does. The engine then goes on without it. */
export class ThreadLostError extends Error {
  /** Nothing is told of it. */
  constructor() {
    super("a thread of the engine was lost");
    this.name = "ThreadLostError";
  }
}

type Question<M = ToThread> = M extends ToThread ? Omit<M, "id"> : never;
type Answer<K extends FromThread["kind"]> = Extract<FromThread, { readonly kind: K }>;

/** One thread, and the questions that it has not answered yet. */
export class Member {
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

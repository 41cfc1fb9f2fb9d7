// The outside of a process that makes proofs and nothing else.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { MadeProof, Provable, Provables, ProverAnswer, ProverSetup } from "./serve-proofs.ts";

/** A process of its own, which proves one kind of thing. It ends with `dispose`, or when this process does. */
export class ProverProcess<K extends Provable> {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /**
   * Starts a process and has it read its keys.
   *
   * @param entry - path of a script that calls `serveProofs`.
   * @throws Error - it did not start, or refused its setup.
   */
  static async start<K extends Provable>(entry: string, setup: ProverSetup<K>): Promise<ProverProcess<K>> {
    // A shell stands between: on Linux a process starts with the peak RSS of the one that called exec for it,
    // which would be ours. The exit keeps the shell from giving its own place to node.
    const child = spawn("sh", ["-c", '"$0" "$1"; exit $?', process.execPath, entry], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      serialization: "advanced",
    });
    const started = new ProverProcess<K>(child);
    await started.#ask(setup);
    return started;
  }

  /**
   * Makes one proof. One at a time.
   *
   * @throws Error - it could not be made, or the process ended.
   */
  async prove(job: Provables[K]["job"]): Promise<MadeProof<K>> {
    const { made } = await this.#ask(job);
    if (made === undefined) throw new Error("the process answered without a proof");
    return made;
  }

  /** Ends the process, and resolves when it has ended. */
  async dispose(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    if (this.#child.connected) this.#child.disconnect();
    await ended;
  }

  async #ask(message: ProverSetup<K> | Provables[K]["job"]): Promise<{ readonly made?: MadeProof<K> }> {
    const done = new AbortController();
    const { signal } = done;
    const ended = once(this.#child, "exit", { signal }).then(([code]): never => {
      throw new Error(`the process that makes proofs ended with code ${code}`);
    });
    try {
      this.#child.send(message);
      const [answer] = (await Promise.race([once(this.#child, "message", { signal }), ended])) as [
        ProverAnswer<K>,
      ];
      if ("error" in answer) throw new Error(`the process that makes proofs failed: ${answer.error}`);
      return answer;
    } finally {
      done.abort();
      ended.catch(() => undefined);
    }
  }
}

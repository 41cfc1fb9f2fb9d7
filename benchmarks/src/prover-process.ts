// The outside of a process that makes proofs and nothing else.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { askChild, hasEnded } from "./ask-child.ts";
import type { LimitedGroup } from "./browser/limited-group.ts";
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
   * @param group - limits within which it runs from its first instruction on.
   * @param signal - kills it, whatever it is doing.
   * @throws ProcessEndError - it did not start.
   * @throws ProverError - it refused its setup.
   */
  static async start<K extends Provable>(
    entry: string,
    setup: ProverSetup<K>,
    { group, signal }: { group?: LimitedGroup | null; signal?: AbortSignal } = {},
  ): Promise<ProverProcess<K>> {
    signal?.throwIfAborted();
    const node = (await group?.wrap(process.execPath)) ?? process.execPath;
    // A shell stands between: on Linux a process starts with the peak RSS of the one that called exec for it,
    // which would be ours. The exit keeps the shell from giving its own place to node. Both are a process group of
    // their own, to be killed together; a terminal's interrupt does not reach them.
    const child = spawn("sh", ["-c", '"$0" "$1"; exit $?', node, entry], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      serialization: "advanced",
      detached: true,
    });
    const started = new ProverProcess<K>(child);
    const kill = (): void => started.#kill();
    signal?.addEventListener("abort", kill);
    child.once("exit", () => signal?.removeEventListener("abort", kill));
    await started.#ask(setup);
    return started;
  }

  /**
   * Makes one proof. One at a time.
   *
   * @throws ProverError - it could not be made.
   * @throws ProcessEndError - the process ended.
   */
  async prove(job: Provables[K]["job"]): Promise<MadeProof<K>> {
    const { made } = await this.#ask(job);
    if (made === undefined) throw new Error("the process answered without a proof");
    return made;
  }

  /** Ends the process once it has no proof at work, and resolves when it has ended. */
  async dispose(): Promise<void> {
    if (hasEnded(this.#child)) return;
    const ended = once(this.#child, "exit");
    if (this.#child.connected) this.#child.disconnect();
    await ended;
  }

  #kill(): void {
    if (hasEnded(this.#child) || this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }

  async #ask(message: ProverSetup<K> | Provables[K]["job"]): Promise<{ readonly made?: MadeProof<K> }> {
    const answer = await askChild<ProverAnswer<K>>(this.#child, message);
    if ("error" in answer) throw new ProverError(`the process that makes proofs failed: ${answer.error}`);
    return answer;
  }
}

/** What a process answered instead of a proof. */
export class ProverError extends Error {}

// The outside of a process that makes proofs and nothing else.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { MadeProof, ProofJob, ProverAnswer, ProverSetup } from "./serve-proofs.ts";

/** A process of its own, for one poll. It ends with `dispose`, or when this process does. */
export class ProverProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /**
   * Starts a process and gives it its poll.
   *
   * @param entry - path of a script that calls `serveProofs`.
   * @throws Error - it did not start, or refused the poll.
   */
  static async start(entry: string, setup: ProverSetup): Promise<ProverProcess> {
    // A shell stands between: on Linux a process starts with the peak RSS of the one that called exec for it,
    // which would be ours. The exit keeps the shell from giving its own place to node.
    const child = spawn("sh", ["-c", '"$0" "$1"; exit $?', process.execPath, entry], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      serialization: "advanced",
    });
    const started = new ProverProcess(child);
    await started.#ask(setup);
    return started;
  }

  /**
   * Makes one ballot. One at a time.
   *
   * @throws Error - it could not be made, or the process ended.
   */
  async prove(job: ProofJob): Promise<MadeProof> {
    const { proof } = await this.#ask(job);
    if (proof === undefined) throw new Error("the process answered without a proof");
    return proof;
  }

  /** Ends the process, and resolves when it has ended. */
  async dispose(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    if (this.#child.connected) this.#child.disconnect();
    await ended;
  }

  async #ask(message: ProverSetup | ProofJob): Promise<{ readonly proof?: MadeProof }> {
    const done = new AbortController();
    const { signal } = done;
    const ended = once(this.#child, "exit", { signal }).then(([code]): never => {
      throw new Error(`the process that makes proofs ended with code ${code}`);
    });
    try {
      this.#child.send(message);
      const [answer] = (await Promise.race([once(this.#child, "message", { signal }), ended])) as [
        ProverAnswer,
      ];
      if ("error" in answer) throw new Error(`the process that makes proofs failed: ${answer.error}`);
      return answer;
    } finally {
      done.abort();
      ended.catch(() => undefined);
    }
  }
}

// One side of a comparison: a process that is held open and proves with that side's engine.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { askChild, hasEnded, ProcessEndError } from "../ask-child.ts";
import type { SideAnswer, SideProof, SideSetup } from "./serve-side.ts";

/** An engine that makes the same proof again and again. */
export interface Side {
  /** The function of the side's prover that made its engine. */
  readonly engine: string;
  /**
   * Makes one proof. One at a time.
   *
   * @throws SideError - it could not be made, or not in time; the side is of no use any more.
   */
  prove(): Promise<SideProof>;
  /** Ends the process, whatever it is doing, and resolves when it has ended. */
  close(): Promise<void>;
}

/** A side could not prove. */
export class SideError extends Error {}

const PROOF_TIMEOUT_MS = 120_000;

/**
 * Starts a side.
 *
 * @param entry - path of a script that calls `serveSide`.
 * @param signal - kills the process.
 * @throws SideError - it did not start, or its prover cannot be used.
 */
export async function openSide(
  { entry, timeoutMs = PROOF_TIMEOUT_MS, ...setup }: SideSetup & { entry: string; timeoutMs?: number },
  signal: AbortSignal,
): Promise<Side> {
  signal.throwIfAborted();
  // A process group of its own: a terminal's interrupt reaches us alone, and we end it. What its code prints goes to
  // the standard error: the standard output is ours.
  const child = fork(entry, [], {
    execArgv: [],
    stdio: ["ignore", 2, 2, "ipc"],
    serialization: "advanced",
    detached: true,
  });
  const kill = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", kill);
  child.once("exit", () => signal.removeEventListener("abort", kill));

  const ask = async (message: SideSetup | "prove"): Promise<SideAnswer> => {
    const timeout = setTimeout(kill, timeoutMs);
    try {
      return await answerOf(child, message, timeoutMs);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timeout);
    }
  };
  const close = async (): Promise<void> => {
    if (hasEnded(child)) return;
    const ended = once(child, "exit");
    kill();
    await ended;
  };

  try {
    const started = await ask(setup);
    if (!("engine" in started)) throw new SideError("the process answered its setup with a proof");
    return {
      engine: started.engine,
      async prove() {
        const answer = await ask("prove");
        if (!("made" in answer)) throw new SideError("the process answered without a proof");
        return answer.made;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws SideError - the process says so, or has ended. */
async function answerOf(
  child: ChildProcess,
  message: SideSetup | "prove",
  timeoutMs: number,
): Promise<Exclude<SideAnswer, { error: string }>> {
  const startedAt = performance.now();
  const answer = await askChild<SideAnswer>(child, message).catch((error: unknown): never => {
    if (!(error instanceof ProcessEndError)) throw error;
    const isLate = performance.now() - startedAt >= timeoutMs;
    throw new SideError(isLate ? `no answer in ${timeoutMs / 1_000} s` : "the process has ended", {
      cause: error,
    });
  });
  if ("error" in answer) throw new SideError(answer.error);
  return answer;
}

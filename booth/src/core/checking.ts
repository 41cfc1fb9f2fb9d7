// What a member can check: my ballot, the board that others see, the result, and everything.
import {
  checkStatement,
  decodeRecord,
  equalBytes,
  InputError,
  leafHash,
  parseResult,
  publicPaths,
  readEntries,
  readOptional,
  statementHash,
  utf8,
  verifyReceipt,
} from "@commune-zk/prover";
import type { ArtifactLoader } from "./artifacts.ts";
import { ballotKey, ballotsOf } from "./ballots.ts";
import { checkPast, headOf, readBoard, type ServedBoard } from "./board.ts";
import { type EvidenceItem, faultWithEvidence, NoAnswerError } from "./faults.ts";
import { ScopeFiles } from "./files.ts";
import type { OpenedPoll } from "./polls.ts";
import type { CheckState, Fault, Finding } from "./state.ts";
import type { Change, StoredBallot } from "./storage.ts";
import type { Surroundings } from "./surroundings.ts";
import type { TaskRunner } from "./task-runner.ts";

/** Largest board that is audited in a page: 2,000 proofs take half a minute on a phone. */
export const MAX_AUDITED_BALLOTS = 2_000;
/** Largest roll: replaying its log takes some milliseconds for each member. */
export const MAX_AUDITED_ROLL = 5_000;

/** What {@link Checking} works with. */
export interface CheckingOptions {
  readonly surroundings: Surroundings;
  readonly tasks: TaskRunner;
  readonly loader: ArtifactLoader;
  readonly opened: OpenedPoll;
  /** Called after every change of `state`. */
  readonly onChange: () => void;
}

const UNKNOWN = { at: "unknown" } as const;
const LOOKING = { at: "looking", fraction: null } as const;

/** One visit to the check page. */
export class Checking {
  readonly #options: CheckingOptions;
  readonly #stop = new AbortController();
  #board: ServedBoard | null = null;
  #state: CheckState = {
    ballot: UNKNOWN,
    checkpoint: UNKNOWN,
    comparison: UNKNOWN,
    result: UNKNOWN,
    audit: UNKNOWN,
  };

  /** Nothing is looked at yet. */
  constructor(options: CheckingOptions) {
    this.#options = options;
  }

  /** What is known so far. */
  get state(): CheckState {
    return this.#state;
  }

  /** Ends everything under way; nothing more is reported. */
  stop(): void {
    this.#stop.abort();
  }

  /** Looks at board, ballot and published result. */
  async look(): Promise<void> {
    this.#set({ ballot: LOOKING, checkpoint: LOOKING, result: LOOKING });
    await Promise.all([this.#lookAtBoard(), this.#lookAtResult()]);
  }

  async #lookAtBoard(): Promise<void> {
    const { ok } = await this.#find("checkpoint", [], async (files) => {
      const board = await this.#readBoard(files, (fraction) =>
        this.#set({ checkpoint: { at: "looking", fraction } }),
      );
      return { text: board.note, size: board.size, root: board.root };
    });
    if (ok) await this.#lookAtBallot();
    else if (this.#state.checkpoint.at === "open") this.#set({ ballot: this.#state.checkpoint });
    else this.#set({ ballot: UNKNOWN });
  }

  /** Reads the board, checks it against the newest checkpoint that was seen here, and remembers its own. */
  async #readBoard(files: ScopeFiles, onProgress: (fraction: number) => void): Promise<ServedBoard> {
    const { opened, surroundings } = this.#options;
    const { poll } = opened;
    const { storage } = surroundings;
    const board = await readBoard(poll, files, { signal: this.#stop.signal, onProgress });
    // A copy of this device's own says nothing about what is served.
    if (files.usedStore) throw new NoAnswerError("no network");
    const seen = await storage.read("checkpoints", poll.pollId);
    if (seen !== undefined) {
      checked(() => checkPast(board, headOf(poll, seen), publicPaths.checkpoint), {
        name: "seen",
        text: seen,
      });
    }
    await storage.write([{ store: "checkpoints", key: poll.pollId, value: board.note }]);
    this.#board = board;
    return board;
  }

  async #lookAtBallot(): Promise<void> {
    const { surroundings, opened } = this.#options;
    const board = this.#board!;
    const ballots = await ballotsOf(surroundings.storage, opened.poll.pollId);
    const own = ballots.filter(({ refusal }) => refusal === null).at(-1);
    if (own === undefined) return this.#set({ ballot: { at: "open", because: "no-ballot" } });
    if (own.receipt === null) return this.#set({ ballot: { at: "open", because: "not-yet" } });
    const { receipt, record } = own;
    await this.#find("ballot", [{ name: "record", bytes: record }], async (files) => {
      const { poll } = opened;
      const kept = { name: "receipt", text: JSON.stringify(receipt) };
      checked(() => {
        verifyReceipt({ receipt, record, poll });
        const head = headOf(poll, receipt.checkpoint, "receipt");
        if (receipt.index < board.size && !equalBytes(board.leafHashes[receipt.index]!, leafHash(record))) {
          throw new InputError(
            "ballot-not-on-board",
            "another record stands there",
            `board entry ${receipt.index}`,
          );
        }
        checkPast(board, head, "receipt");
      }, kept);
      if (board.size <= MAX_AUDITED_BALLOTS) await this.#lookForLater(files, board, own);
      return { index: receipt.index, boardSize: board.size };
    });
  }

  /** Whether a later ballot under the member's nullifier stands on the board that this device did not send. */
  async #lookForLater(files: ScopeFiles, board: ServedBoard, own: StoredBallot): Promise<void> {
    const { surroundings, opened } = this.#options;
    const [nullifier] = decodeRecord(own.record).publicSignals;
    const entries = await readEntries(files, board.size);
    for (const [index, entry] of entries.entries()) {
      const place = `board entry ${index}`;
      if (!equalBytes(leafHash(entry), board.leafHashes[index]!)) {
        throw new InputError("board-tile-mismatch", "not the entry under the checkpoint", place);
      }
      const { publicSignals } = decodeRecord(entry, place);
      if (publicSignals[0] !== nullifier) continue;
      const { revision } = checkStatement(opened.poll, publicSignals, place);
      if (revision <= own.revision) continue;
      // Kept as refused: the next ballot of this device goes above it.
      const seen: StoredBallot = {
        pollId: own.pollId,
        revision,
        statementHash: statementHash(publicSignals),
        record: entry,
        receipt: null,
        refusal: "ballot-superseded",
        sendAfter: null,
      };
      const change: Change = { store: "ballots", key: ballotKey(seen), value: seen, ifAbsent: true };
      await surroundings.storage.write([change]);
      throw new InputError("ballot-superseded", "a later ballot of this member, from elsewhere", place);
    }
  }

  async #lookAtResult(): Promise<void> {
    await this.#find("result", [], async (files) => {
      const bytes = await readOptional(files, publicPaths.result);
      if (bytes === undefined) return null;
      const result = parseResult(bytes);
      if (result.pollId !== this.#options.opened.poll.pollId) {
        throw new InputError("result-wrong", "of another poll", publicPaths.result);
      }
      return result;
    });
  }

  /**
   * Compares a checkpoint that somebody else saw with the board that is served here.
   *
   * @param text - pasted: line ends and white space around it do not matter.
   */
  async compare(text: string): Promise<void> {
    this.#set({ comparison: LOOKING });
    const pasted = `${text.replace(/\r\n?/g, "\n").trim()}\n`;
    await this.#find("comparison", [{ name: "pasted", bytes: utf8(pasted) }], async (files) => {
      const head = headOf(this.#options.opened.poll, pasted, "pasted checkpoint");
      const known = this.#board;
      // The other one may have looked later than this device.
      const board =
        known !== null && known.size >= head.size ? known : await this.#readBoard(files, () => undefined);
      checked(() => checkPast(board, head, "pasted checkpoint"), {
        name: "board/checkpoint",
        text: board.note,
      });
      return { otherSize: head.size };
    });
  }

  /** Audits the whole poll in a worker, where it is small enough. */
  async audit(): Promise<void> {
    const { tasks, loader, opened } = this.#options;
    const { signal } = this.#stop;
    if (this.#state.audit.at === "looking") return;
    this.#set({ audit: LOOKING });
    const isTooLarge = (size: number): boolean =>
      size > MAX_AUDITED_BALLOTS || opened.poll.poll.roll.size > MAX_AUDITED_ROLL;
    if (isTooLarge(this.#board?.size ?? 0)) return this.#tooLarge();
    await this.#find("audit", [], async (files) => {
      const note = new TextDecoder().decode(await files.read(publicPaths.checkpoint, { signal }));
      if (isTooLarge(headOf(opened.poll, note).size)) throw new TooLargeError();
      return tasks.run(
        "audit",
        { material: opened.material },
        {
          signal,
          files,
          artifacts: loader,
          onProgress: (progress) => {
            if (!("step" in progress)) return;
            const { step, done, total } = progress;
            this.#set({ audit: { at: "looking", step, fraction: total > 1 ? done / total : null } });
          },
        },
      );
    });
  }

  #tooLarge(): void {
    const code = "too-large";
    this.#set({ audit: { at: "open", because: code } });
  }

  /**
   * Runs a question on files of its own and shows its answer: good, bad with evidence, or open. Files are kept
   * where the answer is good.
   */
  async #find<Q extends keyof CheckState>(
    question: Q,
    items: readonly EvidenceItem[],
    answer: (files: ScopeFiles) => Promise<GoodValue<Q> | null>,
  ): Promise<{ ok: boolean }> {
    const { surroundings, opened } = this.#options;
    const { pollId } = opened.poll;
    const files = new ScopeFiles(surroundings, pollId);
    const show = (finding: Finding<unknown>): void => this.#set({ [question]: finding });
    try {
      const value = await answer(files);
      await files.keep();
      // Only an audit may find that there is nothing to say.
      if (value === null && question !== "audit") show({ at: "open", because: "not-yet" });
      else show({ at: "good", value });
      return { ok: true };
    } catch (error) {
      if (this.#stop.signal.aborted) return { ok: false };
      if (error instanceof NoAnswerError) show({ at: "open", because: "offline" });
      else if (error instanceof TooLargeError) this.#tooLarge();
      else show({ at: "bad", fault: await this.#fault(error, [...items, ...files.fresh]) });
      return { ok: false };
    }
  }

  #fault(error: unknown, items: readonly EvidenceItem[]): Promise<Fault> {
    const { surroundings, opened } = this.#options;
    const seen = error instanceof AgainstError ? [error.item] : [];
    const reason = error instanceof AgainstError ? error.cause : error;
    return faultWithEvidence(reason, {
      storage: surroundings.storage,
      pollId: opened.poll.pollId,
      items: [...seen, ...items],
    });
  }

  #set(changes: Partial<CheckState>): void {
    if (this.#stop.signal.aborted) return;
    this.#state = { ...this.#state, ...changes };
    this.#options.onChange();
  }
}

/** What a question's good answer holds. */
type GoodValue<Q extends keyof CheckState> =
  Extract<CheckState[Q], { at: "good" }> extends { value: infer V } ? V : never;

class TooLargeError extends Error {}

/** A refusal that only shows together with something that was seen earlier or elsewhere. */
class AgainstError extends Error {
  readonly item: EvidenceItem;

  constructor(item: EvidenceItem, cause: unknown) {
    super("contradicts what was seen", { cause });
    this.item = item;
  }
}

function checked(check: () => void, { name, text }: { name: string; text: string }): void {
  try {
    check();
  } catch (error) {
    throw new AgainstError({ name, bytes: utf8(text) }, error);
  }
}

// The members' side of a cycle: what they send, and what they are promised, until the process dies.
import {
  equalBytes,
  publicPaths,
  type Receipt,
  receiptBytes,
  registerPoll,
  type SealedBallot,
  submitBallot,
} from "@commune-zk/prover";
import type { Scenario } from "./ballots.ts";
import type { Acknowledged, Finding, Promises } from "./examine.ts";
import type { CyclePlan } from "./plan.ts";
import type { ServerProcess } from "./server-process.ts";

/** Bearer token of the made-up operator. */
export const OPERATOR_TOKEN = "operator of a durability run";

/** How long a service may take for its first receipt. */
const PATIENCE_MS = 60_000;
/** How often the checkpoint is looked at. */
const LOOK_MS = 20;
/** Every so many ballots one is sent twice at a time. */
const TWICE_EVERY = 5;

/** What a voting runs on. */
export interface VotingOptions {
  readonly scenario: Scenario;
  readonly server: ServerProcess;
  readonly plan: CyclePlan;
  /** What was promised before. */
  readonly before: Promises;
  /** Ballots of {@link before} that are sent again. */
  readonly again: readonly Acknowledged[];
}

/** What came of a voting. */
export interface VotingOutcome {
  /** Those of before among them. */
  readonly promises: Promises;
  /** How many receipts came for ballots that had none. */
  readonly receipts: number;
  /** How many ballots that were sent again got the same receipt. */
  readonly repeated: number;
  readonly findings: readonly Finding[];
  /** Whether the process died as planned, not of the limit. */
  readonly isPlanned: boolean;
}

/** One voting, from the start of a process to its end. */
export class Voting {
  readonly #options: VotingOptions;
  readonly #queue: SealedBallot[];
  /** The first receipt of each ballot that is under way or was sent again. */
  readonly #receipts = new Map<SealedBallot, Receipt>();
  readonly #acknowledged: Acknowledged[] = [];
  readonly #unanswered: SealedBallot[] = [];
  readonly #published = new Set<string>();
  readonly #findings: Finding[] = [];
  #sent = 0;
  #repeated = 0;
  #timer: NodeJS.Timeout | undefined;
  #isLimit = false;

  /** A voting that has not begun. */
  constructor(options: VotingOptions) {
    this.#options = options;
    for (const { ballot, receipt } of options.again) this.#receipts.set(ballot, receipt);
    this.#queue = [...options.before.unanswered, ...this.#receipts.keys()];
  }

  /**
   * Registers the poll where it is not, sends ballots, and looks at the board, until the process is dead.
   *
   * @throws InputError - a receipt that does not verify.
   * @throws Error - an answer that is neither a receipt nor a broken connection.
   */
  async run(): Promise<VotingOutcome> {
    const { server, before, plan } = this.#options;
    let { isRegistered } = before;
    const baseUrl = await server.baseUrl;
    if (baseUrl !== undefined) {
      this.#killAfter(PATIENCE_MS);
      try {
        isRegistered ||= await this.#register(baseUrl);
        const voters = Array.from({ length: plan.inFlight }, () => this.#voteUntilDead(baseUrl));
        await Promise.all([...voters, this.#lookUntilDead(baseUrl)]);
        await server.ended;
      } finally {
        clearTimeout(this.#timer);
      }
    }
    const unsent = this.#queue.filter((ballot) => !this.#receipts.has(ballot));
    return {
      promises: {
        isRegistered,
        acknowledged: [...before.acknowledged, ...this.#acknowledged],
        unanswered: [...this.#unanswered, ...unsent],
        published: this.#published,
      },
      receipts: this.#acknowledged.length,
      repeated: this.#repeated,
      findings: this.#findings,
      isPlanned: !this.#isLimit,
    };
  }

  #killAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isLimit = true;
      this.#options.server.kill();
    }, ms);
  }

  async #register(baseUrl: string): Promise<boolean> {
    const { registration } = this.#options.scenario.rehearsal;
    const options = { baseUrl, retries: 0 };
    const request = registerPoll({ registration, operatorToken: OPERATOR_TOKEN }, options).then(() => true);
    return (await answered(request)) ?? false;
  }

  async #voteUntilDead(baseUrl: string): Promise<void> {
    const { scenario } = this.#options;
    for (;;) {
      const ballot = this.#queue.shift() ?? (await scenario.nextBallot());
      const copies = ++this.#sent % TWICE_EVERY === 0 ? 2 : 1;
      const receipts = await Promise.all(
        Array.from({ length: copies }, () => answered(sendBallot(scenario, ballot, baseUrl))),
      );
      for (const receipt of receipts) if (receipt !== undefined) this.#receive(ballot, receipt);
      if (receipts.every((receipt) => receipt !== undefined)) continue;
      if (!this.#receipts.has(ballot)) this.#unanswered.push(ballot);
      return;
    }
  }

  #receive(ballot: SealedBallot, receipt: Receipt): void {
    const { plan, server } = this.#options;
    const { kill } = plan;
    if (this.#acknowledged.length + this.#repeated === 0) {
      this.#killAfter(kill.at === "clock" ? kill.afterMs : plan.limitMs);
    }
    const first = this.#receipts.get(ballot);
    if (first === undefined) {
      this.#receipts.set(ballot, receipt);
      this.#acknowledged.push({ ballot, receipt });
      if (kill.at === "receipt" && this.#acknowledged.length === kill.count) server.kill();
    } else if (equalBytes(receiptBytes(first), receiptBytes(receipt))) {
      this.#repeated++;
    } else {
      this.#findings.push({ code: "receipt-changed", detail: `another receipt for record ${first.index}` });
    }
  }

  /** What others see of the board: a checkpoint that was shown must not go. */
  async #lookUntilDead(baseUrl: string): Promise<void> {
    const url = `${baseUrl}/polls/${this.#options.scenario.poll.pollId}/${publicPaths.checkpoint}`;
    for (;;) {
      let note: string;
      try {
        const response = await fetch(url);
        note = await response.text();
        // Where the registration was not answered, there may be no poll yet.
        if (response.status !== 200) return;
      } catch {
        return;
      }
      this.#published.add(note);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

/** Sends a ballot. @returns its receipt, which has been verified. */
async function sendBallot({ poll }: Scenario, ballot: SealedBallot, baseUrl: string): Promise<Receipt> {
  const outcome = await submitBallot({ poll, ballot }, { baseUrl, retries: 0 });
  if (outcome.accepted) return outcome.receipt;
  throw new Error(`the service refused a good ballot: ${outcome.status} ${outcome.reason}`);
}

/** The answer, or undefined where the connection broke. */
async function answered<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    // fetch throws a TypeError where no answer came, or not all of it; by name, since jest has two of them.
    if (error instanceof Error && (error.cause as Error | undefined)?.name === "TypeError") return undefined;
    throw error;
  }
}

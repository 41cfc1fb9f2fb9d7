// The booth's state machine: docs/design/booth.md. It decides what is shown; the page shows it.
import {
  createIdentity,
  type Identity,
  InputError,
  type Link,
  type MerklePath,
  parseLink,
  type SealedBallot,
} from "@commune-zk/prover";
import { ArtifactLoader } from "./artifacts.ts";
import { ballotKey, ballotsOf, isPending, nextRevision, ownBallotOf } from "./ballots.ts";
import { Casting, type CastOutcome, randomSendAfter } from "./casting.ts";
import { Checking } from "./checking.ts";
import { dropDraft, openDraft, sealDraft } from "./drafts.ts";
import { faultOf } from "./faults.ts";
import { Hours } from "./hours.ts";
import { acceptInvitation, latestMembership, membershipView } from "./membership.ts";
import { Petitions } from "./petitions.ts";
import { findPath, type OpenedPoll, openPoll, phaseEndsIn, phaseOf, RefusedError } from "./polls.ts";
import { Proving } from "./proving.ts";
import { SignIn } from "./sign-in.ts";
import { LONGEST_TIMER_MS } from "./stage.ts";
import type { Booth, BoothState, Invitation, KeepBy, PollSession, ProofState, VoteForm } from "./state.ts";
import type { StoredBallot, StoredIdentity } from "./storage.ts";
import type { Surroundings } from "./surroundings.ts";
import { TaskRunner } from "./task-runner.ts";
import { identityOfHex, identityOfWords, openIdentity, recoveryWords, sealIdentity } from "./vault.ts";
import { isComplete, voteFormOf } from "./vote-form.ts";

/**
 * A booth on these surroundings. It begins at once with what the device has stored.
 *
 * The page calls `openLink` with the fragment that it was opened with, and removes that from the address bar.
 */
export function makeBooth(surroundings: Surroundings): Booth {
  return new Machine(surroundings);
}

/** The poll at hand. */
interface Session {
  readonly opened: OpenedPoll;
  readonly form: VoteForm;
  /** Null: nowhere on the roll. Undefined: not looked yet. */
  readonly path: MerklePath | null | undefined;
}

/** What the member wanted before the booth asked for something else. */
type Intention = Exclude<Link, { readonly kind: "registration" }> | { readonly kind: "choose" };

/** A ballot on its way, and the poll that it belongs to. */
interface Way {
  readonly casting: Casting;
  readonly opened: OpenedPoll;
}

class Machine implements Booth {
  readonly #surroundings: Surroundings;
  readonly #tasks: TaskRunner;
  readonly #loader: ArtifactLoader;
  readonly #proving: Proving;
  readonly #hours: Hours;
  readonly #petitions: Petitions;
  readonly #signIn: SignIn;
  readonly #listeners = new Set<() => void>();
  readonly #ways = new Map<string, Way>();
  readonly #ready: Promise<void>;
  #state: BoothState = { at: "starting" };
  #stored: StoredIdentity | null = null;
  #identity: Identity | null = null;
  #session: Session | null = null;
  #checking: Checking | null = null;
  #intention: Intention | null = null;
  #revision = 0;
  /** Which step is the latest: what an earlier one still waited for is not shown any more. */
  #step = 0;
  #wanted: string | null = null;
  #cancelPhase: () => void = () => undefined;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#tasks = new TaskRunner(surroundings.makeWorker);
    this.#loader = new ArtifactLoader(surroundings);
    this.#proving = new Proving({
      surroundings,
      tasks: this.#tasks,
      loader: this.#loader,
      onChange: () => this.#showProof(),
    });
    const part = {
      surroundings,
      tasks: this.#tasks,
      loader: this.#loader,
      identity: () => this.#identity,
    };
    this.#hours = new Hours({ ...part, show: (hours) => this.#show({ at: "hours", hours }) });
    this.#petitions = new Petitions({
      ...part,
      show: (petition) => this.#show({ at: "petition", petition }),
    });
    this.#signIn = new SignIn({ ...part, show: (signIn) => this.#show({ at: "sign-in", signIn }) });
    this.#ready = this.#start();
  }

  get state(): BoothState {
    return this.#state;
  }

  get developmentKeys(): boolean {
    if (this.#state.at === "hours") return this.#hours.developmentKeys;
    // Their keys are those of a public ceremony.
    if (this.#state.at === "petition" || this.#state.at === "sign-in") return false;
    return this.#session?.opened.poll.poll.keySet.kind === "development";
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // ---- beginning

  async #start(): Promise<void> {
    const step = this.#begin();
    try {
      const { storage } = this.#surroundings;
      this.#stored = (await storage.read("identity", "identity")) ?? null;
      await this.#dropVoidDrafts();
      await this.#resume();
      await this.#hours.resume();
      await this.#petitions.resume();
      if (step !== this.#step) return;
      const [way] = this.#ways.values();
      if (way === undefined) await this.#home(step);
      else this.#showWay(way);
    } catch (error) {
      this.#refuse(step, error);
    }
  }

  /** Another tab may have left a draft of a ballot that is sealed by now: nothing of a vote stays. */
  async #dropVoidDrafts(): Promise<void> {
    const { storage } = this.#surroundings;
    for (const [pollId, draft] of await storage.list("drafts")) {
      const ballots = await ballotsOf(storage, pollId);
      if (ballots.some(({ revision, refusal }) => refusal === null && revision >= draft.revision)) {
        await storage.write([dropDraft(pollId)]);
      }
    }
  }

  /** Goes on with every ballot that waits for its answer: neither identity nor network is needed for that. */
  async #resume(): Promise<void> {
    const pending = (await this.#surroundings.storage.list("ballots")).map(([, ballot]) => ballot);
    for (const stored of pending.filter(isPending)) {
      try {
        const opened = await openPoll(this.#surroundings, stored.pollId, "store-first");
        this.#send(opened, stored);
      } catch (error) {
        // Its poll cannot be read now: opening the poll goes on with the ballot.
        if (!(error instanceof RefusedError)) throw error;
      }
    }
  }

  // ---- steps and showing

  /** Begins a step; {@link Machine.#step} tells later whether it still is the latest. */
  #begin(): number {
    return ++this.#step;
  }

  #show(state: BoothState): void {
    this.#state = state;
    this.#cancelPhase();
    const wait = "session" in state ? phaseEndsIn(state.session.poll, this.#surroundings.now()) : null;
    if (wait !== null) {
      this.#cancelPhase = this.#surroundings.timers.after(Math.min(wait, LONGEST_TIMER_MS), () =>
        this.#showSession(),
      );
    }
    for (const listener of [...this.#listeners]) listener();
  }

  /** Shows the same with the session as it is now. */
  #showSession(): void {
    if ("session" in this.#state) this.#show({ ...this.#state, session: this.#view(this.#session!) });
  }

  #view({ opened, form, path }: Session): PollSession {
    const { poll, offline, knownRegistrar } = opened;
    const phase = phaseOf(poll, this.#surroundings.now());
    const onRoll = path === undefined ? null : path !== null;
    return { poll, form, phase, onRoll, offline, knownRegistrar };
  }

  #refuse(step: number, error: unknown): void {
    if (step !== this.#step) return;
    this.#show({ at: "refused", fault: error instanceof RefusedError ? error.fault : faultOf(error) });
  }

  /** Where the booth is with no poll at hand. */
  async #home(step: number): Promise<void> {
    if (this.#stored === null) {
      const intention = this.#intention;
      const invitation = intention?.kind === "invitation" ? intention.invitation : null;
      const waits = intention !== null && invitation === null;
      this.#show({ at: "welcome", invitation, waits });
    } else if (this.#identity === null) {
      this.#show({ at: "locked", unlock: this.#stored.unlock, wrong: false });
    } else {
      const { storage, pageUrl } = this.#surroundings;
      const latest = await latestMembership(storage);
      if (step !== this.#step) return;
      this.#show({ at: "membership", membership: latest && membershipView(latest, pageUrl) });
    }
  }

  /** Ends what belongs to the screen that is left. */
  #leave(): void {
    this.#proving.reset();
    this.#hours.leave();
    this.#petitions.leave();
    this.#signIn.leave();
    this.#checking?.stop();
    this.#checking = null;
  }

  // ---- identity

  async createIdentity(keep: KeepBy): Promise<void> {
    await this.#ready;
    if (this.#state.at !== "welcome") return;
    await this.#adopt(createIdentity(), { keep, wordsWritten: false });
  }

  async restoreIdentity(
    source: { readonly words: string } | { readonly key: string },
    keep: KeepBy,
  ): Promise<void> {
    await this.#ready;
    if (this.#state.at !== "welcome") return;
    const identity = "words" in source ? identityOfWords(source.words) : identityOfHex(source.key);
    await this.#adopt(identity, { keep, wordsWritten: true });
  }

  async #adopt(identity: Identity, how: { keep: KeepBy; wordsWritten: boolean }): Promise<void> {
    const step = this.#begin();
    const { storage } = this.#surroundings;
    const vault = { tasks: this.#tasks, surroundings: this.#surroundings };
    const stored = await sealIdentity(vault, { identity, ...how });
    if (step !== this.#step) return;
    const isNew = await storage.write([
      { store: "identity", key: "identity", value: stored, ifAbsent: true },
    ]);
    // Another tab was faster: its identity stands.
    this.#stored = isNew ? stored : ((await storage.read("identity", "identity")) ?? null);
    this.#identity = isNew ? identity : null;
    await this.#proceed();
  }

  async unlock(passphrase = ""): Promise<void> {
    await this.#ready;
    if (this.#state.at !== "locked" || this.#stored === null) return;
    const step = this.#begin();
    const vault = { tasks: this.#tasks, surroundings: this.#surroundings };
    try {
      const identity = await openIdentity(vault, this.#stored, passphrase);
      if (step !== this.#step) return;
      this.#identity = identity;
    } catch (error) {
      if (step !== this.#step) return;
      const isWrong =
        error instanceof InputError &&
        ["secret-file-wrong-passphrase", "secret-file-passphrase"].includes(error.code);
      if (!isWrong) throw error;
      this.#show({ at: "locked", unlock: this.#stored.unlock, wrong: true });
      return;
    }
    await this.#proceed();
  }

  lock(): void {
    if (this.#stored === null) return;
    this.#begin();
    this.#leave();
    this.#forgetIdentity();
    this.#show({ at: "locked", unlock: this.#stored.unlock, wrong: false });
  }

  #forgetIdentity(): void {
    this.#identity?.privateKey.fill(0);
    this.#identity = null;
    if (this.#session !== null) this.#session = { ...this.#session, path: undefined };
  }

  wordsWritten(): void {
    if (this.#state.at !== "words" || this.#stored === null) return;
    this.#stored = { ...this.#stored, wordsWritten: true };
    const change = { store: "identity", key: "identity", value: this.#stored } as const;
    // If it is not stored, the words are shown once more: no harm.
    this.#surroundings.storage.write([change]).catch(() => undefined);
    void this.#proceed();
  }

  /** Goes on after unlocking: with what was wanted, else with what was left. */
  async #proceed(): Promise<void> {
    const step = this.#begin();
    try {
      if (this.#identity !== null && this.#stored?.wordsWritten === false) {
        this.#show({ at: "words", words: recoveryWords(this.#identity) });
        return;
      }
      if (this.#identity === null) return await this.#home(step);
      const intention = this.#intention;
      this.#intention = null;
      if (intention?.kind === "invitation") return await this.#accept(step, intention.invitation);
      if (intention?.kind === "poll") return await this.openPoll(intention.pollId);
      if (intention?.kind === "choose") return await this.#choose();
      if (intention !== null) return await this.#openPart(intention);
      const [draft] = await this.#surroundings.storage.keys("drafts");
      if (step !== this.#step) return;
      if (this.#session !== null) return await this.#showPoll(step);
      if (draft === undefined) return await this.#home(step);
      // Votes were being chosen when the page went: back to them.
      await this.openPoll(draft);
      if (this.#state.at === "poll") await this.#choose();
    } catch (error) {
      this.#refuse(step, error);
    }
  }

  async #accept(step: number, invitation: Invitation): Promise<void> {
    const { storage, pageUrl } = this.#surroundings;
    const membership = await acceptInvitation(storage, this.#identity!, invitation);
    if (step !== this.#step) return;
    this.#leave();
    this.#show({ at: "membership", membership: membershipView(membership, pageUrl) });
  }

  async forgetDevice(): Promise<void> {
    await this.#ready;
    this.#begin();
    this.#leave();
    for (const { casting } of this.#ways.values()) casting.stop();
    this.#ways.clear();
    this.#hours.stop();
    this.#petitions.stop();
    this.#loader.stop();
    this.#tasks.dispose();
    this.#forgetIdentity();
    this.#stored = null;
    this.#session = null;
    this.#intention = null;
    this.#wanted = null;
    await this.#surroundings.storage.clear();
    this.#show({ at: "welcome", invitation: null, waits: false });
  }

  // ---- links and polls

  async openLink(text: string): Promise<void> {
    const link = parseLink(text);
    if (link.kind === "registration") {
      throw new InputError("link-other-kind", "a registration is for the registrar", "link");
    }
    await this.#ready;
    if (link.kind === "poll" && this.#stored !== null) return this.openPoll(link.pollId);
    const isPart = link.kind !== "poll" && link.kind !== "invitation";
    if (isPart && this.#canOpenParts) return this.#openPart(link);
    this.#intention = link;
    const step = this.#begin();
    if (this.#identity === null) return this.#home(step);
    if (link.kind !== "invitation" || this.#state.at === "words") return;
    this.#intention = null;
    try {
      await this.#accept(step, link.invitation);
    } catch (error) {
      this.#refuse(step, error);
    }
  }

  async openPoll(pollId: string): Promise<void> {
    await this.#ready;
    const step = this.#begin();
    this.#leave();
    this.#wanted = pollId;
    this.#show({ at: "loading", pollId });
    try {
      const opened = await openPoll(this.#surroundings, pollId);
      if (step !== this.#step) return;
      this.#session = { opened, form: voteFormOf(opened.poll.poll), path: undefined };
      await this.#showPoll(step);
    } catch (error) {
      if (step === this.#step) this.#session = null;
      this.#refuse(step, error);
    }
  }

  /** Shows the poll at hand, after looking for this member on its roll; or its ballot, where one is on its way. */
  async #showPoll(step: number): Promise<void> {
    const session = this.#session!;
    const { opened } = session;
    const { pollId } = opened.poll;
    if (this.#identity !== null && session.path === undefined) {
      if (this.#state.at !== "loading") this.#show({ at: "loading", pollId });
      const identity = this.#identity;
      const path = await findPath(this.#surroundings, { tasks: this.#tasks, opened, identity });
      if (step !== this.#step) return;
      this.#session = { ...session, path };
    }
    const ballots = await ballotsOf(this.#surroundings.storage, pollId);
    if (step !== this.#step) return;
    const pending = ballots.find(isPending);
    if (pending !== undefined) this.#showWay(this.#ways.get(pollId) ?? this.#send(opened, pending));
    else this.#show({ at: "poll", session: this.#view(this.#session!), own: ownBallotOf(ballots) });
  }

  backToPoll(): void {
    const places: readonly BoothState["at"][] = [
      "choose",
      "review",
      "receipt",
      "check",
      "casting",
      "refused",
      "membership",
      "hours",
      "petition",
      "sign-in",
    ];
    if (places.includes(this.#state.at)) this.#toPoll();
  }

  /** Shows the poll at hand as it is stored, whether a ballot is on its way or not. */
  #toPoll(): void {
    const step = this.#begin();
    this.#leave();
    const show = async (): Promise<void> => {
      if (this.#session === null) return this.#home(step);
      const { pollId } = this.#session.opened.poll;
      const ballots = await ballotsOf(this.#surroundings.storage, pollId);
      if (step !== this.#step) return;
      this.#show({ at: "poll", session: this.#view(this.#session), own: ownBallotOf(ballots) });
    };
    show().catch((error: unknown) => this.#refuse(step, error));
  }

  // ---- choosing

  async startChoosing(): Promise<void> {
    await this.#ready;
    if (this.#state.at !== "poll" && this.#state.at !== "receipt") return;
    await this.#choose();
  }

  async #choose(): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    const step = this.#begin();
    this.#leave();
    try {
      if (this.#identity === null) {
        this.#intention = { kind: "choose" };
        return await this.#home(step);
      }
      const { opened } = session;
      const { poll } = opened;
      const { storage } = this.#surroundings;
      if (session.path === undefined) {
        await this.#showPoll(step);
        if (step !== this.#step || this.#state.at !== "poll") return;
      }
      if (this.#session?.path === null) return;
      const ballots = await ballotsOf(storage, poll.pollId);
      const draft = await storage.read("drafts", poll.pollId);
      if (step !== this.#step) return;
      const pending = ballots.find(isPending);
      if (pending !== undefined) {
        this.#showWay(this.#ways.get(poll.pollId) ?? this.#send(opened, pending));
        return;
      }
      const next = nextRevision(poll, ballots);
      if ("code" in next) {
        const cast = { at: "refused", code: next.code } as const;
        this.#show({ at: "casting", session: this.#view(this.#session!), cast });
        return;
      }
      this.#revision = next.revision;
      const opts = { identity: this.#identity, pollId: poll.pollId };
      const drafted = draft === undefined ? null : openDraft(opts, draft)?.votes;
      const isDrafted = drafted?.length === poll.poll.options.length;
      const votes = isDrafted ? drafted : poll.poll.options.map(() => 0);
      this.#proving.prepare(opened);
      this.#show({
        at: "choose",
        session: this.#view(this.#session!),
        votes,
        complete: isComplete(poll.poll, votes),
        proof: this.#proving.state,
      });
      if (isDrafted) this.#prove(votes);
    } catch (error) {
      this.#refuse(step, error);
    }
  }

  setVotes(votes: readonly number[]): void {
    if (this.#state.at !== "choose" || this.#identity === null) return;
    const { poll } = this.#session!.opened;
    const isWellFormed = votes.every((vote) => Number.isInteger(vote) && vote >= 0 && vote <= 255);
    if (votes.length !== poll.poll.options.length || !isWellFormed) {
      throw new RangeError(`votes: expected ${poll.poll.options.length} integers of 0 … 255`);
    }
    const chosen = [...votes];
    const { pollId } = poll;
    const value = sealDraft(
      this.#surroundings,
      { identity: this.#identity, pollId },
      { revision: this.#revision, votes: chosen },
    );
    // Without a draft the votes are chosen again after a crash: no more.
    this.#surroundings.storage.write([{ store: "drafts", key: pollId, value }]).catch(() => undefined);
    this.#state = { ...this.#state, votes: chosen, complete: isComplete(poll.poll, chosen) };
    this.#prove(chosen);
  }

  /** Proves votes that obey the rules; forgets the proof of others. Shows the state either way. */
  #prove(votes: readonly number[]): void {
    const { opened, path } = this.#session!;
    const identity = this.#identity;
    if (identity === null || path === null || path === undefined || !isComplete(opened.poll.poll, votes)) {
      this.#proving.reset();
      return;
    }
    this.#proving.start({ opened, identity, path, votes, revision: this.#revision });
  }

  #showProof(): void {
    const proof: ProofState = this.#proving.state;
    if (this.#state.at === "choose" || this.#state.at === "review") this.#show({ ...this.#state, proof });
  }

  cancelProof(): void {
    this.#hours.cancel();
    this.#petitions.cancel();
    this.#signIn.cancel();
    if (this.#state.at === "choose" || this.#state.at === "review") this.#proving.cancel();
  }

  review(): void {
    if (this.#state.at !== "choose" || !this.#state.complete) return;
    const { session, votes, proof } = this.#state;
    this.#show({ at: "review", session, votes, proof });
    if (proof.at === "idle" || proof.at === "failed") this.#prove(votes);
  }

  backToChoosing(): void {
    if (this.#state.at !== "review") return;
    const { session, votes, proof } = this.#state;
    this.#show({ at: "choose", session, votes, complete: true, proof });
  }

  // ---- casting

  async cast({ randomDelay }: { readonly randomDelay: boolean }): Promise<void> {
    if (this.#state.at !== "review") return;
    const step = this.#begin();
    const { opened } = this.#session!;
    try {
      await this.#proving.settled();
      const { sealed } = this.#proving;
      if (step !== this.#step || this.#state.at !== "review" || sealed === null) return;
      const { pollId, revision, statementHash, record } = sealed;
      const { storage } = this.#surroundings;
      const sendAfter = randomDelay ? randomSendAfter(this.#surroundings, opened.poll) : null;
      const stored: StoredBallot = {
        pollId,
        revision,
        statementHash,
        record,
        receipt: null,
        refusal: null,
        sendAfter,
      };
      const before = await ballotsOf(storage, pollId);
      // A poll without revisions: only a ballot that was refused for good gives its place to another.
      const replaced = before.find((ballot) => ballot.revision === revision && ballot.refusal !== null);
      const isStored = await storage.write([
        { store: "ballots", key: ballotKey(stored), value: stored, ifAbsent: replaced === undefined },
        dropDraft(pollId),
      ]);
      this.#proving.reset();
      if (isStored) {
        const way = this.#send(opened, stored, sealed);
        if (step === this.#step) this.#showWay(way);
        return;
      }
      // Another tab of this device has sealed this revision: that ballot is the one that counts.
      await storage.write([dropDraft(pollId)]);
      await this.#showPoll(step);
    } catch (error) {
      this.#refuse(step, error);
    }
  }

  /** Sends a stored ballot in the background, and shows it to whoever looks at it. */
  #send(opened: OpenedPoll, stored: StoredBallot, sealed?: SealedBallot): Way {
    const { pollId } = opened.poll;
    const casting = new Casting({
      surroundings: this.#surroundings,
      poll: opened.poll,
      stored,
      ...(sealed && { sealed }),
      onChange: () => this.#showCasting(casting),
    });
    const way = { casting, opened };
    this.#ways.set(pollId, way);
    casting.run().then(
      (outcome) => this.#arrived(way, stored, outcome),
      (error: unknown) => {
        const isStopped = error instanceof DOMException && error.name === "AbortError";
        if (!isStopped) this.#refuse(this.#step, error);
      },
    );
    return way;
  }

  /** Shows a ballot on its way; its poll becomes the one at hand. */
  #showWay({ casting, opened }: Way): void {
    if (this.#session?.opened.poll.pollId !== opened.poll.pollId) {
      this.#session = { opened, form: voteFormOf(opened.poll.poll), path: undefined };
    }
    this.#wanted = opened.poll.pollId;
    this.#show({ at: "casting", session: this.#view(this.#session!), cast: casting.state });
  }

  #showCasting(casting: Casting): void {
    if (this.#isShown(casting) && this.#state.at === "casting") {
      this.#show({ ...this.#state, cast: casting.state });
    }
  }

  /** Whether the screen shows this very ballot's sending. */
  #isShown(casting: Casting): boolean {
    if (this.#state.at !== "casting") return false;
    return this.#ways.get(this.#state.session.poll.pollId)?.casting === casting;
  }

  #arrived({ casting, opened }: Way, stored: StoredBallot, outcome: CastOutcome): void {
    const isShown = this.#isShown(casting);
    const { pollId } = opened.poll;
    if (this.#ways.get(pollId)?.casting === casting) this.#ways.delete(pollId);
    const session = this.#session;
    if (session?.opened.poll.pollId !== pollId) return;
    if (outcome.kind === "cast") {
      const { revision, statementHash } = stored;
      const own = { revision, statementHash, receipt: outcome.receipt };
      if (isShown) this.#show({ at: "receipt", session: this.#view(session), own });
      else if (this.#state.at === "poll") this.#show({ ...this.#state, own });
    } else if (outcome.kind === "fault" && isShown) {
      this.#show({ at: "refused", fault: outcome.fault });
    } else if (this.#state.at === "poll") {
      // A ballot that was refused for good is not the member's any more.
      this.#toPoll();
    }
  }

  skipDelay(): void {
    this.#shownCasting()?.skipDelay();
  }

  retryNow(): void {
    const { at } = this.#state;
    const casting = this.#shownCasting();
    if (at === "hours") this.#hours.retry();
    else if (at === "petition") this.#petitions.retry();
    else if (at === "sign-in") this.#signIn.retry();
    else if (casting !== undefined) casting.retryNow();
    // Refused for now, or for good: looking again tells, and goes on with a ballot that is still pending.
    else if ((at === "refused" || at === "casting") && this.#wanted !== null)
      void this.openPoll(this.#wanted);
  }

  #shownCasting(): Casting | undefined {
    return this.#state.at === "casting"
      ? this.#ways.get(this.#state.session.poll.pollId)?.casting
      : undefined;
  }

  // ---- hours, petitions, signing in

  /** An identity is unlocked, and its recovery words are not being shown. */
  get #canOpenParts(): boolean {
    return this.#identity !== null && this.#state.at !== "words";
  }

  /** Leaves the screen there is, unless it is one of this part already. */
  #enter(part: "hours" | "petition" | "sign-in"): boolean {
    if (!this.#canOpenParts) return false;
    this.#begin();
    if (this.#state.at !== part) this.#leave();
    return true;
  }

  #openPart(link: Exclude<Intention, { kind: "invitation" | "poll" | "choose" }>): Promise<void> {
    if (link.kind === "policy") return this.openPolicy(link.claimScope);
    if (link.kind === "attestation") return this.addAttestations([link.sealed]);
    if (link.kind === "petition") return this.openPetition(link.petitionId);
    return this.openSignIn();
  }

  async openHours(): Promise<void> {
    await this.#ready;
    if (this.#enter("hours")) await this.#hours.list();
  }

  async openPolicy(claimScope: string): Promise<void> {
    await this.#ready;
    if (this.#enter("hours")) await this.#hours.open(claimScope);
  }

  async addAttestations(files: readonly Uint8Array[]): Promise<void> {
    await this.#ready;
    if (this.#enter("hours")) await this.#hours.add(files);
  }

  async claim(threshold: number): Promise<void> {
    if (this.#state.at === "hours") await this.#hours.claim(threshold);
  }

  async openPetition(petitionId: string): Promise<void> {
    await this.#ready;
    if (this.#enter("petition")) await this.#petitions.open(petitionId);
  }

  async signPetition(): Promise<void> {
    if (this.#state.at === "petition") await this.#petitions.sign();
  }

  async openSignIn(): Promise<void> {
    await this.#ready;
    if (this.#enter("sign-in")) await this.#signIn.open();
  }

  async signIn(): Promise<void> {
    if (this.#state.at === "sign-in") await this.#signIn.prove();
  }

  // ---- checking

  async openCheck(): Promise<void> {
    await this.#ready;
    const places: readonly BoothState["at"][] = ["poll", "receipt", "casting", "check"];
    const session = this.#session;
    if (!places.includes(this.#state.at) || session === null) return;
    const step = this.#begin();
    this.#leave();
    const { opened } = session;
    try {
      const own = ownBallotOf(await ballotsOf(this.#surroundings.storage, opened.poll.pollId));
      if (step !== this.#step) return;
      const checking = new Checking({
        surroundings: this.#surroundings,
        tasks: this.#tasks,
        loader: this.#loader,
        opened,
        onChange: () => {
          if (this.#state.at === "check") this.#show({ ...this.#state, check: checking.state });
        },
      });
      this.#checking = checking;
      this.#show({ at: "check", session: this.#view(session), own, check: checking.state });
      await checking.look();
    } catch (error) {
      this.#refuse(step, error);
    }
  }

  async compareCheckpoint(text: string): Promise<void> {
    await this.#checking?.compare(text);
  }

  async runAudit(): Promise<void> {
    await this.#checking?.audit();
  }

  async evidence(name: string): Promise<Uint8Array | null> {
    return (await this.#surroundings.storage.read("evidence", name)) ?? null;
  }
}

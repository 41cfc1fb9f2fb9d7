// Signing in: the answer to a challenge of the page's own service, for the page's own origin. Nothing that the service
// says takes part in what is proven but 32 random bytes. docs/spec/membership.md §7.
import {
  type Identity,
  InputError,
  type LeanPath,
  membershipDepth,
  requestSignIn,
  signIn,
  type ValidSnapshot,
  validateSnapshot,
} from "@commune-zk/prover";
import type { SnapshotMaterial } from "../worker/protocol.ts";
import { NoAnswerError } from "./faults.ts";
import { ScopeFiles } from "./files.ts";
import { latestMembership } from "./membership.ts";
import { patientFetch } from "./patient-fetch.ts";
import { refusing } from "./polls.ts";
import { proveOnce, type Workshop } from "./proof-task.ts";
import { readSemaphoreKeys } from "./semaphore-keys.ts";
import { Stage } from "./stage.ts";
import type { SignInSession, SignInState } from "./state.ts";

/** What {@link SignIn} works with. */
export interface SignInOptions extends Workshop {
  /** Shows a state; not called after {@link SignIn.leave} until it is opened again. */
  readonly show: (state: SignInState) => void;
  /** The member's, unlocked; null otherwise. */
  readonly identity: () => Identity | null;
}

/** What the member would prove. */
interface AtHand {
  readonly snapshot: ValidSnapshot;
  readonly material: SnapshotMaterial;
  /** Null: not on the roll. */
  readonly path: LeanPath | null;
}

/** Signing in with the member's identity. Nothing of it is stored. */
export class SignIn {
  readonly #options: SignInOptions;
  readonly #stage: Stage<SignInState>;
  #atHand: AtHand | null = null;
  #proof: AbortController | null = null;

  /** Nothing is shown yet. */
  constructor(options: SignInOptions) {
    this.#options = options;
    this.#stage = new Stage<SignInState>({
      timers: options.surroundings.timers,
      show: options.show,
      turnsIn: () => null,
      turned: (state) => state,
    });
  }

  /** Another screen takes over: nothing is shown any more, and nothing goes on. */
  leave(): void {
    this.#stage.leave();
    this.#atHand = null;
    this.#stopProof();
  }

  /** Reads the newest snapshot of the member's roll, and looks whether the member is on it. */
  async open(): Promise<void> {
    const { surroundings, tasks } = this.#options;
    this.#stopProof();
    await this.#step(async (show, isCurrent) => {
      show({ at: "loading" });
      const { config, storage } = surroundings;
      if (new URL(config.baseUrl).origin !== this.#origin) {
        return show({ at: "unable", because: "other-host" });
      }
      const membership = await latestMembership(storage);
      if (membership === null) return show({ at: "unable", because: "no-roll" });
      const { rollId, registrarKey } = membership.invitation;
      // Never from the store: who has left since is no member.
      const files = new ScopeFiles(surroundings, rollId, "network-first", "snapshots");
      const atHand = await refusing(surroundings, { pollId: rollId, files }, async () => {
        const document = await files.read("snapshot.json");
        const snapshot = validateSnapshot(document, { kind: "registrar", key: registrarKey });
        if (snapshot.roll.rollId !== rollId) {
          throw new InputError("snapshot-not-anchored", "a snapshot of another roll", "snapshot.json");
        }
        const material = { kind: "snapshot", document, registrarKey } as const;
        const { commitment } = this.#identity();
        const path = await tasks.run("findMember", { material, commitment }, { files });
        return { snapshot, material, path };
      });
      if (!isCurrent()) return;
      this.#atHand = atHand;
      show({ at: "ask", session: this.#session() });
    });
  }

  /** Asks for a challenge, answers it, and says what came of it. */
  async prove(): Promise<void> {
    const at = this.#stage.state?.at;
    if (at !== "ask" && at !== "proving" && at !== "done") return;
    const { snapshot, material, path } = this.#atHand!;
    if (path === null) return;
    this.#stopProof();
    const controller = new AbortController();
    this.#proof = controller;
    const { signal } = controller;
    const { surroundings } = this.#options;
    const session = this.#session();
    const origin = this.#origin;
    const client = {
      baseUrl: surroundings.config.baseUrl,
      fetch: patientFetch(surroundings),
      retries: 0,
      signal,
    };
    let nonce = "";
    await this.#step(async (show) => {
      show({
        at: "proving",
        session,
        proof: { at: "running", phase: "artifacts", fraction: null },
      });
      const depth = membershipDepth(snapshot.roll);
      const { manifest, artifacts } = await readSemaphoreKeys(surroundings, depth);
      await proveOnce(
        this.#options,
        {
          name: "proveSignIn",
          // A challenge is good for minutes only: it is asked for once everything else is there.
          input: async () => {
            nonce = await answered(signal, () => requestSignIn(client));
            return { material, manifest, path, origin, nonce, privateKey: this.#identity().privateKey };
          },
          artifacts,
          scope: snapshot.roll.rollId,
          signal,
          tell: (proof) => show({ at: "proving", session, proof }),
        },
        async (proof) => {
          show({ at: "sending", session });
          await answered(signal, () => signIn({ nonce, proof }, client));
          show({ at: "done", session });
        },
      );
    });
  }

  /** Stops the proof. */
  cancel(): void {
    if (this.#stage.state?.at !== "proving") return;
    this.#stopProof();
    this.#options.loader.stop();
    this.#stage.interrupt();
    this.#stage.show({ at: "ask", session: this.#session() });
  }

  /** Looks again. */
  retry(): void {
    if (this.#stage.state?.at === "fault") void this.open();
  }

  get #origin(): string {
    return new URL(this.#options.surroundings.pageUrl).origin;
  }

  #session(): SignInSession {
    const { snapshot, path } = this.#atHand!;
    const { organisation, takenAt } = snapshot.snapshot;
    return {
      organisation: organisation.name,
      origin: this.#origin,
      members: snapshot.roll.members,
      takenAt,
      onRoll: path !== null,
    };
  }

  #identity(): Identity {
    const identity = this.#options.identity();
    if (identity === null) throw new TypeError("no identity is unlocked");
    return identity;
  }

  #stopProof(): void {
    this.#proof?.abort();
    this.#proof = null;
  }

  #step(
    work: (show: (state: SignInState) => void, isCurrent: () => boolean) => Promise<void>,
  ): Promise<void> {
    return this.#stage.step(work, (fault) => ({ at: "fault", fault }));
  }
}

/** An answer of the service, or a refusal; everything else is no answer. */
async function answered<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof InputError ? error : new NoAnswerError("no answer", { cause: error });
  }
}

// Hours: attestations on this device, what they add up to under a policy, and one claim for each policy.
import {
  type ClaimReceipt,
  circuitEntry,
  hashFramed,
  type Identity,
  type SealedClaim,
  toHex,
} from "@commune-zk/prover";
import type { PolicyStanding } from "../worker/protocol.ts";
import { claiming } from "./claims.ts";
import { type OpenedPolicy, openPolicy, PolicyFiles } from "./policies.ts";
import { phaseEndsIn, phaseOf, RefusedError, refusing } from "./polls.ts";
import { proveOnce, type Workshop } from "./proof-task.ts";
import { Stage } from "./stage.ts";
import type { Fault, HoursState, PolicySession } from "./state.ts";
import type { StoredClaim } from "./storage.ts";
import { isOpen, type Submitting, Ways } from "./submitting.ts";

/** What {@link Hours} works with. */
export interface HoursOptions extends Workshop {
  /** Shows a state; not called after {@link Hours.leave} until something is opened again. */
  readonly show: (state: HoursState) => void;
  /** The member's, unlocked; null otherwise. */
  readonly identity: () => Identity | null;
}

/** Hours of the member whose identity is unlocked. */
export class Hours {
  readonly #options: HoursOptions;
  readonly #stage: Stage<HoursState>;
  readonly #ways = new Ways<ClaimReceipt>();
  #opened: { readonly policy: OpenedPolicy; readonly standing: PolicyStanding | null } | null = null;
  #proof: AbortController | null = null;
  /** Codes of attestations that could not be added just now. */
  #failed: readonly string[] = [];

  /** Nothing is shown yet. */
  constructor(options: HoursOptions) {
    this.#options = options;
    const { timers, now } = options.surroundings;
    this.#stage = new Stage<HoursState>({
      timers,
      show: options.show,
      turnsIn: (state) =>
        "session" in state ? phaseEndsIn({ poll: state.session.policy.policy }, now()) : null,
      turned: (state) => ("session" in state ? { ...state, session: this.#session() } : state),
    });
  }

  /** Whether the policy at hand names keys of kind development. */
  get developmentKeys(): boolean {
    return this.#opened?.policy.policy.policy.keySet.kind === "development";
  }

  /** Goes on with every claim that waits for its answer: that needs no identity. */
  async resume(): Promise<void> {
    const { surroundings } = this.#options;
    for (const [claimScope, stored] of await surroundings.storage.list("claims")) {
      if (!isOpen(stored)) continue;
      try {
        this.#send(await openPolicy(surroundings, claimScope, "store-first"), stored);
      } catch (error) {
        // Its policy cannot be read now: opening it goes on with the claim.
        if (!(error instanceof RefusedError)) throw error;
      }
    }
  }

  /** Another screen takes over: nothing is shown any more, and no proof goes on. Claims on their way do. */
  leave(): void {
    this.#stage.leave();
    this.#opened = null;
    this.#failed = [];
    this.#stopProof();
  }

  /** Ends everything, also claims on their way: the device forgets. */
  stop(): void {
    this.leave();
    this.#ways.stop();
  }

  /** Shows all attestations, as they say of themselves. */
  async list(): Promise<void> {
    this.#opened = null;
    await this.#step(async (show) => {
      show({ at: "loading" });
      const sealed = await this.#sealed();
      const privateKey = this.#privateKey();
      const opened = await this.#options.tasks.run("openAttestations", { privateKey, sealed });
      // What is stored was opened once; an identity that cannot is another one.
      const credits = opened.flatMap((one) => ("attestation" in one ? [one.attestation] : []));
      show({ at: "credits", credits, failed: this.#failed });
    });
  }

  /** Stores those attestations that are this member's, and shows what there is then. */
  async add(files: readonly Uint8Array[]): Promise<void> {
    const { surroundings, tasks } = this.#options;
    const input = { privateKey: this.#privateKey(), sealed: files };
    const opened = await tasks.run("openAttestations", input);
    const good = files.filter((_, i) => "attestation" in opened[i]!);
    this.#failed = opened.flatMap((one) => ("code" in one ? [one.code] : []));
    if (good.length > 0) {
      await surroundings.storage.write(
        good.map((value) => ({ store: "attestations", key: keyOf(value), value }) as const),
      );
    }
    const { claimScope } = this.#opened?.policy.policy ?? {};
    if (claimScope === undefined) await this.list();
    else await this.open(claimScope);
  }

  /** Opens a policy: the member's claim, where there is one, else where the member stands. */
  async open(claimScope: string): Promise<void> {
    const { surroundings } = this.#options;
    await this.#step(async (show, isCurrent) => {
      show({ at: "loading" });
      const policy = await openPolicy(surroundings, claimScope);
      const stored = await surroundings.storage.read("claims", claimScope);
      if (!isCurrent()) return;
      this.#opened = { policy, standing: null };
      if (stored !== undefined && isOpen(stored)) {
        const way = this.#ways.get(claimScope) ?? this.#send(policy, stored);
        show({ at: "sending", session: this.#session(), threshold: stored.threshold, cast: way.state });
      } else if (stored?.receipt) {
        show({ at: "receipt", session: this.#session(), claim: { ...stored, receipt: stored.receipt } });
      } else {
        const standing = await this.#standing(policy);
        if (!isCurrent()) return;
        this.#opened = { policy, standing };
        show({ at: "policy", session: this.#session(), failed: this.#failed });
      }
    }, claimScope);
  }

  async #standing({ policy, material }: OpenedPolicy): Promise<PolicyStanding> {
    const { surroundings, tasks } = this.#options;
    const files = new PolicyFiles(surroundings, policy);
    const sealed = await this.#sealed();
    const input = { privateKey: this.#privateKey(), sealed, material };
    return refusing(surroundings, { pollId: policy.claimScope, files }, async () => {
      const standing = await tasks.run("standing", input, { files });
      await files.keep();
      return standing;
    });
  }

  /** Proves a threshold, stores the claim and sends it. What cannot be reached is not even begun. */
  async claim(threshold: number): Promise<void> {
    const opened = this.#opened;
    const at = this.#stage.state?.at;
    if (opened === null || opened.standing === null || (at !== "policy" && at !== "proving")) return;
    const session = this.#session();
    if (!session.onRoll || session.phase !== "open" || !session.reachable.includes(threshold)) return;
    this.#stopProof();
    const controller = new AbortController();
    this.#proof = controller;
    const { policy, manifest, material } = opened.policy;
    const { claimScope } = policy;
    const { wasm, provingKey } = circuitEntry(manifest.manifest, policy.circuit);
    await this.#step(
      (show, isCurrent) =>
        proveOnce(
          this.#options,
          {
            name: "proveClaim",
            input: async () => {
              const sealed = await this.#sealed();
              return { privateKey: this.#privateKey(), sealed, material, threshold };
            },
            artifacts: [wasm, provingKey],
            files: new PolicyFiles(this.#options.surroundings, policy),
            scope: claimScope,
            signal: controller.signal,
            tell: (proof) => show({ at: "proving", session: this.#session(), threshold, proof }),
          },
          async (claim) => {
            const stored = await this.#store(claim, threshold);
            const way = this.#ways.get(claimScope) ?? this.#send(opened.policy, stored);
            if (!isCurrent()) return;
            const cast = way.state;
            show({ at: "sending", session: this.#session(), threshold: stored.threshold, cast });
          },
        ),
      claimScope,
    );
  }

  /** Stores a claim before its first byte leaves. @returns the one that is stored: another tab may have been faster. */
  async #store({ claimScope, statementHash, record }: SealedClaim, threshold: number): Promise<StoredClaim> {
    const { storage } = this.#options.surroundings;
    const value = { claimScope, threshold, statementHash, record, receipt: null, refusal: null };
    const before = await storage.read("claims", claimScope);
    // A claim that was refused for good gives its place to another.
    const ifAbsent = before === undefined || before.refusal === null;
    await storage.write([{ store: "claims", key: claimScope, value, ifAbsent }]);
    return (await storage.read("claims", claimScope)) ?? value;
  }

  /** Stops the proof, and goes back to the policy. */
  cancel(): void {
    if (this.#stage.state?.at !== "proving") return;
    this.#stopProof();
    this.#options.loader.stop();
    this.#stage.interrupt();
    this.#stage.show({ at: "policy", session: this.#session(), failed: [] });
  }

  /** Sends at once what waits; where there was a fault or a refusal, looks again. */
  retry(): void {
    const { state } = this.#stage;
    const claimScope = this.#opened?.policy.policy.claimScope;
    if (state?.at === "sending" && state.cast.at !== "refused") {
      if (claimScope !== undefined) this.#ways.get(claimScope)?.retryNow();
    } else if (state?.at === "fault") {
      void (state.claimScope === null ? this.list() : this.open(state.claimScope));
    } else if (state?.at === "sending" && claimScope !== undefined) {
      void this.open(claimScope);
    }
  }

  #send(opened: OpenedPolicy, stored: StoredClaim): Submitting<ClaimReceipt> {
    const { surroundings } = this.#options;
    const { policy } = opened;
    const { claimScope } = policy;
    const onChange = (): void => {
      const state = this.#shown(claimScope);
      if (state !== null) this.#stage.show({ ...state, cast: way.state });
    };
    const way = claiming({ surroundings, policy, stored, onChange });
    return this.#ways.send(claimScope, way, (end) => {
      if (this.#shown(claimScope) === null) return;
      if (end.kind === "recorded") {
        const claim = { ...stored, receipt: end.receipt };
        this.#stage.show({ at: "receipt", session: this.#session(), claim });
      } else if (end.kind === "fault") this.#stage.show({ at: "fault", fault: end.fault, claimScope });
    });
  }

  /** The state in which the sending of this policy's claim is shown; null where it is not. */
  #shown(claimScope: string): Extract<HoursState, { at: "sending" }> | null {
    const { state } = this.#stage;
    if (state?.at !== "sending" || this.#opened?.policy.policy.claimScope !== claimScope) return null;
    return state;
  }

  #session(): PolicySession {
    const { policy: opened, standing } = this.#opened!;
    const { policy, offline, knownRegistrar } = opened;
    return {
      policy,
      phase: phaseOf({ poll: policy.policy }, this.#options.surroundings.now()),
      onRoll: standing?.onRoll ?? true,
      credits: standing?.credits ?? [],
      reachable: standing?.reachable ?? [],
      offline,
      knownRegistrar,
    };
  }

  async #sealed(): Promise<readonly Uint8Array[]> {
    return (await this.#options.surroundings.storage.list("attestations")).map(([, sealed]) => sealed);
  }

  /** For a worker, which gets a copy. */
  #privateKey(): Uint8Array {
    const identity = this.#options.identity();
    if (identity === null) throw new TypeError("no identity is unlocked");
    return identity.privateKey;
  }

  #stopProof(): void {
    this.#proof?.abort();
    this.#proof = null;
  }

  #step(
    work: (show: (state: HoursState) => void, isCurrent: () => boolean) => Promise<void>,
    claimScope: string | null = null,
  ): Promise<void> {
    return this.#stage.step(work, (fault: Fault) => ({ at: "fault", fault, claimScope }));
  }
}

/** Key of a sealed attestation in its store: the same file twice is one. */
function keyOf(sealed: Uint8Array): string {
  return toHex(hashFramed("booth-attestation", [sealed]));
}

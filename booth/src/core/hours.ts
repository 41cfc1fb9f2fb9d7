// Hours: attestations on this device, what they add up to under a policy, and one claim for each policy.
import { circuitEntry, hashFramed, type Identity, InputError, toHex } from "@commune-zk/prover";
import type { PolicyStanding } from "../worker/protocol.ts";
import type { ArtifactLoader } from "./artifacts.ts";
import { Claiming, isOpenClaim } from "./claims.ts";
import { faultOf, faultWithEvidence } from "./faults.ts";
import { type OpenedPolicy, openPolicy, PolicyFiles } from "./policies.ts";
import { phaseOf, RefusedError, refusing } from "./polls.ts";
import { progressState } from "./proving.ts";
import type { HoursState, PolicySession, ProofState } from "./state.ts";
import type { StoredClaim } from "./storage.ts";
import type { Surroundings } from "./surroundings.ts";
import type { TaskRunner } from "./task-runner.ts";

/** What {@link Hours} works with. */
export interface HoursOptions {
  readonly surroundings: Surroundings;
  readonly tasks: TaskRunner;
  readonly loader: ArtifactLoader;
  /** Shows a state; not called after {@link Hours.leave} until something is opened again. */
  readonly show: (state: HoursState) => void;
  /** The member's, unlocked; null otherwise. */
  readonly identity: () => Identity | null;
}

/** Hours of the member whose identity is unlocked. */
export class Hours {
  readonly #options: HoursOptions;
  readonly #ways = new Map<string, Claiming>();
  #step = 0;
  #state: HoursState | null = null;
  #opened: { readonly policy: OpenedPolicy; readonly standing: PolicyStanding | null } | null = null;
  #proof: AbortController | null = null;
  /** Codes of attestations that could not be added just now. */
  #failed: readonly string[] = [];

  /** Nothing is shown yet. */
  constructor(options: HoursOptions) {
    this.#options = options;
  }

  /** Whether the policy at hand names keys of kind development. */
  get developmentKeys(): boolean {
    return this.#opened?.policy.policy.policy.keySet.kind === "development";
  }

  /** Goes on with every claim that waits for its answer: that needs no identity. */
  async resume(): Promise<void> {
    const { surroundings } = this.#options;
    for (const [claimScope, stored] of await surroundings.storage.list("claims")) {
      if (!isOpenClaim(stored)) continue;
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
    this.#step++;
    this.#state = null;
    this.#opened = null;
    this.#failed = [];
    this.#stopProof();
  }

  /** Ends everything, also claims on their way: the device forgets. */
  stop(): void {
    this.leave();
    for (const way of this.#ways.values()) way.stop();
    this.#ways.clear();
  }

  /** Shows all attestations, as they say of themselves. */
  async list(): Promise<void> {
    this.#opened = null;
    await this.#steps(async (show) => {
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
    await this.#steps(async (show, isCurrent) => {
      show({ at: "loading" });
      const policy = await openPolicy(surroundings, claimScope);
      const stored = await surroundings.storage.read("claims", claimScope);
      if (!isCurrent()) return;
      this.#opened = { policy, standing: null };
      if (stored !== undefined && isOpenClaim(stored)) {
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
    const { surroundings, tasks, loader } = this.#options;
    const opened = this.#opened;
    const at = this.#state?.at;
    if (opened === null || opened.standing === null || (at !== "policy" && at !== "proving")) return;
    const session = this.#session();
    if (!session.onRoll || session.phase !== "open" || !session.reachable.includes(threshold)) return;
    this.#stopProof();
    const controller = new AbortController();
    this.#proof = controller;
    const { signal } = controller;
    const { policy, manifest, material } = opened.policy;
    const { claimScope } = policy;
    const { wasm, provingKey } = circuitEntry(manifest.manifest, policy.circuit);
    const artifacts = [wasm, provingKey];
    await this.#steps(async (show, isCurrent) => {
      const tell = (proof: ProofState): void => {
        if (!signal.aborted) show({ at: "proving", session, threshold, proof });
      };
      tell({ at: "running", phase: "artifacts", fraction: null });
      const files = new PolicyFiles(surroundings, policy);
      try {
        await surroundings.painted();
        await loader.load(artifacts, (fraction) => tell({ at: "running", phase: "artifacts", fraction }));
        signal.throwIfAborted();
        const sealed = await this.#sealed();
        const input = { privateKey: this.#privateKey(), sealed, material, threshold };
        const claim = await tasks.run("proveClaim", input, {
          signal,
          files,
          artifacts: loader,
          onProgress: (progress) => tell(progressState(progress)),
        });
        await loader.confirm(artifacts);
        signal.throwIfAborted();
        const { statementHash, record } = claim;
        const value = { claimScope, threshold, statementHash, record, receipt: null, refusal: null };
        const before = await surroundings.storage.read("claims", claimScope);
        // A claim that was refused for good gives its place to another.
        const ifAbsent = before === undefined || before.refusal === null;
        await surroundings.storage.write([{ store: "claims", key: claimScope, value, ifAbsent }]);
        // Another tab of this device may have been faster: the stored one is what is sent.
        const stored = (await surroundings.storage.read("claims", claimScope)) ?? value;
        const way = this.#ways.get(claimScope) ?? this.#send(opened.policy, stored);
        if (isCurrent()) show({ at: "sending", session, threshold: stored.threshold, cast: way.state });
      } catch (error) {
        if (signal.aborted) return;
        const isBad = error instanceof InputError && error.code.startsWith("artifact-");
        const items = isBad ? await loader.distrust(artifacts) : files.fresh;
        const { storage } = surroundings;
        const fault = await faultWithEvidence(error, { storage, pollId: claimScope, items });
        tell({ at: "failed", fault });
      }
    }, claimScope);
  }

  /** Stops the proof, and goes back to the policy. */
  cancel(): void {
    if (this.#state?.at !== "proving") return;
    this.#stopProof();
    this.#options.loader.stop();
    this.#step++;
    this.#show({ at: "policy", session: this.#session(), failed: [] });
  }

  /** Sends at once what waits; where there was a fault or a refusal, looks again. */
  retry(): void {
    const state = this.#state;
    const claimScope = this.#opened?.policy.policy.claimScope;
    if (state?.at === "sending" && state.cast.at !== "refused") {
      if (claimScope !== undefined) this.#ways.get(claimScope)?.retryNow();
    } else if (state?.at === "fault") {
      void (state.claimScope === null ? this.list() : this.open(state.claimScope));
    } else if (state?.at === "sending" && claimScope !== undefined) {
      void this.open(claimScope);
    }
  }

  #send(opened: OpenedPolicy, stored: StoredClaim): Claiming {
    const { surroundings } = this.#options;
    const { claimScope } = opened.policy;
    const isShown = (): boolean =>
      this.#state?.at === "sending" && this.#opened?.policy.policy.claimScope === claimScope;
    const way = new Claiming({
      surroundings,
      policy: opened.policy,
      stored,
      onChange: () => {
        if (this.#state?.at === "sending" && isShown()) this.#show({ ...this.#state, cast: way.state });
      },
    });
    this.#ways.set(claimScope, way);
    const ended = (): void => {
      if (this.#ways.get(claimScope) === way) this.#ways.delete(claimScope);
    };
    way.run().then(
      (end) => {
        ended();
        if (!isShown()) return;
        if (end.kind === "recorded") {
          this.#show({ at: "receipt", session: this.#session(), claim: { ...stored, receipt: end.receipt } });
        } else if (end.kind === "fault") this.#show({ at: "fault", fault: end.fault, claimScope });
      },
      (error: unknown) => {
        ended();
        const isStopped = error instanceof DOMException && error.name === "AbortError";
        if (!isStopped && isShown()) this.#show({ at: "fault", fault: faultOf(error), claimScope });
      },
    );
    return way;
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

  #show(state: HoursState): void {
    this.#state = state;
    this.#options.show(state);
  }

  /** A step whose outcome is shown only as long as no later one was begun. */
  async #steps(
    work: (show: (state: HoursState) => void, isCurrent: () => boolean) => Promise<void>,
    claimScope: string | null = null,
  ): Promise<void> {
    const step = ++this.#step;
    const isCurrent = (): boolean => step === this.#step;
    const show = (state: HoursState): void => {
      if (isCurrent()) this.#show(state);
    };
    try {
      await work(show, isCurrent);
    } catch (error) {
      const fault = error instanceof RefusedError ? error.fault : faultOf(error);
      show({ at: "fault", fault, claimScope });
    }
  }
}

/** Key of a sealed attestation in its store: the same file twice is one. */
function keyOf(sealed: Uint8Array): string {
  return toHex(hashFramed("booth-attestation", [sealed]));
}

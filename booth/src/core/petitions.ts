// Petitions: one as this device judged it, the member's signature, its way to the board, and its receipt.
import {
  type Identity,
  InputError,
  type LeanPath,
  membershipDepth,
  type PetitionReceipt,
  readPetitionStatement,
  type SemaphoreProof,
  type ValidPetition,
  validatePetition,
} from "@commune-zk/prover";
import type { PetitionMaterial } from "../worker/protocol.ts";
import { type ReadOrder, ScopeFiles } from "./files.ts";
import { phaseEndsIn, phaseOf, RefusedError, refusing } from "./polls.ts";
import { proveOnce, type Workshop } from "./proof-task.ts";
import { readSemaphoreKeys } from "./semaphore-keys.ts";
import { signing } from "./signatures.ts";
import { Stage } from "./stage.ts";
import type { PetitionSession, PetitionState } from "./state.ts";
import type { StoredSignature } from "./storage.ts";
import { isOpen, type Submitting, Ways } from "./submitting.ts";
import type { Surroundings } from "./surroundings.ts";

/** A petition whose document, signature and anchor are good. */
interface OpenedPetition {
  readonly petition: ValidPetition;
  /** The same as bytes, for workers. */
  readonly material: PetitionMaterial;
  readonly offline: boolean;
  readonly knownRegistrar: boolean;
}

/**
 * Fetches a petition and judges it.
 *
 * @param petitionId - from a link: the trust anchor, beside the registrar's key of an invitation to its roll.
 * @throws RefusedError
 */
function readPetition(
  surroundings: Surroundings,
  petitionId: string,
  order: ReadOrder = "network-first",
): Promise<OpenedPetition> {
  const files = new ScopeFiles(surroundings, petitionId, order, "petitions");
  return refusing(surroundings, { pollId: petitionId, files }, async () => {
    const place = "petition.json";
    const document = await files.read(place);
    const petition = validatePetition(document, { kind: "petition-id", petitionId });
    const { rollId, registrarKey } = petition.roll;
    const membership = await surroundings.storage.read("membership", rollId);
    if (membership !== undefined && membership.invitation.registrarKey !== registrarKey) {
      const message = "not by the registrar who invited this member";
      throw new InputError("petition-not-anchored", message, place);
    }
    await files.keep();
    const material = { kind: "petition", document, petitionId } as const;
    return { petition, material, offline: files.usedStore, knownRegistrar: membership !== undefined };
  });
}

/** What {@link Petitions} works with. */
export interface PetitionsOptions extends Workshop {
  /** Shows a state; not called after {@link Petitions.leave} until something is opened again. */
  readonly show: (state: PetitionState) => void;
  /** The member's, unlocked; null otherwise. */
  readonly identity: () => Identity | null;
}

/** The petition at hand, and where the member stands on its roll; null: nowhere. Undefined: not looked. */
interface AtHand {
  readonly opened: OpenedPetition;
  readonly path: LeanPath | null | undefined;
}

/** Petitions of the member whose identity is unlocked. */
export class Petitions {
  readonly #options: PetitionsOptions;
  readonly #stage: Stage<PetitionState>;
  readonly #ways = new Ways<PetitionReceipt>();
  #atHand: AtHand | null = null;
  #wanted: string | null = null;
  #proof: AbortController | null = null;

  /** Nothing is shown yet. */
  constructor(options: PetitionsOptions) {
    this.#options = options;
    const { timers, now } = options.surroundings;
    this.#stage = new Stage<PetitionState>({
      timers,
      show: options.show,
      turnsIn: (state) =>
        "session" in state ? phaseEndsIn({ poll: state.session.petition.petition }, now()) : null,
      turned: (state) => ("session" in state ? { ...state, session: this.#session() } : state),
    });
  }

  /** Goes on with every signature that waits for its answer: that needs no identity. */
  async resume(): Promise<void> {
    const { surroundings } = this.#options;
    for (const [petitionId, stored] of await surroundings.storage.list("signatures")) {
      if (!isOpen(stored)) continue;
      try {
        this.#send((await readPetition(surroundings, petitionId, "store-first")).petition, stored);
      } catch (error) {
        // It cannot be read now: opening it goes on with the signature.
        if (!(error instanceof RefusedError)) throw error;
      }
    }
  }

  /** Another screen takes over: nothing is shown any more, and no proof goes on. Signatures on their way do. */
  leave(): void {
    this.#stage.leave();
    this.#atHand = null;
    this.#stopProof();
  }

  /** Ends everything, also signatures on their way: the device forgets. */
  stop(): void {
    this.leave();
    this.#ways.stop();
  }

  /** Opens a petition: the member's signature, where there is one, else whether the member can sign. */
  async open(petitionId: string): Promise<void> {
    const { surroundings } = this.#options;
    this.#stopProof();
    this.#wanted = petitionId;
    await this.#step(async (show, isCurrent) => {
      show({ at: "loading" });
      const opened = await readPetition(surroundings, petitionId);
      const stored = await surroundings.storage.read("signatures", petitionId);
      if (!isCurrent()) return;
      this.#atHand = { opened, path: undefined };
      if (stored !== undefined && isOpen(stored)) {
        const way = this.#ways.get(petitionId) ?? this.#send(opened.petition, stored);
        show({ at: "sending", session: this.#session(), cast: way.state });
      } else if (stored?.receipt) {
        const signature = { ...stored, receipt: stored.receipt };
        show({ at: "receipt", session: this.#session(), signature });
      } else {
        const path = await this.#find(opened);
        if (!isCurrent()) return;
        this.#atHand = { opened, path };
        show({ at: "petition", session: this.#session() });
      }
    });
  }

  #find({ material }: OpenedPetition): Promise<LeanPath | null> {
    const { surroundings, tasks } = this.#options;
    const { petitionId } = material;
    const files = new ScopeFiles(surroundings, petitionId, "store-first", "petitions");
    return refusing(surroundings, { pollId: petitionId, files }, async () => {
      const { commitment } = this.#identity();
      const path = await tasks.run("findMember", { material, commitment }, { files });
      await files.keep();
      return path;
    });
  }

  /** Proves that a member signs, stores the signature and sends it. */
  async sign(): Promise<void> {
    const at = this.#stage.state?.at;
    if (at !== "petition" && at !== "proving") return;
    const { opened, path } = this.#atHand!;
    if (path === null || path === undefined || this.#session().phase !== "open") return;
    this.#stopProof();
    const controller = new AbortController();
    this.#proof = controller;
    const { petition, material } = opened;
    const { petitionId } = petition;
    await this.#step(async (show, isCurrent) => {
      show({
        at: "proving",
        session: this.#session(),
        proof: { at: "running", phase: "artifacts", fraction: null },
      });
      const depth = membershipDepth(petition.roll);
      const { manifest, artifacts } = await readSemaphoreKeys(this.#options.surroundings, depth);
      await proveOnce(
        this.#options,
        {
          name: "signPetition",
          input: async () => ({ material, manifest, path, privateKey: this.#identity().privateKey }),
          artifacts,
          scope: petitionId,
          signal: controller.signal,
          tell: (proof) => show({ at: "proving", session: this.#session(), proof }),
        },
        async (signature) => {
          const stored = await this.#store(petitionId, signature);
          const way = this.#ways.get(petitionId) ?? this.#send(petition, stored);
          if (isCurrent()) show({ at: "sending", session: this.#session(), cast: way.state });
        },
      );
    });
  }

  /** Stores a signature before its first byte leaves. @returns what is stored: another tab may have been faster. */
  async #store(petitionId: string, signature: SemaphoreProof): Promise<StoredSignature> {
    const { storage } = this.#options.surroundings;
    const { statementHash } = readPetitionStatement(signature);
    const value = { petitionId, statementHash, signature, receipt: null, refusal: null };
    const before = await storage.read("signatures", petitionId);
    // One that was refused for good gives its place to another.
    const ifAbsent = before === undefined || before.refusal === null;
    await storage.write([{ store: "signatures", key: petitionId, value, ifAbsent }]);
    return (await storage.read("signatures", petitionId)) ?? value;
  }

  /** Stops the proof, and goes back to the petition. */
  cancel(): void {
    if (this.#stage.state?.at !== "proving") return;
    this.#stopProof();
    this.#options.loader.stop();
    this.#stage.interrupt();
    this.#stage.show({ at: "petition", session: this.#session() });
  }

  /** Sends at once what waits; where there was a fault or a refusal, looks again. */
  retry(): void {
    const { state } = this.#stage;
    const petitionId = this.#wanted;
    if (petitionId === null) return;
    if (state?.at === "sending" && state.cast.at !== "refused") this.#ways.get(petitionId)?.retryNow();
    else if (state?.at === "sending" || state?.at === "fault") void this.open(petitionId);
  }

  #send(petition: ValidPetition, stored: StoredSignature): Submitting<PetitionReceipt> {
    const { surroundings } = this.#options;
    const { petitionId } = petition;
    const onChange = (): void => {
      const state = this.#shown(petitionId);
      if (state !== null) this.#stage.show({ ...state, cast: way.state });
    };
    const way = signing({ surroundings, petition, stored, onChange });
    return this.#ways.send(petitionId, way, (end) => {
      if (this.#shown(petitionId) === null) return;
      if (end.kind === "recorded") {
        const signature = { ...stored, receipt: end.receipt };
        this.#stage.show({ at: "receipt", session: this.#session(), signature });
      } else if (end.kind === "fault") this.#stage.show({ at: "fault", fault: end.fault });
    });
  }

  /** The state in which the sending of this petition's signature is shown; null where it is not. */
  #shown(petitionId: string): Extract<PetitionState, { at: "sending" }> | null {
    const { state } = this.#stage;
    if (state?.at !== "sending" || this.#atHand?.opened.petition.petitionId !== petitionId) return null;
    return state;
  }

  #session(): PetitionSession {
    const { opened, path } = this.#atHand!;
    const { petition, offline, knownRegistrar } = opened;
    const phase = phaseOf({ poll: petition.petition }, this.#options.surroundings.now());
    return { petition, phase, onRoll: path !== null, offline, knownRegistrar };
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
    work: (show: (state: PetitionState) => void, isCurrent: () => boolean) => Promise<void>,
  ): Promise<void> {
    return this.#stage.step(work, (fault) => ({ at: "fault", fault }));
  }
}

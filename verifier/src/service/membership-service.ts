// Petitions, snapshots of rolls, sign-ins. docs/spec/membership.md, docs/spec/http.md §10, §11.
import {
  type ArtifactSource,
  checkLeanRoll,
  ed25519PublicKey,
  fieldToBytes,
  fromHex,
  InputError,
  leafHash,
  leanRollFiles,
  type MembershipVerifier,
  makePetitionReceipt,
  membershipVerifier,
  type PetitionReceipt,
  petitionRecord,
  publicPaths,
  readPetitionStatement,
  type SemaphoreManifest,
  type ValidPetition,
  type ValidSnapshot,
  validatePetition,
  validateSnapshot,
  verifyPetitionSignature,
  verifySignIn,
} from "@commune-zk/prover";
import type { RecordOutcome } from "./board.ts";
import { Challenges } from "./challenges.ts";
import { OpenBoards } from "./open-boards.ts";
import { Queues } from "./queues.ts";
import type { Store } from "./store.ts";

/** The pinned keys of the public ceremony. */
export interface MembershipKeys {
  readonly manifest: SemaphoreManifest;
  readonly artifacts: ArtifactSource;
}

/** What membership is judged by. */
export interface MembershipServiceOptions extends MembershipKeys {
  readonly store: Store;
  /** Ed25519 seed of all boards; every petition names its public half. */
  readonly boardKey: Uint8Array;
  /** Where members sign in, as browsers write it; nobody signs in without it. */
  readonly origin: string | undefined;
  /** The clock, in seconds since 1970; written nowhere. */
  readonly now: () => number;
  readonly commitDelayMs: number;
}

/** A document with the roll that it froze, from the operator. */
export interface RollDocument {
  /** `petition.json` or `snapshot.json`. */
  readonly document: Uint8Array;
  readonly rollEvents: Uint8Array;
}

const PETITION = "petition.json";
const SNAPSHOT = "snapshot.json";

/** Operations of membership. Every refusal is an InputError, or the value of `RecordOutcome`. */
export class MembershipService {
  readonly #options: MembershipServiceOptions;
  readonly #boards: OpenBoards<ValidPetition, PetitionReceipt>;
  readonly #verifier: MembershipVerifier;
  readonly #challenges: Challenges;
  // One snapshot of a roll after another, so that an older one never takes a newer one's place.
  readonly #queues = new Queues();

  /** A service on a store that it alone writes to. */
  constructor(options: MembershipServiceOptions) {
    this.#options = options;
    const { store, boardKey, commitDelayMs, artifacts, manifest, now } = options;
    this.#verifier = membershipVerifier(artifacts, manifest);
    this.#challenges = new Challenges(now);
    this.#boards = new OpenBoards({
      kind: "petition",
      store,
      boardKey,
      commitDelayMs,
      paths: [PETITION],
      judge: ([petition]) => validatePetition(petition!, { kind: "none" }),
      subject: (petition) => ({
        scope: petition.petitionId,
        boardName: petition.petition.board.name,
        receipt: (standing) => makePetitionReceipt({ petition, ...standing }),
      }),
    });
  }

  /**
   * Registers a petition.
   *
   * @returns whether it is new.
   * @throws InputError - as `validatePetition` and `checkLeanRoll`; `petition-other-board`.
   */
  async registerPetition({
    document,
    rollEvents,
  }: RollDocument): Promise<{ petitionId: string; isNew: boolean }> {
    // The operator's token, not an anchor, is why the service takes it; members bring theirs.
    const petition = validatePetition(document, { kind: "none" });
    if (petition.petition.board.key !== ed25519PublicKey(this.#options.boardKey)) {
      throw new InputError("petition-other-board", "the petition names another board's key", PETITION);
    }
    const { tree } = checkLeanRoll(petition.roll, rollEvents);
    const stored = new Map([
      [PETITION, document],
      [publicPaths.rollEvents, rollEvents],
      ...leanRollFiles(tree),
    ]);
    return { petitionId: petition.petitionId, isNew: await this.#boards.register(petition, stored) };
  }

  /**
   * Checks a petition's signature from cheap to dear and records it.
   *
   * @param body - untrusted JSON, a proof.
   * @throws InputError - as `verifyPetitionSignature`; `petition-unknown`, `petition-not-open`,
   *   `petition-closed`.
   */
  async signPetition(petitionId: string, body: unknown): Promise<RecordOutcome<PetitionReceipt>> {
    const statement = readPetitionStatement(body);
    const { document: petition, board } = await this.#boards.open(petitionId);
    const hash = fromHex(statement.statementHash, 32);
    // A member whose receipt was lost on the way gets it again, whenever it asks.
    const known = await board.receiptOf(hash);
    if (known !== undefined) return { recorded: true, isNew: false, receipt: known };
    this.#checkOpen(petition);
    statement.check(petition);
    const nullifier = fieldToBytes(statement.nullifier);
    if (await this.#options.store.isRevisionUsed(petitionId, nullifier, 0)) {
      return { recorded: false, reason: "nullifier-used" };
    }
    await verifyPetitionSignature({ petition, proof: body, verifier: this.#verifier });
    // Verifying took time: what is recorded was sent and checked before the petition closed.
    this.#checkOpen(petition);
    const record = petitionRecord(body);
    return board.record({
      nullifier,
      // One signature a member.
      revision: 0,
      statementHash: hash,
      record,
      leafHash: leafHash(record),
    });
  }

  /**
   * Takes a roll's newest snapshot in place of the one before.
   *
   * @returns whether it is another than the one before.
   * @throws InputError - as `validateSnapshot` and `checkLeanRoll`; `snapshot-not-anchored` - not by the registrar
   *   of the one before; `snapshot-superseded` - not later than the one before.
   */
  async registerSnapshot({
    document,
    rollEvents,
  }: RollDocument): Promise<{ rollId: string; isNew: boolean }> {
    const given = validateSnapshot(document, { kind: "none" });
    const { rollId } = given.roll;
    const { tree } = checkLeanRoll(given.roll, rollEvents);
    return this.#queues.run(rollId, async () => {
      const { store } = this.#options;
      const stored = await store.readSnapshotFile(rollId, SNAPSHOT);
      if (stored !== undefined) {
        if (Buffer.compare(stored, document) === 0) return { rollId, isNew: false };
        const before = validateSnapshot(stored, { kind: "none" });
        validateSnapshot(document, { kind: "registrar", key: before.roll.registrarKey });
        if (given.snapshot.takenAt <= before.snapshot.takenAt) {
          throw new InputError("snapshot-superseded", "not later than the newest", SNAPSHOT);
        }
      }
      await store.replaceSnapshot(
        rollId,
        new Map([[SNAPSHOT, document], [publicPaths.rollEvents, rollEvents], ...leanRollFiles(tree)]),
      );
      return { rollId, isNew: true };
    });
  }

  /** A challenge to sign in with: 32 bytes, hexadecimal; kept in memory only. */
  challenge(): string {
    return this.#challenges.give();
  }

  /**
   * Whether a challenge was answered by a member of the newest snapshot of a roll. Returns where it was.
   *
   * @param answer - `nonce` in hexadecimal; `proof` untrusted JSON.
   * @throws InputError `sign-in-nonce-unknown` - never given, spent, or too old; or as `verifySignIn`.
   * @throws TypeError - no origin is configured: no route leads here then.
   */
  async signIn({ nonce, proof }: { readonly nonce: string; readonly proof?: unknown }): Promise<void> {
    const { origin } = this.#options;
    if (origin === undefined) throw new TypeError("no origin is configured");
    if (!this.#challenges.take(nonce)) {
      throw new InputError("sign-in-nonce-unknown", "never given, used before, or too old");
    }
    const snapshots = await this.#snapshots();
    const rolls = snapshots.map(({ roll }) => roll);
    await verifySignIn({ origin, nonce, proof, rolls, verifier: this.#verifier });
  }

  async #snapshots(): Promise<ValidSnapshot[]> {
    const { store } = this.#options;
    const rolls = await store.snapshotRolls();
    const files = await Promise.all(rolls.map((rollId) => store.readSnapshotFile(rollId, SNAPSHOT)));
    return files.flatMap((file) => (file === undefined ? [] : [validateSnapshot(file, { kind: "none" })]));
  }

  /**
   * A public file of a petition.
   *
   * @throws InputError `petition-unknown`, `file-missing`.
   */
  petitionFile(petitionId: string, path: string): Promise<Uint8Array> {
    return this.#boards.publicFile(petitionId, path);
  }

  /**
   * A file of a roll's newest snapshot.
   *
   * @throws InputError `file-missing`.
   */
  async snapshotFile(rollId: string, path: string): Promise<Uint8Array> {
    const content = await this.#options.store.readSnapshotFile(rollId, path);
    if (content === undefined) throw new InputError("file-missing", "no such public file", path);
    return content;
  }

  /** Commits what waits. */
  async close(): Promise<void> {
    await this.#boards.close();
    await this.#queues.settled();
  }

  #checkOpen({ petition }: ValidPetition): void {
    const now = this.#options.now();
    if (now < petition.opensAt) {
      throw new InputError("petition-not-open", "the petition has not opened", "proof");
    }
    if (now >= petition.closesAt) {
      throw new InputError("petition-closed", "the petition has closed", "proof");
    }
  }
}

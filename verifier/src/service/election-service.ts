// Polls: what the service does, without HTTP and SQL. docs/design/verifier.md.
import {
  type ArtifactSource,
  aggregateShards,
  assembleClosing,
  type BoardView,
  boardAt,
  type CountedBallot,
  canonicalBytes,
  checkCeremony,
  checkProof,
  checkRoll,
  checkStatement,
  closingStatement,
  closingStatementBytes,
  decodeRecord,
  ed25519PublicKey,
  encodeRecord,
  equalBytes,
  fieldToBytes,
  fromHex,
  InputError,
  type LoadedManifest,
  leafHash,
  makeReceipt,
  type ProofVerifier,
  parseCanonicalJson,
  parseSubmission,
  publicPaths,
  type Receipt,
  resultBytes,
  rollFiles,
  shareBodySchema,
  statementHash,
  tally,
  toHex,
  type ValidPoll,
  type VerifiedClosing,
  validatePoll,
  verifyClosing,
  verifyClosingSignature,
  verifyShare,
} from "@commune-zk/prover";
import type { Board, RecordOutcome } from "./board.ts";
import { circuitVerifiers } from "./circuit-verifiers.ts";
import { OpenBoards } from "./open-boards.ts";
import { Queues } from "./queues.ts";
import type { Store } from "./store.ts";

/** What a service runs on. */
export interface ElectionServiceOptions {
  readonly store: Store;
  /** Ed25519 seed that signs the checkpoints of all boards; every poll names its public half. */
  readonly boardKey: Uint8Array;
  readonly manifest: LoadedManifest;
  readonly artifacts: ArtifactSource;
  /** The clock, in seconds since 1970. It opens and closes polls, and is written nowhere. */
  readonly now: () => number;
  readonly allowDevelopmentKeys: boolean;
  /** See `Board`; {@link DEFAULT_COMMIT_DELAY_MS} unless told. */
  readonly commitDelayMs?: number;
}

/** How long a ballot waits for others to be committed with. */
export const DEFAULT_COMMIT_DELAY_MS = 25;

/** A signed poll with its roll and the record of its key generation, from the operator. */
export interface PollFiles {
  readonly poll: Uint8Array;
  readonly signatures: Uint8Array;
  readonly rollEvents: Uint8Array;
  readonly dkg: Uint8Array;
}

/** The service's operations. Every refusal is an InputError, or the value of {@link RecordOutcome}. */
export class ElectionService {
  readonly #options: ElectionServiceOptions;
  readonly #boards: OpenBoards<ValidPoll, Receipt>;
  readonly #verifier: (circuit: ValidPoll["circuit"]) => Promise<ProofVerifier>;
  // Work on closings and shares of one poll happens one after another.
  readonly #queues = new Queues();
  // The board that a poll's closing is about, until the result is out: reading it anew for every signature and
  // share would check every point of every ballot again.
  readonly #views = new Map<string, BoardView>();

  /** A service on a store that it alone writes to. */
  constructor(options: ElectionServiceOptions) {
    this.#options = options;
    const { store, boardKey, commitDelayMs = DEFAULT_COMMIT_DELAY_MS } = options;
    this.#verifier = circuitVerifiers(options);
    this.#boards = new OpenBoards({
      kind: "poll",
      store,
      boardKey,
      commitDelayMs,
      paths: [publicPaths.poll, publicPaths.signatures],
      judge: ([poll, signatures]) => this.#validate(poll!, signatures!),
      subject: (poll) => ({
        scope: poll.pollId,
        boardName: poll.poll.board.name,
        receipt: (standing) => makeReceipt({ poll, ...standing }),
      }),
    });
  }

  /**
   * Registers a poll after every check that an auditor makes of poll, roll and key generation.
   *
   * @returns whether it is new.
   * @throws InputError - as `validatePoll`, `checkRoll`, `checkCeremony`; `poll-other-board`.
   */
  async registerPoll(files: PollFiles): Promise<{ pollId: string; isNew: boolean }> {
    const { boardKey, manifest } = this.#options;
    const poll = this.#validate(files.poll, files.signatures);
    if (poll.poll.board.key !== ed25519PublicKey(boardKey)) {
      throw new InputError("poll-other-board", "the poll names another board's key", "poll.json");
    }
    const { tree } = checkRoll(poll, files.rollEvents);
    checkCeremony(poll, files.dkg);
    const stored = new Map([
      [publicPaths.poll, files.poll],
      [publicPaths.signatures, files.signatures],
      [publicPaths.keys, manifest.bytes],
      [publicPaths.rollEvents, files.rollEvents],
      [publicPaths.dkg, files.dkg],
      ...rollFiles(tree),
    ]);
    return { pollId: poll.pollId, isNew: await this.#boards.register(poll, stored) };
  }

  /**
   * Checks a ballot from cheap to dear and records it.
   *
   * @param body - untrusted bytes, at most 64 KiB.
   * @throws InputError - as `parseSubmission` and `checkStatement`; `poll-unknown`, `poll-not-open`,
   *   `poll-closed`, `submission-other-poll`, `proof-invalid`.
   */
  async submitBallot(pollId: string, body: Uint8Array): Promise<RecordOutcome<Receipt>> {
    const submission = parseSubmission(body);
    const { document: poll, board } = await this.#boards.open(pollId);
    if (submission.pollId !== pollId) {
      throw new InputError("submission-other-poll", "ballot of another poll", "ballot");
    }
    const { publicSignals } = submission;
    const hash = fromHex(statementHash(publicSignals), 32);
    // A member whose receipt was lost on the way gets it again, whenever it asks.
    const known = await board.receiptOf(hash);
    if (known !== undefined) return { recorded: true, isNew: false, receipt: known };
    this.#checkOpen(poll);
    const { nullifier, revision } = checkStatement(poll, publicSignals, "ballot");
    const nullifierBytes = fieldToBytes(nullifier);
    if (await this.#options.store.isRevisionUsed(pollId, nullifierBytes, revision)) {
      return { recorded: false, reason: "nullifier-used" };
    }
    const proof = checkProof(submission.proof, "ballot proof");
    if (!(await (await this.#verifier(poll.circuit)).verify(publicSignals, proof))) {
      throw new InputError("proof-invalid", "the proof does not verify", "ballot");
    }
    // Verifying took time: what is recorded was sent and checked before the poll closed.
    this.#checkOpen(poll);
    const record = encodeRecord({ publicSignals, proof });
    return board.record({
      nullifier: nullifierBytes,
      revision,
      statementHash: hash,
      record,
      leafHash: leafHash(record),
    });
  }

  /**
   * Records a closer's signature; with a quorum, publishes `closing.json`.
   *
   * @throws InputError - as `verifyClosingSignature`; `poll-unknown`, `poll-still-open`,
   *   `closing-not-my-board`, `closing-duplicate` (this closer has signed another statement).
   */
  addClosing(pollId: string, body: unknown): Promise<void> {
    return this.#queues.run(pollId, async () => {
      const { store, now } = this.#options;
      const { document: poll, board } = await this.#boards.open(pollId);
      const signature = verifyClosingSignature(poll, body);
      if (now() < poll.poll.closesAt) throw new InputError("poll-still-open", "the poll is open", "closing");
      const { boardSize, boardRoot } = signature.statement;
      const statement = closingStatementBytes(signature.statement);
      const isOurs =
        boardSize <= board.size &&
        boardRoot === toHex(board.root(boardSize)) &&
        equalBytes(
          statement,
          closingStatementBytes(closingStatement({ poll, board: await this.#view(poll, board, boardSize) })),
        );
      if (!isOurs)
        throw new InputError("closing-not-my-board", "the closing is about another board", "closing");
      const entry = { closer: signature.closer, statement, signature: signature.signature };
      if (!(await store.insertClosing(pollId, entry))) {
        const stored = (await store.closings(pollId)).find(({ closer }) => closer === entry.closer);
        if (stored === undefined || !equalBytes(stored.statement, statement))
          throw new InputError("closing-duplicate", "this closer signed another statement", "closing");
      }
      // Also for one that was there: the service may have stopped before it published what that one completed.
      await this.#publishClosing(poll);
      await this.#publishResult(poll);
    });
  }

  async #publishClosing(poll: ValidPoll): Promise<void> {
    const { store } = this.#options;
    if ((await store.readFile(poll.pollId, publicPaths.closing)) !== undefined) return;
    const signatures = (await store.closings(poll.pollId)).map(({ statement, ...rest }) => ({
      ...rest,
      statement: parseCanonicalJson(statement),
    }));
    try {
      await store.insertFile(poll.pollId, publicPaths.closing, assembleClosing({ poll, signatures }));
    } catch (error) {
      if (!(error instanceof InputError && error.code === "closing-no-quorum")) throw error;
    }
  }

  /**
   * Records a trustee's partial decryption; with t of them, publishes `result.json`.
   *
   * @throws InputError - as `verifyShare`; `poll-unknown`, `closing-missing`, `share-duplicate`.
   */
  addShare(pollId: string, body: unknown): Promise<void> {
    return this.#queues.run(pollId, async () => {
      const { store } = this.#options;
      // `body` is stored as it came: nothing may be in it that the signature does not cover.
      if (!shareBodySchema.safeParse(body).success)
        throw new InputError("share-malformed", "not a signed share", "share");
      const { document: poll } = await this.#boards.open(pollId);
      const closed = await this.#closed(poll);
      if (closed === undefined)
        throw new InputError("closing-missing", "no closing has a quorum yet", "share");
      const shards = aggregateShards(poll, closed.board.counted);
      const { trustee } = verifyShare({ poll, closing: closed.closing, shards, value: body });
      const content = canonicalBytes(body);
      const path = publicPaths.share(trustee);
      if (!(await store.insertShare(pollId, { trustee, content }, path))) {
        const stored = await store.readFile(pollId, path);
        if (stored === undefined || !equalBytes(stored, content))
          throw new InputError("share-duplicate", "this trustee has handed in another share", "share");
      }
      await this.#publishResult(poll);
    });
  }

  /** Tallies and publishes, as soon as closing and shares suffice. */
  async #publishResult(poll: ValidPoll): Promise<void> {
    const { store } = this.#options;
    // Decoding takes up to ten seconds: once is enough, however often a message is sent again.
    if ((await store.readFile(poll.pollId, publicPaths.result)) !== undefined) return;
    const closed = await this.#closed(poll);
    if (closed === undefined) return;
    const shares = (await store.shares(poll.pollId)).map(({ content }) => parseCanonicalJson(content));
    const outcome = await tally({ poll, ...closed, shares });
    if (!outcome.complete) return;
    await store.insertFile(poll.pollId, publicPaths.result, resultBytes(outcome.result));
    this.#views.delete(poll.pollId);
  }

  /** The published closing and the board that it is about. */
  async #closed(poll: ValidPoll): Promise<{ closing: VerifiedClosing; board: BoardView } | undefined> {
    const bytes = await this.#options.store.readFile(poll.pollId, publicPaths.closing);
    if (bytes === undefined) return undefined;
    const closing = verifyClosing(poll, bytes);
    const { board } = await this.#boards.open(poll.pollId);
    return { closing, board: await this.#view(poll, board, closing.statement.boardSize) };
  }

  /** The first `size` records, which were verified when they came and never change. */
  async #view(poll: ValidPoll, board: Board<Receipt>, size: number): Promise<BoardView> {
    const kept = this.#views.get(poll.pollId);
    if (kept?.size === size) return kept;
    const records = await this.#options.store.records(poll.pollId, 0, size);
    const ballots = records.map((record): CountedBallot => {
      const { publicSignals } = decodeRecord(record);
      return { ...checkStatement(poll, publicSignals, "board"), statementHash: statementHash(publicSignals) };
    });
    const view = boardAt(poll, { ballots, rootAt: (n) => toHex(board.root(n)) }, size);
    this.#views.set(poll.pollId, view);
    return view;
  }

  /**
   * A public file of a poll.
   *
   * @throws InputError `poll-unknown`, `file-missing`.
   */
  publicFile(pollId: string, path: string): Promise<Uint8Array> {
    return this.#boards.publicFile(pollId, path);
  }

  /** Commits what waits and releases the store. */
  async close(): Promise<void> {
    await this.#boards.close();
    await this.#queues.settled();
    await this.#options.store.close();
  }

  #checkOpen({ poll }: ValidPoll): void {
    const now = this.#options.now();
    if (now < poll.opensAt) throw new InputError("poll-not-open", "the poll has not opened", "ballot");
    if (now >= poll.closesAt) throw new InputError("poll-closed", "the poll is closed", "ballot");
  }

  #validate(poll: Uint8Array, signatures: Uint8Array): ValidPoll {
    const { manifest, allowDevelopmentKeys } = this.#options;
    // The operator's token, not an anchor of its own, is why the service takes a poll; members and auditors
    // bring theirs.
    return validatePoll({
      pollBytes: poll,
      signaturesBytes: signatures,
      manifest,
      anchor: { kind: "none" },
      allowDevelopmentKeys,
    });
  }
}

// Ledgers: the service is their registry. docs/spec/ledger.md, docs/spec/http.md §8.
import {
  appendEntry,
  BoardTree,
  canonicalBytes,
  checkCreditBatch,
  concatBytes,
  creditBatchSchema,
  ed25519PublicKey,
  emptyLedger,
  hashFramed,
  InputError,
  type LedgerChange,
  type LedgerState,
  ledgerPaths,
  ledgerTreeFiles,
  type PointJson,
  parsePoint,
  replayLedger,
  revocationRequestSchema,
  toHex,
  utf8,
} from "@commune-zk/prover";
import { signHead } from "./board.ts";
import { Queues } from "./queues.ts";
import type { Store } from "./store.ts";

/** What the registry runs on. */
export interface LedgerServiceOptions {
  readonly store: Store;
  /** Ed25519 seed that signs checkpoints. */
  readonly boardKey: Uint8Array;
  /** Ed25519 seed that signs entries. */
  readonly registryKey: Uint8Array;
  /** The clock, in seconds since 1970; entries bear it. */
  readonly now: () => number;
}

/** What became of a change. */
export interface Entered {
  /** Of the log's entry that holds the change. */
  readonly serial: number;
  /** False where this very change was entered before. */
  readonly isNew: boolean;
}

/** A ledger as the service keeps it; replaced with every entry, never changed. */
export interface KeptLedger {
  readonly boardName: string;
  readonly state: LedgerState;
  /** Of `entries.ndjson`, each with its newline. */
  readonly lines: readonly Uint8Array[];
  /** Newest checkpoint, a signed note. */
  readonly note: string;
  /** Serial of the last entry with a change, by the change's digest. */
  readonly serials: ReadonlyMap<string, number>;
}

/** The registry's operations. Every refusal is an InputError. */
export class LedgerService {
  /** Ed25519, hexadecimal: what policies and readers know the registry by. */
  readonly registryKey: string;
  readonly #options: LedgerServiceOptions;
  readonly #ledgers = new Map<string, Promise<KeptLedger>>();
  // Each entry continues the one before.
  readonly #queues = new Queues();

  /** A registry on a store that it alone writes to. */
  constructor(options: LedgerServiceOptions) {
    this.#options = options;
    this.registryKey = ed25519PublicKey(options.registryKey);
  }

  /**
   * Begins a ledger.
   *
   * @param ledger - read by `parseLedgerRegistration`.
   * @throws InputError `ledger-other-board` - it is there, under another board's name.
   */
  async register({
    ledgerId,
    boardName,
  }: {
    readonly ledgerId: string;
    readonly boardName: string;
  }): Promise<{ readonly isNew: boolean }> {
    const { store, boardKey } = this.#options;
    const note = signHead({ scope: ledgerId, boardName, boardKey }, new BoardTree());
    const isNew = await store.insertLedger(ledgerId, { boardName, note });
    if (!isNew && (await this.ledger(ledgerId)).boardName !== boardName) {
      throw new InputError("ledger-other-board", "this ledger stands under another board's name");
    }
    return { isNew };
  }

  /**
   * Gives an issuer authority, renews or ends it.
   *
   * @throws InputError - the key as `parsePoint`; `ledger-unknown`, `ledger-malformed`.
   */
  async setIssuer(
    ledgerId: string,
    issuer: { readonly key: PointJson; readonly name: string; readonly until: number },
  ): Promise<Entered> {
    parsePoint(issuer.key, "issuer key");
    const change: LedgerChange = { kind: "issuer", ...issuer, key: [...issuer.key] };
    return this.#enter(ledgerId, change, ({ issuers }) => {
      const current = issuers.get(issuer.key.join());
      return current?.name === issuer.name && current.until === issuer.until;
    });
  }

  /** Opens a period. @throws InputError `ledger-unknown`, `ledger-period-reopened`, `ledger-malformed`. */
  openPeriod(
    ledgerId: string,
    period: { readonly period: number; readonly closes: number },
  ): Promise<Entered> {
    return this.#enter(ledgerId, { kind: "period", ...period });
  }

  /** Revokes by the registry's own authority. @throws InputError - as `replayLedger`; `ledger-unknown`. */
  strike(ledgerId: string, positions: readonly number[]): Promise<Entered> {
    return this.#enter(ledgerId, { kind: "revoke", positions: [...positions], request: null });
  }

  /**
   * Takes an issuer's batch.
   *
   * @param body - untrusted JSON.
   * @throws InputError - as `checkCreditBatch`; `ledger-unknown`.
   */
  addBatch(ledgerId: string, body: unknown): Promise<Entered> {
    const parsed = creditBatchSchema.safeParse(body);
    if (!parsed.success) throw new InputError("credit-malformed", "not a batch of credits", "batch");
    return this.#enter(ledgerId, { kind: "credits", batch: parsed.data }, undefined, (state, at) => {
      checkCreditBatch(state, parsed.data, { at });
    });
  }

  /**
   * Revokes at an issuer's request.
   *
   * @param body - untrusted JSON.
   * @throws InputError `revocation-malformed`, or as `replayLedger`; `ledger-unknown`.
   */
  addRevocation(ledgerId: string, body: unknown): Promise<Entered> {
    const parsed = revocationRequestSchema.safeParse(body);
    if (!parsed.success) {
      throw new InputError("revocation-malformed", "not a request to revoke", "revocation");
    }
    const request = parsed.data;
    return this.#enter(ledgerId, { kind: "revoke", positions: request.positions, request });
  }

  /**
   * A ledger as it stands.
   *
   * @throws InputError `ledger-unknown`.
   */
  ledger(ledgerId: string): Promise<KeptLedger> {
    const known = this.#ledgers.get(ledgerId);
    if (known !== undefined) return known;
    const read = this.#read(ledgerId);
    this.#ledgers.set(ledgerId, read);
    read.catch(() => this.#ledgers.delete(ledgerId));
    return read;
  }

  /**
   * A public file of a ledger.
   *
   * @throws InputError `ledger-unknown`, `file-missing`.
   */
  async publicFile(ledgerId: string, path: string): Promise<Uint8Array> {
    const { lines, note, state } = await this.ledger(ledgerId);
    if (path === ledgerPaths.entries) return concatBytes(...lines);
    if (path === ledgerPaths.checkpoint) return utf8(note);
    const content = ledgerTreeFiles(state.tree).get(path);
    if (content === undefined) throw new InputError("file-missing", "no such public file", path);
    return content;
  }

  /** Ends what has begun. */
  close(): Promise<void> {
    return this.#queues.settled();
  }

  /**
   * Enters a change, once: the same change again answers as the first time.
   *
   * @param stands - whether an earlier entry of this change still says how things are.
   * @param check - refuses what must not be entered, with the codes and places of what was sent.
   */
  #enter(
    ledgerId: string,
    change: LedgerChange,
    stands: (state: LedgerState) => boolean = () => true,
    check?: (state: LedgerState, at: number) => void,
  ): Promise<Entered> {
    return this.#queues.run(ledgerId, async () => {
      const { store, registryKey, boardKey, now } = this.#options;
      const kept = await this.ledger(ledgerId);
      const { state, boardName } = kept;
      const digest = digestOf(change);
      const before = kept.serials.get(digest);
      if (before !== undefined && stands(state)) return { serial: before, isNew: false };
      // A clock that was set back must not stop the log; its times never decrease.
      const at = Math.max(now(), state.at);
      check?.(state, at);
      const serial = state.entries;
      const next = appendEntry(state, { at, change }, registryKey);
      const lines = [...kept.lines, next.line];
      const note = signHead({ scope: ledgerId, boardName, boardKey }, treeOf(lines));
      try {
        await store.appendEntry(ledgerId, serial, { line: next.line, note });
      } catch (error) {
        // It may have been stored although its answer was lost: what the store holds decides.
        this.#ledgers.delete(ledgerId);
        throw error;
      }
      const serials = new Map(kept.serials).set(digest, serial);
      this.#ledgers.set(ledgerId, Promise.resolve({ boardName, state: next.state, lines, note, serials }));
      return { serial, isNew: true };
    });
  }

  async #read(ledgerId: string): Promise<KeptLedger> {
    const stored = await this.#options.store.readLedger(ledgerId);
    if (stored === undefined) throw new InputError("ledger-unknown", "no such ledger");
    const { boardName, lines, note } = stored;
    const name = { ledgerId, registryKey: this.registryKey };
    try {
      const state = lines.length === 0 ? emptyLedger(name) : replayLedger(concatBytes(...lines), name);
      return { boardName, lines, note, state, serials: serialsOf(lines) };
    } catch (cause) {
      // The service's own entries: no fault of the request, so no InputError.
      throw new Error("a stored ledger does not fit the service's registry key any more", { cause });
    }
  }
}

function digestOf(change: LedgerChange): string {
  return toHex(hashFramed("ledger-change", [canonicalBytes(change)]));
}

function serialsOf(lines: readonly Uint8Array[]): Map<string, number> {
  return new Map(
    lines.map((line, serial) => {
      const { entry } = JSON.parse(Buffer.from(line).toString()) as { entry: { change: LedgerChange } };
      return [digestOf(entry.change), serial];
    }),
  );
}

/** The RFC 6962 tree over a log's lines, without their newlines. */
function treeOf(lines: readonly Uint8Array[]): BoardTree {
  const tree = new BoardTree();
  for (const line of lines) tree.append(line.subarray(0, -1));
  return tree;
}

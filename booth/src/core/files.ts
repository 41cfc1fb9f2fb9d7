// Public files of a poll, policy, ledger, petition or snapshot: from the network, else from this device's own store.
import { InputError, type PublicFiles, urlPublicFiles } from "@commune-zk/prover";
import { type EvidenceItem, NamedError, NoAnswerError } from "./faults.ts";
import { patientFetch } from "./patient-fetch.ts";
import type { Change } from "./storage.ts";
import type { Surroundings } from "./surroundings.ts";

/** Where a file is looked for first. */
export type ReadOrder =
  | "network-first"
  /** For what was stored only after it had been checked against the poll. */
  | "store-first"
  | "store-only";

/**
 * Reads the public files of one of them. Nothing is stored before {@link ScopeFiles.keep}: the caller checks first,
 * so that a bad file never takes a good one's place.
 */
export class ScopeFiles implements PublicFiles {
  readonly #surroundings: Surroundings;
  readonly #id: string;
  readonly #order: ReadOrder;
  readonly #network: PublicFiles;
  readonly #fresh = new Map<string, Uint8Array>();
  #usedStore = false;

  /** Files of one of them, by its id, for one purpose. */
  constructor(
    surroundings: Surroundings,
    id: string,
    order: ReadOrder = "network-first",
    folder: "polls" | "policies" | "ledgers" | "petitions" | "snapshots" = "polls",
  ) {
    this.#surroundings = surroundings;
    this.#id = id;
    this.#order = order;
    const { baseUrl } = surroundings.config;
    this.#network = urlPublicFiles(`${baseUrl}/${folder}/${id}`, { fetch: patientFetch(surroundings) });
  }

  /** Whether some file came from this device for want of an answer. */
  get usedStore(): boolean {
    return this.#usedStore;
  }

  /** What came from the network, for evidence. */
  get fresh(): readonly EvidenceItem[] {
    return [...this.#fresh].map(([name, bytes]) => ({ name, bytes }));
  }

  /** @throws InputError `file-missing`; NoAnswerError. */
  async read(path: string, options: { signal?: AbortSignal } = {}): Promise<Uint8Array> {
    if (this.#order !== "network-first") {
      const stored = await this.#stored(path);
      if (stored !== undefined) return stored;
      if (this.#order === "store-only") throw new InputError("file-missing", "not stored", path);
    }
    try {
      if (!this.#surroundings.network.isOnline()) throw new NoAnswerError("no network");
      const bytes = await this.#network.read(path, options);
      this.#fresh.set(path, bytes);
      return bytes;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof InputError) throw error;
      const stored = this.#order === "network-first" ? await this.#stored(path) : undefined;
      if (stored !== undefined) {
        this.#usedStore = true;
        return stored;
      }
      // A status of 500, say.
      throw error instanceof NamedError ? error : new NoAnswerError("no answer", { cause: error });
    }
  }

  #stored(path: string): Promise<Uint8Array | undefined> {
    return this.#surroundings.storage.read("files", `${this.#id}/${path}`);
  }

  /** Stores what came from the network since the last time. That it does not fit is no fault: it is a copy. */
  async keep(): Promise<void> {
    const changes = [...this.#fresh].map(
      ([path, bytes]): Change => ({ store: "files", key: `${this.#id}/${path}`, value: bytes }),
    );
    this.#fresh.clear();
    if (changes.length === 0) return;
    try {
      await this.#surroundings.storage.write(changes);
    } catch (error) {
      if (!(error instanceof NamedError)) throw error;
    }
  }
}

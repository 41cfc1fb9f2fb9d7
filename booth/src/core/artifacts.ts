// Circuits and keys: fetched by digest, with honest progress, once.
import { concatBytes, InputError, type ManifestFile } from "@commune-zk/prover";
import { NamedError, NoAnswerError } from "./faults.ts";
import { patientRead } from "./patient-fetch.ts";
import type { BoothStorage } from "./storage.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * An artifact in pieces. Nothing on the page's thread handles more than one of them in one go: to copy the
 * megabytes of a proving key would hold it up, and a member is pressing buttons meanwhile.
 */
export type Pieces = readonly Uint8Array[];

/** Where checked artifacts stay between visits. */
export interface ArtifactCache {
  /** All pieces that are there, in order. */
  get(sha256: string): Promise<Pieces>;
  put(sha256: string, pieces: Pieces): Promise<void>;
  remove(sha256: string): Promise<void>;
}

/** A cache in the booth's own storage. */
export function storageArtifacts(storage: BoothStorage): ArtifactCache {
  const keysOf = async (sha256: string): Promise<readonly string[]> =>
    (await storage.keys("artifacts")).filter((key) => key.startsWith(`${sha256}/`));
  return {
    get: async (sha256) => {
      const pieces: Uint8Array[] = [];
      for (const key of await keysOf(sha256)) pieces.push((await storage.read("artifacts", key))!);
      return pieces;
    },
    put: async (sha256, pieces) => {
      for (const [i, value] of pieces.entries()) {
        const key = `${sha256}/${String(i).padStart(3, "0")}`;
        await storage.write([{ store: "artifacts", key, value }]);
      }
    },
    remove: async (sha256) => {
      const changes = (await keysOf(sha256)).map(
        (key) => ({ store: "artifacts", key, value: null }) as const,
      );
      if (changes.length > 0) await storage.write(changes);
    },
  };
}

/**
 * Loads artifacts and holds them while the page lives: every change of the votes proves anew.
 *
 * Digests are not checked here but by the worker, which uses the bytes. Only what the worker found good is cached,
 * see {@link ArtifactLoader.confirm}.
 */
export class ArtifactLoader {
  readonly #surroundings: Surroundings;
  readonly #loaded = new Map<string, Promise<Pieces>>();
  readonly #received = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  readonly #unconfirmed = new Map<string, Pieces>();
  #stop = new AbortController();

  /** A loader for the service's artifacts. */
  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /**
   * A piece of an artifact; empty after the last one.
   *
   * @throws InputError `artifact-missing`; NoAnswerError; DOMException `AbortError` after {@link stop}.
   */
  async piece(file: ManifestFile, piece: number): Promise<Uint8Array> {
    return (await this.#pieces(file))[piece] ?? new Uint8Array(0);
  }

  #pieces(file: ManifestFile): Promise<Pieces> {
    const known = this.#loaded.get(file.sha256);
    if (known !== undefined) return known;
    const loading = this.#load(file);
    this.#loaded.set(file.sha256, loading);
    loading.catch(() => {
      if (this.#loaded.get(file.sha256) === loading) this.#loaded.delete(file.sha256);
    });
    return loading;
  }

  /**
   * Loads files, and tells which part of their bytes has arrived.
   *
   * @throws as {@link piece}.
   */
  async load(files: readonly ManifestFile[], onFraction: (fraction: number) => void): Promise<void> {
    const total = files.reduce((sum, { size }) => sum + size, 0);
    const listener = (): void => {
      const received = files.reduce((sum, { sha256, size }) => sum + this.#receivedOf(sha256, size), 0);
      onFraction(received / total);
    };
    this.#listeners.add(listener);
    try {
      listener();
      await Promise.all(files.map((file) => this.#pieces(file)));
    } finally {
      this.#listeners.delete(listener);
    }
  }

  #receivedOf(sha256: string, size: number): number {
    return Math.min(this.#received.get(sha256) ?? 0, size);
  }

  async #load(file: ManifestFile): Promise<Pieces> {
    const { artifactCache, config } = this.#surroundings;
    const { sha256 } = file;
    const report = (received: number): void => {
      this.#received.set(sha256, received);
      for (const listener of this.#listeners) listener();
    };
    const cached = await artifactCache.get(sha256).catch((): Pieces => []);
    // A page may have gone while it stored them.
    if (lengthOf(cached) === file.size) {
      report(file.size);
      return cached;
    }
    const { signal } = this.#stop;
    try {
      const read = patientRead(this.#surroundings, report);
      const { status, parts } = await read(`${config.baseUrl}/artifacts/${sha256}`, { signal });
      if (status === 404) throw new InputError("artifact-missing", "no such artifact", sha256);
      if (status !== 200) throw new NoAnswerError(`status ${status}`);
      this.#unconfirmed.set(sha256, parts);
      return parts;
    } catch (error) {
      report(0);
      signal.throwIfAborted();
      if (error instanceof InputError || error instanceof NamedError) throw error;
      throw new NoAnswerError("no answer", { cause: error });
    }
  }

  /** The worker has checked these: they are kept for the next visit, where there is room. */
  async confirm(files: readonly ManifestFile[]): Promise<void> {
    for (const { sha256 } of files) {
      const pieces = this.#unconfirmed.get(sha256);
      this.#unconfirmed.delete(sha256);
      if (pieces !== undefined)
        await this.#surroundings.artifactCache.put(sha256, pieces).catch(() => undefined);
    }
  }

  /** The worker has found one of these bad: they are fetched again next time. @returns what they were. */
  async distrust(files: readonly ManifestFile[]): Promise<{ name: string; bytes: Uint8Array }[]> {
    const items: { name: string; bytes: Uint8Array }[] = [];
    for (const { sha256, path } of files) {
      const loading = this.#loaded.get(sha256);
      this.#loaded.delete(sha256);
      this.#unconfirmed.delete(sha256);
      this.#received.delete(sha256);
      await this.#surroundings.artifactCache.remove(sha256).catch(() => undefined);
      const pieces = await loading?.catch(() => undefined);
      if (pieces !== undefined) items.push({ name: path, bytes: concatBytes(...pieces) });
    }
    return items;
  }

  /** Ends downloads under way; what has arrived whole stays. */
  stop(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
  }
}

function lengthOf(pieces: Pieces): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

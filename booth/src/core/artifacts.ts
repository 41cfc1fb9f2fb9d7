// Circuits and keys: fetched by digest, with honest progress, once.
import { type ArtifactSource, InputError, type ManifestFile, urlArtifactSource } from "@commune-zk/prover";
import { NamedError, NoAnswerError } from "./faults.ts";
import { patientFetch } from "./patient-fetch.ts";
import type { BoothStorage } from "./storage.ts";
import type { Surroundings } from "./surroundings.ts";

/** Where checked artifacts stay between visits. */
export interface ArtifactCache {
  get(sha256: string): Promise<Uint8Array | undefined>;
  put(sha256: string, bytes: Uint8Array): Promise<void>;
  remove(sha256: string): Promise<void>;
}

/** A cache in the booth's own storage. */
export function storageArtifacts(storage: BoothStorage): ArtifactCache {
  return {
    get: (sha256) => storage.read("artifacts", sha256),
    put: async (sha256, bytes) => {
      await storage.write([{ store: "artifacts", key: sha256, value: bytes }]);
    },
    remove: async (sha256) => {
      await storage.write([{ store: "artifacts", key: sha256, value: null }]);
    },
  };
}

/**
 * Loads artifacts and holds them while the page lives: every change of the votes proves anew.
 *
 * Digests are not checked here but by the worker, which uses the bytes: hashing 6 MB takes the page's thread
 * 50 ms. Only what the worker found good is cached, see {@link ArtifactLoader.confirm}.
 */
export class ArtifactLoader implements ArtifactSource {
  readonly #surroundings: Surroundings;
  readonly #loaded = new Map<string, Promise<Uint8Array>>();
  readonly #received = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  readonly #unconfirmed = new Map<string, Uint8Array>();
  #stop = new AbortController();

  /** A loader for the service's artifacts. */
  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** @throws InputError `artifact-missing`; NoAnswerError; DOMException `AbortError` after {@link stop}. */
  bytes(file: ManifestFile): Promise<Uint8Array> {
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
   * @throws as {@link bytes}.
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
      await Promise.all(files.map((file) => this.bytes(file)));
    } finally {
      this.#listeners.delete(listener);
    }
  }

  #receivedOf(sha256: string, size: number): number {
    return Math.min(this.#received.get(sha256) ?? 0, size);
  }

  async #load(file: ManifestFile): Promise<Uint8Array> {
    const { artifactCache, config } = this.#surroundings;
    const { sha256 } = file;
    const report = (received: number): void => {
      this.#received.set(sha256, received);
      for (const listener of this.#listeners) listener();
    };
    const cached = await artifactCache.get(sha256).catch(() => undefined);
    if (cached !== undefined) {
      report(cached.length);
      return cached;
    }
    const source = urlArtifactSource(`${config.baseUrl}/artifacts`, {
      fetch: patientFetch(this.#surroundings, report),
    });
    const { signal } = this.#stop;
    try {
      const bytes = await source.bytes(file, { signal });
      report(bytes.length);
      this.#unconfirmed.set(sha256, bytes);
      return bytes;
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
      const bytes = this.#unconfirmed.get(sha256);
      this.#unconfirmed.delete(sha256);
      if (bytes !== undefined)
        await this.#surroundings.artifactCache.put(sha256, bytes).catch(() => undefined);
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
      const bytes = await loading?.catch(() => undefined);
      if (bytes !== undefined) items.push({ name: path, bytes });
    }
    return items;
  }

  /** Ends downloads under way; what has arrived whole stays. */
  stop(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
  }
}

// What the booth stands on. All of it is handed in: nothing here reaches for a browser.
import type { SecretFileParameters } from "@commune-zk/prover";
import type { TaskWorker } from "../worker/protocol.ts";
import type { ArtifactCache } from "./artifacts.ts";
import type { BoothConfig } from "./config.ts";
import type { BoothStorage } from "./storage.ts";

/** Calls back later. */
export interface Timers {
  /** @returns what cancels it; harmless once it has called. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Whether there is a network, as far as the device knows. */
export interface Network {
  isOnline(): boolean;
  /** @returns what ends the watching. */
  onOnline(listener: () => void): () => void;
}

/** A passkey whose PRF extension gives a secret. The page asks the authenticator. */
export interface Passkeys {
  /** A new one. @throws Error - declined, or the authenticator has no PRF. */
  create(): Promise<{ readonly credentialId: Uint8Array; readonly secret: Uint8Array }>;
  /** The same secret again, at least 32 bytes. @throws Error - declined, or it is gone. */
  secretOf(credentialId: Uint8Array): Promise<Uint8Array>;
}

/** Everything outside the booth. */
export interface Surroundings {
  readonly config: BoothConfig;
  /** The page's own URL: links to hand over are made from it. */
  readonly pageUrl: string;
  readonly storage: BoothStorage;
  readonly artifactCache: ArtifactCache;
  readonly fetch: typeof fetch;
  /** `keys/semaphore.json`, which comes with the page. @throws Error - not there; safe to retry. */
  readonly semaphoreManifest: () => Promise<Uint8Array>;
  /** A new worker that serves one task. */
  readonly makeWorker: () => TaskWorker;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly timers: Timers;
  readonly network: Network;
  /** Resolves once the page shows its state of now, or soon where nobody looks at it. */
  readonly painted: () => Promise<void>;
  /** So many bytes of the platform's CSPRNG. */
  readonly random: (length: number) => Uint8Array;
  readonly passkeys: Passkeys;
  /** Of secret files; the prover's default unless told. */
  readonly secretParameters?: SecretFileParameters;
}

// The booth on a real browser: everything that core is handed.

import workerUrl from "virtual:booth-worker";
import { utf8 } from "@commune-zk/prover";
import { storageArtifacts } from "./core/artifacts.ts";
import { makeBooth } from "./core/booth.ts";
import { readConfig } from "./core/config.ts";
import { indexedDbStorage } from "./core/indexed-db.ts";
import type { Booth } from "./core/state.ts";
import type { Network, Timers } from "./core/surroundings.ts";
import { painted } from "./painted.ts";
import { browserPasskeys } from "./passkeys.ts";
import { taskWorker } from "./worker/protocol.ts";

/**
 * A booth on this browser.
 *
 * @throws InputError `config-malformed`; StorageError; Error - `config.json` could not be read: safe to retry.
 */
export async function browserBooth(): Promise<Booth> {
  const pageUrl = location.origin + location.pathname;
  const get = fetch.bind(globalThis);
  const [storage, config] = await Promise.all([indexedDbStorage(), readConfig(get, pageUrl)]);
  const booth = makeBooth({
    config,
    pageUrl,
    storage,
    artifactCache: storageArtifacts(storage),
    fetch: get,
    // Apart: three kilobytes that only a petition or a sign-in needs.
    semaphoreManifest: async () => utf8((await import("virtual:semaphore-manifest")).default),
    makeWorker: () => taskWorker(new Worker(workerUrl, { type: "module" })),
    now: () => Date.now(),
    timers,
    network,
    painted,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    passkeys: browserPasskeys(),
  });
  keepForGood(booth);
  return booth;
}

const timers: Timers = {
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

const network: Network = {
  isOnline: () => navigator.onLine,
  onOnline(listener) {
    addEventListener("online", listener);
    return () => removeEventListener("online", listener);
  },
};

/** Once there is an identity, the browser is asked not to drop it when room is short. */
function keepForGood(booth: Booth): void {
  const stop = booth.subscribe(() => {
    if (["starting", "welcome"].includes(booth.state.at)) return;
    stop();
    // Refused or unknown, storage works as before.
    navigator.storage?.persist?.().catch(() => undefined);
  });
}

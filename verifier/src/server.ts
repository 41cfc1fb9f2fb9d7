// The service as one thing: store, domain, HTTP.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ArtifactSource, LoadedManifest } from "@commune-zk/prover";
import { type DestinationStream, pino } from "pino";
import { createApp } from "./http/app.ts";
import { createMetrics } from "./http/metrics.ts";
import type { KeySet } from "./service/circuit-verifiers.ts";
import { DEFAULT_COMMIT_DELAY_MS, ElectionService } from "./service/election-service.ts";
import { HoursService } from "./service/hours-service.ts";
import { LedgerService } from "./service/ledger-service.ts";
import { type MembershipKeys, MembershipService } from "./service/membership-service.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";

/** How a service is set up. */
export interface ServerOptions {
  /** SQLite file; made where missing. */
  readonly databasePath: string;
  /** Bearer token for registering polls; at least 16 characters; secret. */
  readonly operatorToken: string;
  /** Ed25519 seed, 32 bytes, that signs checkpoints; secret. */
  readonly boardKey: Uint8Array;
  readonly manifest: LoadedManifest;
  readonly artifacts: ArtifactSource;
  /** Keys that one machine made are refused unless this is true. */
  readonly allowDevelopmentKeys: boolean;
  /** Ed25519 seed, 32 bytes, that signs ledgers' entries; secret. No ledgers and policies without it. */
  readonly registryKey?: Uint8Array;
  /** Keys of the hours circuits; no policies without them. */
  readonly hours?: KeySet;
  /** The public ceremony's keys; no petitions, snapshots and sign-ins without them. */
  readonly membership?: MembershipKeys;
  /** Where members sign in, `location.origin` of the page; nobody signs in without it. */
  readonly origin?: string;
  /** Seconds since 1970; the system's clock unless told. */
  readonly now?: () => number;
  /** Folder of a built booth, served at the root; none unless told. */
  readonly pagesDirectory?: string;
  /** Where log lines go; standard output unless told. */
  readonly log?: DestinationStream;
}

const KEEP_ALIVE_MS = 65_000;

/** A running service. */
export interface RunningServer {
  /** `http://127.0.0.1:port`. */
  readonly baseUrl: string;
  /** Answers what has begun, commits what waits, and closes the database. */
  close(): Promise<void>;
}

/**
 * Starts the service.
 *
 * @param listen - `port` 0 takes a free one.
 * @throws RangeError - a token or key of the wrong length.
 * @throws TypeError - `hours` without `registryKey`, or `origin` without `membership`.
 * @throws Error - the database cannot be opened durably, or the port is taken.
 */
export async function startServer(
  options: ServerOptions,
  listen: { readonly host?: string; readonly port: number },
): Promise<RunningServer> {
  const { operatorToken, boardKey, manifest, artifacts, allowDevelopmentKeys } = options;
  if (operatorToken.length < 16) throw new RangeError("operatorToken has fewer than 16 characters");
  if (boardKey.length !== 32) throw new RangeError(`boardKey has ${boardKey.length} bytes, expected 32`);
  const { registryKey, hours: hoursKeys, membership: membershipKeys, origin } = options;
  if (registryKey !== undefined && registryKey.length !== 32) {
    throw new RangeError(`registryKey has ${registryKey.length} bytes, expected 32`);
  }
  if (hoursKeys !== undefined && registryKey === undefined) {
    throw new TypeError("hours needs registryKey: policies stand on ledgers of this service");
  }
  if (origin !== undefined && membershipKeys === undefined) throw new TypeError("origin needs membership");
  // Neither host, process nor time: a log must not tell who voted when.
  const logOptions = { base: null, timestamp: false };
  const logger = options.log === undefined ? pino(logOptions) : pino(logOptions, options.log);
  const store = await openSqliteStore(options.databasePath);
  const now = options.now ?? (() => Math.floor(Date.now() / 1000));
  const service = new ElectionService({ store, boardKey, manifest, artifacts, now, allowDevelopmentKeys });
  const commitDelayMs = DEFAULT_COMMIT_DELAY_MS;
  const shared = { store, boardKey, now, commitDelayMs };
  const ledgers = registryKey && new LedgerService({ ...shared, registryKey });
  const hours =
    hoursKeys && ledgers && new HoursService({ ...shared, ...hoursKeys, ledgers, allowDevelopmentKeys });
  const membership = membershipKeys && new MembershipService({ ...shared, ...membershipKeys, origin });
  const app = createApp({
    service,
    manifest,
    artifacts,
    operatorToken,
    logger,
    metrics: createMetrics(),
    ...(ledgers && { ledgers }),
    ...(hours && hoursKeys && { hours: { service: hours, keys: hoursKeys } }),
    ...(membership &&
      membershipKeys && {
        membership: { service: membership, keys: membershipKeys, signsIn: origin !== undefined },
      }),
    ...(options.pagesDirectory && {
      pages: { directory: options.pagesDirectory, allowDevelopmentKeys },
    }),
  });
  const server = createServer(app);
  // Longer than reverse proxies keep a connection (60 s): with Node's 5 s they send on one that is being closed.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const host = listen.host ?? "127.0.0.1";
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(listen.port, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  if (manifest.manifest.kind === "development")
    logger.warn("proving keys of kind development: not for real votes");
  logger.info({ port }, "listening");
  return {
    baseUrl: `http://${host}:${port}`,
    async close() {
      // A connection that is answered from now on is not kept: its client would hold up the end for seconds.
      server.keepAliveTimeout = 1;
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      await hours?.close();
      await membership?.close();
      await ledgers?.close();
      await service.close();
    },
  };
}

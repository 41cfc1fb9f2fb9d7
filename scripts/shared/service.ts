// A service of a rehearsal, with keys of its own.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Ed25519KeyPair, ed25519KeyPair } from "@commune-zk/prover";
import { type RunningServer, startServer } from "@commune-zk/verifier";
import type { KeySet } from "./keys.ts";
import type { SettableClock } from "./run.ts";

/** A running service, and what its operator knows. */
export interface RehearsedService {
  readonly server: RunningServer;
  /** Signs checkpoints; secret in part. */
  readonly board: Ed25519KeyPair;
  /** Signs ledgers; secret in part. */
  readonly registry: Ed25519KeyPair;
  /** Secret. */
  readonly operatorToken: string;
}

/**
 * A service with its database in the run's folder.
 *
 * @param options - port (a free one unless told), the folder of a built booth, and the keys of the hours
 *   circuits, without which there are no policies.
 */
export async function startService(
  directory: string,
  { manifest, artifacts }: KeySet,
  clock: SettableClock,
  { port = 0, pages, hours }: { port?: number; pages?: string; hours?: KeySet } = {},
): Promise<RehearsedService> {
  const board = ed25519KeyPair();
  const registry = ed25519KeyPair();
  const operatorToken = randomBytes(32).toString("hex");
  const server = await startServer(
    {
      databasePath: join(directory, "board.sqlite"),
      operatorToken,
      boardKey: board.secretKey,
      manifest,
      artifacts,
      allowDevelopmentKeys: true,
      now: clock.now,
      log: { write: () => undefined },
      registryKey: registry.secretKey,
      ...(hours !== undefined && { hours }),
      ...(pages !== undefined && { pagesDirectory: pages }),
    },
    { port },
  );
  return { server, board, registry, operatorToken };
}

// Before the poll opens: people, keys, signed poll, running service.
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "@commune-zk/circuits";
import { layout as keyLayout } from "@commune-zk/keys";
import {
  type ArtifactSource,
  type Ed25519KeyPair,
  ed25519KeyPair,
  type LoadedManifest,
  parseManifest,
} from "@commune-zk/prover";
import { directoryArtifactSource } from "@commune-zk/prover/node";
import type { PollPlan } from "@commune-zk/prover/rehearsal";
import { type RunningServer, startServer } from "@commune-zk/verifier";
import type { ElectionPlan } from "./plan.ts";

/** The stored key set. */
export interface KeySet {
  readonly manifest: LoadedManifest;
  readonly artifacts: ArtifactSource;
}

/** Loads the stored keys of this repository. */
export async function loadKeys(): Promise<KeySet> {
  const directory = join(REPOSITORY_ROOT, "keys/artifacts");
  const manifest = parseManifest(await readFile(join(directory, keyLayout.manifest)));
  return { manifest, artifacts: directoryArtifactSource(directory) };
}

/** A new folder `run-N` in the election's directory. */
export async function runDirectory(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const numbers = (await readdir(directory)).map((name) => Number(/^run-(\d+)$/.exec(name)?.[1] ?? 0));
  const path = join(directory, `run-${Math.max(0, ...numbers) + 1}`);
  await mkdir(path);
  return path;
}

/** A clock that can be set forward: nobody waits an hour for a rehearsal to close. */
export class SettableClock {
  #ahead = 0;

  /** Seconds since 1970. */
  readonly now = (): number => Math.floor(Date.now() / 1000) + this.#ahead;

  /** Sets the clock forward to an instant. */
  setTo(instant: number): void {
    this.#ahead += Math.max(0, instant - this.now());
  }
}

/**
 * A service with its database in the run's folder.
 *
 * @param listen - port (a free one unless told), and the folder of a built booth.
 */
export async function startService(
  directory: string,
  { manifest, artifacts }: KeySet,
  clock: SettableClock,
  { port = 0, pages }: { port?: number; pages?: string } = {},
): Promise<{ server: RunningServer; board: Ed25519KeyPair; operatorToken: string }> {
  const board = ed25519KeyPair();
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
      ...(pages !== undefined && { pagesDirectory: pages }),
    },
    { port },
  );
  return { server, board, operatorToken };
}

/** The plan of a poll that opens now. */
export function pollPlan(
  { draft }: ElectionPlan,
  { manifest }: KeySet,
  board: Ed25519KeyPair,
  clock: SettableClock,
): PollPlan {
  const now = clock.now();
  return {
    organisation: draft.organisation.name,
    title: draft.title,
    options: draft.options,
    rules: draft.rules,
    tiers: draft.tiers,
    opensAt: now - 1,
    closesAt: now + 60 * draft.openForMinutes,
    minimumBallots: draft.minimumBallots,
    shardBallots: draft.shardBallots,
    trustees: draft.trustees,
    threshold: draft.threshold,
    witnesses: draft.witnesses,
    board: { name: draft.board, key: board.publicKey },
    keySet: { digest: manifest.digest, kind: manifest.manifest.kind },
  };
}

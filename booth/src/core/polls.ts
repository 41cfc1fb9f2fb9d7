// A poll as this device judged it, and the member's place on its roll.
import {
  type Identity,
  InputError,
  type LoadedManifest,
  loadManifest,
  type MerklePath,
  parseManifest,
  parsePoll,
  publicPaths,
  type ValidPoll,
  validatePoll,
} from "@commune-zk/prover";
import type { PollMaterial } from "../worker/protocol.ts";
import { faultWithEvidence } from "./faults.ts";
import { type ReadOrder, ScopeFiles } from "./files.ts";
import type { Fault, PollPhase } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";
import type { TaskRunner } from "./task-runner.ts";

/** A poll whose document, signatures, key set and anchor are good. */
export interface OpenedPoll {
  readonly poll: ValidPoll;
  readonly manifest: LoadedManifest;
  /** The same as bytes, for workers. */
  readonly material: PollMaterial;
  /** Whether some of it came from this device for want of a network. */
  readonly offline: boolean;
  /** Whether its registrar is the one that invited this member to its roll; else the link alone vouches for it. */
  readonly knownRegistrar: boolean;
}

/** The page will not go on with what it was given. */
export class RefusedError extends Error {
  readonly fault: Fault;

  /** @param fault - what the page shows; evidence is kept already. */
  constructor(fault: Fault, cause: unknown) {
    super(`refused: ${fault.code}`, { cause });
    this.name = "RefusedError";
    this.fault = fault;
  }
}

/**
 * Fetches a poll and judges it.
 *
 * @param pollId - from a link: the trust anchor. Where this device asked to join the poll's roll, the registrar's
 *   key of that invitation is one as well, and both must fit.
 * @throws RefusedError
 */
export async function openPoll(
  surroundings: Surroundings,
  pollId: string,
  order: ReadOrder = "network-first",
): Promise<OpenedPoll> {
  const files = new ScopeFiles(surroundings, pollId, order);
  return refusing(surroundings, { pollId, files }, async () => {
    const poll = await files.read(publicPaths.poll);
    const signatures = await files.read(publicPaths.signatures);
    const keys = await files.read(publicPaths.keys);
    const { allowDevelopmentKeys } = surroundings.config;
    const anchor = { kind: "poll-id", pollId } as const;
    const material = { poll, signatures, manifest: keys, anchor, allowDevelopmentKeys };
    const opened = judge(material);
    const { roll, organisation } = opened.poll.poll;
    const membership = await surroundings.storage.read("membership", roll.id);
    if (membership !== undefined && membership.invitation.registrarKey !== organisation.key) {
      throw new InputError("poll-not-anchored", "not by the registrar who invited this member", "poll.json");
    }
    await files.keep();
    const knownRegistrar = membership !== undefined;
    return { ...opened, material, offline: files.usedStore, knownRegistrar };
  });
}

function judge(material: PollMaterial): { poll: ValidPoll; manifest: LoadedManifest } {
  const { poll: pollBytes, signatures: signaturesBytes, anchor, allowDevelopmentKeys } = material;
  const own = parseManifest(material.manifest);
  try {
    return {
      poll: validatePoll({ pollBytes, signaturesBytes, manifest: own, anchor, allowDevelopmentKeys }),
      manifest: own,
    };
  } catch (error) {
    // The poll's digest was signed; `keys.json` alone can be wrong about it.
    if (error instanceof InputError && error.code === "key-set-digest-mismatch") {
      loadManifest(material.manifest, parsePoll(pollBytes).keySet.digest);
    }
    throw error;
  }
}

/**
 * Where the member stands on the poll's roll; null: nowhere.
 *
 * Every leaf file is read, whoever asks, and hashed in a worker.
 *
 * @throws RefusedError - the roll is not the poll's, or the files could not be read; DOMException `AbortError`.
 */
export function findPath(
  surroundings: Surroundings,
  {
    tasks,
    opened,
    identity,
    signal,
  }: {
    tasks: TaskRunner;
    opened: OpenedPoll;
    identity: Identity;
    signal?: AbortSignal;
  },
): Promise<MerklePath | null> {
  const { pollId } = opened.poll;
  const files = new ScopeFiles(surroundings, pollId, "store-first");
  return refusing(surroundings, { pollId, files }, async () => {
    const input = { material: opened.material, commitment: identity.commitment };
    const path = await tasks.run("findPath", input, { files, ...(signal && { signal }) });
    await files.keep();
    return path;
  });
}

/**
 * Runs work on files; what goes wrong becomes a RefusedError, with what came from the network as evidence.
 *
 * @throws RefusedError; DOMException `AbortError`.
 */
export async function refusing<T>(
  { storage }: Surroundings,
  { pollId, files }: { pollId: string; files: Pick<ScopeFiles, "fresh"> },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    const fault = await faultWithEvidence(error, { storage, pollId, items: files.fresh });
    throw new RefusedError(fault, error);
  }
}

/** Opening and closing of a poll, policy or petition, in seconds since 1970. */
export interface Times {
  readonly opensAt: number;
  readonly closesAt: number;
}

/** Where one of them stands by a clock in milliseconds. */
export function phaseOf({ poll }: { readonly poll: Times }, now: number): PollPhase {
  const seconds = now / 1_000;
  if (seconds < poll.opensAt) return "before";
  return seconds < poll.closesAt ? "open" : "closed";
}

/** Milliseconds until the phase changes; null after the last change. */
export function phaseEndsIn({ poll }: { readonly poll: Times }, now: number): number | null {
  const next = [poll.opensAt, poll.closesAt].map((time) => time * 1_000 - now).find((wait) => wait > 0);
  return next ?? null;
}

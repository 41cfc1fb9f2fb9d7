// The inside of a process that makes proofs and nothing else. It is asked over Node's IPC channel.
import { readFile, writeFile } from "node:fs/promises";
import {
  type ArtifactSource,
  type HoursCircuitName,
  importIdentity,
  type LeanPath,
  type LoadedManifest,
  type MerklePath,
  type PreparedClaim,
  parseManifest,
  parseSemaphoreManifest,
  proveBallot,
  proveClaim,
  proveSignIn,
  provingArtifacts,
  type SemaphoreProof,
  type SignInChallenge,
  semaphoreProvingArtifacts,
  validateSnapshot,
  wasmEngine,
} from "@commune-zk/prover";
import { allowRelaxedSimd, directoryArtifactSource, nodeThreads } from "@commune-zk/prover/node";
import type { KernelRun } from "./browser/bare-proof.ts";
import { engineNamed } from "./harness/engines.ts";
import { type EngineJob, grownBy, type TimedProof, timedProof } from "./harness/timed-proof.ts";
import { judgePoll } from "./sample-poll.ts";

/** Where a process finds its keys. */
export interface KeyFiles {
  /** The pinned manifest of the keys. */
  readonly manifestBytes: Uint8Array;
  readonly artifactsDirectory: string;
}

/**
 * What a process can prove: `setup` is its first message, `job` every later one, `proof` what comes out. The
 * secrets in jobs are those of made-up members.
 */
export interface Provables {
  readonly ballot: {
    readonly setup: KeyFiles & { readonly pollBytes: Uint8Array; readonly signaturesBytes: Uint8Array };
    readonly job: {
      readonly privateKey: Uint8Array;
      readonly merklePath: MerklePath;
      readonly votes: readonly number[];
    };
    /** The record, docs/spec/ballot.md §7. */
    readonly proof: Uint8Array;
  };
  readonly claim: {
    readonly setup: KeyFiles & { readonly circuit: HoursCircuitName };
    readonly job: PreparedClaim;
    /** The record, docs/spec/hours.md §5. */
    readonly proof: Uint8Array;
  };
  readonly "sign-in": {
    readonly setup: KeyFiles & { readonly depth: number; readonly snapshotBytes: Uint8Array };
    readonly job: SignInChallenge & { readonly privateKey: Uint8Array; readonly path: LeanPath };
    readonly proof: SemaphoreProof;
  };
  /** Any statement by any engine. */
  readonly engine: {
    readonly setup: EngineJob & { readonly wasmPath: string; readonly provingKeyPath: string };
    readonly job: Nothing;
    readonly proof: EngineProof;
  };
  /** The calibration kernel, which proves nothing. */
  readonly kernel: {
    readonly setup: Nothing;
    readonly job: KernelRun;
    readonly proof: readonly number[];
  };
}

/** What a process needs not be told. */
type Nothing = Readonly<Record<string, never>>;

/** A proof by an engine, as its process saw it. */
export interface EngineProof extends TimedProof {
  /** When the process began, in milliseconds since 1970. */
  readonly originAt: number;
  /**
   * Largest resident set over that of the process before it read its files: for the first proof since then, for
   * every later one while it was made. Null where the system does not tell the second.
   */
  readonly peakMemoryBytes: number | null;
}

/** Name of something that a process can prove. */
export type Provable = keyof Provables;

/** The first message to a process. */
export interface ProverSetup<K extends Provable> {
  readonly kind: K;
  readonly setup: Provables[K]["setup"];
}

/** The answer to a job. */
export interface MadeProof<K extends Provable> {
  readonly proof: Provables[K]["proof"];
  /** Of everything between the member's secrets and the finished message, the check of the own statement included. */
  readonly durationMs: number;
  /** Largest resident set of the process so far. */
  readonly maxRssBytes: number;
}

/** What the process answers; the first answer, to the setup, has nothing made. */
export type ProverAnswer<K extends Provable> = { readonly made?: MadeProof<K> } | { readonly error: string };

/**
 * Answers jobs one after another until the channel closes.
 *
 * @throws Error - the process has no IPC channel.
 */
export function serveProofs(): void {
  if (process.send === undefined) throw new Error("this process has to be started by ProverProcess");
  const prover = new Promise<(job: unknown) => Promise<MadeProof<Provable>>>((resolve, reject) => {
    process.once("message", (message) => {
      const { kind, setup } = message as ProverSetup<Provable>;
      const ready = prepare(kind, setup);
      ready.then(resolve, reject);
      answer(ready.then(() => ({})));
      process.on("message", (job) => answer(prover.then(async (prove) => ({ made: await prove(job) }))));
    });
  });
  // Whoever asked is gone: nobody wants the rest.
  process.once("disconnect", () => process.exit(0));
}

async function answer(work: Promise<ProverAnswer<Provable>>): Promise<void> {
  process.send!(
    await work.catch((error: Error): ProverAnswer<Provable> => ({ error: error.stack ?? error.message })),
  );
}

/** Reads its keys and whatever else is read once, and makes the function that is timed. */
type Preparation<K extends Provable> = (
  setup: Provables[K]["setup"],
) => Promise<(job: Provables[K]["job"]) => Promise<Provables[K]["proof"]>>;

const PREPARATIONS: { readonly [K in Provable]: Preparation<K> } = {
  async ballot(setup) {
    const { loaded, source } = keysOf(setup);
    const poll = judgePoll({ ...setup, manifest: loaded });
    const artifacts = await provingArtifacts(source, loaded.manifest, poll.circuit);
    const engine = wasmEngine({ threads: nodeThreads() });
    return async ({ privateKey, merklePath, votes }) => {
      const identity = importIdentity(privateKey);
      return (await proveBallot({ poll, identity, merklePath, votes, artifacts, engine })).record;
    };
  },
  async claim(setup) {
    const { loaded, source } = keysOf(setup);
    const artifacts = await provingArtifacts(source, loaded.manifest, setup.circuit);
    const engine = wasmEngine({ threads: nodeThreads() });
    return async (claim) => (await proveClaim({ claim, artifacts, engine })).record;
  },
  async "sign-in"({ manifestBytes, artifactsDirectory, depth, snapshotBytes }) {
    const source = directoryArtifactSource(artifactsDirectory);
    const artifacts = await semaphoreProvingArtifacts(source, parseSemaphoreManifest(manifestBytes), depth);
    const { roll } = validateSnapshot(snapshotBytes, { kind: "none" });
    const engine = wasmEngine({ threads: nodeThreads() });
    return ({ privateKey, ...job }) =>
      proveSignIn({ ...job, identity: importIdentity(privateKey), roll, artifacts, engine });
  },
  async engine({ engine: name, inputs, membership, wasmPath, provingKeyPath }) {
    const idleBytes = process.memoryUsage.rss();
    const [wasm, provingKey] = await Promise.all([readFile(wasmPath), readFile(provingKeyPath)]);
    const artifacts = { wasm: new Uint8Array(wasm), provingKey: new Uint8Array(provingKey) };
    // What Node 20 does without is measured as an engine of its own.
    allowRelaxedSimd();
    const engine = await engineNamed(name).create(membership, nodeThreads());
    let isFirst = true;
    return async () => {
      const isTold = isFirst || (await forgetPeak());
      isFirst = false;
      const made = await timedProof(engine, { artifacts, inputs });
      const peakMemoryBytes = isTold ? grownBy(maxRssBytes(), idleBytes) : null;
      return { ...made, originAt: performance.timeOrigin, peakMemoryBytes };
    };
  },
  async kernel() {
    const { runKernel } = await import("./calibration/kernel.ts");
    return (run) => runKernel(run);
  },
};

/** Has the system begin its largest resident set of this process anew. @returns whether it did. */
async function forgetPeak(): Promise<boolean> {
  return writeFile("/proc/self/clear_refs", "5").then(
    () => true,
    () => false,
  );
}

function keysOf({ manifestBytes, artifactsDirectory }: KeyFiles): {
  readonly loaded: LoadedManifest;
  readonly source: ArtifactSource;
} {
  return {
    loaded: parseManifest(manifestBytes),
    source: directoryArtifactSource(artifactsDirectory),
  };
}

async function prepare<K extends Provable>(
  kind: K,
  setup: Provables[K]["setup"],
): Promise<(job: unknown) => Promise<MadeProof<K>>> {
  checkOwnRss();
  const prove = await PREPARATIONS[kind](setup);
  return async (job) => {
    const start = performance.now();
    const proof = await prove(job as Provables[K]["job"]);
    const durationMs = performance.now() - start;
    return { proof, durationMs, maxRssBytes: maxRssBytes() };
  };
}

function maxRssBytes(): number {
  // libuv reports KiB on every platform.
  return 1024 * process.resourceUsage().maxRSS;
}

/** @throws Error - the peak is another process's: Linux hands it down through exec (see prover-process.ts). */
function checkOwnRss(): void {
  const now = process.memoryUsage.rss();
  if (maxRssBytes() > 2 * now) {
    throw new Error(`maxRSS is ${maxRssBytes()} bytes at the start, but the process has only ${now}`);
  }
}

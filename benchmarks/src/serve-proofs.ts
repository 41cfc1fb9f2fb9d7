// The inside of a process that makes proofs and nothing else. It is asked over Node's IPC channel.
import {
  importIdentity,
  type MerklePath,
  parseManifest,
  proveBallot,
  provingArtifacts,
  snarkjsEngine,
} from "@commune-zk/prover";
import { directoryArtifactSource } from "@commune-zk/prover/node";
import { judgePoll } from "./sample-poll.ts";

/** The first message: the poll, and where the keys are. */
export interface ProverSetup {
  readonly pollBytes: Uint8Array;
  readonly signaturesBytes: Uint8Array;
  readonly manifestBytes: Uint8Array;
  readonly artifactsDirectory: string;
}

/** Every later message: one ballot to be made. Its secrets are those of a made-up member. */
export interface ProofJob {
  readonly privateKey: Uint8Array;
  readonly merklePath: MerklePath;
  readonly votes: readonly number[];
}

/** The answer to a job. */
export interface MadeProof {
  /** docs/spec/ballot.md §7. */
  readonly record: Uint8Array;
  /** Of `proveBallot`: encryption, witness, proof, check of the own statement. */
  readonly durationMs: number;
  /** Largest resident set of the process so far. */
  readonly maxRssBytes: number;
}

/** What the process answers; the first answer, to the setup, has no proof. */
export type ProverAnswer = { readonly proof?: MadeProof } | { readonly error: string };

/**
 * Answers jobs one after another until the channel closes.
 *
 * @throws Error - the process has no IPC channel.
 */
export function serveProofs(): void {
  if (process.send === undefined) throw new Error("this process has to be started by ProverProcess");
  const prover = new Promise<(job: ProofJob) => Promise<MadeProof>>((resolve, reject) => {
    process.once("message", (setup) => {
      const ready = prepare(setup as ProverSetup);
      ready.then(resolve, reject);
      answer(ready.then(() => ({})));
      process.on("message", (job) =>
        answer(prover.then(async (prove) => ({ proof: await prove(job as ProofJob) }))),
      );
    });
  });
  // Whoever asked is gone: nobody wants the rest.
  process.once("disconnect", () => process.exit(0));
}

async function answer(work: Promise<ProverAnswer>): Promise<void> {
  process.send!(await work.catch((error: Error): ProverAnswer => ({ error: error.stack ?? error.message })));
}

async function prepare(setup: ProverSetup): Promise<(job: ProofJob) => Promise<MadeProof>> {
  checkOwnRss();
  const loaded = parseManifest(setup.manifestBytes);
  const poll = judgePoll({ ...setup, manifest: loaded });
  const source = directoryArtifactSource(setup.artifactsDirectory);
  const artifacts = await provingArtifacts(source, loaded.manifest, poll.circuit);
  const engine = snarkjsEngine();
  return async ({ privateKey, merklePath, votes }) => {
    const identity = importIdentity(privateKey);
    const start = performance.now();
    const { record } = await proveBallot({ poll, identity, merklePath, votes, artifacts, engine });
    const durationMs = performance.now() - start;
    return { record, durationMs, maxRssBytes: maxRssBytes() };
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

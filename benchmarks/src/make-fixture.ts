// Makes an election of many real ballots, or goes on where it was interrupted.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  assembleClosing,
  auditBoard,
  BoardTree,
  boardFiles,
  canonicalBytes,
  checkpointOrigin,
  closingQuorum,
  createVerifier,
  memoryCloserStore,
  merklePath,
  partialDecrypt,
  publicPaths,
  resultBytes,
  rollFiles,
  rollTree,
  signCheckpoint,
  signClosing,
  tally,
  utf8,
  type ValidPoll,
  verificationKeyOf,
  verifyClosing,
} from "@commune-zk/prover";
import { directoryPublicFiles, writePublicFiles } from "@commune-zk/prover/node";
import {
  expectedTotals,
  type FixturePaths,
  type FixtureSecrets,
  fixturePaths,
  readIfThere,
  readSecrets,
  secretsOf,
  seed,
  writeWhole,
} from "./fixture-files.ts";
import { expect } from "./measure.ts";
import { ProverProcess } from "./prover-process.ts";
import { type BenchKeys, judgePoll, makeSamplePoll, votesOf } from "./sample-poll.ts";
import type { Provables } from "./serve-proofs.ts";

/** The smallest circuit that holds a roll of a thousand. */
const CIRCUIT = "ballot-compact-10";
const WORKERS = 2;

/** What {@link makeFixture} makes, and whom it tells. */
export interface MakeFixtureOptions {
  /** The folder of all fixtures. */
  readonly root: string;
  /** 1 … 1024: every member votes. */
  readonly ballots: number;
  readonly keys: BenchKeys;
  /** Path of a script that calls `serveProofs`. */
  readonly entry: string;
  readonly log: (line: string) => void;
  /** Called where ballots are made or checked; `done` counts those of earlier runs too. */
  readonly onProgress: (step: "made" | "checked", done: number, total: number) => void;
}

/**
 * Makes what is missing of a fixture: poll, ballots, result, in this order.
 *
 * A fixture of another key set is thrown away: its proofs are worth nothing any more.
 *
 * @throws RangeError - more ballots than the circuit's roll has places.
 * @throws Error - a proof, a process or the file system failed; safe to start again.
 */
export async function makeFixture(options: MakeFixtureOptions): Promise<void> {
  const { root, ballots, keys, log } = options;
  if (ballots < 1 || ballots > 1024) throw new RangeError(`ballots is ${ballots}, expected 1 … 1024`);
  const paths = fixturePaths(root, ballots);
  let secrets = await readSecrets(paths);
  if (secrets !== undefined && secrets.keySet !== keys.manifest.digest) {
    log(`${paths.directory} is of another key set: made anew`);
    secrets = undefined;
  }
  if (secrets === undefined) {
    log(`making a poll with ${ballots} members`);
    secrets = await makePoll(paths, ballots, keys);
  }
  const poll = await readPoll(paths, keys);
  await makeBallots(poll, secrets, paths, options);
  if ((await readIfThere(join(paths.public, publicPaths.result))) === undefined) {
    log("putting the ballots on a board, checking them and counting");
    await publish(poll, secrets, paths, options);
  }
}

async function makePoll(paths: FixturePaths, ballots: number, keys: BenchKeys): Promise<FixtureSecrets> {
  await rm(paths.directory, { recursive: true, force: true });
  const sample = makeSamplePoll({ circuit: CIRCUIT, members: ballots, keys });
  const { poll, signatures, rollEvents, dkg } = sample.rehearsal.registration;
  await writePublicFiles(paths.public, [
    [publicPaths.poll, poll],
    [publicPaths.signatures, signatures],
    [publicPaths.keys, keys.manifest.bytes],
    [publicPaths.rollEvents, rollEvents],
    [publicPaths.dkg, dkg],
    ...rollFiles(sample.rehearsal.tree),
  ]);
  const secrets = secretsOf(sample);
  // Last: with this file the poll is there.
  await writeWhole(paths.secrets, `${JSON.stringify(secrets)}\n`);
  return secrets;
}

async function readPoll(paths: FixturePaths, { manifest }: BenchKeys): Promise<ValidPoll> {
  const files = directoryPublicFiles(paths.public);
  return judgePoll({
    pollBytes: await files.read(publicPaths.poll),
    signaturesBytes: await files.read(publicPaths.signatures),
    manifest,
  });
}

async function makeBallots(
  poll: ValidPoll,
  { members }: FixtureSecrets,
  paths: FixturePaths,
  { keys, entry, log, onProgress }: MakeFixtureOptions,
): Promise<void> {
  const missing: number[] = [];
  for (const index of members.keys()) {
    if ((await readIfThere(paths.ballot(index))) === undefined) missing.push(index);
  }
  let done = members.length - missing.length;
  if (missing.length === 0) return;
  log(`making ${missing.length} ballots with ${WORKERS} processes; ${done} are there`);
  const leaves = members.map(({ commitment }) => BigInt(commitment));
  const tree = rollTree(leaves, poll.layout.depth);
  const jobOf = (index: number): Provables["ballot"]["job"] => ({
    privateKey: seed(members[index]!.privateKey),
    merklePath: merklePath(tree, index),
    votes: votesOf(poll, index),
  });
  const setup = {
    pollBytes: poll.bytes,
    signaturesBytes: await directoryPublicFiles(paths.public).read(publicPaths.signatures),
    manifestBytes: keys.manifest.bytes,
    artifactsDirectory: keys.directory,
  };
  const work = async (worker: ProverProcess<"ballot">): Promise<void> => {
    for (let index = missing.shift(); index !== undefined; index = missing.shift()) {
      const { proof: record } = await worker.prove(jobOf(index));
      await writeWhole(paths.ballot(index), record);
      onProgress("made", ++done, members.length);
    }
  };
  const workers = await Promise.all(
    Array.from({ length: WORKERS }, () => ProverProcess.start(entry, { kind: "ballot", setup })),
  );
  try {
    await Promise.all(workers.map(work));
  } finally {
    await Promise.all(workers.map((worker) => worker.dispose()));
  }
}

/** The board, and all that trustees do after the close; one of them is absent. */
async function publish(
  poll: ValidPoll,
  { members, trustees, boardSecret }: FixtureSecrets,
  paths: FixturePaths,
  { keys, onProgress }: MakeFixtureOptions,
): Promise<void> {
  const entries: Uint8Array[] = [];
  const tree = new BoardTree();
  for (const index of members.keys()) {
    const entry = await readIfThere(paths.ballot(index));
    expect(entry !== undefined, `ballot ${index} has gone`);
    entries.push(new Uint8Array(entry));
    tree.append(entry);
  }
  const origin = checkpointOrigin(poll.poll.board.name, poll.pollId);
  const head = { size: tree.size, root: tree.root() };
  await writePublicFiles(paths.public, [
    ...boardFiles(entries),
    [publicPaths.checkpoint, utf8(signCheckpoint(origin, head, seed(boardSecret)))],
  ]);

  const { artifacts, manifest } = keys;
  const verificationKey = await verificationKeyOf(artifacts, manifest.manifest, poll.circuit);
  const board = await auditBoard({
    poll,
    files: directoryPublicFiles(paths.public),
    verifier: await createVerifier(verificationKey),
    onProgress: (done, total) => onProgress("checked", done, total),
  });

  const { threshold, closesAt } = poll.poll;
  const closers = trustees
    .slice(0, closingQuorum({ closers: trustees.length, threshold }))
    .map(({ signingSecret, share }, i) => ({
      trusteeIndex: i + 1,
      signingSecret: seed(signingSecret),
      share: BigInt(share),
      store: memoryCloserStore(),
    }));
  const signatures = [];
  for (const { trusteeIndex, signingSecret, store } of closers) {
    const own = { closerIndex: trusteeIndex, secretKey: signingSecret, store };
    signatures.push(await signClosing({ poll, board, ...own, now: closesAt }));
  }
  const closingBytes = assembleClosing({ poll, signatures });
  const closing = verifyClosing(poll, closingBytes);
  const files: [string, Uint8Array][] = [[publicPaths.closing, closingBytes]];
  const shares = [];
  for (const closer of closers.slice(0, threshold)) {
    const share = await partialDecrypt({ poll, closing, board, ...closer });
    shares.push(share);
    files.push([publicPaths.share(closer.trusteeIndex), canonicalBytes(share)]);
  }
  const outcome = await tally({ poll, board, closing, shares });
  expect(outcome.complete, "the tally is not complete");
  const expected = expectedTotals(members.length).join();
  expect(outcome.result.options.join() === expected, `the result is not ${expected}`);
  await writePublicFiles(paths.public, files);
  // Last: with this file the fixture is finished.
  await writeWhole(join(paths.public, publicPaths.result), resultBytes(outcome.result));
}

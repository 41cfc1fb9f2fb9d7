// After the poll: trustees audit, sign, decrypt; anybody exports and audits.
import {
  type AuditReport,
  audit,
  auditBoard,
  boardFiles,
  createVerifier,
  memoryCloserStore,
  type PublicFiles,
  partialDecrypt,
  postClosing,
  postShare,
  publicPaths,
  readEntries,
  readOptional,
  rollFiles,
  signClosing,
  type TrusteeKeys,
  urlPublicFiles,
  type ValidPoll,
  verificationKeyOf,
  verifyClosing,
} from "@commune-zk/prover";
import { directoryPublicFiles } from "@commune-zk/prover/node";
import { copyFiles } from "../shared/copy.ts";
import type { KeySet } from "../shared/keys.ts";

/** A trustee of the rehearsal, with its secrets. */
export interface RehearsedTrustee {
  /** From 1. */
  readonly index: number;
  readonly keys: TrusteeKeys;
  readonly share: bigint;
}

/**
 * Each trustee reads and audits the whole board, signs the closing; with a quorum published, each that is
 * asked decrypts, unless there are too few ballots to decrypt.
 *
 * @param decrypting - how many of the trustees hand in a share.
 */
export async function closePoll({
  baseUrl,
  poll,
  trustees,
  decrypting,
  keys,
  now,
}: {
  baseUrl: string;
  poll: ValidPoll;
  trustees: readonly RehearsedTrustee[];
  decrypting: number;
  keys: KeySet;
  now: () => number;
}): Promise<void> {
  const files = urlPublicFiles(`${baseUrl}/polls/${poll.pollId}`);
  const verificationKey = await verificationKeyOf(keys.artifacts, keys.manifest.manifest, poll.circuit);
  const audited = [];
  for (const trustee of trustees) {
    const board = await auditBoard({ poll, files, verifier: await createVerifier(verificationKey) });
    const store = memoryCloserStore();
    const signed = await signClosing({
      poll,
      board,
      closerIndex: trustee.index,
      secretKey: trustee.keys.signingSecret,
      store,
      now: now(),
    });
    await postClosing(poll.pollId, signed, { baseUrl });
    audited.push({ trustee, board, store });
  }
  // With too few ballots the closing published the result: no trustee decrypts anything.
  if ((await readOptional(files, publicPaths.result)) !== undefined) return;
  const closing = verifyClosing(poll, await files.read(publicPaths.closing));
  for (const { trustee, board, store } of audited.slice(0, decrypting)) {
    const message = await partialDecrypt({
      poll,
      closing,
      board,
      trusteeIndex: trustee.index,
      share: trustee.share,
      signingSecret: trustee.keys.signingSecret,
      store,
    });
    await postShare(poll.pollId, message, { baseUrl });
  }
}

/** Copies all public files of a poll into a directory. @returns how many. */
export async function exportFiles(
  baseUrl: string,
  poll: ValidPoll,
  report: AuditReport,
  directory: string,
): Promise<number> {
  const files = urlPublicFiles(`${baseUrl}/polls/${poll.pollId}`);
  const paths = await listFiles(files, poll, report);
  await copyFiles(files, paths, directory);
  return paths.length;
}

async function listFiles(
  files: PublicFiles,
  poll: ValidPoll,
  { board, tree }: AuditReport,
): Promise<string[]> {
  const always = [
    publicPaths.poll,
    publicPaths.signatures,
    publicPaths.keys,
    publicPaths.rollEvents,
    ...rollFiles(tree).keys(),
    publicPaths.dkg,
    publicPaths.checkpoint,
  ];
  const entries = await readEntries(files, board.size);
  const tiles = [...boardFiles(entries)].map(([path]) => path);
  const later = [
    publicPaths.closing,
    publicPaths.result,
    ...poll.poll.trustees.map((_, i) => publicPaths.share(i + 1)),
  ];
  const present = [];
  for (const path of later) if ((await readOptional(files, path)) !== undefined) present.push(path);
  return [...always, ...tiles, ...present];
}

/** Audits a poll at a URL or in a directory, under the registrar's key. */
export function auditAt(
  place: { url: string } | { directory: string },
  registrarKey: string,
  keys: KeySet,
): Promise<AuditReport> {
  return audit({
    files: "url" in place ? urlPublicFiles(place.url) : directoryPublicFiles(place.directory),
    artifacts: keys.artifacts,
    anchor: { kind: "registrar", key: registrarKey },
    allowDevelopmentKeys: true,
  });
}

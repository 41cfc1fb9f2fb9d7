// The whole audit of a poll, from public files and a trust anchor alone. docs/spec/public-files.md.
import { parseCanonicalJson } from "../formats/canonical-json.ts";
import { InputError } from "../formats/errors.ts";
import { type LoadedManifest, parseManifest } from "../formats/manifest.ts";
import { type PublicFiles, readOptional } from "../formats/public-files.ts";
import { publicPaths } from "../formats/public-paths.ts";
import { type ArtifactSource, verificationKeyOf } from "../groth16/artifacts.ts";
import type { ThreadOptions } from "../groth16/threads/port.ts";
import { createVerifier } from "../groth16/verify.ts";
import { aggregateShards, type ShardAggregate } from "./aggregate.ts";
import { auditBoard, type BoardAudit, boardAt } from "./audit-board.ts";
import { checkClosingBoard, type VerifiedClosing, verifyClosing } from "./closing.ts";
import type { BoardView } from "./counted-set.ts";
import { samePoints, verifyDkgTranscript } from "./dkg-judge.ts";
import { auditFrozenRoll, checkFrozenRoll, type FrozenRoll } from "./frozen-roll.ts";
import { type VerifiedShare, verifyShare } from "./partial-decrypt.ts";
import { checkTotals, compareResult, parseResult, type Result, resultOf } from "./result.ts";
import type { RollState } from "./roll-log.ts";
import type { RollTree } from "./roll-tree.ts";
import { judgeWithKeys } from "./scope-document.ts";
import { type TrustAnchor, type ValidPoll, validatePoll } from "./validate-poll.ts";

/** Steps of an audit, in order. */
export type AuditStep = "poll" | "roll" | "trustees" | "board" | "closing" | "result";

/** What {@link audit} reads and believes. */
export interface AuditOptions {
  readonly files: PublicFiles;
  /** Verification keys, by digest; digests come from the poll's own key set. */
  readonly artifacts: ArtifactSource;
  readonly anchor: TrustAnchor;
  /**
   * The key set that the auditor believes in. Without it the poll's own `keys.json` is taken: the registrar
   * and all trustees have signed its digest.
   */
  readonly manifest?: LoadedManifest;
  readonly allowDevelopmentKeys: boolean;
  /** For the tree of a large roll. */
  readonly threads?: ThreadOptions;
  readonly signal?: AbortSignal;
  /** `done` of `total` items of a step. */
  readonly onProgress?: (step: AuditStep, done: number, total: number) => void;
}

/** What an audit found good. */
export interface AuditReport {
  readonly poll: ValidPoll;
  readonly roll: RollState;
  /** Of the poll's leaves. */
  readonly tree: RollTree;
  readonly board: BoardAudit;
  /** Undefined while the poll has none. */
  readonly closing: VerifiedClosing | undefined;
  /** Undefined while the poll has none. */
  readonly result: Result | undefined;
  /** Trustees whose share is missing; with a tallied result, never more than n − t. */
  readonly absent: readonly number[];
  /** False: internally consistent, not authenticated. */
  readonly anchored: boolean;
}

/**
 * Checks every public file of a poll, as far as the poll has come.
 *
 * @throws InputError - the first bad item; code and place name it.
 * @throws DOMException `AbortError`.
 */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const { files, artifacts, threads, signal, onProgress } = options;
  const step = (name: AuditStep): void => {
    signal?.throwIfAborted();
    onProgress?.(name, 0, 1);
  };
  step("poll");
  const own = parseManifest(await files.read(publicPaths.keys));
  const pollBytes = await files.read(publicPaths.poll);
  const signaturesBytes = await files.read(publicPaths.signatures);
  const { manifest, anchor, allowDevelopmentKeys } = options;
  const poll = judgeWithKeys(
    { own, manifest },
    (keys) => validatePoll({ pollBytes, signaturesBytes, manifest: keys, anchor, allowDevelopmentKeys }),
    (valid) => valid.poll.keySet.digest,
  );
  step("roll");
  const { roll, tree } = await auditFrozenRoll(frozenRollOf(poll), files, { threads, signal });
  step("trustees");
  checkCeremony(poll, await files.read(publicPaths.dkg));
  step("board");
  const verifier = await createVerifier(await verificationKeyOf(artifacts, own.manifest, poll.circuit));
  const board = await auditBoard({
    poll,
    files,
    verifier,
    ...(signal && { signal }),
    onProgress: (done, total) => onProgress?.("board", done, total),
  });
  step("closing");
  const closing = await auditClosing(poll, board, files);
  step("result");
  const { result, absent } = await auditResult(poll, board, closing, files);
  onProgress?.("result", 1, 1);
  return { poll, roll, tree, board, closing, result, absent, anchored: poll.anchored };
}

/**
 * The roll of a poll, replayed and compared with what the poll froze.
 *
 * @param events - untrusted, `roll/events.ndjson`.
 * @throws InputError - as `checkFrozenRoll`.
 */
export function checkRoll(poll: ValidPoll, events: Uint8Array): { roll: RollState; tree: RollTree } {
  return checkFrozenRoll(frozenRollOf(poll), events);
}

function frozenRollOf({ poll, rollRoot, layout }: ValidPoll): FrozenRoll {
  return { roll: poll.roll, registrarKey: poll.organisation.key, rollRoot, depth: layout.depth };
}

/**
 * The key generation of a poll, checked in public and compared with the poll's key.
 *
 * @param dkg - untrusted, `trustees/dkg.ndjson`.
 * @throws InputError `dkg-not-of-poll`, or as `verifyDkgTranscript`.
 */
export function checkCeremony(poll: ValidPoll, dkg: Uint8Array): void {
  const { encryption, trustees, threshold } = poll.poll;
  const key = verifyDkgTranscript(dkg, {
    ceremonyId: encryption.ceremonyId,
    threshold,
    trustees: trustees.map(({ signingKey }, i) => ({ signingKey, encryptionKey: poll.encryptionKeys[i]! })),
  });
  if (!samePoints(key.commitments, poll.commitments)) {
    throw new InputError("dkg-not-of-poll", "the ceremony made another key than the poll's", publicPaths.dkg);
  }
}

async function auditClosing(
  poll: ValidPoll,
  board: BoardAudit,
  files: PublicFiles,
): Promise<VerifiedClosing | undefined> {
  const bytes = await readOptional(files, publicPaths.closing);
  if (bytes === undefined) return undefined;
  const closing = verifyClosing(poll, bytes);
  const [bad] = closing.bad;
  if (bad !== undefined)
    throw new InputError(bad.reason, "does not count", `closing.json closer ${bad.closer}`);
  checkClosingBoard({ poll, closing, board: closedBoard(poll, board, closing) });
  return closing;
}

/** The board that a closing is about; a closing about more records than there are is about another board. */
function closedBoard(poll: ValidPoll, board: BoardAudit, { statement }: VerifiedClosing): BoardView {
  return boardAt(poll, board, Math.min(statement.boardSize, board.size));
}

/** A share file that is there. */
interface ShareFile {
  readonly path: string;
  readonly trustee: number;
  readonly bytes: Uint8Array;
}

async function auditResult(
  poll: ValidPoll,
  board: BoardAudit,
  closing: VerifiedClosing | undefined,
  files: PublicFiles,
): Promise<{ result: Result | undefined; absent: number[] }> {
  const shareFiles: ShareFile[] = [];
  const absent: number[] = [];
  for (const [i] of poll.poll.trustees.entries()) {
    const path = publicPaths.share(i + 1);
    const bytes = await readOptional(files, path);
    if (bytes === undefined) absent.push(i + 1);
    else shareFiles.push({ path, trustee: i + 1, bytes });
  }
  const bytes = await readOptional(files, publicPaths.result);
  if (closing === undefined) {
    if (bytes !== undefined || shareFiles.length > 0) {
      throw new InputError("file-missing", "a share or a result without a closing", publicPaths.closing);
    }
    return { result: undefined, absent };
  }
  const { counted } = closedBoard(poll, board, closing);
  if (counted.ballots.length < poll.poll.minimumBallots) {
    const [decrypted] = shareFiles;
    if (decrypted !== undefined) {
      throw new InputError("too-few-ballots", "nothing may be decrypted of this poll", decrypted.path);
    }
    if (bytes === undefined) return { result: undefined, absent };
    const result = parseResult(bytes);
    compareResult(bytes, resultOf({ poll, closing, shards: null }));
    return { result, absent };
  }
  // Shares come before the result that was made of them: a bad one is named, not what follows from it.
  const shards = aggregateShards(poll, counted);
  const good = shareFiles.map((file) => auditShare({ poll, closing, shards, file }));
  if (bytes === undefined) return { result: undefined, absent };
  const result = parseResult(bytes);
  const missing = result.shards.flatMap(({ trustees }) => trustees).find((i) => absent.includes(i));
  if (missing !== undefined) {
    const path = publicPaths.share(missing);
    throw new InputError("result-no-share", "the result names a trustee whose share is missing", path);
  }
  checkTotals({ poll, closing, shards, good, result, bytes });
  return { result, absent };
}

function auditShare({
  poll,
  closing,
  shards,
  file: { path, trustee, bytes },
}: {
  poll: ValidPoll;
  closing: VerifiedClosing;
  shards: readonly ShardAggregate[];
  file: ShareFile;
}): VerifiedShare {
  const value = parseCanonicalJson(bytes, path);
  let share: VerifiedShare;
  try {
    share = verifyShare({ poll, closing, shards, value });
  } catch (error) {
    // Its place is what the message claims to be; the path is where the fault lies.
    if (error instanceof InputError) throw new InputError(error.code, error.message, path, { cause: error });
    throw error;
  }
  if (share.trustee !== trustee) throw new InputError("share-other-trustee", "another trustee's share", path);
  return share;
}

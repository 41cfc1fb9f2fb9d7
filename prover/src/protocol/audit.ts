// The whole audit of a poll, from public files and a trust anchor alone. docs/spec/public-files.md.
import { equalBytes } from "../formats/bytes.ts";
import { parseCanonicalJson } from "../formats/canonical-json.ts";
import { InputError } from "../formats/errors.ts";
import { type LoadedManifest, parseManifest } from "../formats/manifest.ts";
import { type PublicFiles, readOptional } from "../formats/public-files.ts";
import { publicPaths } from "../formats/public-paths.ts";
import { type ArtifactSource, verificationKeyOf } from "../groth16/artifacts.ts";
import { createVerifier } from "../groth16/verify.ts";
import { auditBoard, type BoardAudit, boardAt } from "./audit-board.ts";
import { checkClosingBoard, type VerifiedClosing, verifyClosing } from "./closing.ts";
import type { BoardView } from "./counted-set.ts";
import { samePoints, verifyDkgTranscript } from "./dkg-judge.ts";
import { type Result, verifyResult } from "./result.ts";
import { type RollState, replayRoll, rollHead } from "./roll-log.ts";
import { pollLeaves, type RollTree, rollFiles, rollTree } from "./roll-tree.ts";
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
  /** Trustees whose share is missing; with a result, never more than n − t. */
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
  const { files, artifacts, signal, onProgress } = options;
  const step = (name: AuditStep): void => {
    signal?.throwIfAborted();
    onProgress?.(name, 0, 1);
  };
  step("poll");
  const own = parseManifest(await files.read(publicPaths.keys));
  const poll = validatePoll({
    pollBytes: await files.read(publicPaths.poll),
    signaturesBytes: await files.read(publicPaths.signatures),
    manifest: options.manifest ?? own,
    anchor: options.anchor,
    allowDevelopmentKeys: options.allowDevelopmentKeys,
  });
  if (own.digest !== poll.poll.keySet.digest) {
    throw new InputError("key-set-digest-mismatch", "not the key set that the poll names", publicPaths.keys);
  }
  step("roll");
  const { roll, tree } = await auditRoll(poll, files);
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
 * @throws InputError `roll-not-of-poll`, or as `replayRoll`.
 */
export function checkRoll(
  { poll, rollRoot, layout }: ValidPoll,
  events: Uint8Array,
): { roll: RollState; tree: RollTree } {
  const place = publicPaths.rollEvents;
  const roll = replayRoll(events, { rollId: poll.roll.id, registrarKey: poll.organisation.key });
  const differs = (what: string) =>
    new InputError("roll-not-of-poll", `${what} differs from the poll's`, place);
  if (roll.batches !== poll.roll.batches) throw differs("the number of batches");
  if (rollHead(roll) !== poll.roll.head) throw differs("the roll head");
  if (roll.positions.length !== poll.roll.size) throw differs("the number of positions");
  const tree = rollTree(pollLeaves(roll, poll.roll.tiers), layout.depth);
  if (tree.root !== rollRoot) throw differs("the root");
  return { roll, tree };
}

async function auditRoll(poll: ValidPoll, files: PublicFiles): Promise<{ roll: RollState; tree: RollTree }> {
  const { roll, tree } = checkRoll(poll, await files.read(publicPaths.rollEvents));
  for (const [path, expected] of rollFiles(tree)) {
    if (!equalBytes(await files.read(path), expected)) {
      throw new InputError("roll-files-malformed", "not what the roll's log gives", path);
    }
  }
  return { roll, tree };
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

async function auditResult(
  poll: ValidPoll,
  board: BoardAudit,
  closing: VerifiedClosing | undefined,
  files: PublicFiles,
): Promise<{ result: Result | undefined; absent: number[] }> {
  const shares: unknown[] = [];
  const absent: number[] = [];
  for (const [i] of poll.poll.trustees.entries()) {
    const path = publicPaths.share(i + 1);
    const bytes = await readOptional(files, path);
    if (bytes === undefined) absent.push(i + 1);
    else shares.push(parseCanonicalJson(bytes, path));
  }
  const bytes = await readOptional(files, publicPaths.result);
  if (closing === undefined) {
    if (bytes !== undefined)
      throw new InputError("file-missing", "a result without a closing", publicPaths.closing);
    return { result: undefined, absent };
  }
  if (bytes === undefined) return { result: undefined, absent };
  const view = closedBoard(poll, board, closing);
  const { result, culprits } = verifyResult({ poll, board: view, closing, shares, bytes });
  const bad = culprits.find(({ reason }) => reason !== "share-missing");
  if (bad !== undefined) {
    const path = bad.trustee === null ? "trustees/shares" : publicPaths.share(bad.trustee);
    throw new InputError(bad.reason, "does not count", path);
  }
  return { result, absent };
}

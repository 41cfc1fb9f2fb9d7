// The whole audit of a policy and its claims, from public files and a trust anchor alone. docs/spec/hours.md §6.
import { toHex } from "../../formats/bytes.ts";
import { InputError } from "../../formats/errors.ts";
import { type LoadedManifest, parseManifest } from "../../formats/manifest.ts";
import type { PublicFiles } from "../../formats/public-files.ts";
import { policyPaths } from "../../formats/public-paths.ts";
import { claimStatementHash, decodeRecord } from "../../formats/record.ts";
import { type ArtifactSource, verificationKeyOf } from "../../groth16/artifacts.ts";
import type { ThreadOptions } from "../../groth16/threads/port.ts";
import { createVerifier, type ProofVerifier } from "../../groth16/verify.ts";
import { readBoard } from "../board-files.ts";
import { checkRecords } from "../check-records.ts";
import { auditFrozenRoll } from "../frozen-roll.ts";
import { auditLedger, type LedgerAudit } from "../ledger/audit-ledger.ts";
import type { LedgerName } from "../ledger/ledger-entry.ts";
import { type RootHistory, rootEntry } from "../ledger/roots.ts";
import { judgeWithKeys } from "../scope-document.ts";
import { type ClaimStatement, verifyClaimStatement } from "./statement.ts";
import { type PolicyAnchor, type ValidPolicy, validatePolicy } from "./validate-policy.ts";
import { checkLedgerOf } from "./verify-claim.ts";

/** A claim of an audited board. */
export interface AuditedClaim extends ClaimStatement {
  /** Hexadecimal. */
  readonly statementHash: string;
}

/** A board of claims whose every record has been checked. */
export interface ClaimBoardAudit {
  /** The signed note as served. */
  readonly checkpoint: string;
  readonly size: number;
  /** Lowercase hexadecimal. */
  readonly root: string;
  /** In the order of the board. */
  readonly claims: readonly AuditedClaim[];
}

/**
 * Reads a policy's whole board and checks every claim: encoding, statement, a root that the ledger had,
 * uniqueness of the nullifier, proof.
 *
 * Whether a root was still acceptable when its claim arrived cannot be seen: a board has no times.
 *
 * @throws InputError `board-duplicate-claim`, or as `readBoard`, `decodeRecord`, `verifyClaimStatement`,
 *   `rootEntry`; `proof-invalid`; the place is a file's path or `board entry i`.
 * @throws RangeError - the ledger is not the policy's.
 */
export async function auditClaims({
  policy,
  ledger,
  files,
  ...checking
}: {
  policy: ValidPolicy;
  /** The policy's ledger, audited. */
  ledger: LedgerName & RootHistory;
  files: PublicFiles;
  /** Of the policy's circuit. */
  verifier: ProofVerifier;
  signal?: AbortSignal;
  /** Called after each record, with the number checked and the number there are. */
  onProgress?: (done: number, total: number) => void;
}): Promise<ClaimBoardAudit> {
  checkLedgerOf(policy, ledger);
  const scope = policy.claimScope;
  const { checkpoint, size, root, entries } = await readBoard({ files, board: policy.policy.board, scope });
  const nullifiers = new Set<bigint>();
  const claims = await checkRecords<AuditedClaim>({
    ...checking,
    entries,
    read(entry, place) {
      const { publicSignals, proof } = decodeRecord(entry, place);
      const statement = verifyClaimStatement(policy, publicSignals, place);
      rootEntry(ledger, statement.ledgerRoot, place);
      if (nullifiers.has(statement.nullifier)) {
        throw new InputError("board-duplicate-claim", "one nullifier twice", place);
      }
      nullifiers.add(statement.nullifier);
      const content = { ...statement, statementHash: claimStatementHash(publicSignals) };
      return { publicSignals, proof, content };
    },
  });
  return { checkpoint, size, root: toHex(root), claims };
}

/** What {@link auditPolicy} reads and believes. */
export interface AuditPolicyOptions {
  /** Of the policy. */
  readonly files: PublicFiles;
  /** Of the policy's ledger. */
  readonly ledgerFiles: PublicFiles;
  /** Verification keys, by digest; digests come from the policy's own key set. */
  readonly artifacts: ArtifactSource;
  readonly anchor: PolicyAnchor;
  /** The key set that the auditor believes in; the policy's own `keys.json` without it. */
  readonly manifest?: LoadedManifest;
  readonly allowDevelopmentKeys: boolean;
  /** For the tree of a large roll. */
  readonly threads?: ThreadOptions;
  readonly signal?: AbortSignal;
  /** Called after each claim. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What an audit found good. */
export interface PolicyAudit {
  readonly policy: ValidPolicy;
  readonly ledger: LedgerAudit;
  readonly board: ClaimBoardAudit;
}

/**
 * Checks every public file of a policy and of its ledger.
 *
 * @throws InputError - the first bad item; code and place name it.
 * @throws DOMException `AbortError`.
 */
export async function auditPolicy(options: AuditPolicyOptions): Promise<PolicyAudit> {
  const { files, ledgerFiles, artifacts, anchor, manifest, allowDevelopmentKeys } = options;
  const { threads, signal, onProgress } = options;
  const own = parseManifest(await files.read(policyPaths.keys));
  const policyBytes = await files.read(policyPaths.policy);
  const signatureBytes = await files.read(policyPaths.signature);
  const policy = judgeWithKeys(
    { own, manifest },
    (keys) => validatePolicy({ policyBytes, signatureBytes, manifest: keys, anchor, allowDevelopmentKeys }),
    (valid) => valid.policy.keySet.digest,
  );
  await auditFrozenRoll(policy, files, { threads, signal });
  const { ledger: name, board: host } = policy.policy;
  const anchorOfLedger = { ledgerId: name.id, registryKey: name.registryKey, board: host };
  const ledger = await auditLedger(ledgerFiles, anchorOfLedger);
  const verifier = await createVerifier(await verificationKeyOf(artifacts, own.manifest, policy.circuit));
  const board = await auditClaims({
    policy,
    ledger: ledger.ledger,
    files,
    verifier,
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  return { policy, ledger, board };
}

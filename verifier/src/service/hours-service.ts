// Hours policies and the claims under them. docs/spec/hours.md, docs/spec/http.md §9.
import {
  type ClaimReceipt,
  checkFrozenRoll,
  checkLedgerRoot,
  checkProof,
  claimStatementHash,
  ed25519PublicKey,
  encodeRecord,
  fieldToBytes,
  fromHex,
  InputError,
  leafHash,
  makeClaimReceipt,
  type ProofVerifier,
  parseClaim,
  policyPaths,
  publicPaths,
  rollFiles,
  type ValidPolicy,
  validatePolicy,
  verifyClaimStatement,
} from "@commune-zk/prover";
import type { RecordOutcome } from "./board.ts";
import { circuitVerifiers, type KeySet } from "./circuit-verifiers.ts";
import type { LedgerService } from "./ledger-service.ts";
import { OpenBoards } from "./open-boards.ts";
import type { Store } from "./store.ts";

/** What claims are judged by. */
export interface HoursServiceOptions extends KeySet {
  readonly store: Store;
  /** Ed25519 seed of all boards; every policy names its public half. */
  readonly boardKey: Uint8Array;
  readonly ledgers: LedgerService;
  /** The clock, in seconds since 1970; written nowhere. */
  readonly now: () => number;
  readonly allowDevelopmentKeys: boolean;
  readonly commitDelayMs: number;
}

/** A signed policy with its roll, from the operator. */
export interface PolicyFiles {
  readonly policy: Uint8Array;
  readonly signature: Uint8Array;
  readonly rollEvents: Uint8Array;
}

/** Operations on policies. Every refusal is an InputError, or the value of `RecordOutcome`. */
export class HoursService {
  readonly #options: HoursServiceOptions;
  readonly #boards: OpenBoards<ValidPolicy, ClaimReceipt>;
  readonly #verifier: (circuit: ValidPolicy["circuit"]) => Promise<ProofVerifier>;

  /** A service on a store that it alone writes to. */
  constructor(options: HoursServiceOptions) {
    this.#options = options;
    const { store, boardKey, commitDelayMs } = options;
    this.#verifier = circuitVerifiers(options);
    this.#boards = new OpenBoards({
      kind: "policy",
      store,
      boardKey,
      commitDelayMs,
      paths: [policyPaths.policy, policyPaths.signature],
      judge: ([policy, signature]) => this.#validate(policy!, signature!),
      subject: (policy) => ({
        scope: policy.claimScope,
        boardName: policy.policy.board.name,
        receipt: (standing) => makeClaimReceipt({ policy, ...standing }),
      }),
    });
  }

  /**
   * Registers a policy after every check that an auditor makes of policy and roll.
   *
   * @returns whether it is new.
   * @throws InputError - as `validatePolicy` and `checkFrozenRoll`; `policy-other-board`, `policy-other-ledger` -
   *   its ledger is none that this service keeps for its board.
   */
  async registerPolicy(files: PolicyFiles): Promise<{ claimScope: string; isNew: boolean }> {
    const { boardKey, manifest } = this.#options;
    const policy = this.#validate(files.policy, files.signature);
    if (policy.policy.board.key !== ed25519PublicKey(boardKey)) {
      throw new InputError("policy-other-board", "the policy names another board's key", policyPaths.policy);
    }
    await this.#checkLedger(policy);
    const { tree } = checkFrozenRoll(policy, files.rollEvents);
    const stored = new Map([
      [policyPaths.policy, files.policy],
      [policyPaths.signature, files.signature],
      [policyPaths.keys, manifest.bytes],
      [publicPaths.rollEvents, files.rollEvents],
      ...rollFiles(tree),
    ]);
    return { claimScope: policy.claimScope, isNew: await this.#boards.register(policy, stored) };
  }

  async #checkLedger({ policy: { ledger, board } }: ValidPolicy): Promise<void> {
    const { ledgers } = this.#options;
    const refuse = () =>
      new InputError("policy-other-ledger", "no ledger that this board keeps", policyPaths.policy);
    if (ledger.registryKey !== ledgers.registryKey) throw refuse();
    const kept = await ledgers.ledger(ledger.id).catch((error: unknown) => {
      throw error instanceof InputError ? refuse() : error;
    });
    if (kept.boardName !== board.name) throw refuse();
  }

  /**
   * Checks a claim from cheap to dear and records it.
   *
   * @param body - untrusted bytes.
   * @throws InputError - as `parseClaim` and `verifyClaim`; `policy-unknown`, `submission-other-policy`.
   */
  async submitClaim(claimScope: string, body: Uint8Array): Promise<RecordOutcome<ClaimReceipt>> {
    const claim = parseClaim(body);
    const { document: policy, board } = await this.#boards.open(claimScope);
    if (claim.claimScope !== claimScope) {
      throw new InputError("submission-other-policy", "claim under another policy", "claim");
    }
    const { publicSignals } = claim;
    const hash = fromHex(claimStatementHash(publicSignals), 32);
    // A member whose receipt was lost on the way gets it again, whenever it asks.
    const known = await board.receiptOf(hash);
    if (known !== undefined) return { recorded: true, isNew: false, receipt: known };
    this.#checkOpen(policy);
    const { nullifier, ledgerRoot } = verifyClaimStatement(policy, publicSignals, "claim");
    await this.#checkRoot(policy, ledgerRoot);
    const nullifierBytes = fieldToBytes(nullifier);
    if (await this.#options.store.isRevisionUsed(claimScope, nullifierBytes, 0)) {
      return { recorded: false, reason: "nullifier-used" };
    }
    const proof = checkProof(claim.proof, "claim proof");
    if (!(await (await this.#verifier(policy.circuit)).verify(publicSignals, proof))) {
      throw new InputError("proof-invalid", "the proof does not verify", "claim");
    }
    // Verifying took time, in which the policy may have closed and the registry revoked.
    this.#checkOpen(policy);
    await this.#checkRoot(policy, ledgerRoot);
    const record = encodeRecord({ publicSignals, proof });
    return board.record({
      nullifier: nullifierBytes,
      // One claim a member, whatever the threshold.
      revision: 0,
      statementHash: hash,
      record,
      leafHash: leafHash(record),
    });
  }

  /**
   * A public file of a policy.
   *
   * @throws InputError `policy-unknown`, `file-missing`.
   */
  publicFile(claimScope: string, path: string): Promise<Uint8Array> {
    return this.#boards.publicFile(claimScope, path);
  }

  /** Commits what waits. */
  close(): Promise<void> {
    return this.#boards.close();
  }

  #checkOpen({ policy }: ValidPolicy): void {
    const now = this.#options.now();
    if (now < policy.opensAt) throw new InputError("policy-not-open", "the policy has not opened", "claim");
    if (now >= policy.closesAt) throw new InputError("policy-closed", "the policy has closed", "claim");
  }

  async #checkRoot({ policy }: ValidPolicy, root: bigint): Promise<void> {
    const { ledgers, now } = this.#options;
    const { state } = await ledgers.ledger(policy.ledger.id);
    checkLedgerRoot(state, { root, now: now(), graceSeconds: policy.graceSeconds }, "claim");
  }

  #validate(policyBytes: Uint8Array, signatureBytes: Uint8Array): ValidPolicy {
    const { manifest, allowDevelopmentKeys } = this.#options;
    // The operator's token, not an anchor, is why the service takes a policy; members bring theirs.
    return validatePolicy({
      policyBytes,
      signatureBytes,
      manifest,
      anchor: { kind: "none" },
      allowDevelopmentKeys,
    });
  }
}

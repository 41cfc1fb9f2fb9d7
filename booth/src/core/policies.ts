// An hours policy as this device judged it.
import {
  InputError,
  type LoadedManifest,
  parseManifest,
  policyPaths,
  type ValidPolicy,
  validatePolicy,
} from "@commune-zk/prover";
import type { PolicyMaterial } from "../worker/protocol.ts";
import { type ReadOrder, ScopeFiles } from "./files.ts";
import { refusing } from "./polls.ts";
import type { Surroundings } from "./surroundings.ts";

/** A policy whose document, signature, key set and anchor are good. */
export interface OpenedPolicy {
  readonly policy: ValidPolicy;
  readonly manifest: LoadedManifest;
  /** The same as bytes, for workers. */
  readonly material: PolicyMaterial;
  readonly offline: boolean;
  /** Whether its registrar is the one that invited this member to its roll. */
  readonly knownRegistrar: boolean;
}

/**
 * Fetches a policy and judges it.
 *
 * @param claimScope - from a link: the trust anchor, beside the registrar's key of an invitation to its roll.
 * @throws RefusedError
 */
export function openPolicy(
  surroundings: Surroundings,
  claimScope: string,
  order: ReadOrder = "network-first",
): Promise<OpenedPolicy> {
  const files = new ScopeFiles(surroundings, claimScope, order, "policies");
  return refusing(surroundings, { pollId: claimScope, files }, async () => {
    const policy = await files.read(policyPaths.policy);
    const signature = await files.read(policyPaths.signature);
    const keys = await files.read(policyPaths.keys);
    const { allowDevelopmentKeys } = surroundings.config;
    const manifest = parseManifest(keys);
    const valid = validatePolicy({
      policyBytes: policy,
      signatureBytes: signature,
      manifest,
      anchor: { kind: "claim-scope", claimScope },
      allowDevelopmentKeys,
    });
    const membership = await surroundings.storage.read("membership", valid.roll.id);
    if (membership !== undefined && membership.invitation.registrarKey !== valid.registrarKey) {
      throw new InputError(
        "policy-not-anchored",
        "not by the registrar who invited this member",
        "policy.json",
      );
    }
    await files.keep();
    const material = { policy, signature, manifest: keys, claimScope, allowDevelopmentKeys };
    const knownRegistrar = membership !== undefined;
    return { policy: valid, manifest, material, offline: files.usedStore, knownRegistrar };
  });
}

/** Public files of a policy and, under `ledger/`, of its ledger, which is read as it is now. */
export class PolicyFiles {
  readonly #own: ScopeFiles;
  readonly #ledger: ScopeFiles;

  /** Files for one purpose. */
  constructor(surroundings: Surroundings, { claimScope, policy }: ValidPolicy) {
    this.#own = new ScopeFiles(surroundings, claimScope, "store-first", "policies");
    this.#ledger = new ScopeFiles(surroundings, policy.ledger.id, "network-first", "ledgers");
  }

  /** @throws InputError `file-missing`; NoAnswerError. */
  read(path: string): Promise<Uint8Array> {
    const inLedger = /^ledger\/(.+)$/.exec(path);
    return inLedger === null ? this.#own.read(path) : this.#ledger.read(inLedger[1]!);
  }

  /** What came from the network, for evidence. */
  get fresh() {
    return [...this.#own.fresh, ...this.#ledger.fresh];
  }

  /** Stores the policy's own; a ledger grows, so that a stored one would be an old one. */
  keep(): Promise<void> {
    return this.#own.keep();
  }
}

// The one judge of hours policies, for member, service and auditor. docs/spec/hours.md §2.
import { fromHex } from "../../formats/bytes.ts";
import { verifyDocument } from "../../formats/ed25519.ts";
import { InputError } from "../../formats/errors.ts";
import { parseFieldElement } from "../../formats/field.ts";
import { HOURS_CIRCUITS, type HoursCircuitName, type LoadedManifest } from "../../formats/manifest.ts";
import { policyPaths } from "../../formats/public-paths.ts";
import type { FrozenRoll } from "../frozen-roll.ts";
import { categoryField } from "../ledger/leaf.ts";
import { checkKeySet } from "../scope-document.ts";
import { claimScopeOf, type HoursPolicy, parsePolicy, parsePolicySignature } from "./policy.ts";

/** What the caller was given by another way than the policy itself; without one nothing is authenticated. */
export type PolicyAnchor =
  | { readonly kind: "claim-scope"; readonly claimScope: string }
  | { readonly kind: "registrar"; readonly key: string }
  /** Checks only that the policy agrees with itself; the outcome says so. */
  | { readonly kind: "none" };

declare const validated: unique symbol;

/** A policy that passed every check; only {@link validatePolicy} makes one. */
export interface ValidPolicy extends FrozenRoll {
  readonly [validated]: true;
  readonly policy: HoursPolicy;
  readonly claimScope: string;
  /** Canonical bytes of the policy. */
  readonly bytes: Uint8Array;
  readonly circuit: HoursCircuitName;
  /** Field value of the category, 0 for any. */
  readonly category: bigint;
  /** False only where the caller gave no trust anchor. */
  readonly anchored: boolean;
}

/** What {@link validatePolicy} judges, and by what. */
export interface ValidatePolicyOptions {
  /** Untrusted, `policy.json`. */
  readonly policyBytes: Uint8Array;
  /** Untrusted, `signature.json`. */
  readonly signatureBytes: Uint8Array;
  /** The caller's own key set of the hours circuits. */
  readonly manifest: LoadedManifest;
  readonly anchor: PolicyAnchor;
  /** Whether keys that one machine made are good enough here: tests and samples. */
  readonly allowDevelopmentKeys: boolean;
}

/**
 * A policy under which claims can be made and checked, signed by the registrar.
 *
 * @throws InputError `policy-…`, `key-set-digest-mismatch`, `development-keys-refused`,
 *   `circuit-not-in-key-set`, `not-canonical`; docs/spec/errors.md lists them.
 */
export function validatePolicy(options: ValidatePolicyOptions): ValidPolicy {
  const { policyBytes, signatureBytes, manifest, anchor, allowDevelopmentKeys } = options;
  const place = policyPaths.policy;
  const policy = parsePolicy(policyBytes);
  const claimScope = claimScopeOf(policyBytes);
  checkAnchor(policy, claimScope, anchor);
  checkRules(policy);
  const circuit = `hours-${policy.credits}` as const;
  const { depth } = HOURS_CIRCUITS[circuit];
  const rollRoot = parseFieldElement(policy.roll.root, `${place} roll.root`);
  if (policy.roll.size > 2 ** depth) {
    refuse("policy-roll-too-large", "more positions than the circuit's tree has leaves");
  }
  const { keySet } = policy;
  checkKeySet({ keySet, circuit, manifest, allowDevelopmentKeys, code: "policy-bad-key-set", place });
  checkSignature(policy, claimScope, signatureBytes);
  return {
    policy,
    claimScope,
    bytes: policyBytes.slice(),
    circuit,
    roll: policy.roll,
    registrarKey: policy.organisation.key,
    rollRoot,
    depth,
    category: policy.category === null ? 0n : categoryField(policy.category),
    anchored: anchor.kind !== "none",
  } as unknown as ValidPolicy;
}

function refuse(code: string, message: string): never {
  throw new InputError(code, message, policyPaths.policy);
}

function checkAnchor(policy: HoursPolicy, claimScope: string, anchor: PolicyAnchor): void {
  if (anchor.kind === "claim-scope" && anchor.claimScope !== claimScope) {
    refuse("policy-not-anchored", "not the policy with the claimScope that was given");
  }
  if (anchor.kind === "registrar" && anchor.key !== policy.organisation.key) {
    refuse("policy-not-anchored", "not by the registrar whose key was given");
  }
}

function checkRules({ opensAt, closesAt, roll, periods, thresholds, credits, maxAmount }: HoursPolicy): void {
  if (opensAt >= closesAt) refuse("policy-bad-times", "opensAt is not before closesAt");
  if (new Set(roll.tiers).size !== roll.tiers.length) refuse("policy-duplicate", "duplicate tiers");
  if (periods.first > periods.last) refuse("policy-bad-periods", "the first period is after the last");
  if (thresholds.some((threshold, i) => i > 0 && threshold <= thresholds[i - 1]!)) {
    refuse("policy-bad-thresholds", "thresholds do not ascend");
  }
  if (thresholds.at(-1)! > credits * maxAmount) {
    refuse("policy-threshold-unreachable", "more than the largest credits add up to");
  }
}

function checkSignature(policy: HoursPolicy, claimScope: string, bytes: Uint8Array): void {
  const signature = parsePolicySignature(bytes);
  const bad = (message: string): never => {
    throw new InputError("policy-bad-signature", message, policyPaths.signature);
  };
  if (signature.claimScope !== claimScope) bad("signature of another policy");
  const scope = fromHex(claimScope, 31, "claimScope");
  if (!verifyDocument("hours-policy", scope, signature.registrar, policy.organisation.key)) {
    bad("not signed by the registrar");
  }
}

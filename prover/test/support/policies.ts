// Hours policies of tests: a small roll, a ledger, and a policy over both.
import {
  canonicalBytes,
  claimScopeOf,
  type Ed25519KeyPair,
  ed25519KeyPair,
  HOURS_CIRCUIT_NAMES,
  type HoursPolicy,
  hoursNullifier,
  type Identity,
  type LedgerName,
  type LoadedManifest,
  type PolicyAnchor,
  parseManifest,
  policyBytes,
  pollLeaves,
  type RollTree,
  rollHead,
  rollTree,
  signPolicy,
  type ValidPolicy,
  validatePolicy,
} from "../../src/index.ts";
import { type RehearsedRoll, randomHex, rehearseRoll } from "../../src/rehearsal.ts";
import { board, QUARTER } from "./ledgers.ts";
import { CLOSES, OPENS } from "./polls.ts";

/** A manifest of the hours circuits whose files are nowhere: for what never proves. */
export const paperManifest: LoadedManifest = (() => {
  const file = (path: string) => ({ path, sha256: "ab".repeat(32), size: 1 });
  const circuit = (name: string) => ({
    r1csSha256: "ab".repeat(32),
    constraints: 1,
    wasm: file(`${name}/circuit.wasm`),
    provingKey: file(`${name}/proving-key.zkey`),
    verificationKey: file(`${name}/verification-key.json`),
    transcript: file(`${name}/transcript.json`),
    contributions: [{ name: "nobody", hash: "ab".repeat(64) }],
  });
  const circuits = Object.fromEntries(HOURS_CIRCUIT_NAMES.map((name) => [name, circuit(name)]));
  return parseManifest(canonicalBytes({ type: "commune-zk/key-manifest/v1", kind: "development", circuits }));
})();

/** A roll whose registrar puts up policies. */
export interface PolicyRoll extends RehearsedRoll {
  readonly registrar: Ed25519KeyPair;
  readonly tree: RollTree;
}

/** A roll of this many members. */
export function policyRoll(members: number): PolicyRoll {
  const registrar = ed25519KeyPair();
  const rehearsed = rehearseRoll(new Array<string>(members).fill("member"), registrar);
  return { ...rehearsed, registrar, tree: rollTree(pollLeaves(rehearsed.roll, ["member"]), 20) };
}

/** Twenty hours of a quarter, in at most four credits, unless told otherwise. */
export function policyOf(
  { roll, registrar, tree }: PolicyRoll,
  { ledgerId, registryKey }: LedgerName,
  changes: Partial<HoursPolicy> = {},
  { manifest, digest }: LoadedManifest = paperManifest,
): HoursPolicy {
  return {
    type: "commune-zk/hours-policy/v1",
    organisation: { name: "Test commune", key: registrar.publicKey },
    nonce: randomHex(),
    title: "Who worked twenty hours?",
    roll: {
      id: roll.rollId,
      head: rollHead(roll),
      batches: roll.batches,
      size: roll.positions.length,
      root: tree.root.toString(),
      tiers: ["member"],
    },
    ledger: { id: ledgerId, registryKey },
    periods: { first: QUARTER[0], last: QUARTER[2] },
    category: "hours",
    thresholds: [600, 1200, 2400],
    maxAmount: 14_400,
    credits: 4,
    opensAt: OPENS,
    closesAt: CLOSES,
    graceSeconds: 3600,
    board,
    keySet: { digest, kind: manifest.kind },
    ...changes,
  };
}

/** A policy document with its signature. */
export interface SignedPolicy {
  readonly policy: HoursPolicy;
  readonly claimScope: string;
  readonly policyBytes: Uint8Array;
  readonly signatureBytes: Uint8Array;
}

/** Signs any policy document: also one that nobody should accept. */
export function signedPolicy(policy: HoursPolicy, { secretKey }: Ed25519KeyPair): SignedPolicy {
  const bytes = policyBytes(policy);
  const claimScope = claimScopeOf(bytes);
  return { policy, claimScope, policyBytes: bytes, signatureBytes: signPolicy(claimScope, secretKey) };
}

/** The policy as any reader judges it. */
export function judgePolicy(
  { policyBytes: bytes, signatureBytes }: Pick<SignedPolicy, "policyBytes" | "signatureBytes">,
  anchor: PolicyAnchor = { kind: "none" },
  manifest: LoadedManifest = paperManifest,
): ValidPolicy {
  return validatePolicy({
    policyBytes: bytes,
    signatureBytes,
    manifest,
    anchor,
    allowDevelopmentKeys: true,
  });
}

/** Public signals that a claim under this policy could have, in the order of docs/spec/hours.md §3. */
export function claimSignals(
  { policy, claimScope, rollRoot, category }: ValidPolicy,
  {
    member,
    ledgerRoot,
    threshold = policy.thresholds[0]!,
  }: { member: Identity; ledgerRoot: bigint; threshold?: number },
): bigint[] {
  return [
    hoursNullifier(member, claimScope),
    rollRoot,
    ledgerRoot,
    BigInt(`0x${claimScope}`),
    BigInt(policy.periods.first),
    BigInt(policy.periods.last),
    category,
    BigInt(policy.maxAmount),
    BigInt(threshold),
  ];
}

// The claims that are measured: a member with four credits of a quarter proves the sum of some of them.
import {
  appendEntry,
  claimScopeOf,
  createIssuerKeys,
  creditBatch,
  type Ed25519KeyPair,
  ed25519KeyPair,
  emptyLedger,
  HOURS_CIRCUITS,
  type HoursCircuitName,
  type IssuerKeys,
  LEDGER_DEPTH,
  type LedgerChange,
  type LedgerState,
  locateCredit,
  mailboxKeyOf,
  merklePath,
  openAttestation,
  type PreparedClaim,
  type ProvableCredit,
  pointToJson,
  policyBytes,
  pollLeaves,
  prepareClaim,
  readLedgerLog,
  rollHead,
  rollTree,
  signPolicy,
  type ValidPolicy,
  validatePolicy,
} from "@commune-zk/prover";
import { type RehearsedRoll, randomHex, rehearseRoll } from "@commune-zk/prover/rehearsal";
import type { BenchKeys } from "./sample-poll.ts";

/** A made-up policy, its ledger, and a claim that can be proven. */
export interface SampleClaim {
  readonly policy: ValidPolicy;
  readonly ledger: LedgerState;
  /** When the policy is open, in seconds since 1970. */
  readonly now: number;
  readonly claim: PreparedClaim;
}

const TIER = "member";
const MEMBERS = 3;
const PERIOD = 202601;
const CATEGORY = "hours";
const AMOUNT = 600;
const CREDITS = 4;
const OPEN_SECONDS = 3600;

/** Makes a roll, a ledger, a policy over both, and the claim of a member who needs every slot of the circuit. */
export async function makeSampleClaim(circuit: HoursCircuitName, keys: BenchKeys): Promise<SampleClaim> {
  const registrar = ed25519KeyPair();
  const roll = rehearseRoll(new Array<string>(MEMBERS).fill(TIER), registrar);
  const now = Math.floor(Date.now() / 1000);
  const [identity] = roll.identities as [RehearsedRoll["identities"][number]];
  const { ledger, credits } = await makeLedger(identity, now);
  const policy = makePolicy({ circuit, roll, registrar, ledger, keys, now });
  const claim = prepareClaim({
    policy,
    identity,
    rollPath: merklePath(rollTree(pollLeaves(roll.roll, [TIER]), LEDGER_DEPTH), 0),
    ledgerRoot: ledger.tree.root,
    credits,
    threshold: policy.policy.thresholds[0]!,
  });
  return { policy, ledger, now, claim };
}

/** A ledger in which an issuer credited the member in batches of their own. */
async function makeLedger(
  member: RehearsedRoll["identities"][number],
  now: number,
): Promise<{ ledger: LedgerState; credits: ProvableCredit[] }> {
  const registry = ed25519KeyPair();
  const name = { ledgerId: randomHex(), registryKey: registry.publicKey };
  const issuerKeys: IssuerKeys = createIssuerKeys();
  let ledger = emptyLedger(name);
  const lines: Uint8Array[] = [];
  const enter = (change: LedgerChange): void => {
    const { state, line } = appendEntry(ledger, { at: now, change }, registry.secretKey);
    ledger = state;
    lines.push(line);
  };
  const key: [string, string] = [...pointToJson(issuerKeys.publicKey)];
  enter({ kind: "issuer", key, name: "Workplace", until: now + OPEN_SECONDS });
  enter({ kind: "period", period: PERIOD, closes: now + OPEN_SECONDS });
  const { commitment } = member;
  const mailboxKey = mailboxKeyOf(member);
  const attestations = [];
  for (let serial = 0; serial < CREDITS; serial++) {
    const issued = await creditBatch({
      issuerKeys,
      header: { ledgerId: name.ledgerId, serial, period: PERIOD, category: CATEGORY },
      credits: [{ commitment, mailboxKey, amount: AMOUNT }],
    });
    enter({ kind: "credits", batch: issued.batch });
    attestations.push(await openAttestation(member, issued.attestations[0]!.sealed));
  }
  const view = readLedgerLog(Buffer.concat(lines), name);
  const credits = attestations.map((attestation): ProvableCredit => {
    const located = locateCredit(view, { commitment, attestation });
    return { ...located, path: merklePath(ledger.tree, located.position) };
  });
  return { ledger, credits };
}

function makePolicy({
  circuit,
  roll: { roll },
  registrar,
  ledger,
  keys: { manifest },
  now,
}: {
  circuit: HoursCircuitName;
  roll: RehearsedRoll;
  registrar: Ed25519KeyPair;
  ledger: LedgerState;
  keys: BenchKeys;
  now: number;
}): ValidPolicy {
  const { slots } = HOURS_CIRCUITS[circuit];
  const bytes = policyBytes({
    type: "commune-zk/hours-policy/v1",
    organisation: { name: "Commune of the stopwatch", key: registrar.publicKey },
    nonce: randomHex(),
    title: "How long does it take?",
    roll: {
      id: roll.rollId,
      head: rollHead(roll),
      batches: roll.batches,
      size: roll.positions.length,
      root: rollTree(pollLeaves(roll, [TIER]), LEDGER_DEPTH).root.toString(),
      tiers: [TIER],
    },
    ledger: { id: ledger.ledgerId, registryKey: ledger.registryKey },
    periods: { first: PERIOD, last: PERIOD },
    category: CATEGORY,
    thresholds: [slots * AMOUNT],
    maxAmount: AMOUNT,
    credits: slots,
    opensAt: now,
    closesAt: now + OPEN_SECONDS,
    graceSeconds: 0,
    board: { name: "board.bench.example", key: ed25519KeyPair().publicKey },
    keySet: { digest: manifest.digest, kind: manifest.manifest.kind },
  });
  return validatePolicy({
    policyBytes: bytes,
    signatureBytes: signPolicy(claimScopeOf(bytes), registrar.secretKey),
    manifest,
    // Nobody gave an anchor: the policy was made here.
    anchor: { kind: "none" },
    allowDevelopmentKeys: true,
  });
}

// The ledger and the hours policy of the specification's examples, on the roll of its election. Every secret is
// made up and visibly so.
import { fromUtf8, toHex } from "../../../src/formats/bytes.ts";
import { canonicalBytes } from "../../../src/formats/canonical-json.ts";
import { checkpointOrigin, signCheckpoint } from "../../../src/formats/checkpoint.ts";
import { ed25519PublicKey } from "../../../src/formats/ed25519.ts";
import type { LoadedManifest } from "../../../src/formats/manifest.ts";
import { pointToJson } from "../../../src/formats/point.ts";
import { claimStatementHash, decodeRecord } from "../../../src/formats/record.ts";
import {
  type Attestation,
  appendEntry,
  categoryField,
  claimScopeOf,
  creditBatch,
  discloseCredit,
  emptyLedger,
  type HoursPolicy,
  type Identity,
  importIdentity,
  importIssuerKeys,
  type LedgerChange,
  type LocatedCredit,
  ledgerFiles,
  ledgerHead,
  locateCredit,
  mailboxKeyOf,
  openAttestation,
  policyBytes,
  pollLeaves,
  readLedgerLog,
  requestRevocation,
  rollHead,
  rollTree,
  type SealedAttestation,
  scopeToField,
  signPolicy,
  type ValidPolicy,
  validatePolicy,
} from "../../../src/index.ts";
import { boardKey, CLOSES, exampleRoll, memberKey, OPENS, registrar, repeated } from "./election.ts";
import type { Example, Json } from "./examples.ts";
import { withDraws } from "./scripted.ts";

const REGISTRY_SEED = repeated(0x03);
const LEDGER_ID = toHex(repeated(0xb1));
/** Private key of the issuer: a0 … bf. */
const ISSUER_KEY = memberKey(5);
const PERIOD = 202601;
const SALTS = [0xe1, 0xe2, 0xe3].map((byte) => repeated(byte).slice(0, 31));
/** HPKE's ephemeral secrets. */
const EPHEMERAL = [0xf1, 0xf2, 0xf3].map((byte) => repeated(byte));
const board = { name: "board.example", key: boardKey.publicKey };

/** Members with credits, by their position on the roll. */
export const memberAt = { 1: importIdentity(memberKey(4)), 3: importIdentity(memberKey(3)) };

/** The example's ledger, and what its members opened. */
export interface ExampleLedger {
  readonly lines: readonly Uint8Array[];
  readonly entries: Uint8Array;
  readonly state: ReturnType<typeof emptyLedger>;
  /** In the order of the page: 600 and 1,200 minutes, 92 points. */
  readonly sealed: readonly SealedAttestation[];
  readonly attestations: readonly Attestation[];
  readonly members: readonly Identity[];
  readonly checkpoint: string;
}

/** Writes the example's ledger. */
export async function exampleLedger(): Promise<ExampleLedger> {
  const issuerKeys = importIssuerKeys(ISSUER_KEY);
  const members = [memberAt[1], memberAt[3], memberAt[3]];
  const amounts = [600, 1200, 92];
  let state = emptyLedger({ ledgerId: LEDGER_ID, registryKey: ed25519PublicKey(REGISTRY_SEED) });
  const lines: Uint8Array[] = [];
  const enter = (change: LedgerChange, at: number): void => {
    const appended = appendEntry(state, { at, change }, REGISTRY_SEED);
    state = appended.state;
    lines.push(appended.line);
  };
  const key = [...pointToJson(issuerKeys.publicKey)] as [string, string];
  enter({ kind: "issuer", key, name: "Mill", until: CLOSES }, OPENS);
  enter({ kind: "period", period: PERIOD, closes: CLOSES }, OPENS);
  const sealed: SealedAttestation[] = [];
  for (const { category, credits } of [
    { category: "hours", credits: [0, 1] },
    { category: "cyber-literacy", credits: [2] },
  ]) {
    const serial = state.issuers.get(key.join())!.nextSerial;
    const draws = [...credits.map((i) => SALTS[i]!), ...credits.map((i) => EPHEMERAL[i]!)];
    const { batch, attestations } = await withDraws(draws, () =>
      creditBatch({
        issuerKeys,
        header: { ledgerId: LEDGER_ID, serial, period: PERIOD, category },
        credits: credits.map((i) => ({
          commitment: members[i]!.commitment,
          mailboxKey: mailboxKeyOf(members[i]!),
          amount: amounts[i]!,
        })),
      }),
    );
    enter({ kind: "credits", batch }, OPENS + 60);
    for (const i of credits) {
      sealed[i] = attestations.find(({ commitment }) => commitment === members[i]!.commitment)!.sealed;
    }
  }
  const attestations = await Promise.all(sealed.map((item, i) => openAttestation(members[i]!, item)));
  const { position } = locate({ lines, attestations, members }, 0);
  const request = requestRevocation({ ledgerId: LEDGER_ID, positions: [position], issuer: issuerKeys });
  enter({ kind: "revoke", positions: [position], request }, OPENS + 120);
  const entries = Buffer.concat(lines);
  const origin = checkpointOrigin(board.name, LEDGER_ID);
  const checkpoint = signCheckpoint(origin, ledgerHead(entries), boardKey.secretKey);
  return { lines, entries, state, sealed, attestations, members, checkpoint };
}

/** Where credit i of the example stands. */
export function locate(
  { lines, attestations, members }: Pick<ExampleLedger, "lines" | "attestations" | "members">,
  i: number,
): LocatedCredit {
  const registryKey = ed25519PublicKey(REGISTRY_SEED);
  const view = readLedgerLog(Buffer.concat(lines), { ledgerId: LEDGER_ID, registryKey });
  return locateCredit(view, { commitment: members[i]!.commitment, attestation: attestations[i]! });
}

const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/** ledger.md §10. */
export async function ledgerExample(): Promise<Example> {
  const ledger = await exampleLedger();
  const { state, lines, sealed, attestations, members } = ledger;
  const texts = lines.map((line) => fromUtf8(line));
  const genesis = emptyLedger(state).link;
  const [first] = sealed as [SealedAttestation];
  const disclosure = discloseCredit({
    identity: members[2]!,
    rollId: exampleRoll().roll.rollId,
    registrarKey: registrar.publicKey,
    registrarNonce: toHex(repeated(0xc5)),
    tier: "net-admin",
    attestation: attestations[2]!,
  });
  const files = [
    ...ledgerFiles({ entries: ledger.entries, tree: state.tree, checkpoint: ledger.checkpoint }),
  ];
  return {
    registrySeed: toHex(REGISTRY_SEED),
    ledgerId: LEDGER_ID,
    issuerKey: toHex(ISSUER_KEY),
    issuer: json(pointToJson(importIssuerKeys(ISSUER_KEY).publicKey)),
    categories: Object.fromEntries(
      ["hours", "cyber-literacy"].map((name) => [name, categoryField(name).toString()]),
    ),
    commitments: members.map(({ commitment }) => commitment.toString()),
    salts: SALTS.map(toHex),
    inner: [...state.positions].sort(([, a], [, b]) => a - b).map(([hash]) => hash.toString()),
    genesis,
    lines: texts,
    next: state.link,
    leaves: state.tree.layers[0]!.map(String),
    root: state.tree.root.toString(),
    checkpoint: ledger.checkpoint,
    files: files.map(([path, content]) => ({ path, size: content.length })),
    level10File: toHex(files.find(([path]) => path === "level-10")![1]),
    attestation: fromUtf8(canonicalBytes(attestations[0]!)),
    ephemeral: toHex(EPHEMERAL[0]!),
    mailboxKey: mailboxKeyOf(members[0]!),
    sealed: json(first),
    disclosure: fromUtf8(canonicalBytes(disclosure)),
  };
}

/** The example's policy, as a reader judges it. */
export function examplePolicy(
  { state }: Pick<ExampleLedger, "state">,
  manifest: LoadedManifest,
): { valid: ValidPolicy; signature: Uint8Array } {
  const { roll } = exampleRoll();
  const tree = rollTree(pollLeaves(roll, ["member"]), 20);
  const policy: HoursPolicy = {
    type: "commune-zk/hours-policy/v1",
    organisation: { name: "Example commune", key: registrar.publicKey },
    nonce: toHex(repeated(0xe4)),
    title: "Ten and twenty hours of the first quarter",
    roll: {
      id: roll.rollId,
      head: rollHead(roll),
      batches: roll.batches,
      size: roll.positions.length,
      root: tree.root.toString(),
      tiers: ["member"],
    },
    ledger: { id: LEDGER_ID, registryKey: state.registryKey },
    periods: { first: PERIOD, last: 202603 },
    category: "hours",
    thresholds: [600, 1200],
    maxAmount: 14_400,
    credits: 4,
    opensAt: OPENS,
    closesAt: CLOSES,
    graceSeconds: 3600,
    board,
    keySet: { digest: manifest.digest, kind: manifest.manifest.kind },
  };
  const bytes = policyBytes(policy);
  const claimScope = claimScopeOf(bytes);
  const signature = signPolicy(claimScope, registrar.secretKey);
  const valid = validatePolicy({
    policyBytes: bytes,
    signatureBytes: signature,
    manifest,
    anchor: { kind: "claim-scope", claimScope },
    allowDevelopmentKeys: true,
  });
  return { valid, signature };
}

/** hours.md §7. */
export async function hoursExample(record: Uint8Array, manifest: LoadedManifest): Promise<Example> {
  const { valid, signature } = examplePolicy(await exampleLedger(), manifest);
  const { publicSignals } = decodeRecord(record);
  return {
    policy: fromUtf8(valid.bytes),
    signature: fromUtf8(signature),
    claimScope: valid.claimScope,
    field: scopeToField(valid.claimScope).toString(),
    secret: memberAt[3].secret.toString(),
    publicSignals: publicSignals.map(String),
    statementHash: claimStatementHash(publicSignals),
    record: toHex(record),
  };
}

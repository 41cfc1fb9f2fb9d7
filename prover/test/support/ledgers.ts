// Ledgers of tests: a registry, issuers, periods, and members with credits.
import {
  type Attestation,
  appendEntry,
  BoardTree,
  boardFiles,
  type CreditBatch,
  checkpointOrigin,
  concatBytes,
  createIssuerKeys,
  creditBatch,
  type Ed25519KeyPair,
  ed25519KeyPair,
  emptyLedger,
  type Identity,
  type IssuerKeys,
  type LedgerChange,
  type LedgerName,
  type LedgerState,
  ledgerFiles,
  ledgerHead,
  mailboxKeyOf,
  openAttestation,
  pointToJson,
  publicPaths,
  requestRevocation,
  signCheckpoint,
  utf8,
} from "../../src/index.ts";
import { randomHex } from "../../src/rehearsal.ts";
import { boardKeys } from "./polls.ts";

/** When test ledgers begin, in seconds. */
export const START = 1_000_000;
/** When the authority of test issuers ends. */
export const UNTIL = 9_000_000;
/** When test periods close. */
export const PERIOD_CLOSES = 5_000_000;
/** The periods that {@link openLedger} opens: a quarter. */
export const QUARTER = [202601, 202602, 202603] as const;
/** Board of test ledgers and policies. */
export const board = { name: "board.test", key: boardKeys.publicKey };

/** A ledger that a test writes, entry by entry. */
export interface TestLedger {
  readonly registry: Ed25519KeyPair;
  readonly name: LedgerName;
  readonly state: LedgerState;
  /** `entries.ndjson` by lines, each with its newline. */
  readonly lines: readonly Uint8Array[];
}

/** A ledger with no entry. */
export function newLedger(): TestLedger {
  const registry = ed25519KeyPair();
  const name = { ledgerId: randomHex(), registryKey: registry.publicKey };
  return { registry, name, state: emptyLedger(name), lines: [] };
}

/** The ledger with one entry more. `at` is that of the last entry unless told. */
export function entered(
  ledger: TestLedger,
  change: LedgerChange,
  at = Math.max(START, ledger.state.at),
): TestLedger {
  const { state, line } = appendEntry(ledger.state, { at, change }, ledger.registry.secretKey);
  return { ...ledger, state, lines: [...ledger.lines, line] };
}

/** The change that gives an issuer authority. */
export function issuerChange({ publicKey }: IssuerKeys, until = UNTIL, name = "Workplace"): LedgerChange {
  return { kind: "issuer", key: [...pointToJson(publicKey)], name, until };
}

/** A ledger with this many issuers and the periods of {@link QUARTER}. */
export function openLedger(issuers = 1): { ledger: TestLedger; issuers: IssuerKeys[] } {
  const keys = Array.from({ length: issuers }, () => createIssuerKeys());
  let ledger = newLedger();
  for (const key of keys) ledger = entered(ledger, issuerChange(key));
  for (const period of QUARTER) ledger = entered(ledger, { kind: "period", period, closes: PERIOD_CLOSES });
  return { ledger, issuers: keys };
}

/** What a test credits to one member. */
export interface TestCredit {
  readonly member: Identity;
  readonly amount: number;
}

/** The next batch of an issuer, as the ledger would take it, and what the members open. */
export async function issue(
  { state }: Pick<TestLedger, "state">,
  issuerKeys: IssuerKeys,
  credits: readonly TestCredit[],
  { period = QUARTER[0], category = "hours" }: { period?: number; category?: string } = {},
): Promise<{ batch: CreditBatch; attestations: Attestation[] }> {
  const serial = state.issuers.get(pointToJson(issuerKeys.publicKey).join())?.nextSerial ?? 0;
  const { batch, attestations } = await creditBatch({
    issuerKeys,
    header: { ledgerId: state.ledgerId, serial, period, category },
    credits: credits.map(({ member, amount }) => ({
      commitment: member.commitment,
      mailboxKey: mailboxKeyOf(member),
      amount,
    })),
  });
  const opened = credits.map(({ member }) => {
    const { sealed } = attestations.find(({ commitment }) => commitment === member.commitment)!;
    return openAttestation(member, sealed);
  });
  return { batch, attestations: await Promise.all(opened) };
}

/** The ledger after the next batch of an issuer. */
export async function credited(
  ledger: TestLedger,
  issuerKeys: IssuerKeys,
  credits: readonly TestCredit[],
  { at, ...header }: { period?: number; category?: string; at?: number } = {},
): Promise<{ ledger: TestLedger; attestations: Attestation[] }> {
  const { batch, attestations } = await issue(ledger, issuerKeys, credits, header);
  return { ledger: entered(ledger, { kind: "credits", batch }, at), attestations };
}

/** The change that revokes an issuer's credits at the issuer's own request. */
export function revocation({ name }: TestLedger, issuer: IssuerKeys, positions: number[]): LedgerChange {
  const request = requestRevocation({ ledgerId: name.ledgerId, positions, issuer });
  return { kind: "revoke", positions, request };
}

/** `entries.ndjson`. */
export function entriesOf({ lines }: Pick<TestLedger, "lines">): Uint8Array {
  return concatBytes(...lines);
}

/** Every public file of a ledger, under a checkpoint of the tests' board. */
export function publicFilesOf(ledger: TestLedger): Map<string, Uint8Array> {
  const entries = entriesOf(ledger);
  const origin = checkpointOrigin(board.name, ledger.name.ledgerId);
  const checkpoint = signCheckpoint(origin, ledgerHead(entries), boardKeys.secretKey);
  return ledgerFiles({ entries, tree: ledger.state.tree, checkpoint });
}

/** `board/…` of these records for a scope, under a checkpoint of the tests' board. */
export function boardOf(scope: string, records: readonly Uint8Array[]): Map<string, Uint8Array> {
  const tree = new BoardTree();
  for (const record of records) tree.append(record);
  const origin = checkpointOrigin(board.name, scope);
  const checkpoint = signCheckpoint(origin, { size: tree.size, root: tree.root() }, boardKeys.secretKey);
  return new Map([...boardFiles(records), [publicPaths.checkpoint, utf8(checkpoint)]]);
}

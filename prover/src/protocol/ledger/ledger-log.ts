// A ledger as the replay of its signed log: the one judge of changes, for registry and auditor alike.
// docs/spec/ledger.md §2–§5.
import { InputError } from "../../formats/errors.ts";
import { parseFieldElement } from "../../formats/field.ts";
import { type Point, parsePoint } from "../../formats/point.ts";
import { parseWith } from "../../formats/schema.ts";
import { type PoseidonTree, poseidonTree, withLeaves } from "../poseidon-tree.ts";
import { signedLine, withNewline } from "../signed-log.ts";
import { type CreditBatch, checkBatchSignature, creditBatchSchema, decodeInner } from "./credit-batch.ts";
import { creditLeaf, LEDGER_DEPTH, LEDGER_POSITIONS } from "./leaf.ts";
import {
  checkTime,
  entryPlace,
  type LedgerChange,
  type LedgerCursor,
  type LedgerEntry,
  type LedgerName,
  ledgerGenesis,
  ledgerLines,
  ledgerLink,
  parseChange,
  readEntry,
} from "./ledger-entry.ts";
import { checkRequestSignature } from "./revocation.ts";
import type { LedgerRoot } from "./roots.ts";

/** Who may credit, and until when. */
export interface LedgerIssuer {
  readonly key: Point;
  readonly name: string;
  /** Seconds; authority ends here. */
  readonly until: number;
  /** Serial of the next batch. */
  readonly nextSerial: number;
}

/** A ledger after some entries. */
export interface LedgerState extends LedgerCursor {
  /** Of depth 20; a revoked leaf is 0. */
  readonly tree: PoseidonTree;
  /** One for each entry. */
  readonly roots: readonly LedgerRoot[];
  /** By key, `x,y` in decimals. */
  readonly issuers: ReadonlyMap<string, LedgerIssuer>;
  /** When each opened period closes, in seconds. */
  readonly periods: ReadonlyMap<number, number>;
  /** Position of every `inner` that ever stood in the log. */
  readonly positions: ReadonlyMap<bigint, number>;
  /** Key of the issuer of each position. */
  readonly issuerOf: readonly string[];
}

/** Number of positions that were ever given. */
export function ledgerSize({ tree }: Pick<LedgerState, "tree">): number {
  return tree.layers[0]!.length;
}

/** The ledger before its first entry. */
export function emptyLedger(name: LedgerName): LedgerState {
  const none = new Map<never, never>();
  return {
    ...ledgerGenesis(name),
    tree: poseidonTree([], LEDGER_DEPTH),
    roots: [],
    issuers: none,
    periods: none,
    positions: none,
    issuerOf: [],
  };
}

/**
 * Signs the next entry.
 *
 * @param at - the registry's clock, in seconds.
 * @param secretKey - Ed25519 seed of the registry.
 * @returns the new state, and the line for `entries.ndjson` with its newline.
 * @throws InputError - as {@link replayLedger}: nothing is signed that a reader would refuse.
 */
export function appendEntry(
  state: LedgerState,
  { at, change: offered }: { at: number; change: LedgerChange },
  secretKey: Uint8Array,
): { readonly state: LedgerState; readonly line: Uint8Array } {
  const place = entryPlace(state.entries);
  const change = parseChange(offered, place);
  checkTime(state, at, place);
  const draft = draftOf(state);
  applyChange(draft, change, { at, place });
  const entry: LedgerEntry = {
    type: "commune-zk/ledger-entry/v1",
    ledgerId: state.ledgerId,
    registryKey: state.registryKey,
    serial: state.entries,
    previous: state.link,
    at,
    change,
    size: ledgerSize(draft),
    root: draft.tree.root.toString(),
  };
  advance(draft, entry, ledgerLink(entry));
  const line = signedLine({ name: "entry", role: "ledger-entry", document: entry }, secretKey);
  return { state: draft, line: withNewline(line) };
}

/**
 * Replays a whole log: signatures, chain, every change, size and root of each entry.
 *
 * @param ndjson - untrusted, `entries.ndjson`.
 * @throws InputError `ledger-…`, `credit-…`, `revocation-…`, points and numbers as their decoders; the place
 *   names the entry. docs/spec/errors.md lists them.
 */
export function replayLedger(ndjson: Uint8Array, name: LedgerName): LedgerState {
  // One draft for the whole log: a copy of its maps for each entry would make long logs quadratic.
  const draft = draftOf(emptyLedger(name));
  for (const line of ledgerLines(ndjson)) applyLine(draft, line);
  return draft;
}

/**
 * The ledger after one more entry.
 *
 * @param line - untrusted, without its newline.
 * @throws InputError - as {@link replayLedger}; the old state stands.
 */
export function applyEntry(state: LedgerState, line: Uint8Array): LedgerState {
  const draft = draftOf(state);
  applyLine(draft, line);
  return draft;
}

/** A state that its one owner may still change; after a refusal it is thrown away. */
interface LedgerDraft extends LedgerState {
  entries: number;
  link: string;
  at: number;
  tree: PoseidonTree;
  readonly roots: LedgerRoot[];
  readonly issuers: Map<string, LedgerIssuer>;
  readonly periods: Map<number, number>;
  readonly positions: Map<bigint, number>;
  readonly issuerOf: string[];
}

function draftOf(state: LedgerState): LedgerDraft {
  return {
    ...state,
    roots: [...state.roots],
    issuers: new Map(state.issuers),
    periods: new Map(state.periods),
    positions: new Map(state.positions),
    issuerOf: [...state.issuerOf],
  };
}

function applyLine(draft: LedgerDraft, line: Uint8Array): void {
  const { entry, place, link, checkSignature } = readEntry(draft, line);
  checkSignature();
  const root = parseFieldElement(entry.root, `${place} root`);
  applyChange(draft, entry.change, { at: entry.at, place });
  if (entry.size !== ledgerSize(draft)) {
    throw new InputError("ledger-wrong-size", "not as many positions as the entries give", place);
  }
  if (root !== draft.tree.root) {
    throw new InputError("ledger-wrong-root", "not the root that the entries give", place);
  }
  advance(draft, entry, link);
}

function advance(draft: LedgerDraft, { at, change }: LedgerEntry, link: string): void {
  draft.roots.push({ root: draft.tree.root, at, revokes: change.kind === "revoke" });
  draft.entries++;
  draft.link = link;
  draft.at = at;
}

interface Moment {
  readonly at: number;
  readonly place: string;
}

function applyChange(draft: LedgerDraft, change: LedgerChange, moment: Moment): void {
  if (change.kind === "issuer") setIssuer(draft, change, moment);
  else if (change.kind === "period") openPeriod(draft, change, moment);
  else if (change.kind === "credits") addCredits(draft, change.batch, moment);
  else revoke(draft, change, moment);
}

type ChangeOf<K extends LedgerChange["kind"]> = Extract<LedgerChange, { kind: K }>;

function setIssuer(draft: LedgerDraft, { key, name, until }: ChangeOf<"issuer">, { place }: Moment): void {
  const point = parsePoint(key, `${place} key`);
  const nextSerial = draft.issuers.get(key.join())?.nextSerial ?? 0;
  draft.issuers.set(key.join(), { key: point, name, until, nextSerial });
}

function openPeriod(draft: LedgerDraft, { period, closes }: ChangeOf<"period">, { place }: Moment): void {
  if (draft.periods.has(period)) {
    throw new InputError("ledger-period-reopened", "this period was opened before", place);
  }
  draft.periods.set(period, closes);
}

function addCredits(draft: LedgerDraft, value: CreditBatch, { at, place }: Moment): void {
  const { batch, issuer, inner } = checkCreditBatch(draft, value, { at, place });
  const { period, category } = batch.header;
  const start = ledgerSize(draft);
  const leaves = new Map<number, bigint>();
  const key = batch.header.issuer.join();
  for (const [i, hash] of inner.entries()) {
    draft.positions.set(hash, start + i);
    draft.issuerOf.push(key);
    leaves.set(start + i, creditLeaf({ inner: hash, period, category }));
  }
  draft.issuers.set(key, { ...issuer, nextSerial: issuer.nextSerial + 1 });
  draft.tree = withLeaves(draft.tree, leaves);
}

/** A batch that a ledger may take, decoded. */
export interface CheckedBatch {
  readonly batch: CreditBatch;
  readonly issuer: LedgerIssuer;
  /** Ascending. */
  readonly inner: readonly bigint[];
}

/**
 * Whether a ledger may take a batch at a moment: what registry and auditor both ask.
 *
 * @param value - untrusted JSON.
 * @param moment - `at` in seconds, by the registry's clock.
 * @throws InputError `credit-malformed`, `credit-other-ledger`, the issuer's key as `parsePoint`,
 *   `credit-unknown-issuer`, `credit-issuer-expired`, `credit-serial-reused`, `credit-serial-skipped`,
 *   `credit-period-unknown`, `credit-period-closed`, `credit-zero-inner`, `credit-not-sorted`,
 *   `ledger-duplicate-inner`, `ledger-full`, `credit-bad-signature`, in this order.
 */
export function checkCreditBatch(
  state: LedgerState,
  value: unknown,
  { at, place = "batch" }: { at: number; place?: string },
): CheckedBatch {
  const refuse = (code: string, message: string, where = place): never => {
    throw new InputError(code, message, where);
  };
  const batch = parseWith(creditBatchSchema, value, "credit-malformed", place);
  const { header } = batch;
  if (header.ledgerId !== state.ledgerId) refuse("credit-other-ledger", "batch for another ledger");
  const key = parsePoint(header.issuer, `${place} issuer`);
  const issuer = state.issuers.get(header.issuer.join());
  if (issuer === undefined) return refuse("credit-unknown-issuer", "no issuer of this ledger");
  if (at >= issuer.until) refuse("credit-issuer-expired", "the issuer's authority has ended");
  if (header.serial < issuer.nextSerial) refuse("credit-serial-reused", "this serial was used before");
  if (header.serial > issuer.nextSerial) refuse("credit-serial-skipped", "a serial before it is missing");
  const closes = state.periods.get(header.period);
  if (closes === undefined) return refuse("credit-period-unknown", "the period was never opened");
  if (at >= closes) refuse("credit-period-closed", "the period has closed");
  const inner = decodeInner(batch, place);
  const known = inner.findIndex((hash) => state.positions.has(hash));
  if (known >= 0) {
    refuse("ledger-duplicate-inner", "this credit stood in the ledger before", `${place} inner.${known}`);
  }
  if (ledgerSize(state) + inner.length > LEDGER_POSITIONS) refuse("ledger-full", "more than 2^20 credits");
  checkBatchSignature(batch, { issuer: key, inner }, place);
  return { batch, issuer, inner };
}

function revoke(draft: LedgerDraft, { positions, request }: ChangeOf<"revoke">, { place }: Moment): void {
  const refuse = (code: string, message: string): never => {
    throw new InputError(code, message, place);
  };
  let key: Point | undefined;
  if (request !== null) {
    if (request.ledgerId !== draft.ledgerId) refuse("revocation-other-ledger", "request for another ledger");
    if (request.positions.join() !== positions.join()) {
      refuse("revocation-other-positions", "not the positions of the request");
    }
    key = parsePoint(request.issuer, `${place} request issuer`);
    if (!draft.issuers.has(request.issuer.join())) {
      refuse("revocation-unknown-issuer", "no issuer of this ledger");
    }
  }
  const leaves = draft.tree.layers[0]!;
  for (const position of positions) {
    if (position >= leaves.length) refuse("ledger-unknown-position", "no credit stands there");
    if (leaves[position] === 0n) refuse("ledger-position-revoked", "revoked before");
    if (request !== null && draft.issuerOf[position] !== request.issuer.join()) {
      refuse("revocation-foreign-credit", "another issuer's credit");
    }
  }
  if (request !== null && key !== undefined) checkRequestSignature(request, key, `${place} request`);
  draft.tree = withLeaves(draft.tree, new Map(positions.map((position) => [position, 0n])));
}

// Entries of a ledger's log: shape, chain, signature. docs/spec/ledger.md §2.
import { z } from "zod";
import { fromHex, toHex } from "../../formats/bytes.ts";
import { canonicalBytes, parseCanonicalJson } from "../../formats/canonical-json.ts";
import { verifyDocument } from "../../formats/ed25519.ts";
import { InputError } from "../../formats/errors.ts";
import { hashFramed } from "../../formats/hash.ts";
import { count, fieldText, hex, parseWith, pointJson, text, time } from "../../formats/schema.ts";
import { logLines } from "../signed-log.ts";
import { creditBatchSchema } from "./credit-batch.ts";
import { LEDGER_POSITIONS, periodNumber } from "./leaf.ts";
import { revocationRequestSchema, revokedPositions } from "./revocation.ts";

const changeSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("issuer"), key: pointJson, name: text(200), until: time }),
  z.strictObject({ kind: z.literal("period"), period: periodNumber, closes: time }),
  z.strictObject({ kind: z.literal("credits"), batch: creditBatchSchema }),
  z.strictObject({
    kind: z.literal("revoke"),
    positions: revokedPositions,
    request: revocationRequestSchema.nullable(),
  }),
]);

const entrySchema = z.strictObject({
  type: z.literal("commune-zk/ledger-entry/v1"),
  ledgerId: hex(32),
  registryKey: hex(32),
  serial: count,
  previous: hex(32),
  at: time,
  change: changeSchema,
  size: z.int().min(0).max(LEDGER_POSITIONS),
  root: fieldText,
});

const lineSchema = z.strictObject({ entry: entrySchema, signature: hex(64) });

/** One change of a ledger. */
export type LedgerChange = z.infer<typeof changeSchema>;
/** An entry of a ledger's log, by its shape alone. */
export type LedgerEntry = z.infer<typeof entrySchema>;

/** Which ledger. Both hexadecimal, 32 bytes. */
export interface LedgerName {
  readonly ledgerId: string;
  /** Ed25519. */
  readonly registryKey: string;
}

/** Where a reader stands in a log: what the next entry must continue. */
export interface LedgerCursor extends LedgerName {
  /** Number of entries read. */
  readonly entries: number;
  /** `previous` of the next entry. */
  readonly link: string;
  /** `at` of the last entry, 0 before the first. */
  readonly at: number;
}

/** A cursor before the first entry. */
export function ledgerGenesis({ ledgerId, registryKey }: LedgerName): LedgerCursor {
  const parts = [fromHex(ledgerId, 32, "ledgerId"), fromHex(registryKey, 32, "registryKey")];
  return { ledgerId, registryKey, entries: 0, link: toHex(hashFramed("ledger-genesis", parts)), at: 0 };
}

/** `previous` of the entry after this one. */
export function ledgerLink(entry: LedgerEntry): string {
  return toHex(hashFramed("ledger-entry", [canonicalBytes(entry)]));
}

/** An entry that continues a log; its change has not been looked at. */
export interface ReadEntry {
  readonly entry: LedgerEntry;
  /** `ledger entry n`. */
  readonly place: string;
  /** `previous` of the next entry. */
  readonly link: string;
  /** @throws InputError `ledger-bad-signature`. */
  readonly checkSignature: () => void;
}

/**
 * The next entry of a log.
 *
 * @param line - untrusted, without its newline.
 * @throws InputError `not-canonical-json`, `ledger-malformed`, `ledger-other-ledger`, `ledger-out-of-order`,
 *   `ledger-broken-link`, `ledger-time-decreased`.
 */
export function readEntry(cursor: LedgerCursor, line: Uint8Array): ReadEntry {
  const place = entryPlace(cursor.entries);
  const value = parseCanonicalJson(line, place);
  const { entry, signature } = parseWith(lineSchema, value, "ledger-malformed", place);
  if (entry.ledgerId !== cursor.ledgerId || entry.registryKey !== cursor.registryKey) {
    throw new InputError("ledger-other-ledger", "entry of another ledger or registry", place);
  }
  if (entry.serial !== cursor.entries) throw new InputError("ledger-out-of-order", "wrong serial", place);
  if (entry.previous !== cursor.link) {
    throw new InputError("ledger-broken-link", "follows another entry", place);
  }
  checkTime(cursor, entry.at, place);
  const bytes = canonicalBytes(entry);
  return {
    entry,
    place,
    link: ledgerLink(entry),
    checkSignature() {
      if (!verifyDocument("ledger-entry", bytes, signature, cursor.registryKey)) {
        throw new InputError("ledger-bad-signature", "not signed by the registry", place);
      }
    },
  };
}

/** @throws InputError `ledger-time-decreased` - `at` is before the last entry's. */
export function checkTime(cursor: LedgerCursor, at: number, place: string): void {
  if (at < cursor.at) throw new InputError("ledger-time-decreased", "before the entry before it", place);
}

/**
 * A change by its shape alone, from a program: nothing is signed that a reader would find malformed.
 *
 * @throws InputError `ledger-malformed`.
 */
export function parseChange(change: unknown, place: string): LedgerChange {
  return parseWith(changeSchema, change, "ledger-malformed", place);
}

/** How refusals name an entry. */
export function entryPlace(serial: number): string {
  return `ledger entry ${serial}`;
}

/**
 * The lines of `entries.ndjson`.
 *
 * @throws InputError `ledger-truncated` - the last line has no newline.
 */
export function ledgerLines(ndjson: Uint8Array): Generator<Uint8Array> {
  return logLines(ndjson, (i) => new InputError("ledger-truncated", "no newline at the end", entryPlace(i)));
}

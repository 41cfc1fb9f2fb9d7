// A committee asks for credits of its own to be revoked.
import {
  InputError,
  type LedgerView,
  ledgerPaths,
  type PublicFiles,
  readLedgerLog,
  requestRevocation,
} from "@commune-zk/prover";
import { appendAct, type IssuerRecord, readCommittee, withKeys } from "./committee.ts";

/** Which credits {@link revoke} asks for. */
export type Revoked =
  /** In the ledger: the member whose credit it is finds its position, nobody else can. */
  | { readonly positions: readonly number[] }
  /** All credits of a batch that are not revoked yet. */
  | { readonly serial: number };

/**
 * Signs a request to revoke credits of the committee's own.
 *
 * @param ledger - public files of the ledger, untrusted but for the registry's signature.
 * @returns the positions.
 * @throws InputError `ledger-unknown-position`, `ledger-position-revoked`, `revocation-foreign-credit`; as
 *   `readLedgerLog`, {@link readCommittee} and `openSecret`; `issuer-other-key`.
 */
export async function revoke({
  directory,
  ledger,
  revoked,
  passphrase,
}: {
  directory: string;
  ledger: PublicFiles;
  revoked: Revoked;
  passphrase: string;
}): Promise<readonly number[]> {
  const committee = await readCommittee(directory);
  const { record } = committee;
  const view = readLedgerLog(await ledger.read(ledgerPaths.entries), record);
  const positions = positionsOf(view, record, revoked);
  const request = await withKeys({ directory, passphrase }, record, (issuer) =>
    requestRevocation({ ledgerId: record.ledgerId, positions, issuer }),
  );
  await appendAct(directory, committee, request);
  return positions;
}

function positionsOf(view: LedgerView, { key }: IssuerRecord, revoked: Revoked): number[] {
  const own = new Map<number, number>();
  for (const { start, batch } of view.batches.values()) {
    if (batch.header.issuer.join() !== key.join()) continue;
    for (let i = 0; i < batch.inner.length; i++) own.set(start + i, batch.header.serial);
  }
  if ("serial" in revoked) {
    const all = [...own].filter(([, serial]) => serial === revoked.serial).map(([position]) => position);
    const left = all.filter((position) => !view.revoked.has(position));
    if (all.length === 0) throw new InputError("ledger-unknown-position", "no such batch yet", "serial");
    if (left.length === 0) throw new InputError("ledger-position-revoked", "revoked before", "serial");
    return left;
  }
  const positions = [...new Set(revoked.positions)].sort((a, b) => a - b);
  for (const position of positions) {
    const place = `position ${position}`;
    if (position >= view.size)
      throw new InputError("ledger-unknown-position", "no credit stands there", place);
    if (!own.has(position)) throw new InputError("revocation-foreign-credit", "another issuer's", place);
    if (view.revoked.has(position)) throw new InputError("ledger-position-revoked", "revoked before", place);
  }
  return positions;
}

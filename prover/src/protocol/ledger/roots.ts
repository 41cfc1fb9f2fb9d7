// Which roots of a ledger a claim may use. docs/spec/ledger.md §5.
import { InputError } from "../../formats/errors.ts";

/** A root as an entry of the log gave it. */
export interface LedgerRoot {
  readonly root: bigint;
  /** Seconds, by the registry's clock. */
  readonly at: number;
  /** Whether the entry revoked credits. */
  readonly revokes: boolean;
}

/** A ledger's roots, one for each entry; `LedgerState` and `LedgerView` are such histories. */
export interface RootHistory {
  readonly roots: readonly LedgerRoot[];
}

/**
 * Index of the last entry that had this root.
 *
 * @throws InputError `ledger-root-unknown` - no entry ever had it.
 */
export function rootEntry({ roots }: RootHistory, root: bigint, place: string): number {
  const index = roots.findLastIndex((entry) => entry.root === root);
  if (index < 0) throw new InputError("ledger-root-unknown", "no root of this ledger", place);
  return index;
}

/**
 * Whether a claim may use a root now: the newest always; one that appending superseded for a time of grace
 * from its supersession; none from before the last revocation.
 *
 * @param now - the verifier's clock, in seconds.
 * `graceSeconds`: as the policy says.
 * @throws InputError `ledger-root-unknown`, `ledger-root-revoked`, `ledger-root-expired`.
 */
export function checkLedgerRoot(
  history: RootHistory,
  { root, now, graceSeconds }: { root: bigint; now: number; graceSeconds: number },
  place: string,
): void {
  const { roots } = history;
  const index = rootEntry(history, root, place);
  if (index < roots.findLastIndex(({ revokes }) => revokes)) {
    throw new InputError("ledger-root-revoked", "from before the last revocation", place);
  }
  const successor = roots[index + 1];
  if (successor !== undefined && now > successor.at + graceSeconds) {
    throw new InputError("ledger-root-expired", "superseded, and its time of grace is over", place);
  }
}

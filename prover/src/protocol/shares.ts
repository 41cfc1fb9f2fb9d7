// All trustees' decryption shares: which are good, and what any t of them combine to. docs/spec/trustees.md §3.
import { InputError } from "../formats/errors.ts";
import { IDENTITY, multiply, type Point } from "../formats/point.ts";
import type { ShardAggregate } from "./aggregate.ts";
import type { VerifiedClosing } from "./closing.ts";
import { type VerifiedShare, verifyShare } from "./partial-decrypt.ts";
import { lagrangeAtZero } from "./polynomial.ts";
import type { ValidPoll } from "./validate-poll.ts";

/** A share that does not count, and why. */
export interface ShareCulprit {
  /** As the message claims, or the absent one; null where it names none. */
  readonly trustee: number | null;
  /** `share-missing`, `share-duplicate`, or a code of `verifyShare`. */
  readonly reason: string;
}

/**
 * `M = C2 − Σ λᵢ·Dᵢ` of one sum.
 *
 * @param shares - D of exactly t distinct trustees.
 * @returns m·Base8; may be the identity.
 */
export function combine(
  c2: Point,
  shares: readonly { readonly trustee: number; readonly point: Point }[],
): Point {
  const lambdas = lagrangeAtZero(shares.map(({ trustee }) => trustee));
  const mask = shares.reduce((sum, { point }, i) => sum.add(multiply(point, lambdas[i]!)), IDENTITY);
  return c2.subtract(mask);
}

/** Good shares, one for each trustee, ascending, and everything else by name. */
export function sortShares({
  poll,
  closing,
  shards,
  values,
}: {
  poll: ValidPoll;
  closing: VerifiedClosing;
  shards: readonly ShardAggregate[];
  values: readonly unknown[];
}): { readonly good: readonly VerifiedShare[]; readonly culprits: readonly ShareCulprit[] } {
  const good = new Map<number, VerifiedShare>();
  const culprits: ShareCulprit[] = [];
  for (const value of values) {
    try {
      const share = verifyShare({ poll, closing, shards, value });
      if (good.has(share.trustee)) culprits.push({ trustee: share.trustee, reason: "share-duplicate" });
      else good.set(share.trustee, share);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      culprits.push({ trustee: claimedTrustee(value), reason: error.code });
    }
  }
  for (const [i] of poll.poll.trustees.entries()) {
    const named = good.has(i + 1) || culprits.some(({ trustee }) => trustee === i + 1);
    if (!named) culprits.push({ trustee: i + 1, reason: "share-missing" });
  }
  return { good: [...good.values()].sort((a, b) => a.trustee - b.trustee), culprits };
}

function claimedTrustee(value: unknown): number | null {
  const claimed = (value as { message?: { trustee?: unknown } } | null | undefined)?.message?.trustee;
  return typeof claimed === "number" ? claimed : null;
}

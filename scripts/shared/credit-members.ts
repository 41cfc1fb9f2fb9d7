// A batch of credits for members of a roll: what a workplace does with the hours that it has written down.
import {
  type CreditBatch,
  type CreditHeader,
  creditBatch,
  type IssuerKeys,
  type RollState,
  type SealedAttestation,
} from "@commune-zk/prover";

/** What one member is credited. */
export interface MemberCredit {
  /** Position on the roll. */
  readonly member: number;
  /** Minutes, or the category's own unit; secret. */
  readonly amount: number;
}

/**
 * Signs a batch, and seals each member's attestation to the mailbox key on the roll.
 *
 * @returns `sealed` by position on the roll, in the order of the positions: that of the ciphertexts is chance.
 * @throws InputError - as `creditBatch`, the place naming the credit by its number.
 * @throws RangeError - nobody stands at a position.
 */
export async function creditMembers({
  roll,
  issuerKeys,
  header,
  credits,
  maxAmount,
}: {
  roll: RollState;
  issuerKeys: IssuerKeys;
  header: Omit<CreditHeader, "issuer">;
  credits: readonly MemberCredit[];
  maxAmount: number;
}): Promise<{ readonly batch: CreditBatch; readonly sealed: ReadonlyMap<number, SealedAttestation> }> {
  const memberOf = new Map<bigint, number>();
  const entries = credits.map(({ member, amount }) => {
    const position = roll.positions[member] ?? null;
    if (position === null) throw new RangeError(`nobody stands at position ${member} of the roll`);
    const { commitment, mailboxKey } = position;
    memberOf.set(commitment, member);
    return { commitment, mailboxKey, amount };
  });
  const { batch, attestations } = await creditBatch({ issuerKeys, header, credits: entries, maxAmount });
  const sealed = attestations
    .map(({ commitment, sealed: attestation }) => [memberOf.get(commitment)!, attestation] as const)
    .sort(([a], [b]) => a - b);
  return { batch, sealed: new Map(sealed) };
}

// A workplace's committee: it credits minutes month by month, and hands each member its sealed attestation.
import {
  type CreditBatch,
  createIssuerKeys,
  type IssuerKeys,
  type RevocationRequest,
  type RollState,
  requestRevocation,
  type SealedAttestation,
} from "@commune-zk/prover";
import { creditMembers } from "../shared/credit-members.ts";
import { CATEGORY, MAX_AMOUNT } from "./plan.ts";
import type { CreditedMonth } from "./report.ts";

/** Attestations as members hold them, by position on the roll. Each is sealed to its member. */
export type Mailboxes = Map<number, SealedAttestation[]>;

/** An issuer with its secret keys. */
export class Workplace {
  readonly name: string;
  readonly keys: IssuerKeys = createIssuerKeys();
  readonly months = new Map<number, CreditedMonth>();
  readonly #roll: RollState;
  readonly #ledgerId: string;
  #serial = 0;

  /**
   * A workplace with new keys.
   *
   * @param roll - whose members it credits: commitments and mailbox keys come from there.
   */
  constructor(name: string, { roll, ledgerId }: { roll: RollState; ledgerId: string }) {
    this.name = name;
    this.#roll = roll;
    this.#ledgerId = ledgerId;
  }

  /**
   * Signs the next batch, and puts the attestations into the members' mailboxes.
   *
   * @param credits - minutes of members, by position on the roll.
   */
  async credit(
    period: number,
    credits: readonly { readonly member: number; readonly amount: number }[],
    mailboxes: Mailboxes,
  ): Promise<CreditBatch> {
    const { batch, sealed } = await creditMembers({
      roll: this.#roll,
      issuerKeys: this.keys,
      header: { ledgerId: this.#ledgerId, serial: this.#serial++, period, category: CATEGORY },
      credits,
      maxAmount: MAX_AMOUNT,
    });
    for (const [member, attestation] of sealed) {
      mailboxes.set(member, [...(mailboxes.get(member) ?? []), attestation]);
    }
    const before = this.months.get(period) ?? { credits: 0, batches: 0 };
    this.months.set(period, { credits: before.credits + credits.length, batches: before.batches + 1 });
    return batch;
  }

  /** Asks for one of its own credits to be revoked, by its position in the ledger. */
  revoke(position: number): RevocationRequest {
    return requestRevocation({ ledgerId: this.#ledgerId, positions: [position], issuer: this.keys });
  }
}

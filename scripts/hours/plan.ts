// Who works where, and how much: invented, so that some members reach twenty hours and one does not.
import { randomInt } from "node:crypto";

/** The workplaces that credit hours; invented. */
export const WORKPLACES = ["Bakery", "Bicycle workshop", "Kitchen garden"] as const;

/** Category of the credits; amounts are minutes. */
export const CATEGORY = "hours";

/** Thresholds of the policy in minutes: 10, 20 and 40 hours. */
export const THRESHOLDS = [600, 1200, 2400] as const;

/** What members claim: twenty hours. */
export const CLAIMED = THRESHOLDS[1];

/** Most minutes that one credit counts: ten days. */
export const MAX_AMOUNT = 14_400;

const MONTHS = 3;

/** One member's minutes at one workplace in one month. */
export interface PlannedCredit {
  /** Position on the roll. */
  readonly member: number;
  /** Position in {@link WORKPLACES}. */
  readonly workplace: number;
  /** 0 … 2, of the quarter. */
  readonly month: number;
  /** Minutes; secret. */
  readonly amount: number;
}

/**
 * A quarter of work. The first `claimants` members have at least twenty hours in three credits, the next one has
 * at most six hours; all others work as they can. Every fifth member helps out at a second workplace.
 */
export function planCredits(members: number, claimants: number): PlannedCredit[] {
  const credits: PlannedCredit[] = [];
  for (let month = 0; month < MONTHS; month++) {
    for (let member = 0; member < members; member++) {
      const workplace = member % WORKPLACES.length;
      const [least, most] = member < claimants ? [420, 900] : member === claimants ? [60, 120] : [60, 900];
      credits.push({ member, workplace, month, amount: randomInt(least, most + 1) });
      if (member > claimants && member % 5 === 0) {
        const second = (workplace + 1) % WORKPLACES.length;
        credits.push({ member, workplace: second, month, amount: randomInt(30, 241) });
      }
    }
  }
  return credits;
}

/**
 * The months of the last quarter that is over, as a ledger numbers them: year · 100 + month.
 *
 * @param now - seconds since 1970.
 */
export function lastQuarter(now: number): [number, number, number] {
  const date = new Date(1000 * now);
  const quarter = 4 * date.getUTCFullYear() + Math.floor(date.getUTCMonth() / 3) - 1;
  const first = 100 * Math.floor(quarter / 4) + 3 * (quarter % 4) + 1;
  return [first, first + 1, first + 2];
}

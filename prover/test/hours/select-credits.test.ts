// Which credits a claim uses, against every other set. docs/spec/hours.md §4.
import { describe, expect, test } from "@jest/globals";
import { type SelectableCredit, selectCredits } from "../../src/index.ts";
import { seededRandom } from "../trustees/support.ts";

const credit = (position: number, amount: number, period = 202601): SelectableCredit => ({
  position,
  amount,
  period,
});
const chosen = (credits: SelectableCredit[], threshold: number, most = 4) =>
  selectCredits(credits, { threshold, most })?.map(({ position }) => position);

describe("the choice", () => {
  test("takes the fewest credits, though older ones would do together", () => {
    expect(chosen([credit(0, 600), credit(1, 600), credit(2, 1200, 202603)], 1200)).toEqual([2]);
  });

  test("takes the oldest of those that do", () => {
    expect(chosen([credit(0, 1300, 202603), credit(1, 1200, 202601), credit(2, 1250, 202602)], 1200)).toEqual(
      [1],
    );
    // Of one period the one that stands first in the ledger.
    expect(chosen([credit(5, 1200), credit(3, 1200)], 1200)).toEqual([3]);
  });

  test("is ordered by position, whatever the order of periods", () => {
    expect(chosen([credit(9, 600, 202601), credit(2, 600, 202603)], 1200)).toEqual([2, 9]);
  });

  test("reaches the threshold exactly, and is nothing one below it", () => {
    const credits = [credit(0, 300), credit(1, 300), credit(2, 300), credit(3, 300)];
    expect(chosen(credits, 1200)).toEqual([0, 1, 2, 3]);
    expect(chosen(credits, 1201)).toBeUndefined();
    expect(chosen(credits, 301, 1)).toBeUndefined();
    expect(chosen([], 1)).toBeUndefined();
  });

  test("uses no more than the circuit has slots for", () => {
    const credits = Array.from({ length: 5 }, (_, i) => credit(i, 300));
    expect(chosen(credits, 1201)).toBeUndefined();
    expect(chosen(credits, 1200)).toEqual([0, 1, 2, 3]);
  });

  test("is the best of all sets, in random wallets", () => {
    const seed = Date.now();
    const random = seededRandom(seed);
    const below = (n: number): number => Math.floor(random() * n);
    for (let run = 0; run < 400; run++) {
      const credits = Array.from({ length: below(9) }, (_, i) =>
        credit(10 * i + below(10), 1 + below(20), below(4)),
      );
      const most = random() < 0.3 ? 1 : 4;
      const threshold = 1 + below(50);
      expect([seed, run, chosen(credits, threshold, most)]).toEqual([
        seed,
        run,
        bestOf(credits, threshold, most),
      ]);
    }
  });
});

/** Every set of at most `most` that reaches the threshold: the smallest, and of those the first by age. */
function bestOf(credits: SelectableCredit[], threshold: number, most: number): number[] | undefined {
  const byAge = [...credits].sort((a, b) => a.period - b.period || a.position - b.position);
  const sets = Array.from({ length: 2 ** byAge.length }, (_, mask) =>
    [...byAge.keys()].filter((i) => (mask >> i) & 1),
  ).filter((set) => set.length <= most && set.reduce((sum, i) => sum + byAge[i]!.amount, 0) >= threshold);
  sets.sort((a, b) => {
    if (a.length !== b.length) return a.length - b.length;
    const at = a.findIndex((i, k) => i !== b[k]);
    return at < 0 ? 0 : a[at]! - b[at]!;
  });
  const [best] = sets;
  return best?.map((i) => byAge[i]!.position).sort((a, b) => a - b);
}

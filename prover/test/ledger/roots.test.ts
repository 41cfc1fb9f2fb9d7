// Which roots a claim may use: newest, in grace, expired, revoked. docs/spec/ledger.md §5.
import { describe, expect, test } from "@jest/globals";
import { checkLedgerRoot, type RootHistory } from "../../src/index.ts";
import { inputError, seededRandom } from "../trustees/support.ts";

const GRACE = 100;

/** A history from [root, at, revokes?] of each entry. */
function history(...entries: readonly (readonly [bigint, number, true?])[]): RootHistory {
  return { roots: entries.map(([root, at, revokes]) => ({ root, at, revokes: revokes ?? false })) };
}

function verdict(ledger: RootHistory, root: bigint, now: number, graceSeconds = GRACE): string {
  try {
    checkLedgerRoot(ledger, { root, now, graceSeconds }, "claim");
    return "good";
  } catch (error) {
    return inputError(() => {
      throw error;
    }).code;
  }
}

describe("a root", () => {
  test("of no entry is unknown, also before the first entry", () => {
    expect(verdict(history([1n, 0]), 2n, 0)).toBe("ledger-root-unknown");
    expect(verdict(history(), 0n, 0)).toBe("ledger-root-unknown");
  });

  test("that is the newest is good for ever", () => {
    expect(verdict(history([1n, 0], [2n, 10]), 2n, 10 ** 12)).toBe("good");
  });

  test("superseded by appending has its grace from supersession, to the second", () => {
    const ledger = history([1n, 0], [2n, 500]);
    // It may have stood for long: grace begins when something followed it.
    expect(verdict(ledger, 1n, 500 + GRACE)).toBe("good");
    expect(verdict(ledger, 1n, 500 + GRACE + 1)).toBe("ledger-root-expired");
    expect(verdict(ledger, 1n, 501, 0)).toBe("ledger-root-expired");
    expect(verdict(ledger, 1n, 500, 0)).toBe("good");
  });

  test("that entries without credits repeat is superseded by the first that changes it", () => {
    const ledger = history([1n, 0], [1n, 300], [1n, 400], [2n, 600], [2n, 900]);
    expect(verdict(ledger, 1n, 600 + GRACE)).toBe("good");
    expect(verdict(ledger, 1n, 600 + GRACE + 1)).toBe("ledger-root-expired");
  });

  test("superseded by a revocation expires at once, with all before it, whatever the grace", () => {
    const ledger = history([1n, 0], [2n, 490], [3n, 500, true]);
    for (const root of [1n, 2n]) {
      expect(verdict(ledger, root, 500)).toBe("ledger-root-revoked");
      expect(verdict(ledger, root, 500, 10 ** 9)).toBe("ledger-root-revoked");
    }
    expect(verdict(ledger, 3n, 500)).toBe("good");
  });

  test("from before a revocation stays revoked when credits follow", () => {
    const ledger = history([1n, 0], [2n, 500, true], [3n, 510]);
    expect(verdict(ledger, 1n, 510)).toBe("ledger-root-revoked");
    // The revocation's own root was superseded by appending.
    expect(verdict(ledger, 2n, 510 + GRACE)).toBe("good");
    expect(verdict(ledger, 2n, 511 + GRACE)).toBe("ledger-root-expired");
  });

  test("to which a revocation leads back is good again: it holds what the ledger holds", () => {
    // Credits appended and revoked again: a zero leaf at the end is no leaf.
    const ledger = history([1n, 0], [2n, 400], [1n, 500, true]);
    expect(verdict(ledger, 1n, 10 ** 9)).toBe("good");
    expect(verdict(ledger, 2n, 500)).toBe("ledger-root-revoked");
  });

  test("is judged as the rule in words judges it, in random histories", () => {
    const seed = Date.now();
    const random = seededRandom(seed);
    const below = (n: number): number => Math.floor(random() * n);
    for (let run = 0; run < 500; run++) {
      let at = 0;
      const entries = Array.from({ length: 1 + below(8) }, () => {
        at += below(80);
        return { root: BigInt(below(6)), at, revokes: below(4) === 0 };
      });
      const root = BigInt(below(6));
      const now = at + below(200);
      // Good: some entry has the root, nothing after it revokes, and it is the newest or was followed lately.
      const stands = entries.map((entry, i): string => {
        if (entry.root !== root) return "other";
        if (entries.slice(i + 1).some(({ revokes }) => revokes)) return "revoked";
        const follower = entries[i + 1];
        return follower === undefined || now - follower.at <= GRACE ? "good" : "expired";
      });
      const expected = ["good", "expired", "revoked"].find((word) => stands.includes(word)) ?? "unknown";
      const wanted = expected === "good" ? "good" : `ledger-root-${expected}`;
      expect([seed, run, verdict({ roots: entries }, root, now)]).toEqual([seed, run, wanted]);
    }
  });
});

// The order in which two sides prove, and what is checked when, on sides that only count.
import { expect, test } from "@jest/globals";
import { measurePairs, ProofInvalidError } from "../../src/compare/measure-pairs.ts";
import type { SideProof } from "../../src/compare/serve-side.ts";
import { somePoints } from "./some-points.ts";

const WARM_UPS = 2;
const never = new AbortController().signal;

/** Sides that write down that they proved; the n-th proof of a side takes n ms. */
function recorded(bad: { side: string; after: number } | null = null) {
  const events: string[] = [];
  const side = (name: string) => {
    let made = 0;
    return {
      async prove(): Promise<SideProof> {
        events.push(name);
        made++;
        const isBad = bad?.side === name && made > bad.after;
        return {
          proof: somePoints,
          publicSignals: [isBad ? 0n : 1n],
          wallMs: made,
          cpuMs: 10 * made,
        };
      },
    };
  };
  const verify = async ({ publicSignals }: { publicSignals: readonly string[] }): Promise<void> => {
    events.push("check");
    if (publicSignals[0] !== "1") throw new Error("another statement");
  };
  return { events, plan: { base: side("base"), head: side("head"), verify, warmUps: WARM_UPS } };
}

test("both sides are warmed up and checked, then blocks A B B A come, every proof checked", async () => {
  const { events, plan } = recorded();
  const times = await measurePairs({ ...plan, pairs: 4 }, never);
  const warm = new Array(WARM_UPS).fill(["base", "check", "head", "check"]).flat();
  const block = ["base", "head", "check", "check", "head", "base", "check", "check"];
  expect(events).toEqual([...warm, ...block, ...block]);
  const at = (n: number) => ({ wallMs: n, cpuMs: 10 * n });
  expect(times).toEqual([1, 2, 3, 4].map((i) => ({ base: at(WARM_UPS + i), head: at(WARM_UPS + i) })));
});

test.each(["base", "head"])("nothing is timed where the first proof of the %s is not good", async (side) => {
  const { events, plan } = recorded({ side, after: 0 });
  const measured = measurePairs({ ...plan, pairs: 4 }, never);
  await expect(measured).rejects.toBeInstanceOf(ProofInvalidError);
  await expect(measured).rejects.toThrow(`a proof of the ${side} is not good: Error: another statement`);
  expect(events.filter((event) => event === side)).toHaveLength(1);
});

test("a timed proof that is not good ends the comparison", async () => {
  const { plan } = recorded({ side: "head", after: WARM_UPS + 3 });
  await expect(measurePairs({ ...plan, pairs: 4 }, never)).rejects.toBeInstanceOf(ProofInvalidError);
});

test("what is no proof at all is refused before it is verified", async () => {
  const { plan } = recorded();
  const base = { prove: async () => ({ proof: { a: [1n, 3n] }, publicSignals: [1n], wallMs: 1, cpuMs: 1 }) };
  await expect(measurePairs({ ...plan, base, pairs: 4 }, never)).rejects.toThrow(
    /proof of the base is not good/,
  );
});

test("stops between pairs", async () => {
  const stop = new AbortController();
  const { plan, events } = recorded();
  const onPair = (): void => stop.abort(new Error("stopped"));
  await expect(measurePairs({ ...plan, pairs: 4, onPair }, stop.signal)).rejects.toThrow("stopped");
  expect(events.filter((event) => event === "base")).toHaveLength(WARM_UPS + 1);
});

test.each([{ warmUps: 0 }, { pairs: 3 }])("%o is refused before anything is proven", async (change) => {
  const { plan, events } = recorded();
  await expect(measurePairs({ ...plan, pairs: 4, ...change }, never)).rejects.toBeInstanceOf(RangeError);
  expect(events).toEqual([]);
});
